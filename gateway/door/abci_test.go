package door_test

import (
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/gateway/door"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// rpc puts a query to a guarded RPC, and says whether it came through.
func (f *fixture) rpc(t *testing.T, path string, data []byte, answer []byte) (*abci.ResponseQuery, bool) {
	t.Helper()
	through := false
	response, err := f.door.QueryABCI(&abci.RequestQuery{Path: path, Data: data, Height: 7}, true,
		func(request *abci.RequestQuery) (*abci.ResponseQuery, error) {
			through = true
			require.Equal(t, int64(7), request.Height, "the height goes along")
			return &abci.ResponseQuery{Value: answer}, nil
		}, door.Raw{Store: "settlement", Key: []byte{12}})
	require.NoError(t, err)
	return response, through
}

func encoded(t *testing.T, message interface{ Marshal() ([]byte, error) }) []byte {
	t.Helper()
	raw, err := message.Marshal()
	require.NoError(t, err)
	return raw
}

func TestTheRPCOfOthersRefusesEachFaultWithItsOwnCode(t *testing.T) {
	f := newFixture(t)
	paid := encoded(t, &settlementtypes.QueryPaymentRequest{Uetr: "paid"})
	none := encoded(t, &settlementtypes.QueryPaymentRequest{Uetr: "none"})
	acme, initech, globex := f.enter(t, "acme"), f.enter(t, "initech"), f.enter(t, "globex")
	challenge, err := f.door.Challenge(f.address(t, "acme"))
	require.NoError(t, err)
	elsewhere := *f
	elsewhere.door = f.newDoor(t)
	f.suspended[f.address(t, "globex")] = true
	with := func(token, method string, request []byte) []byte {
		return append([]byte(token+"\n"+method+"\n"), request...)
	}
	for name, c := range map[string]struct {
		path string
		data []byte
		want interface{ ABCICode() uint32 }
	}{
		"a payment without a token":       {paymentMethod, paid, door.ErrTokenNeeded},
		"an empty token":                  {"/zhilian/door", with("", paymentMethod, paid), door.ErrTokenNeeded},
		"an invented token":               {"/zhilian/door", with("abc", paymentMethod, paid), door.ErrTokenInvalid},
		"a challenge for a token":         {"/zhilian/door", with(challenge.Challenge, paymentMethod, paid), door.ErrTokenInvalid},
		"a token of another node":         {"/zhilian/door", with(elsewhere.enter(t, "acme"), paymentMethod, paid), door.ErrTokenInvalid},
		"a payment of others":             {"/zhilian/door", with(initech, paymentMethod, paid), door.ErrReadDenied},
		"a payment that does not exist":   {"/zhilian/door", with(acme, paymentMethod, none), door.ErrReadDenied},
		"an operator suspended since":     {"/zhilian/door", with(globex, paymentMethod, paid), accesstypes.ErrOperatorInactive},
		"a question in one part":          {"/zhilian/door", []byte(acme), door.ErrQuestionInvalid},
		"a request that is none":          {"/zhilian/door", with(acme, paymentMethod, []byte{0xff}), door.ErrQuestionInvalid},
		"a method that is none":           {"/zhilian/door", with(acme, "/zhilian.settlement.v1.Query/Nothing", paid), door.ErrQuestionInvalid},
		"a door behind the door":          {"/zhilian/door", with(acme, "/zhilian/door", with("", "/store/access/key", nil)), nil},
		"a trial of anyone's transaction": {"/app/simulate", []byte{12}, door.ErrLocalOnly},
		"raw state":                       {"/store/access/key", []byte{12}, door.ErrLocalOnly},
		"raw state with a token":          {"/zhilian/door", with(acme, "/store/access/key", []byte{12}), door.ErrLocalOnly},
		"another record beside the head":  {"/store/settlement/key", []byte{12, 1}, door.ErrLocalOnly},
		"all records of a store":          {"/store/settlement/subspace", []byte{12}, door.ErrLocalOnly},
		"the head of the log":             {"/store/settlement/key", []byte{12}, nil},
		"the version":                     {"/app/version", nil, nil},
		"a public query":                  {publicMethod, nil, nil},
		"a public query with a bad token": {"/zhilian/door", with("abc", publicMethod, nil), nil},
		"a payment of the bearer's":       {"/zhilian/door", with(acme, paymentMethod, paid), nil},
		"the node's filter of its peers":  {"/p2p/filter/addr/1.2.3.4", nil, nil},
	} {
		response, through := f.rpc(t, c.path, c.data, nil)
		require.Equal(t, c.want == nil, through, "%s: %s", name, response.Log)
		if c.want != nil {
			require.Equal(t, c.want.ABCICode(), response.Code, "%s: %s", name, response.Log)
		}
	}
	// Yesterday's token.
	f.now = f.now.Add(door.TokenLifetime)
	response, through := f.rpc(t, "/zhilian/door", with(acme, paymentMethod, paid), nil)
	require.False(t, through)
	require.Equal(t, door.ErrTokenExpired.ABCICode(), response.Code)
}

func TestTheRPCFiltersListsAsRESTDoes(t *testing.T) {
	f := newFixture(t)
	rows := encoded(t, &gatewaytypes.QueryFindPaymentsResponse{Payments: []gatewaytypes.PaymentRow{
		{Uetr: "1", Debtor: "account of acme", Creditor: "account of globex"},
		{Uetr: "2", Debtor: "account of initech", Creditor: "account of globex"},
	}})
	data := append([]byte(f.enter(t, "acme")+"\n"+findMethod+"\n"), encoded(t, &gatewaytypes.QueryFindPaymentsRequest{Reference: "x"})...)
	response, through := f.rpc(t, "/zhilian/door", data, rows)
	require.True(t, through)
	var left gatewaytypes.QueryFindPaymentsResponse
	require.NoError(t, left.Unmarshal(response.Value))
	require.Len(t, left.Payments, 1)
	require.Equal(t, "1", left.Payments[0].Uetr)
}

func TestAnOpenRPCTakesATokenAndPassesItOver(t *testing.T) {
	f := newFixture(t)
	_, err := f.door.QueryABCI(&abci.RequestQuery{Path: "/zhilian/door", Data: []byte("abc\n" + paymentMethod + "\nrequest")}, false,
		func(request *abci.RequestQuery) (*abci.ResponseQuery, error) {
			require.Equal(t, paymentMethod, request.Path)
			require.Equal(t, []byte("request"), request.Data)
			return &abci.ResponseQuery{}, nil
		})
	require.NoError(t, err)
}
