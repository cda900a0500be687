package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/domain"
	"github.com/zhilian-network/zhilian/x/financing/types"
	ledgertypes "github.com/zhilian-network/zhilian/x/ledger/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// unitMove is units that change hands.
type unitMove struct {
	operator           string
	from, to           settlementtypes.Account
	units              math.Int
	recourse           bool // from takes them back at par should the debtor default
	registrationNumber string
	paymentUETR        string // of the payment for them, if they were sold in the same step
}

// sale is units against money.
type sale struct {
	Operator           string // bech32
	ReceivableID       uint64
	Seller, Buyer      string // settlement accounts, bech32
	Units              math.Int
	Price              math.Int
	EndToEndDigest     []byte // names the payment; new for the buyer
	Recourse           bool
	RegistrationNumber string
}

// sellUnits moves units against their price in one posting, or neither, and returns the UETR of the payment. It
// asks nobody for permission: the caller has the consent of both.
func (k *Keeper) sellUnits(ctx context.Context, s sale) (uetr string, err error) {
	receivable, err := k.Receivable(ctx, s.ReceivableID)
	if err != nil {
		return "", err
	}
	move := unitMove{operator: s.Operator, units: s.Units, recourse: s.Recourse, registrationNumber: s.RegistrationNumber}
	if move.from, err = k.Settlement.Account(ctx, s.Seller); err != nil {
		return "", err
	}
	if move.to, err = k.Settlement.Account(ctx, s.Buyer); err != nil {
		return "", err
	}
	if err := k.checkMove(ctx, receivable, move); err != nil {
		return "", err
	}
	uetrs, err := k.Settlement.Exchange(ctx, s.Operator, [2]settlementtypes.Leg{
		{Payer: s.Seller, Payee: s.Buyer, Denom: types.UnitDenom(receivable.Id), Amount: s.Units},
		{
			Payer: s.Buyer, Payee: s.Seller, Amount: s.Price, EndToEndDigest: s.EndToEndDigest,
			Denom: settlementtypes.DepositDenom(move.to.InstitutionId, receivable.Currency),
		},
	})
	if err != nil {
		return "", err
	}
	move.paymentUETR = uetrs[1]
	after, err := k.noteMove(ctx, receivable, move)
	if err != nil {
		return "", err
	}
	return uetrs[1], k.changeReceivable(ctx, receivable, after, s.Operator)
}

// transferUnits moves units for nothing that this network knows of.
func (k *Keeper) transferUnits(ctx context.Context, receivable types.Receivable, move unitMove) (types.Receivable, error) {
	if err := k.checkMove(ctx, receivable, move); err != nil {
		return receivable, err
	}
	from, err := k.bytesOf(move.from.Address)
	if err != nil {
		return receivable, err
	}
	to, err := k.bytesOf(move.to.Address)
	if err != nil {
		return receivable, err
	}
	denom := types.UnitDenom(receivable.Id)
	if err := k.Ledger.Post(ctx, ledgertypes.Posting{Entries: []ledgertypes.Entry{
		{Account: from, Denom: denom, Delta: move.units.Neg()}, {Account: to, Denom: denom, Delta: move.units},
	}}); err != nil {
		return receivable, err
	}
	return k.noteMove(ctx, receivable, move)
}

// checkMove wants units that are free, of a receivable that is not due yet, and a new holder who can be paid.
func (k *Keeper) checkMove(ctx context.Context, receivable types.Receivable, move unitMove) error {
	if receivable.Status != types.ReceivableConfirmed {
		return types.ErrReceivableTransition.Wrapf("units of one that is %s do not change hands", receivable.Status)
	}
	if err := types.CheckUnits(move.units); err != nil {
		return err
	}
	if err := checkFit(move.to, receivable.Currency); err != nil {
		return err
	}
	switch move.to.Address {
	case receivable.Debtor:
		return types.ErrTransferTarget.Wrap("the debtor pays the receivable, it does not buy it")
	case move.from.Address:
		return types.ErrTransferTarget.Wrap("the holder has them already")
	}
	return k.checkFree(ctx, receivable.Id, move.from.Address, move.units)
}

func (k *Keeper) checkFree(ctx context.Context, receivable uint64, address string, units math.Int) error {
	account, err := k.bytesOf(address)
	if err != nil {
		return err
	}
	free, err := k.Ledger.Available(ctx, account, types.UnitDenom(receivable))
	if err != nil {
		return err
	}
	if free.LT(units) {
		return types.ErrNotHolder.Wrapf("%s are free, %s are needed", free, units)
	}
	return nil
}

// noteMove lists the holders after the ledger has moved units, and gives the debtor notice.
func (k *Keeper) noteMove(ctx context.Context, receivable types.Receivable, move unitMove) (types.Receivable, error) {
	from, err := k.bytesOf(move.from.Address)
	if err != nil {
		return receivable, err
	}
	to, err := k.bytesOf(move.to.Address)
	if err != nil {
		return receivable, err
	}
	if err := k.dropHolderWithoutUnits(ctx, &receivable, from); err != nil {
		return receivable, err
	}
	if err := k.addHolder(ctx, &receivable, to); err != nil {
		return receivable, err
	}
	if err := k.useRegistration(ctx, receivable.Id, move.registrationNumber); err != nil {
		return receivable, err
	}
	if move.recourse {
		if err := k.promiseRecourse(ctx, receivable, move); err != nil {
			return receivable, err
		}
	}
	return receivable, emit(ctx, &types.EventReceivableTransferred{
		ReceivableId: receivable.Id, From: move.from.Address, To: move.to.Address, Units: move.units, Debtor: receivable.Debtor,
		Recourse: move.recourse, RegistrationNumber: move.registrationNumber, PaymentUetr: move.paymentUETR, Operator: move.operator,
	})
}

// addHolder lists an account that has units now.
func (k *Keeper) addHolder(ctx context.Context, receivable *types.Receivable, account sdk.AccAddress) error {
	key := collections.Join(receivable.Id, []byte(account))
	listed, err := k.holders.Has(ctx, key)
	if err != nil || listed {
		return err
	}
	if receivable.Holders == types.MaxHolders {
		return types.ErrTooManyHolders.Wrapf("%d", types.MaxHolders)
	}
	receivable.Holders++
	if err := k.holders.Set(ctx, key); err != nil {
		return err
	}
	return k.receivablesOf.Set(ctx, collections.Join([]byte(account), receivable.Id))
}

func (k *Keeper) dropHolderWithoutUnits(ctx context.Context, receivable *types.Receivable, account sdk.AccAddress) error {
	units, err := k.Ledger.Balance(ctx, account, types.UnitDenom(receivable.Id))
	if err != nil || units.IsPositive() {
		return err
	}
	receivable.Holders--
	if err := k.holders.Remove(ctx, collections.Join(receivable.Id, []byte(account))); err != nil {
		return err
	}
	text, err := k.addresses.BytesToString(account)
	if err != nil {
		return err
	}
	if text == receivable.Supplier || text == receivable.Debtor {
		return nil // it finds the receivable still
	}
	return k.receivablesOf.Remove(ctx, collections.Join([]byte(account), receivable.Id))
}

// holdingsOf are the holders of a receivable by address, at most MaxHolders.
func (k *Keeper) holdingsOf(ctx context.Context, receivable uint64) ([]types.Holding, error) {
	var accounts [][]byte
	err := k.holders.Walk(ctx, collections.NewPrefixedPairRange[uint64, []byte](receivable), func(key holderKey) (bool, error) {
		accounts = append(accounts, key.K2())
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	holdings := make([]types.Holding, len(accounts))
	for i, account := range accounts {
		if holdings[i], err = k.holdingOf(ctx, receivable, account); err != nil {
			return nil, err
		}
	}
	return holdings, nil
}

func (k *Keeper) holdingOf(ctx context.Context, receivable uint64, account sdk.AccAddress) (types.Holding, error) {
	text, err := k.addresses.BytesToString(account)
	if err != nil {
		return types.Holding{}, err
	}
	units, err := k.Ledger.Balance(ctx, account, types.UnitDenom(receivable))
	if err != nil {
		return types.Holding{}, err
	}
	bound, err := k.Ledger.Held(ctx, types.BoundKey(account, receivable))
	return types.Holding{ReceivableId: receivable, Account: text, Units: units, Bound: bound}, err
}

// bindUnits has the ledger hold of a holder's units what its securities bind.
func (k *Keeper) bindUnits(ctx context.Context, receivable uint64, account sdk.AccAddress, securities []types.Security) error {
	key := types.BoundKey(account, receivable)
	before, err := k.Ledger.Held(ctx, key)
	if err != nil {
		return err
	}
	after := domain.BoundUnits(securities)
	if before.Equal(after) {
		return nil
	}
	if before.IsPositive() {
		if _, err := k.Ledger.Release(ctx, key); err != nil {
			return err
		}
	}
	if after.IsZero() {
		return nil
	}
	return k.Ledger.Hold(ctx, key, after)
}

// splitUnits moves units of a holder to each part's account. A registration is of the split as a whole.
func (k *Keeper) splitUnits(
	ctx context.Context, actor accesstypes.Actor, receivable types.Receivable, holder settlementtypes.Account, split *types.MsgTransferReceivable,
) (types.Receivable, error) {
	registration := split.RegistrationNumber
	for _, part := range split.Parts {
		to, err := k.Settlement.Account(ctx, part.Account)
		if err != nil {
			return receivable, err
		}
		if receivable, err = k.transferUnits(ctx, receivable, unitMove{
			operator: actor.Address, from: holder, to: to, units: part.Units, recourse: split.Recourse, registrationNumber: registration,
		}); err != nil {
			return receivable, err
		}
		registration = ""
	}
	return receivable, nil
}
