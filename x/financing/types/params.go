package types

// DefaultParams are the settings of a new network.
func DefaultParams() Params {
	return Params{
		BusinessDaySeconds:   86_400,
		TermDaysMax:          366,
		TermDaysUsual:        184,
		DefaultAfterDays:     90,
		RetentionDays:        366,
		InvoiceRetentionDays: 3_660,
	}
}

// Validate checks the bounds. ErrInvalidParams.
func (p Params) Validate() error {
	switch {
	case p.BusinessDaySeconds < MinBusinessDaySeconds || p.BusinessDaySeconds > MaxBusinessDaySeconds:
		return ErrInvalidParams.Wrapf("business day of %d seconds: %d to %d are needed", p.BusinessDaySeconds, MinBusinessDaySeconds, MaxBusinessDaySeconds)
	case p.TermDaysMax == 0 || p.TermDaysMax > MaxTermDays:
		return ErrInvalidParams.Wrapf("longest term of %d days: 1 to %d are needed", p.TermDaysMax, MaxTermDays)
	case p.TermDaysUsual == 0 || p.TermDaysUsual > p.TermDaysMax:
		return ErrInvalidParams.Wrapf("usual term of %d days: 1 to the longest, %d, are needed", p.TermDaysUsual, p.TermDaysMax)
	case p.DefaultAfterDays == 0 || p.DefaultAfterDays > MaxTermDays:
		return ErrInvalidParams.Wrapf("default after %d days: 1 to %d are needed", p.DefaultAfterDays, MaxTermDays)
	case p.RetentionDays == 0 || p.RetentionDays > MaxRetentionDays:
		return ErrInvalidParams.Wrapf("retention of %d days: 1 to %d are needed", p.RetentionDays, MaxRetentionDays)
	case p.InvoiceRetentionDays < p.RetentionDays || p.InvoiceRetentionDays > MaxRetentionDays:
		return ErrInvalidParams.Wrapf("invoices kept for %d days: %d to %d are needed", p.InvoiceRetentionDays, p.RetentionDays, MaxRetentionDays)
	}
	return nil
}
