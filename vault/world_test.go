package vault

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/crypto/vaultkeys"
	"github.com/zhilian-network/zhilian/gateway/client"
	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

const (
	passphrase = "correct horse battery"
	// secretText stands in every content that tests seal; it may come out of `open` and nowhere else.
	secretText = "Turnover of Acme: 31,415,926 CNY"
)

var start = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// people are the operators of the tests and whom they act for.
var people = map[string]access.Member{
	"accountant": {InstitutionId: "BQDQ", PartyId: "acme"},
	"teller":     {InstitutionId: "BQDQ"},
	"rater":      {InstitutionId: "CITY"},
	"stranger":   {InstitutionId: "EVIL"},
}

// world is a network with one ledger, and a machine with a home for each of its people.
type world struct {
	t       *testing.T
	ring    keyring.Keyring
	folder  string
	keys    []types.EncryptionKey
	records map[uint64]types.Record
	shares  map[uint64][]types.Share
	asked   []types.AccessRequest
	trail   []types.TrailEntry
	sent    []sdk.Msg
	refuse  error        // what the chain says to the next message
	seen    bytes.Buffer // all that went to a node, to the error output, or into an error
	// terminal says that people look at the standard output.
	terminal bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	registry := codectypes.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	w := &world{
		t: t, ring: keyring.NewInMemory(codec.NewProtoCodec(registry)), folder: t.TempDir(),
		records: map[uint64]types.Record{}, shares: map[uint64][]types.Share{},
	}
	for name := range people {
		_, _, err := w.ring.NewMnemonic(name, keyring.English, sdk.FullFundraiserPath, "", hd.Secp256k1)
		require.NoError(t, err)
	}
	t.Setenv(vaultkeys.Env, passphrase)
	t.Cleanup(w.nothingLeaked)
	return w
}

func (w *world) home(person string) string { return filepath.Join(w.folder, person) }

func (w *world) file(name string) string { return filepath.Join(w.folder, name) }

// do runs a command line of a person's; "" is somebody without a key.
func (w *world) do(person string, args ...string) (string, error) {
	return w.doWith(person, "", args...)
}

func (w *world) doWith(person, stdin string, args ...string) (string, error) {
	w.t.Helper()
	command := tool{
		open: func(_ context.Context, clientCtx sdkclient.Context) (Chain, error) {
			return &seat{world: w, person: clientCtx.FromName}, nil
		},
		isTerminal: func(io.Writer) bool { return w.terminal },
	}.command()
	var out, problems bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&problems)
	command.SetIn(strings.NewReader(stdin))
	if person != "" && !strings.Contains(strings.Join(args, " "), "--offline") {
		args = append(args, "--from", person)
	}
	command.SetArgs(args)
	command.SilenceErrors, command.SilenceUsage = true, true
	clientCtx := &sdkclient.Context{HomeDir: w.home(person), Keyring: w.ring}
	err := command.ExecuteContext(context.WithValue(w.t.Context(), sdkclient.ClientContextKey, clientCtx))
	w.seen.Write(problems.Bytes())
	if err != nil {
		w.seen.WriteString(err.Error())
	}
	return out.String(), err
}

func (w *world) must(person string, args ...string) string {
	w.t.Helper()
	out, err := w.do(person, args...)
	require.NoError(w.t, err, "%v", args)
	if args[0] != "open" {
		w.seen.WriteString(out)
	}
	return out
}

func (w *world) json(into any, person string, args ...string) {
	w.t.Helper()
	require.NoError(w.t, json.Unmarshal([]byte(w.must(person, append(args, "-o", "json")...)), into))
}

// nothingLeaked looks through all that a node, a log or a screen may keep.
func (w *world) nothingLeaked() {
	seen := w.seen.String()
	for _, msg := range w.sent {
		raw, err := proto.Marshal(msg)
		require.NoError(w.t, err)
		seen += string(raw)
	}
	forbidden := []string{secretText, passphrase}
	for person := range people {
		keys, _ := vaultkeys.New(w.home(person)).List()
		for _, named := range keys {
			key, err := named.File.Unlock([]byte(passphrase))
			if err != nil {
				continue
			}
			raw := key.Bytes()
			forbidden = append(forbidden, string(raw), hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw))
		}
	}
	for _, secret := range forbidden {
		require.False(w.t, strings.Contains(seen, secret), "a key, passphrase or content got out")
	}
}

// seat is the ledger as one person sees it. It keeps the rules that the commands rely on, and no others.
type seat struct {
	*world
	person string
}

var _ Chain = (*seat)(nil)

func (s *seat) Address() string {
	if s.person == "" {
		return ""
	}
	return "zhilian1" + s.person
}

func (s *seat) Operator(context.Context) (access.Operator, error) {
	member := people[s.person]
	return access.Operator{Address: s.Address(), InstitutionId: member.InstitutionId, PartyId: member.PartyId}, nil
}

func (s *seat) Keys(_ context.Context, owner access.Member) ([]types.EncryptionKey, error) {
	var keys []types.EncryptionKey
	for _, key := range s.keys {
		if key.Owner == owner {
			keys = append([]types.EncryptionKey{key}, keys...)
		}
	}
	return keys, nil
}

// Record shows each asker its own shares.
func (s *seat) Record(_ context.Context, id uint64) (types.Record, []types.Share, error) {
	record, found := s.records[id]
	if !found {
		return record, nil, status.Error(codes.NotFound, "record does not exist")
	}
	var own []types.Share
	for _, share := range s.shares[id] {
		if share.Reader == people[s.person] {
			own = append(own, share)
		}
	}
	return record, own, nil
}

func (s *seat) Records(_ context.Context, subject access.Member, limit int) ([]types.Record, bool, error) {
	var rows []types.Record
	for id := uint64(len(s.records)); id > 0; id-- {
		if s.records[id].Subject == subject {
			rows = append(rows, s.records[id])
		}
	}
	return rows[:min(limit, len(rows))], len(rows) > limit, nil
}

func (s *seat) Requests(_ context.Context, subject access.Member, limit int) ([]types.AccessRequest, bool, error) {
	var rows []types.AccessRequest
	for _, request := range s.asked {
		if s.records[request.RecordId].Subject == subject {
			rows = append(rows, request)
		}
	}
	return rows[:min(limit, len(rows))], len(rows) > limit, nil
}

func (s *seat) Trail(_ context.Context, record uint64, limit int) ([]types.TrailEntry, bool, error) {
	var rows []types.TrailEntry
	for _, entry := range s.trail {
		if entry.RecordId == record {
			rows = append(rows, entry)
		}
	}
	return rows[:min(limit, len(rows))], len(rows) > limit, nil
}

func (s *seat) Send(_ context.Context, msg sdk.Msg, response proto.Message) (client.Receipt, error) {
	s.sent = append(s.sent, msg)
	if s.refuse != nil {
		return client.Receipt{}, s.refuse
	}
	switch msg := msg.(type) {
	case *types.MsgRegisterKey:
		s.register(msg, response.(*types.MsgRegisterKeyResponse))
	case *types.MsgPut:
		s.put(msg, response.(*types.MsgPutResponse))
	case *types.MsgShare:
		s.share(msg.RecordId, msg.Reader, msg.Keys)
	case *types.MsgRequestAccess:
		answer := response.(*types.MsgRequestAccessResponse)
		answer.RequestId, answer.Status = uint64(len(s.asked)+1), types.RequestOpen
		if s.person == "stranger" {
			answer.Status, answer.Refusal = types.RequestRefused, "access/80"
		}
		s.asked = append(s.asked, types.AccessRequest{
			Id: answer.RequestId, RecordId: msg.RecordId, Reader: people[s.person], Purpose: msg.Purpose, Status: answer.Status,
			Refusal: answer.Refusal, Operator: msg.Operator, RequestedAt: start, ExpiresAt: start.Add(time.Hour),
		})
	case *types.MsgErase:
		record := s.records[msg.RecordId]
		record.Status, record.Ciphertext, record.ErasedAt = types.RecordErased, nil, start
		s.records[msg.RecordId] = record
		delete(s.shares, msg.RecordId)
	}
	return client.Receipt{Height: 5, TxHash: "AB12"}, nil
}

func (s *seat) register(msg *types.MsgRegisterKey, answer *types.MsgRegisterKeyResponse) {
	require.NoError(s.t, msg.Validate())
	for i, key := range s.keys {
		if key.Owner == msg.Owner && key.PublicKey.Suite == msg.PublicKey.Suite && key.Status == types.KeyActive {
			s.keys[i].Status = types.KeyRotated
		}
	}
	answer.KeyId = msg.PublicKey.ID()
	s.keys = append(s.keys, types.EncryptionKey{
		Id: answer.KeyId, Owner: msg.Owner, PublicKey: msg.PublicKey, Status: types.KeyActive, RegisteredAt: start,
	})
}

func (s *seat) put(msg *types.MsgPut, answer *types.MsgPutResponse) {
	require.NoError(s.t, msg.Validate())
	record := msg.NewRecord()
	record.Id, record.Ciphertext, record.PutAt = uint64(len(s.records)+1), msg.Envelope.Ciphertext, start
	s.records[record.Id] = record
	answer.RecordId = record.Id
	for _, sealed := range msg.Envelope.Keys {
		s.share(record.Id, s.owner(sealed.KeyId), []seal.SealedKey{sealed})
	}
	s.trail = append(s.trail, types.TrailEntry{
		RecordId: record.Id, Sequence: 1, Kind: types.TrailPut, Operator: msg.Operator, Actor: people[s.person],
		Purpose: msg.Purpose, Basis: "own", At: start, Height: 5,
	})
}

func (s *seat) owner(id []byte) access.Member {
	for _, key := range s.keys {
		if bytes.Equal(key.Id, id) {
			return key.Owner
		}
	}
	s.t.Fatalf("sealed to key %x, which nobody has registered", id)
	return access.Member{}
}

func (s *seat) share(record uint64, reader access.Member, keys []seal.SealedKey) {
	for _, key := range keys {
		require.Equal(s.t, reader, s.owner(key.KeyId))
	}
	s.shares[record] = append(s.shares[record], types.Share{RecordId: record, Reader: reader, Keys: keys})
}
