package types

import (
	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"
)

// Validate checks the shape of a payment.
func (m *MsgPay) Validate() error {
	return firstOf(
		checkSigner("operator", m.Operator),
		CheckAccount("debtor", m.Debtor),
		CheckAccount("creditor", m.Creditor),
		CheckCurrencyCode(m.Currency),
		CheckAmount(m.Amount),
		checkUETR(m.Uetr),
		CheckDigest("end-to-end digest", m.EndToEndDigest),
		checkDetails(m.Details),
		checkDetailsGroups(m.DetailsGroups, DetailsGroupsMax, m.Details),
	)
}

// Validate checks the shape of a batch. One malformed transfer refuses the message, in both modes: it
// cannot be stored as a payment, and a gateway sees the fault before it sends.
func (m *MsgPayBatch) Validate() error {
	err := firstOf(
		checkSigner("operator", m.Operator),
		CheckAccount("debtor", m.Debtor),
		CheckCurrencyCode(m.Currency),
		m.Mode.validate(),
		m.checkFile(),
		m.checkCount(),
	)
	if err != nil {
		return err
	}
	for i := range m.Transfers {
		if err := m.Transfers[i].Validate(); err != nil {
			return errorsmod.Wrapf(err, "transfer %d", i+1)
		}
	}
	return m.checkDetailsGroups()
}

// Validate checks the shape of one transfer.
func (t *Transfer) Validate() error {
	return firstOf(
		CheckAccount("creditor", t.Creditor),
		CheckAmount(t.Amount),
		checkUETR(t.Uetr),
		CheckDigest("end-to-end digest", t.EndToEndDigest),
		checkDetails(t.Details),
	)
}

func (m *MsgPayBatch) checkCount() error {
	if len(m.Transfers) == 0 {
		return ErrNoTransfers
	}
	if len(m.Transfers) > TransfersPerBatchMax {
		return ErrTooManyTransfers.Wrapf("%d transfers", len(m.Transfers))
	}
	return nil
}

// checkFile wants both digests or neither: a message id without its content cannot tell a repetition
// from a second file under the same id.
func (m *MsgPayBatch) checkFile() error {
	if len(m.InstructionDigest) == 0 && len(m.ContentDigest) == 0 {
		return nil
	}
	return firstOf(
		CheckDigest("instruction digest", m.InstructionDigest),
		CheckDigest("content digest", m.ContentDigest),
	)
}

func (mode BatchMode) validate() error {
	if mode != BestEffort && mode != AllOrNothing {
		return ErrModeInvalid.Wrapf("mode %d", mode)
	}
	return nil
}

// Validate checks the shape of a return.
func (m *MsgReturnPayment) Validate() error {
	if err := firstOf(checkSigner("operator", m.Operator), CheckAmount(m.Amount), checkReason(m.Reason)); err != nil {
		return err
	}
	_, err := ParseUETR(m.OriginalUetr)
	return firstOf(err, CheckDigest("end-to-end digest", m.EndToEndDigest), checkDetails(m.Details))
}

// Validate checks the shape of an issuance.
func (m *MsgIssueDeposit) Validate() error {
	return validateDeposit(m.Operator, m.Account, m.Currency, m.Amount)
}

// Validate checks the shape of a redemption.
func (m *MsgRedeemDeposit) Validate() error {
	return validateDeposit(m.Operator, m.Account, m.Currency, m.Amount)
}

func validateDeposit(operator, account, currency string, amount math.Int) error {
	return firstOf(
		checkSigner("operator", operator),
		CheckAccount("account", account),
		CheckCurrencyCode(currency),
		CheckAmount(amount),
	)
}

// Validate checks the shape of an issuance.
func (m *MsgIssueReserve) Validate() error {
	return validateReserve(m.Operator, m.InstitutionId, m.Currency, m.Amount)
}

// Validate checks the shape of a redemption.
func (m *MsgRedeemReserve) Validate() error {
	return validateReserve(m.Operator, m.InstitutionId, m.Currency, m.Amount)
}

func validateReserve(operator, institutionID, currency string, amount math.Int) error {
	return firstOf(
		checkSigner("operator", operator),
		checkID("institution", institutionID),
		CheckCurrencyCode(currency),
		CheckAmount(amount),
	)
}

// Validate checks the shape of an opening.
func (m *MsgOpenAccount) Validate() error {
	err := firstOf(
		checkSigner("operator", m.Operator),
		checkID("party", m.PartyId),
		CheckCurrencies(m.Currencies),
	)
	if err != nil {
		return err
	}
	if len(m.References) > ReferencesPerOpeningMax {
		return ErrTooManyReferences.Wrapf("%d references", len(m.References))
	}
	return m.checkReferences()
}

func (m *MsgOpenAccount) checkReferences() error {
	seen := make(map[string]bool, len(m.References))
	for i, digest := range m.References {
		if err := CheckDigest("reference", digest); err != nil {
			return errorsmod.Wrapf(err, "reference %d", i+1)
		}
		if seen[string(digest)] {
			return ErrReferenceTaken.Wrapf("reference %d is given twice", i+1)
		}
		seen[string(digest)] = true
	}
	return nil
}

// Validate checks the shape of a reference.
func (m *MsgAddAccountReference) Validate() error {
	return firstOf(
		checkSigner("operator", m.Operator),
		CheckAccount("account", m.Account),
		CheckDigest("reference", m.Digest),
	)
}

// Validate checks the shape of a change of standing; which changes are legal is the domain's table.
func (m *MsgSetAccountStatus) Validate() error {
	return firstOf(
		checkSigner("operator", m.Operator),
		CheckAccount("account", m.Account),
	)
}

// Validate checks the shape of an admission.
func (m *MsgAdmitCurrency) Validate() error {
	return firstOf(checkSigner("authority", m.Authority), m.Currency.Validate())
}

// Validate checks the shape of an admission.
func (m *MsgAdmitParticipant) Validate() error {
	return firstOf(
		checkSigner("authority", m.Authority),
		checkID("institution", m.InstitutionId),
		CheckCurrencies(m.Currencies),
	)
}

// Validate checks the shape of the new settings.
func (m *MsgUpdateParams) Validate() error {
	return firstOf(checkSigner("authority", m.Authority), m.Params.Validate())
}

// Validate checks a currency as it is admitted.
func (c Currency) Validate() error {
	if err := CheckCurrencyCode(c.Code); err != nil {
		return err
	}
	if c.MinorUnits > MinorUnitsMax {
		return ErrMinorUnitsInvalid.Wrapf("%s has %d", c.Code, c.MinorUnits)
	}
	return nil
}
