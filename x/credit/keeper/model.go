package keeper

import (
	"context"
	"crypto/sha256"
	"errors"

	"cosmossdk.io/collections"

	"github.com/zhilian-network/zhilian/internal/number"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/credit/domain"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

// registerModel stores a model with its calibration and scale, and puts it up for endorsement.
func (k *Keeper) registerModel(ctx context.Context, actor accesstypes.Actor, msg *types.MsgRegisterModel) (uint64, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return 0, err
	}
	objects := domain.Objects{Model: msg.Model, Calibration: msg.Calibration, Scale: msg.Scale}
	if len(msg.ModelDigest) > 0 {
		if objects.Model, err = k.object(ctx, msg.ModelDigest); err != nil {
			return 0, err
		}
	}
	rater, err := objects.Read()
	if err != nil {
		return 0, err
	}
	if err := domain.CheckInputs(rater.Model(), params); err != nil {
		return 0, err
	}
	if err := domain.CheckGrades(msg.BackTest, rater.Scale()); err != nil {
		return 0, err
	}
	now := blockTime(ctx)
	entry := types.ModelEntry{
		Product: msg.Product, Name: rater.Model().Name, Version: rater.Model().Version,
		ModelDigest: digestOf(objects.Model), CalibrationDigest: digestOf(objects.Calibration), ScaleDigest: digestOf(objects.Scale),
		InstitutionId: actor.InstitutionID, Operator: actor.Address, RegisteredAt: now, TrainingWindow: msg.TrainingWindow,
		BackTest: msg.BackTest, Status: types.ModelProposed, StatusSince: now,
	}
	if err := k.mayRegister(ctx, entry); err != nil {
		return 0, err
	}
	if entry.Id, err = number.Next(ctx, k.nextModel); err != nil {
		return 0, err
	}
	for _, content := range [][]byte{objects.Model, objects.Calibration, objects.Scale} {
		if err := k.modelObjects.Set(ctx, digestOf(content), content); err != nil {
			return 0, err
		}
	}
	if err := k.insertModel(ctx, entry); err != nil {
		return 0, err
	}
	return entry.Id, emit(ctx, &types.EventModelRegistered{
		ModelId: entry.Id, Product: entry.Product, ModelDigest: entry.ModelDigest, CalibrationDigest: entry.CalibrationDigest,
		ScaleDigest: entry.ScaleDigest, InstitutionId: entry.InstitutionId, Operator: entry.Operator,
	})
}

func digestOf(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// mayRegister refuses an entry that the product has, unless that was retired, and more than an institution's
// most. A product has at most as many entries as all institutions together: the walk is over one product.
func (k *Keeper) mayRegister(ctx context.Context, entry types.ModelEntry) error {
	count, err := zeroIfNone(k.modelCounts.Get(ctx, entry.InstitutionId))
	if err != nil {
		return err
	}
	if count >= types.MaxModelsPerInstitution {
		return types.ErrTooManyModels.Wrapf("%s has %d", entry.InstitutionId, count)
	}
	return k.modelsOfProduct.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](entry.Product), func(key productKey) (bool, error) {
		other, err := k.Model(ctx, key.K2())
		if err != nil {
			return true, err
		}
		if other.Status != types.ModelRetired && other.SameObjects(entry) {
			return true, types.ErrModelKnown.Wrapf("as model %d", other.Id)
		}
		return false, nil
	})
}

// insertModel stores a new entry with its indexes.
func (k *Keeper) insertModel(ctx context.Context, entry types.ModelEntry) error {
	count, err := zeroIfNone(k.modelCounts.Get(ctx, entry.InstitutionId))
	if err != nil {
		return err
	}
	if err := k.modelCounts.Set(ctx, entry.InstitutionId, count+1); err != nil {
		return err
	}
	if err := k.modelsOfProduct.Set(ctx, collections.Join(entry.Product, entry.Id)); err != nil {
		return err
	}
	if entry.Status == types.ModelChampion {
		if err := k.champions.Set(ctx, entry.Product, entry.Id); err != nil {
			return err
		}
	}
	return k.models.Set(ctx, entry.Id, entry)
}

// endorseModel notes an institution's endorsement, and takes the step with the last one that is needed.
func (k *Keeper) endorseModel(ctx context.Context, actor accesstypes.Actor, entry types.ModelEntry, step types.ModelStep) (types.ModelStatus, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return 0, err
	}
	to, err := domain.StepFrom(entry.Status, step)
	if err != nil {
		return 0, err
	}
	champion, err := k.championOrNone(ctx, entry.Product)
	if err != nil {
		return 0, err
	}
	// A worse challenger is refused at the first endorsement, and again at the last: the champion may be
	// another one by then, and the rules too.
	if step == types.StepPromote {
		if err := domain.CheckPromotion(champion, entry, params); err != nil {
			return 0, err
		}
	}
	entry, decided, err := domain.Endorse(entry, types.Endorsement{
		Step: step, InstitutionId: actor.InstitutionID, Operator: actor.Address, At: blockTime(ctx),
	}, params.EndorsementsNeeded)
	if err != nil {
		return 0, err
	}
	if err := emit(ctx, &types.EventModelEndorsed{
		ModelId: entry.Id, Step: step, InstitutionId: actor.InstitutionID, Endorsements: domain.EndorsementsOf(entry, step), Operator: actor.Address,
	}); err != nil {
		return 0, err
	}
	if !decided {
		return entry.Status, k.models.Set(ctx, entry.Id, entry)
	}
	if to == types.ModelChampion && champion != nil {
		if err := k.setModelStatus(ctx, *champion, types.ModelChallenger); err != nil {
			return 0, err
		}
	}
	return to, k.setModelStatus(ctx, entry, to)
}

// setModelStatus moves an entry, whose endorsements have done their work, and keeps the product's champion.
func (k *Keeper) setModelStatus(ctx context.Context, entry types.ModelEntry, to types.ModelStatus) error {
	from := entry.Status
	entry.Status, entry.StatusSince, entry.Endorsements = to, blockTime(ctx), nil
	var err error
	switch {
	case to == types.ModelChampion:
		err = k.champions.Set(ctx, entry.Product, entry.Id)
	case from == types.ModelChampion:
		err = k.champions.Remove(ctx, entry.Product)
	}
	if err != nil {
		return err
	}
	if err := k.models.Set(ctx, entry.Id, entry); err != nil {
		return err
	}
	return emit(ctx, &types.EventModelStatusChanged{ModelId: entry.Id, Product: entry.Product, From: from, To: to})
}

// Model returns an entry of the registry, or ErrModelNotFound.
func (k *Keeper) Model(ctx context.Context, number uint64) (types.ModelEntry, error) {
	entry, err := k.models.Get(ctx, number)
	if errors.Is(err, collections.ErrNotFound) {
		return types.ModelEntry{}, types.ErrModelNotFound.Wrapf("%d", number)
	}
	return entry, err
}

// Champion returns the entry that rates for a product, or ErrNoChampion.
func (k *Keeper) Champion(ctx context.Context, product string) (types.ModelEntry, error) {
	champion, err := k.championOrNone(ctx, product)
	if err == nil && champion == nil {
		err = types.ErrNoChampion.Wrapf("%.40q", product)
	}
	if err != nil {
		return types.ModelEntry{}, err
	}
	return *champion, nil
}

func (k *Keeper) championOrNone(ctx context.Context, product string) (*types.ModelEntry, error) {
	number, err := k.champions.Get(ctx, product)
	if errors.Is(err, collections.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entry, err := k.Model(ctx, number)
	return &entry, err
}

// object is the canonical bytes of a digest, or ErrModelNotFound.
func (k *Keeper) object(ctx context.Context, digest []byte) ([]byte, error) {
	content, err := k.modelObjects.Get(ctx, digest)
	if errors.Is(err, collections.ErrNotFound) {
		return nil, types.ErrModelNotFound.Wrapf("digest %x", digest)
	}
	return content, err
}

// objectsOf are the canonical bytes of an entry.
func (k *Keeper) objectsOf(ctx context.Context, entry types.ModelEntry) (domain.Objects, error) {
	var contents [3][]byte
	for i, digest := range entry.Digests() {
		var err error
		if contents[i], err = k.object(ctx, digest); err != nil {
			return domain.Objects{}, err
		}
	}
	return domain.Objects{Model: contents[0], Calibration: contents[1], Scale: contents[2]}, nil
}

func zeroIfNone(count uint64, err error) (uint64, error) {
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return count, err
}
