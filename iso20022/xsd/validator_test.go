package xsd_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022/xsd"
)

// letter is a schema of our own, so that the guards are tested without the
// registration authority's files: a Document with a name of at most five
// characters, any number of amounts, and a foreign element if it is declared.
const (
	letter          = "test.001.001.01"
	letterNamespace = "urn:iso:std:iso:20022:tech:xsd:test.001.001.01"
	letterSchema    = `<xs:schema xmlns="` + letterNamespace + `" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  elementFormDefault="qualified" targetNamespace="` + letterNamespace + `">
  <xs:element name="Document"><xs:complexType><xs:sequence>
    <xs:element name="Nm"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="5"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="Amt" type="xs:decimal" minOccurs="0" maxOccurs="unbounded"/>
    <xs:any namespace="##other" processContents="strict" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`
)

func newValidator(t testing.TB) *xsd.Validator {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, letter+".xsd"), []byte(letterSchema), 0o600))
	v, err := xsd.New(dir)
	require.NoError(t, err)
	return v
}

func document(inner string) string {
	return `<Document xmlns="` + letterNamespace + `">` + inner + `</Document>`
}

func TestValidDocumentsPass(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                               document("<Nm>Wang</Nm><Amt>1.5</Amt>"),
		"with declaration":                    `<?xml version="1.0" encoding="UTF-8"?>` + document("<Nm>Wang</Nm>"),
		"with byte order mark":                "\ufeff" + document("<Nm>Wang</Nm>"),
		"with prefixes":                       `<a:Document xmlns:a="` + letterNamespace + `"><a:Nm>x</a:Nm></a:Document>`,
		"characters count, not bytes":         document("<Nm>青岛海😀材</Nm>"),
		"decoded from GB18030, declared so":   `<?xml version="1.0" encoding="GB18030"?>` + document("<Nm>青岛海洋材</Nm>"),
		"in an envelope":                      `<Envelope><Hdr/>` + document("<Nm>Wang</Nm>") + `</Envelope>`,
		"prefix declared by the envelope":     `<E xmlns:a="` + letterNamespace + `"><a:Document><a:Nm>x</a:Nm></a:Document></E>`,
		"envelope with a Document of its own": `<Document>` + document("<Nm>Wang</Nm>") + `</Document>`,
		"the word DOCTYPE as a text":          document("<Nm><![CDATA[<!DOC]]></Nm><Amt>1</Amt><!-- <!DOCTYPE x> -->"),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, newValidator(t).Validate(context.Background(), letter, []byte(text)))
		})
	}
}

func TestInvalidDocumentsAreReportedWithTheirLine(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		line    int
		element string
	}{
		"too long a text":            {document("\n\n<Nm>Wangxi</Nm>"), 3, "Nm"},
		"an unknown element":         {document("\n<Nm>x</Nm>\n<Other/>"), 3, "Other"},
		"a missing element":          {"\n" + document(""), 2, "Document"},
		"not a number":               {document("<Nm>x</Nm>\n<Amt>1,5</Amt>"), 2, "Amt"},
		"an element of no namespace": {document("\n" + `<Nm xmlns="">x</Nm>`), 2, "Nm"},
		"line of the whole file":     {"<Envelope>\n<Hdr/>\n" + document("\n<Nm>Wangxi</Nm>") + "</Envelope>", 4, "Nm"},
	} {
		t.Run(name, func(t *testing.T) {
			err := newValidator(t).Validate(context.Background(), letter, []byte(test.text))
			var invalid *xsd.InvalidError
			require.ErrorAs(t, err, &invalid)
			require.ErrorIs(t, err, xsd.ErrInvalid)
			require.Equal(t, test.line, invalid.Findings[0].Line, err)
			require.Contains(t, invalid.Findings[0].Element, test.element)
			require.Contains(t, err.Error(), fmt.Sprintf("line %d: ", test.line))
		})
	}
}

func TestHostileDocumentsAreRefused(t *testing.T) {
	deep := strings.Repeat("<a>", 100) + document("<Nm>x</Nm>") + strings.Repeat("</a>", 100)
	for name, text := range map[string]string{
		"empty":                          "",
		"not XML":                        `{"Document": 1}`,
		"not UTF-8":                      document("<Nm>\xff\xfe</Nm>"),
		"UTF-16":                         "\xff\xfe<\x00a\x00/\x00>\x00",
		"cut off":                        document("<Nm>x</Nm>")[:60],
		"two roots":                      document("<Nm>x</Nm>") + document("<Nm>x</Nm>"),
		"a harmless DOCTYPE":             `<!DOCTYPE Document>` + document("<Nm>x</Nm>"),
		"a DOCTYPE behind a comment":     `<?xml version="1.0"?><!-- --><!DOCTYPE Document [<!ENTITY e "x">]>` + document("<Nm>&e;</Nm>"),
		"a DOCTYPE behind the root":      document("<Nm>x</Nm>") + `<!DOCTYPE Document>`,
		"a DOCTYPE inside of the root":   document("<!DOCTYPE Document><Nm>x</Nm>"),
		"declared as UTF-7":              `<?xml version="1.0" encoding="UTF-7"?>` + document("<Nm>x</Nm>"),
		"XML 1.1":                        `<?xml version="1.1"?>` + document("<Nm>&#1;</Nm>"),
		"a control character":            document("<Nm>&#1;</Nm>"),
		"an entity nobody declared":      document("<Nm>&e;</Nm>"),
		"another namespace":              `<Document xmlns="urn:other"><Nm>x</Nm></Document>`,
		"no namespace":                   `<Document><Nm>x</Nm></Document>`,
		"two Documents in an envelope":   `<E>` + document("<Nm>x</Nm>") + document("<Nm>x</Nm>") + `</E>`,
		"a Document within the Document": document("<Nm>x</Nm>" + document("<Nm>x</Nm>")),
		"nested too deeply":              deep,
		"too large":                      document("<Nm>x</Nm>" + strings.Repeat(" ", xsd.MaxBytes)),
	} {
		t.Run(name, func(t *testing.T) {
			err := newValidator(t).Validate(context.Background(), letter, []byte(text))
			require.ErrorIs(t, err, xsd.ErrRefused)
		})
	}
}

func TestSchemaLocationHintsAreNotFollowed(t *testing.T) {
	// The document brings a declaration of its foreign element, which would make
	// it valid if anybody opened the file.
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, letter+".xsd"), []byte(letterSchema), 0o600))
	extra := filepath.Join(dir, "extra.xsd")
	declares := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:extra"><xs:element name="Extra"/></xs:schema>`
	require.NoError(t, os.WriteFile(extra, []byte(declares), 0o600))
	v, err := xsd.New(dir)
	require.NoError(t, err)
	t.Chdir(dir)
	for _, location := range []string{"extra.xsd", extra, "file://" + extra} {
		text := `<Document xmlns="` + letterNamespace + `" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
xsi:schemaLocation="urn:extra ` + location + `"><Nm>x</Nm><Extra xmlns="urn:extra"/></Document>`
		require.ErrorIs(t, v.Validate(context.Background(), letter, []byte(text)), xsd.ErrInvalid)
	}
}

func TestFindingsAreBoundedAndFitForALog(t *testing.T) {
	text := document("<Nm>x</Nm>" + strings.Repeat("<Amt>x\nforged line\u202e"+strings.Repeat("y", 5000)+"</Amt>", 500))
	err := newValidator(t).Validate(context.Background(), letter, []byte(text))
	var invalid *xsd.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Findings, 20)
	require.Positive(t, invalid.Omitted)
	require.Less(t, len(err.Error()), 20*1024)
	require.NotContains(t, err.Error(), "\n")
	require.NotContains(t, err.Error(), "\u202e")
}

func TestUnknownMessagesHaveNoSchema(t *testing.T) {
	v := newValidator(t)
	require.True(t, v.Has(letter))
	for _, name := range []string{"pain.001.001.09", "", "../" + letter, letter + ".xsd", "test.001.001.01\n"} {
		require.False(t, v.Has(name), name)
		require.ErrorIs(t, v.Validate(context.Background(), name, []byte(document("<Nm>x</Nm>"))), xsd.ErrNoSchema)
	}
}

func TestFolderAndSchemaErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := xsd.New(filepath.Join(dir, "absent"))
	require.Error(t, err)
	file := filepath.Join(dir, letter+".xsd")
	for _, broken := range []string{"<xs:schema", "<schema/>", strings.Replace(letterSchema, "xs:decimal", "xs:none", 1), strings.Repeat(" ", 5<<20)} {
		require.NoError(t, os.WriteFile(file, []byte(broken), 0o600))
		_, err = xsd.New(file)
		require.Error(t, err)
		v, err := xsd.New(dir)
		require.NoError(t, err)
		for range 2 {
			err = v.Validate(context.Background(), letter, []byte(document("<Nm>x</Nm>")))
			require.ErrorContains(t, err, letter+".xsd")
			require.NotErrorIs(t, err, xsd.ErrInvalid, "a broken schema must not look like a broken document")
		}
	}
}

func TestSchemaMayNotLoadOthers(t *testing.T) {
	dir := t.TempDir()
	including := strings.Replace(letterSchema, `<xs:element name="Document">`,
		`<xs:include schemaLocation="other.xsd"/><xs:element name="Document">`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, letter+".xsd"), []byte(including), 0o600))
	other := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="` + letterNamespace + `"/>`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "other.xsd"), []byte(other), 0o600))
	v, err := xsd.New(dir)
	require.NoError(t, err)
	require.Error(t, v.Validate(context.Background(), letter, []byte(document("<Nm>x</Nm>"))))
}

func TestCancelledContextStops(t *testing.T) {
	v := newValidator(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, v.Validate(ctx, letter, []byte(document("<Nm>x</Nm>"))), context.Canceled)
	require.NoError(t, v.Validate(context.Background(), letter, []byte(document("<Nm>x</Nm>"))),
		"a cancelled first call leaves no failure behind")
}

func TestConcurrentUse(t *testing.T) {
	v := newValidator(t)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			name := strings.Repeat("x", 1+i%8)
			err := v.Validate(context.Background(), letter, []byte(document("<Nm>"+name+"</Nm>")))
			if (err == nil) != (len(name) <= 5) {
				errs[i] = fmt.Errorf("%s: %v", name, err)
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// The shapes that cost the schema processor most, as large as they may be or nearly so:
// either refused, or finished soon.
func TestExpensiveDocumentsAreRefusedOrFinishSoon(t *testing.T) {
	numbered := func(n int, format string) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, format, i)
		}
		return out.String()
	}
	for name, test := range map[string]struct {
		text    string
		refused bool
	}{
		"many attributes":      {`<E` + numbered(100_000, ` a%d=""`) + `>` + document("<Nm>x</Nm>") + `</E>`, true},
		"many namespaces":      {`<E` + numbered(100_000, ` xmlns:a%d="u"`) + `>` + document("<Nm>x</Nm>") + `</E>`, true},
		"comments in a text":   {document("<Nm>" + strings.Repeat("a<!-- -->", 100_000) + "</Nm>"), true},
		"CDATA in a text":      {document("<Nm>" + strings.Repeat("a<![CDATA[b]]>", 100_000) + "</Nm>"), true},
		"instructions":         {strings.Repeat("<?a b?>", 100_000) + document("<Nm>x</Nm>"), true},
		"too many elements":    {document("<Nm>x</Nm>" + strings.Repeat("<Amt>1</Amt>", 200_000)), true},
		"a long text":          {document("<Nm>" + strings.Repeat("x", 2<<20) + "</Nm>"), true},
		"many elements":        {document("<Nm>x</Nm>" + strings.Repeat("<Amt>1</Amt>", 50_000)), false},
		"as many attributes":   {`<E` + numbered(64, ` xmlns:a%d="u"`) + `>` + document("<Nm>x</Nm>") + `</E>`, false},
		"a long number":        {document("<Nm>x</Nm><Amt>" + strings.Repeat("9", 1<<20) + "</Amt>"), false},
		"as many comments":     {document("<Nm>" + strings.Repeat("a<!-- -->", 400) + "</Nm>"), false},
		"character references": {document("<Nm>" + strings.Repeat("&#x41;", 1<<20) + "</Nm>"), false},
		"as many long texts":   {document("<Nm>x</Nm>" + strings.Repeat("<Amt>"+strings.Repeat("x", 1<<20-100)+"</Amt>", 15)), false},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			err := newValidator(t).Validate(context.Background(), letter, []byte(test.text))
			require.Equal(t, test.refused, errors.Is(err, xsd.ErrRefused), "%v", err)
			// Measured well under three seconds each; the bound only has to tell
			// that from minutes, on a busy machine too.
			require.Less(t, time.Since(start), 30*time.Second)
		})
	}
}
