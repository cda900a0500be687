package types

import (
	"bytes"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

// What sealed details are bound to begins so, and goes on with parts that end with a zero byte: no id of a
// network, account or payment holds one.
const (
	detailsDomain      = "zhilian/settlement/details/1"
	detailsGroupDomain = "zhilian/settlement/details-group/1"
)

// DetailsBinding is what the details of a payment are sealed for: moved to another payment or network they
// do not open.
func DetailsBinding(chainID, uetr string) []byte {
	return []byte(detailsDomain + "\x00" + chainID + "\x00" + uetr + "\x00")
}

// DetailsGroupBinding is what the group of a batch is sealed for. instructionDigest is the batch's; it is
// empty without a file.
func DetailsGroupBinding(chainID, debtor string, instructionDigest []byte) []byte {
	return append([]byte(detailsGroupDomain+"\x00"+chainID+"\x00"+debtor+"\x00"), instructionDigest...)
}

// checkDetails checks the form of the sealed details of a transfer, if it has any: whether they can be
// opened only their readers can tell. Details with no key of their own are for the readers of a group.
func checkDetails(details *seal.Envelope, keysMin int) error {
	if details == nil {
		return nil
	}
	if size := details.Size(); size > DetailsBytesMax {
		return ErrDetailsTooLarge.Wrapf("%d bytes, at most %d", size, DetailsBytesMax)
	}
	err := details.ValidateBasic(seal.Limits{MaxContent: DetailsBytesMax, MinKeys: keysMin, MaxKeys: DetailsKeysMax})
	if err != nil {
		return ErrDetailsInvalid.Wrap(err.Error())
	}
	return nil
}

// checkDetailsGroup wants a group only where there is something for its readers to open.
func (m *MsgPayBatch) checkDetailsGroup() error {
	if m.DetailsGroup == nil {
		return nil
	}
	if err := m.DetailsGroup.ValidateBasic(DetailsKeysMax); err != nil {
		return ErrDetailsInvalid.Wrap(err.Error())
	}
	for i := range m.Transfers {
		if m.Transfers[i].Details != nil {
			return nil
		}
	}
	return ErrDetailsInvalid.Wrap("keys of a group are given, and no transfer has details")
}

// ownKeysMin is how many keys the details of each transfer must have of their own.
func (m *MsgPayBatch) ownKeysMin() int {
	if m.DetailsGroup != nil {
		return 0
	}
	return 1
}

// Envelope decodes the details of the event, and checks their form.
func (m *EventPaymentDetails) Envelope() (seal.Envelope, error) {
	var details seal.Envelope
	if err := details.Unmarshal(m.Details); err != nil {
		return seal.Envelope{}, ErrDetailsInvalid.Wrap(err.Error())
	}
	return details, checkDetails(&details, 0)
}

// GroupKeys decodes the keys of the batch's group, and checks that they are those of the commitment; nil if
// the event has none.
func (m *EventPaymentDetails) GroupKeys() (*seal.GroupKeys, error) {
	if len(m.Group) == 0 {
		return nil, nil
	}
	var group seal.GroupKeys
	if err := group.Unmarshal(m.Group); err != nil {
		return nil, ErrDetailsInvalid.Wrap(err.Error())
	}
	if err := group.ValidateBasic(DetailsKeysMax); err != nil {
		return nil, ErrDetailsInvalid.Wrap(err.Error())
	}
	if !bytes.Equal(group.Commitment, m.GroupCommitment) {
		return nil, ErrDetailsInvalid.Wrap("group is not that of its commitment")
	}
	return &group, nil
}
