package types_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

const (
	active = types.MemberStatus_MEMBER_STATUS_ACTIVE
	closed = types.MemberStatus_MEMBER_STATUS_CLOSED
	bank   = types.InstitutionKind_INSTITUTION_KIND_BANK
)

func TestInstitutionsAreValidOrRefused(t *testing.T) {
	cases := []struct {
		name   string
		change func(*types.Institution)
		valid  bool
	}{
		{"a bank with all its identifiers", func(*types.Institution) {}, true},
		{"a bank without identifiers", func(i *types.Institution) { i.Bic, i.Lei, i.Uscc, i.Cnaps = "", "", "", "" }, true},
		{"the shortest id", func(i *types.Institution) { i.Id = "A123" }, true},
		{"the longest id", func(i *types.Institution) { i.Id = strings.Repeat("A", 32) }, true},
		{"an id of 3 characters", func(i *types.Institution) { i.Id = "ABC" }, false},
		{"an id of 33 characters", func(i *types.Institution) { i.Id = strings.Repeat("A", 33) }, false},
		{"an id that begins with a digit", func(i *types.Institution) { i.Id = "1BQD" }, false},
		{"an id in small letters", func(i *types.Institution) { i.Id = "bqdq" }, false},
		{"an id with a slash, which would forge a denom", func(i *types.Institution) { i.Id = "BQDQ/CNY" }, false},
		{"an id of a megabyte", func(i *types.Institution) { i.Id = strings.Repeat("A", 1<<20) }, false},
		{"no id", func(i *types.Institution) { i.Id = "" }, false},
		{"a name of 140 Chinese characters", func(i *types.Institution) { i.Name = strings.Repeat("银", 140) }, true},
		{"a name of 141 characters", func(i *types.Institution) { i.Name = strings.Repeat("x", 141) }, false},
		{"a name of spaces", func(i *types.Institution) { i.Name = "   " }, false},
		{"a name that is not UTF-8", func(i *types.Institution) { i.Name = "\xff\xfe" }, false},
		{"a name that clears the terminal", func(i *types.Institution) { i.Name = "Bank\x1b[2J" }, false},
		{"no kind", func(i *types.Institution) { i.Kind = 0 }, false},
		{"a kind from the future", func(i *types.Institution) { i.Kind = 99 }, false},
		{"no status", func(i *types.Institution) { i.Status = 0 }, false},
		{"a status from the future", func(i *types.Institution) { i.Status = 99 }, false},
		{"a BIC of no country", func(i *types.Institution) { i.Bic = "ABCDZZBJ" }, false},
		{"an LEI one digit off", func(i *types.Institution) { i.Lei = "5493001KJTIIGC8Y1R13" }, false},
		{"a USCC with another check character", func(i *types.Institution) { i.Uscc = "91350100M000100Y44" }, false},
		{"a CNAPS number one off", func(i *types.Institution) { i.Cnaps = "102100099997" }, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			institution := types.Institution{
				Id: "BQDQ", Name: "Bank of Qingdao", Kind: bank, Status: active,
				Bic: "ABCDCNBJ", Lei: "5493001KJTIIGC8Y1R12", Uscc: "91350100M000100Y43", Cnaps: "102100099996",
			}
			c.change(&institution)
			err := institution.Validate()
			if c.valid {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, types.ErrInvalidInstitution)
				require.Less(t, len(err.Error()), 300, "hostile input is not echoed at length")
			}
		})
	}
}

func TestInstitutionsAreToldApartByEveryIdentifier(t *testing.T) {
	one := types.Institution{Bic: "ABCDCNBJ", Lei: "5493001KJTIIGC8Y1R12", Uscc: "91350100M000100Y43", Cnaps: "102100099996"}
	require.Equal(t, "BIC", one.SharesIdentifier(types.Institution{Bic: "ABCDCNBJXXX"}), "the head office's branch code")
	require.Equal(t, "LEI", one.SharesIdentifier(types.Institution{Lei: one.Lei}))
	require.Equal(t, "USCC", one.SharesIdentifier(types.Institution{Uscc: one.Uscc}))
	require.Equal(t, "CNAPS", one.SharesIdentifier(types.Institution{Cnaps: one.Cnaps}))
	require.Empty(t, one.SharesIdentifier(types.Institution{Bic: "ABCDCNBJ123"}), "another branch")
	require.Empty(t, types.Institution{}.SharesIdentifier(types.Institution{}), "two that have none")
}

func TestPartiesAreValidOrRefused(t *testing.T) {
	cases := []struct {
		name   string
		change func(*types.Party)
		want   error
	}{
		{"a company", func(*types.Party) {}, nil},
		{"a person without commitment", func(p *types.Party) { p.Kind, p.IdentityCommitment = 2, nil }, nil},
		{"the longest id", func(p *types.Party) { p.Id = strings.Repeat("z", 64) }, nil},
		{"every kind of character", func(p *types.Party) { p.Id = "Az09-_." }, nil},
		{"an id of 65 characters", func(p *types.Party) { p.Id = strings.Repeat("z", 65) }, types.ErrInvalidParty},
		{"an id with a slash", func(p *types.Party) { p.Id = "a/b" }, types.ErrInvalidParty},
		{"an id with a zero byte, which would forge an index key", func(p *types.Party) { p.Id = "a\x00b" }, types.ErrInvalidParty},
		{"an id in Chinese", func(p *types.Party) { p.Id = "公司" }, types.ErrInvalidParty},
		{"no id", func(p *types.Party) { p.Id = "" }, types.ErrInvalidParty},
		{"no institution", func(p *types.Party) { p.InstitutionId = "" }, types.ErrInvalidInstitution},
		{"no kind", func(p *types.Party) { p.Kind = 0 }, types.ErrInvalidParty},
		{"no status", func(p *types.Party) { p.Status = 0 }, types.ErrInvalidParty},
		{"no due diligence", func(p *types.Party) { p.KycLevel = 0 }, types.ErrInvalidParty},
		{"more than enhanced due diligence", func(p *types.Party) { p.KycLevel = 4 }, types.ErrInvalidParty},
		{"a commitment of 31 bytes", func(p *types.Party) { p.IdentityCommitment = make([]byte, 31) }, types.ErrInvalidParty},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			party := types.Party{Id: "acme", InstitutionId: "BQDQ", Kind: 1, Status: active, KycLevel: 2, IdentityCommitment: make([]byte, 32)}
			c.change(&party)
			if c.want == nil {
				require.NoError(t, party.Validate())
			} else {
				require.ErrorIs(t, party.Validate(), c.want)
			}
		})
	}
}

func TestRolesAreValidOrRefused(t *testing.T) {
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf("module.action%d", i)
	}
	cases := []struct {
		name  string
		role  types.Role
		valid bool
	}{
		{"a payer", types.Role{Id: "payer-2", Permissions: []string{"settlement.pay", "vault.read:3"}}, true},
		{"a role that gives nothing any more", types.Role{Id: "retired"}, true},
		{"64 permissions", types.Role{Id: "r", Permissions: many[:64]}, true},
		{"65 permissions", types.Role{Id: "r", Permissions: many}, false},
		{"a permission twice", types.Role{Id: "r", Permissions: []string{"a.b", "c.d", "a.b"}}, false},
		{"a permission without module", types.Role{Id: "r", Permissions: []string{"pay"}}, false},
		{"a permission without action", types.Role{Id: "r", Permissions: []string{"settlement."}}, false},
		{"a wildcard", types.Role{Id: "r", Permissions: []string{"settlement.*"}}, false},
		{"a permission of two levels", types.Role{Id: "r", Permissions: []string{"vault.read:33"}}, false},
		{"a permission with an empty level", types.Role{Id: "r", Permissions: []string{"vault.read:"}}, false},
		{"a permission of 65 characters", types.Role{Id: "r", Permissions: []string{"a." + strings.Repeat("b", 63)}}, false},
		{"no id", types.Role{}, false},
		{"an id in capitals", types.Role{Id: "Payer"}, false},
		{"an id of 33 characters", types.Role{Id: strings.Repeat("r", 33)}, false},
		{"an administrator who may manage operators", types.Role{Id: "institution-admin", Permissions: []string{"access.operator"}}, true},
		{"an administrator who may not", types.Role{Id: "institution-admin", Permissions: []string{"access.party"}}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.valid {
				require.NoError(t, c.role.Validate())
			} else {
				require.ErrorIs(t, c.role.Validate(), types.ErrInvalidRole)
			}
		})
	}
}

func TestOperatorsAreValidOrRefused(t *testing.T) {
	sixteen := strings.Split("a b c d e f g h i j k l m n o p", " ")
	cases := []struct {
		name   string
		change func(*types.Operator)
		want   error
	}{
		{"an operator of a party", func(*types.Operator) {}, nil},
		{"16 roles in any order", func(o *types.Operator) { o.Roles = slices.Clone(sixteen); slices.Reverse(o.Roles) }, nil},
		{"17 roles", func(o *types.Operator) { o.Roles = append(slices.Clone(sixteen), "q") }, types.ErrInvalidOperator},
		{"a role twice", func(o *types.Operator) { o.Roles = []string{"b", "a", "b"} }, types.ErrInvalidOperator},
		{"a role that cannot exist", func(o *types.Operator) { o.Roles = []string{"A"} }, types.ErrInvalidRole},
		{"the greatest quota", func(o *types.Operator) { o.QuotaPerBlock = types.MaxQuotaPerBlock }, nil},
		{"a greater quota", func(o *types.Operator) { o.QuotaPerBlock = types.MaxQuotaPerBlock + 1 }, types.ErrInvalidOperator},
		{"no address", func(o *types.Operator) { o.Address = "" }, types.ErrInvalidAddress},
		{"no institution", func(o *types.Operator) { o.InstitutionId = "" }, types.ErrInvalidInstitution},
		{"a party that cannot exist", func(o *types.Operator) { o.PartyId = "a b" }, types.ErrInvalidParty},
		{"no status", func(o *types.Operator) { o.Status = 0 }, types.ErrInvalidOperator},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			operator := types.Operator{Address: "zhilian1x", InstitutionId: "BQDQ", PartyId: "acme", Status: active, Roles: []string{"payer"}}
			c.change(&operator)
			if c.want == nil {
				require.NoError(t, operator.Validate())
			} else {
				require.ErrorIs(t, operator.Validate(), c.want)
			}
		})
	}
}

func TestSettingsNeverStopTheNetwork(t *testing.T) {
	rule := func(level uint32, permissions ...string) types.KycRule {
		return types.KycRule{Level: level, Permissions: permissions}
	}
	cases := []struct {
		name   string
		change func(*types.Params)
		valid  bool
	}{
		{"the default", func(*types.Params) {}, true},
		{"the greatest quota", func(p *types.Params) { p.DefaultQuotaPerBlock = types.MaxQuotaPerBlock }, true},
		{"no quota", func(p *types.Params) { p.DefaultQuotaPerBlock = 0 }, false},
		{"a greater quota", func(p *types.Params) { p.DefaultQuotaPerBlock = types.MaxQuotaPerBlock + 1 }, false},
		{"the clock of Samoa", func(p *types.Params) { p.UtcOffsetMinutes = -11 * 60 }, true},
		{"a clock of no place", func(p *types.Params) { p.UtcOffsetMinutes = 14*60 + 1 }, false},
		{"a clock of no place in the west", func(p *types.Params) { p.UtcOffsetMinutes = -14*60 - 1 }, false},
		{"no KYC rules", func(p *types.Params) { p.KycRules = nil }, false},
		{"a KYC level left out", func(p *types.Params) { p.KycRules = p.KycRules[:2] }, false},
		{"a KYC level twice", func(p *types.Params) { p.KycRules[2].Level = 2 }, false},
		{"a fourth KYC level", func(p *types.Params) { p.KycRules = append(p.KycRules, rule(4)) }, false},
		{"a KYC level that gives nothing", func(p *types.Params) { p.KycRules[0] = rule(1) }, true},
		{"all and more", func(p *types.Params) { p.KycRules[0] = rule(1, "*", "a.b") }, false},
		{"a KYC permission that is none", func(p *types.Params) { p.KycRules[0] = rule(1, "pay") }, false},
		{"KYC permissions out of order", func(p *types.Params) { p.KycRules[0] = rule(1, "b.b", "a.a") }, false},
		{"a KYC limit that bounds nothing", func(p *types.Params) { p.KycRules[0].Limits = []types.Limit{limit("CNY", 0, 0)} }, false},
		{"a KYC limit", func(p *types.Params) { p.KycRules[0].Limits = []types.Limit{limit("CNY", 1, 0)} }, true},
		{"actions that end at once", func(p *types.Params) { p.ActionLifetime = 0 }, false},
		{"actions for ever", func(p *types.Params) { p.ActionLifetime = types.MaxActionLifetime + 1 }, false},
		{"no retention", func(p *types.Params) { p.Retention = 0 }, false},
		{"an emergency without end", func(p *types.Params) { p.BreakGlassMax = types.MaxBreakGlass + 1 }, false},
		{"a review before anybody can", func(p *types.Params) { p.BreakGlassReview = -1 }, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			params := types.DefaultParams()
			c.change(&params)
			if c.valid {
				require.NoError(t, params.Validate())
			} else {
				require.Error(t, params.Validate())
			}
		})
	}
	require.ErrorIs(t, types.Params{}.Validate(), types.ErrInvalidParams)
}

func limit(currency string, perPayment, perDay int64) types.Limit {
	return types.Limit{Currency: currency, PerPayment: math.NewInt(perPayment), PerDay: math.NewInt(perDay)}
}

func TestAScopeCoversItselfAndAnInstitutionItsParties(t *testing.T) {
	bqdq, acme, zeta := types.Scope{InstitutionID: "BQDQ"}, types.Scope{InstitutionID: "BQDQ", PartyID: "acme"}, types.Scope{InstitutionID: "BQDQ", PartyID: "zeta"}
	hzhz, elsewhere := types.Scope{InstitutionID: "HZHZ"}, types.Scope{InstitutionID: "HZHZ", PartyID: "acme"}
	nowhere := types.Scope{}

	covered := map[[2]types.Scope]bool{
		{bqdq, bqdq}: true, {bqdq, acme}: true, {bqdq, zeta}: true,
		{acme, acme}: true, {zeta, zeta}: true,
		{hzhz, hzhz}: true, {hzhz, elsewhere}: true, {elsewhere, elsewhere}: true,
	}
	all := []types.Scope{bqdq, acme, zeta, hzhz, elsewhere, nowhere}
	for _, own := range all {
		for _, asked := range all {
			require.Equal(t, covered[[2]types.Scope{own, asked}], own.Covers(asked), "%v asks about %v", own, asked)
		}
	}
}
