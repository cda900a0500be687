package types

import (
	"github.com/zhilian-network/zhilian/crypto/seal"
)

// What sealed details are bound to begins so, and goes on with parts that end with a zero byte: no id of a
// network, account or payment holds one.
const (
	detailsDomain      = "zhilian/settlement/details/1"
	detailsGroupDomain = "zhilian/settlement/details-group/2"
)

// DetailsBinding is what the details of a payment are sealed for: moved to another payment or network they
// do not open.
func DetailsBinding(chainID, uetr string) []byte {
	return []byte(detailsDomain + "\x00" + chainID + "\x00" + uetr + "\x00")
}

// DetailsGroupBinding is what the groups of readers of a debtor's payments are sealed for.
func DetailsGroupBinding(chainID, debtor string) []byte {
	return []byte(detailsGroupDomain + "\x00" + chainID + "\x00" + debtor + "\x00")
}

// checkDetails checks the form of the sealed details of a transfer, if it has any: whether they can be
// opened only their readers can tell.
func checkDetails(details *seal.Envelope) error {
	if details == nil {
		return nil
	}
	if size := details.Size(); size > DetailsBytesMax {
		return ErrDetailsTooLarge.Wrapf("%d bytes, at most %d", size, DetailsBytesMax)
	}
	err := details.ValidateBasic(seal.Limits{MaxContent: DetailsBytesMax, MinKeys: 1, MaxKeys: DetailsKeysMax, Groups: true})
	if err != nil {
		return ErrDetailsInvalid.Wrap(err.Error())
	}
	return nil
}

// checkDetailsGroups wants each group once, and only groups that some details are sealed for: state and index
// keep no keys that nobody asked for.
func checkDetailsGroups(groups []seal.GroupKeys, most int, details ...*seal.Envelope) error {
	if len(groups) == 0 {
		return nil
	}
	if len(groups) > most {
		return ErrDetailsInvalid.Wrapf("keys of %d groups, at most %d", len(groups), most)
	}
	unused := make(map[string]bool, len(groups))
	for i := range groups {
		if err := groups[i].ValidateBasic(DetailsKeysMax); err != nil {
			return ErrDetailsInvalid.Wrap(err.Error())
		}
		if unused[string(groups[i].Commitment)] {
			return ErrDetailsInvalid.Wrap("keys of a group are given twice")
		}
		unused[string(groups[i].Commitment)] = true
	}
	for _, envelope := range details {
		if envelope == nil {
			continue
		}
		for _, commitment := range envelope.Groups() {
			delete(unused, string(commitment))
		}
	}
	if len(unused) > 0 {
		return ErrDetailsInvalid.Wrap("keys of a group are given, and no details are sealed for it")
	}
	return nil
}

// checkDetailsGroups does so for a batch.
func (m *MsgPayBatch) checkDetailsGroups() error {
	if len(m.DetailsGroups) == 0 {
		return nil
	}
	details := make([]*seal.Envelope, len(m.Transfers))
	for i := range m.Transfers {
		details[i] = m.Transfers[i].Details
	}
	return checkDetailsGroups(m.DetailsGroups, len(m.Transfers)+DetailsGroupsMax, details...)
}

// Envelope decodes the details of the event, and checks their form.
func (m *EventPaymentDetails) Envelope() (seal.Envelope, error) {
	var details seal.Envelope
	if err := details.Unmarshal(m.Details); err != nil {
		return seal.Envelope{}, ErrDetailsInvalid.Wrap(err.Error())
	}
	return details, checkDetails(&details)
}

// GroupKeys decodes the keys of groups that the event tells, and checks their form.
func (m *EventPaymentDetails) GroupKeys() ([]seal.GroupKeys, error) {
	groups := make([]seal.GroupKeys, len(m.Groups))
	for i, encoded := range m.Groups {
		if err := groups[i].Unmarshal(encoded); err != nil {
			return nil, ErrDetailsInvalid.Wrap(err.Error())
		}
		if err := groups[i].ValidateBasic(DetailsKeysMax); err != nil {
			return nil, ErrDetailsInvalid.Wrap(err.Error())
		}
	}
	return groups, nil
}
