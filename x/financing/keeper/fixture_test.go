package keeper_test

import (
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/x/financing/keeper"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

const cny = "CNY"

// fixture is the whole application with days of a second, so that a block is a day: core, a core enterprise at
// BQDQ with 10,000 fen, its supplier acme at LSHB, and beta, gamma and delta at three banks with 1,000 each.
type fixture struct {
	*testing.T
	*chain.Chain
	file *network.File
}

func newFixture(t *testing.T, change ...func(*types.Params)) *fixture {
	t.Helper()
	file := network.Default()
	file.Parties, file.Accounts = nil, nil
	for _, party := range []struct{ id, bank, money string }{
		{"core", "BQDQ", "100.00"}, {"acme", "LSHB", "0"}, {"beta", "JZWB", "10.00"}, {"gamma", "BQDQ", "10.00"}, {"delta", "LSHB", "10.00"},
	} {
		file.Parties = append(file.Parties, network.Party{ID: party.id, Institution: party.bank, Kind: network.PartyLegal, KYCLevel: 2})
		file.Accounts = append(file.Accounts, network.Account{Party: party.id, Number: party.id, Currencies: []string{cny}, Balances: map[string]string{cny: party.money}})
	}
	file.Settings.BusinessDay = network.Duration(time.Second)
	params := types.DefaultParams()
	params.BusinessDaySeconds, params.TermDaysMax, params.TermDaysUsual, params.DefaultAfterDays = 1, 300, 200, 3
	params.RetentionDays, params.InvoiceRetentionDays = 8, 12
	for _, change := range change {
		change(&params)
	}
	return &fixture{T: t, file: file, Chain: chain.NewFrom(t, file, withParams(t, file, params), 1)}
}

func (f *fixture) query() types.QueryServer { return keeper.NewQueryServer(f.App.Keepers.Financing) }

func withParams(t *testing.T, file *network.File, params types.Params) []byte {
	t.Helper()
	var modules map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(chain.Genesis(t, file), &modules))
	codec := app.NewEncoding().Codec
	var state types.GenesisState
	require.NoError(t, codec.UnmarshalJSON(modules[types.ModuleName], &state))
	state.Params = params
	modules[types.ModuleName] = codec.MustMarshalJSON(&state)
	text, err := json.Marshal(modules)
	require.NoError(t, err)
	return text
}

func key(party string) string { return "party-" + party }

func operator(party string) string { return chain.Address(key(party)) }

func account(party string) string { return chain.Account(party, 0) }

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// whole is all of an invoice of its own.
func whole(number string, amount int64) types.InvoicePart { return partOf(number, amount, amount) }

func partOf(number string, invoice, amount int64) types.InvoicePart {
	return types.InvoicePart{
		Digest: digest(number), NearDigest: digest("near " + number), InvoiceAmount: math.NewInt(invoice), Amount: math.NewInt(amount),
	}
}

// after is a time some days from the newest block.
func (f *fixture) after(days int) time.Time { return f.Time().Add(time.Duration(days) * time.Second) }

func (f *fixture) issueMsg(days int, parts ...types.InvoicePart) *types.MsgIssueReceivable {
	sum := math.ZeroInt()
	for _, part := range parts {
		sum = sum.Add(part.Amount)
	}
	return &types.MsgIssueReceivable{
		Operator: operator("acme"), Supplier: account("acme"), Debtor: account("core"), Currency: cny, Amount: sum, DueAt: f.after(days), Parts: parts,
	}
}

// issue is a receivable of acme against core that is due so many blocks after this one.
func (f *fixture) issue(days int, parts ...types.InvoicePart) uint64 {
	f.Helper()
	return chain.Response[types.MsgIssueReceivableResponse](f, f.MustSend(key("acme"), f.issueMsg(days+1, parts...))).ReceivableId
}

// confirmed is one that core has confirmed, due so many blocks after that.
func (f *fixture) confirmed(days int, parts ...types.InvoicePart) uint64 {
	f.Helper()
	id := f.issue(days+1, parts...)
	f.MustSend(key("core"), &types.MsgConfirmReceivable{Operator: operator("core"), ReceivableId: id})
	return id
}

func transfer(id uint64, from string, recourse bool, parts ...types.UnitPart) *types.MsgTransferReceivable {
	sum := math.ZeroInt()
	for _, part := range parts {
		sum = sum.Add(part.Units)
	}
	return &types.MsgTransferReceivable{Operator: operator(from), ReceivableId: id, Creditor: account(from), Units: sum, Parts: parts, Recourse: recourse}
}

func to(party string, units int64) types.UnitPart {
	return types.UnitPart{Account: account(party), Units: math.NewInt(units)}
}

// days lets blocks pass, and checks the books after each.
func (f *fixture) days(n int) {
	f.Helper()
	for range n {
		f.Block()
		f.sound()
	}
}

func (f *fixture) sound() {
	f.Helper()
	f.RequireMoneyConserved()
	violations, err := f.App.Keepers.Financing.CheckInvariants(f.Context())
	require.NoError(f, err)
	require.Empty(f, violations)
}

func (f *fixture) receivable(id uint64) *types.QueryReceivableResponse {
	f.Helper()
	answer, err := f.query().Receivable(f.Context(), &types.QueryReceivableRequest{ReceivableId: id})
	require.NoError(f, err)
	return answer
}

func (f *fixture) status(id uint64) types.ReceivableStatus {
	f.Helper()
	return f.receivable(id).Receivable.Status
}

// units is what a party has of a receivable, and what of it is bound.
func (f *fixture) units(id uint64, party string) [2]int64 {
	for _, holding := range f.receivable(id).Holdings {
		if holding.Account == account(party) {
			return [2]int64{holding.Units.Int64(), holding.Bound.Int64()}
		}
	}
	return [2]int64{}
}

// money is what a party has, and what of it is available.
func (f *fixture) money(party string) [2]int64 {
	f.Helper()
	stored, err := f.App.Keepers.Settlement.Account(f.Context(), account(party))
	require.NoError(f, err)
	address := sdk.MustAccAddressFromBech32(account(party))
	balance, err := f.App.Keepers.Ledger.Balance(f.Context(), address, stored.InstitutionId+"/"+cny)
	require.NoError(f, err)
	available, err := f.App.Keepers.Settlement.Available(f.Context(), stored, cny)
	require.NoError(f, err)
	return [2]int64{balance.Int64(), available.Int64()}
}

func (f *fixture) refused(want *errorsmod.Error, party string, msg sdk.Msg, words ...any) {
	f.Helper()
	requireRefused(f, want, f.Send(key(party), msg), words...)
}

func requireRefused(t require.TestingT, want *errorsmod.Error, result *abci.ExecTxResult, words ...any) {
	require.Equal(t, want.ABCICode(), result.Code, append([]any{result.Log}, words...)...)
	require.Equal(t, want.Codespace(), result.Codespace, result.Log)
}

// requireSameAfterExport starts a chain from the exported state, and goes on with it.
func (f *fixture) requireSameAfterExport() {
	f.Helper()
	first, err := f.App.Export(nil)
	require.NoError(f, err)
	imported := chain.NewFrom(f, f.file, first.AppState, first.Height)
	second, err := imported.App.Export(nil)
	require.NoError(f, err)
	require.JSONEq(f, string(first.AppState), string(second.AppState))
}
