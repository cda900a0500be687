package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/iso20022/compact"
	"github.com/zhilian-network/zhilian/iso20022/money"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// keysPerMember is how many of a member's active keys details are sealed for, the newest first: two, so
	// that a key can be replaced by another while payments travel.
	keysPerMember = 2
	// batchBytesMax is how large a batch may become: nodes take transactions of 2 MiB (nodeconfig), and the
	// signature and what is around the message need some of it.
	batchBytesMax = 2<<20 - 64<<10
)

// Codespace of the refusals that have a code.
const Codespace = "payments"

// Refusals of sealing; nothing was sent.
var (
	// ErrRegulatorKey is for a regulator that reads details and has no key to read them with.
	ErrRegulatorKey = errorsmod.Register(Codespace, 2, "nothing was sent (payments/2)")

	ErrDetailsRequired = errors.New("nothing was sent: not all details would reach their payee; hand the file in without --require-details to pay all the same")
	ErrBatchTooLarge   = errors.New("nothing was sent: with their sealed details the transfers do not fit into one message, as all or nothing needs; hand in smaller files, or without details")
)

// groupLife is how long a debtor's group of readers serves: whoever comes by its key opens no more than that.
const groupLife = 90 * 24 * time.Hour

// Readers knows the encryption keys of members.
type Readers interface {
	// Readers returns the active keys of a member, the newest first; none if it has registered none.
	Readers(ctx context.Context, member access.Member) ([]seal.PublicKey, error)
	// KnownGroups returns those of a debtor's groups of readers whose keys the network has already, of at most
	// KnownGroupsMax commitments.
	KnownGroups(ctx context.Context, debtor string, commitments [][]byte) ([][]byte, error)
	// DetailsReaders are the regulators that read details, as the network has decided.
	DetailsReaders(ctx context.Context) ([]settlement.DetailsReader, error)
}

// KnownGroupsMax is the most groups that are asked for at once: those of a full batch.
const KnownGroupsMax = settlement.TransfersPerBatchMax + 1

// Sealing is how the details of payments travel.
type Sealing struct {
	Readers Readers
	// Root is what keys of groups of readers are made of.
	Root seal.Root
	// ChainID is the network that details are bound to.
	ChainID string
	// Regulator is one that reads all details, beside those that the network has decided on; empty for none.
	Regulator string
}

// WithSealing has details of payments sealed for payer, payee, their banks, and those regulators that read them.
// Without it payments travel without details.
func WithSealing(s Sealing) Option { return func(g *Gateway) { g.sealing = &s } }

// DetailsReport is how the details of a file's payments travel.
type DetailsReport struct {
	// Sealed counts the payments that have details, Without those that were sent and have none.
	Sealed  int `json:"sealed"`
	Without int `json:"without"`
	// Regulators are those that can read details, by institution and currency.
	Regulators []RegulatorReads `json:"regulators,omitempty"`
	// Warnings say, for people, whom details do not reach, and why.
	Warnings []string `json:"warnings,omitempty"`
}

// RegulatorReads says of how many payments a regulator can read the details, and from which amount on the network
// has decided so: none if the regulator was named by hand.
type RegulatorReads struct {
	Institution string    `json:"institution"`
	Currency    string    `json:"currency"`
	FromAmount  *math.Int `json:"from_amount,omitempty"` // minor units
	Payments    int       `json:"payments"`
}

// String says it for people.
func (r RegulatorReads) String() string {
	several := "s"
	if r.Payments == 1 {
		several = ""
	}
	said := fmt.Sprintf("%s, a regulator, can read the details of %d payment%s in %s", r.Institution, r.Payments, several, r.Currency)
	switch {
	case r.FromAmount == nil:
		return said + ", as you asked for"
	case r.FromAmount.IsZero():
		return said + ": the network has decided so"
	}
	return said + fmt.Sprintf(": the network has decided so from %s %s on", r.Currency, money.FormatMinor(r.Currency, *r.FromAmount))
}

// sealer seals the details of one file.
type sealer struct {
	Sealing
	// decided are the rules of the network about regulators that are active.
	decided []settlement.DetailsReader
	read    []RegulatorReads
	epoch   uint64
	keys    map[access.Member][]seal.PublicKey
	// groups are those of the file, by debtor and readers.
	groups map[string]*readerGroup
	// Counts of payments, for the warnings.
	nobody, unread, tooLarge int
}

// readerGroup is a debtor's group of readers.
type readerGroup struct {
	seal.Group
	debtor string
	// keys are to be told with the payments that are sealed for it; nil if the network has them.
	keys *seal.GroupKeys
}

// sealDetails seals what the file says of each payment, and cuts batches that become too large.
func (g *Gateway) sealDetails(ctx context.Context, p *plan, options Options) (*DetailsReport, error) {
	if g.sealing == nil || options.WithoutDetails {
		return nil, nil
	}
	s := &sealer{
		Sealing: *g.sealing, epoch: uint64(g.now().Unix()) / uint64(groupLife/time.Second),
		keys: map[access.Member][]seal.PublicKey{}, groups: map[string]*readerGroup{},
	}
	defer s.wipe()
	if err := s.decide(ctx, p.directory); err != nil {
		return nil, err
	}
	report := &DetailsReport{}
	for i := range p.batches {
		sealed, err := s.batch(ctx, &p.batches[i])
		if err != nil {
			return nil, fmt.Errorf("sealing details: %w", err)
		}
		report.Sealed += sealed
		report.Without += len(p.batches[i].transfers) - sealed
	}
	report.Warnings, report.Regulators = s.warnings(), s.read
	if options.RequireDetails && len(report.Warnings) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrDetailsRequired, report.Warnings[0])
	}
	return report, p.cutLarge(options.mode())
}

// decide asks the network which regulators read. One that is suspended or closed reads nothing until it is active.
func (s *sealer) decide(ctx context.Context, institutions directory) error {
	readers, err := s.Readers.DetailsReaders(ctx)
	if err != nil {
		return fmt.Errorf("regulators that read details: %w", err)
	}
	for _, reader := range readers {
		if institutions.isActiveRegulator(reader.InstitutionId) {
			s.decided = append(s.decided, reader)
		}
	}
	return nil
}

// batch seals the details of a batch's transfers and returns how many have some. The debtor's side reads all of
// them by one group, payee and payee's bank by another, and each regulator that reads by one of its own: so
// the others stay what they are, whatever the network decides.
func (s *sealer) batch(ctx context.Context, b *batch) (int, error) {
	shared, err := s.of(ctx, institutionOf(b.debtor), partyOfAccount(b.debtor))
	if err != nil {
		return 0, err
	}
	sealed := 0
	for _, t := range b.transfers {
		if t.creditor == nil {
			continue // it will be refused, and nobody is there to read
		}
		if err := s.transfer(ctx, b, t, shared); err != nil {
			return 0, err
		}
		if t.details != nil {
			sealed++
		}
	}
	return sealed, s.publish(ctx, b)
}

func (s *sealer) transfer(ctx context.Context, b *batch, t *planned, shared []seal.PublicKey) error {
	payee, err := s.of(ctx, institutionOf(t.creditor), partyOfAccount(t.creditor))
	if err != nil {
		return err
	}
	regulators := s.regulatorsOf(b.currency, t.transfer.Amount.Minor)
	sides, err := s.withRegulators(ctx, regulators, shared, without(payee, shared))
	if err != nil {
		return err
	}
	if len(sides) == 0 {
		s.nobody++
		return nil
	}
	content, err := detailsContent(t.transfer.Details)
	if err != nil && !errors.Is(err, compact.ErrTooLong) {
		return err
	}
	if err != nil || len(content) > settlement.DetailsBytesMax {
		s.tooLarge++
		return nil
	}
	var groups []*readerGroup
	var sealedFor []seal.Group
	for _, readers := range sides {
		group, err := s.group(b.debtor.Address, readers)
		if err != nil {
			return err
		}
		groups, sealedFor = append(groups, group), append(sealedFor, group.Group)
	}
	details, err := seal.Seal(content, settlement.DetailsBinding(s.ChainID, t.uetr), cipherFor(sides), nil, sealedFor...)
	if err != nil {
		return err
	}
	if details.Size() > settlement.DetailsBytesMax {
		s.tooLarge++
		return nil
	}
	if len(payee) == 0 {
		s.unread++
	}
	t.details, t.groups = &details, groups
	for _, regulator := range regulators {
		s.count(regulator)
	}
	return nil
}

// regulatorsOf are those that read the details of a payment, without a count.
func (s *sealer) regulatorsOf(currency string, amount math.Int) []RegulatorReads {
	var reads []RegulatorReads
	for at := range s.decided {
		if rule := &s.decided[at]; rule.Reads(currency, amount) {
			reads = append(reads, RegulatorReads{Institution: rule.InstitutionId, Currency: currency, FromAmount: &rule.FromAmount})
		}
	}
	named := func(r RegulatorReads) bool { return r.Institution == s.Regulator }
	if s.Regulator != "" && !slices.ContainsFunc(reads, named) {
		reads = append(reads, RegulatorReads{Institution: s.Regulator, Currency: currency})
	}
	return reads
}

// withRegulators are the groups of readers of a payment: those of its sides that have keys, and each regulator.
// One that reads must have a key: that it cannot read is not left to chance.
func (s *sealer) withRegulators(ctx context.Context, regulators []RegulatorReads, sides ...[]seal.PublicKey) ([][]seal.PublicKey, error) {
	known := slices.Concat(sides...)
	for _, regulator := range regulators {
		keys, err := s.of(ctx, access.Member{InstitutionId: regulator.Institution})
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 {
			return nil, ErrRegulatorKey.Wrapf(
				"%s, a regulator, reads the details of such payments and has registered no encryption key; ask it for one (zhiliand vault keygen --register), or pay without details (--no-details)",
				regulator.Institution)
		}
		keys = without(keys, known)
		sides, known = append(sides, keys), append(known, keys...)
	}
	return slices.DeleteFunc(sides, func(keys []seal.PublicKey) bool { return len(keys) == 0 }), nil
}

func (s *sealer) count(reads RegulatorReads) {
	for at := range s.read {
		if s.read[at].Institution == reads.Institution && s.read[at].Currency == reads.Currency && (s.read[at].FromAmount == nil) == (reads.FromAmount == nil) {
			s.read[at].Payments++
			return
		}
	}
	reads.Payments = 1
	s.read = append(s.read, reads)
}

// group is the group of a debtor's payments that some readers read.
func (s *sealer) group(debtor string, readers []seal.PublicKey) (*readerGroup, error) {
	made, err := s.Root.Group(readers, settlement.DetailsGroupBinding(s.ChainID, debtor), s.epoch)
	if err != nil {
		return nil, err
	}
	name := string(made.Commitment())
	if known, there := s.groups[name]; there {
		made.Wipe()
		return known, nil
	}
	s.groups[name] = &readerGroup{Group: made, debtor: debtor}
	return s.groups[name], nil
}

// publish seals the keys of those groups of a batch that the network does not have yet. Each message tells them
// again that needs them: none rests on another that may fail.
func (s *sealer) publish(ctx context.Context, b *batch) error {
	var commitments [][]byte
	unknown := map[string]*readerGroup{}
	for _, t := range b.transfers {
		for _, group := range t.groups {
			name := string(group.Commitment())
			if _, seen := unknown[name]; !seen {
				unknown[name] = group
				commitments = append(commitments, group.Commitment())
			}
		}
	}
	for asked := range slices.Chunk(commitments, KnownGroupsMax) {
		known, err := s.Readers.KnownGroups(ctx, b.debtor.Address, asked)
		if err != nil {
			return fmt.Errorf("groups of readers: %w", err)
		}
		for _, commitment := range known {
			delete(unknown, string(commitment))
		}
	}
	for _, group := range unknown {
		if group.keys != nil {
			continue
		}
		keys, err := group.Keys()
		if err != nil {
			return err
		}
		group.keys = &keys
	}
	return nil
}

func (s *sealer) wipe() {
	for _, group := range s.groups {
		group.Wipe()
	}
}

// cipherFor keeps to the national suite if all readers do.
func cipherFor(sides [][]seal.PublicKey) seal.Cipher {
	for _, keys := range sides {
		for _, key := range keys {
			if key.Suite != seal.SM2 {
				return seal.AES256GCM
			}
		}
	}
	return seal.SM4GCM
}

// of collects the keys of members, each once. A member without a key leaves the reading to its institution.
func (s *sealer) of(ctx context.Context, members ...access.Member) ([]seal.PublicKey, error) {
	var all []seal.PublicKey
	for _, member := range members {
		keys, asked := s.keys[member]
		if !asked {
			var err error
			if keys, err = s.Readers.Readers(ctx, member); err != nil {
				return nil, fmt.Errorf("keys of %s: %w", member.InstitutionId, err)
			}
			keys = keys[:min(len(keys), keysPerMember)]
			s.keys[member] = keys
		}
		all = append(all, without(keys, all)...)
	}
	return all, nil
}

func without(keys, others []seal.PublicKey) []seal.PublicKey {
	var left []seal.PublicKey
	for _, key := range keys {
		if !contains(others, key) && !contains(left, key) {
			left = append(left, key)
		}
	}
	return left
}

func contains(keys []seal.PublicKey, key seal.PublicKey) bool {
	for _, other := range keys {
		if other.Suite == key.Suite && bytes.Equal(other.Key, key.Key) {
			return true
		}
	}
	return false
}

func institutionOf(account *settlement.Account) access.Member {
	return access.Member{InstitutionId: account.InstitutionId}
}

func partyOfAccount(account *settlement.Account) access.Member {
	return access.Member{InstitutionId: account.InstitutionId, PartyId: account.PartyId}
}

func (s *sealer) warnings() []string {
	var said []string
	for _, w := range []struct {
		count int
		text  string
	}{
		{s.nobody, "%d payments go without details: neither payer, payee nor their banks have registered an encryption key"},
		{s.tooLarge, "%d payments go without details: sealed they take more than 8 KiB; send them another way and refer to them"},
		{s.unread, "%d payees cannot read the details: neither they nor their banks have registered an encryption key"},
	} {
		if w.count > 0 {
			said = append(said, fmt.Sprintf(w.text, w.count))
		}
	}
	return said
}

// cutLarge cuts batches whose messages nodes would not take. That changes no payment: each stands under its
// own names, and the file's digests go with each part. All or nothing cannot be cut.
func (p *plan) cutLarge(mode settlement.BatchMode) error {
	var cut []batch
	for _, b := range p.batches {
		parts := p.partsOf(b, mode)
		if len(parts) > 1 && mode == settlement.AllOrNothing {
			return ErrBatchTooLarge
		}
		cut = append(cut, parts...)
	}
	p.batches = cut
	return nil
}

func (p *plan) partsOf(b batch, mode settlement.BatchMode) []batch {
	whole := p.messageOf(b, mode)
	if whole.Size() <= batchBytesMax {
		return []batch{b}
	}
	empty := *whole
	empty.Transfers, empty.DetailsGroups = nil, nil
	var parts []batch
	first, size, told := 0, empty.Size(), map[*readerGroup]bool{}
	for i, t := range b.transfers {
		if own := fieldSize(whole.Transfers[i].Size()) + untoldSize(t, told); size+own > batchBytesMax {
			parts = append(parts, b.part(first, i))
			first, size, told = i, empty.Size(), map[*readerGroup]bool{}
		}
		size += fieldSize(whole.Transfers[i].Size()) + untoldSize(t, told)
		for _, group := range t.groups {
			told[group] = true
		}
	}
	return append(parts, b.part(first, len(b.transfers)))
}

// fieldSize is what an encoded message of a size takes within another, at most.
func fieldSize(size int) int { return size + 1 + 4 }

// untoldSize is what a transfer adds of keys that its message does not tell yet.
func untoldSize(t *planned, told map[*readerGroup]bool) int {
	size := 0
	for _, group := range t.groups {
		if group.keys != nil && !told[group] {
			size += fieldSize(group.keys.Size())
		}
	}
	return size
}

func (b batch) part(first, end int) batch {
	b.transfers = b.transfers[first:end]
	return b
}

// groups are the keys that a message of these transfers tells, in the order of their first use.
func (b batch) groups() []seal.GroupKeys {
	var groups []seal.GroupKeys
	told := map[*readerGroup]bool{}
	for _, t := range b.transfers {
		for _, group := range t.groups {
			if group.keys != nil && !told[group] {
				told[group] = true
				groups = append(groups, *group.keys)
			}
		}
	}
	return groups
}
