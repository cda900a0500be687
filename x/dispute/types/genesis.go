package types

import (
	"bytes"
	"time"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// DefaultGenesis has no cases and no arbitrators.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), NextCaseId: 1, NextClaimId: 1, NextFeedbackId: 1, NextChangeId: 1}
}

// Validate checks every record, the order of every list and every reference between them. Whether members, accounts
// and records exist is for those modules, which come first.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	if gs.NextCaseId == 0 || gs.NextClaimId == 0 || gs.Halted < 0 {
		return ErrInvalidGenesis.Wrap("numbers begin at 1, and no chain stood still for less than nothing")
	}
	cases, err := validateCases(gs)
	if err != nil {
		return err
	}
	if err := validateFacts(gs.Facts, cases); err != nil {
		return err
	}
	if err := validatePanels(gs.Panels, cases); err != nil {
		return err
	}
	if err := validateClaims(gs, cases); err != nil {
		return err
	}
	if err := validateFeedback(gs); err != nil {
		return err
	}
	return validateArbitrators(gs)
}

func validateCases(gs GenesisState) (map[uint64]Case, error) {
	cases := make(map[uint64]Case, len(gs.Cases))
	facts := map[string]uint64{}
	var last uint64
	for _, c := range gs.Cases {
		if c.Id <= last || c.Id >= gs.NextCaseId {
			return nil, ErrInvalidGenesis.Wrapf("case %d comes after %d, and the next is to be %d", c.Id, last, gs.NextCaseId)
		}
		last, cases[c.Id] = c.Id, c
		if err := c.validate(); err != nil {
			return nil, err
		}
		if c.Outcome == OutcomeUndecided {
			continue
		}
		for _, claimant := range c.Claimants {
			key := string(claimant.FactsKey())
			if other, taken := facts[key]; taken {
				return nil, ErrInvalidGenesis.Wrapf("cases %d and %d are about the same facts", other, c.Id)
			}
			facts[key] = c.Id
		}
	}
	return cases, nil
}

// validate checks a stored case alone.
func (c Case) validate() error {
	if err := c.Respondent.Validate(); err != nil {
		return err
	}
	if n := len(c.Claimants); n == 0 || n > MaxClaimants || n > 1 && !c.Collective {
		return ErrInvalidGenesis.Wrapf("case %d has %d claimants", c.Id, n)
	}
	_, known := CaseStatus_name[int32(c.Status)]
	if !known || c.Status == CaseStatus_CASE_STATUS_UNSPECIFIED || c.Operator == "" {
		return ErrInvalidGenesis.Wrapf("case %d: status or operator is not valid", c.Id)
	}
	if c.IsOpen() == c.DueOnClock.IsZero() || c.IsOpen() != c.ClosedAt.IsZero() {
		return ErrInvalidGenesis.Wrapf("case %d is %s, and its times say otherwise", c.Id, c.Status)
	}
	if !c.IsOpen() && c.Outcome == OutcomeNone || c.Status == Executed && c.Award == nil {
		return ErrInvalidGenesis.Wrapf("case %d is %s without an outcome", c.Id, c.Status)
	}
	if err := c.validateClaimants(); err != nil {
		return err
	}
	return c.validateRemedies()
}

func (c Case) validateClaimants() error {
	for place, claimant := range c.Claimants {
		if err := claimant.Member.Validate(); err != nil {
			return err
		}
		if err := claimant.Matter.Validate(); err != nil {
			return err
		}
		if claimant.Matter.Kind != c.Kind || !isAmount(claimant.Disputed) || !isAmount(claimant.Held) || claimant.Held.GT(claimant.Disputed) {
			return ErrInvalidGenesis.Wrapf("case %d: matter or amounts of claimant %d are not valid", c.Id, place)
		}
		if wantLeaf := c.Kind == MatterPayment; wantLeaf && len(claimant.Leaf) != settlementtypes.DigestLength || !wantLeaf && len(claimant.Leaf) > 0 {
			return ErrInvalidGenesis.Wrapf("case %d: a payment has a leaf in the log, and nothing else has", c.Id)
		}
		if claimant.Held.IsPositive() && (!c.IsOpen() || claimant.Left || c.Status == Executed) {
			return ErrInvalidGenesis.Wrapf("case %d holds money of claimant %d, for which nobody waits", c.Id, place)
		}
	}
	if !isAmount(c.Deposit) || c.Deposit.IsPositive() && c.DepositAccount == "" {
		return ErrInvalidGenesis.Wrapf("case %d: deposit is not valid", c.Id)
	}
	if !c.IsOpen() && c.Deposit.IsPositive() == c.DepositDueOnClock.IsZero() {
		return ErrInvalidGenesis.Wrapf("case %d: nobody waits for its deposit", c.Id)
	}
	return nil
}

func (c Case) validateRemedies() error {
	if n := len(c.Remedies); n == 0 || n > MaxRemedies {
		return ErrInvalidGenesis.Wrapf("case %d has %d remedies", c.Id, n)
	}
	for i, remedy := range c.Remedies {
		if err := remedy.Validate(); err != nil {
			return err
		}
		if int(remedy.Claimant) >= len(c.Claimants) || i > 0 && c.Remedies[i-1].Claimant > remedy.Claimant {
			return ErrInvalidGenesis.Wrapf("case %d: remedy %d is nobody's, or not in order", c.Id, i)
		}
		if remedy.Kind.HasAmount() && remedy.Amount.GT(c.Claimants[remedy.Claimant].Disputed) {
			return ErrAmount.Wrapf("case %d, remedy %d", c.Id, i)
		}
	}
	if c.Award == nil {
		return nil
	}
	if len(c.Results) != len(c.Remedies) {
		return ErrInvalidGenesis.Wrapf("case %d has %d results of %d remedies", c.Id, len(c.Results), len(c.Remedies))
	}
	for i, result := range c.Results {
		if result.Remedy != uint32(i) || !isAmount(result.Amount) || !isAmount(result.Paid) || result.Paid.GT(result.Amount) ||
			c.Remedies[i].Kind == RemedyRefund && result.Amount.GT(c.Award.Granted(i)) {
			return ErrBooks.Wrapf("case %d, result %d", c.Id, i)
		}
	}
	return nil
}

func validateFacts(facts []Facts, cases map[uint64]Case) error {
	seen := map[uint64]int{}
	for i, f := range facts {
		c, known := cases[f.CaseId]
		if !known || int(f.Claimant) != seen[f.CaseId] || int(f.Claimant) >= len(c.Claimants) || !isAmount(f.Returned) ||
			i > 0 && facts[i-1].CaseId > f.CaseId {
			return ErrInvalidGenesis.Wrapf("facts of case %d, claimant %d, are not valid or not in order", f.CaseId, f.Claimant)
		}
		if isPayment := c.Kind == MatterPayment; isPayment != (f.Payment != nil) || !bytes.Equal(f.ReceiptLeaf, c.Claimants[f.Claimant].Leaf) {
			return ErrInvalidGenesis.Wrapf("facts of case %d, claimant %d, are of another payment", f.CaseId, f.Claimant)
		}
		seen[f.CaseId]++
	}
	for id, c := range cases {
		if seen[id] != len(c.Claimants) {
			return ErrInvalidGenesis.Wrapf("case %d has %d claimants and facts of %d", id, len(c.Claimants), seen[id])
		}
	}
	return nil
}

func validatePanels(panels []Panel, cases map[uint64]Case) error {
	for i, panel := range panels {
		c, known := cases[panel.CaseId]
		if !known || panel.Instance == 0 || panel.Instance > c.Instance || panel.Size_%2 == 0 || len(panel.Seats) > MaxSeats {
			return ErrInvalidGenesis.Wrapf("panel %d of case %d is not valid", panel.Instance, panel.CaseId)
		}
		if i > 0 && (panels[i-1].CaseId > panel.CaseId || panels[i-1].CaseId == panel.CaseId && panels[i-1].Instance >= panel.Instance) {
			return ErrInvalidGenesis.Wrapf("panel %d of case %d is not in order", panel.Instance, panel.CaseId)
		}
		for _, seat := range panel.Seats {
			for _, side := range c.Sides() {
				if seat.InstitutionId == side.InstitutionId {
					return ErrInvalidGenesis.Wrapf("panel %d of case %d has a member of a side", panel.Instance, panel.CaseId)
				}
			}
		}
	}
	return nil
}

// validateClaims wants each claim to be what is missing of a result: what is granted is paid or owed, and nothing else.
func validateClaims(gs GenesisState, cases map[uint64]Case) error {
	open := map[uint64]uint32{}
	byID := make(map[uint64]Claim, len(gs.Claims))
	var last uint64
	for _, claim := range gs.Claims {
		if claim.Id <= last || claim.Id >= gs.NextClaimId {
			return ErrInvalidGenesis.Wrapf("claim %d comes after %d, and the next is to be %d", claim.Id, last, gs.NextClaimId)
		}
		last, byID[claim.Id] = claim.Id, claim
		c, known := cases[claim.CaseId]
		if !known || int(claim.Remedy) >= len(c.Results) || c.Results[claim.Remedy].ClaimId != claim.Id {
			return ErrInvalidGenesis.Wrapf("claim %d is of nothing that was granted", claim.Id)
		}
		if !isAmount(claim.Amount) || !isAmount(claim.Paid) || claim.Paid.GT(claim.Amount) ||
			(claim.Status == ClaimPaid) != claim.Paid.Equal(claim.Amount) || !claim.Amount.Equal(c.Results[claim.Remedy].Amount) {
			return ErrBooks.Wrapf("claim %d: %s of %s", claim.Id, claim.Paid, claim.Amount)
		}
		if claim.IsOpen() {
			open[claim.CaseId]++
		}
	}
	for _, c := range gs.Cases {
		if open[c.Id] != c.OpenClaims || c.OpenClaims > 0 && c.Status != Executed {
			return ErrInvalidGenesis.Wrapf("case %d is %s with %d open claims, and %d are", c.Id, c.Status, c.OpenClaims, open[c.Id])
		}
		if err := c.validateBooks(byID); err != nil {
			return err
		}
	}
	return nil
}

// validateBooks wants what is due of each result to be paid at once, or claimed.
func (c Case) validateBooks(claims map[uint64]Claim) error {
	for i, result := range c.Results {
		if (result.Status == RemedyQueued) != (result.ClaimId != 0) {
			return ErrBooks.Wrapf("case %d, result %d: a claim and its status contradict each other", c.Id, i)
		}
		if result.Status == RemedyDone && !result.Paid.Equal(result.Amount) {
			return ErrBooks.Wrapf("case %d, result %d: %s of %s", c.Id, i, result.Paid, result.Amount)
		}
		if claim, known := claims[result.ClaimId]; result.ClaimId != 0 && (!known || claim.Paid.LT(result.Paid)) {
			return ErrBooks.Wrapf("case %d, result %d: claim %d", c.Id, i, result.ClaimId)
		}
	}
	return nil
}

func validateArbitrators(gs GenesisState) error {
	perInstitution := map[string]int{}
	if len(gs.Arbitrators) > MaxArbitrators {
		return ErrTooManyArbitrators.Wrapf("%d", len(gs.Arbitrators))
	}
	for i, arbitrator := range gs.Arbitrators {
		if arbitrator.Arbitrator == "" || i > 0 && gs.Arbitrators[i-1].Arbitrator >= arbitrator.Arbitrator {
			return ErrInvalidGenesis.Wrapf("arbitrator %q is not in order", arbitrator.Arbitrator)
		}
		if perInstitution[arbitrator.InstitutionId]++; perInstitution[arbitrator.InstitutionId] > MaxArbitratorsPerInstitution {
			return ErrTooManyArbitrators.Wrapf("%s", arbitrator.InstitutionId)
		}
	}
	type kind struct {
		arbitrator string
		member     accesstypes.Member
		declared   bool
	}
	seen := map[kind]bool{}
	for _, interest := range gs.Interests {
		key := kind{interest.Arbitrator, interest.Member, interest.Until.Equal(time.Time{})}
		if interest.Arbitrator == "" || seen[key] {
			return ErrInvalidGenesis.Wrapf("interest of %q is nobody's or doubled", interest.Arbitrator)
		}
		seen[key] = true
		if err := interest.Member.Validate(); err != nil {
			return err
		}
	}
	counted := map[accesstypes.Member]bool{}
	for _, record := range gs.Frivolous {
		if record.Count == 0 || counted[record.Member] {
			return ErrInvalidGenesis.Wrap("frivolous cases of a claimant are counted twice, or none")
		}
		counted[record.Member] = true
	}
	return nil
}
