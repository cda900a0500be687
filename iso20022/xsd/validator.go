package xsd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"

	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/xsd"
)

const (
	// maxDepth bounds nesting. The deepest path of the schemas in use has fewer
	// than twenty elements, and an envelope adds a few.
	maxDepth = 64

	// maxSchemaBytes bounds a schema file; the largest of ISO 20022 is under 1 MiB.
	maxSchemaBytes = 4 << 20

	namespacePrefix = "urn:iso:std:iso:20022:tech:xsd:"
)

var (
	// ErrNoSchema says that the folder holds no schema for a message.
	ErrNoSchema = errors.New("xsd: no schema for this message")
	// ErrRefused says that a document was not even looked at: too large, not
	// UTF-8, with a DOCTYPE, not well formed, or without the expected Document.
	ErrRefused = errors.New("xsd: document refused")
	// ErrInvalid is wrapped by *InvalidError.
	ErrInvalid = errors.New("xsd: document does not follow its schema")
)

// messageID is the shape of a message name, which becomes a file name.
var messageID = regexp.MustCompile(`^[a-z]{4}\.[0-9]{3}\.[0-9]{3}\.[0-9]{2}$`)

// Validator checks documents against the schemas of a folder. It is safe for
// concurrent use.
type Validator struct {
	dir     string
	turns   chan struct{} // one per validation that may run, which bounds memory
	mu      sync.Mutex    // guards schemas
	schemas map[string]*lazySchema
}

// lazySchema is compiled by the first message that needs it. Others of its kind
// wait; other kinds do not.
type lazySchema struct {
	once   sync.Once
	schema *xsd.Schema
	err    error
}

// New returns a validator for a folder of files named <message id>.xsd.
func New(dir string) (*Validator, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("xsd: schema folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("xsd: schema folder: %s is not a folder", dir)
	}
	return &Validator{
		dir:     dir,
		turns:   make(chan struct{}, runtime.GOMAXPROCS(0)),
		schemas: map[string]*lazySchema{},
	}, nil
}

// Has reports whether the folder holds a schema for a message such as pain.001.001.09.
func (v *Validator) Has(message string) bool {
	if !messageID.MatchString(message) {
		return false
	}
	info, err := os.Stat(v.path(message))
	return err == nil && info.Mode().IsRegular()
}

func (v *Validator) path(message string) string {
	return filepath.Join(v.dir, message+".xsd")
}

// Validate checks the one Document of the message's namespace in a UTF-8 file,
// whether it is the root or inside an envelope; what surrounds it is not
// checked. It returns nil, an *InvalidError, or an error that wraps ErrNoSchema
// or ErrRefused.
func (v *Validator) Validate(ctx context.Context, message string, document []byte) error {
	if !v.Has(message) {
		return fmt.Errorf("%w: %.64q", ErrNoSchema, message)
	}
	if err := admit(document); err != nil {
		return err
	}
	schema, err := v.schema(message)
	if err != nil {
		return err
	}
	select {
	case v.turns <- struct{}{}:
		defer func() { <-v.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return check(ctx, schema, message, document)
}

func check(ctx context.Context, schema *xsd.Schema, message string, document []byte) error {
	tree, err := parse(ctx, document)
	if err != nil {
		return err
	}
	if err := isolate(tree, namespacePrefix+message); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	found := &findings{}
	if err := xsd.NewValidator(schema).ErrorHandler(found).Validate(ctx, tree); err != nil {
		return found.report(message)
	}
	return nil
}

func (v *Validator) schema(message string) (*xsd.Schema, error) {
	v.mu.Lock()
	lazy, found := v.schemas[message]
	if !found {
		lazy = &lazySchema{}
		v.schemas[message] = lazy
	}
	v.mu.Unlock()
	// Compiled without the caller's context: an impatient first caller must not
	// leave a failure behind for all others.
	lazy.once.Do(func() { lazy.schema, lazy.err = compile(v.path(message)) })
	return lazy.schema, lazy.err
}

func compile(path string) (*xsd.Schema, error) {
	text, err := readSchema(path)
	if err != nil {
		return nil, fmt.Errorf("xsd: schema: %w", err)
	}
	tree, err := helium.NewParser().Parse(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("xsd: schema %s: %w", filepath.Base(path), err)
	}
	found := &findings{}
	schema, err := xsd.NewCompiler().Version(xsd.Version10).ErrorHandler(found).Compile(context.Background(), tree)
	if err != nil {
		// Findings as text: errors.Is must not take a broken schema for a broken document.
		return nil, fmt.Errorf("xsd: schema %s: %w: %v", filepath.Base(path), err, found.list)
	}
	return schema, nil
}

func readSchema(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSchemaBytes {
		return nil, fmt.Errorf("%s has more than %d bytes", filepath.Base(path), maxSchemaBytes)
	}
	return os.ReadFile(path)
}

func parse(ctx context.Context, document []byte) (*helium.Document, error) {
	tree, err := helium.NewParser().MaxDepth(maxDepth).IgnoreEncoding(true).Parse(ctx, document)
	if ctxErr := ctx.Err(); ctxErr != nil {
		return nil, ctxErr
	}
	if err != nil {
		return nil, fmt.Errorf("%w: not well formed: %w", ErrRefused, err)
	}
	return tree, nil
}

// isolate makes the one Document of a namespace the root of its tree.
func isolate(tree *helium.Document, namespace string) error {
	var found []*helium.Element
	for node := range helium.Descendants(tree) {
		element, ok := helium.AsNode[*helium.Element](node)
		if ok && element.LocalName() == "Document" && element.URI() == namespace {
			found = append(found, element)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("%w: %d elements Document of %s, one is needed", ErrRefused, len(found), namespace)
	}
	if found[0] == tree.DocumentElement() {
		return nil
	}
	helium.UnlinkNode(found[0])
	return tree.SetDocumentElement(found[0])
}
