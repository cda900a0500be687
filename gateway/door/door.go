package door

import (
	"bytes"
	"context"
	"crypto/rand"
	"sync"
	"time"

	gogoproto "github.com/cosmos/gogoproto/proto"
	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/core/address"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/crypto/types/multisig"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
)

// usedChallengesMax bounds the challenges that are remembered as used. A challenge lives two minutes; who
// makes a node forget one by using so many others in that time can use it twice, for the same operator.
const usedChallengesMax = 100_000

// State is the newest state, as far as the door reads it. A query context of that state comes as ctx.
type State interface {
	// Context is a query context of the newest state.
	Context() (context.Context, error)
	// Require is access's question.
	Require(ctx context.Context, ask accesstypes.Ask) (accesstypes.Actor, error)
	// CheckSharing is access's answer to what a reading rests on, or ErrConsentMissing.
	CheckSharing(ctx context.Context, sharing accesstypes.Sharing) (accesstypes.Basis, error)
	// CheckActive refuses an address that is no active operator's.
	CheckActive(ctx context.Context, operator string) error
	// Signers are who has to sign a transaction.
	Signers(transaction []byte) ([][]byte, error)
	// KnownKey is the public key of an account, nil if it has not signed anything yet.
	KnownKey(ctx context.Context, address []byte) (cryptotypes.PubKey, error)
}

// Rules say what a query needs.
type Rules interface {
	// Of a method such as "/zhilian.settlement.v1.Query/Payment": whether it is sensitive, and the permission
	// that reading it needs.
	Of(method string) (permission string, sensitive bool)
}

// AnyOperator is the permission of what every active operator may read, of whatever scope: to whom an account
// number belongs, for one who wants to pay there.
const AnyOperator = "operator"

// Config is what a door is made of.
type Config struct {
	ChainID   func() string
	Node      string // name of the node, for the person who signs
	Addresses address.Codec
	State     State
	Rules     Rules
	Books     Books
	// Now is the node's clock; time.Now if nil. Tokens are no matter of consensus.
	Now func() time.Time
}

// Door is one node's.
type Door struct {
	config Config
	sealer sealer

	mutex sync.Mutex
	used  *lru.Cache[[nonceBytes]byte, struct{}]
}

// New draws the secret of a door.
func New(config Config) (*Door, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	drawn, err := newSealer()
	if err != nil {
		return nil, err
	}
	used, err := lru.New[[nonceBytes]byte, struct{}](usedChallengesMax)
	if err != nil {
		return nil, err
	}
	return &Door{config: config, sealer: drawn, used: used}, nil
}

// Challenge is what an operator has to sign.
type Challenge struct {
	Challenge string
	// Statement is the text to sign; SignBytes makes the bytes of it.
	Statement string
	ExpiresAt time.Time
}

// Challenge gives anyone a challenge for an address. It asks the state nothing: who asks learns nothing.
func (d *Door) Challenge(operator string) (Challenge, error) {
	raw, err := d.decode(operator)
	if err != nil {
		return Challenge{}, err
	}
	what := sealed{kind: kindChallenge, address: raw, expires: d.in(ChallengeLifetime)}
	if _, err := rand.Read(what.nonce[:]); err != nil {
		return Challenge{}, err
	}
	text := d.sealer.seal(what)
	statement, err := d.statement(raw, text, what.expires)
	if err != nil {
		return Challenge{}, err
	}
	return Challenge{Challenge: text, Statement: statement, ExpiresAt: what.expires}, nil
}

func (d *Door) statement(raw []byte, challenge string, expires time.Time) (string, error) {
	operator, err := d.config.Addresses.BytesToString(raw)
	if err != nil {
		return "", err
	}
	return Statement(d.config.ChainID(), d.config.Node, operator, challenge, expires), nil
}

// Token opens the door until it expires.
type Token struct {
	Token     string
	Operator  string
	ExpiresAt time.Time
}

// Enter takes a signed challenge and gives a token. A challenge is taken once.
func (d *Door) Enter(challenge string, key cryptotypes.PubKey, signature []byte) (Token, error) {
	what, ok := d.sealer.open(kindChallenge, challenge)
	if !ok {
		return Token{}, ErrChallengeInvalid
	}
	if !d.config.Now().Before(what.expires) {
		return Token{}, ErrChallengeExpired
	}
	operator, err := d.config.Addresses.BytesToString(what.address)
	if err != nil {
		return Token{}, ErrChallengeInvalid.Wrap(err.Error())
	}
	ctx, err := d.config.State.Context()
	if err != nil {
		return Token{}, err
	}
	if err := d.verify(ctx, what, operator, challenge, key, signature); err != nil {
		return Token{}, err
	}
	if !d.use(what.nonce) {
		return Token{}, ErrChallengeUsed
	}
	if err := d.config.State.CheckActive(ctx, operator); err != nil {
		return Token{}, err
	}
	opened := sealed{kind: kindToken, address: what.address, expires: d.in(TokenLifetime)}
	if _, err := rand.Read(opened.nonce[:]); err != nil {
		return Token{}, err
	}
	return Token{Token: d.sealer.seal(opened), Operator: operator, ExpiresAt: opened.expires}, nil
}

// verify wants the key of the address and its signature. The key that the chain knows wins: an address
// is derived from a key by a hash, which binds it as well, for one that has not signed yet.
func (d *Door) verify(
	ctx context.Context, what sealed, operator, challenge string, key cryptotypes.PubKey, signature []byte,
) error {
	known, err := d.config.State.KnownKey(ctx, what.address)
	if err != nil {
		return err
	}
	if known != nil {
		if key != nil && !known.Equals(key) {
			return ErrKeyMismatch.Wrap(operator)
		}
		key = known
	}
	if key == nil || string(key.Address()) != string(what.address) {
		return ErrKeyMismatch.Wrap(operator)
	}
	if _, several := key.(multisig.PubKey); several {
		return ErrKeyMismatch.Wrapf("%s: a key of several opens no door; use an operator with a single key", operator)
	}
	statement, err := d.statement(what.address, challenge, what.expires)
	if err != nil {
		return err
	}
	document, err := SignBytes(operator, statement)
	if err != nil {
		return err
	}
	if !key.VerifySignature(document, signature) {
		return ErrSignatureInvalid.Wrap(operator)
	}
	return nil
}

// use notes a challenge as used; false if it was before.
func (d *Door) use(nonce [nonceBytes]byte) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.used.Contains(nonce) {
		return false
	}
	d.used.Add(nonce, struct{}{})
	return true
}

// NodeToken is for the node's own queries to itself: it opens everything, and never leaves the process.
func (d *Door) NodeToken() string {
	return d.sealer.seal(sealed{kind: kindNode, address: []byte{0}, expires: time.Unix(0, 0)})
}

// isNode reports whether a token is the node's own.
func (d *Door) isNode(token string) bool {
	_, own := d.sealer.open(kindNode, token)
	return own
}

// Operator is who holds a token, bech32. It need not be active any more.
func (d *Door) Operator(token string) (string, error) {
	what, ok := d.sealer.open(kindToken, token)
	if !ok {
		return "", ErrTokenInvalid
	}
	if !d.config.Now().Before(what.expires) {
		return "", ErrTokenExpired
	}
	return d.config.Addresses.BytesToString(what.address)
}

// Check refuses a query that its caller may not ask. Public ones are anyone's; token is empty if the
// caller sent none. request is a message of either generator.
func (d *Door) Check(token, method string, request any) error {
	permission, sensitive := d.config.Rules.Of(method)
	if !sensitive {
		return nil
	}
	if token == "" {
		return ErrTokenNeeded.Wrapf("permission %s", permission)
	}
	if d.isNode(token) {
		return nil
	}
	operator, err := d.Operator(token)
	if err != nil {
		return err
	}
	ctx, err := d.config.State.Context()
	if err != nil {
		return err
	}
	if err := d.config.State.CheckActive(ctx, operator); err != nil {
		return err
	}
	switch {
	case permission == AnyOperator, isList(method):
		return nil
	case method == simulateMethod:
		return d.maySimulate(token, request)
	}
	scopes, err := scopesOf(ctx, d.config.Books, method, request)
	if err != nil {
		return err
	}
	refusal := d.mayRead(ctx, operator, permission, scopes)
	if wanted, ok := onConsent[method]; refusal != nil && ok && len(scopes) > 0 && d.hasConsent(ctx, operator, permission, scopes[0], wanted) {
		return nil
	}
	if permission, ok := supervised[method]; refusal != nil && ok && d.mayRead(ctx, operator, permission, scopes) == nil {
		return nil
	}
	return refusal
}

// hasConsent reports whether an operator who may read such things at all acts for a member that a subject has
// consented to, or that a law allows.
func (d *Door) hasConsent(ctx context.Context, operator, permission string, subject accesstypes.Scope, wanted consented) bool {
	actor, err := d.config.State.Require(ctx, accesstypes.Ask{Operator: operator, Permission: permission, Scope: accesstypes.OwnScope})
	if err != nil {
		return false
	}
	for _, purpose := range wanted.purposes {
		sharing := accesstypes.Sharing{Subject: subject, Reader: actor.Scope(), Purpose: purpose, Level: wanted.level}
		if _, err := d.config.State.CheckSharing(ctx, sharing); err == nil {
			return true
		}
	}
	return false
}

// maySimulate wants the bearer of a token to be the one signer of a transaction.
func (d *Door) maySimulate(token string, request any) error {
	asked, ok := request.(*txtypes.SimulateRequest)
	if !ok {
		return ErrReadDenied.Wrapf("permission %s", signerPermission)
	}
	transaction := asked.TxBytes
	if transaction == nil && asked.Tx != nil {
		var err error
		if transaction, err = gogoproto.Marshal(asked.Tx); err != nil {
			return err
		}
	}
	signers, err := d.config.State.Signers(transaction)
	if err != nil {
		return status.Error(codes.InvalidArgument, "the transaction cannot be read")
	}
	bearer, ok := d.sealer.open(kindToken, token)
	if !ok || len(signers) != 1 || !bytes.Equal(signers[0], bearer.address) {
		return ErrReadDenied.Wrapf("permission %s", signerPermission)
	}
	return nil
}

// mayRead wants access to allow one of the scopes. The same refusal for a thing of others and for
// none: it says which permission is missing, not what there is.
func (d *Door) mayRead(ctx context.Context, operator, permission string, scopes []accesstypes.Scope) error {
	for _, scope := range scopes {
		if _, err := d.config.State.Require(ctx, accesstypes.Ask{Operator: operator, Permission: permission, Scope: scope}); err == nil {
			return nil
		}
	}
	return ErrReadDenied.Wrapf("permission %s", permission)
}

func (d *Door) decode(operator string) ([]byte, error) {
	raw, err := d.config.Addresses.StringToBytes(operator)
	if err != nil || len(raw) > addressBytesMax {
		return nil, accesstypes.ErrInvalidAddress.Wrapf("%.100q", operator)
	}
	return raw, nil
}

// in is a time from now, in whole seconds: that is what a token can say.
func (d *Door) in(lifetime time.Duration) time.Time {
	return d.config.Now().Add(lifetime).Truncate(time.Second)
}
