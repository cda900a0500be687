package keeper

import (
	"context"
	"fmt"

	"github.com/zhilian-network/zhilian/x/vault/types"
)

// MaxViolations bounds the report of CheckInvariants.
const MaxViolations = 100

// CheckInvariants reads the whole vault and returns its violations in words, none if all is well: what is
// stored is a valid genesis, so no erased record has a share or a ciphertext and every share rests on one
// basis; no ciphertext is without its record; each institution's bytes are the sum of its records'; and each subject's records are counted. It
// runs on demand and in tests, not in blocks.
func (k *Keeper) CheckInvariants(ctx context.Context) ([]string, error) {
	state, err := k.ExportGenesis(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	if err := state.Validate(); err != nil {
		found = append(found, err.Error())
	}
	sums, inline := map[string]uint64{}, map[uint64]bool{}
	for _, record := range state.Records {
		sums[record.CustodianId] += record.InlineBytes()
		inline[record.Id] = record.InlineBytes() > 0
	}
	err = k.ciphertexts.Walk(ctx, nil, func(number uint64, _ []byte) (bool, error) {
		if !inline[number] {
			found = append(found, fmt.Sprintf("record %d has a ciphertext and is erased, or is none", number))
		}
		return len(found) >= MaxViolations, nil
	})
	if err != nil {
		return nil, err
	}
	more, err := k.checkBudgets(ctx, state.Records, sums)
	if err != nil {
		return nil, err
	}
	counts, err := k.checkCounts(ctx, state.Records)
	return append(append(found, more...), counts...), err
}

func (k *Keeper) checkCounts(ctx context.Context, records []types.Record) ([]string, error) {
	stored := map[string]uint64{}
	for _, record := range records {
		stored[record.Subject.Text()]++
	}
	var found []string
	err := k.recordCounts.Walk(ctx, nil, func(subject string, counted uint64) (bool, error) {
		if stored[subject] != counted {
			found = append(found, fmt.Sprintf("%s has %d records and %d are counted", subject, stored[subject], counted))
		}
		delete(stored, subject)
		return len(found) >= MaxViolations, nil
	})
	if len(stored) > 0 {
		found = append(found, fmt.Sprintf("the records of %d members are not counted", len(stored)))
	}
	return found, err
}

func (k *Keeper) checkBudgets(ctx context.Context, records []types.Record, sums map[string]uint64) ([]string, error) {
	var found []string
	checked := map[string]bool{}
	for _, record := range records {
		if checked[record.CustodianId] {
			continue
		}
		checked[record.CustodianId] = true
		used, err := zeroIfNone(k.inlineBytes.Get(ctx, record.CustodianId))
		if err != nil {
			return nil, err
		}
		if used != sums[record.CustodianId] {
			found = append(found, fmt.Sprintf("%s has %d bytes inline and %d are counted", record.CustodianId, sums[record.CustodianId], used))
		}
	}
	return found, nil
}
