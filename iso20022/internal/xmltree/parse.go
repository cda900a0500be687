package xmltree

import (
	"strconv"
	"strings"
)

// Parse reads one document. The error is always an *Error.
func Parse(data []byte, limits Limits) (*Node, error) {
	limits = limits.withDefaults()
	if len(data) > limits.Bytes {
		return nil, &Error{Text: "the document has " + strconv.Itoa(len(data)) + " bytes; at most " +
			strconv.Itoa(limits.Bytes) + " are accepted"}
	}
	text, head, err := decode(data)
	if err != nil {
		return nil, err
	}
	p := parser{scanner: scanner{text: text, at: head, line: 1, limits: limits}}
	root, fault := p.document()
	if fault != nil {
		return nil, fault
	}
	return root, nil
}

type parser struct {
	scanner
	open     []frame   // elements whose end tag has not come
	bindings []binding // namespace declarations in scope
	elements int       // elements and attributes so far
	root     *Node
}

// frame is an open element.
type frame struct {
	node      *Node
	tag       string // the name as written, for the end tag
	text      []byte // used only when the text comes in several pieces
	commented bool
	bindings  int // declarations in scope outside the element
}

type binding struct{ prefix, uri string }

func (p *parser) document() (*Node, *Error) {
	if p.ended() {
		return nil, p.fail("the document is empty")
	}
	for !p.ended() {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	if len(p.open) > 0 {
		return nil, p.fail("the document ends inside the element " + p.open[len(p.open)-1].tag)
	}
	if p.root == nil {
		return nil, p.fail("there is no element")
	}
	return p.root, nil
}

// next reads one piece of markup or text.
func (p *parser) next() *Error {
	switch {
	case p.startsWith("</"):
		return p.endTag()
	case p.startsWith("<!--"):
		return p.comment()
	case p.startsWith("<![CDATA["):
		return p.characterSection()
	case p.startsWith("<!"):
		return p.fail("a DOCTYPE or other declaration is not accepted")
	case p.startsWith("<?"):
		return p.instruction()
	case p.startsWith("<"):
		return p.startTag()
	}
	return p.characters()
}

func (p *parser) comment() *Error {
	p.at += len("<!--")
	body, err := p.section("-->", "the comment")
	if err != nil {
		return err
	}
	if strings.Contains(body, "--") || strings.HasSuffix(body, "-") {
		return p.fail("a comment must not contain --")
	}
	if len(p.open) > 0 {
		p.open[len(p.open)-1].commented = true
	}
	return nil
}

// instruction allows xml-stylesheet before the root and reads past it. The XML
// declaration has been taken before; anywhere else it is a fault like others.
func (p *parser) instruction() *Error {
	if !p.take("<?xml-stylesheet") || p.root != nil || !(p.startsWith("?>") || p.skipSpace()) {
		return p.fail("a processing instruction is not accepted")
	}
	_, err := p.section("?>", "the processing instruction")
	return err
}

func (p *parser) characters() *Error {
	if len(p.open) == 0 {
		if !p.skipSpace() {
			return p.fail("there is text outside the document element; is this XML?")
		}
		return nil
	}
	if p.startsWith("&") {
		text, err := p.reference()
		if err != nil {
			return err
		}
		return p.addText(text, true)
	}
	text, err := p.plain("<&")
	if err != nil {
		return err
	}
	if strings.Contains(text, "]]>") {
		return p.fail("]]> is not allowed in text")
	}
	return p.addText(text, false)
}

func (p *parser) characterSection() *Error {
	if len(p.open) == 0 {
		return p.fail("there is text outside the document element")
	}
	p.at += len("<![CDATA[")
	text, err := p.section("]]>", "the CDATA section")
	if err != nil {
		return err
	}
	return p.addText(text, true)
}

// addText appends to the value of the open element. Layout between child
// elements is not part of a value; meant says that the text can not be layout.
func (p *parser) addText(text string, meant bool) *Error {
	top := &p.open[len(p.open)-1]
	if len(top.node.Children) > 0 && !meant && isBlank(text) {
		return nil
	}
	if top.node.Text == "" && top.text == nil {
		top.node.Text = text
		return nil
	}
	if top.text == nil {
		top.text = []byte(top.node.Text)
	}
	top.text = append(top.text, text...)
	if len(top.text) > p.limits.Text {
		return p.fail("the value is longer than " + strconv.Itoa(p.limits.Text) + " bytes")
	}
	return nil
}

func (f *frame) value() string {
	if f.text != nil {
		return string(f.text)
	}
	return f.node.Text
}

func (p *parser) endTag() *Error {
	if len(p.open) == 0 {
		return p.fail("an end tag has no start")
	}
	tag := p.open[len(p.open)-1].tag
	p.at += len("</")
	if p.take(tag) {
		p.skipSpace()
		if p.take(">") {
			return p.close()
		}
	}
	return p.fail("the end tag of " + tag + " is expected here")
}

// close ends the innermost open element.
func (p *parser) close() *Error {
	top := p.open[len(p.open)-1]
	top.node.Text = top.value()
	if len(top.node.Children) > 0 && isBlank(top.node.Text) {
		top.node.Text = ""
	}
	if top.commented && !isBlank(top.node.Text) {
		// Some parsers give the text before the comment, some all of it.
		return p.fail("a comment stands inside the value of " + top.tag)
	}
	p.bindings = p.bindings[:top.bindings]
	p.open = p.open[:len(p.open)-1]
	return nil
}
