package types

import (
	"cmp"
	"slices"
	"time"

	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// Statuses, for short.
const (
	AttestationActive  = AttestationStatus_ATTESTATION_STATUS_ACTIVE
	AttestationRevoked = AttestationStatus_ATTESTATION_STATUS_REVOKED
	AttestationExpired = AttestationStatus_ATTESTATION_STATUS_EXPIRED
)

// Provider is the scope of the institution that attested.
func (a Attestation) Provider() accesstypes.Scope {
	return accesstypes.Scope{InstitutionID: a.ProviderId}
}

// Sealed reports whether the values lie in the vault.
func (a Attestation) Sealed() bool { return a.RecordId != 0 }

// IsActive reports whether it can be used, as far as it says itself: whether the subject's consent holds is
// for access.
func (a Attestation) IsActive(now time.Time) bool {
	return a.Status == AttestationActive && now.Before(a.ExpiresAt)
}

// CheckRecord refuses a record of the vault as the place of sealed values.
func (a Attestation) CheckRecord(record vaulttypes.Record) error {
	switch {
	case record.Status != vaulttypes.RecordSealed:
		return ErrSealedRecord.Wrapf("record %d is erased", record.Id)
	case record.Subject != a.Subject:
		return ErrSealedRecord.Wrapf("record %d is about %s %s", record.Id, record.Subject.InstitutionId, record.Subject.PartyId)
	case record.Purpose != accesstypes.Purpose_PURPOSE_CREDIT_RATING:
		return ErrSealedRecord.Wrapf("record %d is for %s", record.Id, record.Purpose)
	}
	return nil
}

// Validate checks the form of a period.
func (p Period) Validate() error {
	if !isMonth(p.FirstMonth) || !isMonth(p.LastMonth) || p.FirstMonth > p.LastMonth {
		return ErrInvalidPeriod.Wrapf("%d to %d", p.FirstMonth, p.LastMonth)
	}
	if n := monthNumber(p.LastMonth) - monthNumber(p.FirstMonth) + 1; n > MaxPeriodMonths {
		return ErrInvalidPeriod.Wrapf("%d months, at most %d", n, MaxPeriodMonths)
	}
	return nil
}

// EndsAfter reports whether a period is not over at a time: nobody attests what is to come. Months are those
// of UTC; a provider ahead of it waits some hours.
func (p Period) EndsAfter(now time.Time) bool {
	now = now.UTC()
	return p.LastMonth >= uint32(now.Year()*yearDigit+int(now.Month()))
}

// Compare orders periods by their end, then by their beginning: of two the later one is newer.
func (p Period) Compare(other Period) int {
	return cmp.Or(cmp.Compare(p.LastMonth, other.LastMonth), cmp.Compare(p.FirstMonth, other.FirstMonth))
}

func isMonth(month uint32) bool {
	year, of := month/yearDigit, month%yearDigit
	return year >= firstYear && year <= lastYear && of >= 1 && of <= monthsPerYear
}

func monthNumber(month uint32) uint32 { return month/yearDigit*monthsPerYear + month%yearDigit }

// ValidateValues checks a list of values: 1 to MaxValues, each of good form, sorted by name, no name twice.
func ValidateValues(values []InputValue) error {
	if n := len(values); n == 0 || n > MaxValues {
		return ErrInvalidAttestation.Wrapf("%d values: 1 to %d are needed", n, MaxValues)
	}
	for i, value := range values {
		if err := value.validate(); err != nil {
			return err
		}
		if i > 0 && values[i-1].Name >= value.Name {
			return ErrInvalidValue.Wrapf("%q is repeated or not in order", value.Name)
		}
	}
	return nil
}

func (v InputValue) validate() error {
	switch {
	case !isInputName(v.Name):
		return ErrInvalidValue.Wrapf("name %.70q: 1 to %d of a-z A-Z 0-9 _ - . + are needed", v.Name, MaxInputNameLength)
	case v.Decimals > MaxDecimals:
		return ErrInvalidValue.Wrapf("%q has %d decimals, at most %d", v.Name, v.Decimals, MaxDecimals)
	case v.Value < -MaxValue || v.Value > MaxValue:
		return ErrInvalidValue.Wrapf("%q: %d is outside ±%d", v.Name, v.Value, int64(MaxValue))
	case v.Code != "" && (v.Value != 0 || v.Decimals != 0):
		return ErrInvalidValue.Wrapf("%q has a code and a number", v.Name)
	case !isCode(v.Code):
		return ErrInvalidValue.Wrapf("%q: code %.70q is not of at most %d visible characters of ASCII", v.Name, v.Code, MaxCodeLength)
	}
	return nil
}

func isInputName(name string) bool {
	if name == "" || len(name) > MaxInputNameLength {
		return false
	}
	for _, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '_' && c != '-' && c != '.' && c != '+' {
			return false
		}
	}
	return true
}

// isCode accepts spaces within: codes are those of statistics, not of programs.
func isCode(code string) bool {
	if len(code) > MaxCodeLength {
		return false
	}
	return !slices.ContainsFunc([]byte(code), func(c byte) bool { return c < ' ' || c > '~' })
}

// Equal reports whether two values of one input say the same: 12.5 and 12.50 do.
func (v InputValue) Equal(other InputValue) bool {
	if v.Code != other.Code {
		return false
	}
	a, b := v, other
	for ; a.Decimals > 0 && a.Value%10 == 0; a.Decimals-- {
		a.Value /= 10
	}
	for ; b.Decimals > 0 && b.Value%10 == 0; b.Decimals-- {
		b.Value /= 10
	}
	return a.Value == b.Value && a.Decimals == b.Decimals
}
