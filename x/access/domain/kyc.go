package domain

import "github.com/zhilian-network/zhilian/x/access/types"

// CheckKyc refuses what the due diligence of the operator's party does not allow. What every active
// operator may do is not asked about.
func CheckKyc(rule *types.KycRule, level uint32, permission string) error {
	if permission == types.AnyOperator {
		return nil
	}
	if rule != nil {
		for _, allowed := range rule.Permissions {
			if allowed == types.AnyPermission || types.PermissionGives(allowed, permission) {
				return nil
			}
		}
	}
	return types.ErrKycDenied.Wrapf("level %d does not give %s", level, permission)
}
