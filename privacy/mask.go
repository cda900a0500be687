package privacy

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// Mask returns a copy of a message without the fields that the reader may not read, at every depth: in
// lists, maps and Any too. They are unset. A reader cannot tell that from a field that is empty, so what is
// shown to people or sent to them as JSON goes through MaskJSON, which says what it took out; Hidden says it
// here. A message that is not ours stays as it is, but for ours inside of it. An Any of ours whose type is
// not known or whose bytes cannot be read loses its bytes.
func Mask(message proto.Message, allowed Allowed) proto.Message {
	if message == nil || !message.ProtoReflect().IsValid() {
		return message
	}
	masked := proto.Clone(message)
	maskMessage(masked.ProtoReflect(), allowed.normal())
	return masked
}

// Hidden names the fields of a message that the reader may not read, in the order of the proto file.
func Hidden(message protoreflect.MessageDescriptor, allowed Allowed) []string {
	if !isOurs(message) {
		return nil
	}
	return append([]string(nil), planOf(message, allowed.normal()).hidden...)
}

// Whole says whether a reader sees all of a message, whatever it holds.
func Whole(message protoreflect.MessageDescriptor, allowed Allowed) bool {
	return planOf(message, allowed.normal()).whole
}

// MaskEncoded is Mask for a message of ours as it travels. It is not decoded into a generated type on the
// way: some of those write a zero where there is nothing.
func MaskEncoded(message protoreflect.MessageDescriptor, encoded []byte, allowed Allowed) ([]byte, error) {
	return maskEncoded(string(message.FullName()), encoded, allowed.normal())
}

func maskMessage(message protoreflect.Message, allowed Allowed) {
	descriptor := message.Descriptor()
	switch {
	case descriptor.FullName() == anyName:
		maskAny(message, allowed)
	case isOurs(descriptor):
		maskOurs(message, allowed)
	default:
		maskInside(message, func(protoreflect.FieldDescriptor) bool { return true }, allowed)
	}
}

func maskOurs(message protoreflect.Message, allowed Allowed) {
	p := planOf(message.Descriptor(), allowed)
	// A field that this program does not know has no class that it knows.
	message.SetUnknown(nil)
	if p.whole {
		return
	}
	message.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if p.steps[field.Number()] == hide {
			message.Clear(field)
		}
		return true
	})
	maskInside(message, func(field protoreflect.FieldDescriptor) bool { return p.steps[field.Number()] == enter }, allowed)
}

// maskInside masks the messages that the wanted fields hold.
func maskInside(message protoreflect.Message, wanted func(protoreflect.FieldDescriptor) bool, allowed Allowed) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if contentOf(field) == nil || !wanted(field) {
			return true
		}
		switch {
		case field.IsMap():
			value.Map().Range(func(_ protoreflect.MapKey, element protoreflect.Value) bool {
				maskMessage(element.Message(), allowed)
				return true
			})
		case field.IsList():
			for i := range value.List().Len() {
				maskMessage(value.List().Get(i).Message(), allowed)
			}
		default:
			maskMessage(value.Message(), allowed)
		}
		return true
	})
}

// maskAny masks what an Any holds. It is read by reflection alone: it may be of a type made at run time.
func maskAny(message protoreflect.Message, allowed Allowed) {
	fields := message.Descriptor().Fields()
	typeURL, value := fields.ByName("type_url"), fields.ByName("value")
	name := typeName(message.Get(typeURL).String())
	encoded, err := maskEncoded(name, message.Get(value).Bytes(), allowed)
	switch {
	case err == nil:
		message.Set(value, protoreflect.ValueOfBytes(encoded))
	case strings.HasPrefix(name, ours):
		message.Clear(value)
	}
}

func maskEncoded(name string, encoded []byte, allowed Allowed) ([]byte, error) {
	found, err := messageOf(name)
	if err != nil {
		return nil, err
	}
	if !mayHoldOurs(found, map[protoreflect.FullName]bool{}) {
		return encoded, nil
	}
	content := dynamicpb.NewMessage(found)
	if err := proto.Unmarshal(encoded, content); err != nil {
		return nil, err
	}
	maskMessage(content, allowed)
	return proto.MarshalOptions{Deterministic: true}.Marshal(content)
}

// messageOf finds a message in the proto files that the program is linked with.
func messageOf(name string) (protoreflect.MessageDescriptor, error) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	if message, ok := found.(protoreflect.MessageDescriptor); ok {
		return message, nil
	}
	return nil, protoregistry.NotFound
}

// typeName is the name in a type URL: what follows the last "/".
func typeName(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }
