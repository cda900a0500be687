package app

import (
	abci "github.com/cometbft/cometbft/abci/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
)

// decodedBytesMax bounds what is remembered of decoded transactions, in bytes as they were sent. A
// decoded transaction takes some seven times as much.
const decodedBytesMax = 32 << 20

// txDecoder decodes a transaction once: what has passed the check of the mempool is remembered for
// the proposal and the block. A remembered transaction is shared and must not be changed; everything
// that it fills in lazily was asked for by the check.
type txDecoder struct {
	decode sdk.TxDecoder
	passed *recent[string, sdk.Tx] // by their bytes: comparing them costs less than a digest
}

func newTxDecoder(decode sdk.TxDecoder) *txDecoder {
	return &txDecoder{decode: decode, passed: newRecent[string, sdk.Tx](decodedBytesMax)}
}

// Decode is an sdk.TxDecoder.
func (d *txDecoder) Decode(raw []byte) (sdk.Tx, error) {
	if tx, ok := d.passed.get(string(raw)); ok {
		return tx, nil
	}
	return d.decode(raw)
}

// Check is an sdk.CheckTxHandler: the SDK's own, with the decoding in our hands.
func (d *txDecoder) Check(run sdk.RunTx, request *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	tx, err := d.Decode(request.Tx)
	if err != nil {
		return sdkerrors.ResponseCheckTxWithEvents(sdkerrors.ErrTxDecode.Wrap(err.Error()), 0, 0, nil, false), nil
	}
	gas, result, events, err := run(request.Tx, tx)
	if err != nil {
		return sdkerrors.ResponseCheckTxWithEvents(err, gas.GasWanted, gas.GasUsed, events, false), nil
	}
	d.passed.put(string(request.Tx), tx, len(request.Tx))
	return &abci.ResponseCheckTx{
		GasWanted: int64(gas.GasWanted), GasUsed: int64(gas.GasUsed), Log: result.Log, Data: result.Data, Events: result.Events,
	}, nil
}
