package registry

import (
	"errors"
	"fmt"
	"strings"
)

// assetsFile is assetlist.json.
type assetsFile struct {
	Schema    string  `json:"$schema"`
	ChainName string  `json:"chain_name"`
	Assets    []asset `json:"assets"`
}

type asset struct {
	Description string      `json:"description"`
	DenomUnits  []denomUnit `json:"denom_units"`
	TypeAsset   string      `json:"type_asset"`
	Base        string      `json:"base"`
	Name        string      `json:"name"`
	Display     string      `json:"display"`
	Symbol      string      `json:"symbol"`
	Keywords    []string    `json:"keywords"`
}

type denomUnit struct {
	Denom    string `json:"denom"`
	Exponent uint32 `json:"exponent"`
}

// errNoDenoms: a list without assets, and a wallet without a fee currency, are of no use to anyone.
var errNoDenoms = errors.New("the network has no denoms yet")

// assetsOf lists the money of each bank, and the reserves, by denom.
func assetsOf(facts Facts, shown Presentation) (*assetsFile, error) {
	name, err := chainName(facts, shown)
	if err != nil {
		return nil, err
	}
	list := &assetsFile{Schema: "../assetlist.schema.json", ChainName: name}
	for _, denom := range facts.Denoms {
		list.Assets = append(list.Assets, facts.asset(denom))
	}
	return list, nil
}

func (f Facts) asset(denom Denom) asset {
	made := asset{
		TypeAsset: "sdk.coin", Base: denom.Name, Display: denom.Display, Symbol: denom.symbol(),
	}
	scale := "Units are whole " + denom.Currency + "."
	if decimals := denom.decimals(); decimals > 0 {
		scale = fmt.Sprintf("1 %s is 1%s units.", denom.Currency, strings.Repeat("0", int(decimals)))
	}
	if denom.Issuer == "" {
		made.Name = "Reserves " + denom.Currency
		made.Description = fmt.Sprintf("What banks settle in, in %s. %s", denom.Currency, scale)
		made.Keywords = []string{"reserves", denom.Currency}
	} else {
		bank := f.institutionName(denom.Issuer)
		made.Name = cut(bank, longestAssetName-len(" ")-len(denom.Currency)) + " " + denom.Currency
		made.Description = fmt.Sprintf("What %s owes its customers, in %s. %s", bank, denom.Currency, scale)
		made.Keywords = []string{"deposits", denom.Currency}
	}
	for _, unit := range denom.Units {
		made.DenomUnits = append(made.DenomUnits, denomUnit{unit.Name, unit.Exponent})
	}
	return made
}
