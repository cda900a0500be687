package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/zhilian-network/zhilian/crypto/seal"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// keysPerMember is how many of a member's active keys details are sealed for, the newest first: two, so
	// that a key can be replaced by another while payments travel. Four members then stay below the eight
	// keys that a group and a transfer may have.
	keysPerMember = 2
	// batchBytesMax is how large a batch may become: nodes take transactions of 2 MiB (nodeconfig), and the
	// signature and what is around the message need some of it.
	batchBytesMax = 2<<20 - 64<<10
)

// Refusals of sealing; nothing was sent.
var (
	ErrDetailsRequired = errors.New("nothing was sent: not all details would reach their payee; hand the file in without --require-details to pay all the same")
	ErrBatchTooLarge   = errors.New("nothing was sent: with their sealed details the transfers do not fit into one message, as all or nothing needs; hand in smaller files, or without details")
)

// Readers knows the encryption keys of members.
type Readers interface {
	// Readers returns the active keys of a member, the newest first; none if it has registered none.
	Readers(ctx context.Context, member access.Member) ([]seal.PublicKey, error)
}

// Sealing is how the details of payments travel.
type Sealing struct {
	Readers Readers
	// ChainID is the network that details are bound to.
	ChainID string
	// Regulator is an institution that reads all details; empty if compliance asks for none.
	Regulator string
}

// WithSealing has details of payments sealed for payer, payee and their banks. Without it payments travel
// without details.
func WithSealing(s Sealing) Option { return func(g *Gateway) { g.sealing = &s } }

// DetailsReport is how the details of a file's payments travel.
type DetailsReport struct {
	// Sealed counts the payments that have details, Without those that were sent and have none.
	Sealed  int `json:"sealed"`
	Without int `json:"without"`
	// Warnings say, for people, whom details do not reach, and why.
	Warnings []string `json:"warnings,omitempty"`
}

// sealer seals the details of one file.
type sealer struct {
	Sealing
	keys map[access.Member][]seal.PublicKey
	// Counts of payments, for the warnings.
	nobody, unread, tooLarge int
}

// sealDetails seals what the file says of each payment, and cuts batches that become too large.
func (g *Gateway) sealDetails(ctx context.Context, p *plan, options Options) (*DetailsReport, error) {
	if g.sealing == nil || options.WithoutDetails {
		return nil, nil
	}
	s := &sealer{Sealing: *g.sealing, keys: map[access.Member][]seal.PublicKey{}}
	report := &DetailsReport{}
	for i := range p.batches {
		sealed, err := s.batch(ctx, p, &p.batches[i])
		if err != nil {
			return nil, fmt.Errorf("sealing details: %w", err)
		}
		report.Sealed += sealed
		report.Without += len(p.batches[i].transfers) - sealed
	}
	report.Warnings = s.warnings()
	if options.RequireDetails && len(report.Warnings) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrDetailsRequired, report.Warnings[0])
	}
	return report, p.cutLarge(options.mode())
}

// batch seals the details of a batch's transfers and returns how many have some. Who reads all of them is
// the batch's group; payee and payee's bank are a transfer's own readers.
func (s *sealer) batch(ctx context.Context, p *plan, b *batch) (int, error) {
	payer := []access.Member{institutionOf(b.debtor), partyOfAccount(b.debtor)}
	if s.Regulator != "" {
		payer = append(payer, access.Member{InstitutionId: s.Regulator})
	}
	shared, err := s.of(ctx, payer...)
	if err != nil {
		return 0, err
	}
	var group *seal.Group
	if len(shared) > 0 {
		made, err := seal.NewGroup(shared, settlement.DetailsGroupBinding(s.ChainID, b.debtor.Address, p.instruction))
		if err != nil {
			return 0, err
		}
		defer made.Wipe()
		group = &made
	}
	sealed := 0
	for _, t := range b.transfers {
		if t.creditor == nil {
			continue // it will be refused, and nobody is there to read
		}
		if err := s.transfer(ctx, t, group, shared); err != nil {
			return 0, err
		}
		if t.details != nil {
			sealed++
		}
	}
	if group != nil && sealed > 0 {
		keys := group.Keys()
		b.group = &keys
	}
	return sealed, nil
}

func (s *sealer) transfer(ctx context.Context, t *planned, group *seal.Group, shared []seal.PublicKey) error {
	payee, err := s.of(ctx, institutionOf(t.creditor), partyOfAccount(t.creditor))
	if err != nil {
		return err
	}
	own := without(payee, shared)
	if group == nil && len(own) == 0 {
		s.nobody++
		return nil
	}
	content, err := detailsContent(t.transfer.Details)
	if err != nil {
		return err
	}
	if len(content) > settlement.DetailsBytesMax {
		s.tooLarge++
		return nil
	}
	binding := settlement.DetailsBinding(s.ChainID, t.uetr)
	var details seal.Envelope
	if group != nil {
		details, err = group.Seal(content, binding, cipherFor(own, shared), own)
	} else {
		details, err = seal.Seal(content, binding, cipherFor(own, nil), own)
	}
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
	t.details = &details
	return nil
}

// cipherFor keeps to the national suite if all readers do.
func cipherFor(own, shared []seal.PublicKey) seal.Cipher {
	for _, keys := range [][]seal.PublicKey{own, shared} {
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
	message := p.messageOf(b, mode)
	if message.Size() <= batchBytesMax {
		return []batch{b}
	}
	around := message.Size()
	for i := range message.Transfers {
		around -= message.Transfers[i].Size()
	}
	var parts []batch
	first, size := 0, around
	for i := range message.Transfers {
		own := message.Transfers[i].Size()
		if size+own > batchBytesMax {
			parts = append(parts, b.part(first, i))
			first, size = i, around
		}
		size += own
	}
	return append(parts, b.part(first, len(b.transfers)))
}

func (b batch) part(first, end int) batch {
	b.transfers = b.transfers[first:end]
	return b
}

// hasDetails tells whether a part of a batch has something for its group to open.
func (b batch) hasDetails() bool {
	for _, t := range b.transfers {
		if t.details != nil {
			return true
		}
	}
	return false
}
