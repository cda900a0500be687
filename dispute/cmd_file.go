package dispute

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/receipt"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/dispute/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	flagFor        = "for"
	flagOf         = "of"
	flagWords      = "words"
	flagReason     = "reason"
	flagAsk        = "ask"
	flagEvidence   = "evidence"
	flagCollective = "collective"
	flagDeposit    = "deposit-account"
	flagYes        = "yes"
	flagReceipt    = "receipt"
)

func (t tool) newFileCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "file UETR | file KIND NAME",
		Short: "File a case: you are asked only what the ledger does not know",
		Long: `File a case about a payment, by its UETR, or about something else, by its kind and what names it:

  payment UETR     hold UETR      rating N       attestation N     consent N
  record N --of READER            account ADDRESS                  standing
  loan N                          receivable N
  service NAME --of INSTITUTION --words N   (a sealed record, put with "zhiliand vault put … --purpose dispute")

The ledger is asked first; what it knows comes to the case by itself. Then you are asked what is wrong and what
would put it right, unless --reason and --ask say so.

The record of a payment leaves the ledger after some months; its receipt then comes with the case. The node makes
one, or --receipt names the file that you have kept.`,
		Example: `  zhiliand dispute file 7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21 --from acme-accountant
  zhiliand dispute file 7a6c7a6c-58ba-4c7c-9d2e-3f1b0c6d8e21 --reason duplicate --ask refund --ask interest --yes --from acme
  zhiliand dispute file attestation 12 --reason credit-data --ask correct=overdue=0,turnover=1250.50 --ask rerate=sme-1y --from acme
  zhiliand dispute file loan 3 --reason penalty --ask waive=12.50 --from acme
  zhiliand dispute file service counter --of BQDQ --words 7 --reason service --ask finding --from acme`,
		Args: cobra.RangeArgs(1, 2),
		RunE: t.file,
	}
	addFlags(command)
	f := command.Flags()
	f.String(flagFor, "", "INSTITUTION or INSTITUTION/PARTY that complains (default: whom the key acts for)")
	f.String(flagOf, "", "INSTITUTION or INSTITUTION/PARTY that reads the record, or institution whose service it is")
	f.Uint64(flagWords, 0, "record with what happened; of service only")
	f.String(flagReason, "", "what is wrong, in a word (asked for if not given)")
	f.StringArray(flagAsk, nil, "what would put it right; may be repeated (asked for if not given)")
	f.UintSlice(flagEvidence, nil, "records of the vault about the claimant, put for a dispute")
	f.Bool(flagCollective, false, "let others join with matters of the same kind against the same respondent")
	f.String(flagDeposit, "", "settlement account for the deposit, if one is needed after frivolous cases")
	f.String(flagReceipt, "", "receipt of a payment that the ledger has no record of any more (default: what the node's index proves)")
	f.Bool(flagYes, false, "file without asking again")
	return command
}

func (t tool) file(command *cobra.Command, arguments []string) error {
	s, err := t.begin(command)
	if err != nil {
		return err
	}
	return s.file(arguments)
}

func (s *session) file(arguments []string) error {
	msg, err := s.complaint(arguments)
	if err != nil {
		return err
	}
	intake, err := s.lookUp(msg)
	if err != nil {
		return plain(err)
	}
	if intake.CaseId != 0 {
		return fmt.Errorf("%w: case %d; see \"zhiliand dispute status %d\"", ErrHasCase, intake.CaseId, intake.CaseId)
	}
	s.tellKnown(msg, intake)
	if err := s.askRest(msg, intake); err != nil {
		return err
	}
	if err := s.confirm(msg, intake); err != nil {
		return err
	}
	return s.send(msg)
}

// lookUp asks what the ledger knows. A payment that it has no record of any more, or whose receipt has become too old, is
// proven by the index of the node.
func (s *session) lookUp(msg *types.MsgFileCase) (*types.QueryIntakeResponse, error) {
	intake, refusal := s.chain.Intake(s.ctx(), msg.Claimant, msg.Matter, msg.Receipt)
	if refusal == nil || msg.Matter.Kind != types.MatterPayment {
		return intake, refusal
	}
	newest, err := s.chain.Receipt(s.ctx(), msg.Matter.Uetr)
	if err != nil {
		return nil, refusal
	}
	msg.Receipt = newest
	return s.chain.Intake(s.ctx(), msg.Claimant, msg.Matter, msg.Receipt)
}

// complaint is the message as far as the command line says it.
func (s *session) complaint(arguments []string) (*types.MsgFileCase, error) {
	f := s.command.Flags()
	msg := &types.MsgFileCase{Operator: s.chain.Address()}
	var other access.Member
	var err error
	if text, _ := f.GetString(flagOf); text != "" {
		if other, err = parseMember(flagOf, text); err != nil {
			return nil, err
		}
	}
	words, err := f.GetUint64(flagWords)
	if err != nil {
		return nil, err
	}
	if msg.Matter, err = parseMatter(arguments, other, words); err != nil {
		return nil, err
	}
	if text, _ := f.GetString(flagFor); text != "" {
		msg.Claimant, err = parseMember(flagFor, text)
	} else {
		msg.Claimant, err = s.own()
	}
	if err != nil {
		return nil, err
	}
	records, err := f.GetUintSlice(flagEvidence)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		msg.Evidence = append(msg.Evidence, uint64(record))
	}
	if file, _ := f.GetString(flagReceipt); file != "" {
		if msg.Receipt, err = readReceipt(file); err != nil {
			return nil, err
		}
	}
	msg.DepositAccount, _ = f.GetString(flagDeposit)
	msg.Collective, err = f.GetBool(flagCollective)
	return msg, err
}

// readReceipt takes from a receipt what a case about its payment needs.
func readReceipt(file string) (*settlement.PaymentProof, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("--%s: %v", flagReceipt, err)
	}
	decoded, err := receipt.Decode(content)
	if err != nil {
		return nil, usagef("--%s %s: %v", flagReceipt, file, err)
	}
	return decoded.InMessage(), nil
}

// tellKnown says what nobody has to bring.
func (s *session) tellKnown(msg *types.MsgFileCase, intake *types.QueryIntakeResponse) {
	w := s.command.ErrOrStderr()
	_ = say(w, "The ledger knows this %s of %s; %s answers for it.", matterWord(msg.Matter.Kind), memberText(msg.Claimant), memberText(intake.Respondent))
	if intake.Currency != "" && intake.Disputed.IsPositive() {
		_ = say(w, "In dispute: at most %s.", amountText(intake.Currency, intake.Disputed))
	}
	if slices.ContainsFunc(intake.Remedies, func(choice types.RemedyChoice) bool { return choice.Kind == types.RemedyRefund }) {
		_ = say(w, "Held at the payee if you ask for all of it: %s.", amountText(intake.Currency, intake.WouldHold))
	}
	_ = say(w, "It brings by itself: %s.", intake.Attached)
	if msg.Receipt != nil {
		_ = say(w, "Its receipt comes with the case: payment %d of %d in the log.", msg.Receipt.LogIndex+1, msg.Receipt.LogSize)
	}
}

// askRest asks what the ledger does not know and the flags do not say.
func (s *session) askRest(msg *types.MsgFileCase, intake *types.QueryIntakeResponse) error {
	reason, err := s.command.Flags().GetString(flagReason)
	if err != nil {
		return err
	}
	if reason == "" {
		if reason, err = s.ask("What is wrong? "+reasonsText(intake.Reasons)+":", flagReason); err != nil {
			return err
		}
	}
	if at, isNumber := strconv.Atoi(reason); isNumber == nil && at >= 1 && at <= len(intake.Reasons) {
		msg.Reason = intake.Reasons[at-1]
	} else if msg.Reason, err = parseReason(reason); err != nil {
		return err
	}
	asked, err := s.command.Flags().GetStringArray(flagAsk)
	if err != nil {
		return err
	}
	if len(asked) == 0 {
		line, err := s.ask("What would put it right? One or several, with ; between them: "+choicesText(intake)+":", flagAsk)
		if err != nil {
			return err
		}
		asked = strings.Split(line, ";")
	}
	for _, text := range asked {
		remedy, err := parseRemedy(text, intake)
		if err != nil {
			return err
		}
		msg.Remedies = append(msg.Remedies, remedy)
	}
	return s.needDeposit(msg, intake)
}

func reasonsText(reasons []types.CaseReason) string {
	texts := make([]string, len(reasons))
	for i, reason := range reasons {
		texts[i] = fmt.Sprintf("%d %s", i+1, reasonWord(reason))
	}
	return strings.Join(texts, ", ")
}

// needDeposit takes the deposit in the currency of the dispute if it can be in that, or in the first that it can be in.
func (s *session) needDeposit(msg *types.MsgFileCase, intake *types.QueryIntakeResponse) error {
	if len(intake.Deposits) == 0 {
		msg.DepositAccount = ""
		return nil
	}
	if msg.DepositAccount == "" {
		account, err := s.ask("After frivolous cases a deposit is needed. Which settlement account has it?", flagDeposit)
		if err != nil {
			return err
		}
		msg.DepositAccount = account
	}
	at := max(slices.IndexFunc(intake.Deposits, func(d types.CurrencyAmount) bool { return d.Currency == intake.Currency }), 0)
	msg.DepositCurrency = intake.Deposits[at].Currency
	return nil
}

func (s *session) confirm(msg *types.MsgFileCase, intake *types.QueryIntakeResponse) error {
	if yes, err := s.command.Flags().GetBool(flagYes); err != nil || yes {
		return err
	}
	asked := types.Case{Claimants: []types.Claimant{{Currency: intake.Currency}}, Remedies: msg.Remedies}
	texts := make([]string, len(msg.Remedies))
	for i := range msg.Remedies {
		texts[i] = remedyText(asked, i)
	}
	question := fmt.Sprintf("File against %s, because of %s, for %s? yes or no:", memberText(intake.Respondent), reasonWord(msg.Reason), strings.Join(texts, ", "))
	answer, err := s.ask(question, flagYes)
	if err == nil && answer != "yes" && answer != "y" {
		err = ErrNotConfirmed
	}
	return err
}

// filed is a case that was taken.
type filed struct {
	Case     uint64 `json:"case_id"`
	Against  string `json:"respondent"`
	Held     string `json:"held"` // minor units
	WaitsFor string `json:"waits_for"`
	TxHash   string `json:"tx_hash"`
	Height   int64  `json:"height"`

	heldText string
}

func (s *session) send(msg *types.MsgFileCase) error {
	if err := msg.Validate(); err != nil {
		return err
	}
	var response types.MsgFileCaseResponse
	sent, err := s.chain.Send(s.ctx(), msg, &response)
	if outgrown(err) { // others paid on while the questions were answered
		if msg.Receipt, err = s.chain.Receipt(s.ctx(), msg.Matter.Uetr); err == nil {
			sent, err = s.chain.Send(s.ctx(), msg, &response)
		}
	}
	if err != nil {
		return plain(err)
	}
	taken, err := s.chain.Case(s.ctx(), response.CaseId)
	if err != nil {
		return plain(err)
	}
	claimant := taken.Case.Claimants[0]
	answer := filed{
		Case: response.CaseId, Against: memberText(taken.Case.Respondent), Held: response.Held.String(), WaitsFor: taken.WaitsFor,
		TxHash: sent.TxHash, Height: sent.Height,
	}
	if slices.ContainsFunc(msg.Remedies, func(remedy types.Remedy) bool { return remedy.Kind == types.RemedyRefund }) {
		answer.heldText = "; " + amountText(claimant.Currency, response.Held) + " are held at the payee"
	}
	return s.print(answer, answer.write)
}

// outgrown tells that the log has grown over what the receipt leads to.
func outgrown(err error) bool {
	var refused *client.Refused
	old := settlement.ErrProofOutdated
	return errors.As(err, &refused) && refused.Codespace == old.Codespace() && refused.Code == old.ABCICode()
}

func (a filed) write(w io.Writer) error {
	if err := say(w, "Case %s is filed against %s%s", strconv.FormatUint(a.Case, 10), a.Against, a.heldText); err != nil {
		return err
	}
	if err := say(w, "  %s", a.WaitsFor); err != nil {
		return err
	}
	return say(w, "  transaction %s in block %d", a.TxHash, a.Height)
}
