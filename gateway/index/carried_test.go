package index_test

import (
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/index"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// TestTheFieldsOfCarriersAreThoseOfTheirProto: the index finds details by numbers.
func TestTheFieldsOfCarriersAreThoseOfTheirProto(t *testing.T) {
	require.Len(t, index.CarrierURLs(), 3)
	number := func(message, field string) protowire.Number {
		descriptor, err := proto.HybridResolver.FindDescriptorByName(protoreflect.FullName(message))
		require.NoError(t, err)
		found := descriptor.(protoreflect.MessageDescriptor).Fields().ByName(protoreflect.Name(field))
		if found == nil {
			return 0
		}
		return found.Number()
	}
	for _, url := range index.CarrierURLs() {
		name := strings.TrimPrefix(url, "/")
		transfers, details, groups := index.CarrierFields(url)
		require.Equal(t, number(name, "transfers"), transfers, url)
		require.Equal(t, number(name, "details_groups"), groups, url)
		if transfers != 0 {
			name = "zhilian.settlement.v1.Transfer"
		}
		require.Equal(t, number(name, "details"), details, url)
	}
	require.Equal(t, protowire.Number(2), number("zhilian.seal.v1.Envelope", "digest"))
}

// requireSame says that a message that is not decoded whole has the same details as one that is.
func requireSame(t *testing.T, url string, message []byte) (quick bool) {
	t.Helper()
	scanned, decoded, quick, readable := index.CarriedBy(url, message)
	if !quick || !readable {
		return quick
	}
	require.Len(t, scanned, len(decoded))
	for i := range scanned {
		require.Equal(t, string(decoded[i][0]), string(scanned[i][0]))
		var a, b seal.Envelope
		require.NoError(t, a.Unmarshal(scanned[i][1]))
		require.NoError(t, b.Unmarshal(decoded[i][1]))
		require.Equal(t, b, a)
	}
	return true
}

func carrierMessages(t testing.TB) map[string][]byte {
	t.Helper()
	one := seal.Envelope{
		Cipher: seal.AES256GCM, Digest: []byte("digest"), Ciphertext: []byte("ciphertext"),
		Keys: []seal.SealedKey{{KeyId: []byte("a"), Sealed: make([]byte, seal.GroupSealedSize)}},
	}
	two := seal.Envelope{Cipher: seal.SM4GCM, Digest: []byte("second")}
	amount := math.OneInt()
	messages := map[string][]byte{}
	for name, message := range map[string]interface{ Marshal() ([]byte, error) }{
		"zhilian.settlement.v1.MsgPay":           &settlement.MsgPay{Uetr: "u", Amount: amount, Details: &one},
		"zhilian.settlement.v1.MsgReturnPayment": &settlement.MsgReturnPayment{Amount: amount, Details: &two},
		"zhilian.settlement.v1.MsgPayBatch": &settlement.MsgPayBatch{
			Transfers: []settlement.Transfer{{Amount: amount, Details: &one}, {Amount: amount}, {Amount: amount, Details: &two}, {Amount: amount, Details: &seal.Envelope{}}},
		},
	} {
		raw, err := message.Marshal()
		require.NoError(t, err)
		messages["/"+name] = raw
	}
	return messages
}

func TestDetailsAreFoundWhereTheyLie(t *testing.T) {
	for url, message := range carrierMessages(t) {
		require.True(t, requireSame(t, url, message), url)
		scanned, _, _, _ := index.CarriedBy(url, message)
		require.NotEmpty(t, scanned, url)
	}
	// A second envelope in one payment is merged into the first: nobody but the decoder says what that makes.
	pay := carrierMessages(t)["/zhilian.settlement.v1.MsgPay"]
	twice := protowire.AppendBytes(protowire.AppendTag(pay, 8, protowire.BytesType), []byte{0x12, 1, 'x'})
	require.False(t, requireSame(t, "/zhilian.settlement.v1.MsgPay", twice))
	told := protowire.AppendBytes(protowire.AppendTag(pay, 9, protowire.BytesType), nil)
	require.False(t, requireSame(t, "/zhilian.settlement.v1.MsgPay", told))
}

// FuzzCarriedDetails: whatever bytes a message has, what is found in it is what its decoder finds.
func FuzzCarriedDetails(f *testing.F) {
	urls := index.CarrierURLs()
	for _, url := range urls {
		f.Add(url, carrierMessages(f)[url])
	}
	f.Fuzz(func(t *testing.T, url string, message []byte) {
		if transfers, details, _ := index.CarrierFields(url); transfers == 0 && details == 0 {
			t.Skip()
		}
		requireSame(t, url, message)
	})
}
