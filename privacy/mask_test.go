package privacy_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	basev1beta1 "cosmossdk.io/api/cosmos/base/v1beta1"
	accessv1 "github.com/zhilian-network/zhilian/api/zhilian/access/v1"
	consortiumv1 "github.com/zhilian-network/zhilian/api/zhilian/consortium/v1"
	sm2v1 "github.com/zhilian-network/zhilian/api/zhilian/crypto/sm2/v1"
	ledgerv1 "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	"github.com/zhilian-network/zhilian/privacy"
)

var readers = []privacy.Allowed{
	{Level: 1}, {Level: 1, Personal: 3}, {Level: 2}, {Level: 2, Personal: 1}, {Level: 2, Personal: 2}, {Level: 4}, {Level: 4, Personal: 3},
}

// Every field of every message, filled: a reader sees exactly what its classes allow, in JSON and in the
// message, and the JSON names what it left out.
func TestReadersSeeWhatTheClassesAllow(t *testing.T) {
	for _, names := range []protojson.MarshalOptions{{UseProtoNames: true, EmitUnpopulated: true}, {Multiline: true}} {
		shown, hidden := 0, 0
		eachMessage(t, func(descriptor protoreflect.MessageDescriptor) {
			message, leaves := fill(t, descriptor)
			encoded, err := names.Marshal(message)
			require.NoError(t, err)
			for _, allowed := range readers {
				out, err := privacy.MaskJSON(descriptor, encoded, allowed)
				require.NoError(t, err)
				require.True(t, json.Valid(out), "%s: %s", descriptor.FullName(), out)
				for _, l := range leaves {
					visible := l.visible(allowed)
					require.Equal(t, visible, bytes.Contains(out, []byte(l.text)) || bytes.Contains(out, []byte(escaped(l.text))),
						"%s%s for %+v in\n%s", descriptor.FullName(), l.path, allowed, out)
					if visible {
						shown++
					} else {
						hidden++
					}
				}
				requireSame(t, names, privacy.Mask(message, allowed), out)
			}
		})
		require.Greater(t, shown, 1000)
		require.Greater(t, hidden, 1000)
	}
}

// escaped is how encoding/json writes a text.
func escaped(text string) string {
	quoted, _ := json.Marshal(text)
	return strings.Trim(string(quoted), `"`)
}

// requireSame compares what Mask left with what MaskJSON left, without the names of what was taken out.
func requireSame(t *testing.T, options protojson.MarshalOptions, masked proto.Message, out []byte) {
	t.Helper()
	options.EmitUnpopulated = false
	want, err := options.Marshal(masked)
	require.NoError(t, err)
	var left, right any
	require.NoError(t, json.Unmarshal(want, &left))
	require.NoError(t, json.Unmarshal(out, &right))
	require.Equal(t, left, withoutNotes(right))
}

func withoutNotes(value any) any {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "@masked")
		for name, member := range v {
			v[name] = withoutNotes(member)
		}
	case []any:
		for i := range v {
			v[i] = withoutNotes(v[i])
		}
	}
	return value
}

func TestTheFormOfMaskedJSON(t *testing.T) {
	payment := (&settlementv1.QueryPaymentResponse{}).ProtoReflect().Descriptor()
	supply := (&ledgerv1.QueryDenomsResponse{}).ProtoReflect().Descriptor()
	proposal := (&consortiumv1.QueryProposalResponse{}).ProtoReflect().Descriptor()
	party := (&accessv1.QueryPartyResponse{}).ProtoReflect().Descriptor()
	for name, c := range map[string]struct {
		of      protoreflect.MessageDescriptor
		allowed privacy.Allowed
		in, out string
	}{
		"a payment is nobody else's":   {payment, privacy.Anyone, `{"payment":{"uetr":"u"}}`, `{"@masked":["payment","returned"]}`},
		"and all of it is its party's": {payment, privacy.UpTo(2), `{"payment": {"uetr": "u"}}`, `{"payment": {"uetr": "u"}}`},
		"names of denoms are public, what exists of them is not": {supply, privacy.Anyone,
			`{"denoms": [ {"denom":{"denom":"BQDQ/CNY"},"supply":"5"} , {"supply":"6"} ], "pagination": null}`,
			`{"denoms":[{"denom":{"denom":"BQDQ/CNY"},"@masked":["supply"]},{"@masked":["supply"]}],"pagination":null}`},
		"a list that is null":                      {supply, privacy.Anyone, `{"denoms":null}`, `{"denoms":null}`},
		"what is empty is hidden like what is not": {payment, privacy.Anyone, `{}`, `{"@masked":["payment","returned"]}`},
		"a name that the message does not have":    {supply, privacy.Anyone, `{"x":{"y":[1]},"denoms":[]}`, `{"denoms":[]}`},
		"names written with escapes":               {supply, privacy.Anyone, "{\"den\\u006fms\":[{\"s\\u0075pply\":\"5\"}]}", `{"denoms":[{"@masked":["supply"]}]}`},
		"persons are taken out, the rest stays": {party, privacy.Allowed{Level: 2}, `{"party":{"id":"p","kyc_level":2,"identity_commitment":"AAAA"}}`,
			`{"party":{"identity_commitment":"AAAA","@masked":["id","institution_id","kind","status","kyc_level"]}}`},
		"pseudonyms but no finances": {party, privacy.Allowed{Level: 2, Personal: 1}, `{"party":{"id":"p","kyc_level":2}}`,
			`{"party":{"id":"p","@masked":["kyc_level"]}}`},
		"what a proposal holds is judged by its own classes": {proposal, privacy.Anyone,
			`{"proposal":{"messages":[{"@type":"/zhilian.access.v1.MsgReplaceAdministrator","holder":"h","institution_id":"BQDQ"}]}}`,
			`{"proposal":{"messages":[{"@type":"/zhilian.access.v1.MsgReplaceAdministrator","institution_id":"BQDQ","@masked":["administrator","holder","reference"]}],"@masked":["failure"]}}`},
		"wherever the type stands": {proposal, privacy.Anyone,
			`{"proposal":{"messages":[{"holder":"h","@type":"/zhilian.access.v1.MsgReplaceAdministrator"}]}}`,
			`{"proposal":{"messages":[{"@type":"/zhilian.access.v1.MsgReplaceAdministrator","@masked":["administrator","holder","reference"]}],"@masked":["failure"]}}`},
		"two types in one object": {proposal, privacy.Anyone,
			`{"proposal":{"messages":[{"@type":"/zhilian.access.v1.MsgReplaceAdministrator","holder":"h","@type":"/cosmos.x.Y"}]}}`,
			`{"proposal":{"messages":[{"@type":"/zhilian.access.v1.MsgReplaceAdministrator","@type":"/cosmos.x.Y","@masked":["administrator","holder","reference"]}],"@masked":["failure"]}}`},
		"a message of others is shown, but for ours in it": {proposal, privacy.Anyone,
			`{"proposal":{"messages":[{"@type":"/cosmos.group.v1.MsgExec","id":"7","inner":{"list":[{"\u0040type":"/zhilian.settlement.v1.MsgSetAccountStatus","account":"zhilian1x"}]}}]}}`,
			`{"proposal":{"messages":[{"@type":"/cosmos.group.v1.MsgExec","id":"7","inner":{"list":[{"@type":"/zhilian.settlement.v1.MsgSetAccountStatus","@masked":["operator","account","status"]}]}}],"@masked":["failure"]}}`},
		"a message of ours that is not known": {proposal, privacy.Anyone,
			`{"proposal":{"messages":[{"@type":"/zhilian.credit.v9.MsgRate","grade":"D"}]}}`,
			`{"proposal":{"messages":[{"@type":"/zhilian.credit.v9.MsgRate","@masked":["*"]}],"@masked":["failure"]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := privacy.MaskJSON(c.of, []byte(c.in), c.allowed)
			require.NoError(t, err)
			require.Equal(t, c.out, string(out))
		})
	}
}

func TestWhatIsNoMessageIsRefused(t *testing.T) {
	denoms := (&ledgerv1.QueryDenomsResponse{}).ProtoReflect().Descriptor()
	proposal := (&consortiumv1.QueryProposalResponse{}).ProtoReflect().Descriptor()
	deep := `{"proposal":{"messages":[` + strings.Repeat(`{"@type":"/a.B","x":`, 200) + `1` + strings.Repeat(`}`, 200) + `]}}`
	for name, c := range map[string]struct {
		of protoreflect.MessageDescriptor
		in string
	}{
		"nothing": {denoms, ``}, "half an object": {denoms, `{"denoms":[`}, "two objects": {denoms, `{}{}`},
		"a text": {denoms, `"secret"`}, "a list": {denoms, `[{}]`}, "a number where a list belongs": {denoms, `{"denoms":7}`},
		"an object where a list belongs": {denoms, `{"denoms":{"supply":"5"}}`}, "a text in the list": {denoms, `{"denoms":["5"]}`},
		"nested too deep": {proposal, deep},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := privacy.MaskJSON(c.of, []byte(c.in), privacy.Anyone)
			require.Error(t, err)
			require.Empty(t, out)
		})
	}
}

func TestMaskLeavesTheOriginalAlone(t *testing.T) {
	payment := &settlementv1.QueryPaymentResponse{Payment: &settlementv1.Payment{Uetr: "u", Amount: "5"}}
	before := proto.Clone(payment)
	masked := privacy.Mask(payment, privacy.Anyone).(*settlementv1.QueryPaymentResponse)
	require.Nil(t, masked.Payment)
	require.True(t, proto.Equal(before, payment))
	require.Equal(t, []string{"payment", "returned"}, privacy.Hidden(payment.ProtoReflect().Descriptor(), privacy.Anyone))
	require.Nil(t, privacy.Mask(nil, privacy.Anyone))
	require.NotPanics(t, func() { privacy.Mask((*settlementv1.Payment)(nil), privacy.Anyone) })
}

// Rights that were never given are none.
func TestTheZeroReaderIsAnyone(t *testing.T) {
	payment := &settlementv1.Payment{Uetr: "u", EndToEndDigest: []byte{1}}
	require.True(t, proto.Equal(&settlementv1.Payment{}, privacy.Mask(payment, privacy.Allowed{})))
}

func TestSecretsAreInNoAnswer(t *testing.T) {
	key := &sm2v1.PrivKey{Key: []byte("secret")}
	packed, err := anypb.New(key)
	require.NoError(t, err)
	for _, allowed := range []privacy.Allowed{privacy.UpTo(4), privacy.UpTo(5), privacy.UpTo(1 << 31)} {
		require.Empty(t, privacy.Mask(key, allowed).(*sm2v1.PrivKey).Key)
		masked := privacy.Mask(&accessv1.MsgRotateKey{PublicKey: packed}, allowed).(*accessv1.MsgRotateKey)
		require.Empty(t, masked.PublicKey.Value)
		require.Equal(t, packed.TypeUrl, masked.PublicKey.TypeUrl)
	}
}

func TestAnysThatCannotBeRead(t *testing.T) {
	hold := func(a *anypb.Any) *accessv1.Action {
		return &accessv1.Action{MakerHolder: "h", Messages: []*anypb.Any{a}}
	}
	read := func(a *anypb.Any) *anypb.Any {
		return privacy.Mask(hold(a), privacy.UpTo(2)).(*accessv1.Action).Messages[0]
	}
	require.Empty(t, read(&anypb.Any{TypeUrl: "/zhilian.credit.v9.MsgRate", Value: []byte("x")}).Value, "ours, not known")
	require.Empty(t, read(&anypb.Any{TypeUrl: "/zhilian.settlement.v1.MsgPay", Value: []byte{0xff}}).Value, "ours, broken")
	require.Equal(t, []byte("x"), read(&anypb.Any{TypeUrl: "/other.Thing", Value: []byte("x")}).Value, "of others, not known")
	coin, err := anypb.New(&basev1beta1.Coin{Denom: "BQDQ/CNY", Amount: "1"})
	require.NoError(t, err)
	require.Equal(t, coin.Value, read(coin).Value, "of others, known")
}

// A field without a class fails the build; one that got past it is shown to nobody.
func TestAFieldWithoutAClassIsNobodys(t *testing.T) {
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("unclassed.proto"), Package: proto.String("zhilian.unclassed"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M"), Field: []*descriptorpb.FieldDescriptorProto{{
			Name: proto.String("f"), Number: proto.Int32(1), JsonName: proto.String("f"),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
		}}}},
	}, nil)
	require.NoError(t, err)
	message := dynamicpb.NewMessage(file.Messages().Get(0))
	message.Set(message.Descriptor().Fields().Get(0), protoreflect.ValueOfString("x"))
	out, err := privacy.MaskJSON(message.Descriptor(), []byte(`{"f":"x"}`), privacy.UpTo(4))
	require.NoError(t, err)
	require.Equal(t, `{"@masked":["f"]}`, string(out))
	require.False(t, privacy.Mask(message, privacy.UpTo(4)).ProtoReflect().Has(message.Descriptor().Fields().Get(0)))
}

// A field that a newer node knows has no class here.
func TestUnknownFieldsAreTakenOut(t *testing.T) {
	status := &ledgerv1.Denom{Denom: "BQDQ/CNY"}
	status.ProtoReflect().SetUnknown(protoreflect.RawFields{0xfa, 0x3f, 0x01, 'x'})
	require.NotEmpty(t, privacy.Mask(status, privacy.UpTo(1)).(*ledgerv1.Denom).Denom)
	require.Empty(t, privacy.Mask(status, privacy.UpTo(4)).ProtoReflect().GetUnknown())
}

func TestMessagesOfOthersStayAsTheyAre(t *testing.T) {
	value, err := structpb.NewStruct(map[string]any{"@type": "/zhilian.settlement.v1.MsgPay", "uetr": "u", "a": 1.5})
	require.NoError(t, err)
	require.True(t, proto.Equal(value, privacy.Mask(value, privacy.Anyone)), "a map of texts is no payment")
	coin := &basev1beta1.Coin{Denom: "BQDQ/CNY", Amount: "1"}
	require.True(t, proto.Equal(coin, privacy.Mask(coin, privacy.Anyone)))
}

func TestAnswerWritesItsJSONMasked(t *testing.T) {
	answer := privacy.Answer{
		Message: &ledgerv1.DenomSupply{Denom: &ledgerv1.Denom{Denom: "BQDQ/CNY", Exponent: 2, Currency: "CNY"}, Supply: "5"},
		Allowed: privacy.Anyone, Marshal: protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true},
	}
	out, err := json.Marshal(answer)
	require.NoError(t, err)
	require.JSONEq(t, `{"denom":{"denom":"BQDQ/CNY","exponent":2,"currency":"CNY"},"@masked":["supply"]}`, string(out))
	// A REST gateway whose answers are rewritten needs nothing else.
	out, err = (&runtime.JSONPb{}).Marshal(answer)
	require.NoError(t, err)
	require.JSONEq(t, `{"denom":{"denom":"BQDQ/CNY","exponent":2,"currency":"CNY"},"@masked":["supply"]}`, string(out))
	answer.Allowed = privacy.UpTo(2)
	out, err = json.Marshal(answer)
	require.NoError(t, err)
	assert.JSONEq(t, `{"denom":{"denom":"BQDQ/CNY","exponent":2,"currency":"CNY"},"supply":"5"}`, string(out))
}

// Whatever text comes, no panic, and what comes out is JSON without what the reader may not read.
func FuzzMaskJSON(f *testing.F) {
	f.Add([]byte(`{"denoms":[{"denom":{"denom":"x"},"supply":"5"}]}`))
	f.Add([]byte(`{"denoms":[{"@type":"/zhilian.settlement.v1.MsgPay","supply":[{"@type":"x"}]}],"pagination":{"@type":"/a","b":[]}}`))
	f.Add([]byte("{\"a\\\"\":\"\\\\\",\"den\\u006fms\":[ null , {} ]}"))
	descriptor := (&ledgerv1.QueryDenomsResponse{}).ProtoReflect().Descriptor()
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := privacy.MaskJSON(descriptor, in, privacy.Anyone)
		if err != nil {
			return
		}
		require.True(t, json.Valid(out))
		var read ledgerv1.QueryDenomsResponse
		if (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(out, &read) == nil {
			for _, d := range read.Denoms {
				require.Empty(t, d.GetSupply())
			}
		}
	})
}
