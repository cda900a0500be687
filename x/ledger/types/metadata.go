package types

import (
	"fmt"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
)

// Metadata tells a wallet how to show a denom: amounts are counted in the base unit, the minor
// unit of the currency, and read in the display unit, the currency itself. A currency without
// decimals is shown in its base unit.
func (d Denom) Metadata() banktypes.Metadata {
	metadata := banktypes.Metadata{
		Description: fmt.Sprintf("%s held as %s; 1 %s is 10^%d units", d.Currency, d.Denom, d.Currency, d.Exponent),
		DenomUnits:  []*banktypes.DenomUnit{{Denom: d.Denom}},
		Base:        d.Denom,
		Display:     d.Denom,
		Name:        d.Denom,
		Symbol:      d.Currency,
	}
	if d.Exponent > 0 {
		metadata.Display = d.Currency
		metadata.DenomUnits = append(metadata.DenomUnits, &banktypes.DenomUnit{Denom: d.Currency, Exponent: d.Exponent})
	}
	return metadata
}
