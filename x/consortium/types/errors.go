package types

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Refusals of the module.
var (
	ErrNotAuthority   = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "only a collective decision may do this")
	ErrInvalidParams  = errorsmod.Register(ModuleName, 3, "invalid settings")
	ErrInvalidGenesis = errorsmod.Register(ModuleName, 4, "invalid genesis state")
	ErrPartyOperator  = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.PermissionDenied, "an operator of a party cannot act for its institution")
)

// Refusals about validators.
var (
	ErrValidatorNotFound    = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.NotFound, "validator not found")
	ErrIllegalStatusChange  = errorsmod.Register(ModuleName, 11, "the status does not allow this")
	ErrInvalidConsensusKey  = errorsmod.Register(ModuleName, 12, "invalid consensus key")
	ErrConsensusKeyUsed     = errorsmod.Register(ModuleName, 13, "consensus key belongs to another institution")
	ErrInvalidPower         = errorsmod.Register(ModuleName, 14, "invalid voting power")
	ErrPowerTooConcentrated = errorsmod.Register(ModuleName, 15, "one validator would hold a third or more of the voting power")
	ErrTooManyValidators    = errorsmod.Register(ModuleName, 16, "too many validators")
	ErrSetWouldBeEmpty      = errorsmod.Register(ModuleName, 17, "the last active validator cannot leave")
	ErrStillJailed          = errorsmod.Register(ModuleName, 18, "validator must stay in jail longer")
	ErrInstitutionNotActive = errorsmod.Register(ModuleName, 19, "institution is not active")
	ErrInvalidInstitutionID = errorsmod.Register(ModuleName, 20, "invalid institution id")
)

// Refusals about proposals.
var (
	ErrProposalNotFound   = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.NotFound, "proposal not found")
	ErrInvalidTitle       = errorsmod.Register(ModuleName, 31, "invalid title")
	ErrInvalidMessages    = errorsmod.Register(ModuleName, 32, "invalid messages in proposal")
	ErrMessageSigner      = errorsmod.Register(ModuleName, 33, "message must be signed by the authority alone")
	ErrMessageNotRoutable = errorsmod.Register(ModuleName, 34, "no module handles this message")
	ErrTooManyProposals   = errorsmod.Register(ModuleName, 35, "too many open proposals")
	ErrProposalNotOpen    = errorsmod.Register(ModuleName, 36, "proposal does not take votes")
	ErrInvalidVote        = errorsmod.Register(ModuleName, 37, "invalid vote")
	ErrNotEligible        = errorsmod.RegisterWithGRPCCode(ModuleName, 38, codes.PermissionDenied, "institution has no vote")
	ErrMessagePanicked    = errorsmod.Register(ModuleName, 39, "message crashed while it was executed")
)
