package xmltree_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

func parse(text string) (*xmltree.Node, error) {
	return xmltree.Parse([]byte(text), xmltree.Limits{})
}

func TestAcceptedDocuments(t *testing.T) {
	cases := []struct{ name, document, value string }{
		{"an element", `<a>x</a>`, "x"},
		{"an XML declaration", `<?xml version="1.0" encoding="utf-8" standalone='yes' ?><a>x</a>`, "x"},
		{"a byte order mark", "\xEF\xBB\xBF<?xml version='1.0'?><a>x</a>", "x"},
		{"a stylesheet before the root, ignored", `<?xml-stylesheet href="http://127.0.0.1:9/x"?><a>x</a>`, "x"},
		{"comments around the root", `<!-- a --><a>x</a><!-- b -->`, "x"},
		{"the five entities", `<a>&lt;&gt;&amp;&apos;&quot;</a>`, `<>&'"`},
		{"character numbers", `<a>&#65;&#x4E2d;&#13;&#10;</a>`, "A中\r\n"},
		{"a CDATA section within text", `<a>x<![CDATA[<&]]>y</a>`, "x<&y"},
		{"line ends of Windows become one character", "<a>x\r\ny\rz</a>", "x\ny\nz"},
		{"white space in a leaf is kept", `<a>  </a>`, "  "},
		{"layout between elements is dropped", "<a>\n <b/>\n <b/>\n</a>", ""},
		{"mixed content is kept for the schema to refuse", `<a>x<b/></a>`, "x"},
		{"white space in tags", "<a\n >x</a\t>", "x"},
		{"a tag that closes itself", `<a/>`, ""},
		{"US-ASCII by declaration", `<?xml version="1.0" encoding="US-ASCII"?><a>x</a>`, "x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root, err := parse(c.document)
			require.NoError(t, err)
			require.Equal(t, c.value, root.Text)
		})
	}
}

func TestRefusedDocumentsSayWhy(t *testing.T) {
	cases := []struct{ name, document, why string }{
		{"nothing", ``, "empty"},
		{"JSON", `{"a": 1}`, "is this XML"},
		{"text before the root", `x<a/>`, "outside"},
		{"data after the root", "<a/>\nx", "outside"},
		{"a reference after the root", "<a/>&#32;", "outside"},
		{"two roots", `<a/><b/>`, "second element"},
		{"a DOCTYPE", `<!DOCTYPE a><a/>`, "DOCTYPE"},
		{"a DOCTYPE inside", `<a><!DOCTYPE a></a>`, "DOCTYPE"},
		{"an entity of its own", `<a>&x;</a>`, "entities"},
		{"a bare ampersand", `<a>x & y</a>`, "an & must start"},
		{"character number zero", `<a>&#0;</a>`, "entities"},
		{"a surrogate as number", `<a>&#xD800;</a>`, "entities"},
		{"a number beyond Unicode", `<a>&#x110000;</a>`, "entities"},
		{"a signed number", `<a>&#+65;</a>`, "entities"},
		{"a stylesheet after the root", `<a/><?xml-stylesheet x?>`, "instruction"},
		{"an instruction inside", `<a><?php x?></a>`, "instruction"},
		{"a second XML declaration", `<?xml version="1.0"?><?xml version="1.0"?><a/>`, "instruction"},
		{"white space before the declaration", ` <?xml version="1.0"?><a/>`, "instruction"},
		{"XML 1.1", `<?xml version="1.1"?><a/>`, "version 1.0"},
		{"a comment within a value", `<a>1<!-- -->00</a>`, "comment"},
		{"a comment after a value", `<a>100<!-- --></a>`, "comment"},
		{"two hyphens in a comment", `<!-- -- --><a/>`, "--"},
		{"a comment without end", `<a><!-- </a>`, "no end"},
		{"an attribute twice", `<a b="1" b="2"/>`, "twice"},
		{"an attribute twice under two prefixes", `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`, "twice"},
		{"attributes without space between", `<a b="1"c="2"/>`, "start tag"},
		{"an attribute without quotes", `<a b=1/>`, "quotes"},
		{"an attribute without value", `<a b/>`, "no value"},
		{"a < in an attribute", `<a b="<"/>`, "contains <"},
		{"a prefix nobody declared", `<p:a/>`, "not declared"},
		{"an attribute prefix nobody declared", `<a p:b=""/>`, "not declared"},
		{"a prefix declared as nothing", `<a xmlns:p=""/>`, "as nothing"},
		{"xml bound to something else", `<a xmlns:xml="u"/>`, "otherwise"},
		{"a name with two colons", `<a:b:c xmlns:a="u"/>`, "start tag"},
		{"an end tag of another name", `<a></b>`, "end tag of a"},
		{"an end tag that only starts alike", `<a></ab>`, "end tag of a"},
		{"an end tag alone", `</a>`, "no start"},
		{"an end that never comes", `<a><b></b>`, "inside the element a"},
		{"]]> in text", `<a>]]></a>`, "]]>"},
		{"a control character", "<a>\x01</a>", "control"},
		{"a control character in CDATA", "<a><![CDATA[\x00]]></a>", "control"},
		{"a non-character", "<a>\uFFFE</a>", "not allowed"},
		{"bytes that are not UTF-8", "<a>\xFF\xFE\xC0\xAF</a>", "not UTF-8"},
		{"an overlong form", "<a>\xC0\xBC</a>", "not UTF-8"},
		{"UTF-7", `<?xml version="1.0" encoding="UTF-7"?><a/>`, "UTF-7 is not accepted"},
		{"ISO-8859-1", `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, "not accepted"},
		{"UTF-16 declared over UTF-8 bytes", `<?xml version="1.0" encoding="UTF-16"?><a/>`, "not accepted"},
		{"a mark that contradicts the declaration", "\xEF\xBB\xBF<?xml version='1.0' encoding='GB18030'?><a/>", "contradicts"},
		{"a byte above 127 in US-ASCII", "<?xml version='1.0' encoding='US-ASCII'?><a>é</a>", "US-ASCII"},
		{"bytes that are not GB18030", "<?xml version='1.0' encoding='GB18030'?><a>\xFF</a>", "GB18030"},
		{"half a UTF-16 character", "\xFE\xFF\x00", "half"},
		{"a lone surrogate in UTF-16", "\xFE\xFF\xD8\x00\x00<", "not UTF-16"},
		{"UTF-16 without a mark", "\x00<\x00a\x00/\x00>", "without a byte order mark"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(c.document)
			var fault *xmltree.Error
			require.ErrorAs(t, err, &fault)
			require.Contains(t, fault.Text, c.why)
		})
	}
}

func TestEveryAcceptedEncodingGivesTheSameText(t *testing.T) {
	const body = `<名称>华东示例，😀</名称>`
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(`<?xml version="1.0" encoding="gb18030"?>` + body)
	require.NoError(t, err)
	documents := map[string]string{
		"UTF-8": body, "GB18030": gb,
		"UTF-16LE": "\xFF\xFE" + utf16Bytes(body, false),
		"UTF-16BE": "\xFE\xFF" + utf16Bytes(`<?xml version="1.0" encoding="UTF-16"?>`+body, true),
	}
	for name, document := range documents {
		root, err := parse(document)
		require.NoError(t, err, name)
		require.Equal(t, "名称", root.Local, name)
		require.Equal(t, "华东示例，😀", root.Text, name)
	}
}

func utf16Bytes(text string, bigEndian bool) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		high, low := byte(unit>>8), byte(unit)
		if !bigEndian {
			high, low = low, high
		}
		b.WriteByte(high)
		b.WriteByte(low)
	}
	return b.String()
}

func TestNamesAreResolvedAndPlacesKnown(t *testing.T) {
	root, err := parse("<e xmlns='u'>\n<p:d xmlns:p='v'>\n <p:x/><p:x k='1' p:k='2'/><y/></p:d></e>")
	require.NoError(t, err)
	d := root.Children[0]
	require.True(t, d.Is("v", "d"))
	second := d.All("x")[1]
	require.Equal(t, "d/x[2]", second.Path())
	require.Equal(t, 3, second.Line)
	require.Equal(t, 8, second.Column())
	require.Equal(t, []xmltree.Attr{{Local: "k", Value: "1"}, {Space: "v", Local: "k", Value: "2"}}, second.Attrs)
	value, found := second.Attr("k")
	require.True(t, found)
	require.Equal(t, "1", value)
	require.True(t, d.Children[2].Is("u", "y"))
	require.Nil(t, d.Child("y"), "another namespace is another name")
	require.Nil(t, d.At("x", "nothing", "more"))
	require.Empty(t, d.At("nothing").Value())
}

func TestFaultsCarryLineAndColumn(t *testing.T) {
	_, err := parse("<a>\n <b>中文</c></a>")
	var fault *xmltree.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, 2, fault.Line)
	require.Equal(t, 9, fault.Column)
	require.ErrorContains(t, err, "line 2, column 9")
}

func TestBoundsRefuseExpensiveDocuments(t *testing.T) {
	limits := xmltree.Limits{Bytes: 2000, Depth: 5, Elements: 20, Text: 30}
	cases := []struct{ name, document, why string }{
		{"bytes", strings.Repeat("x", 2001), "2001 bytes"},
		{"depth", strings.Repeat("<a>", 6), "deeper than 5"},
		{"elements", "<a>" + strings.Repeat("<b/>", 20) + "</a>", "more than 20"},
		{"attributes count as elements", "<a>" + strings.Repeat("<b c=''/>", 10) + "</a>", "more than 20"},
		{"text in one piece", "<a>" + strings.Repeat("x", 31) + "</a>", "longer than 30"},
		{"text in many pieces", "<a>" + strings.Repeat("&#65;", 31) + "</a>", "longer than 30"},
		{"an attribute", "<a b='" + strings.Repeat("x", 31) + "'/>", "longer than 30"},
		{"a name", "<" + strings.Repeat("x", 257) + "/>", "name is too long"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := xmltree.Parse([]byte(c.document), limits)
			require.ErrorContains(t, err, c.why)
		})
	}
	var many strings.Builder
	for i := range 65 {
		many.WriteString(" a" + strings.Repeat("b", i) + "=''")
	}
	_, err := parse("<a" + many.String() + "/>")
	require.ErrorContains(t, err, "64 attributes")
	require.ErrorContains(t, nestedNamespaces(), "256 namespaces")
}

func nestedNamespaces() error {
	var b strings.Builder
	for i := range 10 {
		b.WriteString("<a")
		for j := range 30 {
			b.WriteString(" xmlns:p" + strings.Repeat("x", i+1) + strings.Repeat("y", j) + "='u'")
		}
		b.WriteString(">")
	}
	_, err := parse(b.String())
	return err
}

func TestHostileDocumentsCostLittle(t *testing.T) {
	bomb := `<!DOCTYPE a [<!ENTITY l "lol">` + strings.Repeat(`<!ENTITY x "&l;&l;&l;&l;&l;&l;&l;&l;">`, 1000) + `]><a>&x;</a>`
	cases := map[string]string{
		"an entity bomb":            bomb,
		"50 MB":                     strings.Repeat("<a>", 50<<20/3),
		"deep nesting":              strings.Repeat("<a>", 5<<20),
		"many stylesheets":          strings.Repeat("<?xml-stylesheet ?>", 800_000),
		"many comments in a value":  "<a>" + strings.Repeat("x<!---->", 1_000_000) + "</a>",
		"many sections in a value":  "<a>" + strings.Repeat("<![CDATA[x]]>", 1_100_000) + "</a>",
		"many short elements":       "<a>" + strings.Repeat("<b/>", 3_000_000) + "</a>",
		"a reference without end":   "<a>" + strings.Repeat("&", 10<<20),
		"an attribute without end":  "<a b='" + strings.Repeat("x", 10<<20),
		"white space and no root":   strings.Repeat("\n", 16<<20),
		"one line and a late fault": "<a>" + strings.Repeat("<b/>", 200_000) + "</b>",
	}
	for name, document := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := parse(document)
			require.Error(t, err)
			require.Less(t, time.Since(start), 5*time.Second)
		})
	}
}

func TestADocumentCutAnywhereIsRefused(t *testing.T) {
	const document = `<?xml version="1.0"?><a b="&amp;"><!-- c --><p:d xmlns:p="u">中<![CDATA[x]]></p:d></a>`
	_, err := parse(document)
	require.NoError(t, err)
	for i := range document {
		_, err := parse(document[:i])
		require.Error(t, err, document[:i])
	}
}

// FuzzParse holds the package against encoding/xml: what is accepted here is
// well-formed there and has the same names and text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`<a b="1">x&amp;<c/>y</a>`, `<p:a xmlns:p="u" p:b='&#10;'/>`, "<a>\r\n<![CDATA[x]]></a>",
		`<?xml version="1.0"?><a xmlns="u"><b xmlns=""/></a>`, `<a><!-- x --><b/></a>`, "<a A\u127f=''/>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(compareWithStandardLibrary)
}

func compareWithStandardLibrary(t *testing.T, data []byte) {
	root, err := xmltree.Parse(data, xmltree.Limits{Bytes: 1 << 16})
	if err != nil {
		var fault *xmltree.Error
		if !errors.As(err, &fault) {
			t.Fatalf("an untyped error: %v", err)
		}
		return
	}
	if !strings.HasPrefix(string(data), "<") || strings.Contains(strings.ToLower(string(data)), "encoding") {
		return // only plain UTF-8 is compared
	}
	if mixed(root) {
		return // the tree does not keep the order of text and elements
	}
	var want, got strings.Builder
	writeStandard(t, data, &want)
	writeTree(root, &got)
	if got.String() != want.String() {
		t.Fatalf("%q reads as %q, encoding/xml says %q", data, got.String(), want.String())
	}
}

func mixed(n *xmltree.Node) bool {
	if len(n.Children) > 0 && n.Text != "" {
		return true
	}
	for _, c := range n.Children {
		if mixed(c) {
			return true
		}
	}
	return false
}

// writeStandard and writeTree give names and the text outside layout.
func writeStandard(t *testing.T, data []byte, out *strings.Builder) {
	decoder := xml.NewDecoder(strings.NewReader(string(data)))
	var text strings.Builder
	flush := func() {
		out.WriteString(strings.Join(strings.Fields(text.String()), " "))
		text.Reset()
	}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && strings.Contains(err.Error(), "invalid XML name") {
			t.Skip("encoding/xml has the shorter name table of the fourth edition")
		}
		if err != nil {
			t.Fatalf("%q is accepted here and not by encoding/xml: %v", data, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			flush()
			out.WriteString("<" + token.Name.Space + "|" + token.Name.Local + ">")
		case xml.EndElement:
			flush()
			out.WriteString("</>")
		case xml.CharData:
			text.Write(token)
		}
	}
}

func writeTree(n *xmltree.Node, out *strings.Builder) {
	out.WriteString("<" + n.Space + "|" + n.Local + ">")
	if len(n.Children) == 0 {
		out.WriteString(strings.Join(strings.Fields(n.Text), " "))
	}
	for _, c := range n.Children {
		writeTree(c, out)
	}
	out.WriteString("</>")
}

func TestRandomMarkupNeverPanics(t *testing.T) {
	pieces := []string{"<a>", "</a>", "<b/>", "<a b='1'>", "x", "&amp;", "&#x41;", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>",
		"<!DOCTYPE", " ", "\r\n", "xmlns:p='u'", "<p:c xmlns:p='u'>", "</p:c>", "中", "\xFF", "=", "'", `"`}
	rapid.Check(t, func(rt *rapid.T) {
		document := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(rt, "pieces"), "")
		_, _ = parse(document)
	})
}
