package gateway

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/gateway/metrics"
	consortium "github.com/zhilian-network/zhilian/x/consortium/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	statePage = 200
	// maxStatePages bounds a walk through a list of institutions.
	maxStatePages = 100
)

// NewState reads the chain's newest state through a node's client. token opens the node's read door.
func NewState(ctx sdkclient.Context, token string) State { return chainState{ctx, token} }

type chainState struct {
	ctx   sdkclient.Context
	token string
}

// Validators lists the consortium's validators of every status.
func (c chainState) Validators(ctx context.Context) ([]metrics.Validator, error) {
	var all []metrics.Validator
	err := pages(func(page *query.PageRequest) (*query.PageResponse, error) {
		answer, err := consortium.NewQueryClient(c.ctx).Validators(ctx, &consortium.QueryValidatorsRequest{Pagination: page})
		if err != nil {
			return nil, err
		}
		for _, validator := range answer.Validators {
			row, err := c.validator(validator)
			if err != nil {
				return nil, err
			}
			all = append(all, row)
		}
		return answer.Pagination, nil
	})
	return all, err
}

func (c chainState) validator(validator consortium.Validator) (metrics.Validator, error) {
	var key cryptotypes.PubKey
	if err := c.ctx.InterfaceRegistry.UnpackAny(validator.ConsensusPubkey, &key); err != nil {
		return metrics.Validator{}, fmt.Errorf("key of validator %s: %w", validator.InstitutionId, err)
	}
	return metrics.Validator{
		Institution: validator.InstitutionId,
		Address:     key.Address().String(),
		Status:      strings.ToLower(strings.TrimPrefix(validator.Status.String(), "VALIDATOR_STATUS_")),
	}, nil
}

// Currencies lists the admitted currencies.
func (c chainState) Currencies(ctx context.Context) ([]string, error) {
	var all []string
	err := pages(func(page *query.PageRequest) (*query.PageResponse, error) {
		answer, err := settlement.NewQueryClient(c.ctx).Currencies(ctx, &settlement.QueryCurrenciesRequest{Pagination: page})
		if err != nil {
			return nil, err
		}
		for _, currency := range answer.Currencies {
			all = append(all, currency.Code)
		}
		return answer.Pagination, nil
	})
	return all, err
}

// AccountKnown tells whether an address is that of a settlement account or of a bank's reserves.
func (c chainState) AccountKnown(ctx context.Context, address string) (bool, error) {
	ctx = door.WithToken(ctx, c.token)
	_, err := settlement.NewQueryClient(c.ctx).Account(ctx, &settlement.QueryAccountRequest{Address: address})
	if status.Code(err) != codes.NotFound {
		return err == nil, err
	}
	known := false
	err = pages(func(page *query.PageRequest) (*query.PageResponse, error) {
		answer, err := settlement.NewQueryClient(c.ctx).Participants(ctx, &settlement.QueryParticipantsRequest{Pagination: page})
		if err != nil {
			return nil, err
		}
		for _, participant := range answer.Participants {
			known = known || participant.ReserveAddress == address
		}
		return answer.Pagination, nil
	})
	return known, err
}

// pages asks for page after page.
func pages(ask func(*query.PageRequest) (*query.PageResponse, error)) error {
	var next []byte
	for range maxStatePages {
		answer, err := ask(&query.PageRequest{Key: next, Limit: statePage})
		if err != nil {
			return err
		}
		if answer == nil || len(answer.NextKey) == 0 {
			return nil
		}
		next = answer.NextKey
	}
	return fmt.Errorf("a list has more than %d rows", maxStatePages*statePage)
}
