package dispute

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022/money"
	access "github.com/zhilian-network/zhilian/x/access/types"
	credit "github.com/zhilian-network/zhilian/x/credit/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

// parseMember reads INSTITUTION or INSTITUTION/PARTY.
func parseMember(flag, text string) (access.Member, error) {
	institution, party, hasParty := strings.Cut(text, "/")
	member := access.Member{InstitutionId: institution, PartyId: party}
	if hasParty && party == "" || member.Validate() != nil {
		return member, usagef("--%s must be INSTITUTION or INSTITUTION/PARTY, e.g. BQDQ/acme", flag)
	}
	return member, nil
}

func memberText(member access.Member) string {
	if member.PartyId == "" {
		return member.InstitutionId
	}
	return member.InstitutionId + "/" + member.PartyId
}

// word is "wrong-amount" for CASE_REASON_WRONG_AMOUNT.
func word(name, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-")
}

func reasonWord(reason types.CaseReason) string { return word(reason.String(), "CASE_REASON_") }
func remedyWord(kind types.RemedyKind) string   { return word(kind.String(), "REMEDY_KIND_") }
func statusWord(status types.CaseStatus) string { return word(status.String(), "CASE_STATUS_") }
func matterWord(kind types.MatterKind) string   { return word(kind.String(), "MATTER_KIND_") }

// numbered finds the number of a word among the names of an enum; 0 if there is none.
func numbered(names map[int32]string, prefix, text string) int32 {
	for number, name := range names {
		if number != 0 && word(name, prefix) == text {
			return number
		}
	}
	return 0
}

// wordsOf are the words of an enum, by number.
func wordsOf(names map[int32]string, prefix string) []string {
	var numbers []int32
	for number := range names {
		if number != 0 {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	words := make([]string, len(numbers))
	for i, number := range numbers {
		words[i] = word(names[number], prefix)
	}
	return words
}

func parseReason(text string) (types.CaseReason, error) {
	reason := types.CaseReason(numbered(types.CaseReason_name, "CASE_REASON_", text))
	if reason == 0 {
		return 0, usagef("%q is no reason; there are %s", text, strings.Join(wordsOf(types.CaseReason_name, "CASE_REASON_"), ", "))
	}
	return reason, nil
}

// parseNumber reads the number of something.
func parseNumber(what, text string) (uint64, error) {
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil || number == 0 {
		return 0, usagef("%s must be its number, 1 or more, not %q", what, text)
	}
	return number, nil
}

// parseMatter reads what a case is about: the UETR of a payment, or a kind and what names it.
func parseMatter(arguments []string, other access.Member, words uint64) (types.Matter, error) {
	if len(arguments) == 1 && strings.Count(arguments[0], "-") == 4 {
		arguments = []string{matterWord(types.MatterPayment), arguments[0]}
	}
	matter := types.Matter{Kind: types.MatterKind(numbered(types.MatterKind_name, "MATTER_KIND_", arguments[0])), Other: other}
	name := ""
	if len(arguments) > 1 {
		name = arguments[1]
	}
	var err error
	switch matter.Kind {
	case types.MatterPayment, types.MatterHold:
		matter.Uetr = name
	case types.MatterAccount:
		matter.Account = name
	case types.MatterStanding:
		if name != "" {
			return matter, usagef("standing has no name: it is that of who complains")
		}
	case types.MatterService:
		matter.Service, matter.Number = name, words
	case types.MatterRating, types.MatterAttestation, types.MatterConsent, types.MatterRecord, types.MatterReceivable, types.MatterLoan:
		matter.Number, err = parseNumber(arguments[0], name)
	default:
		return matter, usagef("%q is nothing that a case is about; there are %s", arguments[0], strings.Join(wordsOf(types.MatterKind_name, "MATTER_KIND_"), ", "))
	}
	if err == nil {
		if problem := matter.Validate(); problem != nil {
			err = usagef("%v", problem)
		}
	}
	return matter, err
}

// parseRemedy reads what is asked for: refund, refund=600.00, waive, waive=12.50, interest, apology=TEXT, correct=NAME=VALUE,NAME=VALUE,
// rerate=PRODUCT, or a remedy that needs no more than its name.
func parseRemedy(text string, intake *types.QueryIntakeResponse) (types.Remedy, error) {
	name, more, hasMore := strings.Cut(strings.TrimSpace(text), "=")
	remedy := types.Remedy{Kind: types.RemedyKind(numbered(types.RemedyKind_name, "REMEDY_KIND_", name)), Amount: math.OneInt()}
	at := slices.IndexFunc(intake.Remedies, func(choice types.RemedyChoice) bool { return choice.Kind == remedy.Kind })
	if at < 0 {
		return remedy, usagef("%q cannot be asked for here; there are %s", name, choicesText(intake))
	}
	choice := intake.Remedies[at]
	if choice.Needs == "" && hasMore || choice.Needs != "" && !hasMore && !remedy.Kind.HasAmount() {
		return remedy, usagef("%s: write %s", name, choiceText(choice, intake.Currency))
	}
	switch remedy.Kind {
	case types.RemedyRefund, types.RemedyWaive:
		remedy.Amount = choice.Most
		if hasMore {
			amount, err := money.ParseMinor(intake.Currency, more)
			if err != nil {
				return remedy, usagef("%s of %q: %v", name, more, err)
			}
			remedy.Amount = amount
		}
	case types.RemedyApology:
		remedy.Text = more
	case types.RemedyRerate:
		remedy.Product = more
	case types.RemedyCorrect:
		var err error
		if sealed, isSealed := strings.CutPrefix(more, sealedMark); isSealed {
			remedy.RecordId, remedy.Commitment, err = parseSealed(sealed)
		} else {
			remedy.Values, err = parseValues(more)
		}
		if err != nil {
			return remedy, err
		}
	}
	return remedy, nil
}

// sealedMark begins a correction of sealed values; no input has such a name.
const sealedMark = "record:"

// parseSealed reads RECORD:COMMITMENT, as "zhiliand credit commitment" prints it.
func parseSealed(text string) (uint64, []byte, error) {
	record, digits, _ := strings.Cut(text, ":")
	commitment, err := base64.StdEncoding.DecodeString(digits)
	if err != nil || len(commitment) != credit.CommitmentLength {
		return 0, nil, usagef("a correction of sealed values is written record:N:COMMITMENT, with the %d bytes that \"zhiliand credit commitment\" prints in base64, not %q", credit.CommitmentLength, text)
	}
	number, err := parseNumber("the record", record)
	return number, commitment, err
}

// parseValues reads NAME=VALUE,NAME=VALUE: what looks like a number is one, with its decimals.
func parseValues(text string) ([]credit.InputValue, error) {
	var values []credit.InputValue
	for _, pair := range strings.Split(text, ",") {
		name, value, found := strings.Cut(pair, "=")
		if !found || name == "" || value == "" {
			return nil, usagef("a correction is written NAME=VALUE,NAME=VALUE, not %q", pair)
		}
		values = append(values, parseValue(strings.TrimSpace(name), strings.TrimSpace(value)))
	}
	slices.SortFunc(values, func(a, b credit.InputValue) int { return strings.Compare(a.Name, b.Name) })
	return values, nil
}

func parseValue(name, text string) credit.InputValue {
	whole, fraction, _ := strings.Cut(text, ".")
	number, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return credit.InputValue{Name: name, Code: text}
	}
	return credit.InputValue{Name: name, Decimals: uint32(len(fraction)), Value: number}
}

// choicesText lists what can be asked for, as it is written.
func choicesText(intake *types.QueryIntakeResponse) string {
	texts := make([]string, len(intake.Remedies))
	for i, choice := range intake.Remedies {
		texts[i] = choiceText(choice, intake.Currency)
	}
	return strings.Join(texts, ", ")
}

func choiceText(choice types.RemedyChoice, currency string) string {
	name := remedyWord(choice.Kind)
	switch choice.Kind {
	case types.RemedyRefund, types.RemedyWaive:
		return name + " or " + name + "=AMOUNT (at most " + amountText(currency, choice.Most) + ")"
	case types.RemedyApology:
		return name + "=TEXT"
	case types.RemedyRerate:
		return name + "=PRODUCT"
	case types.RemedyCorrect:
		return name + "=NAME=VALUE,… or " + name + "=record:N:COMMITMENT of sealed values"
	}
	return name
}

func amountText(currency string, minor math.Int) string {
	return money.FormatMinor(currency, minor) + " " + currency
}

// remedyText says what is asked for, with its amount if it is money.
func remedyText(c types.Case, i int) string {
	remedy := c.Remedies[i]
	text := remedyWord(remedy.Kind)
	switch remedy.Kind {
	case types.RemedyRefund, types.RemedyWaive:
		text += " of " + amountText(c.Claimants[remedy.Claimant].Currency, remedy.Amount)
	case types.RemedyRerate:
		text += " for " + remedy.Product
	case types.RemedyCorrect:
		if remedy.RecordId != 0 {
			return text + " by the sealed values of record " + strconv.FormatUint(remedy.RecordId, 10)
		}
		names := make([]string, len(remedy.Values))
		for v, value := range remedy.Values {
			names[v] = value.Name
		}
		text += " of " + strings.Join(names, ", ")
	}
	return text
}

// grantText says what is given of a remedy.
func grantText(c types.Case, grant types.Grant) string {
	text := strconv.FormatUint(uint64(grant.Remedy), 10) + " "
	remedy := c.Remedies[grant.Remedy]
	if remedy.Kind.HasAmount() {
		return text + remedyWord(remedy.Kind) + " of " + amountText(c.Claimants[remedy.Claimant].Currency, grant.Amount)
	}
	return text + remedyWord(remedy.Kind)
}

func awardText(c types.Case, award types.Award) string {
	if len(award.Grants) == 0 {
		return map[bool]string{true: "nothing, and the case is frivolous", false: "nothing"}[award.Frivolous]
	}
	texts := make([]string, len(award.Grants))
	for i, grant := range award.Grants {
		texts[i] = grantText(c, grant)
	}
	return strings.Join(texts, "; ")
}
