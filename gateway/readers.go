package gateway

import (
	"bytes"
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/zhilian-network/zhilian/crypto/seal"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
	vault "github.com/zhilian-network/zhilian/x/vault/types"
)

// registeredKeys are the encryption keys that members have registered on the chain.
type registeredKeys struct{ ctx sdkclient.Context }

// Readers returns a member's active keys, the newest first. The first page is enough: it has more keys than
// anybody seals for.
func (r registeredKeys) Readers(ctx context.Context, member access.Member) ([]seal.PublicKey, error) {
	answer, err := vault.NewQueryClient(r.ctx.WithCmdContext(ctx)).Keys(ctx, &vault.QueryKeysRequest{
		InstitutionId: member.InstitutionId, PartyId: member.PartyId, Pagination: &query.PageRequest{Limit: statePage},
	})
	if status.Code(err) == codes.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var active []seal.PublicKey
	for _, key := range answer.Keys {
		if key.Status != vault.KeyStatus_KEY_STATUS_ACTIVE {
			continue
		}
		// A key that is not its id's, or another member's, would be the node's doing.
		if !bytes.Equal(key.Id, key.PublicKey.ID()) || key.Owner != member || key.PublicKey.Validate() != nil {
			return nil, fmt.Errorf("the node gives a key of %s/%s that is not theirs: ask another node", member.InstitutionId, member.PartyId)
		}
		active = append(active, key.PublicKey)
	}
	return active, nil
}

// DetailsReaders stand in the settings of settlement.
func (r registeredKeys) DetailsReaders(ctx context.Context) ([]settlement.DetailsReader, error) {
	answer, err := settlement.NewQueryClient(r.ctx.WithCmdContext(ctx)).Params(ctx, &settlement.QueryParamsRequest{})
	if err != nil {
		return nil, err
	}
	return answer.Params.DetailsReaders, nil
}

// KnownGroups asks the node's index.
func (r registeredKeys) KnownGroups(ctx context.Context, debtor string, commitments [][]byte) ([][]byte, error) {
	answer, err := gatewaytypes.NewQueryClient(r.ctx.WithCmdContext(ctx)).DetailsGroups(ctx, &gatewaytypes.QueryDetailsGroupsRequest{
		Debtor: debtor, Commitments: commitments,
	})
	if err != nil {
		return nil, err
	}
	return answer.Known, nil
}
