package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals about authority.
var (
	ErrNotAuthority     = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "only a collective decision may do this")
	ErrPermissionDenied = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.PermissionDenied, "no role of the operator gives the permission")
	ErrScopeDenied      = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.PermissionDenied, "operator does not act for this institution or party")
	ErrInvalidAddress   = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.InvalidArgument, "address is not valid")
	ErrInvalidParams    = errorsmod.Register(ModuleName, 6, "settings are not valid")
	ErrIDTaken          = errorsmod.Register(ModuleName, 7, "id is in use on the network")
	ErrInvalidStatus    = errorsmod.Register(ModuleName, 8, "standing cannot change this way")
)

// Refusals about institutions.
var (
	ErrInstitutionNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.NotFound, "institution is not registered")
	ErrInstitutionInactive = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.PermissionDenied, "institution is suspended or closed")
	ErrInvalidInstitution  = errorsmod.Register(ModuleName, 12, "institution is not valid")
	ErrIdentifierTaken     = errorsmod.Register(ModuleName, 13, "identifier belongs to another institution")
	ErrTooManyInstitutions = errorsmod.Register(ModuleName, 14, "network has its most institutions")
)

// Refusals about parties.
var (
	ErrPartyNotFound  = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.NotFound, "party is not registered")
	ErrPartyInactive  = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.PermissionDenied, "party is suspended or closed")
	ErrInvalidParty   = errorsmod.Register(ModuleName, 22, "party is not valid")
	ErrPartyNotServed = errorsmod.Register(ModuleName, 23, "institution of this kind serves no parties")
)

// Refusals about operators.
var (
	ErrOperatorNotFound  = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.NotFound, "operator is not registered")
	ErrOperatorInactive  = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.PermissionDenied, "operator is suspended or closed")
	ErrInvalidOperator   = errorsmod.Register(ModuleName, 32, "operator is not valid")
	ErrOperatorExists    = errorsmod.Register(ModuleName, 33, "address is an operator already")
	ErrTooManyOperators  = errorsmod.Register(ModuleName, 34, "institution or party has its most operators")
	ErrLastAdministrator = errorsmod.Register(ModuleName, 35, "institution or party would be left without an active administrator")
	ErrQuotaExceeded     = errorsmod.RegisterWithGRPCCode(ModuleName, 36, codes.ResourceExhausted, "operator has used up its quota of this block")
)

// Refusals about roles.
var (
	ErrRoleNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.NotFound, "role is not defined")
	ErrInvalidRole  = errorsmod.Register(ModuleName, 41, "role is not valid")
	ErrGrantDenied  = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.PermissionDenied, "nobody may give what they lack")
)

// ErrInvalidGenesis refuses a genesis state that contradicts itself.
var ErrInvalidGenesis = errorsmod.Register(ModuleName, 50, "genesis state is not valid")
