package types

// DefaultParams are the settings of a new network.
func DefaultParams() Params { return Params{DefaultQuotaPerBlock: DefaultQuotaPerBlock} }

// Validate refuses a quota of zero, which would stop every operator without one of its own, the
// voters who could raise it included.
func (p Params) Validate() error {
	if p.DefaultQuotaPerBlock == 0 || p.DefaultQuotaPerBlock > MaxQuotaPerBlock {
		return ErrInvalidParams.Wrapf("default quota %d: 1 to %d units per block are needed", p.DefaultQuotaPerBlock, MaxQuotaPerBlock)
	}
	return nil
}
