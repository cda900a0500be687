package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

type (
	// numberOfScopeKey is (institution, party or empty, number): a prefix of two lists those of one scope.
	numberOfScopeKey = collections.Triple[string, string, uint64]
	// grantKey is (subject, grantee, number), both as scopeText.
	grantKey = collections.Triple[string, string, uint64]
	// dueKey is (when, what, number).
	dueKey = collections.Triple[time.Time, uint32, uint64]
)

// What falls due in the queue of sharing. The numbers are stored.
const (
	dueConsentEnd uint32 = iota + 1
	dueConsentPrune
	dueLegalBasisEnd
	dueLegalBasisPrune
	dueBreakGlassPrune
)

// sharingStore holds what sharing of data rests on.
type sharingStore struct {
	consents   grantStore[types.Consent]
	legalBases grantStore[types.LegalBasis]

	breakGlasses   collections.Map[uint64, types.BreakGlass]
	nextBreakGlass collections.Sequence
	// breakGlassesOf lists by regulator and by subject.
	breakGlassesOf collections.KeySet[numberOfScopeKey]
	// openBreakGlasses is (regulator, number), at most MaxOpenBreakGlasses of each.
	openBreakGlasses collections.KeySet[collections.Pair[string, uint64]]
	// unreviewed is (regulator, review by, number) of those that are open or due.
	unreviewed collections.KeySet[collections.Triple[string, time.Time, uint64]]
	// breakGlassQueue is (end, number) of those that are open.
	breakGlassQueue collections.KeySet[collections.Pair[time.Time, uint64]]

	// due is the queue of what ends or may be forgotten.
	due collections.KeySet[dueKey]
}

// grantStore holds consents, or legal bases.
type grantStore[T any] struct {
	records   collections.Map[uint64, T]
	next      collections.Sequence
	ofSubject collections.KeySet[numberOfScopeKey]
	// active lists those that were neither withdrawn nor noticed to be over; activeCounts counts them by
	// subject, so that giving one more need not walk.
	active       collections.KeySet[grantKey]
	activeCounts collections.Map[string, uint64]
}

func newSharingStore(sb *collections.SchemaBuilder, cdc codec.BinaryCodec) sharingStore {
	return sharingStore{
		consents: grantStore[types.Consent]{
			records:      collections.NewMap(sb, types.ConsentsPrefix, "consents", collections.Uint64Key, codec.CollValue[types.Consent](cdc)),
			next:         collections.NewSequence(sb, types.NextConsentPrefix, "next_consent"),
			ofSubject:    collections.NewKeySet(sb, types.ConsentsOfSubjectPrefix, "consents_of_subject", numberOfScopeCodec()),
			active:       collections.NewKeySet(sb, types.ActiveConsentsPrefix, "active_consents", numberOfScopeCodec()),
			activeCounts: collections.NewMap(sb, types.ConsentCountsPrefix, "consent_counts", collections.StringKey, collections.Uint64Value),
		},
		legalBases: grantStore[types.LegalBasis]{
			records:      collections.NewMap(sb, types.LegalBasesPrefix, "legal_bases", collections.Uint64Key, codec.CollValue[types.LegalBasis](cdc)),
			next:         collections.NewSequence(sb, types.NextLegalBasisPrefix, "next_legal_basis"),
			ofSubject:    collections.NewKeySet(sb, types.LegalBasesOfSubjectPrefix, "legal_bases_of_subject", numberOfScopeCodec()),
			active:       collections.NewKeySet(sb, types.ActiveLegalBasesPrefix, "active_legal_bases", numberOfScopeCodec()),
			activeCounts: collections.NewMap(sb, types.LegalBasisCountsPrefix, "legal_basis_counts", collections.StringKey, collections.Uint64Value),
		},
		breakGlasses:   collections.NewMap(sb, types.BreakGlassesPrefix, "break_glasses", collections.Uint64Key, codec.CollValue[types.BreakGlass](cdc)),
		nextBreakGlass: collections.NewSequence(sb, types.NextBreakGlassPrefix, "next_break_glass"),
		breakGlassesOf: collections.NewKeySet(sb, types.BreakGlassesOfPrefix, "break_glasses_of", numberOfScopeCodec()),
		openBreakGlasses: collections.NewKeySet(sb, types.OpenBreakGlassesPrefix, "open_break_glasses",
			collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)),
		unreviewed: collections.NewKeySet(sb, types.UnreviewedPrefix, "unreviewed_break_glasses",
			collections.TripleKeyCodec(collections.StringKey, sdk.TimeKey, collections.Uint64Key)),
		breakGlassQueue: collections.NewKeySet(sb, types.BreakGlassQueuePrefix, "break_glass_queue",
			collections.PairKeyCodec(sdk.TimeKey, collections.Uint64Key)),
		due: collections.NewKeySet(sb, types.RetirementQueuePrefix, "sharing_due",
			collections.TripleKeyCodec(sdk.TimeKey, collections.Uint32Key, collections.Uint64Key)),
	}
}

func numberOfScopeCodec() collcodec.KeyCodec[numberOfScopeKey] {
	return collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)
}

// scopeText is a scope in one word: no id has a slash.
func scopeText(scope types.Scope) string { return scope.InstitutionID + "/" + scope.PartyID }

// CheckSharing answers what a wish to share rests on: the data are the reader's own or its customer's, or
// there is a consent, a legal basis, or an emergency access of the reader. Of several the one that ends
// last is returned. ErrConsentMissing if there is none, ErrConsentEnded if there was one; a reader that may not act gets nothing new. It
// reads at most 2 × MaxConsentsPerSubject + MaxOpenBreakGlasses + MaxEndedConsentsRead records, in practice those few of one reader.
func (k *Keeper) CheckSharing(ctx context.Context, sharing types.Sharing) (types.Basis, error) {
	if err := sharing.Validate(); err != nil {
		return types.Basis{}, err
	}
	subject, _, err := k.scopeRecords(ctx, sharing.Subject)
	if err != nil {
		return types.Basis{}, err
	}
	reader, party, err := k.scopeRecords(ctx, sharing.Reader)
	if err != nil {
		return types.Basis{}, err
	}
	if types.Own(sharing.Subject, sharing.Reader) {
		return types.Basis{Kind: types.BasisOwn}, nil
	}
	if err := domain.CheckScopeActive(reader, party); err != nil {
		return types.Basis{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	return k.findBasis(ctx, domain.Wish{Sharing: sharing, Abroad: !domain.SameCountry(subject, reader), Now: now})
}

func (k *Keeper) findBasis(ctx context.Context, wish domain.Wish) (types.Basis, error) {
	found, err := k.sharing.consents.find(ctx, wish, types.BasisConsent, types.Consent.Grant)
	if err != nil {
		return types.Basis{}, err
	}
	law, err := k.sharing.legalBases.find(ctx, wish, types.BasisLaw, types.LegalBasis.Grant)
	if err != nil {
		return types.Basis{}, err
	}
	found = domain.Longer(found, law)
	emergency, err := k.findBreakGlass(ctx, wish)
	if err != nil {
		return types.Basis{}, err
	}
	if found = domain.Longer(found, emergency); found.Kind == types.BasisNone {
		if err := k.checkEnded(ctx, wish); err != nil {
			return types.Basis{}, err
		}
		return types.Basis{}, types.ErrConsentMissing.Wrapf("of %s for %s, %s, level %d",
			scopeText(wish.Subject), scopeText(wish.Reader), wish.Purpose, wish.Level)
	}
	return found, nil
}

// checkEnded refuses with a code of its own what a consent allowed that has ended: reader and subject see in
// the trail that there was one. It reads the subject's MaxEndedConsentsRead newest consents.
func (k *Keeper) checkEnded(ctx context.Context, wish domain.Wish) error {
	read, ended := 0, uint64(0)
	newest := new(collections.Range[numberOfScopeKey]).
		Prefix(collections.TripleSuperPrefix[string, string, uint64](wish.Subject.InstitutionID, wish.Subject.PartyID)).Descending()
	err := k.sharing.consents.ofSubject.Walk(ctx, newest, func(key numberOfScopeKey) (bool, error) {
		consent, err := k.sharing.consents.records.Get(ctx, key.K3())
		if err == nil && domain.Covered(consent.Grant(), wish) {
			ended = key.K3()
		}
		read++
		return ended != 0 || read == types.MaxEndedConsentsRead, err
	})
	if err != nil || ended == 0 {
		return err
	}
	return types.ErrConsentEnded.Wrapf("consent %d of %s for %s", ended, scopeText(wish.Subject), scopeText(wish.Reader))
}

// find walks the active grants of a subject to one grantee.
func (s grantStore[T]) find(ctx context.Context, wish domain.Wish, kind types.BasisKind, grantOf func(T) types.Grant) (types.Basis, error) {
	var found types.Basis
	range_ := collections.NewSuperPrefixedTripleRange[string, string, uint64](scopeText(wish.Subject), scopeText(wish.Reader))
	err := s.active.Walk(ctx, range_, func(key grantKey) (bool, error) {
		record, err := s.records.Get(ctx, key.K3())
		if err != nil {
			return true, err
		}
		if grant := grantOf(record); domain.Covers(grant, wish) {
			found = domain.Longer(found, types.Basis{Kind: kind, ID: grant.ID, ExpiresAt: grant.ExpiresAt})
		}
		return false, nil
	})
	return found, err
}

// insert stores a grant that is in force, with its indexes.
func (s grantStore[T]) insert(ctx context.Context, grant types.Grant, record T) error {
	subject := scopeText(grant.Subject)
	count, err := s.count(ctx, subject)
	if err != nil {
		return err
	}
	if count >= types.MaxConsentsPerSubject {
		return types.ErrTooManyConsents.Wrapf("%s has %d; end some first", subject, count)
	}
	if err := s.activeCounts.Set(ctx, subject, count+1); err != nil {
		return err
	}
	if err := s.active.Set(ctx, collections.Join3(subject, scopeText(grant.Grantee), grant.ID)); err != nil {
		return err
	}
	return s.insertEnded(ctx, grant, record)
}

// insertEnded stores a grant that is not in force any more.
func (s grantStore[T]) insertEnded(ctx context.Context, grant types.Grant, record T) error {
	if err := s.ofSubject.Set(ctx, numberOf(grant.Subject, grant.ID)); err != nil {
		return err
	}
	return s.records.Set(ctx, grant.ID, record)
}

func (s grantStore[T]) count(ctx context.Context, subject string) (uint64, error) {
	count, err := s.activeCounts.Get(ctx, subject)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return count, err
}

// deactivate takes a grant out of the search.
func (s grantStore[T]) deactivate(ctx context.Context, grant types.Grant) error {
	subject := scopeText(grant.Subject)
	count, err := s.count(ctx, subject)
	if err != nil {
		return err
	}
	if err := s.active.Remove(ctx, collections.Join3(subject, scopeText(grant.Grantee), grant.ID)); err != nil {
		return err
	}
	if count <= 1 {
		return s.activeCounts.Remove(ctx, subject)
	}
	return s.activeCounts.Set(ctx, subject, count-1)
}

// prune forgets a grant.
func (s grantStore[T]) prune(ctx context.Context, grant types.Grant) error {
	if err := s.ofSubject.Remove(ctx, numberOf(grant.Subject, grant.ID)); err != nil {
		return err
	}
	return s.records.Remove(ctx, grant.ID)
}

func numberOf(scope types.Scope, number uint64) numberOfScopeKey {
	return collections.Join3(scope.InstitutionID, scope.PartyID, number)
}

// endSharing takes note of what is over and forgets what was kept long enough, a bounded number of each.
func (k *Keeper) endSharing(ctx context.Context) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if err := k.endBreakGlassesDue(ctx, now); err != nil {
		return err
	}
	due, err := k.dueNow(ctx, now)
	if err != nil || len(due) == 0 {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	for _, key := range due {
		if err := k.sharing.due.Remove(ctx, key); err != nil {
			return err
		}
		if err := k.settleDue(ctx, key, now.Add(params.Retention)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) dueNow(ctx context.Context, now time.Time) ([]dueKey, error) {
	var due []dueKey
	err := k.sharing.due.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if key.K1().After(now) || len(due) == types.MaxSharingEndsPerBlock {
			return true, nil
		}
		due = append(due, key)
		return false, nil
	})
	return due, err
}

// settleDue ends or forgets one record; what ends is forgotten at pruneAt.
func (k *Keeper) settleDue(ctx context.Context, key dueKey, pruneAt time.Time) error {
	number := key.K3()
	switch key.K2() {
	case dueConsentEnd, dueConsentPrune:
		consent, err := k.sharing.consents.records.Get(ctx, number)
		if err != nil {
			return err
		}
		if key.K2() == dueConsentPrune {
			return k.sharing.consents.prune(ctx, consent.Grant())
		}
		return k.retireConsent(ctx, consent, pruneAt)
	case dueLegalBasisEnd, dueLegalBasisPrune:
		basis, err := k.sharing.legalBases.records.Get(ctx, number)
		if err != nil {
			return err
		}
		if key.K2() == dueLegalBasisPrune {
			return k.sharing.legalBases.prune(ctx, basis.Grant())
		}
		return k.retireLegalBasis(ctx, basis, pruneAt)
	default:
		return k.pruneBreakGlass(ctx, number)
	}
}

func (k *Keeper) retireConsent(ctx context.Context, consent types.Consent, pruneAt time.Time) error {
	if err := k.sharing.consents.deactivate(ctx, consent.Grant()); err != nil {
		return err
	}
	return k.sharing.due.Set(ctx, collections.Join3(pruneAt, dueConsentPrune, consent.Id))
}

func (k *Keeper) retireLegalBasis(ctx context.Context, basis types.LegalBasis, pruneAt time.Time) error {
	if err := k.sharing.legalBases.deactivate(ctx, basis.Grant()); err != nil {
		return err
	}
	return k.sharing.due.Set(ctx, collections.Join3(pruneAt, dueLegalBasisPrune, basis.Id))
}
