package types

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/gogoproto/proto"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// The SDK makes a typed event by writing the message as JSON, reading that back as a map, and
// sorting the map: a tenth of what a payment costs the state machine, and a third of what a transfer
// in a batch does. The two events that come with each payment write the same attributes directly. A test
// compares them with the SDK's.

// ToEvent is sdk.TypedEventToEvent for this event.
func (m *EventPaymentSettled) ToEvent() sdk.Event {
	return sdk.Event{Type: proto.MessageName(m), Attributes: []abci.EventAttribute{
		{Key: "amount", Value: quoted(m.Amount.String())},
		{Key: "creditor", Value: quoted(m.Creditor)},
		{Key: "creditor_institution", Value: quoted(m.CreditorInstitution)},
		{Key: "currency", Value: quoted(m.Currency)},
		{Key: "debtor", Value: quoted(m.Debtor)},
		{Key: "debtor_institution", Value: quoted(m.DebtorInstitution)},
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
	return sdk.Event{Type: proto.MessageName(m), Attributes: []abci.EventAttribute{
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
