package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// permissions says who may send which message: y is done, anything else is refused before the state is
// touched. The clerk has the right place and no permission; every other operator has all permissions.
const permissions = `
message              consortium  central  bqdq  hxnb  acme-treasurer  clerk  stranger
Pay                  n           n        y     n     y               n      n
PayBatch             n           n        y     n     y               n      n
ReturnPayment        n           n        y     n     y               n      n
PlaceHold            n           n        y     n     y               n      n
CaptureHold          n           n        y     n     y               n      n
ReleaseHold          n           n        y     n     y               n      n
IssueDeposit         n           n        y     n     n               n      n
RedeemDeposit        n           n        y     n     n               n      n
IssueReserve         n           y        n     n     n               n      n
RedeemReserve        n           y        n     n     n               n      n
OpenAccount          n           n        y     n     n               n      n
AddAccountReference  n           n        y     n     n               n      n
SetAccountStatus     n           n        y     n     n               n      n
AdmitCurrency        y           n        n     n     n               n      n
AdmitParticipant     y           n        n     n     n               n      n
UpdateParams         y           n        n     n     n               n      n
`

// send sends a message about acme's account as somebody.
func (f *fixture) send(message, as string) error {
	var err error
	one, acme := math.OneInt(), account("acme")
	switch message {
	case "Pay":
		msg := pay("acme", "bob", 1, "x")
		msg.Operator = as
		_, err = f.msg.Pay(f.ctx, msg)
	case "PayBatch":
		msg := batch("", transfer("bob", 1, "x"))
		msg.Operator = as
		_, err = f.msg.PayBatch(f.ctx, msg)
	case "ReturnPayment":
		_, err = f.msg.ReturnPayment(f.ctx, returnOf("bob", "to be returned", 1, as))
	case "PlaceHold":
		msg := f.place("acme", "bob", 1, "x")
		msg.Operator = as
		_, err = f.msg.PlaceHold(f.ctx, msg)
	case "CaptureHold":
		_, err = f.msg.CaptureHold(f.ctx, capture(holdUETR("bob", "for acme"), 1, "c", as))
	case "ReleaseHold":
		_, err = f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: as, Uetr: holdUETR("bob", "for acme")})
	case "IssueDeposit":
		_, err = f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{Operator: as, Account: acme, Currency: "CNY", Amount: one})
	case "RedeemDeposit":
		_, err = f.msg.RedeemDeposit(f.ctx, &types.MsgRedeemDeposit{Operator: as, Account: acme, Currency: "CNY", Amount: one})
	case "IssueReserve":
		_, err = f.msg.IssueReserve(f.ctx, &types.MsgIssueReserve{Operator: as, InstitutionId: "BQDQ", Currency: "CNY", Amount: one})
	case "RedeemReserve":
		_, err = f.msg.RedeemReserve(f.ctx, &types.MsgRedeemReserve{Operator: as, InstitutionId: "BQDQ", Currency: "CNY", Amount: one})
	case "OpenAccount":
		_, err = f.msg.OpenAccount(f.ctx, &types.MsgOpenAccount{Operator: as, PartyId: "acme", Currencies: []string{"CNY"}})
	case "AddAccountReference":
		_, err = f.msg.AddAccountReference(f.ctx, &types.MsgAddAccountReference{Operator: as, Account: acme, Digest: digest("new")})
	case "SetAccountStatus":
		_, err = f.msg.SetAccountStatus(f.ctx, &types.MsgSetAccountStatus{Operator: as, Account: acme, Status: types.AccountBlocked})
	case "AdmitCurrency":
		_, err = f.msg.AdmitCurrency(f.ctx, &types.MsgAdmitCurrency{Authority: as, Currency: types.Currency{Code: "JPY"}})
	case "AdmitParticipant":
		_, err = f.msg.AdmitParticipant(f.ctx, &types.MsgAdmitParticipant{Authority: as, InstitutionId: "BQDQ", Currencies: []string{"CNY"}})
	case "UpdateParams":
		_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: as, Params: types.DefaultParams()})
	}
	return err
}

func TestEveryMessageIsTakenFromThoseWhoMaySendItOnly(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(permissions), "\n")
	who := strings.Fields(rows[0])[1:]
	require.Len(t, rows, 16+1, "a message is missing")
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		for i, name := range who {
			f := newFixture(t)
			f.must(f.msg.Pay(f.ctx, pay("bob", "acme", 5, "to be returned")))
			f.must(f.msg.PlaceHold(f.ctx, f.place("bob", "acme", 5, "for acme")))
			f.next(time.Second)
			before := f.export()
			err := f.send(cells[0], signer(strings.ReplaceAll(name, "-", " ")))
			if cells[i+1] == "y" {
				require.NoError(t, err, "%s by %s", cells[0], name)
				continue
			}
			require.Error(t, err, "%s by %s", cells[0], name)
			require.Equal(t, before, f.export())
			require.Empty(t, f.ledger.writes)
		}
	}
}

func TestACustomerOfACentralBankIssuesNoReserves(t *testing.T) {
	f := newFixture(t)
	f.access.operators[signer("ministry")] = fakeOperator{"CENB", "ministry", []string{types.PermissionReserve}}
	f.access.parties["ministry"] = f.access.parties["acme"]
	require.ErrorIs(t, f.send("IssueReserve", signer("ministry")), types.ErrNotCentralBank)
	require.ErrorIs(t, f.send("IssueReserve", signer("bqdq")), types.ErrNotCentralBank)
}
