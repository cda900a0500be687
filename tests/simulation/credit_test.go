package simulation

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/testutil/smallmodel"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
)

// providers attest about the banks' customers.
var providers = []string{"QDTX", "QDCU"}

// banks have the risk officers.
var banks = []string{"bank-BQDQ", "bank-LSHB", "bank-JZWB"}

// openCredit has a champion, every customer consent to every provider, and figures of each attested, so that most of what follows does something.
func (d *driver) openCredit(c *chain.Chain) {
	c.MustSend(banks[0], smallmodel.Registration(chain.Address(banks[0]), smallmodel.Model(0), 0, 900_000))
	for _, step := range []credittypes.ModelStep{credittypes.StepApprove, credittypes.StepPromote} {
		for _, bank := range banks[1:] {
			c.MustSend(bank, &credittypes.MsgEndorseModel{Operator: chain.Address(bank), ModelId: 1, Step: step})
		}
	}
	for _, party := range d.file.Parties {
		for _, provider := range providers {
			key, consent := d.consent(party, accesstypes.Member{InstitutionId: provider}, chain.Start)
			c.MustSend(key, consent)
		}
		key := "bank-" + providers[0]
		c.MustSend(key, &credittypes.MsgAttest{
			Operator: chain.Address(key), Subject: accesstypes.Member{InstitutionId: party.Institution, PartyId: party.ID},
			Period: credittypes.Period{FirstMonth: 202401, LastMonth: 202412}, Values: d.figures(), ExpiresAt: chain.Start.Add(time.Hour),
		})
	}
}

// credit is a step of what ratings rest on: consents that come and go, attestations that contradict each
// other, are revoked and expire within the run.
func (d *driver) credit() (string, sdk.Msg) {
	party := d.party()
	subject := accesstypes.Member{InstitutionId: party.Institution, PartyId: party.ID}
	provider := providers[d.Intn(len(providers))]
	now := chain.Start.Add(time.Duration(20+d.Intn(60)) * chain.BlockInterval)
	switch d.Intn(20) {
	case 18, 19:
		return d.behaviour()
	case 11, 12, 13:
		// The subject, its bank, or another bank, which has a consent sometimes.
		key := []string{"party-" + party.ID, "bank-" + party.Institution, banks[d.Intn(len(banks))]}[d.Intn(3)]
		return key, &credittypes.MsgRate{Operator: chain.Address(key), Subject: subject, Product: smallmodel.Product}
	case 14:
		key := banks[d.Intn(len(banks))]
		return key, &credittypes.MsgPublishRating{
			Operator: chain.Address(key), Subject: subject, Product: smallmodel.Product, AttestationIds: []uint64{1 + uint64(d.Intn(40))}, Score: -2_800_000,
		}
	case 15:
		return d.consent(party, accesstypes.Member{InstitutionId: banks[d.Intn(len(banks))][len("bank-"):]}, now)
	case 8, 16, 17:
		key := banks[d.Intn(len(banks))]
		return key, smallmodel.Registration(chain.Address(key), smallmodel.Model(uint32(d.Intn(6))), uint32(d.Intn(2)), uint32(900_000+d.Intn(3)))
	case 9, 10:
		key := banks[d.Intn(len(banks))]
		steps := []credittypes.ModelStep{credittypes.StepApprove, credittypes.StepPromote, credittypes.StepApprove, credittypes.StepPromote, credittypes.StepRetire}
		return key, &credittypes.MsgEndorseModel{Operator: chain.Address(key), ModelId: 1 + uint64(d.Intn(4)), Step: steps[d.Intn(len(steps))]}
	case 0:
		return d.consent(party, accesstypes.Member{InstitutionId: provider}, now)
	case 1:
		key := "party-" + party.ID
		return key, &accesstypes.MsgWithdrawConsent{Operator: chain.Address(key), ConsentId: 1 + uint64(d.Intn(20))}
	case 2:
		key := "bank-" + provider
		return key, &credittypes.MsgRevokeAttestation{Operator: chain.Address(key), AttestationId: 1 + uint64(d.Intn(40))}
	default:
		key := "bank-" + provider
		return key, &credittypes.MsgAttest{
			Operator: chain.Address(key), Subject: subject, Period: credittypes.Period{FirstMonth: 202501, LastMonth: 202501 + uint32(d.Intn(3))},
			Values:    [][]credittypes.InputValue{d.figures(), d.figures(), {{Name: fmt.Sprint("x", d.Intn(5)), Value: int64(d.Intn(3))}}}[d.Intn(3)],
			ExpiresAt: now.Add(time.Duration(1+d.Intn(60)) * time.Second),
		}
	}
}

// figures are what the small model reads; providers contradict each other over them one time in three.
func (d *driver) figures() []credittypes.InputValue {
	return []credittypes.InputValue{{Name: "debt", Value: int64(1 + d.Intn(2))}, {Name: "equity", Value: 3}, {Name: "sector", Code: []string{"A", "B"}[d.Intn(2)]}}
}

func (d *driver) consent(party network.Party, grantee accesstypes.Member, now time.Time) (string, sdk.Msg) {
	key := "party-" + party.ID
	return key, &accesstypes.MsgGiveConsent{
		Operator: chain.Address(key), Subject: accesstypes.Member{InstitutionId: party.Institution, PartyId: party.ID}, Grantee: grantee,
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_CREDIT_RATING, accesstypes.Purpose_PURPOSE_FINANCING}, Level: 2 + uint32(d.Intn(2)),
		ExpiresAt: now.Add(time.Duration(30+d.Intn(100)) * time.Second),
	}
}

func requireCreditSound(t *testing.T, c *chain.Chain) {
	t.Helper()
	violations, err := c.App.Keepers.Credit.CheckInvariants(c.Context())
	require.NoError(t, err)
	require.Empty(t, violations)
}

// requireCreditDone wants a run in which something came of the operations.
func requireCreditDone(t *testing.T, c *chain.Chain) {
	t.Helper()
	state, err := c.App.Keepers.Credit.ExportGenesis(c.Context())
	require.NoError(t, err)
	require.Greater(t, state.NextAttestationId, uint64(3), "attestations")
	require.Greater(t, state.NextModelId, uint64(2), "models")
	require.Greater(t, state.NextRatingId, uint64(2), "ratings")
}
