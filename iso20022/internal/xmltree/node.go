package xmltree

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Node is an element.
type Node struct {
	Space string // namespace URI, "" for none
	Local string
	Attrs []Attr // without namespace declarations
	// Text is the character data directly in the element, in order. White
	// space around child elements is dropped.
	Text     string
	Children []*Node
	Parent   *Node
	Line     int // of the start tag, from 1

	document *string
	offset   int
	position int // among the parent's children, from 0
	ordinal  int // in the run of neighbours of the same name, from 1
}

// Attr is an attribute. An unprefixed attribute has no namespace.
type Attr struct{ Space, Local, Value string }

// Is reports whether the element has this namespace and local name.
func (n *Node) Is(space, local string) bool {
	return n != nil && n.Local == local && n.Space == space
}

// Child gives the first child of the node's own namespace with the local name,
// or nil. It is nil for a nil node, so lookups can be chained.
func (n *Node) Child(local string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Is(n.Space, local) {
			return c
		}
	}
	return nil
}

// At follows Child along the names; nil when one is missing.
func (n *Node) At(locals ...string) *Node {
	for _, local := range locals {
		n = n.Child(local)
	}
	return n
}

// All gives every child of the node's own namespace with the local name.
func (n *Node) All(local string) []*Node {
	if n == nil {
		return nil
	}
	var found []*Node
	for _, c := range n.Children {
		if c.Is(n.Space, local) {
			found = append(found, c)
		}
	}
	return found
}

// Value is the text of the node, "" for nil.
func (n *Node) Value() string {
	if n == nil {
		return ""
	}
	return n.Text
}

// Attr gives the value of an attribute without namespace.
func (n *Node) Attr(local string) (string, bool) {
	if n == nil {
		return "", false
	}
	for _, a := range n.Attrs {
		if a.Space == "" && a.Local == local {
			return a.Value, true
		}
	}
	return "", false
}

// Path names the element from below the root: "GrpHdr/CtrlSum",
// "PmtInf[2]/CdtTrfTxInf[1]/Amt". An index, from 1, is given where neighbours
// have the same name. It costs the depth, not the number of neighbours: each of
// many thousand refused transfers has its path written out.
func (n *Node) Path() string {
	var steps []string
	for ; n != nil && n.Parent != nil; n = n.Parent {
		steps = append(steps, n.step())
	}
	for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
		steps[i], steps[j] = steps[j], steps[i]
	}
	return strings.Join(steps, "/")
}

func (n *Node) step() string {
	next := n.position + 1
	alone := n.ordinal == 1 && (next == len(n.Parent.Children) || n.Parent.Children[next].Local != n.Local)
	if alone {
		return n.Local
	}
	return n.Local + "[" + strconv.Itoa(n.ordinal) + "]"
}

// Column is the column of the start tag in characters, from 1. It is counted
// on demand: a message is often one long line.
func (n *Node) Column() int { return columnAt(*n.document, n.offset) }

func columnAt(document string, offset int) int {
	start := strings.LastIndexByte(document[:offset], '\n') + 1
	return utf8.RuneCountInString(document[start:offset]) + 1
}
