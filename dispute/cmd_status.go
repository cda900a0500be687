package dispute

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
)

func plain(err error) error { return client.Plain(err) }

func (t tool) newStatusCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "status CASE",
		Short: "Show where a case stands, whose turn it is and until when, and what you can do",
		Example: `  zhiliand dispute status 7 --from acme-accountant
  zhiliand dispute status 7 -o json --from acme-accountant`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			s, err := t.begin(command)
			if err != nil {
				return err
			}
			number, err := parseNumber("a case", arguments[0])
			if err != nil {
				return err
			}
			return s.status(number)
		},
	}
	addFlags(command)
	return command
}

// standing is a case for its reader.
type standing struct {
	Case     uint64   `json:"case_id"`
	Status   string   `json:"status"`
	Outcome  string   `json:"outcome,omitempty"`
	WaitsFor string   `json:"waits_for,omitempty"`
	DueAt    string   `json:"due_at,omitempty"`
	Asked    []string `json:"asked"`
	Offer    string   `json:"offer,omitempty"`
	Rulings  []string `json:"rulings,omitempty"`
	Results  []string `json:"results,omitempty"`
	// Steps are commands that the asker may use now.
	Steps []string `json:"steps,omitempty"`

	head string
}

func (s *session) status(number uint64) error {
	found, err := s.chain.Case(s.ctx(), number)
	if err != nil {
		return plain(err)
	}
	own, err := s.own()
	if err != nil {
		return err
	}
	answer := standingOf(found, own)
	return s.print(answer, answer.write)
}

func standingOf(found *types.QueryCaseResponse, own access.Member) standing {
	c := found.Case
	answer := standing{
		Case: c.Id, Status: statusWord(c.Status), WaitsFor: found.WaitsFor, Asked: make([]string, len(c.Remedies)), Steps: stepsOf(c, own),
		head: fmt.Sprintf("Case %d about a %s (%s), %s against %s: %s", c.Id, matterWord(c.Kind), reasonWord(c.Reason),
			claimantsText(c), memberText(c.Respondent), statusWord(c.Status)),
	}
	if c.Outcome != types.OutcomeNone {
		answer.Outcome = word(c.Outcome.String(), "CASE_OUTCOME_")
		answer.head += ", " + answer.Outcome
	}
	if c.Status != types.Closed {
		answer.DueAt = found.DueAt.UTC().Format("2006-01-02T15:04:05Z")
	}
	for i := range c.Remedies {
		answer.Asked[i] = fmt.Sprintf("%d %s", i, remedyText(c, i))
	}
	if c.Offer != nil {
		answer.Offer = fmt.Sprintf("number %d: %s", c.Offers, awardText(c, *c.Offer))
	}
	for _, ruling := range c.Rulings {
		text := fmt.Sprintf("instance %d, %d votes: %s", ruling.Instance, ruling.Votes, awardText(c, ruling.Award))
		if ruling.Reasons != "" {
			text += " (" + ruling.Reasons + ")"
		}
		answer.Rulings = append(answer.Rulings, text)
	}
	for _, result := range c.Results {
		answer.Results = append(answer.Results, resultText(c, result))
	}
	return answer
}

func claimantsText(c types.Case) string {
	text := memberText(c.Claimants[0].Member)
	if more := len(c.Claimants) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func resultText(c types.Case, result types.RemedyOutcome) string {
	remedy := c.Remedies[result.Remedy]
	text := fmt.Sprintf("%d %s: %s", result.Remedy, remedyWord(remedy.Kind), word(result.Status.String(), "REMEDY_STATUS_"))
	if result.Amount.IsPositive() {
		currency := c.Claimants[remedy.Claimant].Currency
		text += ", " + amountText(currency, result.Paid) + " of " + amountText(currency, result.Amount) + " paid"
	}
	for _, more := range []string{result.Reference, result.Refusal} {
		if more != "" {
			text += ", " + more
		}
	}
	if result.ClaimId != 0 {
		text += fmt.Sprintf(", claim %d for the rest", result.ClaimId)
	}
	return text
}

// claimantSteps and respondentSteps are the commands of a side, by where the case stands.
var (
	claimantSteps = map[types.CaseStatus][]string{
		types.Filed:     {"tx dispute bring-evidence %d RECORD", "tx dispute withdraw-case %d CLAIMANT"},
		types.Gathering: {"tx dispute bring-evidence %d RECORD", "tx dispute request-evidence %d KIND OF", "tx dispute withdraw-case %d CLAIMANT"},
		types.Answering: {"tx dispute bring-evidence %d RECORD", "tx dispute withdraw-case %d CLAIMANT"},
		types.Offered:   {"tx dispute decide-offer %d OFFERS --accept", "tx dispute decide-offer %d OFFERS"},
		types.Mediation: {"tx dispute escalate-case %d", "tx dispute withdraw-case %d CLAIMANT"},
		types.Refused:   {"tx dispute escalate-case %d"},
		types.Ruled:     {"tx dispute appeal %d GROUND"},
	}
	respondentSteps = map[types.CaseStatus][]string{
		types.Filed:     {"tx dispute acknowledge-case %d", "tx dispute refuse-case %d REASON"},
		types.Gathering: {"tx dispute answer-case %d ANSWER", "tx dispute bring-evidence %d RECORD", "tx dispute extend-case %d REASON"},
		types.Answering: {"tx dispute answer-case %d ANSWER", "tx dispute extend-case %d REASON"},
		types.Offered:   {"tx dispute answer-case %d accept"},
		types.Mediation: {"tx dispute answer-case %d ANSWER", "tx dispute escalate-case %d"},
		types.Ruled:     {"tx dispute appeal %d GROUND"},
	}
	panelSteps = map[types.CaseStatus][]string{
		types.Committing: {"dispute vote %d --grant REMEDY=AMOUNT"},
		types.Revealing:  {"dispute reveal %d"},
	}
)

// stepsOf are the commands of whom the asker acts for; one on no side is taken for a member of the panel.
func stepsOf(c types.Case, own access.Member) []string {
	steps := panelSteps
	switch {
	case slices.ContainsFunc(c.Claimants, func(claimant types.Claimant) bool { return own.Scope().Covers(claimant.Member.Scope()) }):
		steps = claimantSteps
	case own.Scope().Covers(c.Respondent.Scope()):
		steps = respondentSteps
	}
	var texts []string
	for _, step := range steps[c.Status] {
		texts = append(texts, "zhiliand "+fmt.Sprintf(step, c.Id))
	}
	return texts
}

func (a standing) write(w io.Writer) error {
	if err := say(w, "%s", a.head); err != nil {
		return err
	}
	rows := [][2]string{{"", a.WaitsFor}}
	for _, asked := range a.Asked {
		rows = append(rows, [2]string{"asked for", asked})
	}
	rows = append(rows, [2]string{"offer", a.Offer})
	for _, ruling := range a.Rulings {
		rows = append(rows, [2]string{"ruling", ruling})
	}
	for _, result := range a.Results {
		rows = append(rows, [2]string{"carried out", result})
	}
	for _, step := range a.Steps {
		rows = append(rows, [2]string{"you can", step})
	}
	for _, row := range rows {
		if row[1] == "" {
			continue
		}
		format := "  %-12s %s"
		if row[0] == "" {
			format = "  %s%s"
		}
		if err := say(w, format, row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}
