package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// maxInlineContent is what fits into a ciphertext that the ledger keeps.
const maxInlineContent = types.MaxInlineBytes - types.SealedOverhead

func (t tool) newPutCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "put FILE",
		Short: "Seal a file and put it on record",
		Long: fmt.Sprintf(`Seal a file for its subject, the institution that serves it, and the readers, and put it on record. FILE - reads
standard input.

Up to %d bytes stand sealed on the ledger. Larger files need --%s: the sealed file is written there, and the
ledger keeps its digest and size. Whoever wants to read it needs that file from you; it says nothing to others.

Readers beside the subject and its institution need a consent of the subject, or a legal basis.`, maxInlineContent, flagOutside),
		Example: `  zhiliand vault put statement.pdf --level 3 --subject BQDQ/acme --purpose credit-rating --from accountant
  zhiliand vault put scans.zip --level 4 --subject BQDQ/acme --purpose due-diligence --outside scans.sealed --from teller
  zhiliand vault put income.json --level 3 --subject BQDQ/acme --purpose financing --reader CITY --from accountant`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return t.put(command, args[0]) },
	}
	addFlags(command)
	f := command.Flags()
	f.Uint32(flagLevel, 0, "level of the data, 2 to 4 (JR/T 0197-2020)")
	f.String(flagSubject, "", "INSTITUTION or INSTITUTION/PARTY that it is about")
	addPurposeFlag(command)
	f.String(flagMediaType, "", "media type, e.g. application/pdf (default: guessed)")
	f.StringArray(flagReader, nil, "INSTITUTION or INSTITUTION/PARTY that reads it too; may be repeated")
	f.String(flagOutside, "", "file for the ciphertext, which is then kept outside the ledger")
	f.String(flagCipher, "aes256", "cipher of the content: aes256 or sm4 (国密)")
	return command
}

func addPurposeFlag(command *cobra.Command) {
	command.Flags().String(flagPurpose, "", fmt.Sprintf("what it may be used for: one of %v", purposes()))
}

// putting is a record on its way.
type putting struct {
	*session
	msg     *types.MsgPut
	cipher  seal.Cipher
	readers []access.Member
	keys    []seal.PublicKey
	sealed  []sealedTo
}

func (t tool) put(command *cobra.Command, name string) error {
	s, err := t.offline(command)
	if err != nil {
		return err
	}
	p, err := s.newPutting()
	if err != nil {
		return err
	}
	if err := s.needKey(); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	p.msg.Operator = s.chain.Address()
	if err := p.findKeys(); err != nil {
		return err
	}
	file, err := source(command.InOrStdin(), name)
	if err != nil {
		return err
	}
	defer file.Close()
	content := interruptible{s.ctx(), file}
	if out := s.text(flagOutside); out != "" {
		return p.outside(name, content, out)
	}
	return p.inline(name, content)
}

// newPutting reads the flags.
func (s *session) newPutting() (*putting, error) {
	p := &putting{session: s, msg: &types.MsgPut{MediaType: s.text(flagMediaType)}}
	level, err := s.command.Flags().GetUint32(flagLevel)
	if err != nil {
		return nil, err
	}
	if !access.IsSharingLevel(level) {
		return nil, usagef("--%s must be %d to %d", flagLevel, access.MinSharingLevel, access.MaxSharingLevel)
	}
	p.msg.Level = level
	if p.msg.Subject, err = parseMember(flagSubject, s.text(flagSubject)); err != nil {
		return nil, err
	}
	if p.msg.Purpose, err = s.purpose(); err != nil {
		return nil, err
	}
	if p.cipher, err = parseCipher(s.text(flagCipher)); err != nil {
		return nil, err
	}
	readers, err := s.command.Flags().GetStringArray(flagReader)
	if err != nil {
		return nil, err
	}
	for _, text := range readers {
		reader, err := parseMember(flagReader, text)
		if err != nil {
			return nil, err
		}
		p.readers = append(p.readers, reader)
	}
	return p, nil
}

// findKeys gets the keys of all readers. One of subject and custodian may do without: a bank keeps records
// about customers who have no key. A reader who was named must have one.
func (p *putting) findKeys() error {
	custodian := access.Member{InstitutionId: p.msg.Subject.InstitutionId}
	readers := p.readers
	var missing error
	for _, own := range []access.Member{p.msg.Subject, custodian} {
		_, _, err := p.activeKeys(own)
		switch {
		case err == nil:
			readers = append(readers, own)
		case errors.Is(err, ErrNoActiveKey):
			if missing != nil || own == p.msg.Subject && own == custodian {
				_, _, err := p.activeKeys(p.msg.Subject, custodian)
				return err
			}
			missing = err
		default:
			return err
		}
	}
	var err error
	if p.keys, p.sealed, err = p.activeKeys(readers...); err != nil {
		return err
	}
	if missing != nil {
		p.command.PrintErrf("Note: %v. They cannot open this record until it is shared with them.\n", missing)
	}
	return nil
}

func (p *putting) inline(name string, file io.Reader) error {
	content, err := io.ReadAll(io.LimitReader(file, maxInlineContent+1))
	if err != nil {
		return err
	}
	defer clear(content)
	if len(content) > maxInlineContent {
		return usagef("%s has more than %d bytes, which is all that the ledger keeps: give --%s OUT to keep the sealed file yourself",
			name, maxInlineContent, flagOutside)
	}
	p.guess(name, content)
	if p.msg.Envelope, err = seal.Seal(content, p.msg.Binding(), p.cipher, p.keys); err != nil {
		return err
	}
	return p.send("")
}

// outside writes the ciphertext to a file of its own. One that the chain refused is worth nothing.
func (p *putting) outside(name string, content io.Reader, out string) error {
	head := make([]byte, 512)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	p.guess(name, head[:n])
	err = writeNew(out, func(w io.Writer) error {
		envelope, file, err := seal.SealTo(w, io.MultiReader(bytes.NewReader(head[:n]), content), p.msg.Binding(), p.cipher, p.keys)
		p.msg.Envelope, p.msg.OutsideDigest, p.msg.OutsideSize = envelope, file.SHA256, uint64(file.Size)
		return err
	})
	if err != nil {
		return err
	}
	err = p.send(out)
	var unknown *client.OutcomeUnknown
	if err != nil && !errors.As(err, &unknown) {
		return errors.Join(err, os.Remove(out))
	}
	return err
}

func (p *putting) guess(name string, head []byte) {
	if p.msg.MediaType == "" {
		p.msg.MediaType = guessMediaType(name, head[:min(len(head), 512)])
	}
}

// putAnswer is a record that was put.
type putAnswer struct {
	Record    uint64     `json:"record_id"`
	Subject   string     `json:"subject"`
	Level     uint32     `json:"level"`
	MediaType string     `json:"media_type"`
	Purpose   string     `json:"purpose"`
	Digest    string     `json:"digest"`
	SealedTo  []sealedTo `json:"sealed_to"`
	Outside   string     `json:"outside,omitempty"`
	sent
}

func (p *putting) send(outside string) error {
	if err := p.msg.Validate(); err != nil {
		return err
	}
	var response types.MsgPutResponse
	receipt, err := p.chain.Send(p.ctx(), p.msg, &response)
	if err != nil {
		return plain(err)
	}
	answer := putAnswer{
		Record: response.RecordId, Subject: memberText(p.msg.Subject), Level: p.msg.Level, MediaType: p.msg.MediaType,
		Purpose: purposeText(p.msg.Purpose), Digest: idText(p.msg.Envelope.Digest), SealedTo: p.sealed, Outside: outside,
		sent: sentAs(receipt),
	}
	return p.print(answer, answer.write)
}

func (a putAnswer) write(w io.Writer) error {
	if err := say(w, "Record %s about %s, level %d, %s, for %s", strconv.FormatUint(a.Record, 10), a.Subject, a.Level, a.MediaType, a.Purpose); err != nil {
		return err
	}
	if err := a.sent.say(w); err != nil {
		return err
	}
	if err := writeSealedTo(w, a.SealedTo); err != nil {
		return err
	}
	if a.Outside == "" {
		return nil
	}
	return say(w, "  ciphertext: %s. Keep it: the ledger has its digest only.", a.Outside)
}

func writeSealedTo(w io.Writer, keys []sealedTo) error {
	for _, key := range keys {
		if err := say(w, "  sealed to %s (%s, %s)", key.Member, key.Suite, key.KeyID); err != nil {
			return err
		}
	}
	return nil
}
