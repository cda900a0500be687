package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/types/query"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func TestAPartysAccountsHaveAddressesDerivedFromItsIDAndTheirNumber(t *testing.T) {
	f := newFixture(t)
	for ordinal := uint32(1); ordinal < 4; ordinal++ {
		response, err := f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{
			Operator: signer("bqdq"), PartyId: "acme", Currencies: []string{"EUR", "CNY"},
		})
		require.NoError(t, err)
		require.Equal(t, mustText(types.AccountAddress("acme", ordinal)), response.Address)
		stored, err := f.query.Account(f.ctx, &types.QueryAccountRequest{Address: response.Address})
		require.NoError(t, err)
		require.Equal(t, types.Account{
			Address: response.Address, InstitutionId: "BQDQ", PartyId: "acme", Ordinal: ordinal,
			Currencies: []string{"CNY", "EUR"}, Status: types.AccountOpen,
		}, stored.Account)
	}
	require.Equal(t, 3, f.events("EventAccountOpened"))
}

func TestAnAccountIsNotOpened(t *testing.T) {
	open := func(change func(*types.MsgOpenAccount)) *types.MsgOpenAccount {
		msg := &types.MsgOpenAccount{Operator: signer("bqdq"), PartyId: "acme", Currencies: []string{"CNY"}}
		change(msg)
		return msg
	}
	for _, row := range []struct {
		story string
		msg   *types.MsgOpenAccount
		err   error
	}{
		{"for a stranger", open(func(m *types.MsgOpenAccount) { m.PartyId = "stranger" }), accesstypes.ErrPartyNotFound},
		{"for a customer of another bank", open(func(m *types.MsgOpenAccount) { m.PartyId = "carol" }), accesstypes.ErrScopeDenied},
		{"in a currency that the bank does not settle", open(func(m *types.MsgOpenAccount) { m.Currencies = []string{"JPY"} }), types.ErrCurrencyNotSettled},
		{"without a currency", open(func(m *types.MsgOpenAccount) { m.Currencies = nil }), types.ErrCurrenciesInvalid},
		{"with a currency twice", open(func(m *types.MsgOpenAccount) { m.Currencies = []string{"CNY", "CNY"} }), types.ErrCurrenciesInvalid},
		{"with a number of another account", open(func(m *types.MsgOpenAccount) { m.References = [][]byte{digest("IBAN bob")} }), types.ErrReferenceTaken},
		{"with a number twice", open(func(m *types.MsgOpenAccount) { m.References = [][]byte{digest("a"), digest("a")} }), types.ErrReferenceTaken},
		{"with nine numbers", open(func(m *types.MsgOpenAccount) { m.References = make([][]byte, 9) }), types.ErrTooManyReferences},
		{"with a number in clear", open(func(m *types.MsgOpenAccount) { m.References = [][]byte{[]byte("6222020200012345")} }), types.ErrDigestInvalid},
	} {
		f := newFixture(t)
		_, err := f.msg.OpenAccount(f.ctx, row.msg)
		require.ErrorIs(t, err, row.err, row.story)
	}
	f := newFixture(t)
	f.access.suspendParty("acme")
	_, err := f.msg.OpenAccount(f.ctx, open(func(*types.MsgOpenAccount) {}))
	require.ErrorIs(t, err, types.ErrPartyNotActive)
	f.access.parties["newcomer"] = accesstypes.Party{Id: "newcomer", InstitutionId: "CSRC", Status: accesstypes.MemberStatus_MEMBER_STATUS_ACTIVE}
	f.access.operators[signer("csrc")] = fakeOperator{"CSRC", "", []string{types.PermissionAccount}}
	_, err = f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{Operator: signer("csrc"), PartyId: "newcomer", Currencies: []string{"CNY"}})
	require.ErrorIs(t, err, types.ErrParticipantNotFound)
}

func TestAReferenceIsNeverRepointed(t *testing.T) {
	f := newFixture(t)
	add := func(party, number string) error {
		_, err := f.msg.AddAccountReference(f.ctx, &types.MsgAddAccountReference{
			Operator: f.bankOf(party), Account: account(party), Digest: digest(number),
		})
		return err
	}
	require.NoError(t, add("acme", "old number"))
	require.ErrorIs(t, add("bob", "old number"), types.ErrReferenceTaken)
	require.ErrorIs(t, add("acme", "old number"), types.ErrReferenceTaken)
	f.drain("acme")
	f.setStatus("acme", types.AccountClosed)
	require.ErrorIs(t, add("acme", "new number"), types.ErrAccountTransition)
	require.ErrorIs(t, add("bob", "old number"), types.ErrReferenceTaken, "a closed account keeps its numbers")

	response, err := f.query.ResolveReferences(f.ctx, &types.QueryResolveReferencesRequest{
		Digests: [][]byte{digest("IBAN bob"), digest("unknown"), digest("old number")},
	})
	require.NoError(t, err)
	require.Equal(t, account("bob"), response.References[0].Account.Address)
	require.Equal(t, types.ResolvedReference{}, response.References[1])
	require.Equal(t, types.AccountClosed, response.References[2].Account.Status)
}

func TestAnAccountIsBlockedOpenedAndClosedWhenEmpty(t *testing.T) {
	f := newFixture(t)
	f.setStatus("bob", types.AccountBlocked)
	require.ErrorIs(t, f.send("IssueDeposit", signer("hxnb")), accesstypes.ErrScopeDenied)
	_, err := f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{
		Operator: signer("bqdq"), Account: account("bob"), Currency: "CNY", Amount: math.OneInt(),
	})
	require.ErrorIs(t, err, types.ErrAccountBlocked)
	f.setStatus("bob", types.AccountOpen)
	_, err = f.msg.SetAccountStatus(f.ctx, &types.MsgSetAccountStatus{Operator: signer("bqdq"), Account: account("bob"), Status: types.AccountClosed})
	require.ErrorIs(t, err, types.ErrAccountNotEmpty)
	f.drain("bob")
	f.setStatus("bob", types.AccountClosed)
	_, err = f.msg.SetAccountStatus(f.ctx, &types.MsgSetAccountStatus{Operator: signer("bqdq"), Account: account("bob"), Status: types.AccountOpen})
	require.ErrorIs(t, err, types.ErrAccountTransition)
	require.Equal(t, 3, f.events("EventAccountStatusChanged"))
	f.soundBooks()
}

func TestIssuersChangeWhatIsOutstandingAndPaymentsDoNot(t *testing.T) {
	f := newFixture(t)
	before := f.export().Outstandings
	f.must(f.msg.Pay(f.ctx, pay("acme", "carol", 500, "x")))
	require.Equal(t, before, f.export().Outstandings)
	require.NoError(t, f.send("IssueDeposit", signer("bqdq")))
	require.NoError(t, f.send("IssueReserve", signer("central")))
	after := f.export().Outstandings[0]
	require.Equal(t, before[0].Deposits.AddRaw(1), after.Deposits)
	require.Equal(t, before[0].Reserves.AddRaw(1), after.Reserves)
	require.NoError(t, f.send("RedeemDeposit", signer("bqdq")))
	require.NoError(t, f.send("RedeemReserve", signer("central")))
	require.Equal(t, before, f.export().Outstandings)
	for _, event := range []string{"EventDepositIssued", "EventDepositRedeemed", "EventReserveIssued", "EventReserveRedeemed"} {
		require.Equal(t, 1, f.events(event), event)
	}
	f.soundBooks()
}

func TestReservesGoToParticipantsInCurrenciesThatTheySettle(t *testing.T) {
	f := newFixture(t)
	issue := func(bank, currency string) error {
		_, err := f.msg.IssueReserve(f.ctx, &types.MsgIssueReserve{
			Operator: signer("central"), InstitutionId: bank, Currency: currency, Amount: math.OneInt(),
		})
		return err
	}
	require.NoError(t, issue("BQDQ", "EUR"))
	require.ErrorIs(t, issue("BQDQ", "JPY"), types.ErrCurrencyNotSettled)
	require.ErrorIs(t, issue("CSRC", "CNY"), types.ErrParticipantNotFound)
}

func TestCurrenciesAndParticipantsAreAdmittedOnce(t *testing.T) {
	f := newFixture(t)
	currency := func(code string, minorUnits uint32) error {
		_, err := f.msg.AdmitCurrency(f.ctx, &types.MsgAdmitCurrency{
			Authority: signer("consortium"), Currency: types.Currency{Code: code, MinorUnits: minorUnits},
		})
		return err
	}
	require.NoError(t, currency("KWD", 3))
	require.ErrorIs(t, currency("KWD", 3), types.ErrCurrencyExists)
	require.ErrorIs(t, currency("CLF", 5), types.ErrMinorUnitsInvalid)
	require.ErrorIs(t, currency("cny", 2), types.ErrCurrencyInvalid)
	require.Equal(t, ledgertypes.Denom{Denom: "reserve/KWD", Exponent: 3, Currency: "KWD"}, f.ledger.denoms["reserve/KWD"])

	bank := func(id string, currencies ...string) error {
		_, err := f.msg.AdmitParticipant(f.ctx, &types.MsgAdmitParticipant{
			Authority: signer("consortium"), InstitutionId: id, Currencies: currencies,
		})
		return err
	}
	require.NoError(t, bank("BQDQ", "KWD"))
	require.Equal(t, ledgertypes.Denom{Denom: "BQDQ/KWD", Exponent: 3, Currency: "KWD"}, f.ledger.denoms["BQDQ/KWD"])
	require.ErrorIs(t, bank("BQDQ", "JPY"), types.ErrCurrencyNotSettled)
	require.ErrorIs(t, bank("CSRC", "CNY"), types.ErrNotBank)
	require.ErrorIs(t, bank("NONE", "CNY"), accesstypes.ErrInstitutionNotFound)
	f.access.suspendInstitution("HXNB")
	require.ErrorIs(t, bank("HXNB", "CNY"), types.ErrInstitutionNotActive)

	response, err := f.query.Participants(f.ctx, &types.QueryParticipantsRequest{})
	require.NoError(t, err)
	require.Equal(t, []string{"CNY", "EUR", "KWD"}, response.Participants[0].Currencies)
	require.Equal(t, mustText(types.ReserveAddress("BQDQ")), response.Participants[0].ReserveAddress)
}

func TestListsHaveAMostAndQueriesSayNotFound(t *testing.T) {
	f := newFixture(t)
	for i := range 250 {
		code := fmt.Sprintf("%c%c%c", 'A'+i/100, 'A'+i/10%10, 'A'+i%10)
		f.must(f.msg.AdmitCurrency(f.ctx, &types.MsgAdmitCurrency{Authority: signer("consortium"), Currency: types.Currency{Code: code}}))
	}
	_, err := f.query.Currencies(f.ctx, &types.QueryCurrenciesRequest{Pagination: &query.PageRequest{Limit: types.PageRowsMax + 1}})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	for _, limit := range []uint64{0, types.PageRowsMax} {
		page, err := f.query.Currencies(f.ctx, &types.QueryCurrenciesRequest{Pagination: &query.PageRequest{Limit: limit}})
		require.NoError(t, err)
		require.Len(t, page.Currencies, types.PageRowsMax)
		require.NotEmpty(t, page.Pagination.NextKey)
	}
	many := make([][]byte, types.ResolveReferencesMax+1)
	for _, row := range []struct {
		code codes.Code
		ask  func() (any, error)
	}{
		{codes.NotFound, func() (any, error) { return f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: someUETR}) }},
		{codes.NotFound, func() (any, error) { return f.query.Account(f.ctx, &types.QueryAccountRequest{Address: account("x")}) }},
		{codes.NotFound, func() (any, error) { return f.query.Reserves(f.ctx, &types.QueryReservesRequest{InstitutionId: "X"}) }},
		{codes.NotFound, func() (any, error) {
			return f.query.PaymentByEndToEnd(f.ctx, &types.QueryPaymentByEndToEndRequest{Debtor: account("acme"), EndToEndDigest: digest("x")})
		}},
		{codes.InvalidArgument, func() (any, error) { return f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: "x"}) }},
		{codes.InvalidArgument, func() (any, error) { return f.query.Account(f.ctx, &types.QueryAccountRequest{Address: "x"}) }},
		{codes.InvalidArgument, func() (any, error) {
			return f.query.PaymentByEndToEnd(f.ctx, &types.QueryPaymentByEndToEndRequest{Debtor: "x", EndToEndDigest: digest("x")})
		}},
		{codes.InvalidArgument, func() (any, error) {
			return f.query.PaymentByEndToEnd(f.ctx, &types.QueryPaymentByEndToEndRequest{Debtor: account("acme")})
		}},
		{codes.InvalidArgument, func() (any, error) {
			return f.query.ResolveReferences(f.ctx, &types.QueryResolveReferencesRequest{Digests: many})
		}},
		{codes.InvalidArgument, func() (any, error) {
			return f.query.ResolveReferences(f.ctx, &types.QueryResolveReferencesRequest{Digests: [][]byte{{1}}})
		}},
		{codes.InvalidArgument, func() (any, error) { return f.query.Payment(f.ctx, nil) }},
		{codes.InvalidArgument, func() (any, error) { return f.query.Participants(f.ctx, nil) }},
	} {
		_, err := row.ask()
		require.Equal(t, row.code, status.Code(err), "%v", err)
	}
}

func TestNobodyTakesTheUETRThatAnotherWouldDerive(t *testing.T) {
	f := newFixture(t)
	squatter := pay("acme", "bob", 1, "whatever")
	squatter.Uetr = types.DeriveUETR(types.AccountAddress("bob", 0), digest("rent"))
	_, err := f.msg.Pay(f.ctx, squatter)
	require.ErrorIs(t, err, types.ErrUETRInvalid)

	honest := pay("bob", "acme", 2, "rent")
	f.must(f.msg.Pay(f.ctx, honest))
	ask := &types.QueryPaymentByEndToEndRequest{Debtor: account("bob"), EndToEndDigest: digest("rent")}
	found, err := f.query.PaymentByEndToEnd(f.ctx, ask)
	require.NoError(t, err)
	require.Equal(t, squatter.Uetr, found.Payment.Uetr)
}

func TestNobodyUsesUpAnothersMessageID(t *testing.T) {
	f := newFixture(t)
	junk := batch("MSG-1", transfer("bob", 1, "junk"))
	junk.ContentDigest = digest("junk")
	f.must(f.msg.PayBatch(f.ctx, junk))
	honest := batch("MSG-1", transfer("acme", 1, "rent"))
	honest.Debtor = account("bob")
	f.must(f.msg.PayBatch(f.ctx, honest))

	honest.ContentDigest = digest("another content")
	_, err := f.msg.PayBatch(f.ctx, honest)
	require.ErrorIs(t, err, types.ErrDuplicateFile)
}
