package privacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// depthMax bounds how deep JSON may be nested; answers of ours are not ten deep.
const depthMax = 100

// errJSON says that a text is not the JSON form of the message that it should be.
var errJSON = errors.New("not the JSON form of the message")

// MaskJSON takes out of a message in JSON, as protojson and the command line print it, what the reader may
// not read. A field that is taken out is absent, and its object has a member "@masked": the list of the
// names of all fields that the reader may not read, whether they have a value or not:
//
//	{"id": "BQDQ", "status": "MEMBER_STATUS_ACTIVE", "@masked": ["party_id", "amount"]}
//
// No value stands in a field's place, so none can be taken for one. An object without "@masked" is complete.
// An Any of a type of ours that is not known has "@masked": ["*"]. What is all shown is returned as it is,
// without a copy. White space between members is not kept.
//
// descriptor says what the JSON is of; names may be those of the proto file or lowerCamelCase. An error says
// that the text is not the JSON of that message: nothing is returned then.
func MaskJSON(descriptor protoreflect.MessageDescriptor, in []byte, allowed Allowed) ([]byte, error) {
	allowed = allowed.normal()
	if isOurs(descriptor) && planOf(descriptor, allowed).whole {
		return in, nil
	}
	if !json.Valid(in) {
		return nil, fmt.Errorf("%s: %w", descriptor.FullName(), errJSON)
	}
	m := &masker{in: in, out: make([]byte, 0, len(in)), allowed: allowed}
	if err := m.message(descriptor, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", descriptor.FullName(), err)
	}
	return m.out, nil
}

// Answer is a message with what its reader may read. Its JSON is masked; it needs the types of what it holds
// in Any, as Marshal.Resolver.
type Answer struct {
	Message proto.Message
	Allowed Allowed
	Marshal protojson.MarshalOptions
}

// MarshalJSON writes the message without what the reader may not read. It is what encoding/json, and a REST
// gateway whose answers are rewritten to an Answer, call.
func (a Answer) MarshalJSON() ([]byte, error) {
	encoded, err := a.Marshal.Marshal(a.Message)
	if err != nil {
		return nil, err
	}
	return MaskJSON(a.Message.ProtoReflect().Descriptor(), encoded, a.Allowed)
}

// masker copies valid JSON from in to out and leaves out what is hidden.
type masker struct {
	in      []byte
	at      int
	out     []byte
	allowed Allowed
}

// message copies a message: of ours by its plan, an Any by its type, others but for what they hold of ours.
func (m *masker) message(descriptor protoreflect.MessageDescriptor, depth int) error {
	if descriptor.FullName() == anyName || !isOurs(descriptor) {
		return m.foreign(depth)
	}
	return m.planned(planOf(descriptor, m.allowed), depth)
}

// planned copies an object of ours.
func (m *masker) planned(p *plan, depth int) error {
	if m.peek() != '{' {
		return m.null()
	}
	members := 0
	err := m.members(depth, func(name string) error {
		if name == "@type" {
			m.member(name, &members)
			m.copyValue()
			return nil
		}
		// A name that the message does not have has no class.
		field := p.fields[name]
		if field == nil || p.steps[field.Number()] == hide {
			m.skipValue()
			return nil
		}
		m.member(name, &members)
		if p.steps[field.Number()] == show {
			m.copyValue()
			return nil
		}
		return m.field(field, depth+1)
	}, func() {
		if len(p.note) > 0 {
			m.comma(&members)
			m.out = append(m.out, p.note...)
		}
	})
	return err
}

// field copies the value of a field that holds messages.
func (m *masker) field(field protoreflect.FieldDescriptor, depth int) error {
	content := contentOf(field)
	element := func() error { return m.message(content, depth+1) }
	switch {
	case field.IsMap():
		if m.peek() != '{' {
			return m.null()
		}
		members := 0
		return m.members(depth, func(name string) error {
			m.member(name, &members)
			return element()
		}, func() {})
	case field.IsList():
		if m.peek() != '[' {
			return m.null()
		}
		return m.elements(depth, element)
	default:
		return m.message(content, depth)
	}
}

// foreign copies JSON of others. Wherever an object says that it is of a type of ours, it is masked.
func (m *masker) foreign(depth int) error {
	start := m.at
	m.skipValue()
	raw := bytes.TrimSpace(m.in[start:m.at])
	if !bytes.Contains(raw, []byte(`@type`)) && !bytes.Contains(raw, []byte(`\u`)) {
		m.out = append(m.out, raw...)
		return nil
	}
	m.at = start
	switch m.peek() {
	case '{':
		if url, ok := m.typeURL(); ok {
			return m.typed(url, depth)
		}
		return m.object(depth)
	case '[':
		return m.elements(depth, func() error { return m.foreign(depth + 1) })
	default:
		m.copyValue()
		return nil
	}
}

// object copies an object of others, member by member.
func (m *masker) object(depth int) error {
	members := 0
	return m.members(depth, func(name string) error {
		m.member(name, &members)
		return m.foreign(depth + 1)
	}, func() {})
}

// typed copies an Any.
func (m *masker) typed(url string, depth int) error {
	name := typeName(url)
	if !strings.HasPrefix(name, ours) {
		return m.object(depth)
	}
	content, err := messageOf(name)
	if err != nil {
		return m.planned(&plan{note: []byte(`"` + maskedKey + `":["*"]`)}, depth)
	}
	return m.planned(planOf(content, m.allowed), depth)
}

// typeURL reads "@type" of the object ahead, wherever it stands in it. Of several, one of ours counts.
func (m *masker) typeURL() (string, bool) {
	ahead := masker{in: m.in, at: m.at}
	url, found := "", false
	_ = ahead.members(0, func(name string) error {
		start := ahead.at
		ahead.skipValue()
		var text string
		if name == "@type" && !strings.HasPrefix(typeName(url), ours) && json.Unmarshal(ahead.in[start:ahead.at], &text) == nil {
			url, found = text, true
		}
		return nil
	}, func() {})
	return url, found
}
