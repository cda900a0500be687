package keeper_test

import (
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// paymentLog is the log of payments with all of its hashes, as an index keeps it.
type paymentLog struct {
	stored [][]byte
	hashes []tlog.Hash
}

func (l *paymentLog) ReadHashes(places []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(places))
	for i, at := range places {
		read[i] = l.hashes[at]
	}
	return read, nil
}

func (l *paymentLog) append(t testing.TB, stored []byte) {
	added, err := tlog.StoredHashes(int64(len(l.stored)), stored, l)
	require.NoError(t, err)
	l.stored, l.hashes = append(l.stored, stored), append(l.hashes, added...)
}

// head is what state has of it: the perfect subtrees, from left to right.
func (l *paymentLog) head() settlementtypes.PaymentLog {
	head := settlementtypes.PaymentLog{Size_: uint64(len(l.stored))}
	left := int64(0)
	for level := 62; level >= 0; level-- {
		if head.Size_>>level&1 == 1 {
			hash := l.hashes[tlog.StoredHashIndex(level, left>>level)]
			head.Subtrees, left = append(head.Subtrees, hash[:]), left+1<<level
		}
	}
	return head
}

// receipt is what proves a payment in the log as it is.
func (l *paymentLog) receipt(t testing.TB, number int) *settlementtypes.PaymentProof {
	t.Helper()
	path, err := tlog.ProveRecord(int64(len(l.stored)), int64(number), l)
	require.NoError(t, err)
	proof := &settlementtypes.PaymentProof{Payment: l.stored[number], LogIndex: uint64(number), LogSize: uint64(len(l.stored))}
	for _, hash := range path {
		proof.Path = append(proof.Path, hash[:])
	}
	return proof
}

// logged appends a payment to the log and returns its number.
func (f *fixture) logged(uetr string) int {
	f.t.Helper()
	payment := f.world.payments[uetr]
	stored, err := payment.Marshal()
	require.NoError(f.t, err)
	f.world.log.append(f.t, stored)
	return len(f.world.log.stored) - 1
}

// old are payments that have left state, of acme those with even numbers, of beta the others.
func (f *fixture) old(payments int) (uetrs []string) {
	f.t.Helper()
	for n := range payments {
		from := acme
		if n%2 == 1 {
			from = beta
		}
		uetrs = append(uetrs, f.pay(from, n))
		f.logged(uetrs[n])
	}
	for _, uetr := range uetrs {
		f.world.retire(uetr)
	}
	return uetrs
}

func byReceipt(uetr string, receipt *settlementtypes.PaymentProof, remedies ...types.Remedy) *types.MsgFileCase {
	msg := aboutPayment(acme, uetr, remedies...)
	msg.Receipt = receipt
	return msg
}

func TestACaseAboutAPaymentThatHasLeftStateIsFiledByItsReceipt(t *testing.T) {
	f := newFixture(t, 7)
	uetr := f.old(1000)[600]
	matter := types.Matter{Kind: types.MatterPayment, Uetr: uetr}
	_, err := f.msg.FileCase(f.ctx, aboutPayment(acme, uetr, refund(1000_00)))
	require.ErrorIs(t, err, types.ErrReceiptNeeded)
	_, err = f.intake(acme, matter)
	require.ErrorIs(t, err, types.ErrReceiptNeeded, "the intake says what to bring")

	receipt := f.world.log.receipt(t, 600)
	answer, err := f.query.Intake(f.ctx, &types.QueryIntakeRequest{InstitutionId: "BQDQ", PartyId: "acme", Matter: matter, Receipt: receipt})
	require.NoError(t, err)
	require.Equal(t, math.NewInt(1000_00), answer.Disputed)
	require.Equal(t, math.NewInt(1000_00), answer.WouldHold)

	f.logged(f.pay(acme, 5000)) // others pay on between the making of the proof and the block
	id := f.file(byReceipt(uetr, receipt, refund(1000_00), one(types.RemedyInterest)))
	require.EqualValues(t, 1000_00, f.held(zeta), "held as for any other")
	facts := must[*types.QueryCaseFactsResponse](f)(f.query.CaseFacts(f.ctx, &types.QueryCaseFactsRequest{CaseId: id})).Facts
	require.Equal(t, uetr, facts[0].Payment.Uetr)
	require.Equal(t, settlementtypes.LeafHash(receipt.Payment), facts[0].ReceiptLeaf)
	c := f.settle(id)
	require.Equal(t, types.RemedyDone, c.Results[0].Status)
	require.EqualValues(t, 10_000_00+1000_00+6_00, f.balance(acme), "73 days at 3 %")
	require.EqualValues(t, 20_000_00, f.balance(acme)+f.balance(zeta))
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestAReceiptThatDoesNotProveTheCaseIsRefusedWithItsOwnCode(t *testing.T) {
	f := newFixture(t, 7)
	uetrs := f.old(40) // subtrees of 32 and 8
	mine, late := uetrs[10], uetrs[38]
	altered := func(number int, change func(*settlementtypes.PaymentProof)) *settlementtypes.PaymentProof {
		var copied settlementtypes.PaymentProof
		bytes, err := f.world.log.receipt(t, number).Marshal()
		require.NoError(t, err)
		require.NoError(t, copied.Unmarshal(bytes))
		change(&copied)
		return &copied
	}
	as := func(number int) *settlementtypes.PaymentProof {
		return altered(number, func(*settlementtypes.PaymentProof) {})
	}
	other := newFixture(t, 0) // another network, with payments of its own
	other.world.accounts[account(acme)] = f.world.accounts[account(acme)]
	for range 40 {
		other.logged(other.pay(acme, 10))
	}
	early := as(38)
	for n := range 9 { // the subtree of 8 becomes part of one of 16
		f.logged(f.pay(beta, 900+n))
	}
	ofAttestation := about(types.Matter{Kind: types.MatterAttestation, Number: 7}, correction)
	f.attest(7)
	ofAttestation.Receipt = as(10)
	for name, row := range map[string]struct {
		msg *types.MsgFileCase
		err error
	}{
		"somebody else's payment":       {byReceipt(uetrs[11], as(11), refund(1)), types.ErrNotConcerned},
		"another payment's receipt":     {byReceipt(mine, as(12), refund(1)), types.ErrReceipt},
		"a receipt for something else":  {ofAttestation, types.ErrReceipt},
		"the number of another payment": {byReceipt(mine, altered(10, func(p *settlementtypes.PaymentProof) { p.LogIndex = 12 }), refund(1)), settlementtypes.ErrNotLogged},
		"a byte of the payment":         {byReceipt(mine, altered(10, func(p *settlementtypes.PaymentProof) { p.Payment[50] ^= 1 }), refund(1)), settlementtypes.ErrNotLogged},
		"a larger amount":               {byReceipt(mine, altered(10, func(p *settlementtypes.PaymentProof) { p.Payment = moreOf(t, p.Payment) }), refund(2000_00)), settlementtypes.ErrNotLogged},
		"a byte of the path":            {byReceipt(mine, altered(10, func(p *settlementtypes.PaymentProof) { p.Path[2][7] ^= 1 }), refund(1)), settlementtypes.ErrNotLogged},
		"a path that is too long":       {byReceipt(mine, altered(10, func(p *settlementtypes.PaymentProof) { p.Path = append(p.Path, p.Path[0]) }), refund(1)), settlementtypes.ErrProofInvalid},
		"another network's receipt":     {byReceipt(other.pay(acme, 10), other.world.log.receipt(t, 10), refund(1)), settlementtypes.ErrNotLogged},
		"a receipt that has become old": {byReceipt(late, early, refund(1)), settlementtypes.ErrProofOutdated},
		"an empty receipt":              {byReceipt(mine, &settlementtypes.PaymentProof{}, refund(1)), settlementtypes.ErrProofInvalid},
		"more than the payment":         {byReceipt(mine, as(10), refund(1000_01)), types.ErrAmount},
		"a payment that nobody logged": {byReceipt(mine, altered(10, func(p *settlementtypes.PaymentProof) {
			p.LogSize, p.LogIndex = 1<<40, 1<<39
			p.Path = make([][]byte, 40)
		}), refund(1)), settlementtypes.ErrProofInvalid},
		"a log that is longer than state": {byReceipt(mine, longer(10), refund(1)), settlementtypes.ErrNotLogged},
	} {
		_, err := f.msg.FileCase(f.ctx, row.msg)
		require.ErrorIs(t, err, row.err, name)
		require.Zero(t, f.held(zeta), name)
	}
	f.file(byReceipt(late, as(38), refund(1000_00)))
	f.file(byReceipt(mine, as(10), refund(1000_00)))
}

// moreOf is a stored payment of ten times the amount.
func moreOf(t *testing.T, stored []byte) []byte {
	t.Helper()
	var payment settlementtypes.Payment
	require.NoError(t, payment.Unmarshal(stored))
	payment.Amount = payment.Amount.MulRaw(10)
	more, err := payment.Marshal()
	require.NoError(t, err)
	return more
}

// longer has the form of a receipt of a log that is far ahead of the chain.
func longer(index uint64) *settlementtypes.PaymentProof {
	proof := &settlementtypes.PaymentProof{Payment: []byte("x"), LogIndex: index, LogSize: 1 << 40}
	for range 40 {
		proof.Path = append(proof.Path, make([]byte, settlementtypes.DigestLength))
	}
	return proof
}

func TestTheSameFactsHaveOneCaseEverByStateOrByReceipt(t *testing.T) {
	f := newFixture(t, 7)
	uetr := f.pay(acme, 1)
	number := f.logged(uetr)
	receipt := f.world.log.receipt(t, number)
	id := f.file(byReceipt(uetr, receipt, refund(400_00)))
	for name, msg := range map[string]*types.MsgFileCase{"by name": aboutPayment(acme, uetr, refund(1)), "by receipt": byReceipt(uetr, receipt, refund(1))} {
		_, err := f.msg.FileCase(f.ctx, msg)
		require.ErrorIs(t, err, types.ErrSameFacts, name)
	}
	f.settle(id)
	f.world.retire(uetr)
	_, err := f.msg.FileCase(f.ctx, byReceipt(uetr, receipt, refund(1)))
	require.ErrorIs(t, err, types.ErrSameFacts, "nor when it has left state and something is left of it")

	second := f.pay(acme, 1) // thirteen months later the name is used again
	payment := f.world.payments[second]
	payment.DecidedAt = payment.DecidedAt.Add(day)
	f.world.payments[second] = payment
	f.logged(second)
	_, err = f.msg.FileCase(f.ctx, byReceipt(uetr, f.world.log.receipt(t, number), refund(1)))
	require.ErrorIs(t, err, types.ErrSameFacts, "the receipt still says which payment is meant")
	f.file(aboutPayment(acme, second, refund(1000_00)))
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestNoMoreIsRefundedThanWasNotReturnedWhereverThePaymentIs(t *testing.T) {
	give := func(f *fixture, uetr string, amount int64) { f.world.returned[uetr] = math.NewInt(amount) }
	t.Run("returned before it left state, filed after", func(t *testing.T) {
		f := newFixture(t, 7)
		uetr := f.pay(acme, 1)
		number := f.logged(uetr)
		give(f, uetr, 300_00)
		f.world.retire(uetr)
		receipt := f.world.log.receipt(t, number)
		_, err := f.msg.FileCase(f.ctx, byReceipt(uetr, receipt, refund(700_01)))
		require.ErrorIs(t, err, types.ErrAmount)
		f.settle(f.file(byReceipt(uetr, receipt, refund(700_00))))
		require.EqualValues(t, 10_700_00, f.balance(acme))
		f.requireSound()
	})
	t.Run("returned in full before it left state", func(t *testing.T) {
		f := newFixture(t, 7)
		uetr := f.pay(acme, 1)
		number := f.logged(uetr)
		give(f, uetr, 1000_00)
		f.world.retire(uetr)
		_, err := f.msg.FileCase(f.ctx, byReceipt(uetr, f.world.log.receipt(t, number), refund(1)))
		require.ErrorIs(t, err, types.ErrMatter)
	})
	t.Run("filed, returned in part, left state, and then decided", func(t *testing.T) {
		f := newFixture(t, 7)
		uetr := f.pay(acme, 1)
		id := f.file(aboutPayment(acme, uetr, refund(1000_00)))
		give(f, uetr, 300_00)
		f.world.retire(uetr)
		c := f.settle(id)
		require.Equal(t, math.NewInt(700_00), c.Results[0].Amount)
		require.EqualValues(t, 10_700_00, f.balance(acme))
		f.requireSound()
	})
	t.Run("decided, paid in part, returned in part, left state, and the rest paid", func(t *testing.T) {
		f := newFixture(t, 7)
		f.setBalance(zeta, 100_00)
		uetr := f.pay(acme, 1)
		f.settle(f.file(aboutPayment(acme, uetr, refund(1000_00))))
		require.Equal(t, math.NewInt(100_00), f.claim(1).Paid)
		give(f, uetr, 350_00) // 250.00 more, of its own will
		f.world.retire(uetr)
		for range 5 {
			f.setBalance(zeta, 400_00)
			f.block(time.Second)
		}
		require.Equal(t, types.ClaimPaid, f.claim(1).Status)
		require.EqualValues(t, 10_000_00+1000_00-250_00, f.balance(acme), "together with what it was given back that is the payment")
		f.requireSound()
	})
}

func TestAPaymentUnderTheNameOfTheDisputedOneIsNotPaidBack(t *testing.T) {
	f := newFixture(t, 7)
	uetr := f.pay(acme, 1)
	id := f.file(aboutPayment(acme, uetr, refund(1000_00)))
	f.world.retire(uetr)
	f.pay(beta, 1)
	payment := f.world.payments[uetr]
	payment.Creditor, payment.Amount = account(acme), math.NewInt(50_00)
	f.world.payments[uetr] = payment // whoever liked the name: from beta to acme
	c := f.settle(id)
	require.Equal(t, types.RemedyDone, c.Results[0].Status)
	require.EqualValues(t, []int64{11_000_00, 10_000_00, 9_000_00}, []int64{f.balance(acme), f.balance(beta), f.balance(zeta)}, "the payee of the disputed one pays, and its payer is paid")
	require.Empty(t, f.world.returned, "nothing is returned of the other")
	f.requireSound()
}

func TestNobodyComplainsOfAPaymentAfterItsTimeInStateOrNot(t *testing.T) {
	params := types.DefaultParams()
	over := start.Add(-73 * day).Add(params.BusinessDays(params.LimitationDays))
	for name, filed := range map[string]func(f *fixture, number int) *types.MsgFileCase{
		"in state": func(f *fixture, number int) *types.MsgFileCase {
			uetr := f.pay(acme, number)
			return aboutPayment(acme, uetr, refund(1))
		},
		"by receipt": func(f *fixture, number int) *types.MsgFileCase {
			uetr := f.pay(acme, number)
			at := f.logged(uetr)
			f.world.retire(uetr)
			return byReceipt(uetr, f.world.log.receipt(t, at), refund(1))
		},
	} {
		f := newFixture(t, 0)
		f.ctx = f.ctx.WithBlockTime(over)
		late := filed(f, 2)
		_, err := f.msg.FileCase(f.ctx, late)
		require.ErrorIs(t, err, types.ErrLimitation, name)
		_, err = f.query.Intake(f.ctx, &types.QueryIntakeRequest{InstitutionId: "BQDQ", PartyId: "acme", Matter: late.Matter, Receipt: late.Receipt})
		require.ErrorIs(t, err, types.ErrLimitation, name)
		f.ctx = f.ctx.WithBlockTime(over.Add(-time.Nanosecond))
		f.file(filed(f, 1))
	}
}

func TestOthersJoinACaseByReceiptToo(t *testing.T) {
	f := newFixture(t, 7)
	uetrs := f.old(10)
	msg := byReceipt(uetrs[2], f.world.log.receipt(t, 2), refund(1000_00))
	msg.Collective = true
	id := f.file(msg)
	join := &types.MsgJoinCase{
		Operator: "beta", CaseId: id, Claimant: beta, Matter: types.Matter{Kind: types.MatterPayment, Uetr: uetrs[3]}, Remedies: []types.Remedy{refund(500_00)},
	}
	_, err := f.msg.JoinCase(f.ctx, join)
	require.ErrorIs(t, err, types.ErrReceiptNeeded)
	join.Receipt = f.world.log.receipt(t, 3)
	must[*types.MsgJoinCaseResponse](f)(f.msg.JoinCase(f.ctx, join))
	f.settle(id)
	require.EqualValues(t, []int64{11_000_00, 10_500_00}, []int64{f.balance(acme), f.balance(beta)})
	f.requireSound()
	f.requireSameAfterGenesis()
}
