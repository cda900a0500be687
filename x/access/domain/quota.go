package domain

import "github.com/zhilian-network/zhilian/x/access/types"

// EffectiveQuota is the operator's own quota, or the network's default.
func EffectiveQuota(operator types.Operator, params types.Params) uint64 {
	if operator.QuotaPerBlock == 0 {
		return params.DefaultQuotaPerBlock
	}
	return operator.QuotaPerBlock
}

// UseQuota adds units to what an operator used in a block and refuses more than its quota.
func UseQuota(used, units, quota uint64) (uint64, error) {
	if used > quota || units > quota-used {
		return used, types.ErrQuotaExceeded.Wrapf("%d of %d units used, %d more asked: try in the next block", used, quota, units)
	}
	return used + units, nil
}

// CheckQuotaGrant refuses a quota above the giver's own when the giver acts for a party: the
// institution decides how much of the network's capacity its customers get.
func CheckQuotaGrant(giver, added types.Operator, params types.Params) error {
	if giver.PartyId == "" {
		return nil
	}
	if own, asked := EffectiveQuota(giver, params), EffectiveQuota(added, params); asked > own {
		return types.ErrGrantDenied.Wrapf("quota %d is above the giver's %d", asked, own)
	}
	return nil
}
