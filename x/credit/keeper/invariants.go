package keeper

import (
	"context"
	"fmt"

	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// MaxViolations bounds the report of CheckInvariants.
const MaxViolations = 100

// CheckInvariants reads the whole state and returns its violations in words, none if all is well: what is
// stored is a valid genesis, so every open value is what was committed to and every conflict is told on both
// sides, every model's objects are there and a product has one champion at most; no subject or provider has
// more attestations in force than the bounds; each active attestation and each champion stands in its index; every rating is what
// its model says of what is stored with it. It runs on demand and in tests, not in blocks.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	state, err := k.ExportGenesis(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	if err := state.Validate(); err != nil {
		found = append(found, err.Error())
	}
	for _, check := range []func(context.Context, *types.GenesisState) ([]string, error){k.checkActive, k.checkModels, k.checkRatings} {
		more, err := check(ctx, state)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found[:min(len(found), MaxViolations)], nil
}

func (k *Keeper) checkModels(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var found []string
	champions := 0
	for _, entry := range state.Models {
		if entry.Status != types.ModelChampion {
			continue
		}
		champions++
		if champion, err := k.championOrNone(ctx, entry.Product); err != nil || champion == nil || champion.Id != entry.Id {
			found = append(found, fmt.Sprintf("model %d is champion of %s and is not found as such", entry.Id, entry.Product))
		}
	}
	indexed := 0
	err := k.champions.Walk(ctx, nil, func(string, uint64) (bool, error) {
		indexed++
		return false, nil
	})
	if indexed != champions {
		found = append(found, fmt.Sprintf("%d models are champions and %d are listed", champions, indexed))
	}
	return found, err
}

// checkRatings computes every rating of open values again, from what is stored with it.
func (k *Keeper) checkRatings(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var found []string
	for _, rating := range state.Ratings {
		entry, err := k.Model(ctx, rating.ModelId)
		if err != nil {
			return nil, err
		}
		rater, err := k.raterOf(ctx, entry)
		if err != nil {
			return nil, err
		}
		if err := domain.CheckAgain(rater, rating); err != nil {
			found = append(found, fmt.Sprintf("rating %d: %s", rating.Id, err))
		}
	}
	return found, nil
}

func (k *Keeper) checkActive(ctx context.Context, state *types.GenesisState) ([]string, error) {
	var found []string
	perSubject, perProvider, active := map[string]int{}, map[[2]string]int{}, 0
	for _, attestation := range state.Attestations {
		if attestation.Status != types.AttestationActive {
			continue
		}
		active++
		subject := attestation.Subject.Text()
		perSubject[subject]++
		perProvider[[2]string{subject, attestation.ProviderId}]++
		if perSubject[subject] == types.MaxActivePerSubject+1 || perProvider[[2]string{subject, attestation.ProviderId}] == types.MaxActivePerProvider+1 {
			found = append(found, fmt.Sprintf("%s has more attestations in force than it may, with attestation %d", subject, attestation.Id))
		}
	}
	indexed := 0
	err := k.activeAttestations.Walk(ctx, nil, func(key activeKey) (bool, error) {
		indexed++
		attestation, err := k.Attestation(ctx, key.K3())
		if err != nil {
			return true, err
		}
		if attestation.Status != types.AttestationActive || attestation.Subject.Text() != key.K1() || attestation.ProviderId != key.K2() {
			found = append(found, fmt.Sprintf("attestation %d is listed as active wrongly", attestation.Id))
		}
		return false, nil
	})
	if indexed != active {
		found = append(found, fmt.Sprintf("%d attestations are active and %d are listed", active, indexed))
	}
	return found, err
}
