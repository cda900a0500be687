package door

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// refreshBefore is how long before its end a token is no longer used: a query takes its time.
const refreshBefore = 30 * time.Second

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

// Interceptor sends a token along with sensitive queries, and gets one when it is needed first. Public
// queries tell the node nothing of who asks.
func (r Reader) Interceptor(rules Rules) grpc.UnaryClientInterceptor {
	held := &heldToken{reader: r}
	return func(ctx context.Context, method string, request, response any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		if permission, sensitive := rules.Of(method); sensitive && permission != "" {
			token, err := held.get(ctx, conn)
			if err != nil {
				return err
			}
			ctx = WithToken(ctx, token)
		}
		return invoke(ctx, method, request, response, conn, options...)
	}
}

// heldToken is fetched once for many queries.
type heldToken struct {
	reader Reader
	mutex  sync.Mutex
	token  Token
}

func (h *heldToken) get(ctx context.Context, conn grpc.ClientConnInterface) (string, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if time.Now().Before(h.token.ExpiresAt.Add(-refreshBefore)) {
		return h.token.Token, nil
	}
	token, err := h.reader.Open(ctx, conn)
	if err != nil {
		return "", fmt.Errorf("prove the key %s to the node: %w", h.reader.Name, err)
	}
	h.token = token
	return token.Token, nil
}
