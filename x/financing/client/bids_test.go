package client

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

func TestTheTermsOfABidAreThoseOfALoanOrOfAPurchase(t *testing.T) {
	for name, c := range map[string]struct {
		flags map[string]string
		want  types.OfferTerms
		fails bool
	}{
		"a loan":               {map[string]string{flagRate: "43500", flagGrade: "BB", flagFacility: "3"}, types.OfferTerms{Price: math.ZeroInt(), RatePpm: 43_500, FacilityId: 3, WorstGrade: "BB"}, false},
		"a loan for nothing":   {map[string]string{flagRate: "0"}, types.OfferTerms{Price: math.ZeroInt()}, false},
		"a purchase":           {map[string]string{flagPrice: "985", flagRegistered: "true"}, types.OfferTerms{Price: math.NewInt(985), RegistrationNeeded: true}, false},
		"neither":              {nil, types.OfferTerms{}, true},
		"both":                 {map[string]string{flagRate: "1", flagPrice: "1"}, types.OfferTerms{}, true},
		"a price with cents":   {map[string]string{flagPrice: "9.85"}, types.OfferTerms{}, true},
		"a price of nothing":   {map[string]string{flagPrice: "0"}, types.OfferTerms{}, true},
		"a rate above 100 %":   {map[string]string{flagRate: "1000001"}, types.OfferTerms{}, true},
		"a purchase on credit": {map[string]string{flagPrice: "985", flagFacility: "3"}, types.OfferTerms{}, true},
	} {
		command := newCommitOfferCommand()
		for flag, value := range c.flags {
			require.NoError(t, command.Flags().Set(flag, value), name)
		}
		terms, err := readTerms(command)
		require.Equal(t, c.fails, err != nil, "%s: %v", name, err)
		if !c.fails {
			require.Equal(t, c.want, terms, name)
		}
	}
}

// The file is all that can reveal a bid: what is read back commits to the same, nobody else reads it, and no other
// bid takes its place.
func TestABidIsKeptUntilItIsRevealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bid.json")
	made := bid{
		RequestID: 7, Lender: accesstypes.Member{InstitutionId: "LSHB"}, Account: "account", Salt: []byte("sixteen random b"),
		Terms: types.OfferTerms{Price: math.ZeroInt(), RatePpm: 43_500, WorstGrade: "BB"},
	}
	require.NoError(t, keep(path, made))
	kept, err := recall(path)
	require.NoError(t, err)
	require.Equal(t, made, kept)
	require.Equal(t, made.commitment(), kept.commitment())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	require.ErrorContains(t, keep(path, bid{}), "may keep a bid that is still to be revealed")
	kept, err = recall(path)
	require.NoError(t, err)
	require.Equal(t, made, kept)

	require.NoError(t, os.WriteFile(path, []byte("no bid"), 0o600))
	_, err = recall(path)
	require.ErrorContains(t, err, "keeps no bid")
}
