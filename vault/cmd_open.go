package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func (t tool) newOpenCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "open ID",
		Short: "Open a record with a key of yours",
		Long: `Fetch a record and open it here, with the key file that it is sealed to. What comes out is checked against the
record's digest: all readers see the same. It is printed, or written with mode 0600 to --out.

A record whose ciphertext is kept outside needs that file (--file), from whoever keeps it. With --note the
record's trail says that you opened it.`,
		Example: `  zhiliand vault open 7 --out statement.pdf --from rater
  zhiliand vault open 8 --file scans.sealed --out scans.zip --key city-2026 --note --from rater`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return t.openRecord(command, args[0]) },
	}
	addFlags(command)
	addKeyFlag(command)
	f := command.Flags()
	f.String(flagFile, "", "the sealed file of a record that is kept outside the ledger")
	f.String(flagOut, "", "file to write the content to (default: standard output)")
	f.Bool(flagNote, false, "tell the record's trail that you opened it; needs --"+flags.FlagFrom)
	return command
}

func addKeyFlag(command *cobra.Command) {
	command.Flags().String(flagKey, "", "name of the key file to open it with (default: the one in HOME/vault that it is sealed to)")
}

// openAnswer is a record that was opened.
type openAnswer struct {
	Record    uint64 `json:"record_id"`
	Subject   string `json:"subject"`
	MediaType string `json:"media_type"`
	Digest    string `json:"digest"`
	Out       string `json:"out,omitempty"`
	// Content is there if it went to no file.
	Content []byte `json:"content,omitempty"`
	Note    *sent  `json:"note,omitempty"`
}

func (t tool) openRecord(command *cobra.Command, number string) error {
	id, err := parseNumber("ID", number)
	if err != nil {
		return err
	}
	s, err := t.offline(command)
	if err != nil {
		return err
	}
	if s.flag(flagNote) {
		if err := s.needKey(); err != nil {
			return err
		}
	}
	if err := s.connect(); err != nil {
		return err
	}
	record, shares, err := s.readable(id)
	if err != nil {
		return err
	}
	if err := s.checkPlaces(record); err != nil {
		return err
	}
	key, envelope, err := s.unlock(record, shares, s.text(flagKey))
	if err != nil {
		return err
	}
	defer key.Wipe()
	content, err := s.deliver(record, key, envelope)
	if err != nil {
		return fmt.Errorf("record %d: %w", id, err)
	}
	defer clear(content)
	answer := openAnswer{
		Record: id, Subject: memberText(record.Subject), MediaType: record.MediaType, Digest: idText(record.Digest), Out: s.text(flagOut),
	}
	return s.opened(answer, content)
}

// checkPlaces refuses what cannot end well before a passphrase is asked for.
func (s *session) checkPlaces(record types.Record) error {
	file, out := s.text(flagFile), s.text(flagOut)
	switch {
	case !record.Outside() && file != "":
		return usagef("record %d is kept on the ledger: leave --%s out", record.Id, flagFile)
	case record.Outside() && file == "":
		return usagef("record %d is kept outside the ledger: get its file of %d bytes from %s and give it with --%s",
			record.Id, record.Size_, record.CustodianId, flagFile)
	case record.Outside() && out == "":
		return usagef("give --%s FILE for the content of a record that is kept outside", flagOut)
	}
	if out == "" {
		return nil
	}
	if _, err := os.Lstat(out); err == nil {
		return fmt.Errorf("%s: %w", out, ErrExists)
	}
	return nil
}

// deliver opens a record to its file, or returns the content if it is to be printed.
func (s *session) deliver(record types.Record, key seal.PrivateKey, envelope seal.Envelope) ([]byte, error) {
	out := s.text(flagOut)
	if record.Outside() {
		return nil, writeNew(out, func(w io.Writer) error {
			return s.openFile(w, record, key, envelope)
		})
	}
	content, err := seal.Open(key, envelope, record.Binding())
	if err != nil || out == "" {
		return content, err
	}
	defer clear(content)
	return nil, writeNew(out, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// openFile checks the ciphertext that is kept outside against the record, and opens it.
func (s *session) openFile(w io.Writer, record types.Record, key seal.PrivateKey, envelope seal.Envelope) error {
	file, err := os.Open(s.text(flagFile))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := seal.CheckFile(interruptible{s.ctx(), file}, seal.File{SHA256: record.OutsideDigest, Size: int64(record.Size_)}); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = seal.OpenTo(w, interruptible{s.ctx(), file}, key, envelope, record.Binding())
	return err
}

// opened notes the opening if that is wanted, and shows what came out.
func (s *session) opened(answer openAnswer, content []byte) error {
	toTerminal := answer.Out == "" && s.clientCtx.OutputFormat != flags.OutputFormatJSON
	if toTerminal && s.isTerminal(s.command.OutOrStdout()) && !isText(content) {
		return ErrBinary
	}
	noteErr := s.note(&answer)
	if answer.Out == "" {
		answer.Content = content
	}
	return errors.Join(s.print(answer, func(w io.Writer) error {
		if toTerminal {
			_, err := io.Copy(w, bytes.NewReader(content))
			return err
		}
		return say(w, "Record %d (%s) is written to %s; its digest is right.", answer.Record, answer.MediaType, answer.Out)
	}), noteErr)
}

func (s *session) note(answer *openAnswer) error {
	if !s.flag(flagNote) {
		return nil
	}
	receipt, err := s.chain.Send(s.ctx(), &types.MsgNoteOpening{Operator: s.chain.Address(), RecordId: answer.Record}, &types.MsgNoteOpeningResponse{})
	if err != nil {
		return fmt.Errorf("the record was opened, but its trail does not say so: %w", plain(err))
	}
	done := sentAs(receipt)
	answer.Note = &done
	return nil
}
