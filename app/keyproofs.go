package app

import (
	"context"

	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
)

// keyProofs judge the keys that operators want to take as transactions judge those that sign.
type keyProofs struct{ accounts authkeeper.AccountKeeper }

// CheckKey also refuses a multisig of more keys than a transaction may have signatures: it could never sign,
// and its operator would be locked out.
func (p keyProofs) CheckKey(ctx context.Context, key cryptotypes.PubKey) error {
	if key == nil {
		return ErrKeyMalformed.Wrap("the key is missing")
	}
	if err := checkKey(key); err != nil {
		return err
	}
	if err := checkNewKey(key); err != nil {
		return err
	}
	if most, keys := p.accounts.GetParams(ctx).TxSigLimit, ante.CountSubKeys(key); uint64(keys) > most {
		return sdkerrors.ErrTooManySignatures.Wrapf("signatures: %d, limit: %d", keys, most)
	}
	return nil
}

// CheckProof takes the signature of a single key as it is, and that of a multisig as the encoding of
// cosmos.tx.signing.v1beta1.SignatureDescriptor.Data, whatever mode its members' signatures name.
func (keyProofs) CheckProof(_ context.Context, key cryptotypes.PubKey, message, proof []byte) error {
	multi, ok := key.(*multisig.LegacyAminoPubKey)
	if !ok {
		if !key.VerifySignature(message, proof) {
			return sdkerrors.ErrUnauthorized.Wrap("the proof is not the key's signature of the replacement")
		}
		return nil
	}
	data, err := multisigData(proof)
	if err != nil {
		return err
	}
	if err := checkSignature(multi, data); err != nil {
		return err
	}
	signed := func(signing.SignMode) ([]byte, error) { return message, nil }
	if err := multi.VerifyMultisignature(signed, data); err != nil {
		return sdkerrors.ErrUnauthorized.Wrap("the proof is not the members' signature of the replacement")
	}
	return nil
}

// multisigData decodes one level of signatures, which is all that a multisig here has: the SDK's own function
// panics on what is missing.
func multisigData(proof []byte) (*signing.MultiSignatureData, error) {
	malformed := sdkerrors.ErrUnauthorized.Wrap("the proof is no SignatureDescriptor.Data of a multisig")
	var encoded signing.SignatureDescriptor_Data
	if err := encoded.Unmarshal(proof); err != nil || encoded.GetMulti() == nil {
		return nil, malformed
	}
	data := &signing.MultiSignatureData{BitArray: encoded.GetMulti().Bitarray}
	for _, member := range encoded.GetMulti().Signatures {
		single := member.GetSingle()
		if single == nil {
			return nil, malformed
		}
		data.Signatures = append(data.Signatures, &signing.SingleSignatureData{SignMode: single.Mode, Signature: single.Signature})
	}
	return data, nil
}
