package domain

import "github.com/zhilian-network/zhilian/x/settlement/types"

// Event is a typed event: a generated message.
type Event interface {
	Reset()
	String() string
	ProtoMessage()
}

func buildPlan(b Batch, f Facts, outcomes []outcome) (Plan, error) {
	plan := Plan{Results: make([]types.TransferResult, 0, len(outcomes)), Instruction: markFile(b, f)}
	net := newNetting()
	for i, o := range outcomes {
		if err := plan.add(b, f, b.Lines[i], o); err != nil {
			return Plan{}, err
		}
		if o.settles() {
			net.add(f.Debtor, o.creditor, b.Currency, b.Lines[i].Amount)
			if b.Trade {
				plan.Settled = append(plan.Settled, types.SettledPayment{
					Debtor: f.Debtor.Owner(), Creditor: o.creditor.Owner(), Currency: b.Currency, Amount: b.Lines[i].Amount, Return: b.Return != nil,
				})
			}
		}
	}
	plan.Posting = net.posting()
	return plan, nil
}

// markFile remembers the file behind the batch. A refused file is remembered too: its results are stored,
// and the same message id must go on naming the same content.
func markFile(b Batch, f Facts) *types.Instruction {
	if len(b.InstructionDigest) == 0 || f.ContentDigest != nil {
		return nil
	}
	return &types.Instruction{Digest: types.FileKey(b.Debtor, b.InstructionDigest), ContentDigest: b.ContentDigest}
}

func (o outcome) settles() bool { return o.stored && o.refusal == nil }

// add writes one outcome into the plan.
func (p *Plan) add(b Batch, f Facts, line Line, o outcome) error {
	if o.refusal != nil && p.refusal == nil {
		p.refusal = o.refusal
	}
	if o.replay {
		p.Results = append(p.Results, replayed(*o.identity.stored))
		return nil
	}
	payment, err := o.payment(b, f, line)
	if err != nil {
		return err
	}
	p.Results = append(p.Results, o.result(payment))
	p.Events = append(p.Events, o.event(b, f, payment))
	if b.Return != nil && o.settles() {
		p.note(b, payment)
	}
	if b.DetailsApart && len(payment.DetailsDigest) > 0 {
		if err := p.publish(b, payment.Uetr, line); err != nil {
			return err
		}
	}
	if o.stored {
		p.Payments = append(p.Payments, StoredPayment{o.id, payment})
		p.rename(f, line, o)
	}
	return nil
}

// detailsDigest is kept of what settles: the details of what is rejected concern nobody but its payer.
func (o outcome) detailsDigest(line Line) []byte {
	if line.Details == nil || !o.settles() {
		return nil
	}
	return line.Details.Digest
}

// publish tells the sealed details of a settled payment that no transaction of its block has. The keys of a
// group are told once, with the first that is sealed for it.
func (p *Plan) publish(b Batch, uetr string, line Line) error {
	details, err := line.Details.Marshal()
	if err != nil {
		return err
	}
	event := &types.EventPaymentDetails{Uetr: uetr, Details: details}
	for _, commitment := range line.Details.Groups() {
		group, err := p.tell(b, commitment)
		if err != nil {
			return err
		}
		if group != nil {
			event.Groups = append(event.Groups, group)
		}
	}
	p.Events = append(p.Events, event)
	return nil
}

// tell is the encoded keys of a group that came with the batch and were not told yet; nil otherwise.
func (p *Plan) tell(b Batch, commitment []byte) ([]byte, error) {
	if p.untold == nil {
		p.untold = make(map[string]int, len(b.DetailsGroups))
		for i := range b.DetailsGroups {
			p.untold[string(b.DetailsGroups[i].Commitment)] = i
		}
	}
	i, there := p.untold[string(commitment)]
	if !there {
		return nil, nil
	}
	delete(p.untold, string(commitment))
	return b.DetailsGroups[i].Marshal()
}

// rename keeps the second name of a payment right: one stored payment of a debtor and end-to-end id, and
// a name from the derived id only where the payment stands under another.
func (p *Plan) rename(f Facts, line Line, o outcome) {
	if old, superseded := o.supersedes(); superseded {
		p.Removed = append(p.Removed, old)
	}
	current, named := f.Names[line.Derived]
	switch {
	case o.id == line.Derived && named:
		p.RemovedNames = append(p.RemovedNames, line.Derived)
	case o.id != line.Derived && (!named || current != o.id):
		p.Names = append(p.Names, Name{line.Derived, o.id})
	}
}

// payment is the payment in its new status. For a refused duplicate it exists in result and event only.
func (o outcome) payment(b Batch, f Facts, line Line) (types.Payment, error) {
	status, err := o.status()
	if err != nil {
		return types.Payment{}, err
	}
	original, why := b.Return.names()
	return types.Payment{
		Uetr:              o.id.UETR(),
		Debtor:            b.Debtor,
		Creditor:          line.Creditor,
		Currency:          b.Currency,
		Amount:            line.Amount,
		EndToEndDigest:    line.EndToEndDigest,
		InstructionDigest: b.InstructionDigest,
		Status:            status,
		Reason:            types.ISOReason(o.refusal),
		Height:            f.Height,
		DecidedAt:         f.Time,
		DetailsDigest:     o.detailsDigest(line),
		ReturnOf:          original,
		ReturnReason:      why,
	}, nil
}

// status takes the payment through its state machine: received, then settled or rejected.
func (o outcome) status() (types.PaymentStatus, error) {
	before := types.PaymentNone
	if o.identity.stored != nil {
		before = o.identity.stored.Status
	}
	received, err := NextPaymentStatus(before, Receive)
	if err != nil {
		return before, err
	}
	if o.refusal != nil {
		return NextPaymentStatus(received, Reject)
	}
	return NextPaymentStatus(received, Settle)
}

func (o outcome) result(payment types.Payment) types.TransferResult {
	result := types.TransferResult{
		Uetr: payment.Uetr, Status: payment.Status, Reason: payment.Reason, Height: payment.Height,
	}
	if o.refusal != nil {
		result.Explanation = o.refusal.Error()
	}
	return result
}

func replayed(stored types.Payment) types.TransferResult {
	result := types.TransferResult{
		Uetr: stored.Uetr, Status: stored.Status, Reason: stored.Reason, Height: stored.Height, Replayed: true,
	}
	if err := rejectionOf(stored); err != nil {
		result.Explanation = err.Error()
	}
	return result
}

func (o outcome) event(b Batch, f Facts, payment types.Payment) Event {
	if o.refusal != nil {
		return o.rejected(b, payment)
	}
	return &types.EventPaymentSettled{
		Uetr:                payment.Uetr,
		Debtor:              payment.Debtor,
		DebtorInstitution:   f.Debtor.InstitutionId,
		Creditor:            payment.Creditor,
		CreditorInstitution: o.creditor.InstitutionId,
		Currency:            payment.Currency,
		Amount:              payment.Amount,
		EndToEndDigest:      payment.EndToEndDigest,
		InstructionDigest:   payment.InstructionDigest,
		DetailsDigest:       payment.DetailsDigest,
		Operator:            b.Operator,
		OldStatus:           types.PaymentReceived,
		NewStatus:           payment.Status,
	}
}

func (o outcome) rejected(b Batch, payment types.Payment) Event {
	return &types.EventPaymentRejected{
		Uetr:              payment.Uetr,
		Debtor:            payment.Debtor,
		Creditor:          payment.Creditor,
		Currency:          payment.Currency,
		Amount:            payment.Amount,
		EndToEndDigest:    payment.EndToEndDigest,
		InstructionDigest: payment.InstructionDigest,
		Operator:          b.Operator,
		OldStatus:         types.PaymentReceived,
		NewStatus:         payment.Status,
		Reason:            payment.Reason,
		Stored:            o.stored,
	}
}
