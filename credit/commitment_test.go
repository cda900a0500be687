package credit_test

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestACommitmentIsTheChains(t *testing.T) {
	const values = `[{"name":"equity","value":"2"},{"name":"debt","decimals":2,"value":"600"}]`
	flags := []string{"commitment", "-", "--provider", "QDTX", "--subject", "BQDQ/acme", "--period", "202501-202512"}
	out, err := run(t, values, flags...)
	require.NoError(t, err)
	var answer struct{ Commitment, Salt []byte }
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Len(t, answer.Salt, 32)
	want := types.Commitment("QDTX", accesstypes.Member{InstitutionId: "BQDQ", PartyId: "acme"}, types.Period{FirstMonth: 202501, LastMonth: 202512},
		[]types.InputValue{{Name: "debt", Decimals: 2, Value: 600}, {Name: "equity", Value: 2}}, answer.Salt)
	require.Equal(t, want, answer.Commitment, "sorted by name, as the chain wants them")
	again, err := run(t, values, append(flags, "--salt", hex.EncodeToString(answer.Salt))...)
	require.NoError(t, err)
	require.Equal(t, out, again)
	other, err := run(t, values, flags...)
	require.NoError(t, err)
	require.NotEqual(t, out, other, "a salt is drawn anew")

	_, err = run(t, `[{"name":"de bt"}]`, flags...)
	requireRefused(t, types.ErrInvalidValue, err)
	for _, wrong := range [][2]string{{"--period", "2025"}, {"--salt", "00"}, {"--subject", "x"}, {"--provider", ""}} {
		_, err = run(t, values, append(append([]string{}, flags...), wrong[0], wrong[1])...)
		require.Error(t, err, wrong)
	}
}
