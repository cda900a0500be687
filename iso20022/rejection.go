package iso20022

import (
	"fmt"
	"time"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

// Reasons of the ISO external status reason list for which this package
// refuses. ReasonUnsupported is not of the list: it names the message by which
// such a file is answered, since a status report can not refer to it.
const (
	ReasonSyntax          = "FF01"
	ReasonUnsupported     = "admi.002"
	ReasonCount           = "AM18"
	ReasonControlSum      = "AM10"
	ReasonCurrency        = "AM03"
	ReasonAmount          = "AM12"
	ReasonDate            = "DT01"
	ReasonBIC             = "RC01"
	ReasonAccount         = "AC01"
	ReasonDebtorAccount   = "AC02"
	ReasonCreditorAccount = "AC03"
	ReasonDebtorAgent     = "RC03"
	ReasonCreditorAgent   = "RC04"
	ReasonDebtorID        = "BE16"
	ReasonCreditorID      = "BE17"
	ReasonMethod          = "AG03"
)

// Rejection is the error of Parse: the whole file is refused. Beside the fault
// it carries what could be read of the group header, for the answer; a field
// is empty when it is missing or not valid itself.
type Rejection struct {
	Reason string
	Text   string // a sentence for the sender
	Path   string // "" when the document has no place for it
	Line   int    // 0 when the file was refused unread

	Kind             Kind
	Version          string
	MessageID        string
	CreatedAt        time.Time
	OriginalNbOfTxs  string
	OriginalCtrlSum  string
	InitiatingParty  string // name
	BusinessID       string // BizMsgIdr, when there is a header
	InstructingAgent Agent
}

func (r *Rejection) Error() string {
	place := ""
	if r.Path != "" {
		place = r.Path + ": "
	}
	if r.Line > 0 {
		return fmt.Sprintf("%s (line %d): %s%s", r.Reason, r.Line, place, r.Text)
	}
	return r.Reason + ": " + place + r.Text
}

// fault is a broken rule at a node. Its reason is the file's or the transfer's.
type fault struct {
	reason string
	text   string
	node   *xmltree.Node
}

func faultAt(node *xmltree.Node, reason, format string, args ...any) *fault {
	return &fault{reason, fmt.Sprintf(format, args...), node}
}

func (f *fault) rejection() *Rejection {
	return &Rejection{Reason: f.reason, Text: f.text, Path: pathOf(f.node), Line: f.node.Line}
}

func (f *fault) refusal() *Refusal {
	return &Refusal{Reason: f.reason, Text: f.text, Path: pathOf(f.node), Line: f.node.Line}
}

// pathOf names the node from below the business message, or from the top when
// it is not inside one.
func pathOf(node *xmltree.Node) string {
	for n := node; n != nil; n = n.Parent {
		if n.Local == documentElement {
			return below(node, n)
		}
	}
	return node.Path()
}
