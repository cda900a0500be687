package simulation

import (
	"slices"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// recount adds up, from events alone, what the chain should keep of who is enrolled. All of it is of one month.
type recount struct {
	owners   map[string]accesstypes.Member // by account
	enrolled map[accesstypes.Member]bool
	sums     map[flowOwner]*sums
}

type flowOwner struct {
	subject  accesstypes.Member
	currency string
}

type sums struct {
	in, out, returnedIn, returnedOut uint64
	by                               map[uint64][2]uint64 // in and out, by counterparty
}

func newRecount(file *network.File) *recount {
	r := &recount{owners: map[string]accesstypes.Member{}, enrolled: map[accesstypes.Member]bool{}, sums: map[flowOwner]*sums{}}
	for _, party := range file.Parties {
		r.owners[chain.Account(party.ID, 0)] = memberOf(party)
	}
	return r
}

func memberOf(party network.Party) accesstypes.Member {
	return accesstypes.Member{InstitutionId: party.Institution, PartyId: party.ID}
}

// see takes the events of a transaction that succeeded.
func (r *recount) see(t *testing.T, events []abci.Event) {
	t.Helper()
	returns, trade := map[string]bool{}, true
	var typed []any
	for _, event := range events {
		// Money that financing moves is no trade. A transaction here has one message.
		trade = trade && !strings.HasPrefix(event.Type, "zhilian.financing.")
		message, err := sdk.ParseTypedEvent(event)
		if err != nil {
			continue // one of the SDK's
		}
		typed = append(typed, message)
		if back, ok := message.(*settlementtypes.EventPaymentReturned); ok {
			returns[back.Uetr] = true
		}
	}
	for _, message := range typed {
		switch event := message.(type) {
		case *credittypes.EventBehaviourEnrolled:
			r.enrolled[event.Enrolment.Subject] = true
		case *credittypes.EventBehaviourEnded:
			delete(r.enrolled, event.Subject)
			for owner := range r.sums {
				if owner.subject == event.Subject {
					delete(r.sums, owner)
				}
			}
		case *settlementtypes.EventPaymentSettled:
			if trade {
				r.add(event, returns[event.Uetr])
			}
		}
	}
}

func (r *recount) add(event *settlementtypes.EventPaymentSettled, back bool) {
	debtor, creditor, amount := r.owners[event.Debtor], r.owners[event.Creditor], event.Amount.Uint64()
	if debtor == creditor {
		return
	}
	for _, side := range []struct {
		subject, other accesstypes.Member
		place          int
	}{{creditor, debtor, 0}, {debtor, creditor, 1}} {
		if !r.enrolled[side.subject] {
			continue
		}
		owner := flowOwner{side.subject, event.Currency}
		if r.sums[owner] == nil {
			r.sums[owner] = &sums{by: map[uint64][2]uint64{}}
		}
		s := r.sums[owner]
		totals := [2]*uint64{&s.in, &s.out}
		if back {
			totals = [2]*uint64{&s.returnedIn, &s.returnedOut}
		}
		*totals[side.place] += amount
		if !back {
			digest := credittypes.CounterpartyDigest(side.subject, side.other)
			amounts := s.by[digest]
			amounts[side.place] += amount
			s.by[digest] = amounts
		}
	}
}

// requireSame compares with the chain's flows, whole.
func (r *recount) requireSame(t *testing.T, c *chain.Chain) {
	t.Helper()
	state, err := c.App.Keepers.Credit.ExportGenesis(c.Context())
	require.NoError(t, err)
	// Months of which only punctuality is known have no payments.
	flows := slices.DeleteFunc(state.Flows, func(flow credittypes.Flow) bool {
		return flow.InflowMinor+flow.OutflowMinor+flow.ReturnedInMinor+flow.ReturnedOutMinor == 0
	})
	require.Len(t, flows, len(r.sums))
	for _, flow := range flows {
		got := sums{flow.InflowMinor, flow.OutflowMinor, flow.ReturnedInMinor, flow.ReturnedOutMinor, map[uint64][2]uint64{}}
		for _, c := range append(flow.Payees, flow.Payers...) {
			got.by[c.Digest] = [2]uint64{c.InMinor, c.OutMinor}
		}
		want := r.sums[flowOwner{flow.Subject, flow.Currency}]
		require.NotNil(t, want, "%v %s", flow.Subject, flow.Currency)
		require.Equal(t, *want, got, "%v %s", flow.Subject, flow.Currency)
	}
}

// behaviour ends an enrolment, or begins one.
func (d *driver) behaviour() (string, sdk.Msg) {
	party := d.party()
	key := "party-" + party.ID
	if d.Intn(3) == 0 {
		return key, &credittypes.MsgEndBehaviour{Operator: chain.Address(key), Subject: memberOf(party)}
	}
	return d.enrol(party)
}

func (d *driver) enrol(party network.Party) (string, sdk.Msg) {
	key := "party-" + party.ID
	return key, &credittypes.MsgEnrolBehaviour{
		Operator: chain.Address(key), Subject: memberOf(party), Currencies: d.file.Currencies, EndsAt: chain.Start.AddDate(1, 0, 0),
	}
}
