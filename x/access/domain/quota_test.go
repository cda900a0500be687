package domain_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/access/domain"
	"github.com/zhilian-network/zhilian/x/access/types"
)

func TestUnitsAddUpToTheQuotaAndNotBeyond(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name               string
		used, units, quota uint64
		want               uint64
		refused            bool
	}{
		{"the first units", 0, 3, 10, 3, false},
		{"the last units", 7, 3, 10, 10, false},
		{"one unit too many", 8, 3, 10, 8, true},
		{"a single message above the quota", 0, 11, 10, 0, true},
		{"no units after the last", 10, 0, 10, 10, false},
		{"a quota that was lowered within the block", 11, 0, 10, 11, true},
		{"units that would wrap around", 5, math.MaxUint64 - 2, 10, 5, true},
		{"the greatest numbers there are", 0, math.MaxUint64, math.MaxUint64, math.MaxUint64, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			used, err := domain.UseQuota(c.used, c.units, c.quota)
			require.Equal(t, c.want, used)
			if c.refused {
				require.ErrorIs(t, err, types.ErrQuotaExceeded)
			} else {
				require.NoError(t, err)
			}
		})
	}
}

func TestAPartyGivesNoMoreCapacityThanItHas(t *testing.T) {
	t.Parallel()
	params := types.Params{DefaultQuotaPerBlock: 100}
	cases := []struct {
		name         string
		party        string
		own, granted uint64
		refused      bool
	}{
		{"an institution gives what it likes", "", 1, 5_000, false},
		{"a party's operator gives its own quota", "acme", 50, 50, false},
		{"a party's operator gives more than its own", "acme", 50, 51, true},
		{"a party's operator gives the default, which is more than its own", "acme", 50, 0, true},
		{"a party's operator with the default gives the default", "acme", 0, 0, false},
		{"a party's operator with the default gives more", "acme", 0, 101, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := domain.CheckQuotaGrant(
				types.Operator{PartyId: c.party, QuotaPerBlock: c.own}, types.Operator{QuotaPerBlock: c.granted}, params)
			if c.refused {
				require.ErrorIs(t, err, types.ErrGrantDenied)
			} else {
				require.NoError(t, err)
			}
		})
	}
}
