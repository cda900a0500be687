package keeper_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const someUETR = "11111111-1111-4111-8111-111111111111"

// costs is the table of the README: Merklised keys that a transaction writes, in the ledger and here,
// beside the operator's nonce. What is written decides what a payment costs.
var costs = []struct {
	story string
	act   func(*fixture) error
	keys  int
}{
	{"MsgPay inside a bank", func(f *fixture) error {
		_, err := f.msg.Pay(f.ctx, pay("acme", "bob", 1, "x"))
		return err
	}, 3},
	{"MsgPay between banks", func(f *fixture) error {
		_, err := f.msg.Pay(f.ctx, pay("acme", "carol", 1, "x"))
		return err
	}, 7},
	{"MsgPay inside a bank with a UETR of its own", func(f *fixture) error {
		msg := pay("acme", "bob", 1, "x")
		msg.Uetr = someUETR
		_, err := f.msg.Pay(f.ctx, msg)
		return err
	}, 4},
	{"MsgPay repeated", func(f *fixture) error {
		if _, err := f.msg.Pay(f.ctx, pay("acme", "carol", 1, "x")); err != nil {
			return err
		}
		f.next(time.Second)
		_, err := f.msg.Pay(f.ctx, pay("acme", "carol", 1, "x"))
		return err
	}, 0},
	{"MsgReturnPayment inside a bank", func(f *fixture) error {
		f.must(f.msg.Pay(f.ctx, pay("bob", "acme", 5, "x")))
		f.next(time.Second)
		_, err := f.msg.ReturnPayment(f.ctx, returnOf("bob", "x", 1, signer("bqdq")))
		return err
	}, 4},
	{"MsgPlaceHold", func(f *fixture) error {
		_, err := f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 5, "x"))
		return err
	}, 4},
	{"MsgCaptureHold in part, inside a bank", func(f *fixture) error {
		f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 5, "x")))
		f.next(time.Second)
		_, err := f.msg.CaptureHold(f.ctx, capture(holdUETR("acme", "x"), 1, "c", signer("bqdq")))
		return err
	}, 5},
	{"MsgReleaseHold", func(f *fixture) error {
		f.must(f.msg.PlaceHold(f.ctx, f.place("acme", "bob", 5, "x")))
		f.next(time.Second)
		_, err := f.msg.ReleaseHold(f.ctx, &types.MsgReleaseHold{Operator: signer("bqdq"), Uetr: holdUETR("acme", "x")})
		return err
	}, 5},
	{"MsgPayBatch of 10 inside a bank", payMany(10, "", "bob"), 2 + 10},
	{"MsgPayBatch of 10 inside a bank, from a file", payMany(10, "file", "bob"), 2 + 10 + 1},
	{"MsgPayBatch of 10 between two banks", payMany(10, "", "carol"), 6 + 10},
	{"MsgPayBatch of 10 to two accounts at two banks, from a file", payMany(10, "file", "bob", "carol"), 7 + 10 + 1},
	{"MsgPayBatch of 10, all rejected", payMany(10, "file", "nobody"), 10 + 1},
}

func payMany(count int, file string, creditors ...string) func(*fixture) error {
	return func(f *fixture) error {
		msg := batch(file)
		for i := range count {
			msg.Transfers = append(msg.Transfers, transfer(creditors[i%len(creditors)], 1, fmt.Sprint(i)))
		}
		_, err := f.msg.PayBatch(f.ctx, msg)
		return err
	}
}

func TestATransactionWritesTheKeysOfTheTable(t *testing.T) {
	for _, row := range costs {
		t.Run(row.story, func(t *testing.T) {
			f := newFixture(t)
			require.NoError(t, row.act(f))
			require.Equal(t, row.keys, len(f.writes)+len(f.ledger.writes))
		})
	}
}

// perBlock is what a block writes at its end for all that it decided: their list, and the log's head.
const perBlock = 2

func TestABlockWritesTwoKeysForAllThatItDecided(t *testing.T) {
	f := newFixture(t)
	for i := range 20 {
		f.must(f.msg.Pay(f.ctx, pay("acme", "bob", 1, fmt.Sprint(i))))
	}
	before := len(f.writes)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Equal(t, before+perBlock, len(f.writes))
	require.Len(t, f.export().Retirements[0].Keys, 20)
	require.EqualValues(t, 20, f.export().PaymentLog.Size_)
}

func TestABlockWithoutPaymentsWritesNothing(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Empty(t, f.writes)
	require.Equal(t, types.DefaultParams(), f.export().Params)
}

func TestTheReadmeHasTheSameTable(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for _, row := range costs {
		require.Contains(t, string(text), fmt.Sprintf("| %s | %d |", row.story, row.keys))
	}
	require.Contains(t, string(text), fmt.Sprintf("A block that decided something writes %d more", perBlock))
}
