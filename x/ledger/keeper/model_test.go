package keeper_test

import (
	"math/big"
	"slices"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

// model is the ledger done the slow and obvious way: big integers in maps, every rule looked at
// after the fact on a copy.
type model struct {
	balances map[string]map[string]*big.Int // denom, account
	supplies map[string]*big.Int
}

func newModel() model {
	m := model{balances: map[string]map[string]*big.Int{}, supplies: map[string]*big.Int{}}
	for _, denom := range []string{deposit, other, reserve} {
		m.balances[denom] = map[string]*big.Int{}
		m.supplies[denom] = new(big.Int)
	}
	return m
}

func (m model) clone() model {
	c := newModel()
	for denom, accounts := range m.balances {
		for account, amount := range accounts {
			c.balances[denom][account] = new(big.Int).Set(amount)
		}
		c.supplies[denom].Set(m.supplies[denom])
	}
	return c
}

// post returns the model after the posting, or the refusal that comes first in the README's order.
func (m model) post(posting types.Posting) (model, *errorsmod.Error) {
	limit := ceiling.BigInt()
	after := m.clone()
	gained, issued := map[string]*big.Int{}, map[string]*big.Int{}
	tooGreat, unknown := false, false
	for _, e := range posting.Entries {
		delta := e.Delta.BigInt()
		tooGreat = tooGreat || new(big.Int).Abs(delta).Cmp(limit) > 0
		addTo(gained, e.Denom, delta)
		if accounts, known := after.balances[e.Denom]; known {
			addTo(accounts, string(e.Account), delta)
		} else {
			unknown = true
		}
	}
	for _, s := range posting.Supply {
		delta := s.Delta.BigInt()
		tooGreat = tooGreat || new(big.Int).Abs(delta).Cmp(limit) > 0
		addTo(issued, s.Denom, delta)
		if _, known := after.supplies[s.Denom]; known {
			addTo(after.supplies, s.Denom, delta)
		} else {
			unknown = true
		}
	}
	unbalanced := false
	for _, sums := range []map[string]*big.Int{gained, issued} {
		for denom := range sums {
			addTo(gained, denom, new(big.Int))
			addTo(issued, denom, new(big.Int))
			unbalanced = unbalanced || gained[denom].Cmp(issued[denom]) != 0
		}
	}
	short, over := false, false
	for denom, accounts := range after.balances {
		for _, amount := range accounts {
			short = short || amount.Sign() < 0
			over = over || amount.Cmp(limit) > 0
		}
		over = over || after.supplies[denom].Cmp(limit) > 0
	}
	switch {
	case tooGreat:
		return m, types.ErrAmountOverflow
	case unbalanced:
		return m, types.ErrUnbalancedPosting
	case unknown:
		return m, types.ErrUnknownDenom
	case short:
		return m, types.ErrInsufficientBalance
	case over:
		return m, types.ErrAmountOverflow
	}
	return after, nil
}

func addTo(sums map[string]*big.Int, key string, delta *big.Int) {
	if sums[key] == nil {
		sums[key] = new(big.Int)
	}
	sums[key].Add(sums[key], delta)
}

// step posts to both and compares the answer, every amount, and conservation.
func (f fixture) step(t require.TestingT, m model, posting types.Posting) model {
	after, want := m.post(posting)
	err := f.keeper.Post(f.ctx, posting)
	if want == nil {
		require.NoError(t, err)
	} else {
		require.ErrorIs(t, err, want)
	}
	for denom, accounts := range after.balances {
		sum := new(big.Int)
		for account, amount := range accounts {
			stored, err := f.keeper.Balance(f.ctx, sdk.AccAddress(account), denom)
			require.NoError(t, err)
			require.Equal(t, amount.String(), stored.String())
			sum.Add(sum, amount)
		}
		supply, err := f.keeper.Supply(f.ctx, denom)
		require.NoError(t, err)
		require.Equal(t, after.supplies[denom].String(), supply.String())
		require.Equal(t, sum.String(), supply.String())
	}
	f.requireSound(t)
	return after
}

func TestRandomPostingsEqualTheSlowModel(t *testing.T) {
	f := newFixture(t)
	rapid.Check(t, func(rt *rapid.T) {
		run := f
		run.ctx, _ = f.ctx.CacheContext()
		m := newModel()
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			m = run.step(rt, m, drawPosting(rt))
		}
	})
}

func TestTheOrderOfEntriesChangesNeitherAnswerNorStore(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.keeper.Post(f.ctx, issue(alice, deposit, math.NewInt(50))))
	require.NoError(t, f.keeper.Post(f.ctx, issue(bqdqR, reserve, math.NewInt(50))))
	rapid.Check(t, func(rt *rapid.T) {
		posting := drawPosting(rt)
		shuffled := types.Posting{
			Entries: rapid.Permutation(posting.Entries).Draw(rt, "entries"),
			Supply:  rapid.Permutation(posting.Supply).Draw(rt, "supply"),
		}
		first, second := f, f
		first.ctx, _ = f.ctx.CacheContext()
		second.ctx, _ = f.ctx.CacheContext()
		answer, again := first.keeper.Post(first.ctx, posting), second.keeper.Post(second.ctx, shuffled)
		_, code, _ := errorsmod.ABCIInfo(answer, false)
		_, codeAgain, _ := errorsmod.ABCIInfo(again, false)
		require.Equal(rt, code, codeAgain)
		require.Equal(rt, first.contents(t), second.contents(t))
	})
}

// drawPosting joins moves that make sense with, now and then, an entry that does not.
func drawPosting(rt *rapid.T) types.Posting {
	var posting types.Posting
	accounts := rapid.SampledFrom([]sdk.AccAddress{alice, bob, carol, bqdqR, hzhzR})
	denoms := rapid.SampledFrom([]string{deposit, other, reserve})
	small := rapid.Int64Range(1, 40)
	for range rapid.IntRange(1, 6).Draw(rt, "moves") {
		from, to := accounts.Draw(rt, "from"), accounts.Draw(rt, "to")
		denom, amount := denoms.Draw(rt, "denom"), small.Draw(rt, "amount")
		switch rapid.IntRange(0, 19).Draw(rt, "kind") {
		case 0:
			posting = with(posting, types.Posting{Entries: []types.Entry{entry(to, denom, amount)}})
		case 1:
			posting = with(posting, transfer(from, to, "XXXX/CNY", amount))
		case 2:
			posting = with(posting, issue(to, denom, ceiling))
		case 3:
			posting = with(posting, issue(to, denom, ceiling.AddRaw(amount)))
		case 4, 5:
			posting = with(posting, issue(from, denom, math.NewInt(-amount)))
		case 6, 7, 8:
			posting = with(posting, interbank(from, to, amount))
		case 9, 10, 11, 12, 13:
			posting = with(posting, transfer(from, to, denom, amount))
		default:
			posting = with(posting, issue(to, denom, math.NewInt(amount)))
		}
	}
	return posting
}

// FuzzPost reads a run of postings from bytes: 4 a piece, [kind and end | account | denom | amount].
func FuzzPost(f *testing.F) {
	f.Add([]byte{0, 0, 0, 100, 1, 0, 0, 100, 0x80, 1, 0, 0xE2})
	f.Add([]byte{0, 0, 2, 0x7F, 1, 0, 2, 0x7F, 0x81, 0, 2, 0x7F})
	f.Add([]byte{0, 0, 0, 0xFF, 0x80, 1, 0, 0xFF})
	f.Add([]byte{2, 0, 3, 5, 0x80, 1, 3, 5})
	ledger := newFixture(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		run := ledger
		run.ctx, _ = ledger.ctx.CacheContext()
		m := newModel()
		for _, posting := range decodePostings(data) {
			m = run.step(t, m, posting)
		}
	})
}

func decodePostings(data []byte) []types.Posting {
	accounts := []sdk.AccAddress{alice, bob, carol, bqdqR}
	denoms := []string{deposit, other, reserve, "XXXX/CNY"}
	var postings []types.Posting
	var current types.Posting
	for chunk := range slices.Chunk(data, 4) {
		if len(chunk) < 4 {
			break
		}
		denom, delta := denoms[chunk[2]%4], math.NewInt(int64(int8(chunk[3])))
		if chunk[3] == 0x7F { // so that the ceiling is met
			delta = ceiling
		}
		switch chunk[0] & 3 {
		case 0:
			current.Entries = append(current.Entries, types.Entry{Account: accounts[chunk[1]%4], Denom: denom, Delta: delta})
		case 1:
			current.Supply = append(current.Supply, types.SupplyChange{Denom: denom, Delta: delta})
		case 2:
			current = with(current, issue(accounts[chunk[1]%4], denom, delta))
		case 3:
			current.Entries = append(current.Entries,
				types.Entry{Account: accounts[chunk[1]%4], Denom: denom, Delta: delta.Neg()},
				types.Entry{Account: accounts[chunk[1]/4%4], Denom: denom, Delta: delta})
		}
		if chunk[0]&0x80 != 0 {
			postings, current = append(postings, current), types.Posting{}
		}
	}
	return postings
}
