package keeper

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/domain"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const paymentDomain = "zhilian/dispute/payment/1"

// payment is what was paid on a claim.
type payment struct {
	amount  math.Int
	uetr    string
	refusal string
}

// payOn pays on a claim what its payer has, once: in full, in part, or nothing, with the code of the refusal.
func (k *Keeper) payOn(ctx context.Context, c types.Case, claim types.Claim) (types.Claim, payment) {
	paid := payment{amount: math.ZeroInt()}
	err := try(ctx, func(ctx context.Context) error {
		payer, err := k.deps.Payments.Account(ctx, claim.Payer)
		if err != nil {
			return err
		}
		available, err := k.deps.Payments.Available(ctx, payer, claim.Currency)
		if err != nil {
			return err
		}
		amount := domain.Payable(available, domain.LeftOf(claim))
		if !amount.IsPositive() {
			return settlementtypes.ErrInsufficientBalance
		}
		result, err := k.pay(ctx, c, claim, amount)
		if err != nil {
			return err
		}
		after, err := domain.PayClaim(claim, amount)
		if err != nil {
			return err
		}
		claim, paid = after, payment{amount: amount, uetr: result.Uetr}
		return nil
	})
	if err != nil {
		paid.refusal = codeOf(err)
	}
	return claim, paid
}

// pay returns the disputed payment, so that books and receipts know what was paid back. One that has left state is
// returned by a payment that names no other, also if another one has its name by now; and so is interest.
func (k *Keeper) pay(ctx context.Context, c types.Case, claim types.Claim, amount math.Int) (settlementtypes.TransferResult, error) {
	digest := paymentDigest(claim)
	if claim.ReturnOf != "" {
		leaf := c.Claimants[c.Remedies[claim.Remedy].Claimant].Leaf
		result, err := k.deps.Payments.RefundByRuling(ctx, claim.ReturnOf, leaf, amount, domain.ReturnReason(c.Reason), digest)
		if !errorsmod.IsOf(err, settlementtypes.ErrPaymentNotFound) {
			return result, err
		}
	}
	return k.deps.Payments.Pay(ctx, settlementtypes.Order{
		Debtor: claim.Payer, Creditor: claim.Payee, Currency: claim.Currency, Amount: amount, EndToEndDigest: digest,
	})
}

// paymentDigest stands for the end-to-end id of a payment on a claim: no id of the payer's own is used up.
func paymentDigest(claim types.Claim) []byte {
	seed := binary.BigEndian.AppendUint64([]byte(paymentDomain), claim.CaseId)
	seed = binary.BigEndian.AppendUint32(seed, claim.Remedy)
	seed = binary.BigEndian.AppendUint32(seed, claim.Payments)
	digest := sha256.Sum256(seed)
	return digest[:]
}

// queueClaim stores a new claim, in its place among those on its payer.
func (k *Keeper) queueClaim(ctx context.Context, claim types.Claim) (types.Claim, error) {
	var err error
	if claim.Id, err = number.Next(ctx, k.nextClaim); err != nil {
		return claim, err
	}
	if err := k.insertClaim(ctx, claim); err != nil {
		return claim, err
	}
	return claim, emit(ctx, &types.EventClaimChanged{Claim: claim, Payment: math.ZeroInt()})
}

func (k *Keeper) insertClaim(ctx context.Context, claim types.Claim) error {
	if claim.IsOpen() {
		if err := k.claimsOfPayer.Set(ctx, claimKeyOf(claim)); err != nil {
			return err
		}
	}
	if err := k.claimsOfCase.Set(ctx, collections.Join(claim.CaseId, claim.Id)); err != nil {
		return err
	}
	return k.claims.Set(ctx, claim.Id, claim)
}

func claimKeyOf(claim types.Claim) claimKey {
	return collections.Join3(claim.Payer, uint32(claim.Priority), claim.Id)
}

// updateClaim stores a claim after a change. One that has ended is served no more, and its case may be over.
func (k *Keeper) updateClaim(ctx context.Context, claim types.Claim, paid math.Int, m moment) error {
	if err := k.claims.Set(ctx, claim.Id, claim); err != nil {
		return err
	}
	if err := emit(ctx, &types.EventClaimChanged{Claim: claim, Payment: paid}); err != nil {
		return err
	}
	if claim.IsOpen() {
		return nil
	}
	if err := k.claimsOfPayer.Remove(ctx, claimKeyOf(claim)); err != nil {
		return err
	}
	c, err := k.Case(ctx, claim.CaseId)
	if err != nil {
		return err
	}
	c.OpenClaims--
	if err := k.save(ctx, c); err != nil {
		return err
	}
	_, err = k.finishIfServed(ctx, c, m)
	return err
}

func (k *Keeper) waive(ctx context.Context, claim types.Claim) error {
	m, err := k.moment(ctx)
	if err != nil {
		return err
	}
	ended, err := domain.EndClaim(claim, types.ClaimWaived)
	if err != nil {
		return err
	}
	return k.updateClaim(ctx, ended, math.ZeroInt(), m)
}

// lapseClaims ends what is left of a case's claims when their time is over.
func (k *Keeper) lapseClaims(ctx context.Context, c types.Case) (types.Case, error) {
	claims, err := k.claimsOf(ctx, c.Id)
	if err != nil {
		return c, err
	}
	for _, claim := range claims {
		if !claim.IsOpen() {
			continue
		}
		lapsed, err := domain.EndClaim(claim, types.ClaimLapsed)
		if err != nil {
			return c, err
		}
		if err := k.claims.Set(ctx, claim.Id, lapsed); err != nil {
			return c, err
		}
		if err := k.claimsOfPayer.Remove(ctx, claimKeyOf(claim)); err != nil {
			return c, err
		}
		if err := emit(ctx, &types.EventClaimChanged{Claim: lapsed, Payment: math.ZeroInt()}); err != nil {
			return c, err
		}
	}
	c.OpenClaims = 0
	return c, nil
}

// claimsOf are the claims of a case, at most MaxRemedies.
func (k *Keeper) claimsOf(ctx context.Context, caseID uint64) ([]types.Claim, error) {
	var numbers []uint64
	err := k.claimsOfCase.Walk(ctx, collections.NewPrefixedPairRange[uint64, uint64](caseID), func(key pairKey) (bool, error) {
		numbers = append(numbers, key.K2())
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	claims := make([]types.Claim, len(numbers))
	for i, id := range numbers {
		if claims[i], err = k.Claim(ctx, id); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

// serveClaims pays claims out of what payers have by now: MaxPayersPerBlock payers in turn, of each the claims of
// highest priority until its money is spent, at most MaxClaimsPerPayer. A block that finds no claims reads one key.
func (k *Keeper) serveClaims(ctx context.Context, m moment) error {
	cursor, _, err := found(k.claimCursor.Get(ctx))
	if err != nil {
		return err
	}
	for range types.MaxPayersPerBlock {
		payer, claims, err := k.nextPayer(ctx, cursor)
		if err != nil {
			return err
		}
		if payer == "" {
			cursor = ""
			break
		}
		cursor = payer
		failure := try(ctx, func(ctx context.Context) error { return k.servePayer(ctx, claims, m) })
		if failure == nil {
			continue
		}
		// Nothing was paid to anybody: the payer comes round again.
		if err := emit(ctx, &types.EventStepFailed{Refusal: codeOf(failure)}); err != nil {
			return err
		}
	}
	return k.setCursor(ctx, cursor)
}

// setCursor writes only what has changed: an idle network stays so.
func (k *Keeper) setCursor(ctx context.Context, cursor string) error {
	stored, exists, err := found(k.claimCursor.Get(ctx))
	switch {
	case err != nil:
		return err
	case cursor == stored:
		return nil
	case cursor == "" && exists:
		return k.claimCursor.Remove(ctx)
	}
	return k.claimCursor.Set(ctx, cursor)
}

// nextPayer is the first payer after another, with its claims of highest priority; empty if there is none.
func (k *Keeper) nextPayer(ctx context.Context, after string) (string, []uint64, error) {
	range_ := new(collections.Range[claimKey])
	if after != "" {
		// Addresses have letters and digits: this is the least text after all keys of the payer.
		range_ = range_.StartInclusive(collections.Join3(after+" ", uint32(0), uint64(0)))
	}
	payer := ""
	var claims []uint64
	err := k.claimsOfPayer.Walk(ctx, range_, func(key claimKey) (bool, error) {
		if payer == "" {
			payer = key.K1()
		}
		if key.K1() != payer || len(claims) == types.MaxClaimsPerPayer {
			return true, nil
		}
		claims = append(claims, key.K3())
		return false, nil
	})
	return payer, claims, err
}

// servePayer pays one payer's claims in their order, until one is not paid in full: what is less important does not
// overtake it. A claim whose money cannot move for another reason than the payer's purse, such as a closed account of
// the payee, lets the next one pass.
func (k *Keeper) servePayer(ctx context.Context, claims []uint64, m moment) error {
	for _, id := range claims {
		claim, err := k.Claim(ctx, id)
		if err != nil {
			return err
		}
		c, err := k.Case(ctx, claim.CaseId)
		if err != nil {
			return err
		}
		changed, otherwise, err := k.creditReturns(ctx, c, claim)
		if err != nil {
			return err
		}
		paid := payment{amount: math.ZeroInt()}
		if changed.IsOpen() {
			changed, paid = k.payOn(ctx, c, changed)
		}
		if paid.amount.IsPositive() || otherwise {
			if err := k.updateClaim(ctx, changed, paid.amount, m); err != nil {
				return err
			}
		}
		if changed.IsOpen() && paid.refusal == codeOf(settlementtypes.ErrInsufficientBalance) {
			return nil
		}
	}
	return nil
}

// creditReturns counts what a payer has returned of its own will on a claim.
func (k *Keeper) creditReturns(ctx context.Context, c types.Case, claim types.Claim) (types.Claim, bool, error) {
	left := domain.LeftOf(claim)
	open, err := k.returnable(ctx, c, claim, left)
	if err != nil || !open.LT(left) {
		return claim, false, err
	}
	credited, err := domain.PayClaim(claim, left.Sub(open))
	return credited, err == nil, err
}

// payeeOf is whose claim it is.
func (k *Keeper) payeeOf(ctx context.Context, claim types.Claim) (accesstypes.Member, error) {
	c, err := k.Case(ctx, claim.CaseId)
	if err != nil {
		return accesstypes.Member{}, err
	}
	return c.Claimants[c.Remedies[claim.Remedy].Claimant].Member, nil
}
