package iso20022

import (
	"slices"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

// Element is a part of a file as it stands there: what payer and payee tell each other and nobody else reads.
// It may hold anything that XML can.
type Element struct {
	Name       string
	Text       string // of an element without children
	Attributes []Attribute
	Children   []Element
}

// Attribute is an attribute of an element.
type Attribute struct{ Name, Value string }

// detailNames are the elements that tell who pays whom, and what for, in the order of pain.001.
var detailNames = []string{
	"Dbtr", "DbtrAcct", "UltmtDbtr", "Cdtr", "CdtrAcct", "UltmtCdtr", "Purp", "RltdRmtInf", "RmtInf",
}

// sharedDetails is what a block says for all of its transfers, by name. It is read once: a block has as many
// elements as transfers, and more.
func sharedDetails(block *xmltree.Node) map[string][]Element {
	shared := map[string][]Element{}
	for _, n := range block.Children {
		if n.Space == block.Space && slices.Contains(detailNames, n.Local) {
			shared[n.Local] = append(shared[n.Local], elementOf(n))
		}
	}
	return shared
}

// readDetails takes what a transfer says, and what it leaves open from what its block says.
func readDetails(transfer *xmltree.Node, shared map[string][]Element) []Element {
	var details []Element
	for _, name := range []string{"InstrId", "EndToEndId"} {
		if id := transfer.At("PmtId", name); id != nil {
			details = append(details, elementOf(id))
		}
	}
	for _, name := range detailNames {
		own := transfer.All(name)
		for _, n := range own {
			details = append(details, elementOf(n))
		}
		if len(own) == 0 {
			details = append(details, shared[name]...)
		}
	}
	return details
}

func elementOf(n *xmltree.Node) Element {
	e := Element{Name: n.Local}
	for _, a := range n.Attrs {
		if a.Space == "" {
			e.Attributes = append(e.Attributes, Attribute{a.Local, a.Value})
		}
	}
	for _, child := range n.Children {
		e.Children = append(e.Children, elementOf(child))
	}
	if len(e.Children) == 0 {
		e.Text = n.Text
	}
	return e
}
