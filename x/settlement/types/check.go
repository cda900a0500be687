package types

import (
	"slices"
	"strings"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/types/bech32"
)

const (
	currencyCodeLength = 3
	reasonLength       = 4
)

// CheckAmount admits 1 to AmountMax minor units.
func CheckAmount(amount math.Int) error {
	switch {
	case amount.IsNil():
		return ErrAmountInvalid.Wrap("amount is missing")
	case amount.IsZero():
		return ErrAmountZero
	case amount.IsNegative(), amount.GT(AmountMax()):
		return ErrAmountInvalid.Wrapf("%s is outside 1 to %s", amount, AmountMax())
	}
	return nil
}

// CheckCurrencyCode admits the shape of an ISO 4217 code; whether the network settles it is state.
func CheckCurrencyCode(code string) error {
	if len(code) != currencyCodeLength {
		return ErrCurrencyInvalid.Wrapf("%q", code)
	}
	for i := range currencyCodeLength {
		if code[i] < 'A' || code[i] > 'Z' {
			return ErrCurrencyInvalid.Wrapf("%q", code)
		}
	}
	return nil
}

// CheckCurrencies admits 1 to CurrenciesMax different currency codes in any order.
func CheckCurrencies(codes []string) error {
	if len(codes) == 0 || len(codes) > CurrenciesMax {
		return ErrCurrenciesInvalid.Wrapf("%d codes", len(codes))
	}
	for _, code := range codes {
		if err := CheckCurrencyCode(code); err != nil {
			return err
		}
	}
	sorted := slices.Sorted(slices.Values(codes))
	if len(slices.Compact(sorted)) != len(codes) {
		return ErrCurrenciesInvalid.Wrap("a code is given twice")
	}
	return nil
}

// CheckDigest admits the 32 bytes of a SHA-256 or HMAC-SHA256.
func CheckDigest(name string, digest []byte) error {
	if len(digest) != DigestLength {
		return ErrDigestInvalid.Wrapf("%s has %d bytes", name, len(digest))
	}
	return nil
}

// CheckAccount admits the bech32 address of a settlement account: lower case, since addresses are
// compared as text, and AddressLength bytes. The prefix is the keeper's to check: it is configured.
func CheckAccount(name, address string) error {
	if address != strings.ToLower(address) {
		return ErrAddressInvalid.Wrapf("%s is not in lower case", name)
	}
	_, bytes, err := bech32.DecodeAndConvert(address)
	if err != nil {
		return ErrAddressInvalid.Wrapf("%s: %s", name, err)
	}
	if len(bytes) != AddressLength {
		return ErrAddressInvalid.Wrapf("%s has %d bytes, settlement accounts have %d",
			name, len(bytes), AddressLength)
	}
	return nil
}

// checkSigner admits a bech32 address of any length: keys of some kinds have 32 bytes.
func checkSigner(name, address string) error {
	if _, _, err := bech32.DecodeAndConvert(address); err != nil {
		return ErrAddressInvalid.Wrapf("%s: %s", name, err)
	}
	return nil
}

// checkReason admits the form of an ISO 20022 external code; the lists grow by the quarter.
func checkReason(code string) error {
	if len(code) != reasonLength {
		return ErrReasonInvalid.Wrapf("%.10q", code)
	}
	for i := range reasonLength {
		if c := code[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return ErrReasonInvalid.Wrapf("%q", code)
		}
	}
	return nil
}

func checkID(name, id string) error {
	if id == "" || len(id) > IDLengthMax {
		return ErrIDInvalid.Wrapf("%s has %d characters", name, len(id))
	}
	return nil
}

// checkUETR admits a UETR or none: without one it is derived.
func checkUETR(uetr string) error {
	if uetr == "" {
		return nil
	}
	_, err := ParseUETR(uetr)
	return err
}

// firstOf gives the first error, so that a Validate reads as a list.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
