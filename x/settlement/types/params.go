package types

import (
	"time"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

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

// Validate keeps retention and retirement positive and bounded: without retirement state would grow with history.
// Whether readers of details are regulators is the keeper's matter.
func (p Params) Validate() error {
	if p.RetentionPeriod <= 0 || p.RetentionPeriod > retentionMax {
		return ErrParamsInvalid.Wrapf("retention period %s is outside 0 to %s", p.RetentionPeriod, retentionMax)
	}
	if p.RetirementsPerBlockMax == 0 || p.RetirementsPerBlockMax > RetirementsPerBlockLimit {
		return ErrParamsInvalid.Wrapf("%d retirements per block are outside 1 to %d",
			p.RetirementsPerBlockMax, RetirementsPerBlockLimit)
	}
	return validateDetailsReaders(p.DetailsReaders)
}

// validateDetailsReaders wants one order, so that equal settings are equal bytes, and each rule once.
func validateDetailsReaders(readers []DetailsReader) error {
	if len(readers) > DetailsReadersMax*CurrenciesMax {
		return ErrDetailsReaderInvalid.Wrapf("%d rules, at most %d", len(readers), DetailsReadersMax*CurrenciesMax)
	}
	institutions := 0
	for at, reader := range readers {
		if err := reader.validate(); err != nil {
			return err
		}
		if at == 0 || readers[at-1].InstitutionId != reader.InstitutionId {
			institutions++
		}
		if at > 0 && !readers[at-1].before(reader) {
			return ErrDetailsReaderInvalid.Wrapf("%s in %s: sorted by institution and currency, each once", reader.InstitutionId, reader.Currency)
		}
	}
	if institutions > DetailsReadersMax {
		return ErrDetailsReaderInvalid.Wrapf("%d institutions, at most %d", institutions, DetailsReadersMax)
	}
	return nil
}

func (r DetailsReader) validate() error {
	if err := (accesstypes.Scope{InstitutionID: r.InstitutionId}).Validate(); err != nil {
		return ErrDetailsReaderInvalid.Wrap(err.Error())
	}
	if err := CheckCurrencyCode(r.Currency); err != nil {
		return ErrDetailsReaderInvalid.Wrap(err.Error())
	}
	if r.FromAmount.IsNil() || r.FromAmount.IsNegative() || r.FromAmount.GT(AmountMax()) {
		return ErrDetailsReaderInvalid.Wrapf("%s in %s: from_amount must be 0 to %s", r.InstitutionId, r.Currency, AmountMax())
	}
	return nil
}

func (r DetailsReader) before(other DetailsReader) bool {
	if r.InstitutionId != other.InstitutionId {
		return r.InstitutionId < other.InstitutionId
	}
	return r.Currency < other.Currency
}

// Reads reports whether the details of a payment are for this reader too. Each payment counts by itself.
func (r DetailsReader) Reads(currency string, amount math.Int) bool {
	return r.Currency == currency && amount.GTE(r.FromAmount)
}
