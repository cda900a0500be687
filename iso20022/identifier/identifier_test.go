package identifier_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

var checks = map[string]func(string) error{
	"iban": identifier.CheckIBAN, "bic": identifier.CheckBIC, "lei": identifier.CheckLEI,
	"uscc": identifier.CheckUSCC, "cnaps": identifier.CheckCNAPS, "uetr": identifier.CheckUETR,
}

func TestIdentifiersAreValidOrRefusedWithAReason(t *testing.T) {
	cases := []struct{ name, scheme, value, why string }{
		{"an IBAN with the right check digits", "iban", "GB82WEST12345698765432", ""},
		{"an IBAN with two digits swapped", "iban", "GB82WEST12345698765423", "check digits"},
		{"an IBAN in groups of four", "iban", "GB82 WEST 1234 5698 7654 32", "length"},
		{"an IBAN in lower case", "iban", "gb82west12345698765432", "does not use IBAN"},
		{"an IBAN of China, which has none", "iban", "CN82WEST12345698765432", "does not use IBAN"},
		{"an IBAN with a letter where the country has digits", "iban", "DE8937040044053201300A", "structure"},
		{"an empty IBAN", "iban", "", "length"},
		{"a BIC8", "bic", "ABCDCNBJ", ""},
		{"a BIC11", "bic", "ABCDCNBJ123", ""},
		{"a BIC of Kosovo", "bic", "ABCDXKPR", ""},
		{"a BIC of a country nobody assigned", "bic", "ABCDZZBJ", "country"},
		{"a BIC with a digit in the bank code", "bic", "A1CDCNBJ", "must be letters"},
		{"a BIC of nine characters", "bic", "ABCDCNBJ1", "8 or 11"},
		{"a BIC in lower case", "bic", "abcdcnbj", "capital"},
		{"a BIC with a space", "bic", "ABCDCN J", "capital"},
		{"an LEI one digit off", "lei", "5493001KJTIIGC8Y1R13", "check digits"},
		{"an LEI", "lei", "5493001KJTIIGC8Y1R12", ""},
		{"an LEI with letters for check digits", "lei", "5493001KJTIIGC8Y1RAB", "2 digits"},
		{"an LEI in lower case", "lei", "5493001kjtiigc8y1r12", "capital"},
		{"an LEI too short", "lei", "5493001KJTIIGC8Y1R1", "not 19"},
		{"a USCC", "uscc", "91350100M000100Y43", ""},
		{"a USCC with the letter O", "uscc", "91350100MO00100Y43", "alphabet"},
		{"a USCC with a letter in the district", "uscc", "91A50100M000100Y43", "district"},
		{"a USCC with another check character", "uscc", "91350100M000100Y44", "check character"},
		{"a USCC of 17 characters", "uscc", "91350100M000100Y4", "not 17"},
		{"a bank number", "cnaps", "102100099996", ""},
		{"a bank number one off", "cnaps", "102100099997", "check digit"},
		{"a bank number with full-width digits", "cnaps", "１０２１", "digits"},
		{"a bank number of 13 digits", "cnaps", "1021000999960", "not 13"},
		{"a UETR", "uetr", "eb6305c9-1f7f-49de-aed0-16487c27b42d", ""},
		{"a UETR in capitals", "uetr", "EB6305C9-1F7F-49DE-AED0-16487C27B42D", "lower-case"},
		{"a UETR of version 1", "uetr", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "version 4"},
		{"a UETR of another variant", "uetr", "eb6305c9-1f7f-49de-ced0-16487c27b42d", "version 4"},
		{"a UETR in braces", "uetr", "{eb6305c9-1f7f-49de-aed0-16487c27b42d}", "not 38"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := checks[c.scheme](c.value)
			if c.why == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.why)
			var typed *identifier.Error
			require.ErrorAs(t, err, &typed)
			require.NotContains(t, err.Error(), "<"+c.value+">")
		})
	}
}

func TestARefusedIBANDoesNotRevealTheRightCheckDigits(t *testing.T) {
	err := identifier.CheckIBAN("GB00WEST12345698765432")
	require.ErrorContains(t, err, "check digits")
	require.NotContains(t, err.Error(), "82")
}

func TestAnLEIWithACongruentCheckPairIsRefused(t *testing.T) {
	// 98 and 01 leave the same remainder; only 98 can be issued.
	for _, pair := range [][2]string{{"97", "00"}, {"98", "01"}, {"02", "99"}} {
		stem := stemWithCheck(t, pair[0])
		require.NoError(t, identifier.CheckLEI(stem+pair[0]))
		require.Error(t, identifier.CheckLEI(stem+pair[1]))
	}
}

func stemWithCheck(t *testing.T, check string) string {
	t.Helper()
	for i := range 1000 {
		stem := "ZZZZ00EXAMPLEFIRM" + string(rune('A'+i%26))
		stem = stem[:14] + strings.Repeat(string(rune('0'+i/26%10)), 3) + stem[17:]
		if identifier.CheckLEI(stem+check) == nil {
			return stem
		}
	}
	t.Fatal("no stem has this check pair")
	return ""
}

func TestTheHeadOfficeBranchIsTheSameBIC(t *testing.T) {
	require.True(t, identifier.SameBIC("ABCDCNBJ", "ABCDCNBJXXX"))
	require.True(t, identifier.SameBIC("ABCDCNBJ123", "ABCDCNBJ123"))
	require.False(t, identifier.SameBIC("ABCDCNBJ", "ABCDCNBJ123"))
}

// Every scheme notices one wrong digit. MOD 97-10 numbers a letter with two
// digits, so a letter in the place of a digit shifts the rest and may slip by.
func TestAnyOneWrongDigitIsNoticed(t *testing.T) {
	valid := map[string]string{
		"lei": "5493001KJTIIGC8Y1R12", "cnaps": "102100099996", "uscc": "91350100M000100Y43",
		"iban": "GB82WEST12345698765432",
	}
	rapid.Check(t, func(t *rapid.T) {
		scheme := rapid.SampledFrom([]string{"lei", "cnaps", "uscc", "iban"}).Draw(t, "scheme")
		value := []byte(valid[scheme])
		at := rapid.IntRange(0, len(value)-1).Draw(t, "at")
		other := rapid.SampledFrom([]byte("0123456789")).Draw(t, "other")
		if other == value[at] || value[at] > '9' {
			t.Skip("not one digit for another")
		}
		value[at] = other
		if checks[scheme](string(value)) == nil {
			t.Fatalf("%s accepted %s", scheme, value)
		}
	})
}

func TestChecksNeverPanic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Z0-9é-]{8,36}`)).Draw(t, "value")
		for _, check := range checks {
			_ = check(value)
		}
	})
}

func TestPublishedVectorsGetTheExpectedVerdict(t *testing.T) {
	dir := shareddata.Folder(t, "identifiers")
	for scheme, check := range checks {
		t.Run(scheme, func(t *testing.T) { checkVectors(t, filepath.Join(dir, scheme+".csv"), check) })
	}
}

func checkVectors(t *testing.T, file string, check func(string) error) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 10)
	for _, row := range rows[1:] {
		if err := check(row[0]); (err == nil) != (row[1] == "valid") {
			t.Errorf("%q must be %s (%s), got %v", row[0], row[1], row[2], err)
		}
	}
}
