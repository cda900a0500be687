package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/settlement/keeper"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

func (f *fixture) decideReaders(readers ...types.DetailsReader) error {
	params := types.DefaultParams()
	params.DetailsReaders = readers
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: signer("consortium"), Params: params})
	return err
}

func readsFrom(institution, currency string, minor int64) types.DetailsReader {
	return types.DetailsReader{InstitutionId: institution, Currency: currency, FromAmount: math.NewInt(minor)}
}

func TestOnlyRegulatorsReadDetailsByDecision(t *testing.T) {
	f := busyFixture(t)
	for story, row := range map[string]struct {
		reader types.DetailsReader
		err    error
	}{
		"a bank":                            {readsFrom("BQDQ", "CNY", 0), types.ErrNotRegulator},
		"a central bank":                    {readsFrom("CENB", "CNY", 0), types.ErrNotRegulator},
		"nobody":                            {readsFrom("NONE", "CNY", 0), accesstypes.ErrInstitutionNotFound},
		"a currency that nobody settles in": {readsFrom("CSRC", "JPY", 0), types.ErrCurrencyNotSettled},
		"a form that cannot be":             {readsFrom("CSRC", "CNY", -1), types.ErrDetailsReaderInvalid},
	} {
		before := f.export().Params
		require.ErrorIs(t, f.decideReaders(row.reader), row.err, story)
		require.Equal(t, before, f.export().Params, story)
		state := f.export()
		state.Params.DetailsReaders = []types.DetailsReader{row.reader}
		_, err := imported(t, f, state)
		require.ErrorIs(t, err, row.err, "genesis: %s", story)
	}
}

func TestReadersOfDetailsAreASettingThatAnyoneSees(t *testing.T) {
	f := busyFixture(t)
	want := []types.DetailsReader{readsFrom("CSRC", "CNY", 5_000_000), readsFrom("CSRC", "EUR", 0)}
	require.NoError(t, f.decideReaders(want...))
	answer, err := keeper.NewQueryServer(f.keeper).Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, want, answer.Params.DetailsReaders)
	events := f.ctx.EventManager().ABCIEvents()
	message, err := sdk.ParseTypedEvent(events[len(events)-1])
	require.NoError(t, err)
	event := message.(*types.EventParamsUpdated)
	require.Empty(t, event.OldParams.DetailsReaders)
	require.Equal(t, want, event.NewParams.DetailsReaders)

	// A regulator that was suspended since stays in the settings, and does not stand in the way of an import.
	suspended := f.access.institutions["CSRC"]
	suspended.Status = accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED
	f.access.institutions["CSRC"] = suspended
	again, err := imported(t, f, f.export())
	require.NoError(t, err)
	require.Equal(t, want, again.export().Params.DetailsReaders)
}
