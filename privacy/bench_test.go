package privacy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	ledgerv1 "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	"github.com/zhilian-network/zhilian/privacy"
)

// Pages as REST gives them: 200 rows, which is the most.
func payments() proto.Message {
	page := &gatewayv1.QueryEntriesResponse{NextCursor: "next", IndexedHeight: 7}
	for i := range 200 {
		page.Entries = append(page.Entries, &gatewayv1.Entry{
			Height: 7, Sequence: uint32(i), BookedAt: timestamppb.Now(), Currency: "CNY", Amount: "1234500", Credit: true, Kind: "payment",
			Uetr: fmt.Sprintf("7a562c67-ca16-48ba-b074-65581be6%04d", i), Counterparty: "zhilian1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
			EndToEndDigest: make([]byte, 32),
		})
	}
	return page
}

func denoms() proto.Message {
	page := &ledgerv1.QueryDenomsResponse{}
	for i := range 200 {
		page.Denoms = append(page.Denoms, &ledgerv1.DenomSupply{
			Denom: &ledgerv1.Denom{Denom: fmt.Sprintf("BANK%d/CNY", i), Exponent: 2, Currency: "CNY"}, Supply: "123456789012345",
		})
	}
	return page
}

func BenchmarkMask(b *testing.B) {
	for _, page := range []struct {
		name    string
		message proto.Message
	}{{"payments", payments()}, {"denoms", denoms()}} {
		options := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}
		encoded, err := options.Marshal(page.message)
		require.NoError(b, err)
		descriptor := page.message.ProtoReflect().Descriptor()
		b.Run(page.name+"/protojson alone", func(b *testing.B) {
			b.SetBytes(int64(len(encoded)))
			for b.Loop() {
				_, _ = options.Marshal(page.message)
			}
		})
		for _, reader := range []struct {
			name    string
			allowed privacy.Allowed
		}{{"anyone", privacy.Anyone}, {"no finances", privacy.Allowed{Level: 2, Personal: 1}}, {"party", privacy.UpTo(2)}} {
			b.Run(page.name+"/JSON for "+reader.name, func(b *testing.B) {
				b.SetBytes(int64(len(encoded)))
				b.ReportAllocs()
				for b.Loop() {
					_, _ = privacy.MaskJSON(descriptor, encoded, reader.allowed)
				}
			})
			b.Run(page.name+"/message for "+reader.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					privacy.Mask(page.message, reader.allowed)
				}
			})
		}
	}
}
