package payments

import (
	"bytes"
	"errors"

	"github.com/zhilian-network/zhilian/crypto/seal"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// ErrOtherDetails says that a node gave other details than those that were asked for.
var ErrOtherDetails = errors.New("the node's answer is about other details than the payment's: ask another node")

// ErrGroupUnknown says that the keys of a group of readers are not at hand.
var ErrGroupUnknown = errors.New("the node does not have the keys of all readers of these details: they were told with an earlier payment of the same payer, in a block that it does not have; ask another node")

// OpenDetails opens the details of a payment for one of its readers. The errors are those of seal:
// ErrNotReader, ErrBroken, ErrDigest; and ErrGroupUnknown, if the key may be that of a reader whose group
// the node does not know.
func OpenDetails(key seal.PrivateKey, answer *gatewaytypes.QueryPaymentDetailsResponse) (seal.Opening, error) {
	if !bytes.Equal(answer.Digest, answer.Details.Digest) {
		return seal.Opening{}, ErrOtherDetails
	}
	binding := settlement.DetailsBinding(answer.ChainId, answer.Uetr)
	opening, err := seal.Disclose(key, answer.Details, binding)
	if !errors.Is(err, seal.ErrNotReader) {
		return opening, err
	}
	for _, keys := range answer.Groups {
		group, err := seal.OpenGroup(key, keys, settlement.DetailsGroupBinding(answer.ChainId, answer.Debtor))
		if errors.Is(err, seal.ErrNotReader) {
			continue
		}
		if err != nil {
			return seal.Opening{}, err
		}
		defer group.Wipe()
		return group.Disclose(answer.Details, binding)
	}
	if len(answer.Groups) < len(answer.Details.Groups()) {
		return seal.Opening{}, ErrGroupUnknown
	}
	return seal.Opening{}, err
}

// ReaderIDs are the ids of the keys that open the details of a payment, as far as they are known.
func ReaderIDs(answer *gatewaytypes.QueryPaymentDetailsResponse) [][]byte {
	var ids [][]byte
	for _, key := range answer.Details.Keys {
		if !key.ForGroup() {
			ids = append(ids, key.KeyId)
		}
	}
	for _, group := range answer.Groups {
		for _, key := range group.Keys {
			ids = append(ids, key.KeyId)
		}
	}
	return ids
}
