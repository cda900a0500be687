package registry

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"

	bankv1beta1 "cosmossdk.io/api/cosmos/bank/v1beta1"
	queryv1beta1 "cosmossdk.io/api/cosmos/base/query/v1beta1"
	tendermintv1beta1 "cosmossdk.io/api/cosmos/base/tendermint/v1beta1"

	accessv1 "github.com/zhilian-network/zhilian/api/zhilian/access/v1"
	consortiumv1 "github.com/zhilian-network/zhilian/api/zhilian/consortium/v1"
	ledgerv1 "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	listPage = 200
	// maxListPages bounds a walk through a list: 500 banks with 32 currencies are 80 pages.
	maxListPages = 500

	cometModule = "github.com/cometbft/cometbft"
)

// Collect asks a node through its RPC. All of it is public; it takes a few requests.
func Collect(ctx context.Context, rpc ABCI) (Facts, error) {
	var facts Facts
	node := connection{rpc}
	for _, ask := range []struct {
		what string
		do   func(context.Context, grpc.ClientConnInterface, *Facts) error
	}{
		{"node", askNode},
		{"institutions", askInstitutions},
		{"validators", askValidators},
		{"denoms", askDenoms},
	} {
		if err := ask.do(ctx, node, &facts); err != nil {
			return Facts{}, fmt.Errorf("%s: %w", ask.what, err)
		}
	}
	return facts, nil
}

// askNode takes CometBFT's version from the modules that the node is built of: what a node of
// CometBFT v0.40.0 says of itself to its peers is "0.39.0".
func askNode(ctx context.Context, node grpc.ClientConnInterface, facts *Facts) error {
	answer, err := tendermintv1beta1.NewServiceClient(node).GetNodeInfo(ctx, &tendermintv1beta1.GetNodeInfoRequest{})
	if err != nil {
		return err
	}
	facts.ChainID = answer.GetDefaultNodeInfo().GetNetwork()
	application := answer.GetApplicationVersion()
	facts.Version = application.GetVersion()
	facts.SDKVersion = application.GetCosmosSdkVersion()
	facts.GoVersion = goVersion(application.GetGoVersion())
	for _, module := range application.GetBuildDeps() {
		if module.GetPath() == cometModule {
			facts.CometVersion = module.GetVersion()
		}
	}
	return nil
}

// goVersion cuts "1.26.8" out of "go version go1.26.8 linux/amd64".
func goVersion(text string) string {
	for _, word := range strings.Fields(text) {
		if number, found := strings.CutPrefix(word, "go"); found && number != "" {
			return number
		}
	}
	return ""
}

func askInstitutions(ctx context.Context, node grpc.ClientConnInterface, facts *Facts) error {
	return eachPage(func(page *queryv1beta1.PageRequest) (*queryv1beta1.PageResponse, error) {
		answer, err := accessv1.NewQueryClient(node).Institutions(ctx, &accessv1.QueryInstitutionsRequest{Pagination: page})
		for _, institution := range answer.GetInstitutions() {
			facts.Institutions = append(facts.Institutions, Institution{ID: institution.Id, Name: institution.Name})
		}
		return answer.GetPagination(), err
	})
}

func askValidators(ctx context.Context, node grpc.ClientConnInterface, facts *Facts) error {
	return eachPage(func(page *queryv1beta1.PageRequest) (*queryv1beta1.PageResponse, error) {
		answer, err := consortiumv1.NewQueryClient(node).Validators(ctx, &consortiumv1.QueryValidatorsRequest{Pagination: page})
		for _, validator := range answer.GetValidators() {
			if validator.Status == consortiumv1.ValidatorStatus_VALIDATOR_STATUS_ACTIVE {
				facts.Validators = append(facts.Validators, validator.InstitutionId)
			}
		}
		return answer.GetPagination(), err
	})
}

// askDenoms takes what wallets are told, cosmos.bank.v1beta1, and holds it against the ledger and the
// list of currencies.
func askDenoms(ctx context.Context, node grpc.ClientConnInterface, facts *Facts) error {
	decimals, err := currencyDecimals(ctx, node)
	if err != nil {
		return err
	}
	stored, err := ledgerDenoms(ctx, node)
	if err != nil {
		return err
	}
	err = eachPage(func(page *queryv1beta1.PageRequest) (*queryv1beta1.PageResponse, error) {
		answer, err := bankv1beta1.NewQueryClient(node).DenomsMetadata(ctx, &bankv1beta1.QueryDenomsMetadataRequest{Pagination: page})
		for _, metadata := range answer.GetMetadatas() {
			facts.Denoms = append(facts.Denoms, facts.denomOf(metadata))
		}
		return answer.GetPagination(), err
	})
	if err != nil {
		return err
	}
	if len(facts.Denoms) != len(stored) {
		return fmt.Errorf("%w: wallets are told of %d denoms, the ledger has %d", ErrContradiction, len(facts.Denoms), len(stored))
	}
	for _, denom := range facts.Denoms {
		if err := denom.agrees(stored, decimals); err != nil {
			return err
		}
	}
	return nil
}

func (f Facts) denomOf(metadata *bankv1beta1.Metadata) Denom {
	denom := Denom{Name: metadata.Base, Currency: metadata.Symbol, Display: metadata.Display}
	for _, unit := range metadata.DenomUnits {
		denom.Units = append(denom.Units, Unit{Name: unit.Denom, Exponent: unit.Exponent})
	}
	for _, institution := range f.Institutions {
		if denom.Name == settlement.DepositDenom(institution.ID, denom.Currency) {
			denom.Issuer = institution.ID
		}
	}
	return denom
}

// agrees refuses a denom that wallets would show other than the chain counts it.
func (d Denom) agrees(stored map[string]*ledgerv1.Denom, decimals map[string]uint32) error {
	_, shown := d.exponent(d.Display)
	if base, found := d.exponent(d.Name); !shown || !found || base != 0 {
		return fmt.Errorf("%w: the units of %s do not hold its own and the one that is displayed", ErrContradiction, d.Name)
	}
	known, found := stored[d.Name]
	if !found {
		return fmt.Errorf("%w: wallets are told of %s, which the ledger does not have", ErrContradiction, d.Name)
	}
	if known.Currency != d.Currency || known.Exponent != d.decimals() {
		return fmt.Errorf("%w: %s is %s with %d decimals in the ledger, and %s with %d for wallets",
			ErrContradiction, d.Name, known.Currency, known.Exponent, d.Currency, d.decimals())
	}
	if settled, found := decimals[d.Currency]; !found || settled != d.decimals() {
		return fmt.Errorf("%w: %s has %d decimals, the settled currency %s has %d",
			ErrContradiction, d.Name, d.decimals(), d.Currency, settled)
	}
	if d.Issuer == "" && d.Name != settlement.ReserveDenom(d.Currency) {
		return fmt.Errorf("%w: %s is neither the reserves of a currency nor the deposits of a member", ErrContradiction, d.Name)
	}
	return nil
}

func currencyDecimals(ctx context.Context, node grpc.ClientConnInterface) (map[string]uint32, error) {
	decimals := map[string]uint32{}
	err := eachPage(func(page *queryv1beta1.PageRequest) (*queryv1beta1.PageResponse, error) {
		answer, err := settlementv1.NewQueryClient(node).Currencies(ctx, &settlementv1.QueryCurrenciesRequest{Pagination: page})
		for _, currency := range answer.GetCurrencies() {
			decimals[currency.Code] = currency.MinorUnits
		}
		return answer.GetPagination(), err
	})
	return decimals, err
}

func ledgerDenoms(ctx context.Context, node grpc.ClientConnInterface) (map[string]*ledgerv1.Denom, error) {
	denoms := map[string]*ledgerv1.Denom{}
	err := eachPage(func(page *queryv1beta1.PageRequest) (*queryv1beta1.PageResponse, error) {
		answer, err := ledgerv1.NewQueryClient(node).Denoms(ctx, &ledgerv1.QueryDenomsRequest{Pagination: page})
		for _, row := range answer.GetDenoms() {
			denoms[row.GetDenom().GetDenom()] = row.GetDenom()
		}
		return answer.GetPagination(), err
	})
	return denoms, err
}

// eachPage walks through a list to its end, or says that it has none.
func eachPage(ask func(*queryv1beta1.PageRequest) (*queryv1beta1.PageResponse, error)) error {
	var next []byte
	for range maxListPages {
		answer, err := ask(&queryv1beta1.PageRequest{Key: next, Limit: listPage})
		if err != nil {
			return err
		}
		if next = answer.GetNextKey(); len(next) == 0 {
			return nil
		}
	}
	return fmt.Errorf("a list of more than %d entries", maxListPages*listPage)
}
