package index

import (
	"bytes"

	"google.golang.org/protobuf/encoding/protowire"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/crypto/seal"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Fields of what stands around the messages of a transaction, and of an envelope.
const (
	bodyField     protowire.Number = 1 // cosmos.tx.v1beta1.TxRaw
	messagesField protowire.Number = 1 // cosmos.tx.v1beta1.TxBody
	urlField      protowire.Number = 1 // google.protobuf.Any
	valueField    protowire.Number = 2
	digestField   protowire.Number = 2 // zhilian.seal.v1.Envelope
)

// carrier is a kind of message that carries sealed details: in which fields, and how it is read whole.
type carrier struct {
	transfers protowire.Number // 0: the message is one payment itself
	details   protowire.Number
	groups    protowire.Number // 0: it tells no keys
	decode    func(raw []byte) ([]seal.GroupKeys, []*seal.Envelope, error)
}

var carriers = map[string]carrier{
	sdk.MsgTypeURL(&settlement.MsgPay{}): {details: 8, groups: 9, decode: func(raw []byte) ([]seal.GroupKeys, []*seal.Envelope, error) {
		var pay settlement.MsgPay
		err := pay.Unmarshal(raw)
		return pay.DetailsGroups, []*seal.Envelope{pay.Details}, err
	}},
	sdk.MsgTypeURL(&settlement.MsgReturnPayment{}): {details: 6, decode: func(raw []byte) ([]seal.GroupKeys, []*seal.Envelope, error) {
		var back settlement.MsgReturnPayment
		err := back.Unmarshal(raw)
		return nil, []*seal.Envelope{back.Details}, err
	}},
	sdk.MsgTypeURL(&settlement.MsgPayBatch{}): {transfers: 4, details: 5, groups: 8, decode: func(raw []byte) ([]seal.GroupKeys, []*seal.Envelope, error) {
		var batch settlement.MsgPayBatch
		if err := batch.Unmarshal(raw); err != nil {
			return nil, nil, err
		}
		details := make([]*seal.Envelope, len(batch.Transfers))
		for i := range batch.Transfers {
			details[i] = batch.Transfers[i].Details
		}
		return batch.DetailsGroups, details, nil
	}},
}

// carriedDetails are the details of one payment in its message.
type carriedDetails struct {
	digest []byte
	Details
}

// carried are the sealed details that the messages of one transaction carry, in their order.
type carried struct {
	txIndex int
	next    int // payments settle in the order of their messages: what comes before is taken
	details []carriedDetails
}

// carriedDetails takes the details of a digest from the payment's transaction; nil if none of its messages
// carries them.
func (d *decoder) carriedDetails(at place, digest []byte) *Details {
	if len(digest) == 0 || at.txIndex >= len(d.txs) {
		return nil // it has none, or was decided outside of transactions
	}
	if d.carried == nil || d.carried.txIndex != at.txIndex {
		d.carried = &carried{txIndex: at.txIndex, details: readCarried(d.txs[at.txIndex])}
	}
	for i := d.carried.next; i < len(d.carried.details); i++ {
		if bytes.Equal(d.carried.details[i].digest, digest) {
			d.carried.next = i + 1
			return &d.carried.details[i].Details
		}
	}
	return nil
}

// readCarried reads a transaction that the chain has executed. What cannot be read carries nothing, and its
// payments are noted as unread.
func readCarried(raw []byte) []carriedDetails {
	body, ok := only(raw, bodyField)
	if !ok {
		return nil
	}
	var found []carriedDetails
	readable := walk(body, func(number protowire.Number, message []byte) bool {
		if number != messagesField {
			return true
		}
		var url, value []byte
		if !walk(message, func(number protowire.Number, field []byte) bool {
			switch number {
			case urlField:
				url = field
			case valueField:
				value = field
			}
			return true
		}) {
			return false
		}
		kind, carries := carriers[string(url)]
		if !carries {
			return true
		}
		details, ok := kind.read(value)
		found = append(found, details...)
		return ok
	})
	if !readable {
		return nil
	}
	return found
}

// read finds the details of a message where they lie. A message that tells keys, or has a field twice, is
// decoded whole: this costs more, and few do.
func (c carrier) read(message []byte) ([]carriedDetails, bool) {
	if found, ok := c.scan(message); ok {
		return found, true
	}
	groups, envelopes, err := c.decode(message)
	if err != nil {
		return nil, false
	}
	return encodeCarried(groups, envelopes)
}

func (c carrier) scan(message []byte) (found []carriedDetails, ok bool) {
	ok = walk(message, func(number protowire.Number, field []byte) (ok bool) {
		switch number {
		case c.groups:
			return false
		case c.transfers:
			found, ok = c.scanPayment(found, field)
			return ok
		}
		return true
	})
	if ok && c.transfers == 0 {
		return c.scanPayment(nil, message)
	}
	return found, ok
}

// scanPayment appends the details of a payment, if it has some.
func (c carrier) scanPayment(found []carriedDetails, payment []byte) ([]carriedDetails, bool) {
	envelope, ok := only(payment, c.details)
	if !ok || envelope == nil {
		return found, ok
	}
	digest, ok := only(envelope, digestField)
	return append(found, carriedDetails{digest: digest, Details: Details{Envelope: envelope}}), ok
}

// encodeCarried gives each envelope those of the message's groups that it is sealed for.
func encodeCarried(groups []seal.GroupKeys, envelopes []*seal.Envelope) ([]carriedDetails, bool) {
	told := make(map[string][]byte, len(groups))
	for i := range groups {
		keys, err := groups[i].Marshal()
		if err != nil {
			return nil, false
		}
		told[string(groups[i].Commitment)] = keys
	}
	var found []carriedDetails
	for _, envelope := range envelopes {
		if envelope == nil {
			continue
		}
		encoded, err := envelope.Marshal()
		if err != nil {
			return nil, false
		}
		one := carriedDetails{digest: envelope.Digest, Details: Details{Envelope: encoded}}
		for _, commitment := range envelope.Groups() {
			if keys, came := told[string(commitment)]; came {
				one.Groups = append(one.Groups, DetailsGroup{commitment, keys})
			}
		}
		found = append(found, one)
	}
	return found, true
}

// walk visits the fields of an encoded message that hold bytes, texts or messages, in their order. It is false
// if the bytes are no message, or if visit is.
func walk(raw []byte, visit func(number protowire.Number, field []byte) bool) bool {
	for len(raw) > 0 {
		number, kind, size := protowire.ConsumeTag(raw)
		if size < 0 {
			return false
		}
		raw = raw[size:]
		if kind != protowire.BytesType {
			if size = protowire.ConsumeFieldValue(number, kind, raw); size < 0 {
				return false
			}
			raw = raw[size:]
			continue
		}
		field, size := protowire.ConsumeBytes(raw)
		if size < 0 || !visit(number, field) {
			return false
		}
		raw = raw[size:]
	}
	return true
}

// only is the value of a field that stands once; nil if it does not stand there. It is false if it stands more
// than once.
func only(raw []byte, wanted protowire.Number) ([]byte, bool) {
	var value []byte
	ok := walk(raw, func(number protowire.Number, field []byte) bool {
		if number != wanted {
			return true
		}
		first := value == nil
		value = field
		return first
	})
	return value, ok
}
