package types

import "time"

// DefaultParams are the settings of a new network.
func DefaultParams() Params {
	return Params{RequestLifetime: 30 * 24 * time.Hour, InlineBytesPerInstitution: 1 << 30}
}

// Validate checks the bounds. ErrInvalidParams.
func (p Params) Validate() error {
	if p.RequestLifetime < MinRequestLifetime || p.RequestLifetime > MaxRequestLifetime {
		return ErrInvalidParams.Wrapf("request lifetime %s: %s to %s is needed", p.RequestLifetime, MinRequestLifetime, MaxRequestLifetime)
	}
	return nil
}
