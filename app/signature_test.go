package app_test

import (
	"context"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	errorsmod "cosmossdk.io/errors"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256r1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	kmultisig "github.com/cosmos/cosmos-sdk/crypto/types/multisig"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

const signedChainID = "zhilian-signatures-1"

// testSigner is a key with an account, or several of a multisig.
type testSigner struct {
	keys      []cryptotypes.PrivKey // of a multisig; one key signs alone
	threshold int
	// present are those of a multisig who sign; the first ones if it is empty.
	present []int
}

func (s testSigner) signing() []int {
	if len(s.present) > 0 {
		return s.present
	}
	first := make([]int, s.threshold)
	for i := range first {
		first[i] = i
	}
	return first
}

func (s testSigner) pubKey() cryptotypes.PubKey {
	if len(s.keys) == 1 {
		return s.keys[0].PubKey()
	}
	keys := make([]cryptotypes.PubKey, len(s.keys))
	for i, key := range s.keys {
		keys[i] = key.PubKey()
	}
	return multisig.NewLegacyAminoPubKey(s.threshold, keys)
}

func (s testSigner) address() sdk.AccAddress { return sdk.AccAddress(s.pubKey().Address()) }

func singleSigner(name string) testSigner {
	return testSigner{keys: []cryptotypes.PrivKey{chain.Key(name)}}
}

func multiSigner(name string, members, threshold int) testSigner {
	s := testSigner{threshold: threshold}
	for i := range members {
		s.keys = append(s.keys, secp256k1.GenPrivKeyFromSecret(fmt.Append(nil, name, i)))
	}
	return s
}

// signed is a transaction, possibly a wrong one.
type signed struct {
	signers  []testSigner
	sequence uint64 // that is signed and stated
	number   uint64 // that is signed
	chainID  string
	mode     signing.SignMode
	withKey  bool
	wrongKey bool
	spoiled  bool
}

func (s signed) bytes(t require.TestingT, a *app.App) []byte {
	config := a.Encoding.TxConfig
	builder := config.NewTxBuilder()
	var messages []sdk.Msg
	for _, signer := range s.signers {
		messages = append(messages, &settlementtypes.MsgPay{
			Operator: signer.address().String(), Debtor: chain.Account(payer, 0), Creditor: chain.Account(supplier, 0),
			Currency: "CNY", Amount: math.OneInt(), EndToEndDigest: digest("x"),
		})
	}
	require.NoError(t, builder.SetMsgs(messages...))
	// The first round says who signs and how, the second signs that.
	signatures := make([]signing.SignatureV2, len(s.signers))
	for i, signer := range s.signers {
		signatures[i] = signing.SignatureV2{Data: s.placeholder(signer), Sequence: s.sequence}
		if s.withKey {
			signatures[i].PubKey = signer.pubKey()
		}
	}
	require.NoError(t, builder.SetSignatures(signatures...))
	for i, signer := range s.signers {
		signatures[i] = s.sign(t, a, builder.GetTx(), signer)
	}
	require.NoError(t, builder.SetSignatures(signatures...))
	raw, err := config.TxEncoder()(builder.GetTx())
	require.NoError(t, err)
	return raw
}

func (s signed) placeholder(signer testSigner) signing.SignatureData {
	if len(signer.keys) == 1 {
		return &signing.SingleSignatureData{SignMode: s.mode}
	}
	data := kmultisig.NewMultisig(len(signer.keys))
	for _, i := range signer.signing() {
		kmultisig.AddSignature(data, &signing.SingleSignatureData{SignMode: signing.SignMode_SIGN_MODE_LEGACY_AMINO_JSON}, i)
	}
	return data
}

func (s signed) sign(t require.TestingT, a *app.App, tx authsigning.Tx, signer testSigner) signing.SignatureV2 {
	data := authsigning.SignerData{
		ChainID: s.chainID, Address: signer.address().String(), AccountNumber: s.number, Sequence: s.sequence, PubKey: signer.pubKey(),
	}
	handler := a.Encoding.TxConfig.SignModeHandler()
	one := func(key cryptotypes.PrivKey, mode signing.SignMode) *signing.SingleSignatureData {
		text, err := authsigning.GetSignBytesAdapter(context.Background(), handler, mode, data, tx)
		require.NoError(t, err)
		signature, err := key.Sign(text)
		require.NoError(t, err)
		if s.spoiled {
			signature[10] ^= 1
		}
		return &signing.SingleSignatureData{SignMode: mode, Signature: signature}
	}
	result := signing.SignatureV2{Sequence: s.sequence}
	if s.withKey {
		result.PubKey = signer.pubKey()
	}
	if s.wrongKey {
		result.PubKey = chain.Key("somebody else").PubKey()
	}
	if len(signer.keys) == 1 {
		result.Data = one(signer.keys[0], s.mode)
		return result
	}
	multi := kmultisig.NewMultisig(len(signer.keys))
	for _, i := range signer.signing() {
		kmultisig.AddSignature(multi, one(signer.keys[i], signing.SignMode_SIGN_MODE_LEGACY_AMINO_JSON), i)
	}
	result.Data = multi
	return result
}

// TestSignaturesAreJudgedAsTheSDKJudgesThem runs transactions, right and wrong in many ways, through
// our decorator and through the four of the SDK that it stands for: both must say the same and leave
// the same accounts.
func TestSignaturesAreJudgedAsTheSDKJudgesThem(t *testing.T) {
	c := chain.New(t, network.Default())
	ours, theirs := c.App.SignatureCheck(), c.App.SDKSignatureCheck()
	r1, err := secp256r1.GenPrivKey()
	require.NoError(t, err)
	people := []testSigner{
		singleSigner("a"), singleSigner("b"), {keys: []cryptotypes.PrivKey{r1}}, keySigner(t, "sm2"), keySigner(t, "ml_dsa_65"),
		multiSigner("small", 3, 2), multiSigner("large", 8, 2),
	}
	rapid.Check(t, func(t *rapid.T) {
		base := sdk.UnwrapSDKContext(c.Context()).WithChainID(signedChainID).WithIsSigverifyTx(true)
		ours1, theirs1 := branch(base), branch(base)
		known := rapid.Uint64Range(0, 2).Draw(t, "sequence in state")
		keyKnown := rapid.Bool().Draw(t, "key in state")
		first := rapid.IntRange(0, len(people)-1).Draw(t, "signer")
		// One fault at a time: which of two is told first is not the same.
		fault := rapid.SampledFrom([]string{
			"", "", "no account", "sequence", "number", "chain", "no key", "wrong key", "spoiled", "two",
		}).Draw(t, "fault")
		if (fault == "no key" || fault == "wrong key") && first == len(people)-1 {
			keyKnown = false // the SDK counts the keys that are sent, we count the account's
		}
		for i, person := range people {
			if fault == "no account" && i == first {
				continue
			}
			for _, ctx := range []sdk.Context{ours1, theirs1} {
				account := authtypes.NewBaseAccountWithAddress(person.address())
				require.NoError(t, account.SetAccountNumber(uint64(1000+i)))
				require.NoError(t, account.SetSequence(known))
				if keyKnown {
					require.NoError(t, account.SetPubKey(person.pubKey()))
				}
				c.App.Keepers.Accounts.SetAccount(ctx, account)
			}
		}
		s := signed{
			signers: []testSigner{people[first]}, sequence: known, number: uint64(1000 + first), chainID: signedChainID,
			mode: signing.SignMode_SIGN_MODE_DIRECT, withKey: true,
		}
		if rapid.Bool().Draw(t, "amino") {
			s.mode = signing.SignMode_SIGN_MODE_LEGACY_AMINO_JSON
		}
		switch fault {
		case "sequence":
			s.sequence += rapid.Uint64Range(1, 2).Draw(t, "by")
		case "number":
			s.number++
		case "chain":
			s.chainID = "zhilian-other-1"
		case "no key":
			s.withKey = false
		case "wrong key":
			s.wrongKey = true
		case "spoiled":
			s.spoiled = true
		case "two":
			s.signers = append(s.signers, people[(first+1)%2])
		}
		raw := s.bytes(t, c.App)
		tx, err := c.App.Encoding.TxConfig.TxDecoder()(raw)
		require.NoError(t, err)
		simulate := rapid.Bool().Draw(t, "simulate")
		if rapid.Bool().Draw(t, "recheck") {
			ours1, theirs1 = ours1.WithIsReCheckTx(true), theirs1.WithIsReCheckTx(true)
		}
		_, ourErr := ours(ours1.WithTxBytes(raw), tx, simulate)
		_, theirErr := theirs(theirs1.WithTxBytes(raw), tx, simulate)
		requireSameRefusal(t, theirErr, ourErr)
		if theirErr == nil && !simulate { // what a simulation writes is thrown away
			for _, person := range people {
				require.Equal(t, c.App.Keepers.Accounts.GetAccount(theirs1, person.address()), c.App.Keepers.Accounts.GetAccount(ours1, person.address()))
			}
			// Again, now with the signature known: the nonce has been used.
			_, ourErr = ours(ours1.WithTxBytes(raw), tx, simulate)
			_, theirErr = theirs(theirs1.WithTxBytes(raw), tx, simulate)
			requireSameRefusal(t, theirErr, ourErr)
		}
	})
}

func branch(ctx sdk.Context) sdk.Context {
	branched, _ := ctx.CacheContext()
	return branched
}

func requireSameRefusal(t *rapid.T, want, got error) {
	wantSpace, wantCode, wantText := errorsmod.ABCIInfo(want, true)
	gotSpace, gotCode, gotText := errorsmod.ABCIInfo(got, true)
	require.Equal(t, fmt.Sprint(wantSpace, wantCode), fmt.Sprint(gotSpace, gotCode), "want %s, got %s", wantText, gotText)
}

func TestANonceIsStoredWithoutTouchingTheIndexOfAccountNumbers(t *testing.T) {
	c := chain.New(t, network.Default())
	for range 3 {
		c.MustSend(payerKey, payment(fmt.Sprint("n", c.Height()), 1))
	}
	address := sdk.MustAccAddressFromBech32(chain.Address(payerKey))
	account := c.App.Keepers.Accounts.GetAccount(c.Context(), address)
	require.Equal(t, uint64(3), account.GetSequence())
	require.True(t, account.GetPubKey().Equals(chain.Key(payerKey).PubKey()))
	found, err := c.App.Keepers.Accounts.Accounts.Indexes.Number.MatchExact(c.Context(), account.GetAccountNumber())
	require.NoError(t, err)
	require.Equal(t, address, found)
}

func TestASignatureThatWasVerifiedServesNoOtherTransaction(t *testing.T) {
	c := chain.New(t, network.Default())
	raw := c.SignAt(payerKey, 0, payment("first", 1))
	require.Zero(t, c.Block(raw).TxResults[0].Code)
	require.NotZero(t, c.Block(raw).TxResults[0].Code, "a replay has a used nonce")

	// The same signature under another body.
	next := c.SignAt(payerKey, 1, payment("second", 1))
	forged := c.SignAt(payerKey, 1, payment("forged", 100))
	swapped := withSignatureOf(t, forged, next)
	require.Zero(t, checkCode(t, c, next))
	require.NotZero(t, checkCode(t, c, swapped))
	results := c.Block(swapped, next).TxResults
	require.NotZero(t, results[0].Code)
	require.Zero(t, results[1].Code)
}

func checkCode(t *testing.T, c *chain.Chain, raw []byte) uint32 {
	t.Helper()
	response, err := c.App.CheckTx(&abci.RequestCheckTx{Tx: raw})
	require.NoError(t, err)
	return response.Code
}

// withSignatureOf puts the signature of one transaction under the body of another.
func withSignatureOf(t *testing.T, body, from []byte) []byte {
	t.Helper()
	var to, source txtypes.TxRaw
	require.NoError(t, to.Unmarshal(body))
	require.NoError(t, source.Unmarshal(from))
	to.Signatures = source.Signatures
	raw, err := to.Marshal()
	require.NoError(t, err)
	return raw
}
