package vault

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

// newRecords is a world whose people have keys, without passphrases so that tests are quick.
func newRecords(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	for _, person := range []string{"accountant", "teller", "rater", "stranger"} {
		w.must(person, "keygen", person+"-1", "--plain")
	}
	return w
}

func (w *world) write(name string, content string) string {
	w.t.Helper()
	path := w.file(name)
	require.NoError(w.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// putNote puts a small text about Acme and returns its number.
func (w *world) putNote(more ...string) uint64 {
	w.t.Helper()
	var answer putAnswer
	args := append([]string{"put", w.write("note.txt", secretText), "--level", "3", "--subject", "BQDQ/acme", "--purpose", "credit-rating"}, more...)
	w.json(&answer, "accountant", args...)
	return answer.Record
}

// putOutside puts a file of 200,000 bytes that is kept outside, and returns its content and ciphertext.
func (w *world) putOutside() (content string, sealed string) {
	w.t.Helper()
	content = strings.Repeat(secretText+"\n", 200_000/len(secretText))
	sealed = w.file("big.sealed")
	w.must("accountant", "put", w.write("big.txt", content), "--level", "4", "--subject", "BQDQ/acme", "--purpose", "audit", "--outside", sealed)
	return content, sealed
}

func TestARecordIsReadByItsSubjectItsInstitutionAndNamedReaders(t *testing.T) {
	w := newRecords(t)
	w.must("accountant", "keygen", "guomi", "--plain", "--suite", "sm2")
	id := w.putNote("--reader", "CITY", "--cipher", "sm4")
	require.Equal(t, "text/plain", w.records[id].MediaType)
	require.Equal(t, seal.SM4GCM, w.records[id].Cipher)
	require.Len(t, w.shares[id], 4, "two keys of the subject, one of its bank, one of the reader")
	for _, person := range []string{"accountant", "teller", "rater"} {
		require.Equal(t, secretText, w.must(person, "open", "1"), person)
	}
	require.Equal(t, secretText, w.must("accountant", "open", "1", "--key", "guomi"))
	_, err := w.do("stranger", "open", "1")
	require.ErrorIs(t, err, ErrNotReader)
	require.ErrorContains(t, err, "zhiliand vault request 1")
}

func TestAReaderWithoutAKeyIsNamedWithWhatItShouldRun(t *testing.T) {
	w := newWorld(t)
	note := w.write("note.txt", secretText)
	put := []string{"put", note, "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit"}
	_, err := w.do("accountant", put...)
	require.ErrorIs(t, err, ErrNoActiveKey)
	require.ErrorContains(t, err, "zhiliand vault keygen NAME --for BQDQ/acme --from OPERATOR")
	require.ErrorContains(t, err, "--for BQDQ --from OPERATOR")

	w.must("teller", "keygen", "bank", "--plain")
	_, err = w.do("teller", append(put, "--reader", "CITY")...)
	require.ErrorIs(t, err, ErrNoActiveKey)
	require.ErrorContains(t, err, "--for CITY")

	w.must("teller", put...)
	require.Contains(t, w.seen.String(), "cannot open this record until it is shared with them")
	require.Equal(t, secretText, w.must("teller", "open", "1"), "a bank keeps records about customers without keys")
	require.Len(t, w.sent, 2)

	_, err = w.do("teller", "share", "1", "--with", "CITY", "--purpose", "audit")
	require.ErrorIs(t, err, ErrNoActiveKey)
}

func TestARevokedKeyIsNotSealedTo(t *testing.T) {
	w := newRecords(t)
	for i := range w.keys {
		if w.keys[i].Owner == people["rater"] {
			w.keys[i].Status = types.KeyRevoked
		}
	}
	_, err := w.do("accountant", "put", w.write("note.txt", secretText), "--level", "3", "--subject", "BQDQ/acme",
		"--purpose", "audit", "--reader", "CITY")
	require.ErrorIs(t, err, ErrNoActiveKey)
}

func TestANodeThatPassesOffItsOwnKeyIsFound(t *testing.T) {
	w := newRecords(t)
	foreign, err := seal.GenerateKey(seal.MLKEM768X25519)
	require.NoError(t, err)
	for i := range w.keys {
		if w.keys[i].Owner == people["teller"] {
			w.keys[i].PublicKey = foreign.Public() // under the id of the real one
		}
	}
	sent := len(w.sent)
	_, err = w.do("accountant", "put", w.write("note.txt", secretText), "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit")
	require.ErrorIs(t, err, ErrCheat)
	require.Len(t, w.sent, sent)
}

func TestAFileAboveTheLedgersSizeGoesOutside(t *testing.T) {
	w := newRecords(t)
	exact := w.write("exact.bin", strings.Repeat("x", maxInlineContent))
	w.must("accountant", "put", exact, "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit")
	require.Len(t, w.records[1].Ciphertext, types.MaxInlineBytes)
	sent := len(w.sent)
	over := w.write("over.bin", strings.Repeat("x", maxInlineContent+1))
	_, err := w.do("accountant", "put", over, "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit")
	requireUsage(t, err, "too large")
	require.ErrorContains(t, err, "--outside OUT")
	require.Len(t, w.sent, sent)
}

func TestARecordOutsideOpensFromItsFileOnly(t *testing.T) {
	w := newRecords(t)
	content, sealed := w.putOutside()
	ciphertext, err := os.ReadFile(sealed)
	require.NoError(t, err)
	require.Equal(t, uint64(len(ciphertext)), w.records[1].Size_)
	require.Empty(t, w.records[1].Ciphertext)
	require.NotContains(t, string(ciphertext), secretText)

	out := w.file("out.txt")
	w.must("teller", "open", "1", "--file", sealed, "--out", out)
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, content, string(got))
	info, err := os.Stat(out)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	_, err = w.do("teller", "open", "1", "--out", w.file("x"))
	requireUsage(t, err, "no file")
	require.ErrorContains(t, err, "get its file")
	_, err = w.do("teller", "open", "1", "--file", sealed)
	requireUsage(t, err, "no place for the content")

	for name, change := range map[string]func([]byte) []byte{
		"a flipped byte": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut off":        func(b []byte) []byte { return b[:65536+16+8] },
		"longer":         func(b []byte) []byte { return append(b, 0) },
		"empty":          func([]byte) []byte { return nil },
	} {
		altered, target := w.write("altered.sealed", string(change(bytes.Clone(ciphertext)))), w.file("altered.out")
		_, err := w.do("teller", "open", "1", "--file", altered, "--out", target)
		require.ErrorIs(t, err, seal.ErrBroken, name)
		require.NoFileExists(t, target, name)
		_, err = w.do("teller", "share", "1", "--with", "CITY", "--purpose", "audit", "--file", altered)
		require.ErrorIs(t, err, seal.ErrBroken, name)
	}
	w.must("teller", "share", "1", "--with", "CITY", "--purpose", "audit", "--file", sealed)
	w.must("rater", "open", "1", "--file", sealed, "--out", w.file("rater.txt"))
	requireNoTemporaries(t, w.folder)
}

func requireNoTemporaries(t *testing.T, folder string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(folder, ".vault-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestWhatTheChainRefusedLeavesNoFileAndWhatMayBeInABlockKeepsIt(t *testing.T) {
	w := newRecords(t)
	put := []string{"put", w.write("note.txt", secretText), "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit", "--outside", w.file("note.sealed")}
	w.refuse = &client.Refused{Codespace: "vault", Code: 23, Log: "institution has used up its inline bytes\x1b[2J"}
	_, err := w.do("accountant", put...)
	require.ErrorContains(t, err, "vault/23")
	require.NotContains(t, err.Error(), "\x1b")
	require.NoFileExists(t, w.file("note.sealed"))

	w.refuse = &client.OutcomeUnknown{TxHash: "AB12", Cause: fmt.Errorf("no block")}
	_, err = w.do("accountant", put...)
	require.ErrorContains(t, err, "zhiliand query tx AB12")
	require.FileExists(t, w.file("note.sealed"))
}

func TestNoFileIsOverwritten(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	precious := w.write("precious", "mine")
	_, err := w.do("accountant", "open", "1", "--out", precious)
	require.ErrorIs(t, err, ErrExists)
	_, err = w.do("accountant", "put", w.file("note.txt"), "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit", "--outside", precious)
	require.ErrorIs(t, err, ErrExists)
	got, err := os.ReadFile(precious)
	require.NoError(t, err)
	require.Equal(t, "mine", string(got))
	requireNoTemporaries(t, w.folder)
}

func TestWhatWasAlteredOnTheWayDoesNotOpen(t *testing.T) {
	for name, c := range map[string]struct {
		alter func(w *world, r *types.Record)
		want  error
	}{
		"a flipped byte of the ciphertext": {func(_ *world, r *types.Record) { r.Ciphertext = flip(r.Ciphertext) }, seal.ErrBroken},
		"a flipped byte of the digest":     {func(_ *world, r *types.Record) { r.Digest = flip(r.Digest) }, seal.ErrBroken},
		"a flipped byte of the sealed key": {func(w *world, r *types.Record) {
			for i := range w.shares[r.Id] {
				w.shares[r.Id][i].Keys[0].Sealed = flip(w.shares[r.Id][i].Keys[0].Sealed)
			}
		}, seal.ErrBroken},
		"another subject":    {func(_ *world, r *types.Record) { r.Subject.PartyId = "other" }, seal.ErrBroken},
		"a lower level":      {func(_ *world, r *types.Record) { r.Level = 2 }, seal.ErrBroken},
		"another purpose":    {func(_ *world, r *types.Record) { r.Purpose = access.Purpose_PURPOSE_AUDIT }, seal.ErrBroken},
		"another media type": {func(_ *world, r *types.Record) { r.MediaType = "text/html" }, seal.ErrBroken},
		"another operator":   {func(_ *world, r *types.Record) { r.Operator = "zhilian1thief" }, seal.ErrBroken},
		"another cipher":     {func(_ *world, r *types.Record) { r.Cipher = seal.SM4GCM }, seal.ErrBroken},
		"no ciphertext":      {func(_ *world, r *types.Record) { r.Ciphertext = nil }, seal.ErrNoCiphertext},
	} {
		t.Run(name, func(t *testing.T) {
			w := newRecords(t)
			record := w.records[w.putNote()]
			c.alter(w, &record)
			w.records[record.Id] = record
			sent, out := len(w.sent), w.file("out")
			_, err := w.do("accountant", "open", "1", "--out", out, "--note")
			require.ErrorIs(t, err, c.want)
			require.NoFileExists(t, out)
			_, err = w.do("accountant", "share", "1", "--with", "CITY", "--purpose", "audit")
			require.ErrorIs(t, err, c.want, "nobody passes on what does not open")
			require.Len(t, w.sent, sent)
		})
	}
}

func flip(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 1
	return b
}

func TestTheWrongKeyIsNamedAndTheRightOneProposed(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	w.must("accountant", "keygen", "guomi", "--plain", "--suite", "sm2")
	_, err := w.do("accountant", "open", "1", "--key", "guomi")
	require.ErrorIs(t, err, ErrNotReader)
	require.ErrorContains(t, err, "not to guomi (sm2, ")
	require.ErrorContains(t, err, "give --key accountant-1")
	_, err = w.do("accountant", "open", "1", "--key", "absent")
	require.ErrorIs(t, err, vaultkeys.ErrNotFound)

	// A key file that claims the reader's public half with another private one.
	path := filepath.Join(w.home("accountant"), "vault", "accountant-1.json")
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	other, err := os.ReadFile(filepath.Join(w.home("rater"), "vault", "rater-1.json"))
	require.NoError(t, err)
	private := func(file []byte) string {
		_, rest, found := strings.Cut(string(file), `"private_key": "`)
		require.True(t, found)
		key, _, _ := strings.Cut(rest, `"`)
		return key
	}
	forged := strings.Replace(string(good), private(good), private(other), 1)
	require.NoError(t, os.WriteFile(path, []byte(forged), 0o600))
	_, err = w.do("accountant", "open", "1")
	require.ErrorIs(t, err, seal.ErrInvalidKeyfile)
}

func TestAWrongPassphraseOpensNothing(t *testing.T) {
	w := newRecords(t)
	w.must("accountant", "keygen", "locked")
	w.putNote()
	require.Equal(t, secretText, w.must("accountant", "open", "1", "--key", "locked"))
	t.Setenv(vaultkeys.Env, "wrong horse battery")
	_, err := w.do("accountant", "open", "1", "--key", "locked")
	require.ErrorIs(t, err, seal.ErrPassphrase)
	require.NotContains(t, err.Error(), "wrong horse")
}

func TestRotatedKeysOpenOldRecords(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	w.must("accountant", "keygen", "accountant-2", "--plain")
	w.putNote()
	require.Equal(t, secretText, w.must("accountant", "open", "1"))
	require.Equal(t, secretText, w.must("accountant", "open", "2", "--key", "accountant-2"))
	_, err := w.do("accountant", "open", "2", "--key", "accountant-1")
	require.ErrorIs(t, err, ErrNotReader)
}

func TestASharedRecordOpensForItsReader(t *testing.T) {
	w := newRecords(t)
	w.must("rater", "keygen", "guomi", "--plain", "--suite", "sm2")
	w.putNote()
	_, err := w.do("stranger", "request", "1", "--purpose", "audit")
	require.ErrorIs(t, err, ErrRequestRefused)
	require.ErrorContains(t, err, "access/80")
	var asked requestAnswer
	w.json(&asked, "rater", "request", "1", "--purpose", "credit-rating")
	require.Equal(t, requestAnswer{Request: 2, Record: 1, Purpose: "credit-rating", Status: "open", sent: sent{"AB12", 5}}, asked)
	require.Regexp(t, `2 +1 +CITY +credit-rating +open`, w.must("accountant", "requests"))
	require.Contains(t, w.must("teller", "requests", "--subject", "BQDQ/acme", "-o", "json"), `"refusal": "access/80"`)

	w.must("accountant", "share", "1", "--with", "CITY", "--purpose", "credit-rating", "--request", "2")
	msg, isShare := w.sent[len(w.sent)-1].(*types.MsgShare)
	require.True(t, isShare)
	require.Equal(t, uint64(2), msg.RequestId)
	require.Len(t, msg.Keys, 2)
	require.NoError(t, msg.Validate())
	require.Equal(t, secretText, w.must("rater", "open", "1", "--key", "rater-1"))
	require.Equal(t, secretText, w.must("rater", "open", "1", "--key", "guomi", "--note"))
	require.Equal(t, &types.MsgNoteOpening{Operator: "zhilian1rater", RecordId: 1}, w.sent[len(w.sent)-1])

	w.must("accountant", "deny", "2")
	require.Equal(t, &types.MsgDenyAccess{Operator: "zhilian1accountant", RequestId: 2}, w.sent[len(w.sent)-1])
	require.Contains(t, w.must("accountant", "revoke", "1", "--reader", "CITY"), "stays with it")
	require.Equal(t, &types.MsgRevoke{Operator: "zhilian1accountant", RecordId: 1, Reader: people["rater"]}, w.sent[len(w.sent)-1])
}

func TestAnOpeningThatCannotBeNotedSaysSoAndShowsTheContent(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	w.refuse = &client.Refused{Codespace: "vault", Code: 42, Log: "over"}
	out, err := w.do("accountant", "open", "1", "--note")
	require.Equal(t, secretText, out)
	require.ErrorContains(t, err, "its trail does not say so")
}

func TestATerminalGetsPlainTextOnly(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	w.must("accountant", "put", w.write("bad", "\x1b[2Jgone"), "--level", "2", "--subject", "BQDQ/acme", "--purpose", "audit")
	w.must("accountant", "put", w.write("back", "pay 1\rpay 2"), "--level", "2", "--subject", "BQDQ/acme", "--purpose", "audit")
	w.terminal = true
	require.Equal(t, secretText, w.must("accountant", "open", "1"))
	for _, id := range []string{"2", "3"} {
		sent := len(w.sent)
		out, err := w.do("accountant", "open", id, "--note")
		require.ErrorIs(t, err, ErrBinary)
		require.Empty(t, out)
		require.Len(t, w.sent, sent, "what was not shown was not opened")
	}
	w.terminal = false
	require.Equal(t, "\x1b[2Jgone", w.must("accountant", "open", "2"))
	var answer openAnswer
	w.json(&answer, "accountant", "open", "2")
	require.Equal(t, "\x1b[2Jgone", string(answer.Content))
}

func TestErasingAsksFirstAndIsForEver(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	sent := len(w.sent)
	_, err := w.doWith("accountant", "n\n", "erase", "1")
	require.ErrorIs(t, err, ErrNotConfirmed)
	_, err = w.doWith("accountant", "", "erase", "1")
	requireUsage(t, err, "nobody answers")
	require.Len(t, w.sent, sent)

	out, err := w.doWith("accountant", "y\n", "erase", "1")
	require.NoError(t, err)
	require.Contains(t, out, "its digest, its trail")
	for _, args := range [][]string{{"open", "1"}, {"share", "1", "--with", "CITY", "--purpose", "audit"}, {"erase", "1", "--yes"}} {
		_, err = w.do("accountant", args...)
		require.ErrorIs(t, err, ErrErased, args[0])
		require.ErrorContains(t, err, "zhiliand vault trail 1")
	}
	require.Regexp(t, `2026-11-02T09:00:00Z +put +BQDQ/acme +zhilian1accountant +credit-rating +own`, w.must("accountant", "trail", "1"))
	require.Contains(t, w.must("accountant", "list"), "erased")

	_, _ = w.putOutside()
	require.Contains(t, w.must("accountant", "erase", "2", "--yes"), "delete that file now")
}

func TestListsSayWhenThereIsMore(t *testing.T) {
	w := newRecords(t)
	w.putNote()
	w.putNote()
	var rows []recordRow
	w.json(&rows, "teller", "list", "--subject", "BQDQ/acme", "--limit", "1")
	require.Len(t, rows, 1)
	require.Equal(t, uint64(2), rows[0].Record)
	require.Contains(t, w.seen.String(), "There are more: raise --limit")
	require.Equal(t, "[]\n", w.must("teller", "list", "-o", "json"))
	_, err := w.do("accountant", "open", "99")
	require.EqualError(t, err, "record does not exist")
}

func TestStandardInputIsAFileToo(t *testing.T) {
	w := newRecords(t)
	_, err := w.doWith("accountant", secretText, "put", "-", "--level", "3", "--subject", "BQDQ/acme", "--purpose", "audit")
	require.NoError(t, err)
	require.Equal(t, secretText, w.must("accountant", "open", "1"))
}
