package keeper

import (
	"context"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// FigureInForce is the value of an input that other modules may rest on: that of the newest period for which it is
// attested in the open and in force, the subject's consent to the provider included. ErrNoInputs if nobody attests
// it, ErrInputConflict if providers say different things.
func (k *Keeper) FigureInForce(ctx context.Context, subject accesstypes.Member, input string) (types.InputValue, error) {
	attestations, err := k.usableOf(ctx, subject)
	if err != nil {
		return types.InputValue{}, err
	}
	return domain.Figure(input, attestations)
}
