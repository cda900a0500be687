package gateway

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Bounds of one simulation: whichever is reached first ends the walk back through the blocks.
const (
	DefaultSimulatedPayments = 200
	MaxSimulatedPayments     = 1_000
	// maxSimulatedBlocks and maxExaminedPayments bound what is read for a scope that pays little on a
	// network that pays much.
	maxSimulatedBlocks  = 1_000
	maxExaminedPayments = 20_000
)

// PolicyJudge judges past payments by policies, on the state of the query: x/access's keeper.
type PolicyJudge interface {
	// ScopeOf is whom an operator acts for; the zero value if it is none.
	ScopeOf(ctx context.Context, operator string) (access.Scope, error)
	// SimulatePolicies judges uses, oldest first, by the policies in force and by the proposed ones.
	SimulatePolicies(ctx context.Context, proposed access.ApprovalPolicies, uses []access.PastUse) (access.Simulation, error)
}

// blockResults is what a node offers besides Node if it keeps what its blocks did.
type blockResults interface {
	BlockResults(ctx context.Context, height *int64) (*coretypes.ResultBlockResults, error)
}

// simulator reads blocks for one simulation at a time.
type simulator struct {
	judge   PolicyJudge
	results blockResults
	running sync.Mutex
}

// SimulatePolicies judges the newest payments of a scope's operators by policies that are not in force.
func (q queryServer) SimulatePolicies(ctx context.Context, req *gatewaytypes.QuerySimulatePoliciesRequest) (*gatewaytypes.QuerySimulatePoliciesResponse, error) {
	switch {
	case req == nil:
		return nil, status.Error(codes.InvalidArgument, "empty request")
	case req.Last > MaxSimulatedPayments:
		return nil, status.Errorf(codes.InvalidArgument, "last %d is above %d", req.Last, MaxSimulatedPayments)
	case q.simulator.judge == nil || q.simulator.results == nil:
		return nil, status.Error(codes.Unavailable, "this node judges no policies")
	}
	proposed := access.ApprovalPolicies{InstitutionId: req.InstitutionId, PartyId: req.PartyId, Policies: req.Policies}
	// Before any block is read: what is wrong with the policies themselves.
	if _, err := q.simulator.judge.SimulatePolicies(ctx, proposed, nil); err != nil {
		return nil, wrongPolicies(err)
	}
	if !q.simulator.running.TryLock() {
		return nil, status.Error(codes.ResourceExhausted, "another simulation runs on this node: try again")
	}
	defer q.simulator.running.Unlock()
	position, err := q.store.Position(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	most := int(req.Last)
	if most == 0 {
		most = DefaultSimulatedPayments
	}
	seen, err := q.lookBack(ctx, proposed.Scope(), position.Height, most)
	if err != nil {
		return nil, err
	}
	slices.Reverse(seen.instructions) // oldest first: a day adds up
	uses := make([]access.PastUse, len(seen.instructions))
	for at, instruction := range seen.instructions {
		uses[at] = instruction.use()
	}
	simulation, err := q.simulator.judge.SimulatePolicies(ctx, proposed, uses)
	if err != nil {
		return nil, err
	}
	answer := answerOf(simulation, seen.instructions)
	answer.OldestDayPartial = seen.more || position.CompleteFrom > 1
	answer.FromHeight, answer.IndexedHeight = seen.from, position.Height
	return answer, nil
}

// past is an instruction and its block.
type past struct {
	index.Instruction
	block index.PaymentBlock
}

func (p past) use() access.PastUse {
	return access.PastUse{
		Operator: p.Operator, Permission: settlement.PermissionPay, Account: p.Debtor,
		Money: access.Money{Currency: p.Currency, Largest: p.Largest, Total: p.Total}, Moved: p.Settled, At: p.block.Time,
	}
}

// seen is what a walk back has found.
type seen struct {
	instructions []past // newest first
	from         int64  // lowest height that was read
	more         bool   // older blocks were not read
}

// lookBack walks from the newest block back until it has the payments that were asked for.
func (q queryServer) lookBack(ctx context.Context, scope access.Scope, newest int64, most int) (seen, error) {
	blocks, err := q.store.PaymentBlocks(ctx, newest+1, maxSimulatedBlocks+1)
	if err != nil {
		return seen{}, storeError(err)
	}
	found, payments, examined := seen{}, 0, int64(0)
	ours := map[string]bool{}
	for at, block := range blocks {
		if payments >= most || examined >= maxExaminedPayments || at == maxSimulatedBlocks {
			found.more = true
			return found, nil
		}
		results, err := q.simulator.results.BlockResults(ctx, &block.Height)
		if err != nil && at == 0 {
			return seen{}, status.Errorf(codes.Unavailable, "the node cannot read its block %d: %s", block.Height, err)
		}
		if err != nil { // pruned: there is nothing older either
			found.more = true
			return found, nil
		}
		found.from, examined = block.Height, examined+block.Payments
		inBlock := index.Instructions(results)
		for i := len(inBlock) - 1; i >= 0; i-- {
			if payments >= most {
				found.more = true
				return found, nil
			}
			bound, err := q.actsFor(ctx, scope, inBlock[i].Operator, ours)
			if err != nil {
				return seen{}, err
			}
			if bound {
				found.instructions = append(found.instructions, past{inBlock[i], block})
				payments += int(inBlock[i].Payments)
			}
		}
	}
	return found, nil
}

func (q queryServer) actsFor(ctx context.Context, scope access.Scope, operator string, known map[string]bool) (bool, error) {
	bound, asked := known[operator]
	if asked {
		return bound, nil
	}
	of, err := q.simulator.judge.ScopeOf(ctx, operator)
	if err != nil {
		return false, err
	}
	known[operator] = of == scope
	return of == scope, nil
}

// answerOf puts the judgements, oldest first, into words and sums.
func answerOf(simulation access.Simulation, instructions []past) *gatewaytypes.QuerySimulatePoliciesResponse {
	answer := &gatewaytypes.QuerySimulatePoliciesResponse{}
	for _, lockout := range simulation.Lockouts {
		answer.Lockouts = append(answer.Lockouts, gatewaytypes.PolicyLockout{PolicyId: lockout.Policy, Explanation: lockout.Err.Error()})
	}
	sums := map[string]*gatewaytypes.SimulatedTotal{}
	for at, judged := range simulation.Uses {
		row := instructionOf(judged, instructions[at])
		answer.Instructions = append(answer.Instructions, row)
		key := fmt.Sprintf("%s/%d/%d", row.Currency, row.Current.Verdict, row.Proposed.Verdict)
		sum := sums[key]
		if sum == nil {
			sum = &gatewaytypes.SimulatedTotal{
				Currency: row.Currency, Current: row.Current.Verdict, Proposed: row.Proposed.Verdict, Amount: math.ZeroInt(),
			}
			sums[key] = sum
		}
		sum.Instructions++
		sum.Payments += row.Payments
		sum.Amount = sum.Amount.Add(row.Amount)
	}
	slices.Reverse(answer.Instructions)
	for _, sum := range sums {
		answer.Totals = append(answer.Totals, *sum)
	}
	slices.SortFunc(answer.Totals, func(a, b gatewaytypes.SimulatedTotal) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Current, b.Current), cmp.Compare(a.Proposed, b.Proposed))
	})
	return answer
}

func instructionOf(judged access.JudgedUse, instruction past) gatewaytypes.SimulatedInstruction {
	return gatewaytypes.SimulatedInstruction{
		Uetr: instruction.UETR, Payments: instruction.Payments, Operator: instruction.Operator, Debtor: instruction.Debtor,
		Currency: instruction.Currency, Amount: instruction.Total, SpentBefore: judged.SpentBefore,
		Height: instruction.block.Height, DecidedAt: instruction.block.Time,
		Current: judgementOf(judged.Current), Proposed: judgementOf(judged.Proposed),
	}
}

var simulatedVerdicts = map[access.Verdict]gatewaytypes.SimulatedVerdict{
	access.VerdictAllowed:       gatewaytypes.SimulatedVerdict_SIMULATED_VERDICT_ALLOWED,
	access.VerdictNeedsApproval: gatewaytypes.SimulatedVerdict_SIMULATED_VERDICT_NEEDS_APPROVAL,
	access.VerdictRefused:       gatewaytypes.SimulatedVerdict_SIMULATED_VERDICT_REFUSED,
}

func judgementOf(judged access.Judgement) gatewaytypes.SimulatedJudgement {
	answer := gatewaytypes.SimulatedJudgement{
		Verdict: simulatedVerdicts[judged.Verdict], Rule: judged.Rule, Approvals: judged.Approvals,
	}
	if judged.Err != nil {
		_, answer.Code, _ = errorsmod.ABCIInfo(judged.Err, false)
		answer.Explanation = judged.Err.Error()
	}
	return answer
}

// wrongPolicies is what a caller is told of policies that could not be set: access knows them by codes of its
// own, which say nothing to gRPC.
func wrongPolicies(err error) error {
	if codespace, _, _ := errorsmod.ABCIInfo(err, false); codespace != access.ModuleName || status.Code(err) != codes.Unknown {
		return err
	}
	return status.Error(codes.InvalidArgument, err.Error())
}
