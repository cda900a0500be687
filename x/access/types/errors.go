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

// Refusals about limits and due diligence.
var (
	ErrLimitExceeded = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.PermissionDenied, "amount is above the operator's limit")
	ErrKycDenied     = errorsmod.RegisterWithGRPCCode(ModuleName, 44, codes.PermissionDenied, "party's KYC level does not allow this")
	ErrInvalidLimit  = errorsmod.Register(ModuleName, 45, "limit is not valid")
	ErrRoleScope     = errorsmod.Register(ModuleName, 46, "role may not be given for a scope this wide")
	ErrHolderSet     = errorsmod.Register(ModuleName, 47, "operator has a holder already")
	ErrInvalidMoney  = errorsmod.Register(ModuleName, 48, "money of the question is not valid")
)

// Refusals about dual control.
var (
	ErrApprovalNeeded     = errorsmod.RegisterWithGRPCCode(ModuleName, 60, codes.FailedPrecondition, "needs the approval of others: propose it as an action")
	ErrInvalidPolicy      = errorsmod.Register(ModuleName, 61, "approval policy is not valid")
	ErrPolicyLocksOut     = errorsmod.Register(ModuleName, 62, "approval policy could not be met by the operators that there are")
	ErrActionNotFound     = errorsmod.RegisterWithGRPCCode(ModuleName, 63, codes.NotFound, "action does not exist")
	ErrActionDecided      = errorsmod.RegisterWithGRPCCode(ModuleName, 64, codes.FailedPrecondition, "action is decided already")
	ErrInvalidAction      = errorsmod.Register(ModuleName, 65, "action is not valid")
	ErrMakerApproves      = errorsmod.RegisterWithGRPCCode(ModuleName, 66, codes.PermissionDenied, "nobody approves what they proposed, with whatever key")
	ErrAlreadyApproved    = errorsmod.Register(ModuleName, 67, "this person has approved the action already")
	ErrNotApprover        = errorsmod.RegisterWithGRPCCode(ModuleName, 68, codes.PermissionDenied, "operator holds no role that this approval asks for")
	ErrDigestMismatch     = errorsmod.Register(ModuleName, 69, "action is not the one that was seen: its digest or units differ")
	ErrHolderMissing      = errorsmod.Register(ModuleName, 70, "operator's key has no holder: a machine neither proposes nor approves")
	ErrTooManyActions     = errorsmod.RegisterWithGRPCCode(ModuleName, 71, codes.ResourceExhausted, "scope has its most pending actions")
	ErrDelegationNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 72, codes.NotFound, "delegation does not exist")
	ErrInvalidDelegation  = errorsmod.Register(ModuleName, 73, "delegation is not valid")
	ErrInvalidKey         = errorsmod.Register(ModuleName, 74, "public key or its proof is not valid")
	ErrActionExpired      = errorsmod.RegisterWithGRPCCode(ModuleName, 75, codes.FailedPrecondition, "action has expired")
	ErrMessageNotRoutable = errorsmod.Register(ModuleName, 76, "no module handles this message")
	ErrMessagePanicked    = errorsmod.Register(ModuleName, 77, "message crashed while it was executed")
	ErrNotMaker           = errorsmod.RegisterWithGRPCCode(ModuleName, 78, codes.PermissionDenied, "only its maker takes an action back")
)

// Refusals about sharing data.
var (
	ErrConsentMissing     = errorsmod.RegisterWithGRPCCode(ModuleName, 80, codes.PermissionDenied, "no consent and no law allows sharing this")
	ErrConsentNotFound    = errorsmod.RegisterWithGRPCCode(ModuleName, 81, codes.NotFound, "consent does not exist")
	ErrInvalidConsent     = errorsmod.Register(ModuleName, 82, "consent is not valid")
	ErrConsentEnded       = errorsmod.RegisterWithGRPCCode(ModuleName, 83, codes.FailedPrecondition, "consent has ended")
	ErrLegalBasisNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 84, codes.NotFound, "legal basis does not exist")
	ErrInvalidLegalBasis  = errorsmod.Register(ModuleName, 85, "legal basis is not valid")
	ErrNotSubject         = errorsmod.RegisterWithGRPCCode(ModuleName, 86, codes.PermissionDenied, "only the subject itself may do this")
	ErrBreakGlassNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 87, codes.NotFound, "emergency access does not exist")
	ErrInvalidBreakGlass  = errorsmod.Register(ModuleName, 88, "emergency access is not valid")
	ErrReviewOverdue      = errorsmod.RegisterWithGRPCCode(ModuleName, 89, codes.FailedPrecondition, "an earlier emergency access must be reviewed first")
	ErrReviewerInvolved   = errorsmod.RegisterWithGRPCCode(ModuleName, 90, codes.PermissionDenied, "the reviewer had a part in the emergency access")
	ErrNotRegulator       = errorsmod.RegisterWithGRPCCode(ModuleName, 91, codes.PermissionDenied, "only a regulator may do this")
	ErrTooManyConsents    = errorsmod.RegisterWithGRPCCode(ModuleName, 92, codes.ResourceExhausted, "subject has its most consents or legal bases in force")
	ErrLegalBasisEnded    = errorsmod.Register(ModuleName, 93, "legal basis has ended")
	ErrBreakGlassStatus   = errorsmod.RegisterWithGRPCCode(ModuleName, 94, codes.FailedPrecondition, "emergency access does not stand where this is possible")
	ErrTooManyBreakGlass  = errorsmod.RegisterWithGRPCCode(ModuleName, 95, codes.ResourceExhausted, "regulator has its most open emergency accesses")
	ErrInvalidSharing     = errorsmod.Register(ModuleName, 96, "wish to share is not valid")
)

// ErrInvalidGenesis refuses a genesis state that contradicts itself.
var ErrInvalidGenesis = errorsmod.Register(ModuleName, 50, "genesis state is not valid")
