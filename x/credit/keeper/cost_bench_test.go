package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// largest is a model at the bounds of the format: full trees of the greatest depth, as many as the nodes allow,
// over as many inputs as there may be.
func largest(version uint32) *engine.Model {
	m := &engine.Model{Name: "largest", Version: version, HorizonMonths: 12, Rises: engine.RisesWithRisk, Training: "made up"}
	for i := range engine.MaxInputs {
		name := fmt.Sprintf("x%03d", i)
		m.Inputs = append(m.Inputs, engine.Input{Name: name, Decimals: 6})
		m.Features = append(m.Features, engine.Feature{
			Name: name, Reason: name, Kind: engine.FeatureSum, Plus: []string{name}, Decimals: 6, Missing: engine.MissingRefused,
		})
	}
	const inner, all = 1<<engine.MaxDepth - 1, 1<<(engine.MaxDepth+1) - 1
	for t := range engine.MaxNodes / all {
		tree := make(engine.Tree, all)
		for i := range tree {
			tree[i] = engine.Node{Leaf: true, Value: int32(i*1_000 + t)}
			if i < inner {
				depth := 0
				for at := i; at > 0; at = (at - 1) / 2 {
					depth++
				}
				tree[i] = engine.Node{
					Feature: int64((t*engine.MaxDepth + depth) % engine.MaxFeatures), Threshold: int64(t*7_919 + i*104_729),
					Left: int64(2*i + 1), Right: int64(2*i + 2), Value: int32(i),
				}
			}
		}
		m.Ensemble = append(m.Ensemble, tree)
	}
	return m
}

// full is a subject about whom as much is attested as can be.
func full(b *testing.B, f *fixture) {
	b.Helper()
	for p := range types.MaxActivePerSubject {
		operator := []string{"taxo", "cust", "third", "hzhz"}[p/types.MaxActivePerProvider]
		if p%types.MaxActivePerProvider == 0 {
			account := f.access.operators[operator]
			account.kind = f.access.operators["taxo"].kind
			f.access.operators[operator] = account
			f.consent(acme, account.scope.InstitutionID, rating, 2)
		}
		var values []types.InputValue
		for i := range types.MaxValues {
			values = append(values, number(fmt.Sprintf("x%03d", i), 6, int64(i*1_000_003)))
		}
		msg := attestMsg(operator, acme, values...)
		year := uint32(2000 + p%types.MaxActivePerProvider)
		msg.Period = types.Period{FirstMonth: year*100 + 1, LastMonth: year*100 + 12}
		_, err := f.msg.Attest(f.ctx, msg)
		require.NoError(b, err)
	}
}

// fullFlows has acme and zeta enrolled in as many currencies as there may be, with full lists in every month.
func fullFlows(b *testing.B, f *fixture) *fixture {
	b.Helper()
	currencies := []string{"AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "JPY", "USD"}
	require.NoError(b, f.enrol("acme", acme, currencies...))
	require.NoError(b, f.enrol("zeta", zeta, currencies...))
	for month := range types.BehaviourMonths {
		f.ctx = f.ctx.WithBlockTime(start.AddDate(0, month, 0))
		var payments []settlementtypes.SettledPayment
		for _, currency := range currencies {
			for i := range 3 * types.MaxCounterparties {
				for _, subject := range []accesstypes.Member{acme, zeta} {
					in, out := paid(party(fmt.Sprint("customer", i)), subject, int64(1_000_000_000+i)), paid(subject, party(fmt.Sprint("supplier", i)), int64(1_000_000_000+i))
					in.Currency, out.Currency = currency, currency
					payments = append(payments, in, out)
				}
			}
		}
		f.settle(payments...)
		require.NoError(b, f.keeper.RecordDisputeLost(f.ctx, acme))
	}
	return f
}

// BenchmarkCost is where RegistrationUnits and RatingUnits come from: the worst that each message can ask for.
// Its store keeps what is written in memory: the tree and the disk come on top.
func BenchmarkCost(b *testing.B) {
	b.Run("registration", func(b *testing.B) {
		f := newFixture(b)
		msg := registerMsg("bqdq", largest(1), 1, 900_000)
		b.ReportMetric(float64(len(msg.Model)), "bytes")
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			_, err := f.msg.RegisterModel(cached, msg)
			require.NoError(b, err)
		}
	})
	for _, remembered := range []bool{false, true} {
		b.Run(fmt.Sprint("rating, the model remembered: ", remembered), func(b *testing.B) {
			f := newFixture(b)
			number := f.register("bqdq", largest(1), 1, 900_000)
			for _, step := range []types.ModelStep{types.StepApprove, types.StepPromote} {
				for _, operator := range []string{"officer", "third"} {
					_, err := f.endorse(operator, number, step)
					require.NoError(b, err)
				}
			}
			full(b, f)
			for b.Loop() {
				if !remembered {
					f.keeper.ForgetRaters()
				}
				cached, _ := f.ctx.CacheContext()
				_, err := f.msg.Rate(cached, &types.MsgRate{Operator: "acme", Subject: acme, Product: product})
				require.NoError(b, err)
			}
		})
	}
	b.Run("payment of two who are enrolled, their lists full", func(b *testing.B) {
		f := fullFlows(b, newFixture(b))
		payments := []settlementtypes.SettledPayment{paid(acme, zeta, 1)}
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			require.NoError(b, f.keeper.PaymentsSettled(cached, payments))
		}
	})
	b.Run("payment of two who are not", func(b *testing.B) {
		f := fullFlows(b, newFixture(b))
		payments := []settlementtypes.SettledPayment{paid(party("one"), party("two"), 1)}
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			require.NoError(b, f.keeper.PaymentsSettled(cached, payments))
		}
	})
	b.Run("figures of fourteen full months in eight currencies", func(b *testing.B) {
		f := fullFlows(b, newFixture(b))
		for b.Loop() {
			f.behaviour(acme)
		}
	})
	b.Run("end of behaviour, with as much", func(b *testing.B) {
		f := fullFlows(b, newFixture(b))
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			_, err := f.msg.EndBehaviour(cached, &types.MsgEndBehaviour{Operator: "acme", Subject: acme})
			require.NoError(b, err)
		}
	})
	b.Run("attestation", func(b *testing.B) {
		f := newFixture(b)
		full(b, f)
		require.NoError(b, f.revoke("taxo", 1))
		var values []types.InputValue
		for i := range types.MaxValues {
			values = append(values, number(fmt.Sprintf("x%03d", i), 6, int64(i)))
		}
		for b.Loop() {
			cached, _ := f.ctx.CacheContext()
			msg := attestMsg("taxo", acme, values...)
			msg.Period = types.Period{FirstMonth: 200001, LastMonth: 200012}
			_, err := f.msg.Attest(cached, msg)
			require.NoError(b, err)
		}
	})
	b.Run("improvement", func(b *testing.B) {
		f := newFixture(b)
		number := f.register("bqdq", largest(1), 1, 900_000)
		for _, step := range []types.ModelStep{types.StepApprove, types.StepPromote} {
			for _, operator := range []string{"officer", "third"} {
				_, err := f.endorse(operator, number, step)
				require.NoError(b, err)
			}
		}
		full(b, f)
		rated, err := f.rate("acme", acme)
		require.NoError(b, err)
		for b.Loop() {
			_, err := f.query.Improvement(f.ctx, &types.QueryImprovementRequest{RatingId: rated.Id})
			require.NoError(b, err)
		}
	})
}
