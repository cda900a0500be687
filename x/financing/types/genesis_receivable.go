package types

import "bytes"

func (gs GenesisState) receivable(id uint64) (Receivable, bool) {
	low, high := 0, len(gs.Receivables)
	for low < high {
		middle := (low + high) / 2
		if gs.Receivables[middle].Id < id {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(gs.Receivables) && gs.Receivables[low].Id == id {
		return gs.Receivables[low], true
	}
	return Receivable{}, false
}

func (gs GenesisState) validateReceivables() error {
	var last uint64
	for _, receivable := range gs.Receivables {
		if receivable.Id <= last || receivable.Id >= gs.NextReceivableId {
			return ErrInvalidGenesis.Wrapf("receivable %d comes after %d, and the next is to be %d", receivable.Id, last, gs.NextReceivableId)
		}
		last = receivable.Id
		if err := receivable.validate(gs.Params); err != nil {
			return ErrInvalidGenesis.Wrapf("receivable %d: %s", receivable.Id, err)
		}
	}
	return nil
}

// validate checks a stored receivable alone.
func (r Receivable) validate(params Params) error {
	if _, known := ReceivableStatus_name[int32(r.Status)]; !known || r.Status == ReceivableNone {
		return ErrReceivableTransition.Wrapf("status %d is unknown", r.Status)
	}
	if r.Supplier == "" || r.Debtor == "" || r.Supplier == r.Debtor {
		return ErrSameParty
	}
	if err := CheckUnits(r.Amount); err != nil {
		return err
	}
	if err := CheckParts(r.Parts, r.Amount); err != nil {
		return err
	}
	if r.Unpaid.IsNil() || r.Unpaid.IsNegative() || r.Unpaid.GT(r.Amount) || r.Unpaid.IsPositive() != r.HasUnits() || (r.Holders > 0) != r.HasUnits() {
		return ErrUnitsInvalid.Wrapf("%s are unpaid of %s, with %d holders, and it is %s", r.Unpaid, r.Amount, r.Holders, r.Status)
	}
	if r.Reduced.IsNil() || r.Reduced.IsNegative() || r.Unpaid.Add(r.Reduced).GT(r.Amount) {
		return ErrUnitsInvalid.Wrapf("%s are unpaid of %s, of which a ruling took off %s", r.Unpaid, r.Amount, r.Reduced)
	}
	if r.DueAt.Unix() != int64(r.DueDay)*int64(params.BusinessDaySeconds) {
		return ErrTerm.Wrapf("day %d does not begin at %s", r.DueDay, r.DueAt)
	}
	wasConfirmed := r.HasUnits() || r.Status == ReceivableSettled
	if r.ConfirmedAt.IsZero() == wasConfirmed || r.EndedAt.IsZero() == r.HasEnded() || (r.NextAt == 0) != (r.Status == ReceivableDefaulted) {
		return ErrReceivableTransition.Wrapf("its times contradict its status %s", r.Status)
	}
	return nil
}

func (gs GenesisState) validateHolders() error {
	count := make(map[uint64]uint32, len(gs.Receivables))
	for i, holder := range gs.Holders {
		if receivable, known := gs.receivable(holder.ReceivableId); !known || !receivable.HasUnits() || holder.Account == "" {
			return ErrInvalidGenesis.Wrapf("holder %s of receivable %d, which has no units", holder.Account, holder.ReceivableId)
		}
		if i > 0 && gs.Holders[i-1] == holder {
			return ErrInvalidGenesis.Wrapf("holder %s of receivable %d is listed twice", holder.Account, holder.ReceivableId)
		}
		count[holder.ReceivableId]++
	}
	for _, receivable := range gs.Receivables {
		if n := count[receivable.Id]; n != receivable.Holders || n > MaxHolders {
			return ErrInvalidGenesis.Wrapf("receivable %d has %d holders, and %d are listed", receivable.Id, receivable.Holders, n)
		}
	}
	return nil
}

func (gs GenesisState) validateSecurities() error {
	holds := make(map[Holder]bool, len(gs.Holders))
	for _, holder := range gs.Holders {
		holds[holder] = true
	}
	var last uint64
	for _, security := range gs.Securities {
		if security.Id <= last || security.Id >= gs.NextSecurityId {
			return ErrInvalidGenesis.Wrapf("security %d comes after %d, and the next is to be %d", security.Id, last, gs.NextSecurityId)
		}
		last = security.Id
		if err := CheckUnits(security.Units); err != nil {
			return ErrInvalidGenesis.Wrapf("security %d: %s", security.Id, err)
		}
		if !holds[Holder{ReceivableId: security.ReceivableId, Account: security.Creditor}] || security.Secured == "" || security.Secured == security.Creditor {
			return ErrInvalidGenesis.Wrapf("security %d is of no holder of receivable %d, or for nobody else", security.Id, security.ReceivableId)
		}
	}
	return nil
}

func (gs GenesisState) validateRecourses() error {
	for _, recourse := range gs.Recourses {
		receivable, known := gs.receivable(recourse.ReceivableId)
		if !known || !receivable.HasUnits() || recourse.Creditor == recourse.Seller {
			return ErrInvalidGenesis.Wrapf("recourse of %s for receivable %d, which has no units", recourse.Creditor, recourse.ReceivableId)
		}
		if err := CheckUnits(recourse.Units); err != nil {
			return ErrInvalidGenesis.Wrapf("recourse of %s: %s", recourse.Creditor, err)
		}
	}
	return nil
}

func (gs GenesisState) validateInvoices() error {
	live := map[string]uint32{} // receivables that have not ended, by digest
	for _, receivable := range gs.Receivables {
		for _, part := range receivable.Parts {
			if !receivable.HasEnded() {
				live[string(part.Digest)]++
			}
		}
	}
	for i, invoice := range gs.Invoices {
		if i > 0 && bytes.Compare(gs.Invoices[i-1].Digest, invoice.Digest) >= 0 {
			return ErrInvalidGenesis.Wrapf("invoice %x is repeated or not in order", invoice.Digest)
		}
		if err := invoice.validate(live[string(invoice.Digest)]); err != nil {
			return err
		}
		delete(live, string(invoice.Digest))
	}
	if len(live) > 0 {
		return ErrInvalidGenesis.Wrapf("receivables take of %d invoices that are not there", len(live))
	}
	return nil
}

// validate checks an invoice with the number of receivables that take of it and have not ended. No more is taken
// of it than there is.
func (i Invoice) validate(live uint32) error {
	if len(i.Digest) != DigestLength || len(i.NearDigest) != DigestLength {
		return ErrInvalidGenesis.Wrapf("invoice %x: digests of %d bytes are needed", i.Digest, DigestLength)
	}
	if err := CheckUnits(i.Amount); err != nil {
		return ErrInvalidGenesis.Wrapf("invoice %x: %s", i.Digest, err)
	}
	if i.Taken.IsNil() || i.Taken.IsNegative() || i.Taken.GT(i.Amount) {
		return ErrInvalidGenesis.Wrapf("invoice %x: %s are taken of %s", i.Digest, i.Taken, i.Amount)
	}
	if i.Receivables != live || (live > 0) != i.ForgetAt.IsZero() {
		return ErrInvalidGenesis.Wrapf("invoice %x: %d receivables take of it, and %d are counted", i.Digest, live, i.Receivables)
	}
	return nil
}

func (gs GenesisState) validateRegistrations() error {
	for i, registration := range gs.Registrations {
		if i > 0 && gs.Registrations[i-1].Number >= registration.Number {
			return ErrInvalidGenesis.Wrapf("registration %s is repeated or not in order", registration.Number)
		}
		if _, known := gs.receivable(registration.ReceivableId); !known || registration.Number == "" {
			return ErrInvalidGenesis.Wrapf("registration %q is about receivable %d, which does not exist", registration.Number, registration.ReceivableId)
		}
		if err := CheckRegistration(registration.Number); err != nil {
			return ErrInvalidGenesis.Wrap(err.Error())
		}
	}
	return nil
}
