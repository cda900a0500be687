package types

import (
	"time"

	"cosmossdk.io/math"

	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// DefaultParams are the settings of a new network. The times to answer are those of the rules on complaints of bank
// customers (CBIRC 2020 No. 3, Art. 17): 15 days, 30 for complex cases, 30 more once with approval. Interest is that of a one-year loan
// (LPR, 3.00 %). The time to complain of a payment is that of the general limitation (Civil Code, Art. 188): three years.
func DefaultParams() Params {
	return Params{
		BusinessDaySeconds: 24 * 60 * 60,
		AcknowledgeDays:    3, EvidenceDays: 5, SimpleDays: 15, ComplexDays: 30, ExtensionDays: 30, OfferDays: 5, MediationDays: 10,
		RedrawDays: 1, CommitDays: 7, RevealDays: 3, AppealDays: 10, ClaimDays: 730, DepositDays: 90, ConflictDays: 365,
		DrawDelayBlocks: 2, DrawsMax: 3, PanelSize: 3, AppealPanelSize: 5,
		HaltGap:      10 * time.Minute,
		OpenCasesMax: 10, HoldsMax: 3, FrivolousFree: 2,
		Deposits:    []CurrencyAmount{{Currency: "CNY", Amount: math.NewInt(100_00)}},
		InterestPpm: 30_000, LimitationDays: 3 * 365,
	}
}

// BusinessDays is the block time of a number of business days.
func (p Params) BusinessDays(days uint32) time.Duration {
	return time.Duration(p.BusinessDaySeconds) * time.Second * time.Duration(days)
}

// HoldCap is the most that is held for one claimant in a currency; false if there is no such bound.
func (p Params) HoldCap(currency string) (math.Int, bool) { return amountOf(p.HoldCaps, currency) }

// Deposit is what a claimant deposits in a currency; false if there is no deposit in it.
func (p Params) Deposit(currency string) (math.Int, bool) { return amountOf(p.Deposits, currency) }

func amountOf(amounts []CurrencyAmount, currency string) (math.Int, bool) {
	for _, amount := range amounts {
		if amount.Currency == currency {
			return amount.Amount, true
		}
	}
	return math.Int{}, false
}

// Validate checks the bounds. ErrInvalidParams.
func (p Params) Validate() error {
	for _, setting := range []struct {
		name            string
		value, min, max uint64
	}{
		{"business_day_seconds", uint64(p.BusinessDaySeconds), 1, MaxBusinessDaySeconds},
		{"acknowledge_days", uint64(p.AcknowledgeDays), 1, 30},
		{"evidence_days", uint64(p.EvidenceDays), 1, 60},
		{"simple_days", uint64(p.SimpleDays), 1, 90},
		{"complex_days", uint64(p.ComplexDays), 1, 180},
		{"extension_days", uint64(p.ExtensionDays), 0, 90},
		{"offer_days", uint64(p.OfferDays), 1, 30},
		{"mediation_days", uint64(p.MediationDays), 1, 60},
		{"redraw_days", uint64(p.RedrawDays), 1, 30},
		{"commit_days", uint64(p.CommitDays), 1, 60},
		{"reveal_days", uint64(p.RevealDays), 1, 30},
		{"appeal_days", uint64(p.AppealDays), 1, 60},
		{"claim_days", uint64(p.ClaimDays), 30, 3660},
		{"deposit_days", uint64(p.DepositDays), 1, 366},
		{"conflict_days", uint64(p.ConflictDays), 0, 3660},
		{"draw_delay_blocks", uint64(p.DrawDelayBlocks), 1, MaxDrawDelayBlocks},
		{"draws_max", uint64(p.DrawsMax), 1, MaxDraws},
		{"panel_size", uint64(p.PanelSize), 1, MaxPanelSize},
		{"appeal_panel_size", uint64(p.AppealPanelSize), 1, MaxPanelSize},
		{"open_cases_max", uint64(p.OpenCasesMax), 1, MaxOpenCases},
		{"holds_max", uint64(p.HoldsMax), 0, MaxHolds},
		{"frivolous_free", uint64(p.FrivolousFree), 1, MaxFrivolousFree},
		{"interest_ppm", uint64(p.InterestPpm), 0, MaxInterestPpm},
		{"limitation_days", uint64(p.LimitationDays), 1, MaxLimitationDays},
	} {
		if setting.value < setting.min || setting.value > setting.max {
			return ErrInvalidParams.Wrapf("%s of %d: %d to %d are needed", setting.name, setting.value, setting.min, setting.max)
		}
	}
	if p.PanelSize%2 == 0 || p.AppealPanelSize%2 == 0 {
		return ErrInvalidParams.Wrapf("panels of %d and %d: odd numbers are needed", p.PanelSize, p.AppealPanelSize)
	}
	// Otherwise the time for evidence would end after the time to answer, which runs from the filing.
	if p.AcknowledgeDays+p.EvidenceDays >= p.SimpleDays || p.SimpleDays > p.ComplexDays {
		return ErrInvalidParams.Wrapf("acknowledge_days %d and evidence_days %d must leave time within simple_days %d, and that is at most complex_days %d",
			p.AcknowledgeDays, p.EvidenceDays, p.SimpleDays, p.ComplexDays)
	}
	// Until the last claim of the last case about a payment has lapsed it must be known what was returned of it.
	if longest := p.BusinessDays(p.LimitationDays + MaxStepDays + p.ClaimDays); longest > settlementtypes.ReturnsKeptFor {
		return ErrInvalidParams.Wrapf("limitation_days %d and claim_days %d, with %d between them, are longer than returns are known, %s",
			p.LimitationDays, p.ClaimDays, MaxStepDays, settlementtypes.ReturnsKeptFor)
	}
	if p.HaltGap < MinHaltGap || p.HaltGap > MaxHaltGap {
		return ErrInvalidParams.Wrapf("halt_gap of %s: %s to %s are needed", p.HaltGap, MinHaltGap, MaxHaltGap)
	}
	if err := validateAmounts("hold_caps", p.HoldCaps); err != nil {
		return err
	}
	return validateAmounts("deposits", p.Deposits)
}

func validateAmounts(name string, amounts []CurrencyAmount) error {
	if n := len(amounts); n > MaxCurrencyAmounts {
		return ErrInvalidParams.Wrapf("%s: %d currencies, at most %d", name, n, MaxCurrencyAmounts)
	}
	for i, amount := range amounts {
		if len(amount.Currency) != 3 || i > 0 && amounts[i-1].Currency >= amount.Currency {
			return ErrInvalidParams.Wrapf("%s: %.10q is no currency, repeated, or not in order", name, amount.Currency)
		}
		if !isAmount(amount.Amount) || amount.Amount.IsZero() {
			return ErrInvalidParams.Wrapf("%s: the amount of %s must be above zero", name, amount.Currency)
		}
	}
	return nil
}

// isAmount admits 0 to 2^128-1 minor units, as the ledger does.
func isAmount(amount math.Int) bool {
	const maxBits = 128
	return !amount.IsNil() && !amount.IsNegative() && amount.BigInt().BitLen() <= maxBits
}
