package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// What is charged to an operator's day is what has moved, once.
func TestADayIsChargedWithWhatHasMovedOnly(t *testing.T) {
	allOrNothing := batch("file", transfer("bob", 10, "1"), transfer("nobody", 10, "2"))
	allOrNothing.Mode = types.AllOrNothing
	partly := batch("file", transfer("bob", 900, "1"), transfer("carol", 101, "2"), transfer("carol", 70, "3"))
	send := func(msg *types.MsgPayBatch) func(*fixture) error {
		return func(f *fixture) error { _, err := f.msg.PayBatch(f.ctx, msg); return err }
	}
	payOne := func(f *fixture) error { _, err := f.msg.Pay(f.ctx, pay("acme", "bob", 120, "rent")); return err }
	cases := []struct {
		name    string
		acts    []func(*fixture) error
		total   int64
		largest int64
		refused bool
	}{
		{"a payment", []func(*fixture) error{payOne}, 120, 120, false},
		{"a payment and its replay", []func(*fixture) error{payOne, payOne}, 120, 120, false},
		{"a payment that is refused", []func(*fixture) error{func(f *fixture) error {
			_, err := f.msg.Pay(f.ctx, pay("acme", "nobody", 120, "rent"))
			return err
		}}, 0, 0, true},
		{"a batch of which a transfer is rejected", []func(*fixture) error{send(partly)}, 970, 900, false},
		{"a batch that was sent again", []func(*fixture) error{send(partly), send(partly)}, 970, 900, false},
		{"all or nothing, and it was nothing", []func(*fixture) error{send(allOrNothing)}, 0, 0, false},
		{"a deposit", []func(*fixture) error{func(f *fixture) error {
			msg := &types.MsgIssueDeposit{Operator: signer("bqdq"), Account: account("acme"), Currency: "CNY", Amount: pay("acme", "bob", 5, "x").Amount}
			_, err := f.msg.IssueDeposit(f.ctx, msg)
			return err
		}}, 5, 5, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.access.spent = nil
			for _, act := range c.acts {
				require.Equal(t, c.refused, act(f) != nil)
			}
			total, largest := int64(0), int64(0)
			for _, money := range f.access.spent {
				require.Equal(t, "CNY", money.Currency)
				total += money.Total.Int64()
				largest = max(largest, money.Largest.Int64())
			}
			require.Equal(t, [2]int64{c.total, c.largest}, [2]int64{total, largest})
		})
	}
}
