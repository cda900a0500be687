package registry

import (
	"errors"
	"slices"
)

// ErrContradiction says that two answers of a node cannot both be true.
var ErrContradiction = errors.New("the node's answers contradict each other")

// Facts are what a network says of itself.
type Facts struct {
	// ChainID is the id of the chain, e.g. "zhilian-1".
	ChainID string
	// Version of the node's program; empty if it was built without one.
	Version string
	// SDKVersion, CometVersion are versions of the modules it is made of: "v0.55.0".
	SDKVersion, CometVersion string
	// GoVersion is the compiler's version: "1.26.8".
	GoVersion string
	// Institutions are the members, by id.
	Institutions []Institution
	// Validators are the ids of the institutions whose validators take part in consensus.
	Validators []string
	// Denoms are what accounts hold, by name.
	Denoms []Denom
}

// Institution is a member of the network.
type Institution struct {
	// ID, e.g. "BQDQ".
	ID string
	// Name is the legal name.
	Name string
}

// Denom is something that accounts hold.
type Denom struct {
	// Name, e.g. "BQDQ/CNY".
	Name string
	// Currency is its ISO 4217 code.
	Currency string
	// Units are the units that amounts are written in, the smallest first.
	Units []Unit
	// Display is the unit that people read.
	Display string
	// Issuer is the institution that owes it; empty for reserves.
	Issuer string
}

// Unit is a power of ten of a denom.
type Unit struct {
	Name     string
	Exponent uint32
}

// decimals of the unit that people read; 0 if it is no unit of the denom, which Collect refuses.
func (d Denom) decimals() uint32 {
	decimals, _ := d.exponent(d.Display)
	return decimals
}

// exponent tells how many powers of ten a unit of the denom is.
func (d Denom) exponent(unit string) (uint32, bool) {
	for _, one := range d.Units {
		if one.Name == unit {
			return one.Exponent, true
		}
	}
	return 0, false
}

// symbol is what a wallet shows beside an amount: the currency, and whose money it is. Without the
// second, deposits at two banks would look like one sum.
func (d Denom) symbol() string {
	if d.Issuer == "" {
		return d.Currency + ".reserve"
	}
	return d.Currency + "." + d.Issuer
}

// institutionName is the legal name of a member, and its id if there is no such member.
func (f Facts) institutionName(id string) string {
	for _, institution := range f.Institutions {
		if institution.ID == id {
			return institution.Name
		}
	}
	return id
}

// currencies lists the currencies of the denoms, sorted.
func (f Facts) currencies() []string {
	var codes []string
	for _, denom := range f.Denoms {
		codes = append(codes, denom.Currency)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Node says where a node is reached.
type Node struct {
	// Provider names who runs it, e.g. "BQDQ"; may be empty.
	Provider string
	// RPC and REST are URLs: "http://127.0.0.1:26657", "http://127.0.0.1:1317".
	RPC, REST string
	// GRPC is HOST:PORT.
	GRPC string
	// Peer is ID@HOST:PORT.
	Peer string
}

// Presentation is what no node knows: how its network is to be shown, and where it is reached.
type Presentation struct {
	// ChainName is the network's name in the registry, letters a-z and digits only; empty has it made
	// from the chain id.
	ChainName string
	// NetworkType is "mainnet", "testnet", "devnet", or empty if nobody says.
	NetworkType string
	// Nodes are the network's doors; the wallet gets the first with RPC and REST.
	Nodes []Node
}
