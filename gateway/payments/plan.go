package payments

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/iso20022"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// ISO reasons that the gateway itself gives.
const (
	reasonDebtorBank   = iso20022.ReasonDebtorAgent   // RC03
	reasonCreditorBank = iso20022.ReasonCreditorAgent // RC04
)

// unassignedDomain separates addresses that stand for unknown accounts from all others.
const unassignedDomain = "zhilian/gateway/unassigned/1/"

// refusal is why a transfer does not settle.
type refusal struct{ reason, text string }

// planned is a transfer with what is known of it before it is sent.
type planned struct {
	transfer    *iso20022.Transfer
	instruction int // index in Message.Instructions

	debtor          *settlement.Account
	creditor        *settlement.Account // nil if unknown
	creditorAddress string
	digest          []byte
	uetr            string // given or derived

	// details are what the file says of it, sealed; nil if they do not travel.
	details *seal.Envelope
	// groups are who reads them.
	groups []*readerGroup

	// refusal keeps it from being sent at all.
	refusal *refusal
	// doubt words the chain's AC03 for a creditor that was not found.
	doubt *refusal
}

// batch is transfers of one debtor account in one currency, in file order.
type batch struct {
	debtor    *settlement.Account
	currency  string
	transfers []*planned
}

// plan is a file ready to be sent.
type plan struct {
	message     *iso20022.Message
	operator    access.Operator
	instruction []byte // keyed digest of the MsgId
	transfers   []*planned
	batches     []batch
	directory   directory
}

// scopeOf is what an operator's message ids are unique in.
func scopeOf(operator access.Operator) string {
	if operator.PartyId != "" {
		return operator.PartyId
	}
	return operator.InstitutionId
}

// plan resolves the accounts of a message and cuts it into batches.
func (g *Gateway) plan(ctx context.Context, message *iso20022.Message, mode settlement.BatchMode) (*plan, error) {
	operator, err := g.chain.Operator(ctx)
	if err != nil {
		return nil, fmt.Errorf("operator: %w", err)
	}
	institutions, err := g.chain.Institutions(ctx)
	if err != nil {
		return nil, fmt.Errorf("institutions: %w", err)
	}
	p := &plan{
		message: message, operator: operator,
		instruction: g.key.Message(scopeOf(operator), message.MessageID),
		directory:   directory{institutions},
	}
	for i := range message.Instructions {
		for j := range message.Instructions[i].Transfers {
			t := &planned{transfer: &message.Instructions[i].Transfers[j], instruction: i}
			if r := t.transfer.Refusal; r != nil {
				t.refusal = &refusal{r.Reason, r.Text}
			}
			p.transfers = append(p.transfers, t)
		}
	}
	if err := g.resolveDebtors(ctx, p); err != nil {
		return nil, fmt.Errorf("debtor accounts: %w", err)
	}
	if err := g.resolveCreditors(ctx, p); err != nil {
		return nil, fmt.Errorf("creditor accounts: %w", err)
	}
	if err := g.identify(p); err != nil {
		return nil, err
	}
	p.refuseRepetitions()
	p.cut(mode)
	return p, nil
}

// wanted is an account that a file names, on its way to the chain.
type wanted struct {
	digest []byte
	bank   *refusal // the bank is not known, so no number of it can be
	// keeper is the institution that the account must be at; empty if the file leaves that open.
	keeper string
}

// at refuses an account that another bank than the named one keeps: references are registered by
// banks, and one may have claimed a number that is not its own.
func (w wanted) at(account *settlement.Account) *settlement.Account {
	if account != nil && w.keeper != "" && account.InstitutionId != w.keeper {
		return nil
	}
	return account
}

func (g *Gateway) want(p *plan, account iso20022.Account, agent iso20022.Agent, institutionID, unknownBank string) wanted {
	keeper := ""
	if named(agent) {
		found, ok := p.directory.find(agent)
		if !ok {
			return wanted{bank: &refusal{unknownBank, "the bank is not a member of this network, or its identifiers name different members"}}
		}
		keeper = found
	}
	if account.IBAN != "" {
		// An IBAN is unique in the world, so a file need not name the bank beside it.
		return wanted{digest: g.key.IBAN(account.IBAN), keeper: keeper}
	}
	if keeper == "" {
		keeper = institutionID
	}
	return wanted{digest: g.key.Other(keeper, account.Other), keeper: keeper}
}

// resolve asks the chain for digests, each once, in portions.
func (g *Gateway) resolve(ctx context.Context, all []wanted) (map[string]*settlement.Account, error) {
	found := map[string]*settlement.Account{}
	var digests [][]byte
	for _, w := range all {
		if w.bank != nil {
			continue
		}
		if _, known := found[string(w.digest)]; !known {
			found[string(w.digest)] = nil
			digests = append(digests, w.digest)
		}
	}
	for len(digests) > 0 {
		portion := digests[:min(len(digests), settlement.ResolveReferencesMax)]
		digests = digests[len(portion):]
		accounts, err := g.chain.Resolve(ctx, portion)
		if err != nil {
			return nil, err
		}
		for i, account := range accounts {
			found[string(portion[i])] = account
		}
	}
	return found, nil
}

func (g *Gateway) resolveDebtors(ctx context.Context, p *plan) error {
	wants := make([]wanted, len(p.message.Instructions))
	for i, instruction := range p.message.Instructions {
		wants[i] = g.want(p, instruction.DebtorAccount, instruction.DebtorAgent, p.operator.InstitutionId, reasonDebtorBank)
	}
	found, err := g.resolve(ctx, wants)
	if err != nil {
		return err
	}
	for _, t := range p.transfers {
		w := wants[t.instruction]
		t.debtor = w.at(found[string(w.digest)])
		switch {
		case t.debtor != nil || t.refusal != nil:
		case w.bank != nil:
			t.refusal = w.bank
		default:
			t.refusal = &refusal{settlement.ReasonDebtorUnknown, "no account of this network has the debtor's account number"}
		}
	}
	return nil
}

func (g *Gateway) resolveCreditors(ctx context.Context, p *plan) error {
	wants := make([]wanted, len(p.transfers))
	for i, t := range p.transfers {
		if t.refusal != nil {
			wants[i].bank = t.refusal // nothing to ask for
			continue
		}
		wants[i] = g.want(p, t.transfer.CreditorAccount, t.transfer.CreditorAgent, t.debtor.InstitutionId, reasonCreditorBank)
	}
	found, err := g.resolve(ctx, wants)
	if err != nil {
		return err
	}
	for i, t := range p.transfers {
		if t.refusal != nil {
			continue
		}
		if t.creditor = wants[i].at(found[string(wants[i].digest)]); t.creditor != nil {
			t.creditorAddress = t.creditor.Address
			continue
		}
		t.doubt = wants[i].bank
		if t.doubt == nil {
			t.doubt = &refusal{settlement.ReasonCreditorUnknown, "no account of this network has the creditor's account number"}
		}
		if t.creditorAddress, err = g.unassigned(t.transfer.CreditorAccount, t.transfer.CreditorAgent); err != nil {
			return err
		}
	}
	return nil
}

// unassigned is an address that stands for an account that nobody has. It depends on what the file
// says only, and no account can be opened at it.
func (g *Gateway) unassigned(account iso20022.Account, agent iso20022.Agent) (string, error) {
	scope := unassignedDomain + strings.Join([]string{agent.BIC, agent.ClearingSystem, agent.MemberID, agent.LEI, agent.Name}, "\x00")
	return g.addresses.BytesToString(g.key.Other(scope, account.Number())[:settlement.AddressLength])
}

// identify gives each transfer the ids under which the chain will know it.
func (g *Gateway) identify(p *plan) error {
	for _, t := range p.transfers {
		if t.refusal != nil {
			continue
		}
		debtor, err := g.addresses.StringToBytes(t.debtor.Address)
		if err != nil {
			return fmt.Errorf("debtor address from the chain: %w", err)
		}
		t.digest = g.key.EndToEnd(debtor, p.endToEndID(t))
		t.uetr = t.transfer.UETR
		if t.uetr == "" {
			t.uetr = settlement.DeriveUETR(debtor, t.digest)
		}
	}
	return nil
}

// endToEndID is the sender's id. Where the sender gave none, the place in the file stands for it: XML
// holds no zero byte, so this cannot be any sender's id. It does not depend on who hands the file in,
// or the customer and its bank could each have it paid.
func (p *plan) endToEndID(t *planned) string {
	if t.transfer.HasEndToEndID() {
		return t.transfer.EndToEndID
	}
	return strings.Join([]string{
		"", hex.EncodeToString(p.message.Digest[:]), p.message.Instructions[t.instruction].ID, strconv.Itoa(t.transfer.Index),
	}, "\x00")
}

// refuseRepetitions keeps a second transfer with the ids of a first one from being sent: the chain
// would take it for a retry and report one payment twice.
func (p *plan) refuseRepetitions() {
	seenUETR := map[string]bool{}
	seenID := map[string]bool{}
	for _, t := range p.transfers {
		if t.refusal != nil {
			continue
		}
		id := t.debtor.Address + string(t.digest)
		switch {
		case seenID[id]:
			t.refusal = &refusal{settlement.ReasonDuplicateEndToEnd, "the end-to-end id stands in this file twice for one debtor account"}
		case seenUETR[t.uetr]:
			t.refusal = &refusal{settlement.ReasonDuplicateUETR, "the UETR stands in this file twice"}
		}
		seenID[id], seenUETR[t.uetr] = true, true
	}
}

// cut groups by debtor account and currency in the order of first appearance, and cuts groups into
// batches that one message takes.
func (p *plan) cut(mode settlement.BatchMode) {
	type group struct{ debtor, currency string }
	var order []group
	members := map[group][]*planned{}
	for _, t := range p.transfers {
		if t.debtor == nil {
			continue
		}
		g := group{t.debtor.Address, t.transfer.Amount.Currency}
		if members[g] == nil {
			order = append(order, g)
		}
		members[g] = append(members[g], t)
	}
	for _, g := range order {
		if mode == settlement.AllOrNothing {
			refuseTogether(members[g])
		}
		sendable := sendableOf(members[g])
		for len(sendable) > 0 {
			portion := sendable[:min(len(sendable), settlement.TransfersPerBatchMax)]
			sendable = sendable[len(portion):]
			p.batches = append(p.batches, batch{debtor: portion[0].debtor, currency: g.currency, transfers: portion})
		}
	}
}

// refuseTogether applies all-or-nothing to what is known before sending.
func refuseTogether(members []*planned) {
	sendable := sendableOf(members)
	var because *refusal
	switch {
	case len(sendable) < len(members):
		because = &refusal{settlement.ReasonSettlementFailed, "another transfer was refused, and all were to settle or none"}
	case len(members) > settlement.TransfersPerBatchMax:
		because = &refusal{settlement.ReasonNarrative, fmt.Sprintf(
			"all or nothing is possible for at most %d transfers of one debtor account and currency", settlement.TransfersPerBatchMax)}
	default:
		return
	}
	for _, t := range sendable {
		t.refusal = because
	}
}

func sendableOf(members []*planned) []*planned {
	var out []*planned
	for _, t := range members {
		if t.refusal == nil {
			out = append(out, t)
		}
	}
	return out
}

// messageOf is the batch as the chain takes it. A UETR goes along only if the sender gave one: a
// derived one costs the chain a write less.
func (p *plan) messageOf(b batch, mode settlement.BatchMode) *settlement.MsgPayBatch {
	msg := &settlement.MsgPayBatch{
		Operator:          p.operator.Address,
		Debtor:            b.debtor.Address,
		Currency:          b.currency,
		Mode:              mode,
		InstructionDigest: p.instruction,
		ContentDigest:     bytes.Clone(p.message.Digest[:]),
	}
	for _, t := range b.transfers {
		msg.Transfers = append(msg.Transfers, settlement.Transfer{
			Uetr: t.transfer.UETR, Creditor: t.creditorAddress, Amount: t.transfer.Amount.Minor, EndToEndDigest: t.digest,
			Details: t.details,
		})
	}
	msg.DetailsGroups = b.groups()
	return msg
}
