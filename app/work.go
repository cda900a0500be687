package app

import (
	"math"
	"math/bits"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// blockUnitsMax bounds what one block has to execute, so that the next one is not late. A transfer of a
// batch takes some 0.16 ms of processor time in all, a single payment 0.63 (docs/benchmarks.md): a full block
// is some 0.7 seconds of one core, or two and a half, and two cores share it. Quotas bound each operator; this
// bounds all of them together. Every validator must have the same: a proposal beyond it is refused.
const blockUnitsMax = 4_000

// workUnits counts what quotas and blocks are bounded by: each message, and each transfer of a batch; what the
// engine of credit has to do has a number of its own. An
// action is counted when it is proposed, for it is tried once then, and again with each approval, for each
// may be the one that executes it; access makes sure that the approval states the action's units.
func workUnits(msgs []sdk.Msg) uint64 {
	var units uint64
	for _, msg := range msgs {
		switch msg := msg.(type) {
		case *accesstypes.MsgProposeAction:
			units = addUnits(units, max(1, contentUnits(proposed(msg))))
		case *accesstypes.MsgApproveAction:
			units = addUnits(units, max(1, msg.Units))
		default:
			units = addUnits(units, contentUnits([]sdk.Msg{msg}))
		}
	}
	return units
}

// contentUnits counts messages that are about no action: an action holds no other one.
func contentUnits(msgs []sdk.Msg) uint64 {
	var units uint64
	for _, msg := range msgs {
		switch msg := msg.(type) {
		case *settlementtypes.MsgPayBatch:
			units += max(1, uint64(len(msg.Transfers)))
		case *credittypes.MsgAttest, *credittypes.MsgRevokeAttestation:
			units += credittypes.AttestationUnits
		case *credittypes.MsgEnrolBehaviour, *credittypes.MsgEndBehaviour:
			units += credittypes.BehaviourUnits
		case *credittypes.MsgRegisterModel:
			units += credittypes.RegistrationUnits
		case *credittypes.MsgRate, *credittypes.MsgPublishRating, *credittypes.MsgOpenRating:
			units += credittypes.RatingUnits
		case *financingtypes.MsgPayReceivable:
			units += financingtypes.CollectUnits
		case *financingtypes.MsgDrawFacility:
			units += financingtypes.DrawUnits
		case *financingtypes.MsgRepayLoan, *financingtypes.MsgReverseRepayment, *financingtypes.MsgWriteOffLoan:
			units += financingtypes.LoanUnits
		case *financingtypes.MsgRequestFinance, *financingtypes.MsgWithdrawRequest, *financingtypes.MsgAcceptOffer:
			units += financingtypes.RequestUnits
		case *financingtypes.MsgTransferReceivable:
			units += max(1, uint64(len(msg.Parts)))
		case *financingtypes.MsgIssueReceivable:
			units += max(1, uint64(len(msg.Parts)))
		case *disputetypes.MsgFileCase, *disputetypes.MsgJoinCase:
			units += disputetypes.FileUnits
		case *disputetypes.MsgAnswerCase, *disputetypes.MsgDecideOffer, *disputetypes.MsgRevealVote, *disputetypes.MsgWithdrawCase,
			*disputetypes.MsgDeclareInterest:
			units += disputetypes.StepUnits
		default:
			units++
		}
	}
	return units
}

// proposed are the messages that an action would hold, nil for one that access will refuse.
func proposed(msg *accesstypes.MsgProposeAction) []sdk.Msg {
	msgs := make([]sdk.Msg, len(msg.Messages))
	for i, packed := range msg.Messages {
		held, ok := packed.GetCachedValue().(sdk.Msg)
		if !ok {
			return nil
		}
		msgs[i] = held
	}
	return msgs
}

// addUnits stops at the top: an approval may state any number.
func addUnits(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry > 0 {
		return math.MaxUint64
	}
	return sum
}

// proposer makes and judges proposals by size and work.
type proposer struct{ decode sdk.TxDecoder }

// Prepare takes transactions in the order in which they came until one does not fit: one behind it
// may be the next of the same operator, and would fail without it.
func (p proposer) Prepare(_ sdk.Context, request *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	var taken [][]byte
	var size int64
	var units uint64
	for _, raw := range request.Txs {
		tx, err := p.decode(raw)
		if err != nil {
			continue // no node's mempool lets it in; a proposal with it would only fail it
		}
		size += cmttypes.ComputeProtoSizeForTxs([]cmttypes.Tx{raw})
		units = addUnits(units, workUnits(tx.GetMsgs()))
		if size > request.MaxTxBytes || units > blockUnitsMax && len(taken) > 0 {
			break
		}
		taken = append(taken, raw)
	}
	return &abci.ResponsePrepareProposal{Txs: taken}, nil
}

// Process refuses a proposal with more work than a block may hold. One transaction alone is always
// let through: what it may do is bounded by its messages.
func (p proposer) Process(_ sdk.Context, request *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	var units uint64
	for i, raw := range request.Txs {
		tx, err := p.decode(raw)
		if err != nil {
			units++ // it will fail with a code of its own
			continue
		}
		units = addUnits(units, workUnits(tx.GetMsgs()))
		if units > blockUnitsMax && i > 0 {
			return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_REJECT}, nil
		}
	}
	return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}, nil
}
