package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/codec"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/financing/types"
)

type (
	// numberOfMemberKey is (institution, party or empty, number).
	numberOfMemberKey = collections.Triple[string, string, uint64]
	// offerKey is (request, offer).
	offerKey = collections.Pair[uint64, uint64]
)

// requestState is the part of the store that knows requests for finance and offers.
type requestState struct {
	requests           collections.Map[uint64, types.Request]
	nextRequest        collections.Sequence
	requestsOfBorrower collections.KeySet[numberOfMemberKey]
	requestsOfLender   collections.KeySet[numberOfMemberKey]

	offers          collections.Map[uint64, types.Offer]
	nextOffer       collections.Sequence
	offersOfRequest collections.KeySet[offerKey]
}

func newRequestState(cdc codec.BinaryCodec, sb *collections.SchemaBuilder) requestState {
	ofMember := collections.TripleKeyCodec(collections.StringKey, collections.StringKey, collections.Uint64Key)
	return requestState{
		requests: collections.NewMap(sb, types.RequestsPrefix, "requests",
			collections.Uint64Key, codec.CollValue[types.Request](cdc)),
		nextRequest:        collections.NewSequence(sb, types.NextRequestPrefix, "next_request"),
		requestsOfBorrower: collections.NewKeySet(sb, types.RequestsOfBorrowerPrefix, "requests_of_borrower", ofMember),
		requestsOfLender:   collections.NewKeySet(sb, types.RequestsOfLenderPrefix, "requests_of_lender", ofMember),
		offers: collections.NewMap(sb, types.OffersPrefix, "offers",
			collections.Uint64Key, codec.CollValue[types.Offer](cdc)),
		nextOffer: collections.NewSequence(sb, types.NextOfferPrefix, "next_offer"),
		offersOfRequest: collections.NewKeySet(sb, types.OffersOfRequestPrefix, "offers_of_request",
			collections.PairKeyCodec(collections.Uint64Key, collections.Uint64Key)),
	}
}

func numberOf(member accesstypes.Member, number uint64) numberOfMemberKey {
	return collections.Join3(member.InstitutionId, member.PartyId, number)
}

// Request returns a request for finance, or ErrRequestNotFound.
func (k *Keeper) Request(ctx context.Context, id uint64) (types.Request, error) {
	return load(ctx, k.requests, id, types.ErrRequestNotFound.Wrapf("%d", id))
}

// Offer returns an offer, or ErrOfferNotFound.
func (k *Keeper) Offer(ctx context.Context, id uint64) (types.Offer, error) {
	return load(ctx, k.offers, id, types.ErrOfferNotFound.Wrapf("%d", id))
}

// offersOf are all offers of a request by number, at most MaxLenders.
func (k *Keeper) offersOf(ctx context.Context, request uint64) ([]types.Offer, error) {
	var ids []uint64
	err := k.offersOfRequest.Walk(ctx, collections.NewPrefixedPairRange[uint64, uint64](request), func(key offerKey) (bool, error) {
		ids = append(ids, key.K2())
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	offers := make([]types.Offer, len(ids))
	for i, id := range ids {
		if offers[i], err = k.Offer(ctx, id); err != nil {
			return nil, err
		}
	}
	return offers, nil
}

// insertRequest stores a request that is new here, with indexes; the queue is the caller's.
func (k *Keeper) insertRequest(ctx context.Context, request types.Request) error {
	if err := k.requestsOfBorrower.Set(ctx, numberOf(request.Borrower, request.Id)); err != nil {
		return err
	}
	for _, lender := range request.Lenders {
		if err := k.requestsOfLender.Set(ctx, numberOf(lender, request.Id)); err != nil {
			return err
		}
	}
	return k.requests.Set(ctx, request.Id, request)
}

func (k *Keeper) insertOffer(ctx context.Context, offer types.Offer) error {
	if err := k.offersOfRequest.Set(ctx, collections.Join(offer.RequestId, offer.Id)); err != nil {
		return err
	}
	return k.offers.Set(ctx, offer.Id, offer)
}

func (k *Keeper) removeOffer(ctx context.Context, offer types.Offer) error {
	if err := k.offersOfRequest.Remove(ctx, collections.Join(offer.RequestId, offer.Id)); err != nil {
		return err
	}
	return k.offers.Remove(ctx, offer.Id)
}

// forgetRequest removes an ended request with its offers.
func (k *Keeper) forgetRequest(ctx context.Context, request types.Request, offers []types.Offer) error {
	for _, offer := range offers {
		if err := k.removeOffer(ctx, offer); err != nil {
			return err
		}
	}
	if err := k.requestsOfBorrower.Remove(ctx, numberOf(request.Borrower, request.Id)); err != nil {
		return err
	}
	for _, lender := range request.Lenders {
		if err := k.requestsOfLender.Remove(ctx, numberOf(lender, request.Id)); err != nil {
			return err
		}
	}
	return k.requests.Remove(ctx, request.Id)
}

// checkAvailable refuses a request for more units than its account can give: whoever bids on it would bid for nothing.
// They are not set aside; the exchange makes sure of them.
func (k *Keeper) checkAvailable(ctx context.Context, request types.Request) error {
	if !request.Kind.MovesUnits() {
		return nil
	}
	receivable, err := k.Receivable(ctx, request.ReceivableId)
	if err != nil {
		return err
	}
	if receivable.Currency != request.Currency {
		return types.ErrInvalidRequest.Wrapf("receivable %d is in %s", receivable.Id, receivable.Currency)
	}
	address, err := k.addresses.StringToBytes(request.Account)
	if err != nil {
		return types.ErrInvalidRequest.Wrap(err.Error())
	}
	available, err := k.Ledger.Available(ctx, address, types.UnitDenom(receivable.Id))
	if err != nil {
		return err
	}
	if available.LT(request.Units) {
		return types.ErrUnitsMissing.Wrapf("%s are available, %s are asked for", available, request.Units)
	}
	return nil
}
