package observer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// Block is a block as one node has it.
type Block struct {
	Height  int64
	Hash    string
	AppHash string // the state after the block before
	// Decisions about payments, in the order of the block.
	Decisions []Decision
	// Supplies are events that made or destroyed money, in words. Payments do neither.
	Supplies []string
}

// Decision is a payment's end.
type Decision struct {
	Payment
	Status Status
	Reason string // ISO reason of a rejection
	TxHash string
}

// addedBySDK are attributes that the SDK appends to events; they are no fields of theirs.
var addedBySDK = []string{"msg_index", "mode"}

func newBlock(raw *coretypes.ResultBlock, results *coretypes.ResultBlockResults) (Block, error) {
	if raw == nil || raw.Block == nil || results == nil || len(raw.Block.Txs) != len(results.TxsResults) {
		return Block{}, errors.New("block and results do not fit together")
	}
	block := Block{
		Height:  raw.Block.Height,
		Hash:    raw.BlockID.Hash.String(),
		AppHash: raw.Block.AppHash.String(),
	}
	for i, result := range results.TxsResults {
		if result.Code != abci.CodeTypeOK {
			continue // the chain undid what its events report
		}
		if err := block.read(raw.Block.Txs[i].Hash(), result.Events); err != nil {
			return Block{}, fmt.Errorf("block %d: %w", block.Height, err)
		}
	}
	if err := block.read(nil, results.FinalizeBlockEvents); err != nil {
		return Block{}, fmt.Errorf("block %d: %w", block.Height, err)
	}
	return block, nil
}

func (b *Block) read(txHash []byte, events []abci.Event) error {
	for _, event := range events {
		event.Attributes = slices.DeleteFunc(slices.Clone(event.Attributes), func(a abci.EventAttribute) bool {
			return slices.Contains(addedBySDK, a.Key)
		})
		message, err := sdk.ParseTypedEvent(event)
		if err != nil {
			continue // not a typed event: the SDK's own
		}
		if err := b.note(txHash, message); err != nil {
			return fmt.Errorf("%s: %w", event.Type, err)
		}
	}
	return nil
}

func (b *Block) note(txHash []byte, message any) error {
	switch e := message.(type) {
	case *settlement.EventPaymentSettled:
		return b.decided(txHash, Settled, "", e.Amount, Payment{UETR: e.Uetr, EndToEnd: hex.EncodeToString(e.EndToEndDigest),
			Debtor: e.Debtor, Creditor: e.Creditor, Currency: e.Currency})
	case *settlement.EventPaymentRejected:
		if !e.Stored {
			return nil // a duplicate was turned away; the payment whose name it used stays as it is
		}
		return b.decided(txHash, Rejected, e.Reason, e.Amount, Payment{UETR: e.Uetr, EndToEnd: hex.EncodeToString(e.EndToEndDigest),
			Debtor: e.Debtor, Creditor: e.Creditor, Currency: e.Currency})
	case *settlement.EventDepositIssued:
		b.Supplies = append(b.Supplies, fmt.Sprintf("%s issued %s %s", e.InstitutionId, e.Currency, e.Amount))
	case *settlement.EventDepositRedeemed:
		b.Supplies = append(b.Supplies, fmt.Sprintf("%s redeemed %s %s", e.InstitutionId, e.Currency, e.Amount))
	case *settlement.EventReserveIssued:
		b.Supplies = append(b.Supplies, fmt.Sprintf("reserves of %s issued: %s %s", e.InstitutionId, e.Currency, e.Amount))
	case *settlement.EventReserveRedeemed:
		b.Supplies = append(b.Supplies, fmt.Sprintf("reserves of %s redeemed: %s %s", e.InstitutionId, e.Currency, e.Amount))
	}
	return nil
}

func (b *Block) decided(txHash []byte, status Status, reason string, amount math.Int, payment Payment) error {
	minor, err := minorUnits(amount)
	if err != nil {
		return err
	}
	payment.Amount = minor
	b.Decisions = append(b.Decisions, Decision{
		Payment: payment, Status: status, Reason: reason, TxHash: fmt.Sprintf("%X", txHash),
	})
	return nil
}

// minorUnits refuses what the book cannot hold; nothing near it is ever paid in a test.
func minorUnits(amount math.Int) (int64, error) {
	if amount.IsNil() || !amount.IsInt64() {
		return 0, fmt.Errorf("amount %s does not fit the book", amount)
	}
	return amount.Int64(), nil
}
