package execution

import (
	"errors"
	"fmt"

	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
)

// Router finds the handler of a message, nil if there is none. baseapp.MsgServiceRouter is one.
type Router interface {
	Handler(msg sdk.Msg) baseapp.MsgServiceHandler
}

// Runner runs stored messages, each with the module's own refusals for what no handler can say.
type Runner struct {
	Codec  codec.Codec
	Router Router
	// Check is asked of each message before it runs; nil for nothing to ask.
	Check func(ctx sdk.Context, msg sdk.Msg) error
	// NotRoutable refuses a message that no module handles.
	NotRoutable error
	// Panicked refuses a message whose handler crashed.
	Panicked error
}

// Run hands one message to its handler, emits its events into ctx, and returns its responses. It writes
// to the state of ctx even if it fails: callers branch. A crash of the handler becomes an error, so that it
// cannot take the transaction of whoever decides with it. What the crash said is left out: it is stored by
// every node, must be the same on all of them, and is nothing to publish.
func (r Runner) Run(ctx sdk.Context, packed *codectypes.Any) (responses []*codectypes.Any, err error) {
	defer func() {
		switch recover().(type) {
		case nil:
		case storetypes.ErrorOutOfGas, storetypes.ErrorGasOverflow:
			err = sdkerrors.ErrOutOfGas.Wrapf("executing %s", packed.TypeUrl)
		default:
			err = r.Panicked
		}
	}()
	var msg sdk.Msg
	if err := r.Codec.UnpackAny(packed, &msg); err != nil {
		return nil, r.NotRoutable
	}
	if r.Check != nil {
		if err := r.Check(ctx, msg); err != nil {
			return nil, err
		}
	}
	handler := r.Router.Handler(msg)
	if handler == nil {
		return nil, r.NotRoutable
	}
	result, err := handler(ctx, msg)
	if err != nil {
		return nil, err
	}
	ctx.EventManager().EmitEvents(result.GetEvents())
	return result.MsgResponses, nil
}

// IsOutOfGas reports an error that belongs to the transaction of whoever decides and not to the message:
// otherwise they could make any execution fail by sending too little gas. It can be sent again with more.
func IsOutOfGas(err error) bool { return errors.Is(err, sdkerrors.ErrOutOfGas) }

// Failure says which of the messages failed, counted from 0, and why.
func Failure(messages []*codectypes.Any, failed int, err error) string {
	return fmt.Sprintf("message %d of %d (%s): %s", failed+1, len(messages), messages[failed].TypeUrl, Reason(err))
}

// Reason says what a registered error says. The text of any other error may differ from node to node, and
// this one becomes part of the state.
func Reason(err error) string {
	codespace, code, log := errorsmod.ABCIInfo(err, false)
	if codespace == errorsmod.UndefinedCodespace {
		return "internal error"
	}
	return fmt.Sprintf("%s (%s %d)", log, codespace, code)
}
