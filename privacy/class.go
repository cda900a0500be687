package privacy

import (
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Numbers of our options. A descriptor that was built while the program runs (the command line, REST) may
// hold them as bytes that it does not know, so all are read from their encoded form.
const (
	classNumber      protowire.Number = 94401
	personalNumber   protowire.Number = 94402
	sealedNumber     protowire.Number = 94403
	readNumber       protowire.Number = 94404
	permissionNumber protowire.Number = 94411
)

// ours begins the full name of every message and service of this network.
const ours = "zhilian."

// Class is what the options of a field say about it.
type Class struct {
	// Level of JR/T 0197-2020, 1 (public) to 5; 0 if the field has no class, as those of others have not.
	Level uint32
	// Personal is the category of JR/T 0171-2020, 1 to 3 for C1 to C3; 0 if it tells nothing about a
	// natural person.
	Personal uint32
	// Sealed is true for ciphertexts and salted or keyed digests: what they protect has the level.
	Sealed bool
}

// readRule is what the options of a query say about it.
type readRule struct {
	class      ReadClass
	permission string
}

// classes and reads remember what was read, by full name. Names are those of linked proto files.
var classes, reads sync.Map

// ClassOf returns the class of a field; the zero Class if it has none.
func ClassOf(field protoreflect.FieldDescriptor) Class {
	if known, ok := classes.Load(field.FullName()); ok {
		return known.(Class)
	}
	var class Class
	scan(field.Options(), func(number protowire.Number, value uint64, _ string) {
		switch number {
		case classNumber:
			class.Level = uint32(value)
		case personalNumber:
			class.Personal = uint32(value)
		case sealedNumber:
			class.Sealed = value != 0
		}
	})
	classes.Store(field.FullName(), class)
	return class
}

// ReadOf returns who may ask a query, and the permission that a sensitive one needs: "operator" for what
// every active operator may ask, otherwise that of a role, such as "settlement.read".
func ReadOf(method protoreflect.MethodDescriptor) (ReadClass, string) {
	if known, ok := reads.Load(method.FullName()); ok {
		rule := known.(readRule)
		return rule.class, rule.permission
	}
	var rule readRule
	scan(method.Options(), func(number protowire.Number, value uint64, text string) {
		switch number {
		case readNumber:
			rule.class = ReadClass(value)
		case permissionNumber:
			rule.permission = text
		}
	})
	reads.Store(method.FullName(), rule)
	return rule.class, rule.permission
}

// Reads answers the same by the names of methods, as gRPC and REST know them. It asks the proto files that
// the program is linked with.
type Reads struct{}

// Of a method such as "/zhilian.settlement.v1.Query/Payment" says whether it is sensitive and the permission
// that it needs; a public one may name the permission of those who read its answer whole. What is ours but
// not public by its options is sensitive; if it has no permission or is not known, permission is empty, and
// nobody has that. Methods of others are not judged here: not sensitive.
func (Reads) Of(method string) (permission string, sensitive bool) {
	if !strings.HasPrefix(nameOf(method), ours) {
		return "", false
	}
	descriptor := methodOf(method)
	if descriptor == nil {
		return "", true
	}
	class, permission := ReadOf(descriptor)
	return permission, class != ReadClass_READ_CLASS_PUBLIC
}

// AnswerOf is what a method of ours answers; nil for other methods.
func AnswerOf(method string) protoreflect.MessageDescriptor {
	descriptor := methodOf(method)
	if descriptor == nil || !isOurs(descriptor.Output()) {
		return nil
	}
	return descriptor.Output()
}

func nameOf(method string) string {
	return strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", ".")
}

func methodOf(method string) protoreflect.MethodDescriptor {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(nameOf(method)))
	if err != nil {
		return nil
	}
	descriptor, _ := found.(protoreflect.MethodDescriptor)
	return descriptor
}

// scan calls visit for each option, with a number or a text. Options come from compiled files: what cannot
// be read is passed over, and a field without a class is masked.
func scan(options protoreflect.ProtoMessage, visit func(number protowire.Number, value uint64, text string)) {
	encoded, err := proto.Marshal(options)
	if err != nil {
		return
	}
	for len(encoded) > 0 {
		number, kind, n := protowire.ConsumeTag(encoded)
		if n < 0 {
			return
		}
		encoded = encoded[n:]
		var value uint64
		var text []byte
		switch kind {
		case protowire.VarintType:
			value, n = protowire.ConsumeVarint(encoded)
		case protowire.BytesType:
			text, n = protowire.ConsumeBytes(encoded)
		default:
			n = protowire.ConsumeFieldValue(number, kind, encoded)
		}
		if n < 0 {
			return
		}
		encoded = encoded[n:]
		visit(number, value, string(text))
	}
}

func isOurs(message protoreflect.MessageDescriptor) bool {
	return strings.HasPrefix(string(message.FullName()), ours)
}
