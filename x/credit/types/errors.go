package types

import (
	errorsmod "cosmossdk.io/errors"
	"google.golang.org/grpc/codes"
)

// Refusals of a model, one for each fault.
var (
	ErrModelForm      = errorsmod.RegisterWithGRPCCode(ModuleName, 10, codes.InvalidArgument, "model file is not in the strict form")
	ErrModelTooLarge  = errorsmod.RegisterWithGRPCCode(ModuleName, 11, codes.InvalidArgument, "model is above a bound of the format")
	ErrName           = errorsmod.RegisterWithGRPCCode(ModuleName, 12, codes.InvalidArgument, "name is empty, too long, repeated, or of characters that are not allowed")
	ErrInput          = errorsmod.RegisterWithGRPCCode(ModuleName, 13, codes.InvalidArgument, "input is not valid")
	ErrFeature        = errorsmod.RegisterWithGRPCCode(ModuleName, 14, codes.InvalidArgument, "feature is not valid")
	ErrAbsentInput    = errorsmod.RegisterWithGRPCCode(ModuleName, 15, codes.InvalidArgument, "feature is made of an input that the model does not have")
	ErrAbsentFeature  = errorsmod.RegisterWithGRPCCode(ModuleName, 16, codes.InvalidArgument, "model asks for a feature that it does not have")
	ErrMissingPolicy  = errorsmod.RegisterWithGRPCCode(ModuleName, 17, codes.InvalidArgument, "what happens to a missing value is not said, or said twice")
	ErrCycle          = errorsmod.RegisterWithGRPCCode(ModuleName, 18, codes.InvalidArgument, "tree has a cycle: a child must come after its parent")
	ErrTreeShape      = errorsmod.RegisterWithGRPCCode(ModuleName, 19, codes.InvalidArgument, "tree is not a tree: a node is reached twice or never, or a child does not exist")
	ErrTooDeep        = errorsmod.RegisterWithGRPCCode(ModuleName, 20, codes.InvalidArgument, "tree is too deep")
	ErrThresholdOrder = errorsmod.RegisterWithGRPCCode(ModuleName, 21, codes.InvalidArgument, "threshold is out of order: nothing can reach one of its sides")
	ErrThresholdRange = errorsmod.RegisterWithGRPCCode(ModuleName, 22, codes.InvalidArgument, "threshold is outside the range of values")
	ErrScoreOverflow  = errorsmod.RegisterWithGRPCCode(ModuleName, 23, codes.InvalidArgument, "score could overflow")
	ErrModelKind      = errorsmod.RegisterWithGRPCCode(ModuleName, 24, codes.InvalidArgument, "model must be either a scorecard or an ensemble, and say in which direction its score rises")
	ErrDigestMismatch = errorsmod.RegisterWithGRPCCode(ModuleName, 25, codes.InvalidArgument, "digest is not that of the content")
)

// Refusals of what turns a score into a grade.
var (
	ErrCalibration      = errorsmod.RegisterWithGRPCCode(ModuleName, 30, codes.InvalidArgument, "calibration is not valid")
	ErrCalibrationModel = errorsmod.RegisterWithGRPCCode(ModuleName, 31, codes.FailedPrecondition, "calibration is for another model")
	ErrScale            = errorsmod.RegisterWithGRPCCode(ModuleName, 32, codes.InvalidArgument, "master scale is not valid")
	ErrCalibrationFit   = errorsmod.RegisterWithGRPCCode(ModuleName, 34, codes.FailedPrecondition, "calibration cannot be fitted to these outcomes")
	ErrHorizon          = errorsmod.RegisterWithGRPCCode(ModuleName, 33, codes.FailedPrecondition, "model and master scale speak of different horizons")
)

// Refusals of what is to be rated.
var (
	ErrRowLength     = errorsmod.RegisterWithGRPCCode(ModuleName, 40, codes.InvalidArgument, "row does not have one value for each input")
	ErrMissingValue  = errorsmod.RegisterWithGRPCCode(ModuleName, 41, codes.InvalidArgument, "value is missing, and the model does not rate without it")
	ErrNotNumber     = errorsmod.RegisterWithGRPCCode(ModuleName, 42, codes.InvalidArgument, "value is not a decimal number; leave what is missing blank")
	ErrAbsentColumn  = errorsmod.RegisterWithGRPCCode(ModuleName, 43, codes.InvalidArgument, "table lacks a column that the model reads")
	ErrTable         = errorsmod.RegisterWithGRPCCode(ModuleName, 44, codes.InvalidArgument, "table cannot be read")
	ErrValueTooLarge = errorsmod.RegisterWithGRPCCode(ModuleName, 45, codes.InvalidArgument, "number has too many digits")
)

// Refusals of another library's export.
var (
	ErrImportForm    = errorsmod.RegisterWithGRPCCode(ModuleName, 50, codes.InvalidArgument, "export cannot be read")
	ErrImportKind    = errorsmod.RegisterWithGRPCCode(ModuleName, 51, codes.InvalidArgument, "export holds a kind of model that cannot be written in integers exactly")
	ErrNotFinite     = errorsmod.RegisterWithGRPCCode(ModuleName, 52, codes.InvalidArgument, "export holds NaN or an infinity")
	ErrImportFeature = errorsmod.RegisterWithGRPCCode(ModuleName, 53, codes.InvalidArgument, "export asks for a feature that is not described")
)

// Refusals of back-tests and promotions.
var (
	ErrObservation     = errorsmod.RegisterWithGRPCCode(ModuleName, 60, codes.InvalidArgument, "outcomes do not fit the ratings")
	ErrBacktestData    = errorsmod.RegisterWithGRPCCode(ModuleName, 61, codes.FailedPrecondition, "champion and challenger were tested on different data")
	ErrBacktestSmall   = errorsmod.RegisterWithGRPCCode(ModuleName, 62, codes.FailedPrecondition, "back-test has too few bad rows to tell anything")
	ErrChallengerWorse = errorsmod.RegisterWithGRPCCode(ModuleName, 63, codes.FailedPrecondition, "challenger is worse than the champion")
	ErrPopulationMoved = errorsmod.RegisterWithGRPCCode(ModuleName, 64, codes.FailedPrecondition, "population is not the one that the model was made for")
	ErrSameModel       = errorsmod.RegisterWithGRPCCode(ModuleName, 65, codes.FailedPrecondition, "challenger is the champion")
)
