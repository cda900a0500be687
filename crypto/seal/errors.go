package seal

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Codespace is where the refusals of this package are registered.
const Codespace = "seal"

// Refusals of form: what was handed in cannot be right, whoever looks at it.
var (
	ErrInvalidEnvelope = errorsmod.RegisterWithGRPCCode(Codespace, 2, codes.InvalidArgument, "sealed content is not well formed; seal it again")
	ErrInvalidKey      = errorsmod.RegisterWithGRPCCode(Codespace, 3, codes.InvalidArgument, "key is not valid for its suite")
	ErrInvalidReaders  = errorsmod.RegisterWithGRPCCode(Codespace, 4, codes.InvalidArgument, "readers are missing, doubled or too many")
	ErrInvalidCipher   = errorsmod.RegisterWithGRPCCode(Codespace, 5, codes.InvalidArgument, "cipher is not known")
	ErrTooLarge        = errorsmod.RegisterWithGRPCCode(Codespace, 6, codes.InvalidArgument, "content is larger than allowed; keep it outside the ledger or split it")
)

// Refusals when something sealed is opened.
var (
	ErrNotReader    = errorsmod.RegisterWithGRPCCode(Codespace, 10, codes.PermissionDenied, "no key is sealed for this reader; ask a reader to share it")
	ErrBroken       = errorsmod.RegisterWithGRPCCode(Codespace, 11, codes.DataLoss, "sealed content was altered, cut, or belongs elsewhere; get it again")
	ErrDigest       = errorsmod.RegisterWithGRPCCode(Codespace, 12, codes.DataLoss, "content is not the one of the digest: its sealer shows readers different contents")
	ErrNoCiphertext = errorsmod.RegisterWithGRPCCode(Codespace, 13, codes.FailedPrecondition, "ciphertext is kept outside the envelope; hand in its file")
)

// Refusals about key files.
var (
	ErrInvalidKeyfile = errorsmod.RegisterWithGRPCCode(Codespace, 20, codes.InvalidArgument, "key file is not well formed")
	ErrPassphrase     = errorsmod.RegisterWithGRPCCode(Codespace, 21, codes.PermissionDenied, "passphrase is wrong or the key file was altered")
	ErrKeyfileExists  = errorsmod.RegisterWithGRPCCode(Codespace, 22, codes.AlreadyExists, "key file exists and is not overwritten; name another")
	ErrKeyfileMode    = errorsmod.RegisterWithGRPCCode(Codespace, 23, codes.FailedPrecondition, "others can read the plaintext key file; set its mode to 0600")
	ErrWeakPassphrase = errorsmod.RegisterWithGRPCCode(Codespace, 24, codes.InvalidArgument, "passphrase is too short")
)
