package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals about keys.
var (
	ErrNotAuthority  = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "only a collective decision may do this")
	ErrInvalidParams = errorsmod.Register(ModuleName, 3, "settings are not valid")
	ErrKeyNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.NotFound, "encryption key is not registered")
	ErrKeyTaken      = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.AlreadyExists, "encryption key is registered already; make a new one")
	ErrKeyRevoked    = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.FailedPrecondition, "encryption key is revoked already")
	ErrTooManyKeys   = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.ResourceExhausted, "member has its most encryption keys; revoke one that nothing is sealed to any more, and it makes room")
	ErrWrongKey      = errorsmod.Register(ModuleName, 8, "record is sealed to a wrong key: unknown, revoked, of another suite, or not the reader's; fetch the keys and seal again")
	ErrNoOwnKey      = errorsmod.Register(ModuleName, 9, "record must be sealed to its subject or to the institution that serves it")
)

// Refusals about records.
var (
	ErrRecordNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.NotFound, "record does not exist")
	ErrInvalidRecord  = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.InvalidArgument, "record is not valid")
	ErrErased         = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.FailedPrecondition, "record is erased: its digest and its trail are left")
	ErrBudgetExceeded = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.ResourceExhausted, "institution has used up its inline bytes; keep the ciphertext outside, or erase")
	ErrTooManyRecords = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.ResourceExhausted, "member has its most records; put several documents into one")
	ErrTrailFull      = errorsmod.RegisterWithGRPCCode(ModuleName, 26, codes.ResourceExhausted, "record's trail has no room for this; put the document anew")
	ErrTooLarge       = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.InvalidArgument, "ciphertext is above 64 KiB; keep it outside and put its digest")
)

// Refusals about shares and requests.
var (
	ErrInvalidShare    = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.InvalidArgument, "share is not valid")
	ErrShareNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.NotFound, "reader has no access to the record")
	ErrShareExpired    = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.PermissionDenied, "what the reader's access rested on has ended")
	ErrTooManyReaders  = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.ResourceExhausted, "record has its most readers; revoke one")
	ErrRequestNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 44, codes.NotFound, "request does not exist")
	ErrRequestDecided  = errorsmod.RegisterWithGRPCCode(ModuleName, 45, codes.FailedPrecondition, "request is decided or has expired")
	ErrRequestMismatch = errorsmod.Register(ModuleName, 46, "request is about another record, reader or purpose")
	ErrTooManyRequests = errorsmod.RegisterWithGRPCCode(ModuleName, 47, codes.ResourceExhausted, "reader has asked already, or too often; wait for an answer")
)

// ErrInvalidGenesis refuses a genesis state that contradicts itself.
var ErrInvalidGenesis = errorsmod.Register(ModuleName, 60, "genesis state is not valid")
