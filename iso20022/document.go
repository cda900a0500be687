package iso20022

import (
	"fmt"
	"strings"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

const (
	documentElement = "Document"
	headerElement   = "AppHdr"
	isoNamespace    = "urn:iso:std:iso:20022:tech:xsd:"
)

// envelope is the file taken apart: the business message, and the header that
// some senders put beside it.
type envelope struct {
	header   *xmltree.Node // AppHdr or nil
	document *xmltree.Node
	body     *xmltree.Node // the element inside Document
	format   format
}

// format is a supported version of a message.
type format struct {
	kind    Kind
	version string // "pain.001.001.09"
	edition edition
	root    string // name of the element inside Document
	model   *contentModel
}

// formats are the supported versions. A pacs.008 shares components with the
// pain.001 of the next number, until numbering drew level in 2023.
var formats = buildFormats()

func buildFormats() []format {
	var all []format
	for v := edition(3); v <= 12; v++ {
		all = append(all, format{KindPain001, versionName("pain.001", v), v, "CstmrCdtTrfInitn", customerInitiation})
	}
	for v := edition(2); v <= 13; v++ {
		e := v + 1
		if v >= 11 {
			e = v
		}
		all = append(all, format{KindPacs008, versionName("pacs.008", v), e, "FIToFICstmrCdtTrf", bankTransfers})
	}
	return all
}

func versionName(message string, v edition) string { return fmt.Sprintf("%s.001.%02d", message, v) }

// headerEditions are the supported versions of the header.
var headerEditions = []struct {
	version string
	edition edition
}{{"head.001.001.01", 8}, {"head.001.001.02", 9}, {"head.001.001.03", 9}, {"head.001.001.04", 12}}

// Versions lists the message versions that Parse reads.
func Versions() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.version
	}
	return names
}

func formatOf(space string) (format, bool) {
	for _, f := range formats {
		if space == isoNamespace+f.version {
			return f, true
		}
	}
	return format{}, false
}

// open finds the business message in the file. Anything may be wrapped around
// it, but only one message: a second would be paid or forgotten unseen.
func open(root *xmltree.Node) (envelope, *fault) {
	var found envelope
	if f := found.search(root); f != nil {
		return found, f
	}
	if found.document == nil {
		return found, faultAt(root, ReasonSyntax, "there is no element Document")
	}
	known, ok := formatOf(found.document.Space)
	if !ok {
		return found, faultAt(found.document, ReasonUnsupported, "%s", unsupported(found.document.Space))
	}
	found.format = known
	if len(found.document.Children) > 0 {
		found.body = found.document.Children[0]
	}
	return found, nil
}

// search walks the wrappers. It does not look inside the message or header.
func (e *envelope) search(n *xmltree.Node) *fault {
	switch n.Local {
	case documentElement:
		return e.place(&e.document, n)
	case headerElement:
		return e.place(&e.header, n)
	}
	for _, c := range n.Children {
		if f := e.search(c); f != nil {
			return f
		}
	}
	return nil
}

func (*envelope) place(at **xmltree.Node, n *xmltree.Node) *fault {
	if *at != nil {
		return faultAt(n, ReasonSyntax, "there is a second element %s", n.Local)
	}
	*at = n
	return nil
}

func unsupported(space string) string {
	if name, isISO := strings.CutPrefix(space, isoNamespace); isISO {
		return fmt.Sprintf("messages of type %q are not taken here; pain.001.001.03 to .12 and pacs.008.001.02 to .13 are", name)
	}
	return fmt.Sprintf("the namespace %q is not one of ISO 20022 (%spain.001.001.09 for example)", space, isoNamespace)
}

// check holds header and document against their content models.
func (e envelope) check() *fault {
	if e.header != nil {
		if f := e.checkHeader(); f != nil {
			return f
		}
	}
	model := sequence(one(e.format.root, e.format.model))
	return validator{e.document.Space, e.format.edition}.check(e.document, model)
}

func (e envelope) checkHeader() *fault {
	version, isISO := strings.CutPrefix(e.header.Space, isoNamespace)
	for _, known := range headerEditions {
		if !isISO || known.version != version {
			continue
		}
		if f := (validator{e.header.Space, known.edition}).check(e.header, businessHeader); f != nil {
			return f
		}
		return e.checkDefinition()
	}
	return faultAt(e.header, ReasonUnsupported, "headers of the namespace %q are not read; head.001.001.01 to .04 are", e.header.Space)
}

func (e envelope) checkDefinition() *fault {
	definition := e.header.Child("MsgDefIdr")
	if definition.Value() != e.format.version {
		return faultAt(definition, ReasonUnsupported, "the header announces %q and the document is %s",
			definition.Value(), e.format.version)
	}
	return nil
}

// below names a node from below the business message: GrpHdr/CtrlSum.
func below(node, document *xmltree.Node) string {
	if node == document {
		return documentElement
	}
	path := node.Path()
	if outer := document.Path(); outer != "" {
		path = strings.TrimPrefix(path, outer+"/")
	}
	if _, rest, nested := strings.Cut(path, "/"); nested {
		return rest
	}
	return path
}
