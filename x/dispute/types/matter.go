package types

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Validate checks the form of a matter: it names what its kind is named by, and nothing else.
func (m Matter) Validate() error {
	needs := Matter{Kind: m.Kind}
	switch m.Kind {
	case MatterPayment, MatterHold:
		if _, err := settlementtypes.ParseUETR(m.Uetr); err != nil {
			return err
		}
		needs.Uetr = m.Uetr
	case MatterRating, MatterAttestation, MatterConsent, MatterReceivable, MatterLoan:
		needs.Number = m.Number
	case MatterRecord:
		needs.Number, needs.Other = m.Number, m.Other
	case MatterAccount:
		if m.Account == "" {
			return ErrInvalidCase.Wrap("the blocked account is needed")
		}
		needs.Account = m.Account
	case MatterStanding:
	case MatterService:
		if !IsService(m.Service) {
			return ErrInvalidCase.Wrapf("service %.40q: 1 to %d of a-z, 0-9 and - are needed", m.Service, MaxServiceLength)
		}
		needs.Number, needs.Other, needs.Service = m.Number, m.Other, m.Service
	default:
		return ErrInvalidCase.Wrapf("matter of kind %d", m.Kind)
	}
	if m != needs {
		return ErrInvalidCase.Wrapf("a matter of kind %s is named by less than is said; the ledger knows the rest", m.Kind)
	}
	if needs.Number == 0 && m.numbered() {
		return ErrInvalidCase.Wrap("its number is needed")
	}
	if m.Kind == MatterRecord || m.Kind == MatterService {
		return m.Other.Validate()
	}
	return nil
}

// ValidateWith checks the form of a matter and of the receipt that comes with it, if one does.
func (m Matter) ValidateWith(receipt *settlementtypes.PaymentProof) error {
	if err := m.Validate(); err != nil || receipt == nil {
		return err
	}
	if m.Kind != MatterPayment {
		return ErrReceipt.Wrapf("a matter of kind %s", m.Kind)
	}
	return receipt.Validate()
}

func (m Matter) numbered() bool {
	switch m.Kind {
	case MatterPayment, MatterHold, MatterAccount, MatterStanding:
		return false
	}
	return true
}

// FactsKey names a matter of a claimant: there is one case about it, ever. leaf is that of a payment in the log, since its
// UETR may name another one when it has left state; nil for other matters.
func (m Matter) FactsKey(claimant accesstypes.Member, leaf []byte) []byte {
	return derive(factsDomain, []byte(claimant.InstitutionId), []byte(claimant.PartyId), number(uint64(m.Kind)), []byte(m.Uetr),
		number(m.Number), []byte(m.Account), []byte(m.Other.InstitutionId), []byte(m.Other.PartyId), []byte(m.Service), leaf)
}

// FactsKey names what a claimant complains of.
func (c Claimant) FactsKey() []byte { return c.Matter.FactsKey(c.Member, c.Leaf) }

// Product is how a matter counts in statistics, but for a rating, whose product its facts tell.
func (m Matter) Product() string {
	if m.Kind == MatterService {
		return m.Service
	}
	name := strings.TrimPrefix(m.Kind.String(), "MATTER_KIND_")
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

// IsService accepts 1 to MaxServiceLength of a-z, 0-9 and -.
func IsService(name string) bool {
	if name == "" || len(name) > MaxServiceLength {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) < 0
}

// Validate checks the form of a remedy alone.
func (r Remedy) Validate() error {
	if _, known := RemedyKind_name[int32(r.Kind)]; !known || r.Kind == RemedyKind_REMEDY_KIND_UNSPECIFIED {
		return ErrRemedy.Wrapf("kind %d is unknown", r.Kind)
	}
	if !isAmount(r.Amount) || r.Amount.IsZero() || !r.Kind.HasAmount() && !r.Amount.Equal(math.OneInt()) {
		return ErrRemedy.Wrapf("%s: a refund and a penalty have an amount in minor units above zero, other remedies have 1", r.Kind)
	}
	correction := r.Correction()
	if has := correction.Sealed() || len(correction.Values) > 0; (r.Kind == RemedyCorrect) != has {
		return ErrRemedy.Wrapf("%s: a correction has values, or their commitment and record, and nothing else has", r.Kind)
	}
	if r.Kind == RemedyCorrect {
		if err := correction.Validate(); err != nil {
			return err
		}
	}
	if (r.Kind == RemedyRerate) != (r.Product != "") {
		return ErrRemedy.Wrapf("%s: a new rating has a product, and nothing else has", r.Kind)
	}
	if r.Kind != RemedyApology {
		if r.Text != "" {
			return ErrRemedy.Wrapf("%s: only an apology has words", r.Kind)
		}
		return nil
	}
	if r.Text == "" || utf8.RuneCountInString(r.Text) > MaxApologyLength {
		return ErrRemedy.Wrapf("an apology has 1 to %d characters", MaxApologyLength)
	}
	return nil
}

// Correction is what a correction puts in the place of attested values.
func (r Remedy) Correction() credittypes.Correction {
	return credittypes.Correction{Values: r.Values, Commitment: r.Commitment, RecordID: r.RecordId}
}

const minNameLength = 4

// CheckPublic refuses a text that may hold personal data of the sides: the id of one of them, a number longer than
// MaxPublicDigits, an @, or what looks like an address of an account. Names that nobody registered it cannot know:
// whoever publishes answers for them.
func CheckPublic(text string, sides []accesstypes.Member) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		return ErrPersonalData.Wrap("it is not plain text")
	}
	if longestNumber(text) > MaxPublicDigits {
		return ErrPersonalData.Wrapf("it has a number of more than %d digits; a date has its month in letters", MaxPublicDigits)
	}
	lower := strings.ToLower(text)
	if strings.Contains(lower, "@") || strings.Contains(lower, "zhilian1") {
		return ErrPersonalData.Wrap("it has an address")
	}
	for _, side := range sides {
		for _, id := range []string{side.PartyId, side.InstitutionId} {
			// A shorter id is a syllable of many words.
			if len(id) >= minNameLength && strings.Contains(lower, strings.ToLower(id)) {
				return ErrPersonalData.Wrap("it names a side")
			}
		}
	}
	return nil
}

// longestNumber counts the digits of the longest number. One space, hyphen or dot between groups does not end a
// number: that is how account and phone numbers are written. A dot before one or two digits begins the decimals of an
// amount.
func longestNumber(text string) int {
	runes := []rune(text)
	longest, digits, gap := 0, 0, 0
	for at, r := range runes {
		switch {
		case unicode.IsDigit(r):
			digits, gap = digits+1, 0
		case gap == 0 && (r == ' ' || r == '-' || r == '.' && leadingDigits(runes[at+1:]) > 2):
			gap++
		default:
			digits = 0
		}
		longest = max(longest, digits)
	}
	return longest
}

func leadingDigits(runes []rune) int {
	n := 0
	for n < len(runes) && unicode.IsDigit(runes[n]) {
		n++
	}
	return n
}
