package types_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/ledger/types"
)

func TestDenomsAreValidOrRefused(t *testing.T) {
	cases := []struct {
		name  string
		denom types.Denom
		valid bool
	}{
		{"deposit money", types.Denom{Denom: "BQDQ/CNY", Exponent: 2, Currency: "CNY"}, true},
		{"reserves of a currency without decimals", types.Denom{Denom: "reserve/JPY", Currency: "JPY"}, true},
		{"the most decimals", types.Denom{Denom: "BQDQ/CLF", Exponent: 4, Currency: "CLF"}, true},
		{"one decimal more", types.Denom{Denom: "BQDQ/CLF", Exponent: 5, Currency: "CLF"}, false},
		{"the longest name", types.Denom{Denom: strings.Repeat("x", 128), Currency: "CNY"}, true},
		{"a longer name", types.Denom{Denom: strings.Repeat("x", 129), Currency: "CNY"}, false},
		{"no name", types.Denom{Currency: "CNY"}, false},
		{"a name with a space", types.Denom{Denom: "BQDQ CNY", Currency: "CNY"}, false},
		{"a name that begins with a digit", types.Denom{Denom: "1BQDQ", Currency: "CNY"}, false},
		{"a name that is the currency's", types.Denom{Denom: "CNY", Exponent: 2, Currency: "CNY"}, false},
		{"a currency in small letters", types.Denom{Denom: "BQDQ/CNY", Currency: "cny"}, false},
		{"a currency of four letters", types.Denom{Denom: "BQDQ/CNY", Currency: "CNYX"}, false},
		{"no currency", types.Denom{Denom: "BQDQ/CNY"}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := c.denom.Validate()
			if c.valid {
				require.NoError(t, err)
				require.NoError(t, c.denom.Metadata().Validate(), "wallets accept it")
			} else {
				require.ErrorIs(t, err, types.ErrInvalidDenom)
			}
		})
	}
}
