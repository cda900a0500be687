package types_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	protov2 "google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/types/bech32"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/privacy"
	"github.com/zhilian-network/zhilian/x/settlement/types"
)

var (
	digest    = bytes.Repeat([]byte{7}, types.DigestLength)
	signer    = text("zhilian", bytes.Repeat([]byte{1}, 32))
	alice     = text("zhilian", types.AccountAddress("alice", 0))
	bob       = text("zhilian", types.AccountAddress("bob", 0))
	oneMinor  = math.OneInt()
	threeCaps = "CNY"
)

func text(prefix string, address []byte) string {
	s, err := bech32.ConvertAndEncode(prefix, address)
	if err != nil {
		panic(err)
	}
	return s
}

func soundPay() *types.MsgPay {
	return &types.MsgPay{
		Operator: signer, Debtor: alice, Creditor: bob, Currency: threeCaps, Amount: oneMinor, EndToEndDigest: digest,
	}
}

func soundBatch() *types.MsgPayBatch {
	return &types.MsgPayBatch{
		Operator: signer, Debtor: alice, Currency: threeCaps, Mode: types.BestEffort,
		InstructionDigest: digest, ContentDigest: digest,
		Transfers: []types.Transfer{
			{Creditor: bob, Amount: oneMinor, EndToEndDigest: digest},
			{Creditor: alice, Amount: types.AmountMax(), EndToEndDigest: digest, Uetr: "8a562c67-ca16-48ba-b074-65581be6f001"},
		},
	}
}

func soundReturn() *types.MsgReturnPayment {
	return &types.MsgReturnPayment{
		Operator: signer, OriginalUetr: "8a562c67-ca16-48ba-b074-65581be6f001", Amount: oneMinor, Reason: "MD06", EndToEndDigest: digest,
	}
}

func soundHold() *types.MsgPlaceHold {
	return &types.MsgPlaceHold{
		Operator: signer, Debtor: alice, Creditor: bob, Currency: threeCaps, Amount: oneMinor, EndToEndDigest: digest,
		ExpiresAt: time.Date(2027, 1, 31, 16, 0, 0, 0, time.UTC),
	}
}

func TestSoundMessagesAreTaken(t *testing.T) {
	t.Parallel()
	withoutFile := soundBatch()
	withoutFile.InstructionDigest, withoutFile.ContentDigest = nil, nil
	for _, msg := range []interface{ Validate() error }{
		soundPay(), soundBatch(), withoutFile,
		soundReturn(),
		soundHold(),
		&types.MsgCaptureHold{Operator: signer, Uetr: "8a562c67-ca16-48ba-b074-65581be6f001", Amount: oneMinor, EndToEndDigest: digest},
		&types.MsgReleaseHold{Operator: signer, Uetr: "8a562c67-ca16-48ba-b074-65581be6f001"},
		&types.MsgIssueDeposit{Operator: signer, Account: alice, Currency: threeCaps, Amount: oneMinor},
		&types.MsgRedeemDeposit{Operator: signer, Account: alice, Currency: threeCaps, Amount: oneMinor},
		&types.MsgIssueReserve{Operator: signer, InstitutionId: "BQDQ", Currency: threeCaps, Amount: oneMinor},
		&types.MsgRedeemReserve{Operator: signer, InstitutionId: "BQDQ", Currency: threeCaps, Amount: oneMinor},
		&types.MsgOpenAccount{Operator: signer, PartyId: "alice", Currencies: []string{"EUR", "CNY"}, References: [][]byte{digest}},
		&types.MsgAddAccountReference{Operator: signer, Account: alice, Digest: digest},
		&types.MsgSetAccountStatus{Operator: signer, Account: alice, Status: types.AccountBlocked},
		&types.MsgAdmitCurrency{Authority: signer, Currency: types.Currency{Code: "KWD", MinorUnits: 3}},
		&types.MsgAdmitParticipant{Authority: signer, InstitutionId: "BQDQ", Currencies: []string{"CNY"}},
		&types.MsgUpdateParams{Authority: signer, Params: types.DefaultParams()},
	} {
		require.NoError(t, msg.Validate(), "%T", msg)
	}
}

func TestMisshapenMessagesAreRefused(t *testing.T) {
	t.Parallel()
	payWith := func(change func(*types.MsgPay)) *types.MsgPay { m := soundPay(); change(m); return m }
	batchWith := func(change func(*types.MsgPayBatch)) *types.MsgPayBatch { m := soundBatch(); change(m); return m }
	returnWith := func(change func(*types.MsgReturnPayment)) *types.MsgReturnPayment {
		m := soundReturn()
		change(m)
		return m
	}
	holdWith := func(change func(*types.MsgPlaceHold)) *types.MsgPlaceHold { m := soundHold(); change(m); return m }
	params := func(retention time.Duration, perBlock uint32) *types.MsgUpdateParams {
		return &types.MsgUpdateParams{Authority: signer, Params: types.Params{RetentionPeriod: retention, RetirementsPerBlockMax: perBlock}}
	}
	reading := func(readers ...types.DetailsReader) *types.MsgUpdateParams {
		m := params(time.Hour, 1)
		m.Params.DetailsReaders = readers
		return m
	}
	reader := func(institution, currency string, from int64) types.DetailsReader {
		return types.DetailsReader{InstitutionId: institution, Currency: currency, FromAmount: math.NewInt(from)}
	}
	require.NoError(t, reading(reader("AAAA", "CNY", 0), reader("AAAA", "EUR", 5), reader("BBBB", "CNY", 7), reader("CCCC", "CNY", 0), reader("DDDD", "CNY", 1)).Validate())
	for _, row := range []struct {
		story string
		msg   interface{ Validate() error }
		err   error
	}{
		{"a reader of details without an id", reading(reader("", "CNY", 0)), types.ErrDetailsReaderInvalid},
		{"a reader of no currency", reading(reader("AAAA", "", 0)), types.ErrDetailsReaderInvalid},
		{"a reader from less than nothing on", reading(reader("AAAA", "CNY", -1)), types.ErrDetailsReaderInvalid},
		{"a reader from no amount on", reading(types.DetailsReader{InstitutionId: "AAAA", Currency: "CNY"}), types.ErrDetailsReaderInvalid},
		{"a reader from more than can be paid on", reading(types.DetailsReader{InstitutionId: "AAAA", Currency: "CNY", FromAmount: types.AmountMax().AddRaw(1)}), types.ErrDetailsReaderInvalid},
		{"a reader twice", reading(reader("AAAA", "CNY", 0), reader("AAAA", "CNY", 1)), types.ErrDetailsReaderInvalid},
		{"readers out of order", reading(reader("BBBB", "CNY", 0), reader("AAAA", "CNY", 1)), types.ErrDetailsReaderInvalid},
		{"currencies out of order", reading(reader("AAAA", "EUR", 0), reader("AAAA", "CNY", 1)), types.ErrDetailsReaderInvalid},
		{"five readers", reading(reader("AAAA", "CNY", 0), reader("BBBB", "CNY", 0), reader("CCCC", "CNY", 0), reader("DDDD", "CNY", 0), reader("EEEE", "CNY", 0)), types.ErrDetailsReaderInvalid},
		{"more rules than there are currencies", reading(make([]types.DetailsReader, types.DetailsReadersMax*types.CurrenciesMax+1)...), types.ErrDetailsReaderInvalid},
		{"no operator", payWith(func(m *types.MsgPay) { m.Operator = "" }), types.ErrAddressInvalid},
		{"a debtor in capitals", payWith(func(m *types.MsgPay) { m.Debtor = strings.ToUpper(alice) }), types.ErrAddressInvalid},
		{"a debtor of 32 bytes", payWith(func(m *types.MsgPay) { m.Debtor = signer }), types.ErrAddressInvalid},
		{"a creditor with a wrong digit", payWith(func(m *types.MsgPay) { m.Creditor = bob[:len(bob)-1] + "q" }), types.ErrAddressInvalid},
		{"a currency in small letters", payWith(func(m *types.MsgPay) { m.Currency = "cny" }), types.ErrCurrencyInvalid},
		{"a currency of four letters", payWith(func(m *types.MsgPay) { m.Currency = "RMBY" }), types.ErrCurrencyInvalid},
		{"no amount", payWith(func(m *types.MsgPay) { m.Amount = math.Int{} }), types.ErrAmountInvalid},
		{"an amount of zero", payWith(func(m *types.MsgPay) { m.Amount = math.ZeroInt() }), types.ErrAmountZero},
		{"an amount below zero", payWith(func(m *types.MsgPay) { m.Amount = math.NewInt(-1) }), types.ErrAmountInvalid},
		{"an amount of 2^63", payWith(func(m *types.MsgPay) { m.Amount = types.AmountMax().AddRaw(1) }), types.ErrAmountInvalid},
		{"a uetr that is none", payWith(func(m *types.MsgPay) { m.Uetr = "1" }), types.ErrUETRInvalid},
		{"no end-to-end digest", payWith(func(m *types.MsgPay) { m.EndToEndDigest = nil }), types.ErrDigestInvalid},
		{"a digest of 31 bytes", payWith(func(m *types.MsgPay) { m.EndToEndDigest = digest[1:] }), types.ErrDigestInvalid},
		{"no mode", batchWith(func(m *types.MsgPayBatch) { m.Mode = 0 }), types.ErrModeInvalid},
		{"an unknown mode", batchWith(func(m *types.MsgPayBatch) { m.Mode = 3 }), types.ErrModeInvalid},
		{"no transfers", batchWith(func(m *types.MsgPayBatch) { m.Transfers = nil }), types.ErrNoTransfers},
		{"1001 transfers", batchWith(func(m *types.MsgPayBatch) { m.Transfers = make([]types.Transfer, 1_001) }), types.ErrTooManyTransfers},
		{"a message id without content", batchWith(func(m *types.MsgPayBatch) { m.ContentDigest = nil }), types.ErrDigestInvalid},
		{"content without a message id", batchWith(func(m *types.MsgPayBatch) { m.InstructionDigest = nil }), types.ErrDigestInvalid},
		{"one bad amount of many", batchWith(func(m *types.MsgPayBatch) { m.Transfers[1].Amount = math.ZeroInt() }), types.ErrAmountZero},
		{"one bad creditor of many", batchWith(func(m *types.MsgPayBatch) { m.Transfers[1].Creditor = "6222020200012345" }), types.ErrAddressInvalid},
		{"one bad uetr of many", batchWith(func(m *types.MsgPayBatch) { m.Transfers[1].Uetr = "x" }), types.ErrUETRInvalid},
		{"a return of no payment", returnWith(func(m *types.MsgReturnPayment) { m.OriginalUetr = "" }), types.ErrUETRInvalid},
		{"a return of nothing", returnWith(func(m *types.MsgReturnPayment) { m.Amount = math.ZeroInt() }), types.ErrAmountZero},
		{"a return for no reason", returnWith(func(m *types.MsgReturnPayment) { m.Reason = "" }), types.ErrReasonInvalid},
		{"a return whose reason is a sentence", returnWith(func(m *types.MsgReturnPayment) { m.Reason = "I WANT IT BACK" }), types.ErrReasonInvalid},
		{"a return without end-to-end digest", returnWith(func(m *types.MsgReturnPayment) { m.EndToEndDigest = nil }), types.ErrDigestInvalid},
		{"a hold for nobody", holdWith(func(m *types.MsgPlaceHold) { m.Creditor = "" }), types.ErrAddressInvalid},
		{"a hold of nothing", holdWith(func(m *types.MsgPlaceHold) { m.Amount = math.ZeroInt() }), types.ErrAmountZero},
		{"a hold without end", holdWith(func(m *types.MsgPlaceHold) { m.ExpiresAt = time.Time{} }), types.ErrExpiryInvalid},
		{"a hold until the year 3000", holdWith(func(m *types.MsgPlaceHold) { m.ExpiresAt = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC) }), types.ErrExpiryInvalid},
		{"a hold without end-to-end digest", holdWith(func(m *types.MsgPlaceHold) { m.EndToEndDigest = digest[1:] }), types.ErrDigestInvalid},
		{"the capture of no hold", &types.MsgCaptureHold{Operator: signer, Amount: oneMinor, EndToEndDigest: digest}, types.ErrUETRInvalid},
		{"the capture of nothing", &types.MsgCaptureHold{Operator: signer, Uetr: "8a562c67-ca16-48ba-b074-65581be6f001", EndToEndDigest: digest}, types.ErrAmountInvalid},
		{"the release of no hold", &types.MsgReleaseHold{Operator: signer, Uetr: "x"}, types.ErrUETRInvalid},
		{"an issue of nothing", &types.MsgIssueDeposit{Operator: signer, Account: alice, Currency: threeCaps, Amount: math.ZeroInt()}, types.ErrAmountZero},
		{"a redemption from nowhere", &types.MsgRedeemDeposit{Operator: signer, Currency: threeCaps, Amount: oneMinor}, types.ErrAddressInvalid},
		{"reserves for nobody", &types.MsgIssueReserve{Operator: signer, Currency: threeCaps, Amount: oneMinor}, types.ErrIDInvalid},
		{"reserves of nothing", &types.MsgRedeemReserve{Operator: signer, InstitutionId: "BQDQ", Currency: threeCaps}, types.ErrAmountInvalid},
		{"an account of nobody", &types.MsgOpenAccount{Operator: signer, Currencies: []string{"CNY"}}, types.ErrIDInvalid},
		{"33 currencies", &types.MsgOpenAccount{Operator: signer, PartyId: "alice", Currencies: make([]string, 33)}, types.ErrCurrenciesInvalid},
		{"a reference in clear", &types.MsgAddAccountReference{Operator: signer, Account: alice, Digest: []byte("IBAN")}, types.ErrDigestInvalid},
		{"a status of no account", &types.MsgSetAccountStatus{Operator: signer, Status: types.AccountOpen}, types.ErrAddressInvalid},
		{"five decimals", &types.MsgAdmitCurrency{Authority: signer, Currency: types.Currency{Code: "CLF", MinorUnits: 5}}, types.ErrMinorUnitsInvalid},
		{"a participant without currencies", &types.MsgAdmitParticipant{Authority: signer, InstitutionId: "BQDQ"}, types.ErrCurrenciesInvalid},
		{"no retention", params(0, 1), types.ErrParamsInvalid},
		{"retention for a century", params(100*365*24*time.Hour, 1), types.ErrParamsInvalid},
		{"no retirements", params(time.Hour, 0), types.ErrParamsInvalid},
		{"unbounded retirements", params(time.Hour, types.RetirementsPerBlockLimit+1), types.ErrParamsInvalid},
	} {
		require.ErrorIs(t, row.msg.Validate(), row.err, row.story)
	}
}

// TestNoMessageHasRoomForANameOrAnAccountNumber looks at every field of every message: text is one of a
// few identifiers, bytes are digests, and both have checked shapes. What is sealed has room: for ciphertext.
func TestNoMessageHasRoomForANameOrAnAccountNumber(t *testing.T) {
	t.Parallel()
	known := map[protoreflect.Name]bool{}
	for _, name := range strings.Fields(`operator authority debtor creditor account currency currencies amount uetr code
		original_uetr reason institution_id party_id digest references end_to_end_digest instruction_digest content_digest key_id from_amount`) {
		known[protoreflect.Name(name)] = true
	}
	file, err := gogoproto.HybridResolver.FindFileByPath("zhilian/settlement/v1/tx.proto")
	require.NoError(t, err)
	messages := file.Services().Get(0).Methods()
	require.Equal(t, 16, messages.Len())
	for i := range messages.Len() {
		checkFields(t, messages.Get(i).Input(), known)
	}
}

func checkFields(t *testing.T, message protoreflect.MessageDescriptor, known map[protoreflect.Name]bool) {
	t.Helper()
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		switch field.Kind() {
		case protoreflect.StringKind, protoreflect.BytesKind:
			require.True(t, known[field.Name()] || isSealed(t, field), "%s", field.FullName())
		case protoreflect.MessageKind:
			if strings.HasPrefix(string(field.Message().FullName()), "zhilian.") {
				checkFields(t, field.Message(), known)
			}
		}
	}
}

// isSealed reads the option off the encoded options: it is registered with gogoproto only.
func isSealed(t *testing.T, field protoreflect.FieldDescriptor) bool {
	t.Helper()
	options, err := protov2.Marshal(field.Options())
	require.NoError(t, err)
	for len(options) > 0 {
		number, kind, length := protowire.ConsumeField(options)
		require.Positive(t, length)
		if number == protowire.Number(privacy.E_Sealed.Field) && kind == protowire.VarintType {
			return options[length-1] == 1
		}
		options = options[length:]
	}
	return false
}

func TestOnlyCiphertextIsSealed(t *testing.T) {
	t.Parallel()
	var sealed []string
	for _, message := range []gogoproto.Message{&seal.Envelope{}, &seal.SealedKey{}, &seal.GroupKeys{}, &types.Account{}} {
		descriptor, err := gogoproto.HybridResolver.FindDescriptorByName(protoreflect.FullName(gogoproto.MessageName(message)))
		require.NoError(t, err)
		fields := descriptor.(protoreflect.MessageDescriptor).Fields()
		for i := range fields.Len() {
			if isSealed(t, fields.Get(i)) {
				sealed = append(sealed, string(fields.Get(i).FullName()))
			}
		}
	}
	require.Equal(t, []string{
		"zhilian.seal.v1.Envelope.digest", "zhilian.seal.v1.Envelope.ciphertext", "zhilian.seal.v1.SealedKey.sealed", "zhilian.seal.v1.GroupKeys.commitment",
	}, sealed)
}
