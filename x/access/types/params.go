package types

import "time"

// DefaultParams are the settings of a new network: its days are those of China. Customers known by
// simplified due diligence pay, read and decide about their own data, and no more.
func DefaultParams() Params {
	return Params{
		DefaultQuotaPerBlock: DefaultQuotaPerBlock,
		UtcOffsetMinutes:     8 * 60,
		KycRules: []KycRule{
			{Level: 1, Permissions: []string{
				PermissionConsent, PermissionRead, "dispute.answer", "dispute.file", "dispute.read", "settlement.pay", "settlement.read",
				"vault.erase:4", "vault.key", "vault.put:4", "vault.read:4", "vault.request:4", "vault.share:4",
			}},
			{Level: 2, Permissions: []string{AnyPermission}},
			{Level: 3, Permissions: []string{AnyPermission}},
		},
		ActionLifetime:   7 * 24 * time.Hour,
		Retention:        90 * 24 * time.Hour,
		BreakGlassMax:    72 * time.Hour,
		BreakGlassReview: 10 * 24 * time.Hour,
	}
}

// Validate refuses a quota of zero, which would stop every operator without one of its own, the
// voters who could raise it included; KYC rules that leave a level open; and times out of their bounds.
func (p Params) Validate() error {
	if p.DefaultQuotaPerBlock == 0 || p.DefaultQuotaPerBlock > MaxQuotaPerBlock {
		return ErrInvalidParams.Wrapf("default quota %d: 1 to %d units per block are needed", p.DefaultQuotaPerBlock, MaxQuotaPerBlock)
	}
	if p.UtcOffsetMinutes < -MaxUTCOffsetMinutes || p.UtcOffsetMinutes > MaxUTCOffsetMinutes {
		return ErrInvalidParams.Wrapf("utc_offset_minutes %d: -%d to %d are needed", p.UtcOffsetMinutes, MaxUTCOffsetMinutes, MaxUTCOffsetMinutes)
	}
	if err := p.validateKycRules(); err != nil {
		return err
	}
	for _, setting := range []struct {
		name            string
		value, min, max time.Duration
	}{
		{"action_lifetime", p.ActionLifetime, MinActionLifetime, MaxActionLifetime},
		{"retention", p.Retention, MinRetention, MaxRetention},
		{"break_glass_max", p.BreakGlassMax, MinBreakGlass, MaxBreakGlass},
		{"break_glass_review", p.BreakGlassReview, MinBreakGlassReview, MaxBreakGlassReview},
	} {
		if setting.value < setting.min || setting.value > setting.max {
			return ErrInvalidParams.Wrapf("%s of %s: %s to %s are needed", setting.name, setting.value, setting.min, setting.max)
		}
	}
	return nil
}

func (p Params) validateKycRules() error {
	if n := len(p.KycRules); n != MaxKYCLevel-MinKYCLevel+1 {
		return ErrInvalidParams.Wrapf("%d KYC rules: one for each level from %d to %d is needed", n, MinKYCLevel, MaxKYCLevel)
	}
	for at, rule := range p.KycRules {
		if err := rule.Validate(); err != nil {
			return err
		}
		if rule.Level != uint32(at)+MinKYCLevel {
			return ErrInvalidParams.Wrapf("KYC rule %d is of level %d: they are sorted by level, one for each", at, rule.Level)
		}
	}
	return nil
}

// KycRule is the rule of a level, nil if there is none.
func (p *Params) KycRule(level uint32) *KycRule {
	for at := range p.KycRules {
		if p.KycRules[at].Level == level {
			return &p.KycRules[at]
		}
	}
	return nil
}

// Day counts the days from 1970-01-01 to a time on the network's clock.
func (p *Params) Day(now time.Time) int64 {
	const day = 24 * 60 * 60
	seconds := now.Unix() + int64(p.UtcOffsetMinutes)*60
	if seconds < 0 {
		return (seconds+1)/day - 1 // rounds down as after 1970
	}
	return seconds / day
}
