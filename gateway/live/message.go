package live

import (
	"bytes"
	"encoding/json"
	"fmt"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	"github.com/zhilian-network/zhilian/gateway/explain"
	"github.com/zhilian-network/zhilian/gateway/index"
)

// Types of messages.
const (
	// TypeStart is the first message: where the stream begins.
	TypeStart = "start"
	// TypePayment carries a decided payment of the account.
	TypePayment = "payment"
	// TypeEntry carries a movement of the account's balance.
	TypeEntry = "entry"
)

// Message is one message of the stream. Payment and Entry have the form that they have in REST.
type Message struct {
	// Cursor is the place of the event: give it as ?after= to go on behind it, on any node.
	Cursor  string          `json:"cursor"`
	Type    string          `json:"type"`
	Payment json.RawMessage `json:"payment,omitempty"`
	Entry   json.RawMessage `json:"entry,omitempty"`
	// IndexedHeight and CompleteFromHeight are given at the start: up to where the node's index knows
	// the chain, and from where on it misses nothing.
	IndexedHeight      int64 `json:"indexed_height,omitempty,string"`
	CompleteFromHeight int64 `json:"complete_from_height,omitempty,string"`
}

// encoded is a message ready to be written. Its text may be shared by subscribers.
type encoded struct {
	cursor index.EventCursor
	text   []byte
}

var restJSON = protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}

func encode(event index.Event) (encoded, error) {
	message := Message{Cursor: event.Cursor.String()}
	var err error
	switch {
	case event.Payment != nil:
		row := *event.Payment
		row.Explanation = explain.Payment(row)
		message.Type = TypePayment
		message.Payment, err = asInREST(&row, &gatewayv1.PaymentRow{})
	case event.Entry != nil:
		message.Type = TypeEntry
		message.Entry, err = asInREST(event.Entry, &gatewayv1.Entry{})
	default:
		err = fmt.Errorf("event %s says nothing", event.Cursor)
	}
	if err != nil {
		return encoded{}, err
	}
	text, err := json.Marshal(message)
	return encoded{event.Cursor, text}, err
}

// asInREST writes a value as the REST server does, which works on the types of the API package.
func asInREST(value gogoproto.Message, inAPI proto.Message) (json.RawMessage, error) {
	raw, err := gogoproto.Marshal(value)
	if err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(raw, inAPI); err != nil {
		return nil, err
	}
	text, err := restJSON.Marshal(inAPI)
	if err != nil {
		return nil, err
	}
	// protojson varies its white space on purpose.
	var compact bytes.Buffer
	err = json.Compact(&compact, text)
	return compact.Bytes(), err
}

func start(cursor index.EventCursor, position index.Position) (encoded, error) {
	text, err := json.Marshal(Message{
		Cursor: cursor.String(), Type: TypeStart, IndexedHeight: position.Height, CompleteFromHeight: position.CompleteFrom,
	})
	return encoded{cursor, text}, err
}
