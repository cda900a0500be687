package keeper_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// said is what the module above was told, a line for each time.
func (f *fixture) said() string {
	var lines []string
	for _, told := range f.above.told {
		var parts []string
		for _, p := range told {
			part := fmt.Sprintf("%s to %s %s %s", p.Debtor.PartyId, p.Creditor.PartyId, p.Currency, p.Amount)
			if p.Return {
				part += " back"
			}
			parts = append(parts, part)
		}
		lines = append(lines, strings.Join(parts, ", "))
	}
	return strings.Join(lines, "\n")
}

func TestTheModuleAboveIsToldOnceOfWhatAMessageHasSettled(t *testing.T) {
	payOne := func(f *fixture) error { _, err := f.msg.Pay(f.ctx, pay("acme", "carol", 120, "rent")); return err }
	send := func(msg *types.MsgPayBatch) func(*fixture) error {
		return func(f *fixture) error { _, err := f.msg.PayBatch(f.ctx, msg); return err }
	}
	partly := batch("file", transfer("bob", 900, "1"), transfer("carol", 101, "2"), transfer("carol", 70, "3"))
	nothing := batch("file", transfer("bob", 10, "1"), transfer("nobody", 10, "2"))
	nothing.Mode = types.AllOrNothing
	cases := map[string]struct {
		acts    []func(*fixture) error
		said    string
		refused bool
	}{
		"a payment":                 {[]func(*fixture) error{payOne}, "acme to carol CNY 120", false},
		"a payment and its replay":  {[]func(*fixture) error{payOne, payOne}, "acme to carol CNY 120", false},
		"a batch, the settled part": {[]func(*fixture) error{send(partly)}, "acme to bob CNY 900, acme to carol CNY 70", false},
		"all or nothing: nothing":   {[]func(*fixture) error{send(nothing)}, "", false},
		"a payment that is refused": {[]func(*fixture) error{func(f *fixture) error {
			_, err := f.msg.Pay(f.ctx, pay("acme", "nobody", 1, "x"))
			return err
		}}, "", true},
		"a return": {[]func(*fixture) error{payOne, func(f *fixture) error {
			f.next(time.Second)
			_, err := f.msg.ReturnPayment(f.ctx, returnOf("acme", "rent", 20, signer("carol")))
			return err
		}}, "acme to carol CNY 120\ncarol to acme CNY 20 back", false},
		"a capture, and not its hold": {[]func(*fixture) error{func(f *fixture) error {
			f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 5, "x")))
			_, err := f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 3, "c", signer("bqdq")))
			return err
		}}, "acme to bob CNY 3", false},
		"no deposit": {[]func(*fixture) error{func(f *fixture) error {
			_, err := f.msg.IssueDeposit(f.ctx, &types.MsgIssueDeposit{
				Operator: signer("bqdq"), Account: account("acme"), Currency: "CNY", Amount: math.NewInt(5),
			})
			return err
		}}, "", false},
		"no exchange": {[]func(*fixture) error{func(f *fixture) error {
			f.withReceivable("acme", 500)
			_, err := f.keeper.Exchange(f.ctx, "", delivery(200, 190))
			return err
		}}, "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			for _, act := range c.acts {
				require.Equal(t, c.refused, act(f) != nil)
			}
			require.Equal(t, c.said, f.said())
		})
	}
}

func TestWhatTheModuleAboveCannotKeepDoesNotSettle(t *testing.T) {
	f := newFixture(t)
	f.above.refusal = errors.New("the store is broken")
	_, err := f.msg.Pay(f.ctx, pay("acme", "bob", 1, "x"))
	require.ErrorIs(t, err, f.above.refusal)
}
