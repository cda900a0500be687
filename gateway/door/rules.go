package door

import (
	"strings"

	"github.com/zhilian-network/zhilian/privacy"
)

// readPermission is what the SDK's own queries about balances and supplies need. A supply has the level that
// it has in the ledger's queries: what of a bank's money came into being between two blocks tells a payment.
const readPermission = "settlement.read"

// simulateMethod tries a transaction without its signatures. Who tries one of others learns from the refusal what
// their accounts hold, so only its signers may.
const (
	simulateMethod   = "/cosmos.tx.v1beta1.Service/Simulate"
	signerPermission = "signer"
)

// foreign are the SDK's queries: all that a node serves, each with its class. One that is not listed is
// sensitive, and nobody is allowed it but who asks on the node's own machine.
var foreign = map[string]rule{
	"/cosmos.bank.v1beta1.Query/Balance":                              {permission: readPermission, sensitive: true},
	"/cosmos.bank.v1beta1.Query/AllBalances":                          {permission: readPermission, sensitive: true},
	"/cosmos.bank.v1beta1.Query/SpendableBalances":                    {permission: readPermission, sensitive: true},
	"/cosmos.bank.v1beta1.Query/SpendableBalanceByDenom":              {permission: readPermission, sensitive: true},
	"/cosmos.bank.v1beta1.Query/TotalSupply":                          {permission: readPermission, sensitive: true},
	"/cosmos.bank.v1beta1.Query/SupplyOf":                             {permission: readPermission, sensitive: true},
	"/cosmos.bank.v1beta1.Query/Params":                               {},
	"/cosmos.bank.v1beta1.Query/DenomMetadata":                        {},
	"/cosmos.bank.v1beta1.Query/DenomMetadataByQueryString":           {},
	"/cosmos.bank.v1beta1.Query/DenomsMetadata":                       {},
	"/cosmos.bank.v1beta1.Query/SendEnabled":                          {},
	"/cosmos.auth.v1beta1.Query/Account":                              {},
	"/cosmos.auth.v1beta1.Query/AccountInfo":                          {},
	"/cosmos.auth.v1beta1.Query/AccountAddressByID":                   {},
	"/cosmos.auth.v1beta1.Query/AddressBytesToString":                 {},
	"/cosmos.auth.v1beta1.Query/AddressStringToBytes":                 {},
	"/cosmos.auth.v1beta1.Query/Bech32Prefix":                         {},
	"/cosmos.auth.v1beta1.Query/ModuleAccountByName":                  {},
	"/cosmos.auth.v1beta1.Query/ModuleAccounts":                       {},
	"/cosmos.auth.v1beta1.Query/Params":                               {},
	"/cosmos.tx.v1beta1.Service/BroadcastTx":                          {},
	simulateMethod:                                                    {permission: signerPermission, sensitive: true},
	"/cosmos.tx.v1beta1.Service/TxDecode":                             {},
	"/cosmos.tx.v1beta1.Service/TxDecodeAmino":                        {},
	"/cosmos.tx.v1beta1.Service/TxEncode":                             {},
	"/cosmos.tx.v1beta1.Service/TxEncodeAmino":                        {},
	"/cosmos.base.node.v1beta1.Service/Config":                        {},
	"/cosmos.base.node.v1beta1.Service/Status":                        {},
	"/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo":             {},
	"/cosmos.base.tendermint.v1beta1.Service/GetSyncing":              {},
	"/cosmos.base.tendermint.v1beta1.Service/GetLatestValidatorSet":   {},
	"/cosmos.base.tendermint.v1beta1.Service/GetValidatorSetByHeight": {},
	"/cosmos.consensus.v1.Query/Params":                               {},
	"/cosmos.upgrade.v1beta1.Query/CurrentPlan":                       {},
	"/cosmos.upgrade.v1beta1.Query/AppliedPlan":                       {},
	"/cosmos.upgrade.v1beta1.Query/ModuleVersions":                    {},
	"/cosmos.upgrade.v1beta1.Query/Authority":                         {},
	"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo":       {},
	"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo":  {},
}

type rule struct {
	permission string
	sensitive  bool
}

// ProtoRules are the classes that stand in the proto files, and those of the SDK's queries above.
type ProtoRules struct{}

// Of tells what a method needs. What is not known is sensitive and has no permission that anyone could hold.
func (ProtoRules) Of(method string) (permission string, sensitive bool) {
	if known, ok := foreign[method]; ok {
		return known.permission, known.sensitive
	}
	if !strings.HasPrefix(method, "/zhilian.") {
		return "", true
	}
	return privacy.Reads{}.Of(method)
}
