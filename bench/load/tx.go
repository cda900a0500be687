package load

import (
	"crypto/sha256"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
)

// Move is money that goes from one account to another if its transaction settles.
type Move struct {
	// From and To are places in the list of the network's accounts.
	From, To uint32
	// Amount in the smallest unit.
	Amount int64
}

// Tx is a signed transaction and what it is to do.
type Tx struct {
	Raw   []byte
	Moves []Move
	// Payer is the account that pays Fee, whether or not the moves settle.
	Payer uint32
	Fee   int64
	// Planned is when it had to be sent; zero for one of the closed loop.
	Planned time.Time
}

// Hash is CometBFT's name for a transaction: SHA-256 of its bytes.
func (t *Tx) Hash() [sha256.Size]byte { return sha256.Sum256(t.Raw) }

// Key is a key with the account that keeps its sequence.
type Key struct {
	Private *secp256k1.PrivKey
	// AccountNumber is that of the genesis.
	AccountNumber uint64
}

// Terms are what every transaction of a chain has in common.
type Terms struct {
	ChainID  string
	Fee      sdk.Coins
	GasLimit uint64
}

// Sign makes the bytes of a transaction of one message, signed in SIGN_MODE_DIRECT.
func Sign(terms Terms, key Key, sequence uint64, message sdk.Msg) ([]byte, error) {
	packed, err := codectypes.NewAnyWithValue(message)
	if err != nil {
		return nil, err
	}
	body := txtypes.TxBody{Messages: []*codectypes.Any{packed}}
	bodyBytes, err := body.Marshal()
	if err != nil {
		return nil, err
	}
	public, err := codectypes.NewAnyWithValue(key.Private.PubKey())
	if err != nil {
		return nil, err
	}
	auth := txtypes.AuthInfo{
		SignerInfos: []*txtypes.SignerInfo{{
			PublicKey: public,
			ModeInfo:  &txtypes.ModeInfo{Sum: &txtypes.ModeInfo_Single_{Single: &txtypes.ModeInfo_Single{Mode: signing.SignMode_SIGN_MODE_DIRECT}}},
			Sequence:  sequence,
		}},
		Fee: &txtypes.Fee{Amount: terms.Fee, GasLimit: terms.GasLimit},
	}
	authBytes, err := auth.Marshal()
	if err != nil {
		return nil, err
	}
	document := txtypes.SignDoc{BodyBytes: bodyBytes, AuthInfoBytes: authBytes, ChainId: terms.ChainID, AccountNumber: key.AccountNumber}
	signed, err := document.Marshal()
	if err != nil {
		return nil, err
	}
	signature, err := key.Private.Sign(signed)
	if err != nil {
		return nil, err
	}
	raw := txtypes.TxRaw{BodyBytes: bodyBytes, AuthInfoBytes: authBytes, Signatures: [][]byte{signature}}
	return raw.Marshal()
}
