package vault

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func (t tool) newKeygenCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "keygen NAME",
		Short: "Make an encryption key and register its public half",
		Long: `Make an encryption key, write its private half to HOME/vault/NAME.json, and register its public half on the
network, so that others can seal to it.

A member has one active key of each suite: registering another of the same suite rotates it. Records stay
sealed to the earlier key, so keep its file. Files are never overwritten.`,
		Example: `  zhiliand vault keygen acme-2026 --from accountant
  zhiliand vault keygen acme-guomi --suite sm2 --for BQDQ/acme --from teller
  zhiliand vault keygen later --offline`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return t.keygen(command, args[0]) },
	}
	addFlags(command)
	f := command.Flags()
	f.String(flagSuite, "hybrid", "hybrid (ML-KEM-768 with X25519) or sm2 (国密)")
	f.String(flagFor, "", "INSTITUTION or INSTITUTION/PARTY that reads with it (default: whom --from acts for)")
	f.Bool(flagPlain, false, "write the private key without a passphrase; only for tests and local networks")
	f.Bool(flagRegister, false, "register the key, which is done anyway unless --"+flagOffline+" is given")
	f.Bool(flagOffline, false, "do not register the key; \"vault register NAME\" does it later")
	return command
}

func (t tool) keygen(command *cobra.Command, name string) error {
	s, err := t.offline(command)
	if err != nil {
		return err
	}
	suite, err := parseSuite(s.text(flagSuite))
	if err != nil {
		return err
	}
	if _, err := s.ring.Path(name); err != nil {
		return usage(err.Error())
	}
	if err := s.ring.Absent(name); err != nil {
		return err
	}
	if s.flag(flagOffline) {
		return s.makeOffline(name, suite)
	}
	if err := s.needKey(); err != nil {
		return usage(err.Error() + ", or --" + flagOffline + " to register the key later")
	}
	if err := s.connect(); err != nil {
		return err
	}
	// Asked first: a key that nobody may register should not be made.
	owner, err := s.member(flagFor)
	if err != nil {
		return err
	}
	made, path, err := s.makeKey(name, suite)
	if err != nil {
		return err
	}
	return s.register(made, owner, path)
}

func (s *session) makeOffline(name string, suite seal.Suite) error {
	if s.flag(flagRegister) || s.text(flagFor) != "" {
		return usagef("--%s excludes --%s and --%s: whose a key is, is said when it is registered", flagOffline, flagRegister, flagFor)
	}
	key, path, err := s.makeKey(name, suite)
	if err != nil {
		return err
	}
	answer := keyAnswer{Name: name, KeyID: idText(key.ID()), Suite: suiteText(suite), File: path}
	return s.print(answer, answer.write)
}

// makeKey makes a key and writes its file. Only the public half comes back.
func (s *session) makeKey(name string, suite seal.Suite) (vaultkeys.Named, string, error) {
	var passphrase []byte
	if !s.flag(flagPlain) {
		var err error
		if passphrase, err = s.ask.NewPassphrase(name); err != nil {
			return vaultkeys.Named{}, "", err
		}
		defer clear(passphrase)
	}
	key, err := seal.GenerateKey(suite)
	if err != nil {
		return vaultkeys.Named{}, "", err
	}
	defer key.Wipe()
	path, err := s.ring.Save(name, key, passphrase)
	if err != nil {
		return vaultkeys.Named{}, "", err
	}
	named, err := s.ring.Get(name)
	return named, path, err
}

// keyAnswer is what became of a key.
type keyAnswer struct {
	Name       string `json:"name"`
	KeyID      string `json:"key_id"`
	Suite      string `json:"suite"`
	File       string `json:"file"`
	Registered bool   `json:"registered"`
	Owner      string `json:"owner,omitempty"`
	Rotated    string `json:"rotated_key_id,omitempty"`
	*sent
}

func (a keyAnswer) write(w io.Writer) error {
	if err := say(w, "Key %s (%s, %s)", a.Name, a.Suite, a.KeyID); err != nil {
		return err
	}
	if a.Registered {
		if err := say(w, "  registered for %s", a.Owner); err != nil {
			return err
		}
		if err := a.sent.say(w); err != nil {
			return err
		}
	}
	if a.Rotated != "" {
		if err := say(w, "  takes the place of %s: keep that key's file, it opens what was sealed to it", a.Rotated); err != nil {
			return err
		}
	}
	if err := say(w, "  private key: %s", a.File); err != nil {
		return err
	}
	if !a.Registered {
		if err := say(w, "  not registered yet: zhiliand vault register %s --from OPERATOR", a.Name); err != nil {
			return err
		}
	}
	return say(w, "Back up the file and keep the passphrase apart: without both nobody opens what is sealed to the key.")
}

func (t tool) newRegisterCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "register NAME",
		Short: "Register the public half of a key that was made before",
		Long: `Register the public half of the key in HOME/vault/NAME.json: one made with --offline, or one whose registration
was refused. The private half is not touched, and no passphrase is needed.`,
		Example: `  zhiliand vault register later --from accountant`,
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			s, err := t.writing(command)
			if err != nil {
				return err
			}
			named, err := s.ring.Get(args[0])
			if err != nil {
				return err
			}
			path, err := s.ring.Path(args[0])
			if err != nil {
				return err
			}
			owner, err := s.member(flagFor)
			if err != nil {
				return err
			}
			return s.register(named, owner, path)
		},
	}
	addFlags(command)
	command.Flags().String(flagFor, "", "INSTITUTION or INSTITUTION/PARTY that reads with it (default: whom --from acts for)")
	return command
}

func (s *session) register(key vaultkeys.Named, owner access.Member, path string) error {
	public := key.File.Public()
	kept := func(err error) error {
		return fmt.Errorf("%w; the key file %s is kept: once this is mended, run zhiliand vault register %s", plain(err), path, key.Name)
	}
	rotated, err := s.active(owner, public.Suite)
	if err != nil {
		return kept(err)
	}
	msg := &types.MsgRegisterKey{Operator: s.chain.Address(), Owner: owner, PublicKey: public}
	var response types.MsgRegisterKeyResponse
	receipt, err := s.chain.Send(s.ctx(), msg, &response)
	if err != nil {
		return kept(err)
	}
	if !bytes.Equal(response.KeyId, key.ID()) {
		return kept(ErrCheat)
	}
	done := sentAs(receipt)
	answer := keyAnswer{
		Name: key.Name, KeyID: idText(key.ID()), Suite: suiteText(public.Suite), File: path,
		Registered: true, Owner: memberText(owner), Rotated: rotated, sent: &done,
	}
	return s.print(answer, answer.write)
}

// active is the id of a member's active key of a suite; empty if it has none.
func (s *session) active(owner access.Member, suite seal.Suite) (string, error) {
	keys, err := s.chain.Keys(s.ctx(), owner)
	for _, key := range keys {
		if key.Status == types.KeyActive && key.PublicKey.Suite == suite {
			return idText(key.Id), err
		}
	}
	return "", err
}

func (t tool) newKeysCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "keys",
		Short: "List the key files of this home and the registered keys of a member",
		Long: `List the key files of this home. With --from or --of the keys that a member has registered are listed as
well, with where each stands: what is sealed from now on is sealed to the active ones.`,
		Example: `  zhiliand vault keys
  zhiliand vault keys --of CITY -o json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return t.keys(command) },
	}
	addFlags(command)
	command.Flags().String(flagOf, "", "INSTITUTION or INSTITUTION/PARTY whose registered keys to list (default: whom --from acts for)")
	return command
}

// keyRow is a key of this home, of a member, or both.
type keyRow struct {
	Name         string `json:"name,omitempty"`
	KeyID        string `json:"key_id"`
	Suite        string `json:"suite"`
	Protected    *bool  `json:"passphrase,omitempty"`
	Owner        string `json:"owner,omitempty"`
	Status       string `json:"status,omitempty"`
	RegisteredAt string `json:"registered_at,omitempty"`
}

func (t tool) keys(command *cobra.Command) error {
	s, err := t.offline(command)
	if err != nil {
		return err
	}
	local, broken := s.ring.List()
	var registered []types.EncryptionKey
	if s.text(flagOf) != "" || s.text(flags.FlagFrom) != "" {
		if err := s.connect(); err != nil {
			return err
		}
		owner, err := s.member(flagOf)
		if err != nil {
			return err
		}
		if registered, err = s.chain.Keys(s.ctx(), owner); err != nil {
			return plain(err)
		}
	}
	rows := keyRows(local, registered)
	if err := s.print(rows, func(w io.Writer) error { return writeKeys(w, rows) }); err != nil {
		return err
	}
	return broken
}

func keyRows(local []vaultkeys.Named, registered []types.EncryptionKey) []keyRow {
	rows := []keyRow{}
	for _, key := range registered {
		row := keyRow{
			KeyID: idText(key.Id), Suite: suiteText(key.PublicKey.Suite), Owner: memberText(key.Owner),
			Status: enumText(key.Status.String(), "KEY_STATUS_"), RegisteredAt: timeText(key.RegisteredAt),
		}
		rows = append(rows, row)
	}
	for _, key := range local {
		protected := key.File.Encrypted()
		at := slices.IndexFunc(rows, func(row keyRow) bool { return row.KeyID == idText(key.ID()) })
		if at < 0 {
			at = len(rows)
			rows = append(rows, keyRow{KeyID: idText(key.ID()), Suite: suiteText(key.File.Public().Suite)})
		}
		rows[at].Name, rows[at].Protected = key.Name, &protected
	}
	return rows
}

func writeKeys(w io.Writer, rows []keyRow) error {
	var table [][]string
	for _, row := range rows {
		passphrase := ""
		if row.Protected != nil {
			passphrase = map[bool]string{true: "yes", false: "no"}[*row.Protected]
		}
		table = append(table, []string{row.Name, shortText(row.KeyID), row.Suite, passphrase, row.Owner, row.Status, row.RegisteredAt})
	}
	return terminal.WriteTable(w, []string{"FILE", "KEY", "SUITE", "PASSPHRASE", "OF", "STATUS", "REGISTERED"}, nil, table)
}
