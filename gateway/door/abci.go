package door

import (
	"bytes"
	"strings"

	abci "github.com/cometbft/cometbft/abci/types"
	gogoproto "github.com/cosmos/gogoproto/proto"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/privacy"
)

const (
	// storePrefix begins the paths of raw reads of the state.
	storePrefix = "/store/"
	// questionPath is where CometBFT's RPC takes queries with a token: it has no headers.
	questionPath = "/zhilian/door"
	// trialPath is where the SDK tries transactions of anyone.
	trialPath = "/app/simulate"
	// questionParts are the token, the method, and the request.
	questionParts = 3
)

// Raw is a record that anyone may read raw, with its proof.
type Raw struct {
	Store string
	Key   []byte
}

// Queries answer CometBFT's RPC.
type Queries = func(*abci.RequestQuery) (*abci.ResponseQuery, error)

// question lays out a query with its token. Neither a token nor a method has a line end.
func question(token, method string, request []byte) []byte {
	return append([]byte(token+"\n"+method+"\n"), request...)
}

// unpacked is what is asked, and the token it is asked with: empty if there is none.
func unpacked(request *abci.RequestQuery) (token string, asked *abci.RequestQuery, err error) {
	if request.Path != questionPath {
		return "", request, nil
	}
	parts := bytes.SplitN(request.Data, []byte("\n"), questionParts)
	if len(parts) != questionParts {
		return "", nil, ErrQuestionInvalid
	}
	within := *request
	within.Path, within.Data = string(parts[1]), parts[2]
	return string(parts[0]), &within, nil
}

// QueryABCI answers a query of CometBFT's RPC with what queries answer. If the way is guarded, sensitive ones
// want a token, and the state is not read raw but for the records that are public. Otherwise a token is
// taken and passed over: who sends one need not know.
func (d *Door) QueryABCI(request *abci.RequestQuery, guarded bool, queries Queries, public ...Raw) (*abci.ResponseQuery, error) {
	token, asked, err := unpacked(request)
	if err != nil {
		return refusal(err, request.Height), nil
	}
	if !guarded {
		return queries(asked)
	}
	if err := d.checkABCI(token, asked, public); err != nil {
		return refusal(err, request.Height), nil
	}
	answer, err := queries(asked)
	if err != nil || !answer.IsOK() {
		return answer, err
	}
	if err := d.filterABCI(token, asked.Path, answer); err != nil {
		return refusal(err, request.Height), nil
	}
	return answer, nil
}

// refusal answers with an error as those of modules are answered.
func refusal(err error, height int64) *abci.ResponseQuery {
	codespace, code, _ := errorsmod.ABCIInfo(err, false)
	return &abci.ResponseQuery{Codespace: codespace, Code: code, Log: status.Convert(coded(err)).Message(), Height: height}
}

func (d *Door) checkABCI(token string, asked *abci.RequestQuery, public []Raw) error {
	if strings.HasPrefix(asked.Path, storePrefix) {
		for _, record := range public {
			if asked.Path == storePrefix+record.Store+"/key" && bytes.Equal(asked.Data, record.Key) {
				return nil
			}
		}
		return ErrLocalOnly.Wrap("state is not read raw here")
	}
	if asked.Path == trialPath {
		return ErrLocalOnly.Wrap("try a transaction with " + simulateMethod)
	}
	// "/app/version", "/p2p/filter/…" and the like are the SDK's own and tell nothing of members; a gRPC
	// method has a dot in its service.
	service, _, isMethod := strings.Cut(strings.TrimPrefix(asked.Path, "/"), "/")
	if !isMethod || !strings.Contains(service, ".") {
		return nil
	}
	if _, sensitive := d.config.Rules.Of(asked.Path); !sensitive || token == "" {
		return d.Check(token, asked.Path, nil)
	}
	request := decoded(asked.Path, asked.Data, protoreflect.MethodDescriptor.Input)
	if request == nil {
		return ErrQuestionInvalid.Wrapf("%.100q", asked.Path)
	}
	return d.Check(token, asked.Path, request)
}

// filterABCI takes out of an answer what its caller may not read. Info says which classes it shows, if not all.
func (d *Door) filterABCI(token, method string, answer *abci.ResponseQuery) error {
	if isList(method) {
		rows := decoded(method, answer.Value, protoreflect.MethodDescriptor.Output)
		if rows == nil {
			return ErrQuestionInvalid.Wrapf("%.100q", method)
		}
		if err := d.Filter(token, method, rows); err != nil {
			return err
		}
		encoded, err := gogoproto.Marshal(rows)
		answer.Value = encoded
		return err
	}
	allowed, masked := d.shown(token, method)
	if !masked {
		return nil
	}
	encoded, err := privacy.MaskEncoded(privacy.AnswerOf(method), answer.Value, allowed)
	answer.Value, answer.Info = encoded, shownPublic
	return err
}

// decoded reads the request or the answer of a method; nil if it cannot be.
func decoded(method string, encoded []byte, side func(protoreflect.MethodDescriptor) protoreflect.MessageDescriptor) gogoproto.Message {
	name := strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", ".")
	found, err := gogoproto.HybridResolver.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil
	}
	descriptor, ok := found.(protoreflect.MethodDescriptor)
	if !ok {
		return nil
	}
	made := newMessage(side(descriptor).FullName())
	if made == nil || gogoproto.Unmarshal(encoded, made) != nil {
		return nil
	}
	return made
}
