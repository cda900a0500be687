package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/cosmos/cosmos-sdk/store/v2/rootmulti"

	"github.com/zhilian-network/zhilian/x/settlement/domain"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// stored is a payment's value in the store, byte for byte.
func (f *fixture) stored(uetr string) []byte {
	f.t.Helper()
	id, err := types.ParseUETR(uetr)
	require.NoError(f.t, err)
	key, err := collections.EncodeKeyWithPrefix(types.PaymentsPrefix, collections.BytesKey, id[:])
	require.NoError(f.t, err)
	store := f.stores.GetKVStore(f.stores.(*rootmulti.Store).StoreKeysByName()[types.StoreKey])
	value := store.Get(key)
	require.NotEmpty(f.t, value)
	return value
}

// logged is the head that these payments make, in this order.
func (f *fixture) logged(payments ...[]byte) types.PaymentLog {
	var leaves [][]byte
	for _, stored := range payments {
		leaves = append(leaves, types.LeafHash(stored))
	}
	return domain.AppendToLog(types.PaymentLog{}, leaves)
}

func (f *fixture) pays(msg *types.MsgPay) string {
	f.t.Helper()
	response, err := f.msg.Pay(f.ctx, msg)
	require.NoError(f.t, err)
	return response.Result.Uetr
}

func (f *fixture) paysBatch(msg *types.MsgPayBatch) []types.TransferResult {
	f.t.Helper()
	response, err := f.msg.PayBatch(f.ctx, msg)
	require.NoError(f.t, err)
	return response.Results
}

func (f *fixture) head() types.PaymentLog {
	f.t.Helper()
	response, err := f.query.PaymentLog(f.ctx, &types.QueryPaymentLogRequest{})
	require.NoError(f.t, err)
	require.Equal(f.t, response.PaymentLog.Root(), response.Root)
	return response.PaymentLog
}

func TestEveryStoredPaymentIsALeafInOrderOfDecision(t *testing.T) {
	f := newFixture(t)
	require.Equal(t, types.PaymentLog{}, f.head())
	results := f.paysBatch(batch("file", transfer("bob", 1, "1"), transfer("nobody", 1, "2"), transfer("carol", 1, "3")))
	last := f.pays(pay("acme", "bob", 1, "4"))
	f.next(time.Second)
	want := f.logged(f.stored(results[0].Uetr), f.stored(results[1].Uetr), f.stored(results[2].Uetr), f.stored(last))
	require.EqualValues(t, 4, want.Size_)
	require.Equal(t, want, f.head())

	// The next block goes on where this one ended.
	fifth := f.pays(pay("acme", "carol", 1, "5"))
	before := f.head()
	f.next(time.Second)
	require.Equal(t, domain.AppendToLog(before, [][]byte{types.LeafHash(f.stored(fifth))}), f.head())
}

func TestWhatIsNotStoredIsNoLeaf(t *testing.T) {
	f := newFixture(t)
	first := f.pays(pay("acme", "bob", 1, "1"))
	f.next(time.Second)
	one := f.logged(f.stored(first))
	require.Equal(t, one, f.head())

	// A replay, a duplicate, and a payment that fails.
	f.pays(pay("acme", "bob", 1, "1"))
	require.Equal(t, "DU04", f.paysBatch(batch("", transfer("carol", 1, "1")))[0].Reason)
	_, err := f.msg.Pay(f.ctx, pay("acme", "nobody", 1, "2"))
	require.Error(t, err)
	require.NoError(t, f.keeper.EndBlock(f.ctx))
	require.Zero(t, f.events("EventPaymentsLogged"))
	require.Equal(t, one, f.head())
}

func TestWhatATransactionUndoesIsNoLeaf(t *testing.T) {
	f := newFixture(t)
	first := f.pays(pay("acme", "bob", 1, "1"))
	whole := f.ctx
	undone, _ := whole.CacheContext()
	f.ctx = undone
	f.pays(pay("acme", "bob", 1, "2"))
	f.ctx = whole
	third := f.pays(pay("acme", "bob", 1, "3"))
	f.next(time.Second)
	require.Equal(t, f.logged(f.stored(first), f.stored(third)), f.head())
}

func TestAPaymentThatIsDecidedAgainIsALeafAgain(t *testing.T) {
	for name, between := range map[string]func(*fixture){
		"in the same block": func(*fixture) {},
		"in a later block":  func(f *fixture) { f.next(time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			rejected := f.paysBatch(batch("first", transfer("nobody", 1, "1")))[0]
			refused := types.Payment{
				Uetr: rejected.Uetr, Debtor: account("acme"), Creditor: account("nobody"), Currency: "CNY",
				Amount: transfer("bob", 1, "1").Amount, EndToEndDigest: digest("1"), InstructionDigest: digest("first"),
				Status: types.PaymentRejected, Reason: "AC03", Height: f.height, DecidedAt: f.now,
			}
			between(f)
			settled := f.paysBatch(batch("second", transfer("bob", 1, "1")))[0]
			require.Equal(t, rejected.Uetr, settled.Uetr)
			f.next(time.Second)
			bytes, err := refused.Marshal()
			require.NoError(t, err)
			require.Equal(t, f.logged(bytes, f.stored(settled.Uetr)), f.head())
		})
	}
}

func TestTheLogKeepsWhatLeftState(t *testing.T) {
	f := newFixture(t)
	f.keepFor(100)
	f.pays(pay("acme", "bob", 1, "1"))
	f.next(2 * retention)
	one := f.head()
	f.next(time.Second)
	require.Empty(t, f.export().Payments)
	require.Equal(t, one, f.head())
}

func TestTheEventLetsAnIndexBeginWithAnyBlock(t *testing.T) {
	f := newFixture(t)
	for block := range 5 {
		var leaves [][]byte
		for i := range block + 2 {
			uetr := f.pays(pay("acme", "bob", 1, fmt.Sprint(block, " ", i)))
			leaves = append(leaves, types.LeafHash(f.encoded(uetr)))
		}
		require.NoError(t, f.keeper.EndBlock(f.ctx))
		events := f.ctx.EventManager().ABCIEvents()
		message, err := sdk.ParseTypedEvent(events[len(events)-1])
		require.NoError(t, err)
		logged, ok := message.(*types.EventPaymentsLogged)
		require.True(t, ok)
		require.EqualValues(t, block+2, logged.Payments)
		before := types.PaymentLog{Size_: logged.FirstIndex, Subtrees: logged.SubtreesBefore}
		require.NoError(t, before.Validate())
		require.Equal(t, logged.Root, domain.AppendToLog(before, leaves).Root())
		require.Equal(t, logged.Root, f.head().Root())
		f.stores.Commit()
		f.begin()
	}
}

// encoded reads a payment of the current block by the query, and encodes it.
func (f *fixture) encoded(uetr string) []byte {
	response, err := f.query.Payment(f.ctx, &types.QueryPaymentRequest{Uetr: uetr})
	require.NoError(f.t, err)
	bytes, err := response.Payment.Marshal()
	require.NoError(f.t, err)
	return bytes
}

func TestAnImportedChainGoesOnWithTheSameLog(t *testing.T) {
	f := busyFixture(t)
	g, err := imported(t, f, f.export())
	require.NoError(t, err)
	require.NotZero(t, f.head().Size_)
	f.begin()
	for _, node := range []*fixture{f, g} {
		node.pays(pay("acme", "carol", 1, "6"))
		node.next(time.Second)
	}
	require.Equal(t, f.head(), g.head())
}
