package xmltree

import "strconv"

// bind puts the element's namespace declarations in scope and resolves the
// prefixes of its name and attributes.
func (p *parser) bind(node *Node, prefix, local string, attrs []rawAttr) *Error {
	for _, a := range attrs {
		if err := p.declare(a); err != nil {
			return err
		}
	}
	space, ok := p.lookup(prefix)
	if !ok || prefix == "xmlns" {
		return p.fail("the prefix " + prefix + " is not declared")
	}
	node.Space, node.Local = space, local
	for _, a := range attrs {
		if isDeclaration(a) {
			continue
		}
		if err := p.addAttribute(node, a); err != nil {
			return err
		}
	}
	return nil
}

func isDeclaration(a rawAttr) bool {
	return a.prefix == "xmlns" || (a.prefix == "" && a.local == "xmlns")
}

func (p *parser) declare(a rawAttr) *Error {
	if !isDeclaration(a) {
		return nil
	}
	prefix := ""
	if a.prefix == "xmlns" {
		prefix = a.local
	}
	switch {
	case prefix != "" && a.value == "":
		return p.fail("the prefix " + prefix + " is declared as nothing")
	case prefix == "xmlns", a.value == xmlnsNamespace, (prefix == "xml") != (a.value == xmlNamespace):
		return p.fail("the prefixes xml and xmlns can not be declared otherwise")
	case len(p.bindings) >= maxNamespaces:
		return p.fail("more than " + strconv.Itoa(maxNamespaces) + " namespaces are declared")
	}
	p.bindings = append(p.bindings, binding{prefix, a.value})
	return nil
}

func (p *parser) lookup(prefix string) (uri string, ok bool) {
	for i := len(p.bindings) - 1; i >= 0; i-- {
		if p.bindings[i].prefix == prefix {
			return p.bindings[i].uri, true
		}
	}
	if prefix == "xml" {
		return xmlNamespace, true
	}
	return "", prefix == ""
}

// addAttribute refuses two attributes of one name under different prefixes;
// equal spellings have been refused before.
func (p *parser) addAttribute(node *Node, a rawAttr) *Error {
	space := ""
	if a.prefix != "" {
		uri, ok := p.lookup(a.prefix)
		if !ok {
			return p.fail("the prefix " + a.prefix + " is not declared")
		}
		space = uri
	}
	for _, other := range node.Attrs {
		if other.Space == space && other.Local == a.local {
			return p.fail("the attribute " + a.local + " is given twice")
		}
	}
	node.Attrs = append(node.Attrs, Attr{space, a.local, a.value})
	return nil
}
