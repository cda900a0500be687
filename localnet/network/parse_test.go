package network_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/zhilian-network/zhilian/localnet/network"
)

// small is a valid file; refusals change one thing in it.
const small = `chain_id: zhilian-test-1
currencies: [CNY, JPY]
institutions:
  - {id: QDCB, name: Authority, kind: central_bank}
  - id: BQDQ
    name: Harbour Bank
    kind: bank
    bic: BQDQCNQ0
    cnaps: "999452000112"
    lei: 999900ZHILIANBQDQ146
    uscc: 91370200MA999901XJ
    reserves: {CNY: "1000000.00", JPY: "5000"}
  - {id: LSHB, name: Laoshan Bank, kind: bank, currencies: [CNY]}
parties:
  - {id: acme, name: ACME, institution: BQDQ, kind: legal, kyc_level: 2}
  - {id: li, institution: LSHB, kind: natural}
accounts:
  - {party: acme, number: "0001", iban: DE89370400440532013000, balances: {CNY: "12.34", JPY: "0"}}
  - {party: li, number: "0001"}
validators:
  - {institution: QDCB}
  - {institution: BQDQ, power: 7}
settings:
  retention_period: 30d
  retirements_per_block_max: 50
  operator_quota_per_block: 5000
  voting_period: 90m
  downtime_points_per_miss: 5
  downtime_points_max: 100
  jail_period: 10s
  business_day: 2s
`

func TestAFileIsReadAndWhatItLeavesOutIsFilledIn(t *testing.T) {
	file, err := network.Parse([]byte(small))
	require.NoError(t, err)
	require.Equal(t, "zhilian-test-1", file.ChainID)
	require.Equal(t, []string{"CNY", "JPY"}, file.Institutions[1].Currencies, "a bank settles all currencies of the network")
	require.Equal(t, []string{"CNY"}, file.Institutions[2].Currencies)
	require.Equal(t, []string{"CNY"}, file.Accounts[1].Currencies, "an account holds all currencies of its bank")
	require.Equal(t, uint32(1), file.Parties[1].KYCLevel)
	require.Equal(t, []network.Validator{{Institution: "QDCB", Power: network.DefaultPower}, {Institution: "BQDQ", Power: 7}}, file.Validators.List)
	require.Equal(t, network.Settings{
		RetentionPeriod:        network.Duration(30 * 24 * time.Hour),
		RetirementsPerBlockMax: 50,
		OperatorQuotaPerBlock:  5000,
		VotingPeriod:           network.Duration(90 * time.Minute),
		DowntimePointsPerMiss:  5,
		DowntimePointsMax:      100,
		JailPeriod:             network.Duration(10 * time.Second),
		BusinessDay:            network.Duration(2 * time.Second),
	}, file.Settings)
}

func TestAMinimalFileIsComplete(t *testing.T) {
	file, err := network.Parse([]byte("currencies: [CNY]\ninstitutions: [{id: BQDQ, name: Bank, kind: bank}]\nparties:\n"))
	require.NoError(t, err)
	require.Equal(t, network.DefaultChainID, file.ChainID)
	require.Equal(t, network.DefaultValidators, file.Validators.Count)
}

func TestTheBuiltInNetworkIsValidAndBigEnoughForItsValidators(t *testing.T) {
	file := network.Default()
	require.NoError(t, file.Validate())
	named, err := file.WithValidators(0)
	require.NoError(t, err)
	require.Len(t, named.Validators.List, network.DefaultValidators)
	require.Equal(t, file.Institutions, named.Institutions, "no member had to be added")
}

func TestAFileWrittenBackReadsTheSame(t *testing.T) {
	for name, text := range map[string]string{"built-in": string(network.DefaultYAML()), "small": small} {
		file, err := network.Parse([]byte(text))
		require.NoError(t, err, name)
		written, err := yaml.Marshal(file)
		require.NoError(t, err, name)
		again, err := network.Parse(written)
		require.NoError(t, err, name)
		require.Equal(t, file, again, name)
	}
}

func TestWhatIsWrongIsRefusedWithItsPath(t *testing.T) {
	cases := []struct{ name, old, new, want string }{
		{"an unknown key at the top", "chain_id:", "chainid:", "chainid: is not a key of the network file; here may stand chain_id, currencies, institutions"},
		{"an unknown key inside a list", "kyc_level: 2", "kyc: 2", "parties[0].kyc: is not a key of the network file"},
		{"an unknown setting", "jail_period", "jail_time", "settings.jail_time: is not a key"},
		{"an unknown key of a validator", "power: 7", "weight: 7", "validators[1].weight: is not a key"},
		{"a key twice", "chain_id: zhilian-test-1", "chain_id: a\nchain_id: b", `the file is not valid YAML`},
		{"broken YAML", "currencies: [CNY, JPY]", "currencies: [CNY", "the file is not valid YAML"},
		{"an amount without quotes", `JPY: "5000"`, `JPY: 5000`, `institutions[1].reserves.JPY: must be an amount in quotes`},
		{"amounts as a list", `{CNY: "12.34", JPY: "0"}`, `["12.34"]`, "accounts[0].balances: must be amounts by currency"},
		{"an account number without quotes", `number: "0001", iban`, `number: 6222020000000000001, iban`, "accounts[0].number: must be text; put it in quotes"},
		{"an id that YAML takes for a truth value", "{id: li,", "{id: yes,", "parties[1].id: must be text; put it in quotes"},
		{"a list where a group belongs", "{id: QDCB, name: Authority, kind: central_bank}", "[QDCB]", "institutions[0]: must be a group of keys and values"},
		{"a text where a list belongs", "currencies: [CNY, JPY]", "currencies: CNY", "currencies: must be a list"},
		{"an empty item", "  - {id: li,", "  -\n  - {id: li,", "parties[1]: is empty"},
		{"a fraction as a level", "kyc_level: 2", "kyc_level: 1.5", "parties[0].kyc_level: must be a whole number"},
		{"a negative number of points", "downtime_points_max: 100", "downtime_points_max: -1", "settings.downtime_points_max: must be a whole number of 0 or more"},
		{"validators as text", "validators:\n  - {institution: QDCB}\n  - {institution: BQDQ, power: 7}", "validators: four", "validators: must be a number of validators, or a list of them"},
		{"a time without a unit", "voting_period: 90m", `voting_period: "90"`, `settings.voting_period: must be a length of time above 0, such as "720h" or "30d"`},
		{"no time at all", "voting_period: 90m", `voting_period: 0s`, `settings.voting_period: must be a length of time above 0`},

		{"a chain id with a space", "zhilian-test-1", "zhilian test", "chain_id: must be 3 to 50"},
		{"no currencies", "currencies: [CNY, JPY]", "", "currencies: is missing"},
		{"an unknown currency", "[CNY, JPY]", "[CNY, JPY, RMB]", `currencies[2]: "RMB" is not an ISO 4217 currency`},
		{"a currency twice", "[CNY, JPY]", "[CNY, JPY, CNY]", "currencies[2]: CNY stands here twice"},
		{"a short institution id", "id: LSHB", "id: LSH", "institutions[2].id: must be 4 to 32"},
		{"an institution twice", "id: LSHB", "id: BQDQ", "institutions[2].id: is the same as institutions[1].id"},
		{"an institution without a name", "name: Authority, ", "", "institutions[0].name: must be the legal name"},
		{"an unknown kind", "kind: central_bank", "kind: centralbank", "institutions[0].kind: must be bank, central_bank, regulator, member or data_provider"},
		{"a country in words", "kind: central_bank", "kind: central_bank, country: China", "institutions[0].country: must be two capital letters"},
		{"a wrong BIC", "BQDQCNQ0", "BQDQXXQ0", "institutions[1].bic: BIC:"},
		{"a wrong CNAPS number", "999452000112", "999452000113", "institutions[1].cnaps: CNAPS: the check digit does not match"},
		{"a wrong LEI", "BQDQ146", "BQDQ147", "institutions[1].lei: LEI: the check digits do not match"},
		{"a wrong USCC", "999901XJ", "999901XK", "institutions[1].uscc: USCC: the check character does not match"},
		{"a BIC that is another's head office", "kind: central_bank}", "kind: central_bank, bic: BQDQCNQ0XXX}", "institutions[1].bic: is the same as institutions[0].bic"},
		{"a clearing membership without a code", "kind: central_bank}", `kind: central_bank, clearing_members: ["021000021"]}`, "institutions[0].clearing_members[0]: must be CODE:MEMBER"},
		{"a clearing membership twice", "kind: central_bank}", `kind: central_bank, clearing_members: ["USABA:1", "USABA:1"]}`, "institutions[0].clearing_members[1]: is the same as institutions[0].clearing_members[0]"},
		{"reserves of a central bank", "kind: central_bank}", `kind: central_bank, reserves: {CNY: "1.00"}}`, "institutions[0]: only an institution of kind bank has currencies and reserves"},
		{"a bank's currency that the network lacks", "currencies: [CNY]}", "currencies: [EUR]}", `institutions[2].currencies[0]: "EUR" is not a currency of the network`},
		{"reserves in a currency that the bank does not settle", "currencies: [CNY]}", `currencies: [CNY], reserves: {JPY: "1"}}`, `institutions[2].reserves.JPY: "JPY" is not a currency of the bank`},
		{"an amount with too many decimals", `JPY: "5000"`, `JPY: "5000.5"`, "institutions[1].reserves.JPY: JPY has 0 decimals, the amount has 1"},
		{"a negative amount", `"12.34"`, `"-12.34"`, "accounts[0].balances.CNY: must be digits with at most one point"},
		{"an amount with an exponent", `"12.34"`, `"1e3"`, "accounts[0].balances.CNY: must be digits with at most one point"},
		{"an amount that begins with a point", `"12.34"`, `".5"`, "accounts[0].balances.CNY: must be digits with at most one point"},
		{"an amount with too many digits", `"12.34"`, `"1000000000000000000000000000000"`, "accounts[0].balances.CNY: has more than 30 digits"},
		{"a party with a space", "id: acme", "id: ac me", "parties[0].id: must be 1 to 64"},
		{"a party twice", "id: li", "id: acme", "parties[1].id: is the same as parties[0].id"},
		{"a party named as a bank", "id: li", "id: BQDQ", "parties[1].id: is the id of an institution"},
		{"a party of an unknown bank", "institution: LSHB, kind: natural", "institution: NONE, kind: natural", `parties[1].institution: "NONE" is not a bank of this file`},
		{"a party of the central bank", "institution: LSHB, kind: natural", "institution: QDCB, kind: natural", `parties[1].institution: "QDCB" is not a bank of this file`},
		{"a party of no kind", "kind: natural", "kind: person", "parties[1].kind: must be legal or natural"},
		{"a KYC level of 4", "kyc_level: 2", "kyc_level: 4", "parties[0].kyc_level: must be 1, 2 or 3"},
		{"an account of nobody", "{party: li,", "{party: wang,", `accounts[1].party: "wang" is not a party of this file`},
		{"an account without a number", `{party: li, number: "0001"}`, "{party: li}", "accounts[1]: needs an iban or a number"},
		{"a blank account number", `{party: li, number: "0001"}`, `{party: li, number: " "}`, "accounts[1].number: must be 1 to 34"},
		{"a long account number", `{party: li, number: "0001"}`, `{party: li, number: "12345678901234567890123456789012345"}`, "accounts[1].number: must be 1 to 34"},
		{"an account number with a control character", `{party: li, number: "0001"}`, `{party: li, number: "00\u000001"}`, "accounts[1].number: must be 1 to 34"},
		{"a wrong IBAN", "DE89", "DE88", "accounts[0].iban: IBAN: the check digits do not match"},
		{"an account number twice at one bank", "institution: LSHB, kind: natural", "institution: BQDQ, kind: natural", "accounts[1].number: is the same as accounts[0].number"},
		{"an account in a currency of another bank", `{party: li, number: "0001"}`, `{party: li, number: "0001", currencies: [JPY]}`, `accounts[1].currencies[0]: "JPY" is not a currency of its bank`},
		{"a balance in a currency that the account lacks", `{party: li, number: "0001"}`, `{party: li, number: "0001", balances: {JPY: "1"}}`, `accounts[1].balances.JPY: "JPY" is not a currency of the account`},
		{"a validator of an unknown institution", "institution: QDCB}", "institution: NONE}", `validators[0].institution: "NONE" is not a bank, central bank or member`},
		{"a regulator as a validator", "kind: central_bank", "kind: regulator", `validators[0].institution: "QDCB" is not a bank, central bank or member`},
		{"two validators of one institution", "institution: QDCB}", "institution: BQDQ}", "validators[1].institution: is the same as validators[0].institution"},
		{"too much power", "power: 7", "power: 1000001", "validators[1].power: must be 1 to 1000000"},
		{"negative power", "power: 7", "power: -7", "validators[1].power: must be 1 to 1000000"},
		{"a business day of half a second", "business_day: 2s", "business_day: 2.5s", "settings.business_day: must be whole seconds, at most 2d"},
		{"a business day of a month", "business_day: 2s", "business_day: 30d", "settings.business_day: must be whole seconds, at most 2d"},
		{"one missed block jails", "downtime_points_max: 100", "downtime_points_max: 9", "settings.downtime_points_max: must be at least twice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(small, c.old), "%q must name one place of the file", c.old)
			_, err := network.Parse([]byte(strings.Replace(small, c.old, c.new, 1)))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestARefusalNeverRepeatsAnAccountNumber(t *testing.T) {
	for _, number := range []string{"DE88370400440532013000", "not an iban"} {
		_, err := network.Parse([]byte(strings.Replace(small, "DE89370400440532013000", `"`+number+`"`, 1)))
		require.Error(t, err)
		require.NotContains(t, err.Error(), number)
	}
}

func TestTheSameAccountNumberWithSpacesIsTheSame(t *testing.T) {
	spaced := strings.Replace(small, `{party: li, number: "0001"}`, `{party: acme, number: "00 01"}`, 1)
	_, err := network.Parse([]byte(spaced))
	require.ErrorContains(t, err, "accounts[1].number: is the same as accounts[0].number", "its digest is the same")
}

func TestOpeningAmountsAreReadExactly(t *testing.T) {
	cases := []struct{ code, text, want string }{
		{"CNY", "1000000.00", "100000000"},
		{"CNY", "0.1", "10"},
		{"CNY", "7", "700"},
		{"CNY", "0", "0"},
		{"CNY", "007.50", "750"},
		{"JPY", "010", "10"},
		{"KWD", "1.5", "1500"},
		{"CNY", "92233720368547758.08", "9223372036854775808"},
		{"CNY", "999999999999999999999999999999.99", "99999999999999999999999999999999"},
	}
	for _, c := range cases {
		minor, err := network.MinorUnits(c.code, c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, minor.String(), c.text)
	}
}

func TestAFileMadeByAProgramMayLeaveOutWhatAFileMay(t *testing.T) {
	file := network.File{
		Currencies:   []string{"CNY"},
		Institutions: []network.Institution{{ID: "BANK", Name: "Bank", Kind: network.KindBank}},
		Parties:      []network.Party{{ID: "p", Institution: "BANK", Kind: network.PartyLegal}},
		Accounts:     []network.Account{{Party: "p", Number: "1"}},
	}
	require.NoError(t, file.Validate())
	require.Empty(t, file.Institutions[0].Currencies, "the file itself does not change")
	named, err := file.WithValidators(2)
	require.NoError(t, err)
	require.Equal(t, []string{"CNY"}, named.Accounts[0].Currencies)
	require.Equal(t, "NODE02", named.Institutions[1].ID)
}

func TestAllProblemsAreReportedAtOnceUpToABound(t *testing.T) {
	broken := strings.NewReplacer("id: LSHB", "id: LSH", "kind: natural", "kind: person").Replace(small)
	_, err := network.Parse([]byte(broken))
	require.ErrorContains(t, err, "institutions[2].id")
	require.ErrorContains(t, err, "parties[1].kind")

	many := small + "x1: 1\n"
	for i := range 30 {
		many += "y" + strings.Repeat("y", i) + ": 1\n"
	}
	_, err = network.Parse([]byte(many))
	require.ErrorContains(t, err, "31 problems")
	require.ErrorContains(t, err, "and 11 more")
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	_, err := network.Parse([]byte(small + "#" + strings.Repeat("x", 8<<20)))
	require.ErrorContains(t, err, "more than 8388608 bytes")
}

func FuzzParseRefusesOrReturnsAValidFile(f *testing.F) {
	f.Add([]byte(small))
	f.Add(network.DefaultYAML())
	f.Add([]byte("validators: 0"))
	f.Add([]byte("institutions: {a: [1, null]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := network.Parse(text)
		if err == nil {
			require.NoError(t, file.Validate())
		}
	})
}

func TestValidatorsOfACount(t *testing.T) {
	file := network.Default() // QDCB, BQDQ, LSHB and JZWB may validate; QDFR is a regulator
	cases := []struct {
		name  string
		count int
		want  []string
		added []string
	}{
		{"what the file says", 0, []string{"QDCB", "BQDQ", "LSHB", "JZWB"}, nil},
		{"fewer than institutions", 1, []string{"QDCB"}, nil},
		{"more than institutions", 6, []string{"QDCB", "BQDQ", "LSHB", "JZWB", "NODE05", "NODE06"}, []string{"NODE05", "NODE06"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			named, err := file.WithValidators(c.count)
			require.NoError(t, err)
			var institutions []string
			for _, validator := range named.Validators.List {
				institutions = append(institutions, validator.Institution)
			}
			require.Equal(t, c.want, institutions)
			var added []string
			for _, institution := range named.Institutions[len(file.Institutions):] {
				require.Equal(t, network.KindMember, institution.Kind)
				added = append(added, institution.ID)
			}
			require.Equal(t, c.added, added)
			require.NoError(t, named.Validate())
		})
	}
	require.Len(t, file.Institutions, 5, "the file itself does not change")

	for _, count := range []int{-1, network.MaxValidators + 1} {
		_, err := file.WithValidators(count)
		require.ErrorContains(t, err, "must be 1 to 64")
	}
}

func TestANamedListOfValidatorsIsNotOverruled(t *testing.T) {
	file, err := network.Parse([]byte(small))
	require.NoError(t, err)
	for _, count := range []int{0, 2} {
		named, err := file.WithValidators(count)
		require.NoError(t, err)
		require.Equal(t, file, named)
	}
	_, err = file.WithValidators(3)
	require.ErrorContains(t, err, "names 2 validators")
}
