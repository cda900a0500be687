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

// Refusals of the model registry.
var (
	ErrModelNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 120, codes.NotFound, "registry has no such model")
	ErrInvalidEntry    = errorsmod.RegisterWithGRPCCode(ModuleName, 121, codes.InvalidArgument, "entry of the model registry is not valid")
	ErrInvalidBackTest = errorsmod.RegisterWithGRPCCode(ModuleName, 122, codes.InvalidArgument, "back-test is not valid, or its grades are not those of the scale")
	ErrModelKnown      = errorsmod.RegisterWithGRPCCode(ModuleName, 123, codes.AlreadyExists, "product has this model with this calibration and scale already")
	ErrTooManyModels   = errorsmod.RegisterWithGRPCCode(ModuleName, 124, codes.ResourceExhausted, "institution has registered its most models")
	ErrNotEndorser     = errorsmod.RegisterWithGRPCCode(ModuleName, 125, codes.PermissionDenied, "only an operator of an institution that votes, who did not register the model, may do this")
	ErrEndorsedAlready = errorsmod.RegisterWithGRPCCode(ModuleName, 126, codes.AlreadyExists, "institution has endorsed this step already")
	ErrModelTransition = errorsmod.RegisterWithGRPCCode(ModuleName, 127, codes.FailedPrecondition, "model cannot take this step from where it stands")
	ErrNoChampion      = errorsmod.RegisterWithGRPCCode(ModuleName, 128, codes.NotFound, "product has no champion")
)
