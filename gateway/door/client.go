package door

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// Reader proves a key of a keyring to nodes.
type Reader struct {
	Keyring keyring.Keyring
	// Name of the key.
	Name string
	// Address of the operator, bech32.
	Address string
}

// Open gets a token of the node behind conn.
func (r Reader) Open(ctx context.Context, conn grpc.ClientConnInterface) (Token, error) {
	node := gatewaytypes.NewDoorClient(conn)
	challenge, err := node.Challenge(ctx, &gatewaytypes.ChallengeRequest{Operator: r.Address})
	if err != nil {
		return Token{}, err
	}
	document, err := SignBytes(r.Address, challenge.Statement)
	if err != nil {
		return Token{}, err
	}
	signature, key, err := r.Keyring.Sign(r.Name, document, signing.SignMode_SIGN_MODE_LEGACY_AMINO_JSON)
	if err != nil {
		return Token{}, fmt.Errorf("sign with %s: %w", r.Name, err)
	}
	packed, err := codectypes.NewAnyWithValue(key)
	if err != nil {
		return Token{}, err
	}
	given, err := node.Enter(ctx, &gatewaytypes.EnterRequest{Challenge: challenge.Challenge, PublicKey: packed, Signature: signature})
	if err != nil {
		return Token{}, err
	}
	return Token{Token: given.Token, Operator: given.Operator, ExpiresAt: given.ExpiresAt}, nil
}
