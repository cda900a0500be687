package door

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Codespace of the refusals.
const Codespace = "door"

// Refusals of the door.
var (
	ErrTokenNeeded      = errorsmod.RegisterWithGRPCCode(Codespace, 2, codes.Unauthenticated, "this query is for operators who prove their key: use --from KEY on the command line; over REST and gRPC send a token (zhiliand door token) as Authorization: Bearer TOKEN")
	ErrTokenInvalid     = errorsmod.RegisterWithGRPCCode(Codespace, 3, codes.Unauthenticated, "the token is not one of this node's, or the node has started anew: get another")
	ErrTokenExpired     = errorsmod.RegisterWithGRPCCode(Codespace, 4, codes.Unauthenticated, "the token has expired: get another")
	ErrChallengeInvalid = errorsmod.RegisterWithGRPCCode(Codespace, 5, codes.InvalidArgument, "the challenge is not one of this node's: ask for another")
	ErrChallengeExpired = errorsmod.RegisterWithGRPCCode(Codespace, 6, codes.InvalidArgument, "the challenge has expired: ask for another")
	ErrChallengeUsed    = errorsmod.RegisterWithGRPCCode(Codespace, 7, codes.InvalidArgument, "the challenge was used already: ask for another")
	ErrKeyMismatch      = errorsmod.RegisterWithGRPCCode(Codespace, 8, codes.PermissionDenied, "the public key is not that of the operator's address, or of a kind that opens no door")
	ErrSignatureInvalid = errorsmod.RegisterWithGRPCCode(Codespace, 9, codes.PermissionDenied, "the signature is not the key's over the challenge")
	ErrReadDenied       = errorsmod.RegisterWithGRPCCode(Codespace, 10, codes.PermissionDenied, "operator may not read this, or it does not exist")
	ErrLocalOnly        = errorsmod.RegisterWithGRPCCode(Codespace, 11, codes.PermissionDenied, "only the node's own machine may ask for this")
	ErrQuestionInvalid  = errorsmod.RegisterWithGRPCCode(Codespace, 12, codes.InvalidArgument, "a query with a token is the token, the method and the request, a line end between them")
)
