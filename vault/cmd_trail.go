package vault

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/gateway/terminal"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func (t tool) newEraseCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "erase ID",
		Short: "Erase a record for all its readers",
		Long: `Erase a record: its sealed keys and its ciphertext leave the ledger's state, for all readers and for ever.

What stays: number, subject, level, purpose and digest of the record, its trail, what readers have copied, what
stands in copies of old blocks (sealed), and the file of a record that is kept outside: delete that one too.`,
		Example: `  zhiliand vault erase 7 --from accountant
  zhiliand vault erase 7 --yes --from accountant -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return t.erase(command, args[0]) },
	}
	addFlags(command)
	command.Flags().Bool(flagYes, false, "do not ask")
	return command
}

func (t tool) erase(command *cobra.Command, number string) error {
	id, err := parseNumber("ID", number)
	if err != nil {
		return err
	}
	s, err := t.writing(command)
	if err != nil {
		return err
	}
	record, _, err := s.readable(id)
	if err != nil {
		return err
	}
	if err := s.confirm(fmt.Sprintf("Erase record %d about %s (%s) for ever, for all its readers?",
		id, memberText(record.Subject), terminal.Inert(record.MediaType))); err != nil {
		return err
	}
	receipt, err := s.chain.Send(s.ctx(), &types.MsgErase{Operator: s.chain.Address(), RecordId: id}, &types.MsgEraseResponse{})
	if err != nil {
		return plain(err)
	}
	answer := struct {
		Record  uint64 `json:"record_id"`
		Digest  string `json:"digest"`
		Outside bool   `json:"outside"`
		sent
	}{id, idText(record.Digest), record.Outside(), sentAs(receipt)}
	return s.print(answer, func(w io.Writer) error {
		left := "its digest, its trail, and what readers have copied"
		if answer.Outside {
			left += "; and its ciphertext outside the ledger: delete that file now"
		}
		return errors.Join(say(w, "Record %d is erased. What stays: %s.", id, left), answer.sent.say(w))
	})
}

// confirm asks on the error output, so that the answer can be piped.
func (s *session) confirm(question string) error {
	if s.flag(flagYes) {
		return nil
	}
	s.command.PrintErrf("%s [y/N] ", question)
	line, err := bufio.NewReader(s.command.InOrStdin()).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return usagef("nobody answers: give --%s", flagYes)
	}
	if typed := strings.ToLower(strings.TrimSpace(line)); typed != "y" && typed != "yes" {
		return ErrNotConfirmed
	}
	return nil
}

func (t tool) newTrailCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "trail ID",
		Short: "Say what happened to a record: who put, asked for, got and opened it, and why",
		Long: `Say what happened to a record, oldest first. Its subject can read all of it, also after it was erased. The basis
is "own", a consent, a law, or an emergency access with its number; or the rule that refused an attempt.`,
		Example: `  zhiliand vault trail 7 --from accountant
  zhiliand vault trail 7 --from accountant -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseNumber("ID", args[0])
			if err != nil {
				return err
			}
			s, err := t.reading(command)
			if err != nil {
				return err
			}
			limit, err := s.limit()
			if err != nil {
				return err
			}
			entries, more, err := s.chain.Trail(s.ctx(), id, limit)
			if err != nil {
				return plain(err)
			}
			return s.showTrail(entries, more)
		},
	}
	addFlags(command)
	addLimitFlag(command)
	return command
}

type trailRow struct {
	Sequence uint64 `json:"sequence"`
	At       string `json:"at"`
	Height   int64  `json:"height"`
	What     string `json:"what"`
	Operator string `json:"operator"`
	Actor    string `json:"actor"`
	Reader   string `json:"reader,omitempty"`
	Purpose  string `json:"purpose,omitempty"`
	Basis    string `json:"basis,omitempty"`
}

func (s *session) showTrail(entries []types.TrailEntry, more bool) error {
	rows, table := []trailRow{}, [][]string{}
	for _, entry := range entries {
		row := trailRow{
			Sequence: entry.Sequence, At: timeText(entry.At), Height: entry.Height, What: enumText(entry.Kind.String(), "TRAIL_KIND_"),
			Operator: entry.Operator, Actor: memberText(entry.Actor), Reader: memberText(entry.Reader),
			Purpose: purposeText(entry.Purpose), Basis: entry.Basis,
		}
		rows = append(rows, row)
		table = append(table, []string{row.At, row.What, row.Actor, row.Operator, row.Reader, row.Purpose, row.Basis})
	}
	s.noteMore(more)
	return s.print(rows, func(w io.Writer) error {
		return terminal.WriteTable(w, []string{"WHEN", "WHAT", "WHO", "OPERATOR", "FOR WHOM", "PURPOSE", "BASIS"}, nil, table)
	})
}

func (t tool) newListCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "list",
		Short: "List the records about a subject, newest first",
		Example: `  zhiliand vault list --from accountant
  zhiliand vault list --subject BQDQ/acme --from teller -o json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			s, subject, limit, err := t.listing(command)
			if err != nil {
				return err
			}
			records, more, err := s.chain.Records(s.ctx(), subject, limit)
			if err != nil {
				return plain(err)
			}
			return s.showRecords(records, more)
		},
	}
	addFlags(command)
	addLimitFlag(command)
	command.Flags().String(flagSubject, "", "INSTITUTION or INSTITUTION/PARTY that they are about (default: whom --from acts for)")
	return command
}

type recordRow struct {
	Record    uint64 `json:"record_id"`
	Subject   string `json:"subject"`
	Custodian string `json:"custodian"`
	Operator  string `json:"operator"`
	Level     uint32 `json:"level"`
	MediaType string `json:"media_type"`
	Purpose   string `json:"purpose"`
	Digest    string `json:"digest"`
	Bytes     uint64 `json:"bytes"`
	Outside   bool   `json:"outside"`
	Status    string `json:"status"`
	PutAt     string `json:"put_at"`
	ErasedAt  string `json:"erased_at,omitempty"`
}

func (s *session) showRecords(records []types.Record, more bool) error {
	rows, table := []recordRow{}, [][]string{}
	for _, record := range records {
		row := recordRow{
			Record: record.Id, Subject: memberText(record.Subject), Custodian: record.CustodianId, Operator: record.Operator,
			Level: record.Level, MediaType: record.MediaType, Purpose: purposeText(record.Purpose), Digest: idText(record.Digest),
			Bytes: record.Size_, Outside: record.Outside(), Status: enumText(record.Status.String(), "RECORD_STATUS_"),
			PutAt: timeText(record.PutAt), ErasedAt: timeText(record.ErasedAt),
		}
		rows = append(rows, row)
		where := map[bool]string{true: "outside", false: "ledger"}[row.Outside]
		table = append(table, []string{
			fmt.Sprint(row.Record), row.Subject, fmt.Sprint(row.Level), row.MediaType, row.Purpose, fmt.Sprint(row.Bytes), where, row.Status, row.PutAt,
		})
	}
	s.noteMore(more)
	return s.print(rows, func(w io.Writer) error {
		return terminal.WriteTable(w, []string{"RECORD", "SUBJECT", "LEVEL", "MEDIA TYPE", "PURPOSE", "BYTES", "KEPT", "STATUS", "PUT"},
			map[int]bool{0: true, 2: true, 5: true}, table)
	})
}
