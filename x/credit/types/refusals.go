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
	ErrReservedInput         = errorsmod.RegisterWithGRPCCode(ModuleName, 115, codes.InvalidArgument, "input is one that the chain fills from payments; nobody attests it")
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
	ErrBehaviourInput  = errorsmod.RegisterWithGRPCCode(ModuleName, 129, codes.InvalidArgument, "input begins as those that the chain fills, and the chain knows none such")
	ErrNoChampion      = errorsmod.RegisterWithGRPCCode(ModuleName, 128, codes.NotFound, "product has no champion")
)

// Refusals of ratings.
var (
	ErrRatingNotFound  = errorsmod.RegisterWithGRPCCode(ModuleName, 140, codes.NotFound, "rating does not exist, or newer ones took its place")
	ErrNoInputs        = errorsmod.RegisterWithGRPCCode(ModuleName, 141, codes.FailedPrecondition, "nothing that the model reads is attested in the open and in force")
	ErrInputConflict   = errorsmod.RegisterWithGRPCCode(ModuleName, 142, codes.FailedPrecondition, "providers contradict each other over an input; one of them has to revoke")
	ErrInvalidRating   = errorsmod.RegisterWithGRPCCode(ModuleName, 143, codes.InvalidArgument, "rating is not valid, or cannot be of its model")
	ErrNothingSealed   = errorsmod.RegisterWithGRPCCode(ModuleName, 144, codes.InvalidArgument, "no source is sealed; let the chain rate")
	ErrSource          = errorsmod.RegisterWithGRPCCode(ModuleName, 145, codes.FailedPrecondition, "attestation is not about the subject, or not in force")
	ErrInterested      = errorsmod.RegisterWithGRPCCode(ModuleName, 146, codes.PermissionDenied, "nobody publishes a rating of itself or reviews its own")
	ErrNotPublished    = errorsmod.RegisterWithGRPCCode(ModuleName, 147, codes.FailedPrecondition, "rating was computed by the chain on open values; there is nothing to open")
	ErrReviewedAlready = errorsmod.RegisterWithGRPCCode(ModuleName, 148, codes.FailedPrecondition, "rating was opened already")
	ErrOpening         = errorsmod.RegisterWithGRPCCode(ModuleName, 149, codes.InvalidArgument, "openings are not those of the rating's sources, one for each in their order")
	ErrCommitment      = errorsmod.RegisterWithGRPCCode(ModuleName, 150, codes.InvalidArgument, "values and salt are not what the provider committed to")
	ErrNotComputed     = errorsmod.RegisterWithGRPCCode(ModuleName, 151, codes.FailedPrecondition, "values of a published rating are sealed; ask with the values, offline")
)

// Refusals of behaviour.
var (
	ErrInvalidEnrolment = errorsmod.RegisterWithGRPCCode(ModuleName, 160, codes.InvalidArgument, "enrolment is not valid")
	ErrNotEnrolled      = errorsmod.RegisterWithGRPCCode(ModuleName, 161, codes.NotFound, "subject is not enrolled for behaviour")
	ErrEnrolled         = errorsmod.RegisterWithGRPCCode(ModuleName, 162, codes.FailedPrecondition, "subject is enrolled for other currencies; end that first, which erases what was kept")
	ErrObligation       = errorsmod.RegisterWithGRPCCode(ModuleName, 163, codes.InvalidArgument, "obligation is not valid")
)
