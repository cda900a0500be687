package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/types"
)

func (f fixture) registerInstitution(institution types.Institution, administrator string) error {
	_, err := f.messages.RegisterInstitution(f.ctx, &types.MsgRegisterInstitution{
		Authority: authority, Institution: institution, Administrator: address(administrator),
	})
	return err
}

func newBank(id string) types.Institution {
	return types.Institution{Id: id, Name: "New bank", Kind: types.InstitutionKind_INSTITUTION_KIND_BANK, Status: active}
}

func TestAnAdmittedInstitutionHasAnAdministratorWhoCanBegin(t *testing.T) {
	f := newFixture(t).branch()
	require.NoError(t, f.registerInstitution(newBank("NEWB"), "NEWB admin"))
	admin := f.operator(t, "NEWB admin")
	require.Equal(t, []string{"institution-admin"}, admin.Roles)
	require.Equal(t, "NEWB", admin.InstitutionId)
	require.Contains(t, f.accounts.opened, address("NEWB admin"))
	require.NoError(t, f.registerOperator("NEWB admin", "NEWB payer", "NEWB", "", "payer"))
	require.NoError(t, f.registerParty("NEWB admin", "customer", "NEWB"))
}

func TestAnInstitutionIsRefusedForWhatIsTaken(t *testing.T) {
	twin := newBank("TWIN")
	twin.Bic = "ABCDCNBJXXX"
	retired := newBank("NEWB")
	retired.Status = suspended
	cases := []struct {
		name        string
		institution types.Institution
		admin       string
		want        error
	}{
		{"the id of a bank", newBank("BQDQ"), "new", types.ErrIDTaken},
		{"the id of a party", newBank("ACME"), "new", types.ErrIDTaken},
		{"the BIC of a bank, with the head office's branch code", twin, "new", types.ErrIdentifierTaken},
		{"an administrator who is one elsewhere", newBank("NEWB"), "BQDQ admin", types.ErrOperatorExists},
		{"an institution that starts suspended", retired, "new", types.ErrInvalidStatus},
	}
	base := newFixture(t)
	require.NoError(t, base.registerParty("HZHZ admin", "ACME", "HZHZ"))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := base.branch()
			require.ErrorIs(t, f.registerInstitution(c.institution, c.admin), c.want)
		})
	}
}

func TestAnInstitutionNeedsTheAdministratorsRoleToBeDefined(t *testing.T) {
	f := newEmptyFixture(t)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, &types.GenesisState{Params: types.DefaultParams()}))
	require.ErrorIs(t, f.registerInstitution(newBank("NEWB"), "new"), types.ErrRoleNotFound)
}

func TestTheNumberOfInstitutionsIsBounded(t *testing.T) {
	f := newFixture(t)
	for i := range types.MaxInstitutions - 3 {
		require.NoError(t, f.registerInstitution(newBank(fmt.Sprintf("BANK%d", i)), fmt.Sprintf("admin %d", i)))
	}
	require.ErrorIs(t, f.registerInstitution(newBank("MORE"), "more"), types.ErrTooManyInstitutions)
}

func TestOnlyInstitutionsWithCustomersRegisterParties(t *testing.T) {
	f := newFixture(t)
	require.ErrorIs(t, f.registerParty("PBOC admin", "customer", "PBOC"), types.ErrPartyNotServed)
}

func TestPartiesAndInstitutionsShareOneSpaceOfIDs(t *testing.T) {
	f := newFixture(t)
	require.ErrorIs(t, f.registerParty("HZHZ admin", "acme", "HZHZ"), types.ErrIDTaken)
	require.ErrorIs(t, f.registerParty("BQDQ admin", "HZHZ", "BQDQ"), types.ErrIDTaken)
	require.NoError(t, f.setPartyStatus("BQDQ admin", "acme", closed))
	require.ErrorIs(t, f.registerParty("BQDQ admin", "acme", "BQDQ"), types.ErrIDTaken, "closed is for good")
}

func TestAPartyStartsActive(t *testing.T) {
	f := newFixture(t)
	_, err := f.messages.RegisterParty(f.ctx, &types.MsgRegisterParty{
		Operator: address("BQDQ admin"),
		Party:    types.Party{Id: "new", InstitutionId: "BQDQ", Kind: 1, Status: closed, KycLevel: 1},
	})
	require.ErrorIs(t, err, types.ErrInvalidStatus)
}

func TestClosedIsFinalForInstitutionsPartiesAndOperators(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.setOperatorStatus("BQDQ admin", "acme payer", closed))
	require.ErrorIs(t, f.setOperatorStatus("BQDQ admin", "acme payer", active), types.ErrInvalidStatus)
	require.NoError(t, f.setPartyStatus("BQDQ admin", "acme", closed))
	require.ErrorIs(t, f.setPartyStatus("BQDQ admin", "acme", suspended), types.ErrInvalidStatus)
	require.NoError(t, f.setInstitutionStatus("BQDQ", closed))
	require.ErrorIs(t, f.setInstitutionStatus("BQDQ", active), types.ErrInvalidStatus)
	require.ErrorIs(t, f.setInstitutionStatus("NONE", active), types.ErrInstitutionNotFound)
	require.ErrorIs(t, f.setPartyStatus("BQDQ admin", "none", active), types.ErrPartyNotFound)
}

func TestActiveBanksCentralBanksAndMembersVote(t *testing.T) {
	f := newFixture(t)
	central, member := newBank("CENT"), newBank("ABCD")
	central.Kind = types.InstitutionKind_INSTITUTION_KIND_CENTRAL_BANK
	member.Kind = types.InstitutionKind_INSTITUTION_KIND_MEMBER
	require.NoError(t, f.registerInstitution(central, "central"))
	require.NoError(t, f.registerInstitution(member, "member"))
	provider := newBank("TAXO")
	provider.Kind = types.InstitutionKind_INSTITUTION_KIND_DATA_PROVIDER
	require.NoError(t, f.registerInstitution(provider, "provider"))
	voters, err := f.keeper.VotingInstitutions(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"ABCD", "BQDQ", "CENT", "HZHZ"}, voters)

	require.NoError(t, f.setInstitutionStatus("BQDQ", suspended))
	require.NoError(t, f.setInstitutionStatus("CENT", closed))
	voters, err = f.keeper.VotingInstitutions(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"ABCD", "HZHZ"}, voters)
}
