package vault

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func (t tool) newShareCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "share ID",
		Short: "Let another reader open a record",
		Long: `Let another reader open a record: it is opened here with a key of yours, and its content key is sealed to the
reader's active keys. Nothing is uploaded again; the file of a record that is kept outside goes another way.

The chain wants a consent of the record's subject that covers reader, purpose and level, or a legal basis.`,
		Example: `  zhiliand vault share 7 --with CITY --purpose credit-rating --from accountant
  zhiliand vault share 7 --with CITY --purpose credit-rating --request 3 --key acme-2026 --from accountant`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return t.share(command, args[0]) },
	}
	addFlags(command)
	addKeyFlag(command)
	f := command.Flags()
	f.String(flagWith, "", "INSTITUTION or INSTITUTION/PARTY that will read it")
	addPurposeFlag(command)
	f.Uint64(flagRequest, 0, "number of the request that this answers")
	f.String(flagFile, "", "the sealed file of a record that is kept outside, to check that it opens before sharing it")
	return command
}

// shareAnswer is a record that was shared.
type shareAnswer struct {
	Record   uint64     `json:"record_id"`
	Reader   string     `json:"reader"`
	Purpose  string     `json:"purpose"`
	Request  uint64     `json:"request_id,omitempty"`
	SealedTo []sealedTo `json:"sealed_to"`
	sent
}

func (t tool) share(command *cobra.Command, number string) error {
	msg, err := newShare(command, number)
	if err != nil {
		return err
	}
	s, err := t.writing(command)
	if err != nil {
		return err
	}
	msg.Operator = s.chain.Address()
	record, shares, err := s.readable(msg.RecordId)
	if err != nil {
		return err
	}
	if s.text(flagFile) != "" && !record.Outside() {
		return usagef("record %d is kept on the ledger: leave --%s out", record.Id, flagFile)
	}
	readers, names, err := s.activeKeys(msg.Reader)
	if err != nil {
		return err
	}
	key, envelope, err := s.unlock(record, shares, s.text(flagKey))
	if err != nil {
		return err
	}
	defer key.Wipe()
	if msg.Keys, err = s.reseal(record, key, envelope, readers); err != nil {
		return fmt.Errorf("record %d: %w", record.Id, err)
	}
	return s.sendShare(msg, names)
}

func newShare(command *cobra.Command, number string) (*types.MsgShare, error) {
	id, err := parseNumber("ID", number)
	if err != nil {
		return nil, err
	}
	reader, err := parseMember(flagWith, command.Flag(flagWith).Value.String())
	if err != nil {
		return nil, err
	}
	purpose, err := parsePurpose(command.Flag(flagPurpose).Value.String())
	if err != nil {
		return nil, err
	}
	request, err := command.Flags().GetUint64(flagRequest)
	return &types.MsgShare{RecordId: id, Reader: reader, Purpose: purpose, RequestId: request}, err
}

// reseal seals the content key to the reader's keys, after it has seen that it opens the content.
func (s *session) reseal(record types.Record, key seal.PrivateKey, envelope seal.Envelope, readers []seal.PublicKey) ([]seal.SealedKey, error) {
	one := seal.Reseal
	if record.Outside() {
		one = seal.ResealDetached
		if s.text(flagFile) != "" {
			if err := s.openFile(io.Discard, record, key, envelope); err != nil {
				return nil, err
			}
		}
	}
	var keys []seal.SealedKey
	for _, reader := range readers {
		sealed, err := one(key, envelope, record.Binding(), reader)
		if err != nil {
			return nil, err
		}
		if keys, err = seal.InsertKey(keys, sealed); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func (s *session) sendShare(msg *types.MsgShare, names []sealedTo) error {
	if err := msg.Validate(); err != nil {
		return err
	}
	receipt, err := s.chain.Send(s.ctx(), msg, &types.MsgShareResponse{})
	if err != nil {
		return plain(err)
	}
	answer := shareAnswer{
		Record: msg.RecordId, Reader: memberText(msg.Reader), Purpose: purposeText(msg.Purpose), Request: msg.RequestId,
		SealedTo: names, sent: sentAs(receipt),
	}
	return s.print(answer, func(w io.Writer) error {
		return errors.Join(
			say(w, "Record %d is shared with %s for %s", answer.Record, answer.Reader, answer.Purpose),
			answer.sent.say(w), writeSealedTo(w, names))
	})
}

func (t tool) newRequestCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "request ID",
		Short: "Ask for a record",
		Long: `Ask the subject of a record, or the institution that serves it, for access. Whether a rule refuses it is known at
once; either way the record's subject can read that you asked. Exit code 1 if it was refused.`,
		Example: `  zhiliand vault request 7 --purpose credit-rating --from rater`,
		Args:    cobra.ExactArgs(1),
		RunE:    func(command *cobra.Command, args []string) error { return t.request(command, args[0]) },
	}
	addFlags(command)
	addPurposeFlag(command)
	return command
}

// requestAnswer is what came of a request.
type requestAnswer struct {
	Request uint64 `json:"request_id"`
	Record  uint64 `json:"record_id"`
	Purpose string `json:"purpose"`
	Status  string `json:"status"`
	Refusal string `json:"refusal,omitempty"`
	sent
}

func (t tool) request(command *cobra.Command, number string) error {
	id, err := parseNumber("ID", number)
	if err != nil {
		return err
	}
	purpose, err := parsePurpose(command.Flag(flagPurpose).Value.String())
	if err != nil {
		return err
	}
	s, err := t.writing(command)
	if err != nil {
		return err
	}
	var response types.MsgRequestAccessResponse
	receipt, err := s.chain.Send(s.ctx(), &types.MsgRequestAccess{Operator: s.chain.Address(), RecordId: id, Purpose: purpose}, &response)
	if err != nil {
		return plain(err)
	}
	answer := requestAnswer{
		Request: response.RequestId, Record: id, Purpose: purposeText(purpose), Status: requestStatus(response.Status),
		Refusal: response.Refusal, sent: sentAs(receipt),
	}
	err = s.print(answer, func(w io.Writer) error {
		return errors.Join(say(w, "Request %d for record %d: %s", answer.Request, id, answer.Status), answer.sent.say(w))
	})
	if err == nil && response.Status == types.RequestRefused {
		return fmt.Errorf("%w by rule %s; the subject must consent first (zhiliand tx access give-consent), or a law allow it",
			ErrRequestRefused, terminal.Inert(response.Refusal))
	}
	return err
}

func requestStatus(status types.RequestStatus) string {
	return enumText(status.String(), "REQUEST_STATUS_")
}

func (t tool) newRequestsCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "requests",
		Short: "List who asked for the records of a subject, newest first",
		Example: `  zhiliand vault requests --from accountant
  zhiliand vault requests --subject BQDQ/acme --from teller -o json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			s, subject, limit, err := t.listing(command)
			if err != nil {
				return err
			}
			requests, more, err := s.chain.Requests(s.ctx(), subject, limit)
			if err != nil {
				return plain(err)
			}
			return s.showRequests(requests, more)
		},
	}
	addFlags(command)
	addLimitFlag(command)
	command.Flags().String(flagSubject, "", "INSTITUTION or INSTITUTION/PARTY whose records they ask for (default: whom --from acts for)")
	return command
}

// listing begins a session that lists what there is about a subject.
func (t tool) listing(command *cobra.Command) (*session, access.Member, int, error) {
	s, err := t.reading(command)
	if err != nil {
		return nil, access.Member{}, 0, err
	}
	limit, err := s.limit()
	if err != nil {
		return nil, access.Member{}, 0, err
	}
	subject, err := s.member(flagSubject)
	return s, subject, limit, err
}

type requestRow struct {
	Request     uint64 `json:"request_id"`
	Record      uint64 `json:"record_id"`
	Reader      string `json:"reader"`
	Operator    string `json:"operator"`
	Purpose     string `json:"purpose"`
	Status      string `json:"status"`
	Refusal     string `json:"refusal,omitempty"`
	RequestedAt string `json:"requested_at"`
	ExpiresAt   string `json:"expires_at"`
}

func (s *session) showRequests(requests []types.AccessRequest, more bool) error {
	rows, table := []requestRow{}, [][]string{}
	for _, request := range requests {
		row := requestRow{
			Request: request.Id, Record: request.RecordId, Reader: memberText(request.Reader), Operator: request.Operator,
			Purpose: purposeText(request.Purpose), Status: requestStatus(request.Status), Refusal: request.Refusal,
			RequestedAt: timeText(request.RequestedAt), ExpiresAt: timeText(request.ExpiresAt),
		}
		rows = append(rows, row)
		table = append(table, []string{
			fmt.Sprint(row.Request), fmt.Sprint(row.Record), row.Reader, row.Purpose, row.Status, row.Refusal, row.RequestedAt, row.ExpiresAt,
		})
	}
	s.noteMore(more)
	return s.print(rows, func(w io.Writer) error {
		return terminal.WriteTable(w, []string{"REQUEST", "RECORD", "READER", "PURPOSE", "STATUS", "RULE", "ASKED", "EXPIRES"},
			map[int]bool{0: true, 1: true}, table)
	})
}

func (t tool) newDenyCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "deny REQUEST",
		Short:   "Deny an access request",
		Example: `  zhiliand vault deny 3 --from accountant`,
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			number, err := parseNumber("REQUEST", args[0])
			if err != nil {
				return err
			}
			s, err := t.writing(command)
			if err != nil {
				return err
			}
			receipt, err := s.chain.Send(s.ctx(), &types.MsgDenyAccess{Operator: s.chain.Address(), RequestId: number}, &types.MsgDenyAccessResponse{})
			if err != nil {
				return plain(err)
			}
			answer := struct {
				Request uint64 `json:"request_id"`
				sent
			}{number, sentAs(receipt)}
			return s.print(answer, func(w io.Writer) error {
				return errors.Join(say(w, "Request %d is denied", number), answer.sent.say(w))
			})
		},
	}
	addFlags(command)
	return command
}

func (t tool) newRevokeCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a reader's access to a record",
		Long: `End a reader's access to a record: its sealed keys leave the ledger's state. What the reader has copied or
opened before stays with it.`,
		Example: `  zhiliand vault revoke 7 --reader CITY --from accountant`,
		Args:    cobra.ExactArgs(1),
		RunE:    func(command *cobra.Command, args []string) error { return t.revoke(command, args[0]) },
	}
	addFlags(command)
	command.Flags().String(flagReader, "", "INSTITUTION or INSTITUTION/PARTY whose access ends")
	return command
}

func (t tool) revoke(command *cobra.Command, number string) error {
	id, err := parseNumber("ID", number)
	if err != nil {
		return err
	}
	reader, err := parseMember(flagReader, command.Flag(flagReader).Value.String())
	if err != nil {
		return err
	}
	s, err := t.writing(command)
	if err != nil {
		return err
	}
	receipt, err := s.chain.Send(s.ctx(), &types.MsgRevoke{Operator: s.chain.Address(), RecordId: id, Reader: reader}, &types.MsgRevokeResponse{})
	if err != nil {
		return plain(err)
	}
	answer := struct {
		Record uint64 `json:"record_id"`
		Reader string `json:"reader"`
		sent
	}{id, memberText(reader), sentAs(receipt)}
	return s.print(answer, func(w io.Writer) error {
		return errors.Join(
			say(w, "Access of %s to record %d has ended; what it has read or copied stays with it", answer.Reader, id),
			answer.sent.say(w))
	})
}
