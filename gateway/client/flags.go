package client

import (
	"github.com/spf13/pflag"

	"github.com/cosmos/cosmos-sdk/client/flags"
)

// AddNodeFlags gives a command the flags that name a node, and how to reach it.
func AddNodeFlags(set *pflag.FlagSet) {
	set.String(flags.FlagNode, "tcp://localhost:26657", "<host>:<port> of a node's RPC interface")
	set.String(flags.FlagGRPC, "", "<host>:<port> of the node's gRPC interface, for queries and transactions: it takes the node less work")
	set.Bool(flags.FlagGRPCInsecure, false, "reach the gRPC interface without TLS")
	set.String(flags.FlagChainID, "", "id of the network; asked from the node if not given")
}

// AddKeyFlags gives a command the flags that name the operator's key.
func AddKeyFlags(set *pflag.FlagSet) {
	set.String(flags.FlagFrom, "", "name or address of the operator's key")
	flags.AddKeyringFlags(set)
}
