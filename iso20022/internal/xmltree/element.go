package xmltree

import "strconv"

const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
)

// rawAttr is an attribute whose prefix is not resolved yet.
type rawAttr struct{ prefix, local, value string }

func (p *parser) startTag() *Error {
	if len(p.open) == 0 && p.root != nil {
		return p.fail("there is a second element after the document element")
	}
	if len(p.open) >= p.limits.Depth {
		return p.fail("elements are nested deeper than " + strconv.Itoa(p.limits.Depth))
	}
	node := &Node{Line: p.lineHere(), document: &p.text, offset: p.at}
	p.at++
	start := p.at
	prefix, local, err := p.name()
	if err != nil {
		return err
	}
	tag := p.text[start:p.at]
	attrs, closed, err := p.attributes()
	if err != nil {
		return err
	}
	if err := p.count(1 + len(attrs)); err != nil {
		return err
	}
	scope := len(p.bindings)
	if err := p.bind(node, prefix, local, attrs); err != nil {
		return err
	}
	p.attach(node)
	p.open = append(p.open, frame{node: node, tag: tag, bindings: scope})
	if closed {
		return p.close()
	}
	return nil
}

func (p *parser) count(n int) *Error {
	if p.elements += n; p.elements > p.limits.Elements {
		return p.fail("there are more than " + strconv.Itoa(p.limits.Elements) + " elements and attributes")
	}
	return nil
}

func (p *parser) attach(node *Node) {
	node.ordinal = 1
	if len(p.open) == 0 {
		p.root = node
		return
	}
	top := &p.open[len(p.open)-1]
	if isBlank(top.value()) {
		top.node.Text, top.text = "", nil
	}
	node.Parent, node.position = top.node, len(top.node.Children)
	if before := node.position - 1; before >= 0 && top.node.Children[before].Local == node.Local {
		node.ordinal = top.node.Children[before].ordinal + 1
	}
	top.node.Children = append(top.node.Children, node)
}

// attributes reads up to the end of the start tag. closed says that it ended
// with "/>".
func (p *parser) attributes() (attrs []rawAttr, closed bool, err *Error) {
	for {
		spaced := p.skipSpace()
		switch {
		case p.take("/>"):
			return attrs, true, nil
		case p.take(">"):
			return attrs, false, nil
		case !spaced:
			return nil, false, p.fail("the start tag is not well-formed")
		case len(attrs) == maxAttributes:
			return nil, false, p.fail("the element has more than " + strconv.Itoa(maxAttributes) + " attributes")
		}
		attr, err := p.attribute()
		if err != nil {
			return nil, false, err
		}
		for _, other := range attrs {
			if other.prefix == attr.prefix && other.local == attr.local {
				return nil, false, p.fail("the attribute " + attr.local + " is given twice")
			}
		}
		attrs = append(attrs, attr)
	}
}

func (p *parser) attribute() (rawAttr, *Error) {
	prefix, local, err := p.name()
	if err != nil {
		return rawAttr{}, err
	}
	p.skipSpace()
	if !p.take("=") {
		return rawAttr{}, p.fail("the attribute " + local + " has no value")
	}
	p.skipSpace()
	for _, quote := range []string{`"`, `'`} {
		if p.take(quote) {
			value, err := p.attributeValue(quote)
			return rawAttr{prefix, local, value}, err
		}
	}
	return rawAttr{}, p.fail("the value of the attribute " + local + " is not in quotes")
}

// attributeValue reads up to the closing quote. White space characters become
// spaces, as XML says; those written as numbers stay.
func (p *parser) attributeValue(quote string) (string, *Error) {
	var value []byte
	for {
		text, err := p.plain(quote + "&<")
		if err != nil {
			return "", err
		}
		value = append(value, spacesOnly(text)...)
		if len(value) > p.limits.Text {
			return "", p.fail("the attribute is longer than " + strconv.Itoa(p.limits.Text) + " bytes")
		}
		switch {
		case p.take(quote):
			return string(value), nil
		case !p.startsWith("&"):
			return "", p.fail("the value of an attribute has no end or contains <")
		}
		text, err = p.reference()
		if err != nil {
			return "", err
		}
		value = append(value, text...)
	}
}

func spacesOnly(text string) []byte {
	out := []byte(text)
	for i, c := range out {
		if isSpace(c) {
			out[i] = ' '
		}
	}
	return out
}
