package types_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// TestDerivationsNeverChange pins values that clients compute too: with other ones money would be at
// addresses that nobody looks at, and retries would pay twice.
func TestDerivationsNeverChange(t *testing.T) {
	t.Parallel()
	require.Equal(t, "50b2e91e0ab0f21f0b440b7e226a312c5feb4655", hex.EncodeToString(types.AccountAddress("acme-trading", 0)))
	require.Equal(t, "f89175369bb9cf269f318325418054a738562bdf", hex.EncodeToString(types.AccountAddress("acme-trading", 1)))
	require.Equal(t, "112016d636a5056832c94f936ba1c602bf5f1694", hex.EncodeToString(types.ReserveAddress("BQDQ")))
	require.Equal(t, "7a6c7a6c-bb66-4a38-968e-aafd73e91405", types.DeriveUETR(bytes.Repeat([]byte{1}, 20), bytes.Repeat([]byte{2}, 32)))
	require.Equal(t, "BQDQ/CNY", types.DepositDenom("BQDQ", "CNY"))
	require.Equal(t, "reserve/CNY", types.ReserveDenom("CNY"))
}

func TestOwnersDoNotShareAddresses(t *testing.T) {
	t.Parallel()
	require.NotEqual(t, types.AccountAddress("BQDQ", 0), types.ReserveAddress("BQDQ"))
	rapid.Check(t, func(t *rapid.T) {
		one, two := rapid.StringN(1, 8, -1).Draw(t, "one"), rapid.StringN(1, 8, -1).Draw(t, "two")
		first, second := rapid.Uint32().Draw(t, "first"), rapid.Uint32().Draw(t, "second")
		same := one == two && first == second
		require.Len(t, types.AccountAddress(one, first), types.AddressLength)
		require.Equal(t, same, types.AccountAddress(one, first).Equals(types.AccountAddress(two, second)))
	})
}

func TestADerivedUETRIsAUETR(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		debtor := rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "debtor")
		digest := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest")
		uetr := types.DeriveUETR(debtor, digest)
		id, err := types.ParseUETR(uetr)
		require.NoError(t, err)
		require.Equal(t, types.DerivePaymentID(debtor, digest), id)
		require.Equal(t, uetr, id.UETR())
	})
}

func TestAUETRIsALowerCaseUUIDVersion4(t *testing.T) {
	t.Parallel()
	for uetr, valid := range map[string]bool{
		"8a562c67-ca16-48ba-b074-65581be6f001":          true,
		"8A562C67-CA16-48BA-B074-65581BE6F001":          false,
		"8a562c67-ca16-18ba-b074-65581be6f001":          false, // version 1
		"8a562c67-ca16-48ba-c074-65581be6f001":          false, // variant of others
		"8a562c67ca1648bab07465581be6f001":              false,
		"{8a562c67-ca16-48ba-b074-65581be6f001}":        false,
		"urn:uuid:8a562c67-ca16-48ba-b074-65581be6f001": false,
		"8a562c67-ca16-48ba-b074-65581be6f00g":          false,
		"":                                              false,
	} {
		_, err := types.ParseUETR(uetr)
		require.Equal(t, valid, err == nil, uetr)
	}
}
