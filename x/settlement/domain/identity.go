package domain

import (
	"bytes"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// Line is a transfer with the names of its payment as keys.
type Line struct {
	types.Transfer
	// Stated is the UETR that the transfer gives; it counts only if HasStated.
	Stated    types.PaymentID
	HasStated bool
	// Derived stands for debtor and end-to-end id, and is the payment's UETR if none is stated.
	Derived types.PaymentID
}

// Lines gives each transfer its names. The debtor is the account's address in bytes.
func Lines(debtor []byte, transfers []types.Transfer) ([]Line, error) {
	lines := make([]Line, len(transfers))
	for i, transfer := range transfers {
		line := Line{Transfer: transfer, Derived: types.DerivePaymentID(debtor, transfer.EndToEndDigest)}
		if transfer.Uetr != "" {
			id, err := types.ParseUETR(transfer.Uetr)
			if err != nil {
				return nil, err
			}
			if id.IsDerived() && id != line.Derived {
				return nil, types.ErrUETRInvalid.Wrapf("%s: the beginning is kept for derived ones", transfer.Uetr)
			}
			line.Stated, line.HasStated = id, true
		}
		lines[i] = line
	}
	return lines, nil
}

// identity is what the names of a line say about it.
type identity struct {
	id     types.PaymentID
	stored *types.Payment // the payment that the names belong to already, if any
	// replay: the line repeats the stored payment, whose result is the answer.
	replay bool
	// refusal: a name belongs to another payment.
	refusal error
}

// supersedes tells the id of the stored payment if the line stores its own under another.
func (d identity) supersedes() (types.PaymentID, bool) {
	if d.stored == nil {
		return types.PaymentID{}, false
	}
	// A stored UETR was checked when it was stored; one that does not parse would not be found again.
	id, err := types.ParseUETR(d.stored.Uetr)
	return id, err == nil && id != d.id
}

// names are those that earlier lines of the same batch have used. A twin inside a batch is a mistake of
// whoever made the file, never a retry, so it is refused even if it is equal.
type names struct {
	ids     map[types.PaymentID]bool
	derived map[types.PaymentID]bool
}

func newNames(count int) names {
	return names{make(map[types.PaymentID]bool, count), make(map[types.PaymentID]bool, count)}
}

func (n names) add(line Line, who identity) {
	n.ids[who.id] = true
	n.derived[line.Derived] = true
	if old, renamed := who.supersedes(); renamed {
		n.ids[old] = true
	}
}

// identify finds out whether a line is new, repeats a payment, tries a rejected one again, or uses the
// name of another payment.
func identify(b Batch, f Facts, line Line, used names) identity {
	if line.HasStated && used.ids[line.Stated] {
		return identity{id: line.Stated, refusal: types.ErrDuplicateUETR.Wrap("used twice in this batch")}
	}
	if used.derived[line.Derived] {
		return identity{id: line.ownID(), refusal: types.ErrDuplicateEndToEnd.Wrap("used twice in this batch")}
	}
	if line.HasStated {
		return identifyStated(b, f, line)
	}
	return identifyDerived(b, f, line, used)
}

// ownID is the id under which the line's payment stands if it is the first of its names.
func (l Line) ownID() types.PaymentID {
	if l.HasStated {
		return l.Stated
	}
	return l.Derived
}

func identifyStated(b Batch, f Facts, line Line) identity {
	if stored, exists := f.Payments[line.Stated]; exists {
		return meet(b, line, line.Stated, stored, types.ErrDuplicateUETR.Wrap(line.Uetr))
	}
	stored, exists := f.paymentOf(b, line)
	if !exists {
		return identity{id: line.Stated}
	}
	if mayTryAgain(b, stored) {
		return identity{id: line.Stated, stored: &stored}
	}
	return identity{id: line.Stated, refusal: types.ErrDuplicateEndToEnd.Wrapf("payment %s", stored.Uetr)}
}

func identifyDerived(b Batch, f Facts, line Line, used names) identity {
	id := f.idOf(line.Derived)
	if stored, exists := f.paymentOf(b, line); exists {
		return meet(b, line, id, stored, types.ErrDuplicateEndToEnd.Wrapf("payment %s", stored.Uetr))
	}
	// Somebody stated the very UETR that is derived here: it names their payment.
	if _, taken := f.Payments[id]; taken || used.ids[id] {
		return identity{id: id, refusal: types.ErrDuplicateUETR.Wrap(id.UETR())}
	}
	return identity{id: id}
}

// meet compares a line with the stored payment of its name.
func meet(b Batch, line Line, id types.PaymentID, stored types.Payment, refusal error) identity {
	switch {
	case !sameNames(b, line, stored):
		return identity{id: id, refusal: refusal}
	case isRepeat(b, line, stored):
		return identity{id: id, stored: &stored, replay: true}
	case mayTryAgain(b, stored):
		return identity{id: id, stored: &stored}
	}
	return identity{id: id, refusal: refusal}
}

func sameNames(b Batch, line Line, stored types.Payment) bool {
	return stored.Debtor == b.Debtor && bytes.Equal(stored.EndToEndDigest, line.EndToEndDigest)
}

// isRepeat tells a retry of the same instruction. A rejected single payment leaves nothing in state, so
// a single payment never repeats a rejection: it was made to try again.
func isRepeat(b Batch, line Line, stored types.Payment) bool {
	if b.Single && stored.Status == types.PaymentRejected {
		return false
	}
	original, _ := b.Return.names()
	return stored.ReturnOf == original &&
		stored.Creditor == line.Creditor &&
		stored.Currency == b.Currency &&
		stored.Amount.Equal(line.Amount) &&
		bytes.Equal(stored.InstructionDigest, b.InstructionDigest)
}

// mayTryAgain lets a new instruction have a rejected payment decided anew. Without a file behind the
// batch nothing says that it is the same instruction, so it is a new one.
func mayTryAgain(b Batch, stored types.Payment) bool {
	if stored.Status != types.PaymentRejected {
		return false
	}
	return len(b.InstructionDigest) == 0 || !bytes.Equal(stored.InstructionDigest, b.InstructionDigest)
}
