package domain

import "github.com/zhilian-network/zhilian/x/financing/types"

// Days past due of the Measures for the Risk Classification of Financial Assets of Commercial Banks (2023).
const (
	substandardAfterDays = 90
	doubtfulAfterDays    = 270
	lossAfterDays        = 360
)

// classOf is the risk class of a loan that is at the network's day. Days of grace and of a halt do not count:
// what is late for technical reasons is not late.
func classOf(loan types.Loan) types.LoanClass {
	days := daysUnpaid(loan)
	switch {
	case loan.Status == types.LoanWrittenOff:
		return types.ClassLoss
	case !bearsInterest(loan.Status):
		return types.ClassNormal
	case days > lossAfterDays:
		return types.ClassLoss
	case days > doubtfulAfterDays:
		return types.ClassDoubtful
	case days > substandardAfterDays, loan.Status == types.LoanDefaulted:
		return types.ClassSubstandard
	case loan.Status == types.LoanOverdue:
		return types.ClassSpecialMention
	}
	return types.ClassNormal
}
