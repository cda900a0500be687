package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// busyFixture has some of everything in its state.
func busyFixture(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.must(f.msg.PayBatch(f.ctx, batch("file", transfer("bob", 1, "1"), transfer("nobody", 1, "2"), transfer("carol", 1, "3"))))
	named := pay("acme", "bob", 1, "4")
	named.Uetr = someUETR
	f.must(f.msg.Pay(f.ctx, named))
	f.next(time.Second)
	f.must(f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{Operator: signer("bqdq"), PartyId: "acme", Currencies: []string{"EUR"}}))
	f.setStatus("bob", types.AccountBlocked)
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 1, "5")))
	f.next(time.Second)
	return f
}

func imported(t *testing.T, f *fixture, state *types.GenesisState) (*fixture, error) {
	t.Helper()
	g := emptyFixture(t)
	*g.ledger, g.access, g.height, g.now = *f.ledger, f.access, f.height, f.now
	g.begin()
	return g, g.keeper.InitGenesis(g.ctx, state)
}

func TestAnExportImportsIntoTheSameState(t *testing.T) {
	f := busyFixture(t)
	state := f.export()
	require.NoError(t, state.Validate())
	g, err := imported(t, f, state)
	require.NoError(t, err)
	require.Equal(t, state, g.export())

	// What is not in the state but follows from it works as before: ordinals and second names.
	for _, node := range []*fixture{f, g} {
		opened, err := node.msg.OpenAccount(node.ctx, &types.MsgOpenAccount{Operator: signer("bqdq"), PartyId: "acme", Currencies: []string{"CNY"}})
		require.NoError(t, err)
		require.Equal(t, mustText(types.AccountAddress("acme", 2)), opened.Address)
		found, err := node.query.PaymentByEndToEnd(node.ctx, &types.QueryPaymentByEndToEndRequest{Debtor: account("acme"), EndToEndDigest: digest("4")})
		require.NoError(t, err)
		require.Equal(t, someUETR, found.Payment.Uetr)
	}
}

func TestGenesisIsRefusedIfItsBooksDisagreeWithTheLedger(t *testing.T) {
	f := busyFixture(t)
	state := f.export()
	state.Outstandings[0].Deposits = state.Outstandings[0].Deposits.AddRaw(1)
	_, err := imported(t, f, state)
	require.ErrorIs(t, err, types.ErrGenesisInvalid)
}

func TestGenesisIsRefusedIfItContradictsItself(t *testing.T) {
	for story, spoil := range map[string]func(*types.GenesisState){
		"settings are missing":                    func(s *types.GenesisState) { s.Params = types.Params{} },
		"a currency is there twice":               func(s *types.GenesisState) { s.Currencies = append(s.Currencies, s.Currencies[0]) },
		"a currency is no code":                   func(s *types.GenesisState) { s.Currencies[0].Code = "yuan" },
		"a bank settles an unknown currency":      func(s *types.GenesisState) { s.Currencies = s.Currencies[:1] },
		"a bank is there twice":                   func(s *types.GenesisState) { s.Participants[1] = s.Participants[0] },
		"a bank has another's reserve account":    func(s *types.GenesisState) { s.Participants[0].ReserveAddress = s.Participants[1].ReserveAddress },
		"a bank's currencies are not sorted":      func(s *types.GenesisState) { s.Participants[0].Currencies = []string{"EUR", "CNY"} },
		"an outstanding amount is negative":       func(s *types.GenesisState) { s.Outstandings[0].Reserves = math.NewInt(-1) },
		"an outstanding amount is missing":        func(s *types.GenesisState) { s.Outstandings[0].Reserves = math.Int{} },
		"an outstanding amount is too large":      func(s *types.GenesisState) { s.Outstandings[0].Deposits = types.OutstandingMax().AddRaw(1) },
		"outstanding of an unknown currency":      func(s *types.GenesisState) { s.Outstandings[0].Currency = "JPY" },
		"an account's bank is unknown":            func(s *types.GenesisState) { s.Accounts[0].InstitutionId = "NONE" },
		"an account's currency is unknown":        func(s *types.GenesisState) { s.Accounts[0].Currencies = []string{"JPY"} },
		"an account has no status":                func(s *types.GenesisState) { s.Accounts[0].Status = types.AccountNone },
		"an account has another's address":        func(s *types.GenesisState) { s.Accounts[0].Address = account("x") },
		"an account number is left out":           func(s *types.GenesisState) { s.Accounts = without(s.Accounts, account("acme")) },
		"a reference leads nowhere":               func(s *types.GenesisState) { s.References[0].Address = account("x") },
		"a reference is there twice":              func(s *types.GenesisState) { s.References[1] = s.References[0] },
		"a reference is no digest":                func(s *types.GenesisState) { s.References[0].Digest = []byte("IBAN") },
		"a payment is there twice":                func(s *types.GenesisState) { s.Payments[1] = s.Payments[0] },
		"two payments have one end-to-end id":     func(s *types.GenesisState) { s.Payments[1].EndToEndDigest = s.Payments[0].EndToEndDigest },
		"a payment's debtor is unknown":           func(s *types.GenesisState) { s.Payments[0].Debtor = account("x") },
		"a settled payment's creditor is unknown": func(s *types.GenesisState) { settledOf(s).Creditor = account("x") },
		"a settled payment has a reason":          func(s *types.GenesisState) { settledOf(s).Reason = "AM04" },
		"a payment is undecided":                  func(s *types.GenesisState) { s.Payments[0].Status = types.PaymentReceived },
		"a payment has no amount":                 func(s *types.GenesisState) { s.Payments[0].Amount = math.ZeroInt() },
		"a payment's instruction is no digest":    func(s *types.GenesisState) { s.Payments[0].InstructionDigest = []byte("MSG-1") },
		"a payment would stay for ever":           func(s *types.GenesisState) { s.Retirements = s.Retirements[:1] },
		"a payment is listed at another height":   func(s *types.GenesisState) { s.Payments[0].Height++ },
		"a list is empty":                         func(s *types.GenesisState) { s.Retirements[0].Keys = nil },
		"a list is there twice":                   func(s *types.GenesisState) { s.Retirements = append(s.Retirements, s.Retirements[0]) },
		"a list holds something else":             func(s *types.GenesisState) { s.Retirements[0].Keys[0] = []byte("x") },
		"an instruction would stay for ever":      func(s *types.GenesisState) { s.Instructions[0].Digest = digest("x") },
		"an instruction has no content":           func(s *types.GenesisState) { s.Instructions[0].ContentDigest = nil },
		"a payment is not in the log":             func(s *types.GenesisState) { s.PaymentLog = types.PaymentLog{} },
		"the log lacks a subtree":                 func(s *types.GenesisState) { s.PaymentLog.Subtrees = s.PaymentLog.Subtrees[1:] },
		"the log has a subtree too many":          func(s *types.GenesisState) { s.PaymentLog.Size_ = 8 },
		"a subtree of the log is no hash":         func(s *types.GenesisState) { s.PaymentLog.Subtrees[0] = []byte("root") },
		"the log is longer than can be counted": func(s *types.GenesisState) {
			s.PaymentLog = types.PaymentLog{Size_: 1 << 63, Subtrees: [][]byte{digest("")}}
		},
	} {
		f := busyFixture(t)
		state := f.export()
		spoil(state)
		require.Error(t, state.Validate(), story)
		_, err := imported(t, f, state)
		require.Error(t, err, story)
	}
}

func without(accounts []types.Account, address string) []types.Account {
	var rest []types.Account
	for _, account := range accounts {
		if account.Address != address {
			rest = append(rest, account)
		}
	}
	return rest
}

func settledOf(state *types.GenesisState) *types.Payment {
	for i := range state.Payments {
		if state.Payments[i].Status == types.PaymentSettled {
			return &state.Payments[i]
		}
	}
	return nil
}

func TestInvariantsFindMoneyThatWasMadeLostOrMislaid(t *testing.T) {
	acme := balanceKey(types.AccountAddress("acme", 0), "BQDQ/CNY")
	reserve := balanceKey(types.ReserveAddress("BQDQ"), "reserve/CNY")
	nobody := balanceKey(types.AccountAddress("nobody", 0), "BQDQ/CNY")
	nobank := balanceKey(types.ReserveAddress("NONE"), "reserve/CNY")
	move := func(l *fakeLedger, from, to string) {
		l.balances[to] = orZero(l.balances[to]).AddRaw(1)
		l.balances[from] = l.balances[from].SubRaw(1)
	}
	for _, row := range []struct {
		story string
		spoil func(*fakeLedger)
		want  []string
	}{
		{"all is well", func(*fakeLedger) {}, nil},
		{"a balance grew by itself", func(l *fakeLedger) { l.balances[acme] = l.balances[acme].AddRaw(1) }, []string{
			"supply of BQDQ/CNY", "supply of BQDQ/CNY is 2000, accounts hold 2001",
		}},
		{"deposit money that nobody issued", func(l *fakeLedger) {
			l.balances[acme] = l.balances[acme].AddRaw(1)
			l.supplies["BQDQ/CNY"] = l.supplies["BQDQ/CNY"].AddRaw(1)
		}, []string{"deposits in CNY are 3001, outstanding are 3000"}},
		{"reserves that nobody issued", func(l *fakeLedger) {
			l.balances[reserve] = l.balances[reserve].AddRaw(1)
			l.supplies["reserve/CNY"] = l.supplies["reserve/CNY"].AddRaw(1)
		}, []string{"reserves in CNY are 2001, outstanding are 2000"}},
		{"deposit money outside every account", func(l *fakeLedger) { move(l, acme, nobody) }, []string{
			"supply of BQDQ/CNY is 2000, accounts hold 1999",
		}},
		{"reserves outside every bank", func(l *fakeLedger) { move(l, reserve, nobank) }, []string{
			"reserves in CNY are 2000, banks hold 1999",
		}},
	} {
		f := newFixture(t)
		row.spoil(f.ledger)
		response, err := f.query.Invariants(f.ctx, &types.QueryInvariantsRequest{})
		require.NoError(t, err)
		require.Equal(t, row.want, response.Violations, row.story)
		require.Equal(t, row.want == nil, response.MoneyConserved, row.story)
		require.Equal(t, "CNY", response.Outstandings[0].Currency)
		require.Equal(t, f.height, response.Height)
	}
}
