package keeper_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// walker does anything to cases, most of it sensible.
type walker struct {
	*fixture
	*rand.Rand
	payments, filed int
	// given is what zeta gave back of payments of its own will, by leaf.
	given map[string]math.Int
}

func (w *walker) claimant() accesstypes.Member { return []accesstypes.Member{acme, beta}[w.Intn(2)] }

func (w *walker) remedies() []types.Remedy {
	all := []types.Remedy{refund(1 + w.Int63n(1000_00)), one(types.RemedyInterest), apology(), one(types.RemedyFinding)}
	return all[:1+w.Intn(len(all))]
}

// some is one of the newest cases, where most can happen.
func (w *walker) some() types.Case {
	c, err := w.keeper.Case(w.ctx, uint64(max(1, w.filed-w.Intn(10))))
	if err != nil {
		require.ErrorIs(w.t, err, types.ErrCaseNotFound)
	}
	return c
}

func (w *walker) award(c types.Case) types.Award {
	award := types.Award{}
	if w.Intn(4) == 0 {
		return c.Whole()
	}
	for i, remedy := range c.Remedies {
		if w.Intn(3) == 0 {
			continue
		}
		amount := remedy.Amount
		if w.Intn(2) == 0 {
			amount = math.NewInt(1 + w.Int63n(remedy.Amount.Int64()))
		}
		award.Grants = append(award.Grants, types.Grant{Remedy: uint32(i), Amount: amount})
	}
	award.Frivolous = len(award.Grants) == 0 && w.Intn(2) == 0
	return award
}

// paid is a payment to zeta, by its name. Some have left state, and have a receipt; of some a part was given back before.
func (w *walker) paid(by accesstypes.Member) (string, *settlementtypes.PaymentProof) {
	w.payments++
	uetr := w.pay(by, w.payments)
	number := w.logged(uetr)
	if w.Intn(3) > 0 {
		return uetr, nil
	}
	if w.Intn(2) == 0 {
		w.giveBack(uetr)
	}
	w.world.retire(uetr)
	return uetr, w.world.log.receipt(w.t, number)
}

// giveBack returns a part of a payment that is in state, or all of what is left of it.
func (w *walker) giveBack(uetr string) {
	payment := w.world.payments[uetr]
	left := math.MinInt(payment.Amount.Sub(w.world.returnedOf(uetr)), w.world.balances[account(zeta)+" CNY"].Sub(fakes{w.world}.heldIn(account(zeta)+" CNY")))
	if !left.IsPositive() || payment.Creditor != account(zeta) {
		return
	}
	if w.Intn(2) == 0 {
		left = math.NewInt(1 + w.Int63n(left.Int64()))
	}
	leaf := string(leafOf(payment))
	for purse, amount := range map[string]math.Int{account(zeta) + " CNY": left.Neg(), payment.Debtor + " CNY": left} {
		w.world.balances[purse] = w.world.balances[purse].Add(amount)
	}
	w.world.returned[uetr] = w.world.returnedOf(uetr).Add(left)
	before, known := w.given[leaf]
	if !known {
		before = math.ZeroInt()
	}
	w.given[leaf] = before.Add(left)
}

// age has something happen to a payment that is in a case: a part is given back, or it leaves state, and perhaps its name
// is used again for something else.
func (w *walker) age(c types.Case) error {
	if len(c.Claimants) == 0 {
		return types.ErrTransition
	}
	uetr := c.Claimants[w.Intn(len(c.Claimants))].Matter.Uetr
	if _, inState := w.world.payments[uetr]; !inState {
		return types.ErrTransition
	}
	if w.Intn(2) == 0 {
		w.giveBack(uetr)
		return nil
	}
	w.world.retire(uetr)
	if w.Intn(2) == 0 {
		w.world.payments[uetr] = settlementtypes.Payment{
			Uetr: uetr, Debtor: account(beta), Creditor: account(acme), Currency: "CNY", Amount: math.NewInt(50_00),
			Status: settlementtypes.PaymentSettled, DecidedAt: w.ctx.BlockTime(),
		}
	}
	return nil
}

// file brings a case, alone or collectively, with a deposit in case one is needed.
func (w *walker) fileOne() error {
	claimant := w.claimant()
	uetr, receipt := w.paid(claimant)
	msg := aboutPayment(claimant, uetr, w.remedies()...)
	msg.Receipt = receipt
	msg.Collective, msg.DepositAccount, msg.DepositCurrency = w.Intn(3) == 0, account(claimant), "CNY"
	_, err := w.msg.FileCase(w.ctx, msg)
	if err == nil {
		w.filed++
	}
	return err
}

// step does one thing to a case; whether it was possible is what it returns.
func (w *walker) step(c types.Case) error {
	operator := []string{"acme", "beta", "handler", "zeta"}[w.Intn(4)]
	var err error
	switch w.Intn(30) {
	case 0:
		err = w.fileOne()
	case 2, 1:
		claimant := w.claimant()
		uetr, receipt := w.paid(claimant)
		_, err = w.msg.JoinCase(w.ctx, &types.MsgJoinCase{
			Operator: claimant.PartyId, CaseId: c.Id, Claimant: claimant, Matter: types.Matter{Kind: types.MatterPayment, Uetr: uetr},
			Remedies: w.remedies(), Receipt: receipt,
		})
	case 13, 19:
		err = w.age(c)
	case 3:
		claimant := w.claimant()
		_, err = w.msg.WithdrawCase(w.ctx, &types.MsgWithdrawCase{Operator: claimant.PartyId, CaseId: c.Id, Claimant: claimant})
	case 4:
		_, err = w.msg.AcknowledgeCase(w.ctx, &types.MsgAcknowledgeCase{Operator: operator, CaseId: c.Id, Complex: w.Intn(2) == 0})
	case 5:
		_, err = w.msg.RefuseCase(w.ctx, &types.MsgRefuseCase{Operator: operator, CaseId: c.Id, Refusal: types.CaseRefusal_CASE_REFUSAL_INCOMPLETE})
	case 6, 7:
		answer := types.Answer(1 + w.Intn(3))
		msg := &types.MsgAnswerCase{Operator: operator, CaseId: c.Id, Answer: answer}
		if answer == types.AnswerOffer {
			msg.Offer = ptr(w.award(c))
		}
		_, err = w.msg.AnswerCase(w.ctx, msg)
	case 8, 14, 18:
		_, err = w.msg.DecideOffer(w.ctx, &types.MsgDecideOffer{Operator: operator, CaseId: c.Id, Offers: c.Offers, Accept: w.Intn(2) == 0})
	case 9, 15, 16:
		_, err = w.msg.EscalateCase(w.ctx, &types.MsgEscalateCase{Operator: operator, CaseId: c.Id})
	case 10, 17:
		_, err = w.msg.Appeal(w.ctx, &types.MsgAppeal{Operator: operator, CaseId: c.Id, Ground: types.AppealGround(1 + w.Intn(5))})
	case 11:
		if w.Intn(30) > 0 {
			return types.ErrTransition
		}
		_, err = w.msg.DeclareInterest(w.ctx, &types.MsgDeclareInterest{
			Operator: fmt.Sprint("arb", w.Intn(14)), Member: []accesstypes.Member{acme, lshb, zeta}[w.Intn(3)],
		})
	case 12:
		_, err = w.msg.WaiveClaim(w.ctx, &types.MsgWaiveClaim{Operator: operator, ClaimId: 1 + uint64(w.Intn(10))})
	default:
		err = w.voteSome(c)
	}
	return err
}

// voteSome has some members of the panel do their part.
func (w *walker) voteSome(c types.Case) error {
	if c.Status != types.Committing && c.Status != types.Revealing {
		return types.ErrTransition
	}
	for _, seat := range w.panel(c.Id).Seats {
		if w.Intn(5) == 0 {
			continue
		}
		// A member's vote follows from its name, so that it reveals what it committed to.
		vote := (&walker{Rand: rand.New(rand.NewSource(int64(len(seat.Arbitrator)) + int64(seat.Arbitrator[len(seat.Arbitrator)-1])))}).award(c)
		if c.Status == types.Committing {
			_ = w.commit(c.Id, seat.Arbitrator, vote)
		} else {
			_ = w.reveal(c.Id, seat.Arbitrator, vote)
		}
	}
	return nil
}

func (w *walker) total() math.Int {
	sum := math.ZeroInt()
	for _, member := range []accesstypes.Member{acme, beta, zeta} {
		sum = sum.Add(w.world.balances[account(member)+" CNY"])
	}
	return sum
}

// Whatever happens to cases: no money comes or goes, nobody gets more than is in dispute, what is stored is sound at
// every time, and when nobody does anything any more, all cases end by themselves.
func TestRandomOperationsLoseNoMoneyAndAlwaysEnd(t *testing.T) {
	outcomes, lapsed, owed := map[types.CaseOutcome]int{}, 0, 0
	for seed := range 8 {
		w := &walker{fixture: newFixture(t, 14), Rand: rand.New(rand.NewSource(int64(seed))), given: map[string]math.Int{}}
		if seed%3 == 0 {
			w.setBalance(zeta, 1500_00) // it cannot pay everybody
		}
		params := types.DefaultParams()
		params.ConflictDays = 2
		must[*types.MsgUpdateParamsResponse](w.fixture)(w.msg.UpdateParams(w.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params}))
		total := w.total()
		for range 1200 {
			if c := w.some(); w.step(c) == nil {
				require.Equal(t, total, w.total(), "seed %d", seed)
			}
			switch w.Intn(30) {
			case 0:
				w.block(time.Duration(w.Intn(48)) * time.Hour) // often a halt
			case 1, 2, 3:
				w.pass(time.Duration(w.Intn(30)) * time.Hour)
			default:
				w.block(time.Second)
			}
		}
		w.requireSound()
		w.requireSameAfterGenesis()
		w.rest(total, seed)
		state, err := w.keeper.ExportGenesis(w.ctx)
		require.NoError(t, err)
		for _, c := range state.Cases {
			require.Equal(t, types.Closed, c.Status, "seed %d, case %d", seed, c.Id)
			outcomes[c.Outcome]++
			lapsed += len(c.Lapses)
			w.requireWithinDispute(c)
		}
		owed += len(state.Claims)
		require.Empty(t, w.world.holds, "nothing is held any more")
	}
	require.Len(t, outcomes, 8, "every outcome occurred: %v", outcomes)
	require.NotZero(t, lapsed)
	require.NotZero(t, owed)
	t.Logf("%v, %d times ran out, %d claims", outcomes, lapsed, owed)
}

// rest lets time alone act until all is over.
func (w *walker) rest(total math.Int, seed int) {
	params := types.DefaultParams()
	params.HaltGap = types.MaxHaltGap
	must[*types.MsgUpdateParamsResponse](w.fixture)(w.msg.UpdateParams(w.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params}))
	for range 1200 { // a year and a half, and two years in which claims lapse, in blocks of a day
		w.block(day)
	}
	require.Equal(w.t, total, w.total(), "seed %d", seed)
	w.requireSound()
}

// requireWithinDispute wants no claimant to have got more of a case than was in dispute, interest apart.
func (w *walker) requireWithinDispute(c types.Case) {
	w.t.Helper()
	got := map[uint32]math.Int{}
	for i, result := range c.Results {
		if c.Remedies[i].Kind != types.RemedyRefund {
			continue
		}
		sum, known := got[c.Remedies[i].Claimant]
		if !known {
			sum = math.ZeroInt()
		}
		got[c.Remedies[i].Claimant] = sum.Add(result.Amount)
	}
	for place, sum := range got {
		require.True(w.t, sum.LTE(c.Claimants[place].Disputed), "case %d", c.Id)
	}
	for place, claimant := range c.Claimants {
		back := w.paidBack(c, uint32(place))
		if given, known := w.given[string(claimant.Leaf)]; known {
			back = back.Add(given)
		}
		require.True(w.t, back.LTE(math.NewInt(1000_00)), "case %d, claimant %d: %s of 1,000.00 came back", c.Id, place, back)
	}
}

// paidBack is the money that moved because of a claimant's refund, at once and by its claim.
func (w *walker) paidBack(c types.Case, place uint32) math.Int {
	sum := math.ZeroInt()
	for i, remedy := range c.Remedies {
		if remedy.Kind != types.RemedyRefund || remedy.Claimant != place {
			continue
		}
		for payment := range uint32(200) {
			seed := binary.BigEndian.AppendUint64([]byte("zhilian/dispute/payment/1"), c.Id)
			seed = binary.BigEndian.AppendUint32(seed, uint32(i))
			digest := sha256.Sum256(binary.BigEndian.AppendUint32(seed, payment))
			if amount, paid := w.world.paid[string(digest[:])]; paid {
				sum = sum.Add(amount)
			}
		}
	}
	return sum
}

func (w *world) returnedOf(uetr string) math.Int {
	if sum, known := w.returned[uetr]; known {
		return sum
	}
	return math.ZeroInt()
}
