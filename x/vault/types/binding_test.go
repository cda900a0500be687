package types_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	access "github.com/zhilian-network/zhilian/x/access/types"
	"github.com/zhilian-network/zhilian/x/vault/types"
)

func put() types.MsgPut {
	return types.MsgPut{
		Operator: "zhilian1operator", Subject: access.Member{InstitutionId: "BQDQ", PartyId: "acme"},
		Level: 3, MediaType: "application/pdf", Purpose: access.Purpose_PURPOSE_FINANCING,
	}
}

func TestEachFactOfAPutChangesItsBinding(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(*types.MsgPut){
		"as it is":                  func(*types.MsgPut) {},
		"another institution":       func(m *types.MsgPut) { m.Subject.InstitutionId = "BHQD" },
		"another party":             func(m *types.MsgPut) { m.Subject.PartyId = "acne" },
		"the institution itself":    func(m *types.MsgPut) { m.Subject.PartyId = "" },
		"another operator":          func(m *types.MsgPut) { m.Operator = "zhilian1other" },
		"another level":             func(m *types.MsgPut) { m.Level = 2 },
		"another media type":        func(m *types.MsgPut) { m.MediaType = "text/plain" },
		"another purpose":           func(m *types.MsgPut) { m.Purpose = access.Purpose_PURPOSE_AUDIT },
		"a letter that moves":       func(m *types.MsgPut) { m.Subject = access.Member{InstitutionId: "BQDQa", PartyId: "cme"} },
		"an operator that moves in": func(m *types.MsgPut) { m.Subject.PartyId, m.Operator = "acmez", "hilian1operator" },
	} {
		msg := put()
		change(&msg)
		binding := string(msg.Binding())
		require.NotContains(t, seen, binding, "%s and %s are bound alike", name, seen[binding])
		seen[binding] = name
	}
}

func TestARecordIsBoundAsTheMessageThatPutIt(t *testing.T) {
	msg := put()
	record := types.Record{
		Id: 9, CustodianId: "BQDQ", Operator: msg.Operator, Subject: msg.Subject, Level: msg.Level,
		MediaType: msg.MediaType, Purpose: msg.Purpose, Size_: 100, Status: types.RecordStatus_RECORD_STATUS_SEALED,
	}
	require.Equal(t, msg.Binding(), record.Binding())
	// Written down: a record that was sealed once must open with every later release.
	require.Equal(t, "zhilian/vault/record/v1\x00\x00\x00\x00\x04BQDQ\x00\x00\x00\x04acme\x00\x00\x00\x10zhilian1operator"+
		"\x00\x00\x00\x0fapplication/pdf\x00\x00\x00\x03\x00\x00\x00\x03", string(msg.Binding()))
}
