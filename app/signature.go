package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"google.golang.org/protobuf/types/known/anypb"

	"cosmossdk.io/core/address"
	errorsmod "cosmossdk.io/errors"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	"github.com/cosmos/cosmos-sdk/x/auth/ante"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	txsigning "github.com/cosmos/cosmos-sdk/x/tx/signing"
)

// signaturesMax bounds the signatures that are remembered as verified.
const signaturesMax = 100_000

// signatureDecorator makes sure that every signer has signed, with the next nonce, and uses the
// nonce up. It does the work of four of the SDK's decorators (SetPubKey, ValidateSigCount,
// SigVerification, IncrementSequence) with one read and one write of each account, and verifies a
// signature once: the check of the mempool and the block ask for the same one. It refuses what they
// refuse, with their errors; a test compares them. Beyond that it admits only the kinds of keys and the forms
// of signatures that keys.go lists.
type signatureDecorator struct {
	accounts signerAccounts
	modes    *txsigning.HandlerMap
	verified *recent[[32]byte, struct{}]
	expanded expandedKeys
}

// signerAccounts are the accounts that hold the operators' public keys and nonces.
type signerAccounts interface {
	// Get returns nil if there is no such account.
	Get(ctx context.Context, address sdk.AccAddress) (sdk.AccountI, error)
	// Update stores the account of an address; its number must not have changed.
	Update(ctx context.Context, address sdk.AccAddress, account sdk.AccountI) error
	// SignaturesMax is how many signatures a transaction may have, those inside a multisig included.
	SignaturesMax(ctx context.Context) uint64
	AddressCodec() address.Codec
}

func newSignatureDecorator(accounts signerAccounts, modes *txsigning.HandlerMap) signatureDecorator {
	return signatureDecorator{
		accounts: accounts, modes: modes, verified: newRecent[[32]byte, struct{}](signaturesMax), expanded: newExpandedKeys(),
	}
}

// signer is one of those who sign a transaction.
type signer struct {
	index     int
	address   sdk.AccAddress
	account   sdk.AccountI
	signature signing.SignatureV2
}

func (d signatureDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	sigTx, ok := tx.(authsigning.Tx)
	if !ok {
		return ctx, errorsmod.Wrap(sdkerrors.ErrTxDecode, "invalid tx type")
	}
	if sigTx.GetUnordered() {
		return ctx, errorsmod.Wrap(sdkerrors.ErrNotSupported, "unordered transactions are not enabled")
	}
	signers, err := d.signers(ctx, sigTx, simulate)
	if err != nil {
		return ctx, err
	}
	for _, s := range signers {
		if err := d.check(ctx, sigTx, s, simulate); err != nil {
			return ctx, err
		}
	}
	for _, s := range signers {
		if err := d.useNonce(ctx, s); err != nil {
			return ctx, err
		}
	}
	return next(ctx, tx, simulate)
}

// signers loads who signs. The first transaction of a key brings the public key along.
func (d signatureDecorator) signers(ctx sdk.Context, tx authsigning.Tx, simulate bool) ([]signer, error) {
	addresses, err := tx.GetSigners()
	if err != nil {
		return nil, err
	}
	if err := checkModes(tx); err != nil {
		return nil, err
	}
	signatures, err := tx.GetSignaturesV2()
	if err != nil {
		return nil, err
	}
	if len(signatures) != len(addresses) {
		return nil, errorsmod.Wrapf(sdkerrors.ErrTxDecode, "expected %d signer infos, got %d", len(addresses), len(signatures))
	}
	signers := make([]signer, len(signatures))
	count := 0
	for i, signature := range signatures {
		if err := checkKey(signature.PubKey); err != nil {
			return nil, err
		}
		account, err := d.accounts.Get(ctx, addresses[i])
		if err != nil {
			return nil, err
		}
		if account == nil {
			return nil, errorsmod.Wrapf(sdkerrors.ErrUnknownAddress, "account %s does not exist", sdk.AccAddress(addresses[i]))
		}
		if err := takePubKey(ctx, addresses[i], account, signature.PubKey, simulate); err != nil {
			return nil, err
		}
		// A genesis may have given the account a key that never came by here.
		if err := checkKey(account.GetPubKey()); err != nil {
			return nil, err
		}
		signers[i] = signer{index: i, address: addresses[i], account: account, signature: signature}
		// The account's key and not the sent one, which may be left out.
		count += ante.CountSubKeys(account.GetPubKey())
	}
	return signers, d.limit(ctx, count)
}

func (d signatureDecorator) limit(ctx sdk.Context, signatures int) error {
	if signatures <= 1 {
		return nil // one key that signs alone is always allowed: the limit need not be read
	}
	if most := d.accounts.SignaturesMax(ctx); uint64(signatures) > most {
		return errorsmod.Wrapf(sdkerrors.ErrTooManySignatures, "signatures: %d, limit: %d", signatures, most)
	}
	return nil
}

// takePubKey gives an account the public key of its first transaction.
func takePubKey(ctx sdk.Context, address sdk.AccAddress, account sdk.AccountI, sent cryptotypes.PubKey, simulate bool) error {
	known := account.GetPubKey()
	if sent == nil || known != nil && known.Equals(sent) {
		return nil
	}
	if !simulate && ctx.IsSigverifyTx() && !bytes.Equal(sent.Address(), address) {
		return errorsmod.Wrapf(sdkerrors.ErrInvalidPubKey, "pubKey does not match signer address %s", address)
	}
	if known != nil {
		return nil
	}
	if err := checkNewKey(sent); err != nil {
		return err
	}
	if err := account.SetPubKey(sent); err != nil {
		return errorsmod.Wrap(sdkerrors.ErrInvalidPubKey, err.Error())
	}
	return nil
}

// check wants the next nonce and the right signature.
func (d signatureDecorator) check(ctx sdk.Context, tx authsigning.Tx, s signer, simulate bool) error {
	pubKey := s.account.GetPubKey()
	if pubKey == nil && !simulate {
		return errorsmod.Wrap(sdkerrors.ErrInvalidPubKey, "pubkey on account is not set")
	}
	if expected := s.account.GetSequence(); s.signature.Sequence != expected {
		return errorsmod.Wrapf(sdkerrors.ErrWrongSequence, "account sequence mismatch, expected %d, got %d", expected, s.signature.Sequence)
	}
	if simulate || ctx.IsReCheckTx() || !ctx.IsSigverifyTx() {
		return nil
	}
	// Before its first block a chain has no account numbers to sign with.
	number := s.account.GetAccountNumber()
	if ctx.BlockHeight() == 0 {
		number = 0
	}
	key := verifiedKey(ctx, s, pubKey, number)
	if _, known := d.verified.get(key); known {
		return nil
	}
	if err := checkSignature(pubKey, s.signature.Data); err != nil {
		return err
	}
	if err := d.verify(ctx, tx, s, pubKey, number); err != nil {
		return err
	}
	d.verified.put(key, struct{}{}, 1)
	return nil
}

// verifiedKey covers everything that the verification of a signature depends on: the transaction as
// it was sent, with its signatures, and what is signed beside it.
func verifiedKey(ctx sdk.Context, s signer, pubKey cryptotypes.PubKey, number uint64) [32]byte {
	hash := sha256.New()
	for _, part := range [][]byte{ctx.TxBytes(), []byte(ctx.ChainID()), []byte(pubKey.Type()), pubKey.Bytes(), s.address} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		hash.Write(length[:])
		hash.Write(part)
	}
	for _, n := range []uint64{uint64(s.index), number, s.signature.Sequence} {
		var text [8]byte
		binary.BigEndian.PutUint64(text[:], n)
		hash.Write(text[:])
	}
	return [32]byte(hash.Sum(nil))
}

func (d signatureDecorator) verify(ctx sdk.Context, tx authsigning.Tx, s signer, pubKey cryptotypes.PubKey, number uint64) error {
	adaptable, ok := tx.(authsigning.V2AdaptableTx)
	if !ok {
		return errorsmod.Wrapf(sdkerrors.ErrTxDecode, "%T does not say what was signed", tx)
	}
	packed, err := codectypes.NewAnyWithValue(pubKey)
	if err != nil {
		return errorsmod.Wrap(sdkerrors.ErrInvalidPubKey, err.Error())
	}
	text, err := d.accounts.AddressCodec().BytesToString(s.address)
	if err != nil {
		return errorsmod.Wrap(sdkerrors.ErrInvalidAddress, err.Error())
	}
	data := txsigning.SignerData{
		Address: text, ChainID: ctx.ChainID(), AccountNumber: number, Sequence: s.signature.Sequence,
		PubKey: &anypb.Any{TypeUrl: packed.TypeUrl, Value: packed.Value},
	}
	err = authsigning.VerifySignature(ctx, d.expanded.verifier(pubKey), data, s.signature.Data, d.modes, adaptable.GetSigningTxData())
	if err != nil {
		return errorsmod.Wrapf(sdkerrors.ErrUnauthorized,
			"signature verification failed; please verify account number (%d), sequence (%d) and chain-id (%s): %s",
			number, s.signature.Sequence, ctx.ChainID(), err)
	}
	return nil
}

// useNonce stores the next nonce, and says which one was used: a transaction is found by it.
func (d signatureDecorator) useNonce(ctx sdk.Context, s signer) error {
	text, err := d.accounts.AddressCodec().BytesToString(s.address)
	if err != nil {
		return errorsmod.Wrap(sdkerrors.ErrInvalidAddress, err.Error())
	}
	used := s.account.GetSequence()
	ctx.EventManager().EmitEvent(sdk.NewEvent(sdk.EventTypeTx,
		sdk.NewAttribute(sdk.AttributeKeyAccountSequence, text+"/"+strconv.FormatUint(used, 10))))
	if err := s.account.SetSequence(used + 1); err != nil {
		return errorsmod.Wrap(sdkerrors.ErrWrongSequence, err.Error())
	}
	return d.accounts.Update(ctx, s.address, s.account)
}
