package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals. 1 to 99 are those of cases; 100 to 149 are for feedback and statistics.
var (
	ErrNotAuthority  = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "only a collective decision may do this")
	ErrInvalidParams = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "settings are not valid")
	// ErrInvalidGenesis is also what is stored that contradicts itself.
	ErrInvalidGenesis = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.InvalidArgument, "genesis state is not valid")

	ErrCaseNotFound      = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.NotFound, "case does not exist")
	ErrInvalidCase       = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.InvalidArgument, "case is not valid")
	ErrMatter            = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.FailedPrecondition, "ledger has nothing of this kind that could be disputed")
	ErrNotConcerned      = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.PermissionDenied, "matter is somebody else's")
	ErrSameFacts         = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.AlreadyExists, "these facts have a case already, or had one; appeal against its ruling")
	ErrTooManyCases      = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.ResourceExhausted, "claimant has its most open cases")
	ErrRemedy            = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.InvalidArgument, "remedy is not valid for this matter")
	ErrAmount            = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.InvalidArgument, "more is asked for than is in dispute")
	ErrDepositNeeded     = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.FailedPrecondition, "after repeated frivolous cases a deposit is needed: name an account that has it")
	ErrEvidence          = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.InvalidArgument, "record is no evidence of this side: it must be about it, sealed, and for a dispute")
	ErrTooMuchEvidence   = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.ResourceExhausted, "case has its most evidence")
	ErrLedgerHasIt       = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.FailedPrecondition, "nobody is asked for what the ledger has; read the facts of the case")
	ErrTooManyRequests   = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.ResourceExhausted, "case has its most requests for evidence")
	ErrTransition        = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.FailedPrecondition, "case does not stand where this is possible")
	ErrDeadline          = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.FailedPrecondition, "time for this is over")
	ErrRuled             = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.FailedPrecondition, "case is ruled; what is ruled cannot be withdrawn")
	ErrNotSide           = errorsmod.RegisterWithGRPCCode(ModuleName, 26, codes.PermissionDenied, "operator does not act for this side of the case")
	ErrNotRepresentative = errorsmod.RegisterWithGRPCCode(ModuleName, 27, codes.PermissionDenied, "only a representative acts for all claimants")
	ErrNotCollective     = errorsmod.RegisterWithGRPCCode(ModuleName, 28, codes.FailedPrecondition, "case is not one that others may join")
	ErrTooManyClaimants  = errorsmod.RegisterWithGRPCCode(ModuleName, 29, codes.ResourceExhausted, "case has its most claimants")
	ErrExtendedAlready   = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.FailedPrecondition, "time was extended already")
	ErrAward             = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.InvalidArgument, "award names a remedy that nobody asked for, one twice, or more than was asked for")
	ErrOffer             = errorsmod.RegisterWithGRPCCode(ModuleName, 32, codes.FailedPrecondition, "offer is not the newest, or one too many")
	ErrHandlerInvolved   = errorsmod.RegisterWithGRPCCode(ModuleName, 33, codes.PermissionDenied, "who did what is disputed does not handle the case")
	ErrReceiptNeeded     = errorsmod.RegisterWithGRPCCode(ModuleName, 34, codes.FailedPrecondition, "ledger has no record of this payment any more, or never had one: bring its receipt")
	ErrReceipt           = errorsmod.RegisterWithGRPCCode(ModuleName, 35, codes.InvalidArgument, "receipt is of another payment, or of a matter that has none")
	ErrLimitation        = errorsmod.RegisterWithGRPCCode(ModuleName, 36, codes.FailedPrecondition, "time to complain of this payment is over")

	ErrNotArbitrator      = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.PermissionDenied, "operator is no arbitrator")
	ErrTooManyArbitrators = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.ResourceExhausted, "institution or network has its most arbitrators")
	ErrEnrolledAlready    = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.AlreadyExists, "operator is an arbitrator already")
	ErrNotSeated          = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.PermissionDenied, "operator does not sit on the panel")
	ErrVoteMismatch       = errorsmod.RegisterWithGRPCCode(ModuleName, 44, codes.InvalidArgument, "vote and salt are not what was committed to")
	ErrVotedAlready       = errorsmod.RegisterWithGRPCCode(ModuleName, 45, codes.AlreadyExists, "member of the panel has voted already")
	ErrNotCommitted       = errorsmod.RegisterWithGRPCCode(ModuleName, 46, codes.FailedPrecondition, "member of the panel committed to no vote")
	ErrPersonalData       = errorsmod.RegisterWithGRPCCode(ModuleName, 47, codes.InvalidArgument, "text may hold personal data: names of sides, numbers of five digits or more, addresses")
	ErrReasonsPublished   = errorsmod.RegisterWithGRPCCode(ModuleName, 48, codes.AlreadyExists, "reasons are published already")
	ErrAppealedAlready    = errorsmod.RegisterWithGRPCCode(ModuleName, 49, codes.FailedPrecondition, "there was an appeal already")
	ErrAppealGround       = errorsmod.RegisterWithGRPCCode(ModuleName, 50, codes.InvalidArgument, "ground of the appeal is not one that holds here")
	ErrNothingLost        = errorsmod.RegisterWithGRPCCode(ModuleName, 51, codes.FailedPrecondition, "ruling gives this side all that it asked for")
	ErrTooManyInterests   = errorsmod.RegisterWithGRPCCode(ModuleName, 52, codes.ResourceExhausted, "arbitrator has its most declared interests, or this one already")

	ErrClaimNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 60, codes.NotFound, "claim does not exist")
	ErrClaimEnded    = errorsmod.RegisterWithGRPCCode(ModuleName, 61, codes.FailedPrecondition, "claim is paid, given up or lapsed")
	ErrBooks         = errorsmod.RegisterWithGRPCCode(ModuleName, 62, codes.Internal, "what is granted, paid and owed does not add up")

	ErrFeedbackNotFound = errorsmod.RegisterWithGRPCCode(ModuleName, 100, codes.NotFound, "feedback does not exist")
	ErrInvalidFeedback  = errorsmod.RegisterWithGRPCCode(ModuleName, 101, codes.InvalidArgument, "feedback is not valid")
	ErrNoInteraction    = errorsmod.RegisterWithGRPCCode(ModuleName, 102, codes.FailedPrecondition, "feedback is about what has happened, and this has not")
	ErrNotInvolved      = errorsmod.RegisterWithGRPCCode(ModuleName, 103, codes.PermissionDenied, "author had no part in this")
	ErrGivenAlready     = errorsmod.RegisterWithGRPCCode(ModuleName, 104, codes.AlreadyExists, "author has given feedback about this already")
	ErrOwnService       = errorsmod.RegisterWithGRPCCode(ModuleName, 105, codes.PermissionDenied, "nobody scores its own service")
	ErrWords            = errorsmod.RegisterWithGRPCCode(ModuleName, 106, codes.InvalidArgument, "record is not a sealed one about the author")
	ErrAnsweredAlready  = errorsmod.RegisterWithGRPCCode(ModuleName, 107, codes.AlreadyExists, "feedback is answered already")
	ErrOtherInstitution = errorsmod.RegisterWithGRPCCode(ModuleName, 108, codes.PermissionDenied, "feedback is about another institution")
	ErrTooManyChanges   = errorsmod.RegisterWithGRPCCode(ModuleName, 109, codes.ResourceExhausted, "feedback has its most changes")

	ErrPeriod = errorsmod.RegisterWithGRPCCode(ModuleName, 120, codes.FailedPrecondition, "statistics of a period are public when it is over")
)
