package app

import (
	lru "github.com/hashicorp/golang-lru/v2"

	cmtmldsa65 "github.com/cometbft/cometbft/crypto/mldsa65"

	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256r1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	"github.com/zhilian-network/zhilian/crypto/sm2"
)

// checkKey admits the kinds of keys that may sign, and of each the form that the code behind it takes for
// granted: the SDK's keys panic on a wrong length, and those of a multisig on a missing member. The work is
// in proportion to the key's bytes. A key that is nil was left out of the transaction, which may be.
func checkKey(key cryptotypes.PubKey) error {
	if key == nil {
		return nil
	}
	if multi, ok := key.(*multisig.LegacyAminoPubKey); ok {
		return checkMultisig(multi)
	}
	return checkSingleKey(key)
}

func checkSingleKey(key cryptotypes.PubKey) error {
	switch key := key.(type) {
	case *secp256k1.PubKey:
		return checkPoint(key.Type(), key.Key, secp256k1.PubKeySize)
	case *sm2.PubKey:
		return checkPoint(key.Type(), key.Key, sm2.PubKeySize)
	case *secp256r1.PubKey:
		if key.Key == nil { // the decoder has seen to the rest
			return ErrKeyMalformed.Wrap("the secp256r1 key is empty")
		}
	case *mldsa65.PubKey:
		if len(key.Key) != cmtmldsa65.PubKeySize {
			return ErrKeyMalformed.Wrapf("%s: %d bytes, want %d", key.Type(), len(key.Key), cmtmldsa65.PubKeySize)
		}
	default:
		return ErrKeyNotAccepted.Wrapf("foreign key type %T", key)
	}
	return nil
}

// checkPoint wants a compressed point. Whether it is on the curve costs a square root: it is asked when the
// account takes the key, and again by each verification.
func checkPoint(kind string, key []byte, size int) error {
	if len(key) != size {
		return ErrKeyMalformed.Wrapf("%s: %d bytes, want %d", kind, len(key), size)
	}
	if key[0] != 2 && key[0] != 3 {
		return ErrKeyMalformed.Wrapf("%s: the first byte is %02x, want 02 or 03: a compressed point", kind, key[0])
	}
	return nil
}

// checkMultisig admits K of N different single keys. The SDK would take a K of 0, which everybody fulfils, and
// the same key twice, which lets one person be two.
func checkMultisig(key *multisig.LegacyAminoPubKey) error {
	members := len(key.PubKeys)
	if key.Threshold < 1 || uint64(key.Threshold) > uint64(members) {
		return ErrKeyMalformed.Wrapf("multisig: %d of %d keys cannot sign", key.Threshold, members)
	}
	seen := make(map[string]bool, members)
	for i, packed := range key.PubKeys {
		member, ok := packed.GetCachedValue().(cryptotypes.PubKey)
		if !ok {
			return ErrKeyMalformed.Wrapf("multisig: key %d is missing", i+1)
		}
		switch member.(type) {
		case *multisig.LegacyAminoPubKey:
			return ErrKeyNotAccepted.Wrapf("multisig: key %d is a multisig itself", i+1)
		case *secp256r1.PubKey:
			// A multisig's address comes of its members in amino, and the SDK has no amino form of this one.
			return ErrKeyNotAccepted.Wrapf("multisig: key %d is a secp256r1 key, which signs alone only", i+1)
		}
		if err := checkSingleKey(member); err != nil {
			return err
		}
		name := member.Type() + string(member.Bytes())
		if seen[name] {
			return ErrKeyMalformed.Wrapf("multisig: key %d is there twice", i+1)
		}
		seen[name] = true
	}
	return nil
}

// checkNewKey is for a key that an account is about to keep, and that checkKey has admitted.
func checkNewKey(key cryptotypes.PubKey) error {
	members := []cryptotypes.PubKey{key}
	if multi, ok := key.(*multisig.LegacyAminoPubKey); ok {
		members = multi.GetPubKeys()
	}
	for _, member := range members {
		if member, ok := member.(*sm2.PubKey); ok {
			if err := member.Validate(); err != nil {
				return ErrKeyMalformed.Wrap(err.Error())
			}
		}
	}
	return nil
}

// checkSignature wants a signature of the form of its key: one, or exactly those that the bits of a multisig
// name. The SDK panics on one signature for a multisig, and does not look at signatures behind those that the
// bits name, nor at bits behind the last key, where a stranger could add to a transaction.
func checkSignature(key cryptotypes.PubKey, data signing.SignatureData) error {
	multi, ok := key.(*multisig.LegacyAminoPubKey)
	if !ok {
		if _, single := data.(*signing.SingleSignatureData); !single {
			return sdkerrors.ErrUnauthorized.Wrap("the key signs alone: want one signature")
		}
		return nil
	}
	signatures, ok := data.(*signing.MultiSignatureData)
	if !ok {
		return sdkerrors.ErrUnauthorized.Wrap("the key is a multisig: want the signatures of its members")
	}
	members, bits := len(multi.PubKeys), signatures.BitArray
	if bits == nil || len(bits.Elems) != (members+7)/8 || int(bits.ExtraBitsStored) != members%8 {
		return sdkerrors.ErrUnauthorized.Wrapf("multisig: want a bit for each of the %d keys", members)
	}
	if unused := (8 - members%8) % 8; bits.Elems[len(bits.Elems)-1]&(1<<unused-1) != 0 {
		return sdkerrors.ErrUnauthorized.Wrap("multisig: a bit is set behind that of the last key")
	}
	if signed := bits.NumTrueBitsBefore(members); signed != len(signatures.Signatures) {
		return sdkerrors.ErrUnauthorized.Wrapf("multisig: %d keys are said to have signed, and there are %d signatures", signed, len(signatures.Signatures))
	}
	return nil
}

// checkModes is asked before the signatures are read: the SDK's reader panics on a mode that says nothing, and
// follows a multisig within a multisig to any depth. A simulation may say no mode.
func checkModes(tx sdk.Tx) error {
	decoded, ok := tx.(interface{ GetProtoTx() *txtypes.Tx })
	if !ok {
		return sdkerrors.ErrTxDecode.Wrapf("%T does not say how it was signed", tx)
	}
	for i, info := range decoded.GetProtoTx().GetAuthInfo().GetSignerInfos() {
		mode := info.GetModeInfo()
		if mode == nil || mode.GetSingle() != nil {
			continue
		}
		if mode.GetMulti() == nil {
			return sdkerrors.ErrTxDecode.Wrapf("signer %d: the mode says nothing", i+1)
		}
		for _, member := range mode.GetMulti().ModeInfos {
			if member.GetSingle() == nil {
				return sdkerrors.ErrTxDecode.Wrapf("signer %d: each member of a multisig gives one signature", i+1)
			}
		}
	}
	return nil
}

// expandedMax bounds the expanded ML-DSA keys that are remembered, of some 40 kB each.
const expandedMax = 512

// expandedKeys remembers ML-DSA keys in the form that they verify with: to make it of the key's bytes is three
// quarters of a verification. Members of a multisig are left to the SDK, which expands them each time.
type expandedKeys struct {
	known *lru.Cache[string, cmtmldsa65.PubKey]
}

func newExpandedKeys() expandedKeys {
	known, err := lru.New[string, cmtmldsa65.PubKey](expandedMax)
	if err != nil {
		panic(err) // only a size below 1 is refused
	}
	return expandedKeys{known}
}

// verifier is the same key, ready to verify.
func (e expandedKeys) verifier(key cryptotypes.PubKey) cryptotypes.PubKey {
	packed, ok := key.(*mldsa65.PubKey)
	if !ok {
		return key
	}
	expanded, known := e.known.Get(string(packed.Key))
	if !known {
		var err error
		if expanded, err = cmtmldsa65.NewPubKeyFromBytes(packed.Key); err != nil {
			return key // it verifies nothing
		}
		e.known.Add(string(packed.Key), expanded)
	}
	return expandedKey{packed, expanded}
}

type expandedKey struct {
	*mldsa65.PubKey
	expanded cmtmldsa65.PubKey
}

// VerifySignature says what the key itself would say.
func (k expandedKey) VerifySignature(message, signature []byte) bool {
	return k.expanded.VerifySignature(message, signature)
}
