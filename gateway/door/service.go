package door

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

// signatureBytesMax bounds a signature: ML-DSA-65 has the longest, 3,309 bytes.
const signatureBytesMax = 4 << 10

// Service answers zhilian.gateway.v1.Door.
type Service struct{ Door *Door }

var _ gatewaytypes.DoorServer = Service{}

// Challenge answers zhilian.gateway.v1.Door/Challenge.
func (s Service) Challenge(_ context.Context, request *gatewaytypes.ChallengeRequest) (*gatewaytypes.ChallengeResponse, error) {
	if request == nil {
		return nil, status.Error(codes.InvalidArgument, "empty request")
	}
	given, err := s.Door.Challenge(request.Operator)
	if err != nil {
		return nil, err
	}
	return &gatewaytypes.ChallengeResponse{Challenge: given.Challenge, Statement: given.Statement, ExpiresAt: given.ExpiresAt}, nil
}

// Enter answers zhilian.gateway.v1.Door/Enter.
func (s Service) Enter(_ context.Context, request *gatewaytypes.EnterRequest) (*gatewaytypes.EnterResponse, error) {
	if request == nil || len(request.Signature) > signatureBytesMax {
		return nil, status.Error(codes.InvalidArgument, "a signed challenge is needed")
	}
	var key cryptotypes.PubKey
	if request.PublicKey != nil {
		var ok bool
		if key, ok = request.PublicKey.GetCachedValue().(cryptotypes.PubKey); !ok {
			return nil, ErrKeyMismatch.Wrap("public_key is no public key")
		}
	}
	token, err := s.Door.Enter(request.Challenge, key, request.Signature)
	if err != nil {
		return nil, err
	}
	return &gatewaytypes.EnterResponse{Token: token.Token, Operator: token.Operator, ExpiresAt: token.ExpiresAt}, nil
}
