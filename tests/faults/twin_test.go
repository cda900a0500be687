package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/localnet"
	"github.com/zhilian-network/zhilian/tests/faults/observer"
	consortium "github.com/zhilian-network/zhilian/x/consortium/types"
)

const (
	// copied is the validator whose machine is copied.
	copied = 3
	// expelledBound is how long both may run until the chain has removed the validator. Whenever it is that
	// validator's turn to propose, both propose a block of their own; ten turns take about 15 seconds.
	expelledBound = 90 * time.Second
)

// useKeyTwice runs a copy of a validator's machine beside it: the same consensus key, each with a record
// of its own of what it has signed. That is what a restored backup or a stolen key does.
func useKeyTwice(n *faultyNetwork, _ *load) {
	begin := time.Now()
	n.kill(copied)
	twin := n.copyMachine()
	n.start()
	n.run(twin)
	n.await(catchUpBound, func(ctx context.Context) error {
		height, catchingUp, err := twin.reader.Height(ctx)
		if err == nil && (catchingUp || height < n.book.Newest()) {
			err = fmt.Errorf("the copy is at block %d", height)
		}
		return err
	})

	n.expelled()
	n.t.Logf("expelled %.1f s after the copy started", time.Since(twin.started).Seconds())
	n.outOfTheSet()
	n.settles(10, longestPause)
	n.unpaused(begin)

	n.refusedForGood()
	twin.compare(n)
}

// machine is a copy of a node's home with a name of its own on the network.
type machine struct {
	home    string
	place   localnet.Node
	process *exec.Cmd
	started time.Time
	reader  *observer.Node
}

// copyMachine copies the home of a node that does not run: configuration, keys and data. Only the node key and
// the ports are its own, so that both can run side by side.
func (n *faultyNetwork) copyMachine() *machine {
	n.t.Helper()
	original := n.place(copied)
	twin := &machine{home: filepath.Join(n.folder, networkFolder, "node-copy")}
	require.NoError(n.t, os.CopyFS(twin.home, os.DirFS(n.layout.NodeHome(original))))
	require.NoError(n.t, os.Remove(filepath.Join(twin.home, "node.log")))
	nodeKey := filepath.Join(twin.home, "config", "node_key.json")
	require.NoError(n.t, os.Remove(nodeKey))
	key, err := p2p.LoadOrGenNodeKey(nodeKey)
	require.NoError(n.t, err)

	ports := freePorts(n)
	twin.place = localnet.Node{Name: "node-copy", Institution: original.Institution, ID: string(key.ID()), Ports: ports}
	renames := strings.NewReplacer(
		port(original.Ports.P2P), port(ports.P2P), port(original.Ports.RPC), port(ports.RPC),
		port(original.Ports.GRPC), port(ports.GRPC), port(original.Ports.API), port(ports.API),
		strconv.Quote(original.Name), strconv.Quote(twin.place.Name))
	for _, file := range []string{"config.toml", "app.toml"} {
		path := filepath.Join(twin.home, "config", file)
		text, err := os.ReadFile(path)
		require.NoError(n.t, err)
		require.NoError(n.t, os.WriteFile(path, []byte(renames.Replace(string(text))), 0o600))
	}
	return twin
}

func port(number int) string { return "127.0.0.1:" + strconv.Itoa(number) }

func freePorts(n *faultyNetwork) localnet.Ports {
	n.t.Helper()
	var ports localnet.Ports
	for _, free := range []*int{&ports.P2P, &ports.RPC, &ports.GRPC, &ports.API} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(n.t, err)
		defer listener.Close() // not before all are chosen
		*free = listener.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// run starts the copy; the test's cleanup kills it with the others.
func (n *faultyNetwork) run(twin *machine) {
	n.t.Helper()
	log, err := os.Create(filepath.Join(twin.home, "node.log"))
	require.NoError(n.t, err)
	defer log.Close()
	twin.process = exec.Command(n.binary, "start", "--home", twin.home)
	twin.process.Stdout, twin.process.Stderr = log, log
	require.NoError(n.t, twin.process.Start())
	twin.started = time.Now()
	n.t.Cleanup(func() {
		_ = twin.process.Process.Kill()
		_ = twin.process.Wait()
	})
	twin.reader, err = observer.NewNode(twin.place.Name, twin.place.RPC(), n.encoding.Registry)
	require.NoError(n.t, err)
}

// expelled waits until the chain has removed the validator for good.
func (n *faultyNetwork) expelled() {
	n.t.Helper()
	n.await(expelledBound, func(context.Context) error {
		validator, err := n.validator(0)
		if err == nil && validator.Status != consortium.ValidatorStatus_VALIDATOR_STATUS_EXPELLED {
			err = fmt.Errorf("%s is %s", validator.InstitutionId, validator.Status)
		}
		return err
	})
}

// validator asks one node about the validator whose key was copied.
func (n *faultyNetwork) validator(node int) (consortium.Validator, error) {
	answer, err := consortium.NewQueryClient(n.questions(node)).Validator(context.Background(),
		&consortium.QueryValidatorRequest{InstitutionId: n.place(copied).Institution})
	if err != nil {
		return consortium.Validator{}, err
	}
	return answer.Validator, nil
}

func (n *faultyNetwork) questions(node int) sdkclient.Context {
	n.t.Helper()
	return sdkclient.Context{}.WithClient(n.rpc(node)).WithCodec(n.encoding.Codec).WithInterfaceRegistry(n.encoding.Registry)
}

// command runs zhiliand as an operator does, against one node.
func (n *faultyNetwork) command(node int, arguments ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, n.binary, append(arguments, "--home", filepath.Join(n.home, "keys"), "--node", n.place(node).RPC())...)
	var words bytes.Buffer
	command.Stderr = &words
	text, err := command.Output()
	if err != nil {
		return text, fmt.Errorf("zhiliand %s: %w: %s", strings.Join(arguments, " "), err, &words)
	}
	return text, nil
}

// outOfTheSet checks that every node sees the validator expelled, and that blocks are made without it.
func (n *faultyNetwork) outOfTheSet() {
	n.t.Helper()
	n.advances(3, longestPause) // a change of the set counts two blocks later
	_, address := n.copiedKey()
	for i := range validators {
		if i == copied {
			continue
		}
		validator, err := n.validator(i)
		require.NoError(n.t, err)
		require.Equal(n.t, consortium.ValidatorStatus_VALIDATOR_STATUS_EXPELLED, validator.Status)
		set, err := n.rpc(i).Validators(context.Background(), nil, nil, nil)
		require.NoError(n.t, err)
		require.Len(n.t, set.Validators, validators-1)
		for _, member := range set.Validators {
			require.NotEqual(n.t, address, member.Address)
		}
	}
}

func (n *faultyNetwork) rpc(i int) *rpchttp.HTTP {
	n.t.Helper()
	rpc, err := rpchttp.NewWithTimeout(n.place(i).RPC(), "/websocket", requestSeconds)
	require.NoError(n.t, err)
	return rpc
}

func (n *faultyNetwork) copiedKey() (privval.FilePVKey, cmttypes.Address) {
	n.t.Helper()
	home := n.layout.NodeHome(n.place(copied))
	signer := privval.LoadFilePVEmptyState(filepath.Join(home, "config", "priv_validator_key.json"), "")
	return signer.Key, signer.Key.Address
}

// refusedForGood has the institutions vote to admit the validator again, with the copied key and then with a
// new one: the chain refuses both, however they vote.
func (n *faultyNetwork) refusedForGood() {
	n.t.Helper()
	key, _ := n.copiedKey()
	fresh := privval.GenFilePV("", "").Key
	for _, candidate := range []privval.FilePVKey{key, fresh} {
		public, err := cryptocodec.FromCmtPubKeyInterface(candidate.PubKey)
		require.NoError(n.t, err)
		packed, err := n.encoding.Codec.MarshalInterfaceJSON(public)
		require.NoError(n.t, err)
		failure := n.decide(map[string]any{
			"@type": "/zhilian.consortium.v1.MsgAdmitValidator", "institution_id": n.place(copied).Institution,
			"consensus_pubkey": json.RawMessage(packed), "power": "10",
		})
		require.Contains(n.t, failure, consortium.ErrIllegalStatusChange.Error())
	}
}

// decide proposes a message, has the institutions vote for it, and returns why it failed.
func (n *faultyNetwork) decide(message map[string]any) (failure string) {
	n.t.Helper()
	message["authority"] = authority(n)
	text, err := json.Marshal(message)
	require.NoError(n.t, err)
	before := n.proposals()
	n.transact("bank-QDCB", "consortium", "submit-proposal", "Admit the validator again", string(text))
	var id uint64
	n.await(longestPause, func(context.Context) error {
		now := n.proposals()
		if len(now) == len(before) {
			return errors.New("the proposal is not on the chain yet")
		}
		id = now[len(now)-1].Id
		return nil
	})
	for _, voter := range []string{"bank-QDCB", "bank-LSHB", "bank-JZWB"} {
		n.transact(voter, "consortium", "cast-vote", strconv.FormatUint(id, 10), "yes")
	}
	n.await(longestPause, func(context.Context) error {
		for _, proposal := range n.proposals() {
			if proposal.Id == id && proposal.Status != consortium.ProposalStatus_PROPOSAL_STATUS_OPEN {
				require.Equal(n.t, consortium.ProposalStatus_PROPOSAL_STATUS_FAILED, proposal.Status)
				failure = proposal.Failure
				return nil
			}
		}
		return fmt.Errorf("proposal %d is not decided", id)
	})
	return failure
}

func (n *faultyNetwork) proposals() []consortium.Proposal {
	n.t.Helper()
	answer, err := consortium.NewQueryClient(n.questions(0)).Proposals(context.Background(), &consortium.QueryProposalsRequest{})
	require.NoError(n.t, err)
	return answer.Proposals
}

func (n *faultyNetwork) transact(key string, arguments ...string) {
	n.t.Helper()
	arguments = append(append([]string{"tx"}, arguments...), "--from", key, "--yes", "--output", "json")
	text, err := n.command(0, arguments...)
	require.NoError(n.t, err)
	require.Contains(n.t, string(text), `"code":0`)
}

func authority(n *faultyNetwork) string {
	n.t.Helper()
	text, err := n.encoding.Addresses.BytesToString(authtypes.NewModuleAddress(consortium.ModuleName))
	require.NoError(n.t, err)
	return text
}

// compare checks that the copy has the same blocks as everybody: it could sign, and could not fork.
func (m *machine) compare(n *faultyNetwork) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), longestPause)
	defer cancel()
	height, _, err := m.reader.Height(ctx)
	require.NoError(n.t, err)
	require.NoError(n.t, m.reader.CompareHeaders(ctx, n.book, min(height, n.book.Newest())))
}
