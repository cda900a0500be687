package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

// Notifications writes a camt.054 for every account that the settled transfers of a file moved:
// debtors first, then creditors, each in the order of the file. A duplicate moved nothing.
func (g *Gateway) Notifications(ctx context.Context, o *Outcome) ([]Document, error) {
	if o.Rejection != nil || o.Duplicate {
		return nil, nil
	}
	times, err := g.blockTimes(ctx, o)
	if err != nil {
		return nil, err
	}
	var documents []Document
	for _, a := range o.touched(times) {
		number := len(documents) + 1
		part := fmt.Sprint(number)
		header := g.header(o, "NT", part)
		content, err := report.Notification(report.AccountNotification{
			Header: header, ID: messageID("N", o.contentDigest[:], header.CreatedAt, part),
			Account: a.detail, Entries: a.entries,
		})
		if err != nil {
			return documents, fmt.Errorf("notification %d: %w", number, err)
		}
		documents = append(documents, Document{
			Kind: report.Camt054V08, Name: documentName(report.Camt054V08, o.contentDigest[:], number), Content: content,
		})
	}
	return documents, nil
}

// touchedAccount is an account and what was booked on it.
type touchedAccount struct {
	detail  report.AccountDetail
	entries []report.Entry
}

func (o *Outcome) touched(times map[int64]time.Time) []*touchedAccount {
	var order []*touchedAccount
	index := map[string]*touchedAccount{}
	account := func(address string, detail report.AccountDetail) *touchedAccount {
		if index[address] == nil {
			index[address] = &touchedAccount{detail: detail}
			order = append(order, index[address])
		}
		return index[address]
	}
	batches := map[int]int{} // instruction booked as a batch → its entry
	for _, t := range o.Transfers {
		if t.Status != report.Settled {
			continue
		}
		instruction := o.Message.Instructions[t.Instruction]
		debtor := account(t.Debtor, report.AccountDetail{
			Account: accountOf(instruction.DebtorAccount), Owner: partyOf(instruction.Debtor),
			Servicer: o.servicer(t.debtor.InstitutionId),
		})
		entry := o.entry(t, report.Debit, times)
		if instruction.BatchBooking == nil || !*instruction.BatchBooking {
			debtor.entries = append(debtor.entries, entry)
			continue
		}
		at, begun := batches[t.Instruction]
		if begun && debtor.entries[at].Amount.Currency == entry.Amount.Currency {
			booked := &debtor.entries[at]
			booked.Amount.Minor = booked.Amount.Minor.Add(entry.Amount.Minor)
			booked.Details = append(booked.Details, entry.Details...)
			continue
		}
		entry.Batch = &report.Batch{MessageID: o.Message.MessageID, PaymentInfoID: instruction.ID}
		batches[t.Instruction] = len(debtor.entries)
		debtor.entries = append(debtor.entries, entry)
	}
	for _, t := range o.Transfers {
		if t.Status != report.Settled {
			continue
		}
		creditor := account(t.Creditor, report.AccountDetail{
			Account: accountOf(t.Transfer.CreditorAccount), Owner: partyOf(t.Transfer.Creditor),
			Servicer: o.servicer(t.creditor.InstitutionId),
		})
		creditor.entries = append(creditor.entries, o.entry(t, report.Credit, times))
	}
	return order
}

// Known tells a statement what the file says of its settled payments, by UETR.
func (o *Outcome) Known() map[string]KnownPayment {
	known := map[string]KnownPayment{}
	if o.Rejection != nil {
		return known
	}
	for _, t := range o.Transfers {
		if t.Status != report.Settled {
			continue
		}
		payment := KnownPayment{Detail: o.detail(t)}
		instruction := o.Message.Instructions[t.Instruction]
		if instruction.BatchBooking != nil && *instruction.BatchBooking {
			payment.Batch = &report.Batch{MessageID: o.Message.MessageID, PaymentInfoID: instruction.ID}
		}
		known[t.UETR] = payment
	}
	return known
}

func (o *Outcome) servicer(institutionID string) report.Agent {
	institution, found := o.plan.directory.institution(institutionID)
	if !found {
		return report.Agent{ClearingSystem: clearingZhilian, MemberID: institutionID}
	}
	agent := report.Agent{BIC: institution.Bic, LEI: institution.Lei, Name: institution.Name}
	if institution.Cnaps != "" {
		agent.ClearingSystem, agent.MemberID = clearingCNAPS, institution.Cnaps
	}
	return agent
}

func (o *Outcome) entry(t TransferOutcome, direction report.Direction, times map[int64]time.Time) report.Entry {
	bookedAt := times[t.Height]
	amount := t.Transfer.Amount
	return report.Entry{
		Reference: fmt.Sprintf("%d-%d", t.Height, t.Transfer.Index+1),
		Amount:    report.Amount{Currency: amount.Currency, Minor: amount.Minor},
		Direction: direction, BookedAt: bookedAt, ValueDate: bookedAt.In(networkZone),
		Code:    o.code(t, direction),
		Details: []report.EntryDetail{o.detail(t)},
	}
}

func (o *Outcome) detail(t TransferOutcome) report.EntryDetail {
	instruction := o.Message.Instructions[t.Instruction]
	return report.EntryDetail{
		MessageID: o.Message.MessageID, PaymentInfoID: instruction.ID,
		InstructionID: t.Transfer.InstructionID, EndToEndID: t.Transfer.EndToEndID, UETR: t.UETR,
		TransactionID: t.Transfer.TransactionID, Amount: t.Transfer.Amount.Minor,
		Debtor: partyOf(instruction.Debtor), DebtorAccount: accountOf(instruction.DebtorAccount),
		Creditor: partyOf(t.Transfer.Creditor), CreditorAccount: accountOf(t.Transfer.CreditorAccount),
		DebtorAgent: o.servicer(t.debtor.InstitutionId), CreditorAgent: o.servicer(t.creditor.InstitutionId),
		Purpose: purposeCode(t.Transfer), Remittance: t.Transfer.Remittance,
	}
}

func (o *Outcome) code(t TransferOutcome, direction report.Direction) report.TransactionCode {
	within := t.debtor.InstitutionId == t.creditor.InstitutionId
	switch {
	case within && direction == report.Debit:
		return report.IssuedBook
	case within:
		return report.ReceivedBook
	case direction == report.Debit:
		return report.IssuedTransfer
	}
	return report.ReceivedTransfer
}

// purposeCode passes a code on; a proprietary purpose has no place in a notification.
func purposeCode(t *iso20022.Transfer) string {
	if len(t.Purpose) == 0 || len(t.Purpose) > 4 {
		return ""
	}
	for _, r := range t.Purpose {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return ""
		}
	}
	return t.Purpose
}
