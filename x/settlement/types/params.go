package types

import "time"

const (
	// retentionDefault is 13 months: a file of the same month a year ago is still known as paid.
	// What leaves state is not known as a duplicate any more.
	retentionDefault = 395 * 24 * time.Hour
	// retentionMax keeps a slip of the pen from making state grow for ever.
	retentionMax = 10 * 365 * 24 * time.Hour
	// retirementsDefault keeps pace with a thousand payments a second in blocks of five seconds.
	retirementsDefault = 5_000
)

// DefaultParams are the settings of a new network.
func DefaultParams() Params {
	return Params{RetentionPeriod: retentionDefault, RetirementsPerBlockMax: retirementsDefault}
}

// Validate keeps both settings positive and bounded: without retirement state would grow with history.
func (p Params) Validate() error {
	if p.RetentionPeriod <= 0 || p.RetentionPeriod > retentionMax {
		return ErrParamsInvalid.Wrapf("retention period %s is outside 0 to %s", p.RetentionPeriod, retentionMax)
	}
	if p.RetirementsPerBlockMax == 0 || p.RetirementsPerBlockMax > RetirementsPerBlockLimit {
		return ErrParamsInvalid.Wrapf("%d retirements per block are outside 1 to %d",
			p.RetirementsPerBlockMax, RetirementsPerBlockLimit)
	}
	return nil
}
