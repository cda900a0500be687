package conformance

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

// schema generates documents that an XML schema allows. It knows what the
// schemas of ISO 20022 use: named types, sequence, choice, any, simple content
// with attributes, and restriction facets.
type schema struct {
	t      *testing.T
	types  map[string]*xmltree.Node
	random *rand.Rand
	// optional is the chance that an element that may be missing is there.
	optional float64
}

func newSchema(t *testing.T, file []byte, random *rand.Rand) *schema {
	root, err := xmltree.Parse(file, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s := &schema{t: t, types: map[string]*xmltree.Node{}, random: random}
	for _, n := range root.Children {
		if name, named := n.Attr("name"); named && n.Local != "element" {
			s.types[name] = n
		}
	}
	return s
}

// document gives a random valid document.
func (s *schema) document(namespace string) *xmltree.Node {
	s.optional = []float64{0, 0.05, 0.15, 0.3}[s.random.IntN(4)]
	return s.element(namespace, "Document", "Document")
}

func (s *schema) element(namespace, name, typeName string) *xmltree.Node {
	n := &xmltree.Node{Space: namespace, Local: name}
	definition := s.types[typeName]
	switch {
	case definition == nil:
		n.Text = builtIn(s.t, typeName)
	case definition.Local == "simpleType":
		n.Text = s.simple(typeName)
	case definition.Child("simpleContent") != nil:
		s.simpleContent(n, definition.At("simpleContent", "extension"))
	default:
		for _, part := range definition.Children {
			s.particle(n, part)
		}
	}
	return n
}

func (s *schema) simpleContent(n, extension *xmltree.Node) {
	base, _ := extension.Attr("base")
	n.Text = s.simple(base)
	for _, a := range extension.All("attribute") {
		name, _ := a.Attr("name")
		typeName, _ := a.Attr("type")
		n.Attrs = append(n.Attrs, xmltree.Attr{Local: name, Value: s.simple(typeName)})
	}
}

func (s *schema) particle(parent, part *xmltree.Node) {
	switch part.Local {
	case "sequence":
		for _, c := range part.Children {
			s.particle(parent, c)
		}
	case "choice":
		s.particle(parent, part.Children[s.random.IntN(len(part.Children))])
	case "any":
		parent.Children = append(parent.Children, &xmltree.Node{Space: "urn:example:other", Local: "Any"})
	case "element":
		name, _ := part.Attr("name")
		typeName, _ := part.Attr("type")
		for range s.times(part) {
			parent.Children = append(parent.Children, s.element(parent.Space, name, typeName))
		}
	}
}

// times chooses how often an element occurs.
func (s *schema) times(part *xmltree.Node) int {
	min, max := 1, 1
	if v, found := part.Attr("minOccurs"); found {
		min, _ = strconv.Atoi(v)
	}
	if v, found := part.Attr("maxOccurs"); found {
		if max, _ = strconv.Atoi(v); v == "unbounded" {
			max = 3
		}
	}
	n := min
	for n < max && s.random.Float64() < s.optional {
		n++
	}
	return n
}

// specimens are values of types whose pattern is not worth a generator.
var specimens = map[string]string{
	"AnyBIC": "ABCDCNBJXXX", "BIC": "ABCDCNBJ", "BICFI": "ABCDCNBJXXX", "CountryCode": "CN", "ActiveCurrencyCode": "CNY",
	"ActiveOrHistoricCurrencyCode": "CNY", "IBAN2007": "GB82WEST12345698765432", "LEI": "ZZZZ00EXAMPLEFIRM116",
	"UUIDv4": "3f1f7c5e-8f0a-4c51-9a0e-0d6f3f4b2a11", "PhoneNumber": "+86-13800000000", "Max15NumericText": "1",
	"Exact4AlphaNumericText": "ab12", "Exact2NumericText": "12", "HexBinaryText": "00ff",
	"SHA256SignatureText": strings.Repeat("0A", 32),
}

func (s *schema) simple(typeName string) string {
	restriction := s.types[typeName].Child("restriction")
	if codes := restriction.All("enumeration"); len(codes) > 0 {
		code, _ := codes[s.random.IntN(len(codes))].Attr("value")
		return code
	}
	if restriction.Child("pattern") != nil {
		return s.specimen(typeName)
	}
	base, _ := restriction.Attr("base")
	limit, found := restriction.Child("maxLength").Attr("value")
	if !found || !strings.HasSuffix(base, ":string") {
		return builtIn(s.t, base)
	}
	max, _ := strconv.Atoi(limit)
	return strings.Repeat("字", []int{1, min(max, 3), max}[s.random.IntN(3)])
}

func (s *schema) specimen(typeName string) string {
	name := strings.TrimSuffix(typeName, "Identifier")
	for _, suffix := range []string{"", "Dec2014"} {
		if value, found := specimens[strings.TrimSuffix(name, suffix)]; found {
			return value
		}
	}
	s.t.Fatalf("no specimen of %s", typeName)
	return ""
}

func builtIn(t *testing.T, name string) string {
	_, local, _ := strings.Cut(name, ":")
	values := map[string]string{
		"string": "x", "date": "2026-01-05", "dateTime": "2026-01-05T09:30:00Z", "time": "09:30:00", "boolean": "true",
		"decimal": "1", "base64Binary": "AAAA", "gYear": "2026",
	}
	value, found := values[local]
	if !found {
		t.Fatalf("no value of %s", name)
	}
	return value
}

// render writes a tree as XML.
func render(n *xmltree.Node) string {
	var b strings.Builder
	write(&b, n, "")
	return b.String()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;")

func write(b *strings.Builder, n *xmltree.Node, space string) {
	b.WriteString("<" + n.Local)
	if n.Space != space {
		b.WriteString(` xmlns="` + escape.Replace(n.Space) + `"`)
	}
	for _, a := range n.Attrs {
		if a.Space == "" {
			b.WriteString(" " + a.Local + `="` + escape.Replace(a.Value) + `"`)
		}
	}
	b.WriteString(">" + escape.Replace(n.Text))
	for _, c := range n.Children {
		write(b, c, n.Space)
	}
	b.WriteString("</" + n.Local + ">")
}
