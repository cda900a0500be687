package conformance

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/xsd"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

const isoNamespace = "urn:iso:std:iso:20022:tech:xsd:"

// unread are the elements whose content iso20022 does not hold against the
// schema; see its README.
var unread = []string{
	"PstlAdr", "CtctDtls", "Strd", "RgltryRptg", "RltdRmtInf", "Tax", "ChqInstr", "ChrgsInf", "MndtRltdInf",
	"SttlmTmIndctn", "SttlmTmReq", "AddtlDtTm", "AgrdRate", "PmtSgntr", "ReqdAdvcTp", "Envlp",
}

// effort scales the random tests: a quick run by default, less with -short,
// many times more when ZHILIAN_THOROUGH is set.
func effort(t *testing.T, n int) int {
	t.Helper()
	switch {
	case os.Getenv("ZHILIAN_THOROUGH") != "":
		return n * 5
	case testing.Short():
		return max(1, n/4)
	}
	return n
}

// validator is the published schema of one version.
type validator struct {
	version string
	file    []byte
	schema  *xsd.Schema
}

// validators reads the schemas that are there, of versions that Parse reads.
func validators(t *testing.T) []validator {
	t.Helper()
	var all []validator
	for _, version := range iso20022.Versions() {
		for _, dir := range schemaFolders(t) {
			file := filepath.Join(dir, version+".xsd")
			data, err := os.ReadFile(file)
			if err != nil {
				continue
			}
			tree, err := helium.NewParser().Parse(context.Background(), data)
			if err != nil {
				t.Fatal(err)
			}
			compiled, err := xsd.NewCompiler().Compile(context.Background(), tree)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, validator{version, data, compiled})
			break
		}
	}
	if len(all) == 0 {
		t.Skip("no schemas in shared/data/iso20022/xsd beside the repository, nor in ZHILIAN_ISO_XSD")
	}
	return all
}

func schemaFolders(t *testing.T) []string {
	t.Helper()
	var folders []string
	if set, found := shareddata.Find("iso20022"); found {
		folders = append(folders, filepath.Join(set, "xsd"))
	}
	if extra := os.Getenv("ZHILIAN_ISO_XSD"); extra != "" {
		folders = append(folders, extra)
	}
	return folders
}

func (v validator) allows(t *testing.T, document string) bool {
	t.Helper()
	tree, err := helium.NewParser().Parse(context.Background(), []byte(document))
	if err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	return xsd.NewValidator(v.schema).Validate(context.Background(), tree) == nil
}

// structural gives the rejection of a file's structure; nil when Parse accepts
// the file or refuses it for what its values mean together.
func structural(document string) *iso20022.Rejection {
	_, err := iso20022.Parse([]byte(document))
	var rejection *iso20022.Rejection
	if !errors.As(err, &rejection) {
		return nil
	}
	switch rejection.Reason {
	case iso20022.ReasonControlSum, iso20022.ReasonCurrency, "AM01", "AM02":
		return nil
	case iso20022.ReasonCount:
		if strings.Contains(rejection.Text, "announced") {
			return nil
		}
	case iso20022.ReasonAmount:
		if strings.Contains(rejection.Text, "decimals") {
			return nil
		}
	case iso20022.ReasonSyntax:
		if strings.Contains(rejection.Text, "blank") {
			return nil
		}
	}
	return rejection
}

func compare(t *testing.T, v validator, document, what string) {
	t.Helper()
	rejection := structural(document)
	switch allowed := v.allows(t, document); {
	case allowed && rejection != nil:
		t.Fatalf("%s, %s: the schema allows it and Parse says %v\n%s", v.version, what, rejection, document)
	case !allowed && rejection == nil:
		t.Fatalf("%s, %s: the schema refuses it and Parse does not\n%s", v.version, what, document)
	}
}

func TestWhatTheSchemaAllowsIsRead(t *testing.T) {
	for _, v := range validators(t) {
		random := rand.New(rand.NewPCG(7, 11))
		generator := newSchema(t, v.file, random)
		for range effort(t, 12) {
			compare(t, v, render(generator.document(isoNamespace+v.version)), "as generated")
		}
	}
}

func TestWhatTheSchemaRefusesIsRefused(t *testing.T) {
	for _, v := range validators(t) {
		random := rand.New(rand.NewPCG(13, 17))
		generator := newSchema(t, v.file, random)
		for range effort(t, 3) {
			document := generator.document(isoNamespace + v.version)
			mutateSome(t, v, random, document, effort(t, 25))
		}
	}
}

// mutateSome changes a document in one place at a time and compares.
func mutateSome(t *testing.T, v validator, random *rand.Rand, document *xmltree.Node, n int) {
	t.Helper()
	places := readPlaces(document, nil)
	for range n {
		place := places[random.IntN(len(places))]
		m := mutations[random.IntN(len(mutations))]
		if m.inside && slices.Contains(unread, place.node.Local) {
			continue
		}
		name := place.node.Local
		undo := m.apply(place)
		// What has become an unread element may hold anything.
		if name == place.node.Local || !slices.Contains(unread, place.node.Local) {
			compare(t, v, render(document), m.name+" "+name)
		}
		undo()
	}
}

// place is an element below the document element, with its parent.
type place struct {
	parent *xmltree.Node
	node   *xmltree.Node
	index  int
}

func readPlaces(parent *xmltree.Node, found []place) []place {
	for i, c := range parent.Children {
		found = append(found, place{parent, c, i})
		if !slices.Contains(unread, c.Local) {
			found = readPlaces(c, found)
		}
	}
	return found
}

// mutation changes a tree and gives a function that changes it back. inside
// says that it changes the content of the element rather than its place.
type mutation struct {
	name   string
	inside bool
	apply  func(place) (undo func())
}

func siblings(change func(children []*xmltree.Node, i int) []*xmltree.Node) func(place) func() {
	return func(p place) func() {
		old := p.parent.Children
		p.parent.Children = change(slices.Clone(old), p.index)
		return func() { p.parent.Children = old }
	}
}

func content(change func(*xmltree.Node)) func(place) func() {
	return func(p place) func() {
		old := *p.node
		change(p.node)
		return func() { *p.node = old }
	}
}

var mutations = []mutation{
	{"drop", false, siblings(func(c []*xmltree.Node, i int) []*xmltree.Node { return slices.Delete(c, i, i+1) })},
	{"double", false, siblings(func(c []*xmltree.Node, i int) []*xmltree.Node { return slices.Insert(c, i, c[i]) })},
	{"double at the end", false, siblings(func(c []*xmltree.Node, i int) []*xmltree.Node { return append(c, c[i]) })},
	{"swap", false, siblings(func(c []*xmltree.Node, i int) []*xmltree.Node {
		j := (i + 1) % len(c)
		c[i], c[j] = c[j], c[i]
		return c
	})},
	{"rename", false, content(func(n *xmltree.Node) { n.Local += "X" })},
	{"rename to a neighbour of", false, func(p place) func() {
		old := p.node.Local
		p.node.Local = p.parent.Children[(p.index+1)%len(p.parent.Children)].Local
		return func() { p.node.Local = old }
	}},
	{"move to a foreign namespace", false, content(func(n *xmltree.Node) { n.Space = "urn:example:foreign" })},
	{"add an attribute to", true, content(func(n *xmltree.Node) {
		n.Attrs = append(slices.Clone(n.Attrs), xmltree.Attr{Local: "Extra", Value: "1"})
	})},
	{"take the attributes of", true, content(func(n *xmltree.Node) { n.Attrs = nil })},
	{"empty", true, content(func(n *xmltree.Node) { n.Text, n.Children = "", nil })},
	{"overfill", true, content(func(n *xmltree.Node) { n.Text += strings.Repeat("9", 3000) })},
	{"append a character to", true, content(func(n *xmltree.Node) { n.Text += "x" })},
	{"append a digit to", true, content(func(n *xmltree.Node) { n.Text += "1" })},
	{"put spaces around", true, content(func(n *xmltree.Node) {
		if len(n.Children) == 0 {
			n.Text = " " + n.Text + " "
		}
	})},
	{"negate", true, content(func(n *xmltree.Node) {
		// Years before Christ are dates to a schema and not to a bank.
		if len(n.Text) < 10 || n.Text[4] != '-' {
			n.Text = "-" + n.Text
		}
	})},
	{"write lower case in", true, content(func(n *xmltree.Node) { n.Text = strings.ToLower(n.Text) })},
	{"put an unknown element in", true, content(func(n *xmltree.Node) {
		n.Children = append([]*xmltree.Node{{Space: n.Space, Local: "Unknown"}}, n.Children...)
	})},
}

func TestOneVersionIsNotTakenForAnother(t *testing.T) {
	all := validators(t)
	for _, from := range all {
		random := rand.New(rand.NewPCG(19, 23))
		generator := newSchema(t, from.file, random)
		for range effort(t, 3) {
			document := render(generator.document(isoNamespace + from.version))
			for _, to := range all {
				if from.version[:8] != to.version[:8] {
					continue
				}
				moved := strings.ReplaceAll(document, isoNamespace+from.version, isoNamespace+to.version)
				compareRead(t, to, moved, "written as "+from.version)
			}
		}
	}
}

// compareRead compares documents without unread parts, which may be of another
// version without Parse noticing.
func compareRead(t *testing.T, v validator, document, what string) {
	t.Helper()
	for _, name := range unread {
		if strings.Contains(document, "<"+name+">") {
			return
		}
	}
	compare(t, v, document, what)
}

func TestSamplesGetTheVerdictOfTheSchema(t *testing.T) {
	all := validators(t)
	set, _ := shareddata.Find("iso20022")
	files, _ := filepath.Glob(filepath.Join(set, "samples", "*.xml"))
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := xmltree.Parse(bytes.TrimSpace(data), xmltree.Limits{})
		if err != nil {
			continue
		}
		document := find(root)
		for _, v := range all {
			if document == nil || document.Space != isoNamespace+v.version {
				continue
			}
			compare(t, v, render(document), filepath.Base(file))
			random := rand.New(rand.NewPCG(29, 31))
			if v.allows(t, render(document)) {
				mutateSome(t, v, random, document, effort(t, 12))
			}
			compared++
		}
	}
	if compared < 8 {
		t.Fatalf("only %d samples were compared", compared)
	}
}

func find(n *xmltree.Node) *xmltree.Node {
	if n.Local == "Document" {
		return n
	}
	for _, c := range n.Children {
		if found := find(c); found != nil {
			return found
		}
	}
	return nil
}
