package types

import (
	"crypto/sha256"
	"encoding/binary"

	"cosmossdk.io/math"
)

// Validate checks the message alone.
func (m *MsgRepayLoan) Validate() error { return checkSum(m.Amount) }

// checkSum refuses what cannot move.
func checkSum(amount math.Int) error {
	if amount.IsNil() || !amount.IsPositive() || amount.GT(MaxPrincipal()) {
		return ErrInvalidLoan.Wrapf("amount %s: 1 to %s minor units are needed", amount, MaxPrincipal())
	}
	return nil
}

// LoanPayment is why money of a loan moves; its payments are named by it.
type LoanPayment string

// Why money of a loan moves.
const (
	PayDraw     LoanPayment = "draw"
	PayLoan     LoanPayment = "repayment"
	PayReversal LoanPayment = "reversal"
)

// Digest names a payment of a loan, or a draw of a facility, by its number; 32 bytes.
func (p LoanPayment) Digest(of uint64, number uint32) []byte {
	name := binary.BigEndian.AppendUint64([]byte("zhilian/"+ModuleName+"/loan/"+string(p)+"/"), of)
	digest := sha256.Sum256(binary.BigEndian.AppendUint32(name, number))
	return digest[:]
}
