package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/keeper"
	"github.com/zhilian-network/zhilian/x/access/types"
)

const (
	financing   = types.Purpose_PURPOSE_FINANCING
	supervision = types.Purpose_PURPOSE_SUPERVISION
	year        = 365 * 24 * time.Hour
)

func member(institution, party string) types.Member {
	return types.Member{InstitutionId: institution, PartyId: party}
}

// sharing is a network in which every named operator may do all that concerns sharing: acme and its bank
// BQDQ, the bank HZHZ whose country nobody knows, NLNL in another country, CNCN in the same as BQDQ, and
// the regulator PBOC with three persons.
type sharing struct{ fixture }

func newSharing(t testing.TB) *sharing {
	t.Helper()
	f := newEmptyFixture(t)
	state := network()
	state.Institutions = append(state.Institutions[:1:1],
		types.Institution{Id: "CNCN", Name: "Bank of Jinan", Kind: 1, Status: active, Country: "CN"},
		state.Institutions[1],
		types.Institution{Id: "NLNL", Name: "Bank of Delft", Kind: 1, Status: active, Country: "NL"},
		state.Institutions[2])
	state.Roles = append(state.Roles, types.Role{Id: "privacy", Permissions: []string{
		types.PermissionBreakGlass, types.PermissionBreakGlassReview, types.PermissionConsent, types.PermissionLegalBasis,
	}})
	for _, o := range [][4]string{
		{"acme", "BQDQ", "acme"}, {"zeta", "BQDQ", "zeta"}, {"BQDQ", "BQDQ", ""}, {"HZHZ", "HZHZ", ""}, {"PBOC", "PBOC", "", "p1"},
		{"PBOC second", "PBOC", "", "p2"}, {"PBOC third", "PBOC", "", "p3"}, {"p1 again", "PBOC", "", "p1"}, {"PBOC machine", "PBOC", ""},
	} {
		state.Operators = append(state.Operators, types.Operator{
			Address: address(o[0]), InstitutionId: o[1], PartyId: o[2], Holder: o[3], Roles: []string{"privacy"}, Status: active,
		})
	}
	f.ctx = f.ctx.WithBlockTime(now)
	require.NoError(t, f.keeper.InitGenesis(f.ctx, state))
	return &sharing{f}
}

func (s *sharing) after(t testing.TB, d time.Duration) {
	t.Helper()
	s.ctx = s.ctx.WithBlockTime(s.ctx.BlockTime().Add(d))
	require.NoError(t, s.keeper.EndBlock(s.ctx))
}

func (s *sharing) consent(by string, change ...func(*types.MsgGiveConsent)) (uint64, error) {
	msg := &types.MsgGiveConsent{
		Operator: address(by), Subject: member("BQDQ", "acme"), Grantee: member("CNCN", ""), Purposes: []types.Purpose{financing},
		Level: 3, ExpiresAt: s.ctx.BlockTime().Add(year),
	}
	for _, c := range change {
		c(msg)
	}
	ctx, write := s.ctx.CacheContext()
	answer, err := s.messages.GiveConsent(ctx, msg)
	if err != nil {
		return 0, err
	}
	write()
	return answer.ConsentId, nil
}

func (s *sharing) check(change ...func(*types.Sharing)) (string, error) {
	wish := types.Sharing{Subject: member("BQDQ", "acme").Scope(), Reader: member("CNCN", "").Scope(), Purpose: financing, Level: 3}
	for _, c := range change {
		c(&wish)
	}
	basis, err := s.keeper.CheckSharing(s.ctx, wish)
	return basis.String(), err
}

func to(institution, party string) func(*types.Sharing) {
	return func(s *types.Sharing) { s.Reader = member(institution, party).Scope() }
}

func TestOwnDataNeedNoConsent(t *testing.T) {
	s := newSharing(t)
	for _, reader := range []types.Member{member("BQDQ", "acme"), member("BQDQ", "")} {
		basis, err := s.check(to(reader.InstitutionId, reader.PartyId))
		require.NoError(t, err)
		require.Equal(t, "own", basis)
	}
	_, err := s.check(func(w *types.Sharing) { w.Subject = member("BQDQ", "").Scope() }, to("BQDQ", "acme"))
	require.ErrorIs(t, err, types.ErrConsentMissing, "a customer does not read its bank's data")
	_, err = s.check(to("BQDQ", "zeta"))
	require.ErrorIs(t, err, types.ErrConsentMissing)
	_, err = s.check(to("HZHZ", "acme"))
	require.ErrorIs(t, err, types.ErrPartyNotFound)
}

func TestAConsentAllowsWhatItSaysAndNoMore(t *testing.T) {
	s := newSharing(t)
	_, err := s.check()
	require.ErrorIs(t, err, types.ErrConsentMissing, "by default nothing is shared")
	number, err := s.consent("acme")
	require.NoError(t, err)
	basis, err := s.check()
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint("consent ", number), basis)
	for name, change := range map[string]func(*types.Sharing){
		"another purpose":  func(w *types.Sharing) { w.Purpose = types.Purpose_PURPOSE_AUDIT },
		"a higher level":   func(w *types.Sharing) { w.Level = 4 },
		"another reader":   to("HZHZ", ""),
		"another subject":  func(w *types.Sharing) { w.Subject.PartyID = "zeta" },
		"the bank's data":  func(w *types.Sharing) { w.Subject.PartyID = "" },
		"a bank's own kin": to("BQDQ", "zeta"),
	} {
		_, err := s.check(change)
		require.ErrorIs(t, err, types.ErrConsentMissing, name)
	}
	_, err = s.check(func(w *types.Sharing) { w.Level = 2 })
	require.NoError(t, err, "a lower level")
	_, err = s.check(func(w *types.Sharing) { w.Level = 5 })
	require.ErrorIs(t, err, types.ErrInvalidSharing)
	s.after(t, year-time.Nanosecond)
	_, err = s.check()
	require.NoError(t, err)
	s.after(t, time.Nanosecond)
	_, err = s.check()
	require.ErrorIs(t, err, types.ErrConsentEnded)
	_, err = s.check(func(w *types.Sharing) { w.Purpose = types.Purpose_PURPOSE_AUDIT })
	require.ErrorIs(t, err, types.ErrConsentMissing, "what it never allowed")
	_, err = s.check(to("HZHZ", ""))
	require.ErrorIs(t, err, types.ErrConsentMissing, "another reader learns nothing of it")
}

func TestAPartysConsentIsForThatPartyOnly(t *testing.T) {
	s := newSharing(t)
	_, err := s.consent("acme", func(m *types.MsgGiveConsent) { m.Grantee = member("BQDQ", "zeta") })
	require.NoError(t, err)
	_, err = s.check(to("BQDQ", "zeta"))
	require.NoError(t, err)
	s2 := newSharing(t)
	_, err = s2.consent("zeta", func(m *types.MsgGiveConsent) {
		m.Subject, m.Grantee = member("BQDQ", "zeta"), member("BQDQ", "acme")
	})
	require.NoError(t, err)
	_, err = s2.check(func(w *types.Sharing) { w.Subject.PartyID, w.Reader = "zeta", member("BQDQ", "acme").Scope() })
	require.NoError(t, err)
	require.NoError(t, s2.setPartyStatus("BQDQ admin", "acme", suspended))
	_, err = s2.check(func(w *types.Sharing) { w.Subject.PartyID, w.Reader = "zeta", member("BQDQ", "acme").Scope() })
	require.ErrorIs(t, err, types.ErrPartyInactive)
}

func TestDataLeaveTheCountryOnlyIfTheConsentSaysSo(t *testing.T) {
	for _, reader := range []string{"NLNL", "HZHZ"} { // another country, and one that nobody knows
		s := newSharing(t)
		grantee := func(m *types.MsgGiveConsent) { m.Grantee = member(reader, "") }
		_, err := s.consent("acme", grantee)
		require.NoError(t, err)
		_, err = s.check(to(reader, ""))
		require.ErrorIs(t, err, types.ErrConsentMissing, reader)
		_, err = s.consent("acme", grantee, func(m *types.MsgGiveConsent) { m.CrossBorder = true })
		require.NoError(t, err)
		_, err = s.check(to(reader, ""))
		require.NoError(t, err)
	}
}

func TestOnlyTheSubjectConsents(t *testing.T) {
	s := newSharing(t)
	for name, want := range map[string]error{
		"BQDQ": types.ErrNotSubject, "zeta": types.ErrScopeDenied, "HZHZ": types.ErrScopeDenied,
		"PBOC": types.ErrScopeDenied, "acme payer": types.ErrPermissionDenied, "nobody": types.ErrOperatorNotFound,
	} {
		_, err := s.consent(name)
		require.ErrorIs(t, err, want, name)
	}
	number, err := s.consent("acme")
	require.NoError(t, err)
	withdraw := func(by string, number uint64) error {
		_, err := s.messages.WithdrawConsent(s.ctx, &types.MsgWithdrawConsent{Operator: address(by), ConsentId: number})
		return err
	}
	require.ErrorIs(t, withdraw("BQDQ", number), types.ErrNotSubject)
	require.ErrorIs(t, withdraw("acme", 9), types.ErrConsentNotFound)
	require.NoError(t, withdraw("acme", number))
	_, err = s.check()
	require.ErrorIs(t, err, types.ErrConsentEnded, "it holds at once")
	require.ErrorIs(t, withdraw("acme", number), types.ErrConsentEnded)
}

func TestConsentsThatAreRefused(t *testing.T) {
	s := newSharing(t)
	for name, c := range map[string]struct {
		change func(*types.MsgGiveConsent)
		want   error
	}{
		"no purpose":            {func(m *types.MsgGiveConsent) { m.Purposes = nil }, types.ErrInvalidConsent},
		"an unknown purpose":    {func(m *types.MsgGiveConsent) { m.Purposes = []types.Purpose{99} }, types.ErrInvalidConsent},
		"a purpose twice":       {func(m *types.MsgGiveConsent) { m.Purposes = []types.Purpose{3, 3} }, types.ErrInvalidConsent},
		"level 5":               {func(m *types.MsgGiveConsent) { m.Level = 5 }, types.ErrInvalidConsent},
		"one that has ended":    {func(m *types.MsgGiveConsent) { m.ExpiresAt = now }, types.ErrInvalidConsent},
		"more than five years":  {func(m *types.MsgGiveConsent) { m.ExpiresAt = now.AddDate(5, 0, 1) }, types.ErrInvalidConsent},
		"to the subject itself": {func(m *types.MsgGiveConsent) { m.Grantee = m.Subject }, types.ErrInvalidConsent},
		"to its own bank":       {func(m *types.MsgGiveConsent) { m.Grantee = member("BQDQ", "") }, types.ErrInvalidConsent},
		"to nobody":             {func(m *types.MsgGiveConsent) { m.Grantee = member("NONO", "") }, types.ErrInstitutionNotFound},
	} {
		_, err := s.consent("acme", c.change)
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestASubjectHasABoundedNumberOfConsentsInForce(t *testing.T) {
	s := newSharing(t)
	for range types.MaxConsentsPerSubject {
		_, err := s.consent("acme")
		require.NoError(t, err)
	}
	_, err := s.consent("acme")
	require.ErrorIs(t, err, types.ErrTooManyConsents)
	_, err = s.messages.WithdrawConsent(s.ctx, &types.MsgWithdrawConsent{Operator: address("acme"), ConsentId: 1})
	require.NoError(t, err)
	_, err = s.consent("acme")
	require.NoError(t, err)
	s.after(t, year) // ends 200 in a block
	_, err = s.check()
	require.ErrorIs(t, err, types.ErrConsentEnded, "also while most of them wait to be noticed")
	for range types.MaxConsentsPerSubject / types.MaxSharingEndsPerBlock {
		s.after(t, time.Second)
	}
	_, err = s.consent("acme")
	require.NoError(t, err)
}

func TestTheBasisThatEndsLastCounts(t *testing.T) {
	s := newSharing(t)
	_, err := s.consent("acme")
	require.NoError(t, err)
	long, err := s.consent("acme", func(m *types.MsgGiveConsent) { m.ExpiresAt = now.Add(2 * year) })
	require.NoError(t, err)
	basis, err := s.check()
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint("consent ", long), basis)
	_, err = s.law("BQDQ", func(m *types.MsgRecordLegalBasis) { m.ExpiresAt = now.Add(3 * year) })
	require.NoError(t, err)
	basis, err = s.check()
	require.NoError(t, err)
	require.Equal(t, "law 1", basis)
}

func (s *sharing) law(by string, change ...func(*types.MsgRecordLegalBasis)) (uint64, error) {
	msg := &types.MsgRecordLegalBasis{
		Operator: address(by), Subject: member("BQDQ", "acme"), Grantee: member("CNCN", ""), Purposes: []types.Purpose{financing},
		Level: 3, Reference: "PIPL 13(3)", ExpiresAt: now.Add(year),
	}
	for _, c := range change {
		c(msg)
	}
	ctx, write := s.ctx.CacheContext()
	answer, err := s.messages.RecordLegalBasis(ctx, msg)
	if err != nil {
		return 0, err
	}
	write()
	return answer.LegalBasisId, nil
}

func TestWhoRecordsALegalBasis(t *testing.T) {
	s := newSharing(t)
	for by, want := range map[string]error{
		"BQDQ": nil, "PBOC": nil, "HZHZ": types.ErrScopeDenied, "acme": types.ErrScopeDenied, "BQDQ clerk": types.ErrPermissionDenied,
	} {
		_, err := s.law(by)
		require.ErrorIs(t, err, want, by)
	}
	_, err := s.law("BQDQ", func(m *types.MsgRecordLegalBasis) { m.Reference = " " })
	require.ErrorIs(t, err, types.ErrInvalidLegalBasis)
	number, err := s.law("PBOC")
	require.NoError(t, err)
	revoke := func(by string) error {
		_, err := s.messages.RevokeLegalBasis(s.ctx, &types.MsgRevokeLegalBasis{Operator: address(by), LegalBasisId: number})
		return err
	}
	require.ErrorIs(t, revoke("BQDQ"), types.ErrScopeDenied, "another recorded it")
	require.NoError(t, revoke("PBOC second"))
	require.ErrorIs(t, revoke("PBOC"), types.ErrLegalBasisEnded)
}

// open opens an emergency access to acme as the action of a maker that another approved.
func (s *sharing) open(by string, approver string, change ...func(*types.MsgOpenBreakGlass)) (uint64, error) {
	msg := &types.MsgOpenBreakGlass{
		Operator: address(by), Subject: member("BQDQ", "acme"), Level: 4, LegalReference: "order 7", ExpiresAt: s.ctx.BlockTime().Add(time.Hour),
	}
	for _, c := range change {
		c(msg)
	}
	ctx, write := s.ctx.CacheContext()
	var in sdk.Context = ctx
	if approver != "" {
		maker, second := s.named(by), s.named(approver)
		in = types.WithApprovals(ctx, &types.Approvals{
			Maker: maker.Address, Holder: maker.Holder,
			Approvers: []types.Approver{{Operator: second, Roles: second.Roles, Permissions: []string{types.PermissionBreakGlass}}},
		})
	}
	answer, err := s.messages.OpenBreakGlass(in, msg)
	if err != nil {
		return 0, err
	}
	write()
	return answer.BreakGlassId, nil
}

func (s *sharing) named(name string) types.Operator {
	answer, err := keeper.NewQueryServer(s.keeper).Operator(s.ctx, &types.QueryOperatorRequest{Address: address(name)})
	if err != nil {
		panic(err)
	}
	return answer.Operator
}

func (s *sharing) review(by string, number uint64) error {
	_, err := s.messages.ReviewBreakGlass(s.ctx, &types.MsgReviewBreakGlass{
		Operator: address(by), BreakGlassId: number, Justified: true, ReportDigest: make([]byte, 32),
	})
	return err
}

func TestAnEmergencyAccessNeedsASecondPersonAndEnds(t *testing.T) {
	s := newSharing(t)
	_, err := s.open("PBOC", "")
	require.ErrorIs(t, err, types.ErrApprovalNeeded)
	_, err = s.open("HZHZ", "")
	require.ErrorIs(t, err, types.ErrNotRegulator)
	_, err = s.open("PBOC", "PBOC second", func(m *types.MsgOpenBreakGlass) { m.ExpiresAt = now.Add(types.DefaultParams().BreakGlassMax + 1) })
	require.ErrorIs(t, err, types.ErrInvalidBreakGlass)
	_, err = s.open("PBOC", "PBOC second", func(m *types.MsgOpenBreakGlass) { m.LegalReference = "" })
	require.ErrorIs(t, err, types.ErrInvalidBreakGlass)
	number, err := s.open("PBOC", "PBOC second")
	require.NoError(t, err)
	supervise := func(w *types.Sharing) { w.Purpose, w.Level = supervision, 4 }
	basis, err := s.check(to("PBOC", ""), supervise)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint("break-glass ", number), basis)
	_, err = s.check(to("PBOC", ""))
	require.ErrorIs(t, err, types.ErrConsentMissing, "for supervision only")
	_, err = s.check(to("CNCN", ""), supervise)
	require.ErrorIs(t, err, types.ErrConsentMissing, "for its regulator only")
	require.ErrorIs(t, s.review("PBOC third", number), types.ErrBreakGlassStatus, "it is open")
	s.after(t, time.Hour)
	_, err = s.check(to("PBOC", ""), supervise)
	require.ErrorIs(t, err, types.ErrConsentMissing, "its time is over")
	for by, want := range map[string]error{
		"PBOC": types.ErrReviewerInvolved, "PBOC second": types.ErrReviewerInvolved, "p1 again": types.ErrReviewerInvolved,
		"PBOC machine": types.ErrHolderMissing, "BQDQ": types.ErrScopeDenied,
	} {
		require.ErrorIs(t, s.review(by, number), want, by)
	}
	require.NoError(t, s.review("PBOC third", number))
	require.ErrorIs(t, s.review("PBOC third", number), types.ErrBreakGlassStatus)
}

func TestWhoOwesAReviewOpensNoOther(t *testing.T) {
	s := newSharing(t)
	number, err := s.open("PBOC", "PBOC second")
	require.NoError(t, err)
	_, err = s.messages.CloseBreakGlass(s.ctx, &types.MsgCloseBreakGlass{Operator: address("PBOC"), BreakGlassId: number})
	require.NoError(t, err)
	_, err = s.messages.CloseBreakGlass(s.ctx, &types.MsgCloseBreakGlass{Operator: address("PBOC"), BreakGlassId: number})
	require.ErrorIs(t, err, types.ErrBreakGlassStatus)
	_, err = s.check(to("PBOC", ""), func(w *types.Sharing) { w.Purpose = supervision })
	require.ErrorIs(t, err, types.ErrConsentMissing, "closing holds at once")
	s.after(t, types.DefaultParams().BreakGlassReview)
	_, err = s.open("PBOC", "PBOC second")
	require.NoError(t, err, "on the last day")
	s.after(t, time.Nanosecond)
	_, err = s.open("PBOC", "PBOC second")
	require.ErrorIs(t, err, types.ErrReviewOverdue)
	require.NoError(t, s.review("PBOC third", number), "a late one is better than none")
	_, err = s.open("PBOC", "PBOC second")
	require.NoError(t, err)
}

func TestARegulatorHasABoundedNumberOpen(t *testing.T) {
	s := newSharing(t)
	for range types.MaxOpenBreakGlasses {
		_, err := s.open("PBOC", "PBOC second")
		require.NoError(t, err)
	}
	_, err := s.open("PBOC", "PBOC second")
	require.ErrorIs(t, err, types.ErrTooManyBreakGlass)
}

func TestWhatEndedIsForgottenAfterItsTime(t *testing.T) {
	s := newSharing(t)
	before := len(s.contents(t))
	number, err := s.consent("acme")
	require.NoError(t, err)
	_, err = s.law("BQDQ")
	require.NoError(t, err)
	access, err := s.open("PBOC", "PBOC second")
	require.NoError(t, err)
	s.after(t, time.Hour)
	require.NoError(t, s.review("PBOC third", access))
	_, err = s.messages.WithdrawConsent(s.ctx, &types.MsgWithdrawConsent{Operator: address("acme"), ConsentId: number})
	require.NoError(t, err)
	s.after(t, types.DefaultParams().Retention-time.Second)
	_, err = s.keeper.Consent(s.ctx, number)
	require.NoError(t, err)
	s.after(t, time.Second)
	_, err = s.keeper.Consent(s.ctx, number)
	require.ErrorIs(t, err, types.ErrConsentNotFound)
	_, err = s.keeper.BreakGlass(s.ctx, access)
	require.ErrorIs(t, err, types.ErrBreakGlassNotFound)
	s.after(t, 2*year) // the law ends, late
	s.after(t, types.DefaultParams().Retention)
	require.Len(t, s.contents(t), before, "nothing is left but the numbers")
}

func TestSharingGoesThroughGenesis(t *testing.T) {
	s := newSharing(t)
	for range 3 {
		_, err := s.consent("acme")
		require.NoError(t, err)
	}
	_, err := s.law("PBOC")
	require.NoError(t, err)
	_, err = s.open("PBOC", "PBOC second")
	require.NoError(t, err)
	_, err = s.open("PBOC", "PBOC second", func(m *types.MsgOpenBreakGlass) { m.ExpiresAt = now.Add(time.Minute) })
	require.NoError(t, err)
	s.after(t, time.Minute)
	_, err = s.messages.WithdrawConsent(s.ctx, &types.MsgWithdrawConsent{Operator: address("acme"), ConsentId: 2})
	require.NoError(t, err)
	state, err := s.keeper.ExportGenesis(s.ctx)
	require.NoError(t, err)
	require.Len(t, state.BreakGlasses, 2)
	g := newEmptyFixture(t)
	g.ctx = g.ctx.WithBlockTime(s.ctx.BlockTime())
	require.NoError(t, g.keeper.InitGenesis(g.ctx, state))
	again, err := g.keeper.ExportGenesis(g.ctx)
	require.NoError(t, err)
	require.Equal(t, state, again)
	require.Equal(t, s.contents(t), g.contents(t), "indexes and queues too")

	for name, spoil := range map[string]func(*types.GenesisState){
		"a number twice":           func(gs *types.GenesisState) { gs.Consents[1].Id = 1 },
		"a number to be given":     func(gs *types.GenesisState) { gs.NextConsentId = 3 },
		"an unknown grantee":       func(gs *types.GenesisState) { gs.LegalBases[0].Grantee = member("NONO", "") },
		"a subject elsewhere":      func(gs *types.GenesisState) { gs.Consents[0].Subject = member("HZHZ", "acme") },
		"a bank that breaks glass": func(gs *types.GenesisState) { gs.BreakGlasses[0].RegulatorId = "HZHZ" },
		"one person alone":         func(gs *types.GenesisState) { gs.BreakGlasses[0].Holders = []string{"p1"} },
	} {
		spoiled, err := s.keeper.ExportGenesis(s.ctx)
		require.NoError(t, err)
		spoil(spoiled)
		require.Error(t, spoiled.Validate(), name)
	}
}

func TestListsOfSharingBeginWithTheNewest(t *testing.T) {
	s := newSharing(t)
	for range 3 {
		_, err := s.consent("acme")
		require.NoError(t, err)
	}
	_, err := s.open("PBOC", "PBOC second")
	require.NoError(t, err)
	query := keeper.NewQueryServer(s.keeper)
	consents, err := query.Consents(s.ctx, &types.QueryConsentsRequest{InstitutionId: "BQDQ", PartyId: "acme"})
	require.NoError(t, err)
	require.Len(t, consents.Consents, 3)
	require.EqualValues(t, 3, consents.Consents[0].Id)
	none, err := query.Consents(s.ctx, &types.QueryConsentsRequest{InstitutionId: "BQDQ"})
	require.NoError(t, err)
	require.Empty(t, none.Consents, "a bank's list has not its customers'")
	for _, of := range []types.Member{member("PBOC", ""), member("BQDQ", "acme")} {
		accesses, err := query.BreakGlasses(s.ctx, &types.QueryBreakGlassesRequest{InstitutionId: of.InstitutionId, PartyId: of.PartyId})
		require.NoError(t, err)
		require.Len(t, accesses.BreakGlasses, 1)
	}
}
