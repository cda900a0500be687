package types

import "time"

// Bounds and defaults of the settings. The defaults jail a validator that missed ten minutes of
// one-second blocks in a row, or more than one block in eleven over a longer time.
const (
	VotingPeriodMin = time.Second
	VotingPeriodMax = 90 * 24 * time.Hour
	JailPeriodMin   = time.Second
	JailPeriodMax   = 30 * 24 * time.Hour
	// DowntimePointsLimit bounds downtime_points_max, so that adding points cannot overflow.
	DowntimePointsLimit = 1_000_000

	defaultVotingPeriod          = 7 * 24 * time.Hour
	defaultDowntimePointsPerMiss = 10
	defaultDowntimePointsMax     = 6_000
	defaultJailPeriod            = 10 * time.Minute
)

// DefaultParams returns the settings of a new network.
func DefaultParams() Params {
	return Params{
		VotingPeriod:          defaultVotingPeriod,
		DowntimePointsPerMiss: defaultDowntimePointsPerMiss,
		DowntimePointsMax:     defaultDowntimePointsMax,
		JailPeriod:            defaultJailPeriod,
	}
}

// Validate checks the settings against their bounds.
func (p Params) Validate() error {
	if p.VotingPeriod < VotingPeriodMin || p.VotingPeriod > VotingPeriodMax {
		return ErrInvalidParams.Wrapf("voting_period: want %s to %s, got %s", VotingPeriodMin, VotingPeriodMax, p.VotingPeriod)
	}
	if p.JailPeriod < JailPeriodMin || p.JailPeriod > JailPeriodMax {
		return ErrInvalidParams.Wrapf("jail_period: want %s to %s, got %s", JailPeriodMin, JailPeriodMax, p.JailPeriod)
	}
	if p.DowntimePointsMax < 1 || p.DowntimePointsMax > DowntimePointsLimit {
		return ErrInvalidParams.Wrapf("downtime_points_max: want 1 to %d, got %d", uint64(DowntimePointsLimit), p.DowntimePointsMax)
	}
	if p.DowntimePointsPerMiss < 1 || p.DowntimePointsPerMiss > p.DowntimePointsMax {
		return ErrInvalidParams.Wrapf("downtime_points_per_miss: want 1 to downtime_points_max (%d), got %d",
			p.DowntimePointsMax, p.DowntimePointsPerMiss)
	}
	return nil
}
