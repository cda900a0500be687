package app_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"math/big"
	"slices"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	dcrd "github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	"github.com/cosmos/cosmos-sdk/crypto/keys/multisig"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1eth"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256r1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/crypto/accountkey"
	"github.com/zhilian-network/zhilian/crypto/sm2"
	"github.com/zhilian-network/zhilian/localnet/genesis"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
)

// keyOf is a key of a kind, always the same for a name.
func keyOf(t testing.TB, kind, name string) cryptotypes.PrivKey {
	t.Helper()
	algorithm, err := accountkey.Parse(kind)
	require.NoError(t, err)
	seed := sha256.Sum256([]byte(kind + name))
	return algorithm.Generate()(seed[:])
}

func keySigner(t testing.TB, kind string) testSigner {
	t.Helper()
	return testSigner{keys: []cryptotypes.PrivKey{keyOf(t, kind, "alone")}}
}

// mixed is two of three: every kind of key that a multisig may have.
func mixed(t testing.TB, present ...int) testSigner {
	t.Helper()
	return testSigner{
		keys:      []cryptotypes.PrivKey{keyOf(t, "secp256k1", "one"), keyOf(t, "sm2", "two"), keyOf(t, "ml_dsa_65", "three")},
		threshold: 2, present: present,
	}
}

// admit makes a signer an operator of the paying customer.
func admit(c *chain.Chain, s testSigner) {
	c.MustSend(payerBankKey, &accesstypes.MsgRegisterOperator{
		Operator: chain.Address(payerBankKey), Address: s.address().String(), InstitutionId: "BQDQ", PartyId: payer,
		Roles: []string{genesis.RolePayer},
	})
}

// next is the signer's next transaction, right in everything.
func next(c *chain.Chain, s testSigner) signed {
	account := c.App.Keepers.Accounts.GetAccount(c.Context(), s.address())
	mode := signing.SignMode_SIGN_MODE_DIRECT
	if len(s.keys) > 1 {
		mode = signing.SignMode_SIGN_MODE_LEGACY_AMINO_JSON
	}
	return signed{
		signers: []testSigner{s}, sequence: account.GetSequence(), number: account.GetAccountNumber(),
		chainID: network.Default().ChainID, mode: mode, withKey: true,
	}
}

func TestOperatorsSignWithEveryKindOfKey(t *testing.T) {
	c := chain.New(t, network.Default())
	before := balance(t, c, supplier, "LSHB/CNY")
	paid := int64(0)
	for name, signer := range map[string]testSigner{
		"secp256k1": keySigner(t, "secp256k1"), "secp256r1": keySigner(t, "secp256r1"),
		"sm2": keySigner(t, "sm2"), "ml_dsa_65": keySigner(t, "ml_dsa_65"),
		"first and second of a multisig": mixed(t, 0, 1),
	} {
		admit(c, signer)
		for _, withKey := range []bool{true, false} { // the second transaction may leave the key out
			tx := next(c, signer)
			tx.withKey = withKey
			raw := tx.bytes(t, c.App)
			response, err := c.App.CheckTx(&abci.RequestCheckTx{Tx: raw})
			require.NoError(t, err)
			require.Zero(t, response.Code, "%s: %s", name, response.Log)
			result := c.Block(raw).TxResults[0]
			require.Zero(t, result.Code, "%s: %s", name, result.Log)
			paid = 1 // a retry of the same payment: each moves the same fen once
		}
	}
	for name, signer := range map[string]testSigner{
		"first and third": mixed(t, 0, 2), "second and third": mixed(t, 1, 2), "all": mixed(t, 0, 1, 2),
	} {
		result := c.Block(next(c, signer).bytes(t, c.App)).TxResults[0]
		require.Zero(t, result.Code, "%s: %s", name, result.Log)
	}
	result := c.Block(next(c, mixed(t, 2)).bytes(t, c.App)).TxResults[0]
	requireRefused(t, sdkerrors.ErrUnauthorized.ABCICode(), sdkerrors.RootCodespace, result)
	require.Equal(t, before.AddRaw(paid), balance(t, c, supplier, "LSHB/CNY"))
	c.RequireMoneyConserved()

	c.Restart() // keys come out of the store as they went in
	for _, signer := range []testSigner{keySigner(t, "sm2"), keySigner(t, "ml_dsa_65"), mixed(t)} {
		require.True(t, c.App.Keepers.Accounts.GetAccount(c.Context(), signer.address()).GetPubKey().Equals(signer.pubKey()))
		require.Zero(t, c.Block(next(c, signer).bytes(t, c.App)).TxResults[0].Code)
	}
}

func requireRefused(t *testing.T, code uint32, codespace string, result *abci.ExecTxResult) {
	t.Helper()
	require.Equal(t, codespace, result.Codespace, result.Log)
	require.Equal(t, code, result.Code, result.Log)
}

func TestASpoiledSignatureOfEachKindIsRefused(t *testing.T) {
	c := chain.New(t, network.Default())
	for _, kind := range []string{"secp256k1", "secp256r1", "sm2", "ml_dsa_65"} {
		signer := keySigner(t, kind)
		admit(c, signer)
		for _, tx := range []signed{next(c, signer), next(c, signer)} {
			tx.spoiled = true
			requireRefused(t, sdkerrors.ErrUnauthorized.ABCICode(), sdkerrors.RootCodespace, c.Block(tx.bytes(t, c.App)).TxResults[0])
		}
		require.Zero(t, c.Block(next(c, signer).bytes(t, c.App)).TxResults[0].Code)
	}
}

// Of an ECDSA signature anybody can make the other one. The SDK's keys refuse it; if an update of it
// stopped doing so, this would tell.
func TestTheOtherHalfOfAnECDSASignatureIsRefused(t *testing.T) {
	c := chain.New(t, network.Default())
	for kind, order := range map[string]*big.Int{"secp256k1": dcrd.Params().N, "secp256r1": elliptic.P256().Params().N} {
		signer := keySigner(t, kind)
		admit(c, signer)
		raw := next(c, signer).bytes(t, c.App)
		var tx txtypes.TxRaw
		require.NoError(t, tx.Unmarshal(raw))
		low := new(big.Int).SetBytes(tx.Signatures[0][32:])
		require.Negative(t, low.Cmp(new(big.Int).Rsh(order, 1)))
		high := bytes.Clone(tx.Signatures[0])
		new(big.Int).Sub(order, low).FillBytes(high[32:])
		tx.Signatures[0] = high
		forged, err := tx.Marshal()
		require.NoError(t, err)
		requireRefused(t, sdkerrors.ErrUnauthorized.ABCICode(), sdkerrors.RootCodespace, c.Block(forged).TxResults[0])
		require.Zero(t, c.Block(raw).TxResults[0].Code)
	}
}

// withKey replaces the key that a transaction brings along.
func withKey(t *testing.T, raw []byte, key packable) []byte {
	t.Helper()
	var tx txtypes.TxRaw
	require.NoError(t, tx.Unmarshal(raw))
	var info txtypes.AuthInfo
	require.NoError(t, info.Unmarshal(tx.AuthInfoBytes))
	packed, err := codectypes.NewAnyWithValue(key)
	require.NoError(t, err)
	info.SignerInfos[0].PublicKey = packed
	tx.AuthInfoBytes, err = info.Marshal()
	require.NoError(t, err)
	changed, err := tx.Marshal()
	require.NoError(t, err)
	return changed
}

type packable = codec.ProtoMarshaler

func packMembers(t *testing.T, threshold uint32, members ...packable) *multisig.LegacyAminoPubKey {
	t.Helper()
	key := &multisig.LegacyAminoPubKey{Threshold: threshold}
	for _, member := range members {
		packed, err := codectypes.NewAnyWithValue(member)
		require.NoError(t, err)
		key.PubKeys = append(key.PubKeys, packed)
	}
	return key
}

// Each of these reaches the door in the name of an operator who has not signed before. None may get
// further, and none may make the node's code panic: that would be the SDK's code for it.
func TestForeignAndMalformedKeysAreRefusedByName(t *testing.T) {
	c := chain.New(t, network.Default())
	public := func(kind, name string) packable { return keyOf(t, kind, name).PubKey().(packable) }
	k1, ours, pq := public("secp256k1", "m"), public("sm2", "m"), public("ml_dsa_65", "m")
	eth := secp256k1eth.GenPrivKey()
	offCurve := bytes.Clone(ours.(*sm2.PubKey).Key)
	for (&sm2.PubKey{Key: offCurve}).Validate() == nil {
		offCurve[32]++
	}
	for name, refused := range map[string]struct {
		key  packable
		code uint32
	}{
		"ed25519":                     {ed25519.GenPrivKeyFromSecret([]byte("x")).PubKey().(packable), app.ErrKeyNotAccepted.ABCICode()},
		"secp256k1eth":                {eth.PubKey().(packable), app.ErrKeyNotAccepted.ABCICode()},
		"a multisig with ed25519":     {packMembers(t, 1, k1, ed25519.GenPrivKeyFromSecret([]byte("x")).PubKey().(packable)), app.ErrKeyNotAccepted.ABCICode()},
		"a multisig with secp256r1":   {packMembers(t, 1, k1, public("secp256r1", "m")), app.ErrKeyNotAccepted.ABCICode()},
		"a multisig in a multisig":    {packMembers(t, 1, k1, packMembers(t, 1, ours)), app.ErrKeyNotAccepted.ABCICode()},
		"a multisig of nobody":        {packMembers(t, 0), app.ErrKeyMalformed.ABCICode()},
		"a multisig that needs none":  {packMembers(t, 0, k1, ours), app.ErrKeyMalformed.ABCICode()},
		"a multisig that needs more":  {packMembers(t, 3, k1, ours), app.ErrKeyMalformed.ABCICode()},
		"a multisig of one twice":     {packMembers(t, 2, k1, ours, k1), app.ErrKeyMalformed.ABCICode()},
		"a multisig with a short key": {packMembers(t, 1, pq, &mldsa65.PubKey{Key: make([]byte, 1951)}), app.ErrKeyMalformed.ABCICode()},
		"secp256k1, short":            {&secp256k1.PubKey{Key: make([]byte, 32)}, app.ErrKeyMalformed.ABCICode()},
		"secp256k1, empty":            {&secp256k1.PubKey{}, app.ErrKeyMalformed.ABCICode()},
		"secp256k1, no point":         {&secp256k1.PubKey{Key: make([]byte, 33)}, app.ErrKeyMalformed.ABCICode()},
		"secp256k1, uncompressed":     {&secp256k1.PubKey{Key: append([]byte{4}, make([]byte, 64)...)}, app.ErrKeyMalformed.ABCICode()},
		"secp256r1, empty":            {&secp256r1.PubKey{}, app.ErrKeyMalformed.ABCICode()},
		"sm2, empty":                  {&sm2.PubKey{}, app.ErrKeyMalformed.ABCICode()},
		"sm2, hybrid":                 {&sm2.PubKey{Key: append([]byte{6}, make([]byte, 64)...)}, app.ErrKeyMalformed.ABCICode()},
		"ml_dsa_65, long":             {&mldsa65.PubKey{Key: make([]byte, 1953)}, app.ErrKeyMalformed.ABCICode()},
	} {
		t.Run(name, func(t *testing.T) {
			raw := withKey(t, c.SignAt(payerKey, 0, payment("x", 1)), refused.key)
			response, err := c.App.CheckTx(&abci.RequestCheckTx{Tx: raw})
			require.NoError(t, err)
			require.Equal(t, app.Name, response.Codespace, response.Log)
			require.Equal(t, refused.code, response.Code, response.Log)
			requireRefused(t, refused.code, app.Name, c.Block(raw).TxResults[0])
			_, _, err = c.App.Simulate(raw)
			require.Error(t, err)
			require.NotErrorIs(t, err, sdkerrors.ErrPanic)
		})
	}
	require.Nil(t, c.App.Keepers.Accounts.GetAccount(c.Context(), sdk.MustAccAddressFromBech32(chain.Address(payerKey))).GetPubKey())

	// A key off the curve has an address too, so it can be registered; its account never gets it.
	outsider := &sm2.PubKey{Key: offCurve}
	c.MustSend(payerBankKey, &accesstypes.MsgRegisterOperator{
		Operator: chain.Address(payerBankKey), Address: sdk.AccAddress(outsider.Address()).String(), InstitutionId: "BQDQ", PartyId: payer,
		Roles: []string{genesis.RolePayer},
	})
	message := payment("x", 1)
	message.Operator = sdk.AccAddress(outsider.Address()).String()
	requireRefused(t, app.ErrKeyMalformed.ABCICode(), app.Name, c.Block(withKey(t, c.SignAt(payerKey, 0, message), outsider)).TxResults[0])
}

func TestAMultisigHasAsManyKeysAsTheLimitOfSignatures(t *testing.T) {
	c := chain.New(t, network.Default())
	most := int(c.App.Keepers.Accounts.GetParams(c.Context()).TxSigLimit)
	atLimit, beyond := multiSigner("seven", most, 1), multiSigner("eight", most+1, 1)
	admit(c, atLimit)
	admit(c, beyond)
	require.Zero(t, c.Block(next(c, atLimit).bytes(t, c.App)).TxResults[0].Code)
	tooMany := sdkerrors.ErrTooManySignatures.ABCICode()
	requireRefused(t, tooMany, sdkerrors.RootCodespace, c.Block(next(c, beyond).bytes(t, c.App)).TxResults[0])

	// The account may have had its key from genesis: leaving it out of the transaction is no way round.
	account := c.App.Keepers.Accounts.GetAccount(c.Context(), beyond.address())
	require.NoError(t, account.SetPubKey(beyond.pubKey()))
	ctx := branch(sdk.UnwrapSDKContext(c.Context()).WithIsSigverifyTx(true).WithChainID(network.Default().ChainID))
	c.App.Keepers.Accounts.SetAccount(ctx, account)
	tx := next(c, beyond)
	tx.withKey = false
	raw := tx.bytes(t, c.App)
	decoded, err := c.App.Encoding.TxConfig.TxDecoder()(raw)
	require.NoError(t, err)
	_, err = c.App.SignatureCheck()(ctx.WithTxBytes(raw), decoded, false)
	require.ErrorIs(t, err, sdkerrors.ErrTooManySignatures)
}

// The signatures of a multisig and its bits are signed by nobody: what could be added to them would be a
// second transaction with the same meaning, and room for text.
func TestNothingCanBeAddedToTheSignaturesOfAMultisig(t *testing.T) {
	c := chain.New(t, network.Default())
	signer := mixed(t, 0, 1)
	admit(c, signer)
	raw := next(c, signer).bytes(t, c.App)
	for name, spoil := range map[string]func(info *txtypes.ModeInfo_Multi, signatures *[][]byte){
		"a signature behind the named ones": func(info *txtypes.ModeInfo_Multi, signatures *[][]byte) {
			info.ModeInfos = append(info.ModeInfos, info.ModeInfos[0])
			*signatures = append(*signatures, []byte("free text"))
		},
		"a bit behind the last key": func(info *txtypes.ModeInfo_Multi, _ *[][]byte) { info.Bitarray.Elems[0] |= 1 },
		"a byte of bits":            func(info *txtypes.ModeInfo_Multi, _ *[][]byte) { info.Bitarray.Elems = append(info.Bitarray.Elems, 0) },
		"bits of no key":            func(info *txtypes.ModeInfo_Multi, _ *[][]byte) { info.Bitarray.ExtraBitsStored = 4 },
		"no room for bits":          func(info *txtypes.ModeInfo_Multi, _ *[][]byte) { info.Bitarray.Elems = nil },
		"no bits":                   func(info *txtypes.ModeInfo_Multi, _ *[][]byte) { info.Bitarray = nil },
		"one signature too few": func(info *txtypes.ModeInfo_Multi, signatures *[][]byte) {
			info.ModeInfos, *signatures = info.ModeInfos[:1], (*signatures)[:1]
		},
		"signatures of others": func(_ *txtypes.ModeInfo_Multi, signatures *[][]byte) { slices.Reverse(*signatures) },
	} {
		var tx txtypes.TxRaw
		require.NoError(t, tx.Unmarshal(raw))
		var info txtypes.AuthInfo
		require.NoError(t, info.Unmarshal(tx.AuthInfoBytes))
		var signatures cryptotypes.MultiSignature
		require.NoError(t, signatures.Unmarshal(tx.Signatures[0]))
		spoil(info.SignerInfos[0].ModeInfo.GetMulti(), &signatures.Signatures)
		tx.AuthInfoBytes, _ = info.Marshal()
		tx.Signatures[0], _ = signatures.Marshal()
		changed, err := tx.Marshal()
		require.NoError(t, err)
		result := c.Block(changed).TxResults[0]
		require.Equal(t, sdkerrors.RootCodespace, result.Codespace, "%s: %s", name, result.Log)
		require.Equal(t, sdkerrors.ErrUnauthorized.ABCICode(), result.Code, "%s: %s", name, result.Log)
	}
	require.Zero(t, c.Block(raw).TxResults[0].Code)
}

// One signature in the place of a multisig's, and the other way round, ended in a panic inside the SDK.
func TestASignatureOfTheWrongShapeIsRefused(t *testing.T) {
	c := chain.New(t, network.Default())
	alone, group := keySigner(t, "sm2"), mixed(t)
	for _, signer := range []testSigner{alone, group} {
		admit(c, signer)
		require.Zero(t, c.Block(next(c, signer).bytes(t, c.App)).TxResults[0].Code)
	}
	for _, s := range []struct{ who, as testSigner }{{alone, group}, {group, alone}} {
		var tx, shape txtypes.TxRaw
		require.NoError(t, tx.Unmarshal(next(c, s.who).bytes(t, c.App)))
		require.NoError(t, shape.Unmarshal(next(c, s.as).bytes(t, c.App)))
		var info, other txtypes.AuthInfo
		require.NoError(t, info.Unmarshal(tx.AuthInfoBytes))
		require.NoError(t, other.Unmarshal(shape.AuthInfoBytes))
		info.SignerInfos[0].ModeInfo = other.SignerInfos[0].ModeInfo
		tx.AuthInfoBytes, _ = info.Marshal()
		tx.Signatures = shape.Signatures
		raw, err := tx.Marshal()
		require.NoError(t, err)
		requireRefused(t, sdkerrors.ErrUnauthorized.ABCICode(), sdkerrors.RootCodespace, c.Block(raw).TxResults[0])
	}
}

// The expanded form of an ML-DSA key must serve that key alone.
func TestAnExpandedKeyServesItsOwnAccountOnly(t *testing.T) {
	c := chain.New(t, network.Default())
	one := testSigner{keys: []cryptotypes.PrivKey{keyOf(t, "ml_dsa_65", "one")}}
	other := testSigner{keys: []cryptotypes.PrivKey{keyOf(t, "ml_dsa_65", "other")}}
	admit(c, one)
	admit(c, other)
	for range 2 {
		require.Zero(t, c.Block(next(c, one).bytes(t, c.App)).TxResults[0].Code)
		require.Zero(t, c.Block(next(c, other).bytes(t, c.App)).TxResults[0].Code)
	}
	swapped := withSignatureOf(t, next(c, one).bytes(t, c.App), next(c, other).bytes(t, c.App))
	requireRefused(t, sdkerrors.ErrUnauthorized.ABCICode(), sdkerrors.RootCodespace, c.Block(swapped).TxResults[0])
}

// open submits a proposal and has two of the three institutions agree that it takes.
func open(t *testing.T, c *chain.Chain, messages ...sdk.Msg) uint64 {
	t.Helper()
	submit := &consortiumtypes.MsgSubmitProposal{Operator: chain.Address("bank-QDCB"), Title: "keys"}
	for _, message := range messages {
		packed, err := codectypes.NewAnyWithValue(message)
		require.NoError(t, err)
		submit.Messages = append(submit.Messages, packed)
	}
	id := chain.Response[consortiumtypes.MsgSubmitProposalResponse](t, c.MustSend("bank-QDCB", submit)).ProposalId
	for _, bank := range []string{"bank-QDCB", "bank-BQDQ"} {
		c.MustSend(bank, yes(bank, id))
	}
	return id
}

func yes(bank string, id uint64) *consortiumtypes.MsgCastVote {
	return &consortiumtypes.MsgCastVote{Operator: chain.Address(bank), ProposalId: id, Option: consortiumtypes.VoteOption_VOTE_OPTION_YES}
}

// CometBFT would stop at an update for an ML-DSA validator in the block that allows such keys.
func TestValidatorsMoveToMLDSAByVoteAndNotABlockTooEarly(t *testing.T) {
	// The SDK's settings for tests name an authority above ours.
	settings := *simtestutil.DefaultConsensusParams
	simtestutil.DefaultConsensusParams.Authority = nil
	t.Cleanup(func() { simtestutil.DefaultConsensusParams.Authority = settings.Authority })
	c := chain.New(t, network.Default())
	allow := &consensustypes.MsgUpdateParams{
		Authority: app.Authority(), Block: settings.Block, Evidence: settings.Evidence,
		Validator: &cmtproto.ValidatorParams{PubKeyTypes: []string{"ed25519", "ml_dsa_65"}},
	}
	allow.Block = &cmtproto.BlockParams{MaxBytes: 8 << 20, MaxGas: -1}
	key := keyOf(t, "ml_dsa_65", "validator").PubKey()
	packed, err := codectypes.NewAnyWithValue(key)
	require.NoError(t, err)
	move := []sdk.Msg{
		&consortiumtypes.MsgRemoveValidator{Authority: app.Authority(), InstitutionId: "LSHB"},
		&consortiumtypes.MsgAdmitValidator{Authority: app.Authority(), InstitutionId: "LSHB", ConsensusPubkey: packed, Power: 1},
	}
	allowing, early, later := open(t, c, allow), open(t, c, move...), open(t, c, move...)

	const last = "bank-JZWB"
	both := c.Block(c.Sign(last, yes(last, allowing)), c.Sign(last, yes(last, early)))
	statuses := []consortiumtypes.ProposalStatus{}
	for _, result := range both.TxResults {
		require.Zero(t, result.Code, result.Log)
		statuses = append(statuses, chain.Response[consortiumtypes.MsgCastVoteResponse](t, result).Status)
	}
	require.Equal(t, []consortiumtypes.ProposalStatus{
		consortiumtypes.ProposalStatus_PROPOSAL_STATUS_EXECUTED, consortiumtypes.ProposalStatus_PROPOSAL_STATUS_FAILED,
	}, statuses)
	require.Empty(t, both.ValidatorUpdates)
	require.Equal(t, []string{"ed25519", "ml_dsa_65"}, both.ConsensusParamUpdates.Validator.PubKeyTypes)

	moved := c.Block(c.Sign(last, yes(last, later)))
	require.Zero(t, moved.TxResults[0].Code, moved.TxResults[0].Log)
	require.Len(t, moved.ValidatorUpdates, 2)
	for _, update := range moved.ValidatorUpdates {
		if update.Power == 1 {
			require.Equal(t, key.Bytes(), update.PubKey.GetMldsa65())
		} else {
			require.NotNil(t, update.PubKey.GetEd25519())
			require.Zero(t, update.Power)
		}
	}
}

// A chain whose genesis has validators that its settings do not name would stop at the first that comes back from jail.
func TestAChainOfKeysThatItsSettingsDoNotNameDoesNotBegin(t *testing.T) {
	file := network.Default()
	state := chain.Genesis(t, file)
	for types, refused := range map[string]bool{"ed25519": false, "ml_dsa_65": true} {
		settings := *simtestutil.DefaultConsensusParams
		settings.Validator = &cmtproto.ValidatorParams{PubKeyTypes: []string{types}}
		application := app.New(log.NewNopLogger(), dbm.NewMemDB(), true, simtestutil.EmptyAppOptions{}, baseapp.SetChainID(file.ChainID))
		begin := func() {
			_, err := application.InitChain(&abci.RequestInitChain{
				ChainId: file.ChainID, Time: chain.Start, InitialHeight: 1, ConsensusParams: &settings, AppStateBytes: state,
			})
			require.NoError(t, err)
		}
		if refused {
			require.Panics(t, begin)
		} else {
			begin()
		}
	}
}

// Whatever a stranger puts in the place of a key and a signature is refused without a panic. (A panic would be
// caught, and cost a stack trace in the log of every node.)
func FuzzAKeyAndASignatureFromOutside(f *testing.F) {
	c := chain.New(f, network.Default())
	raw := c.SignAt(payerKey, 0, payment("x", 1))
	kinds := []string{
		sdk.MsgTypeURL(&secp256k1.PubKey{}), sdk.MsgTypeURL(&secp256r1.PubKey{}), sdk.MsgTypeURL(&sm2.PubKey{}), sdk.MsgTypeURL(&mldsa65.PubKey{}),
		sdk.MsgTypeURL(&multisig.LegacyAminoPubKey{}), sdk.MsgTypeURL(&ed25519.PubKey{}), sdk.MsgTypeURL(&secp256k1eth.PubKey{}),
	}
	group := mixed(f, 0, 1)
	one, err := (&txtypes.ModeInfo{Sum: &txtypes.ModeInfo_Single_{Single: &txtypes.ModeInfo_Single{Mode: signing.SignMode_SIGN_MODE_DIRECT}}}).Marshal()
	require.NoError(f, err)
	for i, key := range []cryptotypes.PubKey{
		keyOf(f, "secp256k1", "f").PubKey(), keyOf(f, "secp256r1", "f").PubKey(), keyOf(f, "sm2", "f").PubKey(), keyOf(f, "ml_dsa_65", "f").PubKey(), group.pubKey(),
	} {
		packed, err := codectypes.NewAnyWithValue(key)
		require.NoError(f, err)
		f.Add(uint8(i), packed.Value, one, make([]byte, 64))
	}
	f.Add(uint8(4), []byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, kind uint8, key, mode, signature []byte) {
		var tx txtypes.TxRaw
		require.NoError(t, tx.Unmarshal(raw))
		var info txtypes.AuthInfo
		require.NoError(t, info.Unmarshal(tx.AuthInfoBytes))
		signer := info.SignerInfos[0]
		signer.PublicKey = &codectypes.Any{TypeUrl: kinds[int(kind)%len(kinds)], Value: key}
		signer.ModeInfo = &txtypes.ModeInfo{}
		if signer.ModeInfo.Unmarshal(mode) != nil {
			return
		}
		tx.AuthInfoBytes, _ = info.Marshal()
		tx.Signatures = [][]byte{signature}
		changed, err := tx.Marshal()
		require.NoError(t, err)
		response, err := c.App.CheckTx(&abci.RequestCheckTx{Tx: changed})
		require.NoError(t, err)
		require.NotZero(t, response.Code)
		require.False(t, response.Codespace == sdkerrors.RootCodespace && response.Code == sdkerrors.ErrPanic.ABCICode(), response.Log)
		require.NotEqual(t, "undefined", response.Codespace, response.Log)
	})
}
