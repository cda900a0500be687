package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of settings, and of receivables and invoices: 1 to 59.
var (
	ErrNotAuthority   = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.PermissionDenied, "only a collective decision may do this")
	ErrInvalidParams  = errorsmod.RegisterWithGRPCCode(ModuleName, 3, codes.InvalidArgument, "settings are not valid")
	ErrInvalidGenesis = errorsmod.Register(ModuleName, 4, "genesis state is not valid")
	ErrBusinessDay    = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.FailedPrecondition, "length of a business day does not change: due days in state would be other days")
	ErrUnknownDue     = errorsmod.Register(ModuleName, 6, "nothing of this kind falls due")
)
