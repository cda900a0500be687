package iso20022

import (
	"errors"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/iso20022/identifier"
	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
	"github.com/zhilian-network/zhilian/iso20022/money"
)

// xsiNamespace holds the schema hints, which are accepted and never followed.
const xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"

// validator checks a tree against a content model in document order and stops
// at the first fault.
type validator struct {
	space   string
	edition edition
}

func (v validator) check(n *xmltree.Node, m *contentModel) *fault {
	if m.unread != read {
		return v.checkUnread(n, m.unread)
	}
	if f := v.checkAttributes(n, m); f != nil {
		return f
	}
	switch {
	case m.value.why != nil:
		return v.checkValue(n, m.value)
	case n.Text != "" && trim(n.Text) != "":
		return faultAt(n, ReasonSyntax, "text found where %s is expected", v.expected(m.children, m.choice))
	case m.choice:
		return v.checkChoice(n, m)
	}
	return v.checkSequence(n, m)
}

func (v validator) checkValue(n *xmltree.Node, t valueType) *fault {
	if len(n.Children) > 0 {
		return faultAt(n.Children[0], ReasonSyntax, "element %s found inside the value %s", n.Children[0].Local, n.Local)
	}
	if why := t.why(n.Text); why != "" {
		return faultAt(n, placedReason(t.reason, n), "%s", why)
	}
	return nil
}

// placedReason turns a reason that depends on whose identifier it is into that
// of debtor or creditor.
func placedReason(reason string, n *xmltree.Node) string {
	for ; n != nil; n = n.Parent {
		switch {
		case reason == ReasonAccount && n.Local == "CdtrAcct":
			return ReasonCreditorAccount
		case reason == ReasonAccount && n.Local == "DbtrAcct":
			return ReasonDebtorAccount
		case reason == ReasonDebtorID && (n.Local == "Cdtr" || n.Local == "UltmtCdtr"):
			return ReasonCreditorID
		case reason == ReasonDebtorID && n.Local == "CdtrAgt":
			return ReasonCreditorAgent
		case reason == ReasonDebtorID && n.Local == "DbtrAgt":
			return ReasonDebtorAgent
		}
	}
	return reason
}

func (v validator) checkAttributes(n *xmltree.Node, m *contentModel) *fault {
	for _, a := range n.Attrs {
		hint := a.Space == xsiNamespace && (a.Local == "schemaLocation" || a.Local == "noNamespaceSchemaLocation")
		if !hint && !(m.currency && a.Space == "" && a.Local == "Ccy") {
			return faultAt(n, ReasonSyntax, "the attribute %s is not known here", a.Local)
		}
	}
	if !m.currency {
		return nil
	}
	code, found := n.Attr("Ccy")
	if !found {
		return faultAt(n, ReasonSyntax, "the attribute Ccy is missing")
	}
	if why := currencyCode.why(code); why != "" {
		return faultAt(n, ReasonSyntax, "the attribute Ccy: %s", why)
	}
	return nil
}

func (v validator) checkSequence(n *xmltree.Node, m *contentModel) *fault {
	next := 0
	for _, place := range m.children {
		if !place.appliesTo(v.edition) {
			continue
		}
		found := 0
		for next < len(n.Children) && n.Children[next].Is(v.space, place.name) && found != place.max {
			if f := v.check(n.Children[next], place.model); f != nil {
				return f
			}
			next++
			found++
		}
		if found < place.min {
			return v.missing(n, m.children, place.name, next)
		}
	}
	if next < len(n.Children) {
		return v.unexpected(n.Children[next], m.children)
	}
	return nil
}

// missing explains a mandatory element that is not where it must be.
func (v validator) missing(n *xmltree.Node, places []child, name string, next int) *fault {
	if next == len(n.Children) {
		return faultAt(n, ReasonSyntax, "the element %s is missing", name)
	}
	found := n.Children[next]
	switch {
	case found.Space != v.space:
		return v.foreign(found)
	case v.knows(places, found.Local):
		return faultAt(found, ReasonSyntax, "element %s is repeated or out of order; %s is expected", found.Local, name)
	}
	return faultAt(found, ReasonSyntax, "element %s found where %s is expected", found.Local, name)
}

func (v validator) unexpected(found *xmltree.Node, places []child) *fault {
	switch {
	case found.Space != v.space:
		return v.foreign(found)
	case v.knows(places, found.Local):
		return faultAt(found, ReasonSyntax, "element %s is repeated or out of order", found.Local)
	}
	return faultAt(found, ReasonSyntax, "element %s is not known here", found.Local)
}

func (v validator) knows(places []child, name string) bool {
	for _, place := range places {
		if place.name == name && place.appliesTo(v.edition) {
			return true
		}
	}
	return false
}

func (v validator) foreign(n *xmltree.Node) *fault {
	return faultAt(n, ReasonSyntax, "element %s is of the namespace %q, not of the message's", n.Local, n.Space)
}

func (v validator) checkChoice(n *xmltree.Node, m *contentModel) *fault {
	if len(n.Children) == 0 {
		if m.mayEmpty {
			return nil
		}
		return faultAt(n, ReasonSyntax, "%s is missing", v.expected(m.children, true))
	}
	if len(n.Children) > 1 {
		return v.unexpected(n.Children[1], m.children)
	}
	only := n.Children[0]
	for _, place := range m.children {
		if place.appliesTo(v.edition) && only.Is(v.space, place.name) {
			return v.check(only, place.model)
		}
	}
	if only.Space != v.space {
		return v.foreign(only)
	}
	return faultAt(only, ReasonSyntax, "element %s found where %s is expected", only.Local, v.expected(m.children, true))
}

// expected names the elements that may come: "the element Dt or DtTm".
func (v validator) expected(places []child, alternatives bool) string {
	var names []string
	for _, place := range places {
		if !place.appliesTo(v.edition) {
			continue
		}
		names = append(names, place.name)
		if !alternatives {
			break
		}
	}
	return "the element " + strings.Join(names, " or ")
}

// checkUnread holds a part that is not read to the message's namespace. Its
// size was bounded when the file was read.
func (v validator) checkUnread(n *xmltree.Node, allowed unreadContent) *fault {
	if allowed == anySpace {
		return nil
	}
	for _, c := range n.Children {
		if c.Space != v.space {
			return v.foreign(c)
		}
		if f := v.checkUnread(c, allowed); f != nil {
			return f
		}
	}
	return nil
}

// whyNot gives the sentence of an error of identifier or money; "" for nil.
func whyNot(err error) string {
	var id *identifier.Error
	var sum *money.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &id):
		return id.Scheme + ": " + id.Why
	case errors.As(err, &sum):
		return sum.Text
	}
	return err.Error()
}

func decimal(n int) string { return strconv.Itoa(n) }
