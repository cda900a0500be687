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

// OpenDetails opens the details of a payment for one of its readers, be it one of the payment's own or of
// its batch's group. The errors are those of seal: ErrNotReader, ErrBroken, ErrDigest.
func OpenDetails(key seal.PrivateKey, answer *gatewaytypes.QueryPaymentDetailsResponse) (seal.Opening, error) {
	if !bytes.Equal(answer.Digest, answer.Details.Digest) {
		return seal.Opening{}, ErrOtherDetails
	}
	binding := settlement.DetailsBinding(answer.ChainId, answer.Uetr)
	opening, err := seal.Disclose(key, answer.Details, binding)
	if !errors.Is(err, seal.ErrNotReader) || answer.Group == nil {
		return opening, err
	}
	group, err := seal.OpenGroup(key, *answer.Group, settlement.DetailsGroupBinding(answer.ChainId, answer.Debtor, answer.InstructionDigest))
	if err != nil {
		return seal.Opening{}, err
	}
	defer group.Wipe()
	return group.Disclose(answer.Details, binding)
}

// ReaderIDs are the ids of the keys that open the details of a payment.
func ReaderIDs(answer *gatewaytypes.QueryPaymentDetailsResponse) [][]byte {
	var ids [][]byte
	for _, key := range answer.Details.Keys {
		ids = append(ids, key.KeyId)
	}
	if answer.Group != nil {
		for _, key := range answer.Group.Keys {
			ids = append(ids, key.KeyId)
		}
	}
	return ids
}
