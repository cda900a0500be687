package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/bench/node"
	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/localnet/genesis"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// addGenesis adds the customers to the genesis that localnet has written: parties, operators, accounts
// and deposit money. A network file could not carry a million of them.
func (z *zhilian) addGenesis(layout *localnet.Layout) error {
	cdc := newCodec()
	path := filepath.Join(layout.NodeHome(layout.Nodes[0]), "config", "genesis.json")
	document, err := genutiltypes.AppGenesisFromFile(path)
	if err != nil {
		return err
	}
	modules := map[string]json.RawMessage{}
	if err := json.Unmarshal(document.AppState, &modules); err != nil {
		return err
	}
	state := genesis.State{
		Auth: &authtypes.GenesisState{}, Access: &accesstypes.GenesisState{}, Consortium: &consortiumtypes.GenesisState{},
		Ledger: &ledgertypes.GenesisState{}, Settlement: &settlementtypes.GenesisState{},
	}
	parts := map[string]codec.ProtoMarshaler{
		authtypes.ModuleName: state.Auth, accesstypes.ModuleName: state.Access, consortiumtypes.ModuleName: state.Consortium,
		ledgertypes.ModuleName: state.Ledger, settlementtypes.ModuleName: state.Settlement,
	}
	for name, part := range parts {
		if err := cdc.UnmarshalJSON(modules[name], part); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := z.addOperators(&state); err != nil {
		return err
	}
	if err := z.addAccounts(&state); err != nil {
		return err
	}
	if err := state.Validate(); err != nil {
		return err
	}
	for name, part := range parts {
		if modules[name], err = cdc.MarshalJSON(part); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if document.AppState, err = json.Marshal(modules); err != nil {
		return err
	}
	return saveGenesis(document, layout)
}

// saveGenesis gives every node the same file.
func saveGenesis(document *genutiltypes.AppGenesis, layout *localnet.Layout) error {
	var first string
	for _, n := range layout.Nodes {
		path := filepath.Join(layout.NodeHome(n), "config", "genesis.json")
		if first != "" {
			if err := node.CopyFile(first, path); err != nil {
				return err
			}
			continue
		}
		if err := document.SaveAs(path); err != nil {
			return err
		}
		first = path
	}
	return nil
}

func newCodec() codec.Codec {
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	return codec.NewProtoCodec(registry)
}

// addOperators adds a party with one operator for each payer.
func (z *zhilian) addOperators(state *genesis.State) error {
	type operator struct {
		address []byte
		record  accesstypes.Operator
	}
	operators := make([]operator, 0, z.payers)
	for payer := range z.payers {
		private := key(z.seed, payer)
		address := private.PubKey().Address().Bytes()
		text, err := zhilianAddresses.BytesToString(address)
		if err != nil {
			return err
		}
		number := uint64(len(state.Auth.Accounts))
		account := &authtypes.BaseAccount{Address: text, AccountNumber: number}
		if err := account.SetPubKey(private.PubKey()); err != nil {
			return err
		}
		packed, err := codectypes.NewAnyWithValue(account)
		if err != nil {
			return err
		}
		bank := z.banks[z.bank(payer)]
		state.Auth.Accounts = append(state.Auth.Accounts, packed)
		state.Access.Parties = append(state.Access.Parties, accesstypes.Party{
			Id: partyID(payer), InstitutionId: bank, KycLevel: 1,
			Kind: accesstypes.PartyKind_PARTY_KIND_LEGAL_PERSON, Status: accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
		})
		operators = append(operators, operator{address, accesstypes.Operator{
			Address: text, InstitutionId: bank, PartyId: partyID(payer), Roles: []string{genesis.RolePayer},
			Status: accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE,
		}})
		z.keys = append(z.keys, load.Key{Private: private, AccountNumber: number})
		z.operators = append(z.operators, text)
	}
	slices.SortFunc(operators, func(a, b operator) int { return bytes.Compare(a.address, b.address) })
	for _, o := range operators {
		state.Access.Operators = append(state.Access.Operators, o.record)
	}
	return nil
}

// addAccounts adds the parties' accounts and the money on them.
func (z *zhilian) addAccounts(state *genesis.State) error {
	type holder struct {
		address []byte
		payer   int
		ordinal int
	}
	holders := make([]holder, 0, z.payers*z.perParty)
	for payer := range z.payers {
		for ordinal := range z.perParty {
			address := settlementtypes.AccountAddress(partyID(payer), uint32(ordinal))
			holders = append(holders, holder{address, payer, ordinal})
		}
	}
	slices.SortFunc(holders, func(a, b holder) int { return bytes.Compare(a.address, b.address) })
	amount := math.NewInt(openingBalance)
	for _, h := range holders {
		text, err := zhilianAddresses.BytesToString(h.address)
		if err != nil {
			return err
		}
		bank := z.banks[z.bank(h.payer)]
		state.Settlement.Accounts = append(state.Settlement.Accounts, settlementtypes.Account{
			Address: text, InstitutionId: bank, PartyId: partyID(h.payer), Ordinal: uint32(h.ordinal),
			Currencies: []string{currency}, Status: settlementtypes.AccountStatus_ACCOUNT_STATUS_OPEN,
		})
		state.Ledger.Balances = append(state.Ledger.Balances, ledgertypes.AccountBalance{
			Address: text, Denom: settlementtypes.DepositDenom(bank, currency), Amount: amount,
		})
	}
	for i, outstanding := range state.Settlement.Outstandings {
		if outstanding.Currency == currency {
			issued := amount.MulRaw(int64(len(holders)))
			state.Settlement.Outstandings[i].Deposits = outstanding.Deposits.Add(issued)
		}
	}
	return nil
}
