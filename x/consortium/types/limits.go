package types

// Bounds of the module. Each loop over state has its bound here.
const (
	// PowerMax bounds one validator's voting power, so that no sum over ValidatorsMax of them, nor
	// three times it, comes near an overflow or CometBFT's own maximum of 2^60.
	PowerMax = 1_000_000
	// ValidatorsMax bounds the validators in consensus or in jail: the votes to count in a block.
	ValidatorsMax = 100
	// ValidatorRecordsMax bounds the validators of every status, since removed and expelled ones
	// stay on record.
	ValidatorRecordsMax = 1_000

	// TitleCharactersMax bounds a proposal's title.
	TitleCharactersMax = 256
	// ProposalMessagesMax bounds what one decision executes inside the deciding vote.
	ProposalMessagesMax = 16
	// ProposalBytesMax bounds the encoded messages of a proposal together.
	ProposalBytesMax = 64 * 1024
	// OpenProposalsMax bounds the proposals that take votes at one time.
	OpenProposalsMax = 100
	// OpenProposalsPerInstitutionMax keeps one institution from using up OpenProposalsMax, which
	// would lock the others out of deciding until its proposals expire.
	OpenProposalsPerInstitutionMax = 10
	// ExpirationsPerBlockMax bounds the proposals that expire in one block; the rest waits for the
	// next block and takes no votes meanwhile.
	ExpirationsPerBlockMax = 25
	// FailureBytesMax bounds the stored reason of a failed execution.
	FailureBytesMax = 512

	// PageRowsMax bounds a page of a list query.
	PageRowsMax = 200
)
