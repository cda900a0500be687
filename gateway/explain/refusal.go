package explain

import (
	"fmt"
	"strings"

	errorsmod "cosmossdk.io/errors"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	"github.com/zhilian-network/zhilian/gateway/index"
	"github.com/zhilian-network/zhilian/gateway/terminal"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// maxLogRunes keeps a sentence a sentence.
const maxLogRunes = 200

// Refusal is why the chain or this node refused a transaction.
type Refusal struct {
	Codespace string
	Code      uint32
	Log       string
}

const (
	adviceAgain   = "Send it again."
	adviceSign    = "Sign it again with the key's next sequence number and send it."
	adviceRight   = "Ask an administrator of the institution for the right, or sign with another key."
	adviceCorrect = "Correct the instruction and send a new one."
	adviceOperate = "If the words do not help, ask the operator of the node."
)

// advice is what to do where the reason alone does not say it.
var advice = []struct {
	err  *errorsmod.Error
	text string
}{
	{access.ErrQuotaExceeded, adviceAgain + " The operator's quota is counted anew in each block."},
	{sdkerrors.ErrWrongSequence, adviceSign},
	{sdkerrors.ErrUnauthorized, adviceSign},
	{sdkerrors.ErrTxInMempoolCache, "It was handed in before: wait for its block."},
	{sdkerrors.ErrMempoolIsFull, adviceAgain + " The node had no room for more at that moment."},
	{sdkerrors.ErrTxTimeoutHeight, "Sign it again with a later last block and send it."},
	{access.ErrOperatorNotFound, adviceRight},
	{access.ErrOperatorInactive, adviceRight},
	{access.ErrPermissionDenied, adviceRight},
	{access.ErrScopeDenied, adviceRight},
	{access.ErrInstitutionInactive, "The institution is suspended or closed: ask the bank."},
	{access.ErrPartyInactive, "The party is suspended or closed: ask its bank."},
}

// InBlock says of a transaction that a block refused it.
func InBlock(refused index.RefusedTransaction) string {
	return fmt.Sprintf("Refused in block %d on %s: %s", refused.Height, at(refused.RefusedAt),
		Refusal{refused.Codespace, refused.Code, refused.Log}.words())
}

// words say why, that nothing happened, and what to do.
func (r Refusal) words() string {
	text := fmt.Sprintf("%s/%d", terminal.Inert(r.Codespace), r.Code)
	if code := settlement.ISOReasonByCode(r.Codespace, r.Code); code != "" {
		text += ", " + reason(code)
	}
	text += "; nothing of it took effect, no money moved."
	if log := shortened(r.Log); log != "" {
		text += ` The chain says: "` + log + `".`
	}
	return text + " " + r.advice()
}

func (r Refusal) advice() string {
	for _, row := range advice {
		if row.err.Codespace() == r.Codespace && row.err.ABCICode() == r.Code {
			return row.text
		}
	}
	if settlement.ISOReasonByCode(r.Codespace, r.Code) != "" {
		return adviceCorrect
	}
	return adviceOperate
}

// shortened makes a log fit to be quoted in a sentence.
func shortened(log string) string {
	runes := []rune(terminal.Inert(strings.ReplaceAll(log, `"`, "'")))
	if len(runes) > maxLogRunes {
		return string(runes[:maxLogRunes]) + "…"
	}
	return string(runes)
}
