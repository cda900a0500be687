package money_test

import (
	"encoding/csv"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/iso20022/money"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

func TestCurrenciesHaveTheMinorUnitsOfISO4217(t *testing.T) {
	digits := map[string]int{
		"CNY": 2, "USD": 2, "EUR": 2, "JPY": 0, "KRW": 0, "VND": 0, "ISK": 0, "UGX": 0, "KWD": 3, "BHD": 3,
		"TND": 3, "IQD": 3, "XCG": 2, "HUF": 2, "TWD": 2, "IDR": 2, "AFN": 2, "CLF": 4, "UYW": 4, "HKD": 2,
	}
	for code, want := range digits {
		got, ok := money.MinorUnits(code)
		require.True(t, ok, code)
		require.Equal(t, want, got, code)
	}
	for _, code := range []string{"", "XXX", "XTS", "XAU", "XDR", "RMB", "CNH", "cny", "CNYX", "ZZZ"} {
		_, ok := money.MinorUnits(code)
		require.False(t, ok, code)
	}
}

func TestAmountsAreReadOrRefusedWithTheISOReason(t *testing.T) {
	cases := []struct {
		name, code, text, minor string
		reason                  money.Reason
	}{
		{"yuan and fen", "CNY", "100.05", "10005", ""},
		{"one decimal of two", "CNY", "100.5", "10050", ""},
		{"no decimals", "CNY", "100", "10000", ""},
		{"a point and nothing after it", "CNY", "5.", "500", ""},
		{"nothing before the point", "CNY", ".5", "50", ""},
		{"a plus sign, as xs:decimal allows", "CNY", "+5.00", "500", ""},
		{"leading zeros are decimal, not octal", "CNY", "010.00", "1000", ""},
		{"yen", "JPY", "100", "100", ""},
		{"dinar", "KWD", "1.234", "1234", ""},
		{"the largest amount of fen", "CNY", "92233720368547758.0", "9223372036854775800", ""},
		{"18 digits of yuan overflow 64 bits of fen", "CNY", "100000000000000000", "", money.ReasonTooLarge},
		{"19 digits", "CNY", "9223372036854775807", "", money.ReasonInvalid},
		{"zero", "CNY", "0.00", "", money.ReasonZero},
		{"negative zero", "CNY", "-0", "", money.ReasonZero},
		{"negative", "CNY", "-1.00", "", money.ReasonInvalid},
		{"three decimals", "CNY", "1.005", "", money.ReasonInvalid},
		{"three decimals that are zeros read as a thousand to many", "CNY", "1.000", "", money.ReasonInvalid},
		{"decimals on yen", "JPY", "100.0", "", money.ReasonInvalid},
		{"an exponent", "CNY", "1e5", "", money.ReasonInvalid},
		{"hexadecimal", "CNY", "0x10", "", money.ReasonInvalid},
		{"a thousands separator", "CNY", "1,000.00", "", money.ReasonInvalid},
		{"an underscore", "CNY", "1_000", "", money.ReasonInvalid},
		{"two points", "CNY", "1.0.0", "", money.ReasonInvalid},
		{"two signs", "CNY", "+-1", "", money.ReasonInvalid},
		{"only a point", "CNY", ".", "", money.ReasonInvalid},
		{"only a sign", "CNY", "+", "", money.ReasonInvalid},
		{"nothing", "CNY", "", "", money.ReasonInvalid},
		{"white space", "CNY", " 1", "", money.ReasonInvalid},
		{"full-width digits", "CNY", "１００", "", money.ReasonInvalid},
		{"NaN", "CNY", "NaN", "", money.ReasonInvalid},
		{"a million zeros", "CNY", strings.Repeat("0", 1e6) + "1", "", money.ReasonInvalid},
		{"an unassigned currency", "ZZZ", "1.00", "", money.ReasonUnknownCurrency},
		{"gold", "XAU", "1.00", "", money.ReasonUnknownCurrency},
		{"the form is judged before the currency", "ZZZ", "1e5", "", money.ReasonInvalid},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			minor, err := money.ParseMinor(c.code, c.text)
			if c.reason == "" {
				require.NoError(t, err)
				require.Equal(t, c.minor, minor.String())
				return
			}
			var refused *money.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.reason, refused.Reason)
		})
	}
}

func TestAmountsAreWrittenWithTheDecimalsOfTheCurrency(t *testing.T) {
	require.Equal(t, "100", money.FormatMinor("JPY", math.NewInt(100)))
	require.Equal(t, "1.500", money.FormatMinor("KWD", math.NewInt(1500)))
	require.Equal(t, "0.05", money.FormatMinor("CNY", math.NewInt(5)))
	require.Equal(t, "-0.05", money.FormatMinor("CNY", math.NewInt(-5)))
	require.Equal(t, "0.00", money.FormatMinor("CNY", math.ZeroInt()))
	require.Empty(t, money.FormatMinor("ZZZ", math.NewInt(5)))
	require.Empty(t, money.FormatMinor("CNY", math.Int{}))
}

func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"CNY", "JPY", "KWD", "UYW", "XCG"}).Draw(t, "code")
		// 18 digits is the schema's limit on the written form.
		minor := math.NewInt(rapid.Int64Range(1, 999_999_999_999_999_999).Draw(t, "minor"))
		back, err := money.ParseMinor(code, money.FormatMinor(code, minor))
		if err != nil || !back.Equal(minor) {
			t.Fatalf("%s %s came back as %s, %v", code, minor, back, err)
		}
	})
}

func TestSumsAreExactWhereBinaryFloatsAreNot(t *testing.T) {
	sum := money.Decimal{}
	for range 1000 {
		tenth, err := money.ParseDecimal("0.1", money.TotalDigits, money.AmountFractionDigits)
		require.NoError(t, err)
		sum = sum.Add(tenth)
	}
	hundred, err := money.ParseDecimal("100.00", money.TotalDigits, money.SumFractionDigits)
	require.NoError(t, err)
	require.True(t, sum.Equal(hundred))
	require.Equal(t, "100", sum.String())
	require.Equal(t, "0", money.Decimal{}.String())
}

func TestDigitLimitsCountTheValueNotTheSpelling(t *testing.T) {
	accepted := []string{"000000000000000000000001.50", "0.00000000000000001", "123456789012345678", "1.500000000000000000000"}
	for _, text := range accepted {
		_, err := money.ParseDecimal(text, money.TotalDigits, money.SumFractionDigits)
		require.NoError(t, err, text)
	}
	for _, text := range []string{"1234567890123456789", "0.000000000000000001", "12.34567890123456789"} {
		_, err := money.ParseDecimal(text, money.TotalDigits, money.SumFractionDigits)
		require.Error(t, err, text)
	}
}

func TestSumsAgreeWithRationalArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`[+-]?[0-9]{1,12}(\.[0-9]{1,5})?`), 1, 20).Draw(t, "texts")
		sum, reference := money.Decimal{}, new(big.Rat)
		for _, text := range texts {
			d, err := money.ParseDecimal(text, money.TotalDigits, money.AmountFractionDigits)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			sum = sum.Add(d)
			r, _ := new(big.Rat).SetString(text)
			reference.Add(reference, r)
		}
		got, ok := new(big.Rat).SetString(sum.String())
		if !ok || got.Cmp(reference) != 0 {
			t.Fatalf("%v: %s, want %s", texts, sum, reference)
		}
	})
}

func FuzzParseMinor(f *testing.F) {
	for _, text := range []string{"1.00", "+5.", ".5", "010", "1e5", "９", "-0", "92233720368547758.07"} {
		f.Add("CNY", text)
	}
	f.Fuzz(func(t *testing.T, code, text string) {
		minor, err := money.ParseMinor(code, text)
		if err != nil {
			var refused *money.Error
			if !errors.As(err, &refused) {
				t.Fatalf("an untyped error: %v", err)
			}
			return
		}
		if !minor.IsInt64() || !minor.IsPositive() {
			t.Fatalf("%s %q gave %s", code, text, minor)
		}
		exact, ok := new(big.Rat).SetString(text)
		written, _ := new(big.Rat).SetString(money.FormatMinor(code, minor))
		if !ok || exact.Cmp(written) != 0 {
			t.Fatalf("%s %q became %s", code, text, money.FormatMinor(code, minor))
		}
	})
}

func TestPublishedVectorsGetTheExpectedVerdict(t *testing.T) {
	dir := shareddata.Folder(t, "identifiers")
	for _, row := range readCSV(t, filepath.Join(dir, "amt.csv")) {
		code, text, _ := strings.Cut(row[0], " ")
		if _, err := money.ParseMinor(code, text); (err == nil) != (row[1] == "valid") {
			t.Errorf("%q must be %s (%s), got %v", row[0], row[1], row[2], err)
		}
	}
	for _, row := range readCSV(t, filepath.Join(dir, "ccy.csv")) {
		if _, ok := money.MinorUnits(row[0]); ok != (row[1] == "valid") {
			t.Errorf("%q must be %s (%s)", row[0], row[1], row[2])
		}
	}
}

func readCSV(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 10)
	return rows[1:]
}
