package iso20022

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/zhilian-network/zhilian/iso20022/internal/xmltree"
)

// DefaultMaxBytes is the size beyond which a file is refused unread.
const DefaultMaxBytes = xmltree.DefaultBytes

type options struct {
	now     time.Time
	limits  xmltree.Limits
	schemas Schemas
}

// Schemas validates a document against the schema of its message; xsd.Validator is one.
type Schemas interface {
	Has(message string) bool
	Validate(ctx context.Context, message string, document []byte) error
}

// WithSchemas has an otherwise accepted file validated against its schema as well, where there is
// one: it covers the parts of a message that this package does not read.
func WithSchemas(schemas Schemas) Option { return func(o *options) { o.schemas = schemas } }

// Option changes how Parse judges a file.
type Option func(*options)

// WithNow sets the moment that requested dates are compared with; by default
// it is the time of the call.
func WithNow(now time.Time) Option { return func(o *options) { o.now = now } }

// WithMaxBytes sets the size beyond which a file is refused unread.
func WithMaxBytes(n int) Option { return func(o *options) { o.limits.Bytes = n } }

// Parse reads one file. The error is always a *Rejection.
func Parse(data []byte, opts ...Option) (*Message, error) {
	o := options{now: time.Now()}
	for _, apply := range opts {
		apply(&o)
	}
	root, err := xmltree.Parse(data, o.limits)
	if err != nil {
		return nil, unreadable(data, err)
	}
	envelope, f := open(root)
	if f == nil {
		f = envelope.check()
	}
	if f != nil {
		return nil, envelope.describe(f.rejection())
	}
	r := reader{now: o.now, envelope: envelope}
	if f := r.read(); f != nil {
		return nil, envelope.describe(f.rejection())
	}
	r.message.Digest = sha256.Sum256(data)
	if err := o.validate(r.message.Version, data); err != nil {
		return nil, envelope.describe(&Rejection{Reason: ReasonSyntax, Text: err.Error()})
	}
	return &r.message, nil
}

func (o options) validate(version string, data []byte) error {
	if o.schemas == nil || !o.schemas.Has(version) {
		return nil
	}
	document, err := xmltree.UTF8(data)
	if err != nil {
		return err
	}
	return o.schemas.Validate(context.Background(), version, document)
}

// unreadable rejects what is not safe, well-formed XML.
func unreadable(data []byte, err error) *Rejection {
	rejection := &Rejection{Reason: ReasonSyntax, Text: err.Error()}
	var where *xmltree.Error
	if errors.As(err, &where) {
		rejection.Text, rejection.Line = where.Text, where.Line
	}
	if bytes.HasPrefix(data, []byte("{H:")) {
		rejection.Text = "this is a CNAPS2 frame with header and signature blocks; send the XML of a pacs.008 or pain.001 alone"
	}
	return rejection
}

// describe adds what can be read of the group header. The file may be wrong in
// any way, so a value is taken only if it is valid itself.
func (e envelope) describe(r *Rejection) *Rejection {
	r.Kind, r.Version = e.format.kind, e.format.version
	group := e.body.Child("GrpHdr")
	r.MessageID = NormalID(valid(group.Child("MsgId"), text(35)))
	r.OriginalNbOfTxs = valid(group.Child("NbOfTxs"), count)
	r.OriginalCtrlSum = trim(valid(group.Child("CtrlSum"), controlSum))
	r.InitiatingParty = valid(group.At("InitgPty", "Nm"), text(140))
	r.CreatedAt, _ = parseDateTime(valid(group.Child("CreDtTm"), dateTime))
	r.BusinessID = valid(e.header.Child("BizMsgIdr"), text(35))
	r.InstructingAgent = readAgent(group.Child("InstgAgt"))
	return r
}

func valid(n *xmltree.Node, t valueType) string {
	if n == nil || len(n.Children) > 0 || t.why(n.Text) != "" {
		return ""
	}
	return n.Text
}
