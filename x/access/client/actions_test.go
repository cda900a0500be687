package client_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"

	"github.com/zhilian-network/zhilian/x/access/client"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestAnActionIsShownInWordsWithItsAmounts(t *testing.T) {
	packed, err := codectypes.NewAnyWithValue(&types.MsgSetPartyStatus{PartyId: "acme"})
	require.NoError(t, err)
	action := types.Action{
		Id: 7, InstitutionId: "BQDQ", PartyId: "acme", Maker: "zhilian1maker", MakerHolder: "ann",
		Messages: []*codectypes.Any{packed}, Digest: []byte{0xab}, Policies: []string{"large"},
		ProposedAt: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), ExpiresAt: time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC),
	}
	for name, test := range map[string]struct{ json, want, wantNot string }{
		"a payment":            {`{"currency":"CNY","amount":"12345"}`, "moves 12345 CNY in minor units\n", "transfers"},
		"a batch":              {`{"currency":"CNY","transfers":[{"amount":"1"},{"amount":"99999999999999999999"}]}`, "moves 100000000000000000000 CNY in minor units, in 2 transfers", "nothing"},
		"no money":             {`{"party_id":"acme"}`, `"party_id": "acme"`, "moves"},
		"an amount of no sort": {`{"currency":"CNY","amount":"much"}`, `"much"`, "moves"},
	} {
		var out bytes.Buffer
		require.NoError(t, client.Describe(&out, func(proto.Message) ([]byte, error) { return []byte(test.json), nil }, action), name)
		require.Contains(t, out.String(), test.want, name)
		require.NotContains(t, out.String(), test.wantNot, name)
		require.Contains(t, out.String(), "Action 7 of acme, a party of BQDQ\n  proposed by  zhilian1maker (holder ann) at 2026-01-05T09:00:00Z")
		require.Contains(t, out.String(), "digest       ab\n")
	}
}

func TestWhatCannotBeReadIsNotShownAsIfItCould(t *testing.T) {
	var out bytes.Buffer
	unread := types.Action{Messages: []*codectypes.Any{{TypeUrl: "/zhilian.future.v1.Msg"}}}
	require.ErrorContains(t, client.Describe(&out, nil, unread), "do not approve what you cannot read")
	packed, err := codectypes.NewAnyWithValue(&types.MsgSetPartyStatus{})
	require.NoError(t, err)
	broken := func(proto.Message) ([]byte, error) { return nil, errors.New("no JSON") }
	require.ErrorContains(t, client.Describe(&out, broken, types.Action{Messages: []*codectypes.Any{packed}}), "no JSON")
	require.Empty(t, out.String())
}

func TestTheCommandsHaveExamplesAndSayWhatTheyTake(t *testing.T) {
	names := map[string]bool{}
	for _, command := range client.NewTxCommands() {
		names[command.Name()] = true
		require.NotEmpty(t, command.Example, command.Name())
		require.NotEmpty(t, command.Short, command.Name())
		require.Error(t, command.Args(command, nil), "%s without arguments", command.Name())
	}
	for _, name := range []string{"propose-action", "approve-action", "rotate-key", "key-proof", "recover-operator"} {
		require.True(t, names[name], name)
	}
}
