package types

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/gogoproto/proto"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// The SDK makes a typed event by writing the message as JSON, reading that back as a map, and
// sorting the map: a tenth of what a payment costs the state machine, and a third of what a transfer
// in a batch does. The events that come with each payment write the same attributes directly. A test
// compares them with the SDK's. Reading them back is made as short for the index.

const (
	settledName  = "zhilian.settlement.v1.EventPaymentSettled"
	rejectedName = "zhilian.settlement.v1.EventPaymentRejected"
)

// ToEvent is sdk.TypedEventToEvent for this event.
func (m *EventPaymentSettled) ToEvent() sdk.Event {
	return sdk.Event{Type: settledName, Attributes: []abci.EventAttribute{
		{Key: "amount", Value: quoted(m.Amount.String())},
		{Key: "creditor", Value: quoted(m.Creditor)},
		{Key: "creditor_institution", Value: quoted(m.CreditorInstitution)},
		{Key: "currency", Value: quoted(m.Currency)},
		{Key: "debtor", Value: quoted(m.Debtor)},
		{Key: "debtor_institution", Value: quoted(m.DebtorInstitution)},
		{Key: "details_digest", Value: base64Quoted(m.DetailsDigest)},
		{Key: "end_to_end_digest", Value: base64Quoted(m.EndToEndDigest)},
		{Key: "instruction_digest", Value: base64Quoted(m.InstructionDigest)},
		{Key: "new_status", Value: statusJSON(m.NewStatus)},
		{Key: "old_status", Value: statusJSON(m.OldStatus)},
		{Key: "operator", Value: quoted(m.Operator)},
		{Key: "uetr", Value: quoted(m.Uetr)},
	}}
}

// ToEvent is sdk.TypedEventToEvent for this event.
func (m *EventPaymentRejected) ToEvent() sdk.Event {
	return sdk.Event{Type: rejectedName, Attributes: []abci.EventAttribute{
		{Key: "amount", Value: quoted(m.Amount.String())},
		{Key: "creditor", Value: quoted(m.Creditor)},
		{Key: "currency", Value: quoted(m.Currency)},
		{Key: "debtor", Value: quoted(m.Debtor)},
		{Key: "end_to_end_digest", Value: base64Quoted(m.EndToEndDigest)},
		{Key: "instruction_digest", Value: base64Quoted(m.InstructionDigest)},
		{Key: "new_status", Value: statusJSON(m.NewStatus)},
		{Key: "old_status", Value: statusJSON(m.OldStatus)},
		{Key: "operator", Value: quoted(m.Operator)},
		{Key: "reason", Value: quoted(m.Reason)},
		{Key: "stored", Value: strconv.FormatBool(m.Stored)},
		{Key: "uetr", Value: quoted(m.Uetr)},
	}}
}

// quoted is a JSON string. Addresses, ids and amounts need no escapes.
func quoted(text string) string {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			escaped, err := json.Marshal(text)
			if err != nil {
				return `""` // a string always has a JSON form
			}
			return string(escaped)
		}
	}
	return `"` + text + `"`
}

func statusJSON(status PaymentStatus) string {
	if name, known := PaymentStatus_name[int32(status)]; known {
		return quoted(name)
	}
	return strconv.Itoa(int(status))
}

func base64Quoted(bytes []byte) string {
	if bytes == nil {
		return "null"
	}
	return `"` + base64.StdEncoding.EncodeToString(bytes) + `"`
}

// ParsePaymentEvent reads one of these events back. It reads what ToEvent writes and nothing else:
// of any other event it says false, and sdk.ParseTypedEvent is the one to ask.
func ParsePaymentEvent(event abci.Event) (proto.Message, bool) {
	fields := attributes{read: make(map[string]string, len(event.Attributes))}
	for _, attribute := range event.Attributes {
		fields.read[attribute.Key] = attribute.Value
	}
	var message proto.Message
	switch event.Type {
	case settledName:
		message = &EventPaymentSettled{
			Uetr: fields.text("uetr"), Debtor: fields.text("debtor"), DebtorInstitution: fields.text("debtor_institution"),
			Creditor: fields.text("creditor"), CreditorInstitution: fields.text("creditor_institution"),
			Currency: fields.text("currency"), Amount: fields.amount("amount"), EndToEndDigest: fields.bytes("end_to_end_digest"),
			InstructionDigest: fields.bytes("instruction_digest"), DetailsDigest: fields.bytes("details_digest"),
			Operator: fields.text("operator"), OldStatus: fields.status("old_status"), NewStatus: fields.status("new_status"),
		}
	case rejectedName:
		message = &EventPaymentRejected{
			Uetr: fields.text("uetr"), Debtor: fields.text("debtor"), Creditor: fields.text("creditor"),
			Currency: fields.text("currency"), Amount: fields.amount("amount"), EndToEndDigest: fields.bytes("end_to_end_digest"),
			InstructionDigest: fields.bytes("instruction_digest"), Operator: fields.text("operator"),
			OldStatus: fields.status("old_status"), NewStatus: fields.status("new_status"),
			Reason: fields.text("reason"), Stored: fields.truth("stored"),
		}
	default:
		return nil, false
	}
	return message, !fields.strange && fields.used == len(fields.read) && len(fields.read) == len(event.Attributes)
}

// attributes are those of an event. It becomes strange with the first that ToEvent would not write.
type attributes struct {
	read    map[string]string
	used    int
	strange bool
}

func (a *attributes) raw(key string) string {
	value, there := a.read[key]
	a.used++
	a.strange = a.strange || !there
	return value
}

func (a *attributes) text(key string) string {
	value := a.raw(key)
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' || quoted(value[1:len(value)-1]) != value {
		a.strange = true
		return ""
	}
	return value[1 : len(value)-1]
}

func (a *attributes) bytes(key string) []byte {
	if a.read[key] == "null" {
		a.used++
		return nil
	}
	decoded, err := base64.StdEncoding.DecodeString(a.text(key))
	a.strange = a.strange || err != nil
	return decoded
}

func (a *attributes) amount(key string) math.Int {
	text := a.text(key)
	amount, ok := math.NewIntFromString(text)
	a.strange = a.strange || !ok || amount.String() != text
	return amount
}

func (a *attributes) status(key string) PaymentStatus {
	number, known := PaymentStatus_value[a.text(key)]
	a.strange = a.strange || !known
	return PaymentStatus(number)
}

func (a *attributes) truth(key string) bool {
	value := a.raw(key)
	a.strange = a.strange || value != "true" && value != "false"
	return value == "true"
}
