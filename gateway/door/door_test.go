package door_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	gatewayv1 "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	"github.com/zhilian-network/zhilian/gateway/door"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	paymentMethod = "/zhilian.settlement.v1.Query/Payment"
	accountMethod = "/zhilian.settlement.v1.Query/Account"
	resolveMethod = "/zhilian.settlement.v1.Query/ResolveReferences"
	publicMethod  = "/zhilian.settlement.v1.Query/Currencies"
	findMethod    = "/zhilian.gateway.v1.Query/FindPayments"

	simulateMethod = "/zhilian.gateway.v1.Query/SimulatePolicies"
)

var (
	acme    = accesstypes.Scope{InstitutionID: "BQDQ", PartyID: "acme"}
	globex  = accesstypes.Scope{InstitutionID: "CITY", PartyID: "globex"}
	initech = accesstypes.Scope{InstitutionID: "CITY", PartyID: "initech"}
)

// fixture is a door over a small world: acme pays globex, initech has no part in it.
type fixture struct {
	door      *door.Door
	now       time.Time
	codec     address.Bech32Codec
	keys      map[string]*secp256k1.PrivKey
	known     map[string]cryptotypes.PubKey
	suspended map[string]bool
	asked     []accesstypes.Ask
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{
		now: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC), codec: address.Bech32Codec{Bech32Prefix: "zhilian"},
		keys: map[string]*secp256k1.PrivKey{}, known: map[string]cryptotypes.PubKey{}, suspended: map[string]bool{},
	}
	for _, name := range []string{"acme", "globex", "initech", "stranger"} {
		f.keys[name] = secp256k1.GenPrivKeyFromSecret([]byte(name))
	}
	f.door = f.newDoor(t)
	return f
}

func (f *fixture) newDoor(t *testing.T) *door.Door {
	t.Helper()
	made, err := door.New(door.Config{
		ChainID: func() string { return "zhilian-test-1" }, Node: "node-0", Addresses: f.codec,
		State: f, Rules: rules{}, Books: books{f}, Now: func() time.Time { return f.now },
	})
	require.NoError(t, err)
	return made
}

func (f *fixture) address(t require.TestingT, name string) string {
	text, err := f.codec.BytesToString(f.keys[name].PubKey().Address())
	require.NoError(t, err)
	return text
}

func (f *fixture) Context() (context.Context, error) { return context.Background(), nil }

func (f *fixture) Require(_ context.Context, ask accesstypes.Ask) (accesstypes.Actor, error) {
	f.asked = append(f.asked, ask)
	own, err := f.scopeOf(ask.Operator)
	if err != nil {
		return accesstypes.Actor{}, err
	}
	if ask.Scope != accesstypes.OwnScope && !own.Covers(ask.Scope) {
		return accesstypes.Actor{}, accesstypes.ErrScopeDenied
	}
	return accesstypes.Actor{Address: ask.Operator, InstitutionID: own.InstitutionID, PartyID: own.PartyID}, nil
}

func (f *fixture) scopeOf(operator string) (accesstypes.Scope, error) {
	for name, scope := range map[string]accesstypes.Scope{"acme": acme, "globex": globex, "initech": initech} {
		if text, err := f.codec.BytesToString(f.keys[name].PubKey().Address()); err == nil && text == operator {
			return scope, nil
		}
	}
	return accesstypes.Scope{}, accesstypes.ErrOperatorNotFound
}

// CheckSharing: acme has consented that globex reads for a rating, initech that globex does for personal offers,
// both up to level 2.
func (f *fixture) CheckSharing(_ context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error) {
	switch sharing {
	case accesstypes.Sharing{Subject: acme, Reader: globex, Purpose: accesstypes.Purpose_PURPOSE_CREDIT_RATING, Level: 2}:
		return accesstypes.Basis{Kind: accesstypes.BasisConsent, ID: 1}, nil
	case accesstypes.Sharing{Subject: initech, Reader: globex, Purpose: accesstypes.Purpose_PURPOSE_PERSONAL_OFFERS, Level: 2}:
		return accesstypes.Basis{Kind: accesstypes.BasisConsent, ID: 2}, nil
	}
	return accesstypes.Basis{}, accesstypes.ErrConsentMissing
}

func (f *fixture) CheckActive(_ context.Context, operator string) error {
	if f.suspended[operator] {
		return accesstypes.ErrOperatorInactive
	}
	_, err := f.scopeOf(operator)
	return err
}

// Signers reads a transaction that is nothing but an address.
func (f *fixture) Signers(transaction []byte) ([][]byte, error) {
	if len(transaction) == 0 {
		return nil, errors.New("no transaction")
	}
	return [][]byte{transaction}, nil
}

func (f *fixture) KnownKey(_ context.Context, raw []byte) (cryptotypes.PubKey, error) {
	return f.known[string(raw)], nil
}

type rules struct{}

func (rules) Of(method string) (string, bool) {
	if strings.HasPrefix(method, "/cosmos.") {
		return door.ProtoRules{}.Of(method)
	}
	switch method {
	case publicMethod:
		return "", false
	case resolveMethod:
		return door.AnyOperator, true
	}
	return "settlement.read", true
}

type books struct{ *fixture }

func (b books) Account(_ context.Context, address string) ([]accesstypes.Scope, error) {
	switch address {
	case "account of acme":
		return []accesstypes.Scope{acme}, nil
	case "account of globex":
		return []accesstypes.Scope{globex}, nil
	case "account of initech":
		return []accesstypes.Scope{initech}, nil
	}
	return nil, nil
}

func (b books) Operator(_ context.Context, operator string) ([]accesstypes.Scope, error) {
	scope, err := b.scopeOf(operator)
	if err != nil {
		return nil, nil
	}
	return []accesstypes.Scope{scope}, nil
}

func (b books) Party(context.Context, string) ([]accesstypes.Scope, error) { return nil, nil }

func (b books) Payment(_ context.Context, uetr string) ([]accesstypes.Scope, error) {
	if uetr == "paid" {
		return []accesstypes.Scope{acme, globex}, nil
	}
	return nil, nil
}

// Numbered: rating 1 is about acme, and initech asked for it.
func (b books) Numbered(_ context.Context, kind door.Kind, number uint64) ([]accesstypes.Scope, error) {
	if kind == door.KindRating && number == 1 {
		return []accesstypes.Scope{acme, initech}, nil
	}
	return nil, nil
}

// sign signs a challenge as a wallet does.
func (f *fixture) sign(t require.TestingT, signer, operator, statement string) []byte {
	document, err := door.SignBytes(operator, statement)
	require.NoError(t, err)
	signature, err := f.keys[signer].Sign(document)
	require.NoError(t, err)
	return signature
}

func (f *fixture) enter(t require.TestingT, name string) string {
	challenge, err := f.door.Challenge(f.address(t, name))
	require.NoError(t, err)
	token, err := f.door.Enter(challenge.Challenge, f.keys[name].PubKey(), f.sign(t, name, f.address(t, name), challenge.Statement))
	require.NoError(t, err)
	require.Equal(t, f.address(t, name), token.Operator)
	return token.Token
}

func payment(uetr string) *settlementv1.QueryPaymentRequest {
	return &settlementv1.QueryPaymentRequest{Uetr: uetr}
}

func simulation(institution, party string) any {
	return &gatewayv1.QuerySimulatePoliciesRequest{InstitutionId: institution, PartyId: party}
}

func TestWhoProvesItsKeyReadsItsOwn(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		name, method string
		request      any
		want         error
	}{
		{"acme", paymentMethod, payment("paid"), nil},
		{"globex", paymentMethod, payment("paid"), nil},
		{"globex", paymentMethod, &settlementtypes.QueryPaymentRequest{Uetr: "paid"}, nil},
		{"initech", paymentMethod, payment("paid"), door.ErrReadDenied},
		{"initech", paymentMethod, payment("none"), door.ErrReadDenied},
		{"acme", paymentMethod, payment("none"), door.ErrReadDenied},
		{"acme", paymentMethod, payment(""), door.ErrReadDenied},
		{"acme", accountMethod, &settlementv1.QueryAccountRequest{Address: "account of acme"}, nil},
		{"acme", accountMethod, &settlementv1.QueryAccountRequest{Address: "account of globex"}, door.ErrReadDenied},
		{"acme", simulateMethod, simulation("BQDQ", "acme"), nil},
		{"acme", simulateMethod, &gatewaytypes.QuerySimulatePoliciesRequest{InstitutionId: "BQDQ", PartyId: "acme"}, nil},
		{"acme", simulateMethod, simulation("BQDQ", ""), door.ErrReadDenied},
		{"acme", simulateMethod, simulation("CITY", "globex"), door.ErrReadDenied},
		{"acme", simulateMethod, simulation("NONE", "none"), door.ErrReadDenied},
		{"acme", simulateMethod, simulation("", ""), door.ErrReadDenied},
		{"initech", resolveMethod, &settlementv1.QueryResolveReferencesRequest{}, nil},
		{"initech", publicMethod, &settlementv1.QueryCurrenciesRequest{}, nil},
	} {
		err := f.door.Check(f.enter(t, c.name), c.method, c.request)
		require.ErrorIs(t, err, c.want, "%s %s %v", c.name, c.method, c.request)
	}
}

func TestWhomTheSubjectHasConsentedToReadsItsCreditData(t *testing.T) {
	f := newFixture(t)
	const attestations, rating = "/zhilian.credit.v1.Query/Attestations", "/zhilian.credit.v1.Query/Rating"
	const behaviour = "/zhilian.credit.v1.Query/Behaviour"
	of := func(s accesstypes.Scope) any {
		return &credittypes.QueryAttestationsRequest{InstitutionId: s.InstitutionID, PartyId: s.PartyID}
	}
	for _, c := range []struct {
		name, method string
		request      any
		want         error
	}{
		{"acme", attestations, of(acme), nil},
		{"globex", attestations, of(acme), nil},
		{"initech", attestations, of(acme), door.ErrReadDenied},
		{"globex", attestations, of(initech), door.ErrReadDenied},
		{"acme", attestations, of(globex), door.ErrReadDenied},
		{"globex", attestations, of(accesstypes.Scope{}), door.ErrReadDenied},
		{"acme", behaviour, &credittypes.QueryBehaviourRequest{InstitutionId: acme.InstitutionID, PartyId: acme.PartyID}, nil},
		{"globex", behaviour, &credittypes.QueryBehaviourRequest{InstitutionId: acme.InstitutionID, PartyId: acme.PartyID}, nil},
		{"initech", behaviour, &credittypes.QueryBehaviourRequest{InstitutionId: acme.InstitutionID, PartyId: acme.PartyID}, door.ErrReadDenied},
		{"acme", rating, &credittypes.QueryRatingRequest{RatingId: 1}, nil},
		{"initech", rating, &credittypes.QueryRatingRequest{RatingId: 1}, nil},
		{"globex", rating, &credittypes.QueryRatingRequest{RatingId: 1}, nil},
		{"acme", rating, &credittypes.QueryRatingRequest{RatingId: 2}, door.ErrReadDenied},
		{"globex", rating, &credittypes.QueryRatingRequest{RatingId: 2}, door.ErrReadDenied},
		// The consent is for credit data, not for what else stands about acme.
		{"globex", accountMethod, &settlementv1.QueryAccountRequest{Address: "account of acme"}, door.ErrReadDenied},
	} {
		require.ErrorIs(t, f.door.Check(f.enter(t, c.name), c.method, c.request), c.want, "%s %s %v", c.name, c.method, c.request)
	}
}

func TestWhatPersonalOffersRestOnIsReadOnAConsentForThem(t *testing.T) {
	f := newFixture(t)
	const behaviour, feedback = "/zhilian.credit.v1.Query/Behaviour", "/zhilian.dispute.v1.Query/FeedbackOf"
	behaviourOf := func(s accesstypes.Scope) any {
		return &credittypes.QueryBehaviourRequest{InstitutionId: s.InstitutionID, PartyId: s.PartyID}
	}
	feedbackOf := func(s accesstypes.Scope) any {
		return &disputetypes.QueryFeedbackOfRequest{InstitutionId: s.InstitutionID, PartyId: s.PartyID}
	}
	for _, c := range []struct {
		name, method string
		request      any
		want         error
	}{
		{"globex", behaviour, behaviourOf(initech), nil},
		{"globex", feedback, feedbackOf(initech), nil},
		{"acme", behaviour, behaviourOf(initech), door.ErrReadDenied},
		{"acme", feedback, feedbackOf(initech), door.ErrReadDenied},
		// A consent for a rating is none for offers.
		{"globex", feedback, feedbackOf(acme), door.ErrReadDenied},
		{"globex", "/zhilian.credit.v1.Query/Ratings", &credittypes.QueryRatingsRequest{InstitutionId: initech.InstitutionID, PartyId: initech.PartyID}, door.ErrReadDenied},
	} {
		require.ErrorIs(t, f.door.Check(f.enter(t, c.name), c.method, c.request), c.want, "%s %s %v", c.name, c.method, c.request)
	}
}

func TestARefusalDoesNotTellWhetherTheThingExists(t *testing.T) {
	f := newFixture(t)
	token := f.enter(t, "initech")
	foreign := f.door.Check(token, paymentMethod, payment("paid"))
	absent := f.door.Check(token, paymentMethod, payment("none"))
	require.EqualError(t, absent, foreign.Error())
	require.Contains(t, foreign.Error(), "settlement.read")
}

func TestWithoutATokenOnlyPublicQueriesAreAnswered(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.door.Check("", publicMethod, &settlementv1.QueryCurrenciesRequest{}))
	require.ErrorIs(t, f.door.Check("", paymentMethod, payment("paid")), door.ErrTokenNeeded)
	require.ErrorIs(t, f.door.Check("", resolveMethod, &settlementv1.QueryResolveReferencesRequest{}), door.ErrTokenNeeded)
	require.ErrorIs(t, f.door.Check("", findMethod, &gatewayv1.QueryFindPaymentsRequest{}), door.ErrTokenNeeded)
}

func TestATokenOfYesterdayIsRefused(t *testing.T) {
	f := newFixture(t)
	token := f.enter(t, "acme")
	f.now = f.now.Add(door.TokenLifetime - time.Second)
	require.NoError(t, f.door.Check(token, paymentMethod, payment("paid")))
	f.now = f.now.Add(time.Second)
	require.ErrorIs(t, f.door.Check(token, paymentMethod, payment("paid")), door.ErrTokenExpired)
}

func TestATokenOfAnotherNodeIsRefused(t *testing.T) {
	f := newFixture(t)
	token := f.enter(t, "acme")
	require.ErrorIs(t, f.newDoor(t).Check(token, paymentMethod, payment("paid")), door.ErrTokenInvalid)
}

func TestEveryAlteredTokenIsRefused(t *testing.T) {
	f := newFixture(t)
	token := f.enter(t, "acme")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	for i := range raw {
		altered := append([]byte(nil), raw...)
		altered[i] ^= 1
		require.ErrorIs(t, f.door.Check(base64.RawURLEncoding.EncodeToString(altered), paymentMethod, payment("paid")), door.ErrTokenInvalid, "byte %d", i)
	}
	for _, bad := range []string{"x", "%%%", token + "=", token[:len(token)-1], strings.Repeat("A", 1<<20)} {
		require.ErrorIs(t, f.door.Check(bad, paymentMethod, payment("paid")), door.ErrTokenInvalid)
	}
}

func TestASuspendedOperatorReadsNothingMore(t *testing.T) {
	f := newFixture(t)
	token := f.enter(t, "acme")
	f.suspended[f.address(t, "acme")] = true
	for _, method := range []string{paymentMethod, resolveMethod, findMethod} {
		require.ErrorIs(t, f.door.Check(token, method, payment("paid")), accesstypes.ErrOperatorInactive)
	}
	challenge, err := f.door.Challenge(f.address(t, "acme"))
	require.NoError(t, err)
	_, err = f.door.Enter(challenge.Challenge, nil, nil)
	require.Error(t, err)
}

func TestEnterWantsTheKeyOfTheAddress(t *testing.T) {
	f := newFixture(t)
	operator := f.address(t, "acme")
	for name, c := range map[string]struct {
		key    cryptotypes.PubKey
		signer string
		known  cryptotypes.PubKey
		want   error
	}{
		"own key":                      {f.keys["acme"].PubKey(), "acme", nil, nil},
		"known key, none sent":         {nil, "acme", f.keys["acme"].PubKey(), nil},
		"no key known, none sent":      {nil, "acme", nil, door.ErrKeyMismatch},
		"key of another":               {f.keys["globex"].PubKey(), "globex", nil, door.ErrKeyMismatch},
		"key of another, known":        {f.keys["globex"].PubKey(), "globex", f.keys["acme"].PubKey(), door.ErrKeyMismatch},
		"signature of another":         {f.keys["acme"].PubKey(), "globex", nil, door.ErrSignatureInvalid},
		"signature of another, known":  {nil, "globex", f.keys["acme"].PubKey(), door.ErrSignatureInvalid},
		"known key that is no address": {nil, "globex", f.keys["globex"].PubKey(), door.ErrKeyMismatch},
	} {
		f.known = map[string]cryptotypes.PubKey{string(f.keys["acme"].PubKey().Address()): c.known}
		if c.known == nil {
			f.known = map[string]cryptotypes.PubKey{}
		}
		challenge, err := f.door.Challenge(operator)
		require.NoError(t, err)
		_, err = f.door.Enter(challenge.Challenge, c.key, f.sign(t, c.signer, operator, challenge.Statement))
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestAStrangerWithAGoodKeyGetsNoToken(t *testing.T) {
	f := newFixture(t)
	operator := f.address(t, "stranger")
	challenge, err := f.door.Challenge(operator)
	require.NoError(t, err, "a challenge tells nothing of who is an operator")
	_, err = f.door.Enter(challenge.Challenge, f.keys["stranger"].PubKey(), f.sign(t, "stranger", operator, challenge.Statement))
	require.ErrorIs(t, err, accesstypes.ErrOperatorNotFound)
}

func TestAChallengeIsUsedOnceAndInTime(t *testing.T) {
	f := newFixture(t)
	operator := f.address(t, "acme")
	challenge, err := f.door.Challenge(operator)
	require.NoError(t, err)
	signature := f.sign(t, "acme", operator, challenge.Statement)
	_, err = f.door.Enter(challenge.Challenge, f.keys["acme"].PubKey(), make([]byte, 64))
	require.ErrorIs(t, err, door.ErrSignatureInvalid, "a wrong signature does not use it up")
	_, err = f.door.Enter(challenge.Challenge, f.keys["acme"].PubKey(), signature)
	require.NoError(t, err)
	_, err = f.door.Enter(challenge.Challenge, f.keys["acme"].PubKey(), signature)
	require.ErrorIs(t, err, door.ErrChallengeUsed)

	late, err := f.door.Challenge(operator)
	require.NoError(t, err)
	f.now = f.now.Add(door.ChallengeLifetime)
	_, err = f.door.Enter(late.Challenge, f.keys["acme"].PubKey(), f.sign(t, "acme", operator, late.Statement))
	require.ErrorIs(t, err, door.ErrChallengeExpired)
}

func TestAChallengeIsNoTokenAndATokenNoChallenge(t *testing.T) {
	f := newFixture(t)
	challenge, err := f.door.Challenge(f.address(t, "acme"))
	require.NoError(t, err)
	require.ErrorIs(t, f.door.Check(challenge.Challenge, paymentMethod, payment("paid")), door.ErrTokenInvalid)
	_, err = f.door.Enter(f.enter(t, "acme"), f.keys["acme"].PubKey(), nil)
	require.ErrorIs(t, err, door.ErrChallengeInvalid)
	_, err = f.door.Challenge("not an address")
	require.ErrorIs(t, err, accesstypes.ErrInvalidAddress)
}

func TestTheStatementSaysWhatIsSigned(t *testing.T) {
	f := newFixture(t)
	challenge, err := f.door.Challenge(f.address(t, "acme"))
	require.NoError(t, err)
	for _, part := range []string{"zhilian-test-1", "node-0", f.address(t, "acme"), challenge.Challenge, "2026-11-02T01:02:00Z"} {
		require.Contains(t, challenge.Statement, part)
	}
	document, err := door.SignBytes("zhilian1abc", "text")
	require.NoError(t, err)
	require.Equal(t, `{"account_number":"0","chain_id":"","fee":{"amount":[],"gas":"0"},"memo":"","msgs":[{"type":"sign/MsgSignData",`+
		`"value":{"data":"dGV4dA==","signer":"zhilian1abc"}}],"sequence":"0"}`, string(document))
}

// network answers FindPayments with a payment of acme to globex and one of initech to globex.
type network struct{ asked int }

func (n *network) Invoke(_ context.Context, _ string, _, response any, _ ...grpc.CallOption) error {
	n.asked++
	if answer, ok := response.(*gatewayv1.QueryFindPaymentsResponse); ok {
		answer.Explanation = "Both settled."
		answer.Payments = []*gatewayv1.PaymentRow{
			{Uetr: "1", Debtor: "account of acme", Creditor: "account of globex"},
			{Uetr: "2", Debtor: "account of initech", Creditor: "account of globex"},
		}
	}
	return nil
}

func (n *network) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.New("no streams")
}

func TestAListHasOnlyRowsThatMayBeRead(t *testing.T) {
	f := newFixture(t)
	for name, want := range map[string][]string{"acme": {"1"}, "initech": {"2"}, "globex": {"1", "2"}} {
		response := &gatewayv1.QueryFindPaymentsResponse{}
		conn := door.Conn{ClientConnInterface: &network{}, Door: f.door}
		ctx := door.WithToken(context.Background(), f.enter(t, name))
		require.NoError(t, conn.Invoke(ctx, findMethod, &gatewayv1.QueryFindPaymentsRequest{}, response))
		var got []string
		for _, row := range response.Payments {
			got = append(got, row.Uetr)
		}
		require.Equal(t, want, got, name)
		require.Equal(t, len(want) == 2, response.Explanation == "Both settled.", "the explanation was about all of them")
	}
}

func TestOnlyItsSignerTriesATransaction(t *testing.T) {
	const simulate = "/cosmos.tx.v1beta1.Service/Simulate"
	f := newFixture(t)
	of := func(name string) *txtypes.SimulateRequest {
		return &txtypes.SimulateRequest{TxBytes: f.keys[name].PubKey().Address()}
	}
	require.NoError(t, f.door.Check(f.enter(t, "acme"), simulate, of("acme")))
	require.ErrorIs(t, f.door.Check(f.enter(t, "initech"), simulate, of("acme")), door.ErrReadDenied, "the refusal would tell a balance")
	require.ErrorIs(t, f.door.Check("", simulate, of("acme")), door.ErrTokenNeeded)
	require.Equal(t, codes.InvalidArgument, status.Code(f.door.Check(f.enter(t, "acme"), simulate, &txtypes.SimulateRequest{})))
}

func TestARefusedQueryIsNotAsked(t *testing.T) {
	f := newFixture(t)
	behind := &network{}
	conn := door.Conn{ClientConnInterface: behind, Door: f.door}
	err := conn.Invoke(context.Background(), paymentMethod, payment("paid"), &settlementv1.QueryPaymentResponse{})
	require.Equal(t, codes.Unauthenticated, status.Code(err))
	require.ErrorContains(t, err, "codespace door code 2: ")
	require.Zero(t, behind.asked)
}

// registered keeps what a service registers.
type registered struct{ description *grpc.ServiceDesc }

func (r *registered) RegisterService(description *grpc.ServiceDesc, _ any) {
	r.description = description
}

func TestAServerOfOthersAsksTheDoorFirst(t *testing.T) {
	f := newFixture(t)
	called := 0
	answer := func(context.Context, any) (any, error) {
		called++
		return &settlementtypes.QueryPaymentResponse{}, nil
	}
	info := &grpc.UnaryServerInfo{FullMethod: paymentMethod}
	handlers := map[string]func(any, context.Context, func(any) error, grpc.UnaryServerInterceptor) (any, error){
		"generated": func(_ any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
			request := &settlementtypes.QueryPaymentRequest{}
			if err := decode(request); err != nil {
				return nil, err
			}
			if interceptor == nil {
				return answer(ctx, request)
			}
			return interceptor(ctx, request, info, answer)
		},
		// As baseapp registers them: the interceptor of the server is left out.
		"the SDK's": func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			request := &settlementtypes.QueryPaymentRequest{}
			if err := decode(request); err != nil {
				return nil, err
			}
			return answer(ctx, request)
		},
	}
	outer := func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		return next(ctx, request)
	}
	decode := func(request any) error {
		request.(*settlementtypes.QueryPaymentRequest).Uetr = "paid"
		return nil
	}
	for kind, handler := range handlers {
		called = 0
		server := &registered{}
		door.Server{Server: server, Door: f.door}.RegisterService(&grpc.ServiceDesc{
			ServiceName: "zhilian.settlement.v1.Query", Methods: []grpc.MethodDesc{{MethodName: "Payment", Handler: handler}},
		}, nil)
		for name, want := range map[string]codes.Code{"": codes.Unauthenticated, "initech": codes.PermissionDenied, "acme": codes.OK} {
			ctx := context.Background()
			if name != "" {
				ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("authorization", "bearer "+f.enter(t, name)))
			}
			for _, interceptor := range []grpc.UnaryServerInterceptor{nil, outer} {
				_, err := server.description.Methods[0].Handler(nil, ctx, decode, interceptor)
				require.Equal(t, want, status.Code(err), "%s %s", kind, name)
			}
		}
		require.Equal(t, 2, called, kind)
	}
}

func FuzzDoor(f *testing.F) {
	fix := newFixture(&testing.T{})
	challenge, err := fix.door.Challenge(fix.address(f, "acme"))
	require.NoError(f, err)
	f.Add(challenge.Challenge, []byte{1})
	f.Add(fix.enter(f, "acme"), []byte{})
	f.Fuzz(func(t *testing.T, text string, signature []byte) {
		_, err := fix.door.Enter(text, fix.keys["acme"].PubKey(), signature)
		require.Error(t, err)
		_, _ = fix.door.Operator(text)
	})
}

func TestWhoMayListPaymentsMayWatch(t *testing.T) {
	f := newFixture(t)
	token := f.enter(t, "acme")
	for name, headers := range map[string]http.Header{
		"header":      {"Authorization": {"Bearer " + token}},
		"subprotocol": {"Sec-Websocket-Protocol": {"zhilian.v1, zhilian.bearer." + token}},
	} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.Header = headers
		still, err := f.door.Admit(request, "account of acme")
		require.NoError(t, err, name)
		require.NoError(t, still())
		_, err = f.door.Admit(request, "account of globex")
		require.Equal(t, codes.PermissionDenied, status.Code(err), name)
		f.suspended[f.address(t, "acme")] = true
		require.Equal(t, codes.PermissionDenied, status.Code(still()), name)
		delete(f.suspended, f.address(t, "acme"))
	}
	_, err := f.door.Admit(httptest.NewRequest(http.MethodGet, "/", nil), "account of acme")
	require.Equal(t, codes.Unauthenticated, status.Code(err))
}
