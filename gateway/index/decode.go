package index

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	abci "github.com/cometbft/cometbft/abci/types"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"

	"cosmossdk.io/core/address"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// ErrIncompleteBlock says that a block and its results do not fit together.
var ErrIncompleteBlock = errors.New("index: block and block results do not fit together")

// addedBySDK are the attributes that baseapp appends to events of messages and of begin and end
// blockers. They are no fields of the event, and the value of "mode" is not even JSON.
var addedBySDK = []string{"msg_index", "mode"}

var settledType = proto.MessageName(&settlement.EventPaymentSettled{})

// indexed are the event types that the index keeps.
var indexed = map[string]bool{
	settledType: true,
	proto.MessageName(&settlement.EventPaymentDetails{}):  true,
	proto.MessageName(&settlement.EventPaymentReturned{}): true,
	proto.MessageName(&settlement.EventPaymentRejected{}): true,
	proto.MessageName(&settlement.EventDepositIssued{}):   true,
	proto.MessageName(&settlement.EventDepositRedeemed{}): true,
	proto.MessageName(&settlement.EventReserveIssued{}):   true,
	proto.MessageName(&settlement.EventReserveRedeemed{}): true,
	proto.MessageName(&settlement.EventPaymentsLogged{}):  true,
}

// Decode turns a block and its results into rows. Events of failed transactions are left out: the
// chain undid what they report. An event that cannot be read becomes an UnreadEvent.
func Decode(block *coretypes.ResultBlock, results *coretypes.ResultBlockResults, addresses address.Codec) (Block, error) {
	if block == nil || block.Block == nil || results == nil {
		return Block{}, ErrIncompleteBlock
	}
	header := block.Block.Header
	if header.Height != results.Height || len(block.Block.Txs) != len(results.TxsResults) {
		return Block{}, fmt.Errorf("%w: block %d has %d transactions, results of %d have %d", ErrIncompleteBlock,
			header.Height, len(block.Block.Txs), results.Height, len(results.TxsResults))
	}

	d := decoder{addresses: addresses, txs: block.Block.Txs, out: Block{
		ChainID:      header.ChainID,
		Height:       header.Height,
		Time:         header.Time.UTC(),
		Hash:         block.BlockID.Hash,
		PreviousHash: header.LastBlockID.Hash,
	}}
	for i, result := range results.TxsResults {
		if result == nil {
			return Block{}, fmt.Errorf("%w: no result of transaction %d of block %d", ErrIncompleteBlock, i, header.Height)
		}
		hash := [32]byte(block.Block.Txs[i].Hash())
		d.out.Transactions = append(d.out.Transactions, hash)
		if result.Code != abci.CodeTypeOK {
			d.refused(hash, result)
			continue
		}
		d.events(i, fmt.Sprintf("%X", hash), result.Events)
	}
	// Events outside of transactions come last and have no hash.
	d.events(len(results.TxsResults), "", results.FinalizeBlockEvents)
	return d.out, nil
}

type decoder struct {
	addresses address.Codec
	txs       cmttypes.Txs
	out       Block
	carried   *carried // of the transaction whose details were asked for last
}

func (d *decoder) events(txIndex int, txHash string, events []abci.Event) {
	first := len(d.out.Payments)
	for i, event := range events {
		if !indexed[event.Type] {
			continue
		}
		at := place{txIndex: txIndex, txHash: txHash, eventIndex: i}
		if err := d.event(at, event); err != nil {
			d.out.Unread = append(d.out.Unread, UnreadEvent{
				TxIndex: txIndex, EventIndex: i, Type: event.Type, Problem: err.Error(),
			})
		}
	}
	d.requireDetails(first)
}

// place is where an event stands in its block.
type place struct {
	txIndex    int
	txHash     string
	eventIndex int
}

func (d *decoder) event(at place, event abci.Event) error {
	message, err := parse(event)
	if err != nil {
		return err
	}
	switch e := message.(type) {
	case *settlement.EventPaymentSettled:
		return d.settled(at, e)
	case *settlement.EventPaymentDetails:
		return d.details(at, e)
	case *settlement.EventPaymentReturned:
		return d.returned(at, e)
	case *settlement.EventPaymentRejected:
		return d.rejected(at, e)
	case *settlement.EventDepositIssued:
		return d.supply(KindIssue, e.Account, e.Currency, e.Amount)
	case *settlement.EventDepositRedeemed:
		return d.supply(KindRedeem, e.Account, e.Currency, e.Amount)
	case *settlement.EventReserveIssued:
		return d.reserve(KindIssue, e.InstitutionId, e.Currency, e.Amount)
	case *settlement.EventReserveRedeemed:
		return d.reserve(KindRedeem, e.InstitutionId, e.Currency, e.Amount)
	case *settlement.EventPaymentsLogged:
		d.out.Logged = e
		return nil
	}
	return fmt.Errorf("unexpected type %T", message)
}

func parse(event abci.Event) (proto.Message, error) {
	own := abci.Event{Type: event.Type}
	for _, attribute := range event.Attributes {
		if !slices.Contains(addedBySDK, attribute.Key) {
			own.Attributes = append(own.Attributes, attribute)
		}
	}
	if payment, ok := settlement.ParsePaymentEvent(own); ok {
		return payment, nil
	}
	return sdk.ParseTypedEvent(own)
}

func (d *decoder) settled(at place, e *settlement.EventPaymentSettled) error {
	row := gatewaytypes.PaymentRow{
		Uetr: e.Uetr, Debtor: e.Debtor, Creditor: e.Creditor, Currency: e.Currency, Amount: e.Amount,
		Status: StatusSettled, EndToEndDigest: e.EndToEndDigest, InstructionDigest: e.InstructionDigest,
		DetailsDigest: e.DetailsDigest,
	}
	if err := d.payment(at, row); err != nil {
		return err
	}
	d.out.Payments[len(d.out.Payments)-1].Details = d.carriedDetails(at, e.DetailsDigest)
	movement := gatewaytypes.Entry{
		Currency: e.Currency, Amount: e.Amount, Kind: KindPayment, Uetr: e.Uetr, EndToEndDigest: e.EndToEndDigest,
	}
	d.move(movement, e.Debtor, e.Creditor)
	if e.DebtorInstitution == e.CreditorInstitution {
		return nil
	}
	// Between banks the same amount of reserves moved with the deposit money.
	from, err := d.reserveAddress(e.DebtorInstitution)
	if err != nil {
		return err
	}
	to, err := d.reserveAddress(e.CreditorInstitution)
	if err != nil {
		return err
	}
	d.move(movement, from, to)
	return nil
}

// rejected keeps a rejection that the chain stored. One that it did not store names the ids of
// another payment, whose row must stay as it is.
func (d *decoder) rejected(at place, e *settlement.EventPaymentRejected) error {
	if !e.Stored {
		return nil
	}
	return d.payment(at, gatewaytypes.PaymentRow{
		Uetr: e.Uetr, Debtor: e.Debtor, Creditor: e.Creditor, Currency: e.Currency, Amount: e.Amount,
		Status: StatusRejected, Reason: e.Reason, EndToEndDigest: e.EndToEndDigest, InstructionDigest: e.InstructionDigest,
	})
}

func (d *decoder) payment(at place, row gatewaytypes.PaymentRow) error {
	if row.Uetr == "" || row.Debtor == "" {
		return errors.New("payment without UETR or debtor")
	}
	if row.Amount.IsNil() {
		return errors.New("payment without amount")
	}
	row.Height, row.DecidedAt, row.TxHash = d.out.Height, d.out.Time, at.txHash
	d.out.Payments = append(d.out.Payments, Payment{PaymentRow: row, TxIndex: at.txIndex, EventIndex: at.eventIndex})
	return nil
}

func (d *decoder) move(movement gatewaytypes.Entry, from, to string) {
	debit, credit := movement, movement
	debit.Credit, debit.Counterparty = false, to
	credit.Credit, credit.Counterparty = true, from
	d.entry(from, debit)
	d.entry(to, credit)
}

func (d *decoder) reserve(kind, institutionID, currency string, amount math.Int) error {
	account, err := d.reserveAddress(institutionID)
	if err != nil {
		return err
	}
	return d.supply(kind, account, currency, amount)
}

func (d *decoder) supply(kind, account, currency string, amount math.Int) error {
	if account == "" || amount.IsNil() {
		return errors.New("change of supply without account or amount")
	}
	d.entry(account, gatewaytypes.Entry{Currency: currency, Amount: amount, Credit: kind == KindIssue, Kind: kind})
	return nil
}

func (d *decoder) entry(account string, entry gatewaytypes.Entry) {
	entry.Height, entry.BookedAt = d.out.Height, d.out.Time
	entry.Sequence = uint32(len(d.out.Entries))
	d.out.Entries = append(d.out.Entries, AccountEntry{Account: account, Entry: entry})
}

// refused keeps why a transaction failed. Its text may quote the sender, so it is cut.
func (d *decoder) refused(hash [32]byte, result *abci.ExecTxResult) {
	d.out.Refused = append(d.out.Refused, RefusedTransaction{
		TxHash: fmt.Sprintf("%X", hash), Height: d.out.Height, RefusedAt: d.out.Time,
		Codespace: cut(result.Codespace, maxCodespaceBytes), Code: result.Code, Log: cut(result.Log, maxLogBytes),
	})
}

// cut shortens a text to a number of bytes and leaves valid UTF-8.
func cut(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "?")
}

func (d *decoder) reserveAddress(institutionID string) (string, error) {
	if institutionID == "" {
		return "", errors.New("event without institution")
	}
	return d.addresses.BytesToString(settlement.ReserveAddress(institutionID))
}
