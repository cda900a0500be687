package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of attestations. Codes below 100 are those of models and rows (errors.go).
var (
	ErrNotAuthority          = errorsmod.RegisterWithGRPCCode(ModuleName, 100, codes.PermissionDenied, "only a collective decision may do this")
	ErrInvalidParams         = errorsmod.RegisterWithGRPCCode(ModuleName, 101, codes.InvalidArgument, "settings are not valid")
	ErrInvalidGenesis        = errorsmod.Register(ModuleName, 102, "genesis state is not valid")
	ErrNotProvider           = errorsmod.RegisterWithGRPCCode(ModuleName, 103, codes.PermissionDenied, "only an institution of the kind data provider attests")
	ErrAttestationNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 104, codes.NotFound, "attestation does not exist, or was forgotten")
	ErrInvalidAttestation    = errorsmod.RegisterWithGRPCCode(ModuleName, 105, codes.InvalidArgument, "attestation is not valid")
	ErrInvalidValue          = errorsmod.RegisterWithGRPCCode(ModuleName, 106, codes.InvalidArgument, "value is not valid")
	ErrInvalidPeriod         = errorsmod.RegisterWithGRPCCode(ModuleName, 107, codes.InvalidArgument, "period is not valid: months as YYYYMM, the first not after the last, and over when it is attested")
	ErrLifetime              = errorsmod.RegisterWithGRPCCode(ModuleName, 108, codes.InvalidArgument, "attestation ends in the past, or later than the settings allow")
	ErrProtectedInput        = errorsmod.RegisterWithGRPCCode(ModuleName, 109, codes.InvalidArgument, "input is about a protected attribute; nobody is rated on it")
	ErrAttestedAlready       = errorsmod.RegisterWithGRPCCode(ModuleName, 110, codes.AlreadyExists, "provider has attested this input for this period; revoke that attestation first")
	ErrTooManyAttestations   = errorsmod.RegisterWithGRPCCode(ModuleName, 111, codes.ResourceExhausted, "subject or provider has its most attestations in force; revoke one")
	ErrAttestationEnded      = errorsmod.RegisterWithGRPCCode(ModuleName, 112, codes.FailedPrecondition, "attestation is revoked or over")
	ErrAttestationTransition = errorsmod.RegisterWithGRPCCode(ModuleName, 113, codes.FailedPrecondition, "attestation cannot change to this status")
	ErrSealedRecord          = errorsmod.RegisterWithGRPCCode(ModuleName, 114, codes.FailedPrecondition, "record of the vault does not hold sealed values of this subject for a credit rating")
)
