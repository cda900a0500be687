package keeper_test

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

var everything = []string{accesstypes.PermissionConsent, types.PermissionAttest, types.PermissionRead, types.PermissionModel, types.PermissionEndorse, types.PermissionRate,
	types.PermissionPublish, types.PermissionArbitrate}

func TestAProviderAttestsWithTheSubjectsConsent(t *testing.T) {
	f := newFixture(t)
	answer := f.attest("taxo", number("sales", 2, 125_000_00), number("staff", 0, 31))
	kept := f.attestation(answer.AttestationId)
	require.True(t, kept.InForce)
	require.Equal(t, "TAXO", kept.Attestation.ProviderId)
	require.Equal(t, types.Commitment("TAXO", acme, year, kept.Attestation.Values, nil), kept.Attestation.Commitment)
	require.EqualValues(t, 2, kept.Attestation.Level)
	list, err := f.query.Attestations(f.ctx, &types.QueryAttestationsRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Equal(t, []types.Attestation{kept.Attestation}, list.Attestations)

	f.withdraw(acme, "TAXO", rating)
	require.False(t, f.attestation(answer.AttestationId).InForce, "a withdrawn consent holds at once")
	f.requireSound()
	f.requireSameAfterGenesis()
}

func TestAttestationsThatAreRefused(t *testing.T) {
	values := []types.InputValue{number("sales", 0, 1)}
	for name, c := range map[string]struct {
		change func(*fixture, *types.MsgAttest)
		want   error
	}{
		"about one who has not consented":      {func(_ *fixture, m *types.MsgAttest) { m.Subject = zeta }, accesstypes.ErrConsentMissing},
		"about nobody":                         {func(_ *fixture, m *types.MsgAttest) { m.Subject = accesstypes.Member{} }, accesstypes.ErrInvalidInstitution},
		"by a clerk":                           {func(_ *fixture, m *types.MsgAttest) { m.Operator = "clerk" }, accesstypes.ErrPermissionDenied},
		"by a stranger":                        {func(_ *fixture, m *types.MsgAttest) { m.Operator = "stranger" }, accesstypes.ErrOperatorNotFound},
		"by a bank":                            {func(_ *fixture, m *types.MsgAttest) { m.Operator = "hzhz" }, types.ErrNotProvider},
		"by the subject":                       {func(_ *fixture, m *types.MsgAttest) { m.Operator = "acme" }, types.ErrNotProvider},
		"of a month 13":                        {func(_ *fixture, m *types.MsgAttest) { m.Period.LastMonth = 202513 }, types.ErrInvalidPeriod},
		"of a period that runs backwards":      {func(_ *fixture, m *types.MsgAttest) { m.Period.FirstMonth = 202601 }, types.ErrInvalidPeriod},
		"of eleven years":                      {func(_ *fixture, m *types.MsgAttest) { m.Period.FirstMonth = 201501 }, types.ErrInvalidPeriod},
		"of a time to come":                    {func(_ *fixture, m *types.MsgAttest) { m.Period.LastMonth = 202612 }, types.ErrInvalidPeriod},
		"over before it begins":                {func(_ *fixture, m *types.MsgAttest) { m.ExpiresAt = start }, types.ErrLifetime},
		"without values":                       {func(_ *fixture, m *types.MsgAttest) { m.Values = nil }, types.ErrInvalidAttestation},
		"with too many values":                 {func(_ *fixture, m *types.MsgAttest) { m.Values = make([]types.InputValue, types.MaxValues+1) }, types.ErrInvalidAttestation},
		"of a protected attribute":             {func(_ *fixture, m *types.MsgAttest) { m.Values[0].Name = "owner_gender" }, types.ErrProtectedInput},
		"of an input with a space":             {func(_ *fixture, m *types.MsgAttest) { m.Values[0].Name = "s ales" }, types.ErrInvalidValue},
		"of too many decimals":                 {func(_ *fixture, m *types.MsgAttest) { m.Values[0].Decimals = 10 }, types.ErrInvalidValue},
		"of a value beyond the engine's":       {func(_ *fixture, m *types.MsgAttest) { m.Values[0].Value = types.MaxValue + 1 }, types.ErrInvalidValue},
		"of a number and a code":               {func(_ *fixture, m *types.MsgAttest) { m.Values[0].Code = "A" }, types.ErrInvalidValue},
		"of an input twice":                    {func(_ *fixture, m *types.MsgAttest) { m.Values = append(m.Values, m.Values[0]) }, types.ErrInvalidValue},
		"open with a commitment":               {func(_ *fixture, m *types.MsgAttest) { m.Commitment = make([]byte, 32) }, types.ErrInvalidAttestation},
		"open and sealed":                      {func(f *fixture, m *types.MsgAttest) { m.RecordId = f.seal() }, types.ErrInvalidAttestation},
		"sealed without a commitment":          {func(f *fixture, m *types.MsgAttest) { m.Values, m.RecordId = nil, f.seal() }, types.ErrInvalidAttestation},
		"sealed in a record that is not there": {func(_ *fixture, m *types.MsgAttest) { m.Values, m.Commitment, m.RecordId = nil, make([]byte, 32), 99 }, vaulttypes.ErrRecordNotFound},
	} {
		f := newFixture(t)
		msg := attestMsg("taxo", acme, append([]types.InputValue{}, values...)...)
		c.change(f, msg)
		_, err := f.msg.Attest(f.ctx, msg)
		require.ErrorIs(t, err, c.want, name)
		f.requireSound()
	}
}

func TestSealedValuesLieInARecordThatIsFitForThem(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fixture, *vaulttypes.Record)
		want   error
	}{
		"erased":              {func(_ *fixture, r *vaulttypes.Record) { r.Status = vaulttypes.RecordErased }, types.ErrSealedRecord},
		"about another":       {func(_ *fixture, r *vaulttypes.Record) { r.Subject = zeta }, types.ErrSealedRecord},
		"for a payment":       {func(_ *fixture, r *vaulttypes.Record) { r.Purpose = accesstypes.Purpose_PURPOSE_PAYMENT }, types.ErrSealedRecord},
		"above the consent's": {func(f *fixture, _ *vaulttypes.Record) { f.consent(acme, "TAXO", rating, 3) }, accesstypes.ErrConsentMissing},
	} {
		f := newFixture(t)
		msg := attestMsg("taxo", acme)
		msg.Commitment, msg.RecordId = make([]byte, 32), f.seal()
		record := f.vault[msg.RecordId]
		c.change(f, &record)
		f.vault[msg.RecordId] = record
		_, err := f.msg.Attest(f.ctx, msg)
		require.ErrorIs(t, err, c.want, name)
	}
	f := newFixture(t)
	kept := f.attestation(f.attestSealed("taxo", number("sales", 0, 1))).Attestation
	require.EqualValues(t, 4, kept.Level)
	require.Empty(t, kept.Values)
	f.requireSameAfterGenesis()
}

func TestAContradictionIsFlaggedOnBothSidesUntilOneEnds(t *testing.T) {
	f := newFixture(t)
	first := f.attest("taxo", number("sales", 0, 100), number("staff", 0, 31)).AttestationId
	f.ctx = f.ctx.WithEventManager(f.ctx.EventManager())
	second := f.attest("cust", number("sales", 0, 101), number("staff", 1, 310))
	require.Equal(t, []types.Conflict{{AttestationId: first, Inputs: []string{"sales"}}}, second.Conflicts)
	require.Equal(t, []types.Conflict{{AttestationId: second.AttestationId, Inputs: []string{"sales"}}}, f.attestation(first).Attestation.Conflicts)
	flagged := false
	for _, event := range f.ctx.EventManager().Events() {
		flagged = flagged || event.Type == "zhilian.credit.v1.EventAttestationsConflicted"
	}
	require.True(t, flagged)
	f.requireSound()
	f.requireSameAfterGenesis()

	require.NoError(t, f.revoke("taxo", first))
	require.Empty(t, f.attestation(second.AttestationId).Attestation.Conflicts)
	require.Empty(t, f.attestation(first).Attestation.Conflicts)
	f.requireSound()
}

func TestAProviderRevokesBeforeItSaysOtherwise(t *testing.T) {
	f := newFixture(t)
	first := f.attest("taxo", number("sales", 0, 100)).AttestationId
	_, err := f.msg.Attest(f.ctx, attestMsg("taxo", acme, number("sales", 0, 101)))
	require.ErrorIs(t, err, types.ErrAttestedAlready)
	require.ErrorIs(t, f.revoke("cust", first), accesstypes.ErrScopeDenied)
	require.ErrorIs(t, f.revoke("clerk", first), accesstypes.ErrPermissionDenied)
	require.ErrorIs(t, f.revoke("taxo", 99), types.ErrAttestationNotFound)
	require.NoError(t, f.revoke("taxo", first))
	require.ErrorIs(t, f.revoke("taxo", first), types.ErrAttestationEnded)
	f.attest("taxo", number("sales", 0, 101))
	f.requireSound()
}

func TestWhatIsOverExpiresAndIsForgottenLater(t *testing.T) {
	f := newFixture(t)
	expiring := f.attest("taxo", number("sales", 0, 100)).AttestationId
	revoked := f.attest("cust", number("exports", 0, 100)).AttestationId
	require.NoError(t, f.revoke("cust", revoked))
	f.after(start.AddDate(1, 0, 0).Sub(start))
	require.Equal(t, types.AttestationExpired, f.attestation(expiring).Attestation.Status)
	require.ErrorIs(t, f.revoke("taxo", expiring), types.ErrAttestationEnded)
	f.requireSameAfterGenesis()
	f.after(types.DefaultParams().Retention)
	_, err := f.query.Attestation(f.ctx, &types.QueryAttestationRequest{AttestationId: expiring})
	require.ErrorIs(t, err, types.ErrAttestationNotFound)
	_, err = f.query.Attestation(f.ctx, &types.QueryAttestationRequest{AttestationId: revoked})
	require.ErrorIs(t, err, types.ErrAttestationNotFound)
	list, err := f.query.Attestations(f.ctx, &types.QueryAttestationsRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Empty(t, list.Attestations)
	f.requireSound()
}

func TestNoProviderShutsOutTheOthers(t *testing.T) {
	f := newFixture(t)
	for i := range types.MaxActivePerProvider {
		f.attest("taxo", number(fmt.Sprint("x", i), 0, 1))
	}
	_, err := f.msg.Attest(f.ctx, attestMsg("taxo", acme, number("one_more", 0, 1)))
	require.ErrorIs(t, err, types.ErrTooManyAttestations)
	f.attest("cust", number("x1", 0, 2))
	f.requireSound()
}

func TestABlockEndsABoundedNumberOfAttestations(t *testing.T) {
	f := newFixture(t)
	total := 0
	for i := range 8 { // subjects, each with MaxActivePerProvider
		subject := accesstypes.Member{InstitutionId: "BQDQ", PartyId: fmt.Sprint("party", i)}
		f.consent(subject, "TAXO", rating, 2)
		for k := range types.MaxActivePerProvider {
			_, err := f.msg.Attest(f.ctx, attestMsg("taxo", subject, number(fmt.Sprint("x", k), 0, 1)))
			require.NoError(t, err)
			total++
		}
	}
	expired := func() (count int) {
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		for _, attestation := range state.Attestations {
			if attestation.Status == types.AttestationExpired {
				count++
			}
		}
		return count
	}
	f.after(start.AddDate(1, 0, 0).Sub(start))
	require.Equal(t, types.MaxEndsPerBlock, expired())
	f.after(time.Second)
	require.Equal(t, total, expired())
	f.requireSound()
}

func TestSettingsChangeByCollectiveDecisionOnly(t *testing.T) {
	f := newFixture(t)
	params := types.DefaultParams()
	params.ProtectedInputs = []string{"postcode"}
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "bqdq", Params: params})
	require.ErrorIs(t, err, types.ErrNotAuthority)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: "authority", Params: params})
	require.NoError(t, err)
	_, err = f.msg.Attest(f.ctx, attestMsg("taxo", acme, number("Postcode", 0, 1)))
	require.ErrorIs(t, err, types.ErrProtectedInput)
}

func TestGenesisThatContradictsItself(t *testing.T) {
	f := newFixture(t)
	f.attest("taxo", number("sales", 0, 100))
	f.attest("cust", number("sales", 0, 101))
	for name, change := range map[string]func(*types.GenesisState){
		"a value that was not committed to": func(s *types.GenesisState) { s.Attestations[0].Values[0].Value++ },
		"a conflict that one side denies":   func(s *types.GenesisState) { s.Attestations[0].Conflicts = nil },
		"a conflict with what has ended": func(s *types.GenesisState) {
			s.Attestations[0].Status, s.Attestations[0].EndedAt = types.AttestationRevoked, start
		},
		"a number that is to come": func(s *types.GenesisState) { s.NextAttestationId = 2 },
		"numbers out of order": func(s *types.GenesisState) {
			s.Attestations[0], s.Attestations[1] = s.Attestations[1], s.Attestations[0]
		},
		"a status that nobody knows":         func(s *types.GenesisState) { s.Attestations[0].Status = 9 },
		"an end without a status of it":      func(s *types.GenesisState) { s.Attestations[0].EndedAt = start },
		"open values of the level of a seal": func(s *types.GenesisState) { s.Attestations[0].Level = 4 },
	} {
		state, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(t, err)
		require.NoError(t, state.Validate())
		change(state)
		require.Error(t, state.Validate(), name)
	}
}

// Whatever is attested, revoked and forgotten in whatever order: every conflict is told on both sides, the
// bounds hold, and the state goes through a genesis and back unchanged.
func TestAnyRowOfAttestationsLeavesTheStateSound(t *testing.T) {
	done := map[string]int{}
	for seed := range int64(4) {
		f, random := newFixture(t), rand.New(rand.NewSource(seed))
		for step := range 300 {
			cached, write := f.ctx.CacheContext()
			what, err := "attest", error(nil)
			operator := []string{"taxo", "cust", "bqdq"}[random.Intn(3)]
			switch random.Intn(6) {
			case 0:
				what = "revoke"
				_, err = f.msg.RevokeAttestation(cached, &types.MsgRevokeAttestation{Operator: operator, AttestationId: uint64(random.Intn(step + 1))})
			case 1:
				f.after(time.Duration(random.Intn(40)) * 24 * time.Hour)
				continue
			case 2:
				f.withdraw(acme, "CUST", rating)
				if random.Intn(2) == 0 {
					f.access.consents[consentKey{acme.Scope(), member("CUST").Scope(), rating}] = consent{level: 2, until: f.ctx.BlockTime().AddDate(1, 0, 0)}
					f.access.consents[consentKey{acme.Scope(), member("TAXO").Scope(), rating}] = consent{level: 4, until: f.ctx.BlockTime().AddDate(1, 0, 0)}
				}
				continue
			default:
				msg := attestMsg(operator, acme, number(fmt.Sprint("x", random.Intn(4)), 0, int64(random.Intn(2))))
				msg.ExpiresAt = f.ctx.BlockTime().Add(time.Duration(random.Intn(200)) * 24 * time.Hour)
				_, err = f.msg.Attest(cached, msg)
			}
			if err == nil {
				write()
				done[what]++
			}
			if step%50 == 49 {
				f.requireSound()
				f.requireSameAfterGenesis()
			}
		}
	}
	require.Greater(t, done["attest"], 50)
	require.Greater(t, done["revoke"], 5)
}
