package privacy_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"

	settlementv1 "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	"github.com/zhilian-network/zhilian/privacy"
)

// leaf is a value that stands nowhere else in a filled message, and who may see it.
type leaf struct {
	path string
	text string // as it stands in JSON
	// needs is what each field on the way to it asks for.
	needs []need
}

type need struct {
	class privacy.Class
	// whole is true where the category of personal information counts: not for a field that holds a message
	// of ours, which is judged by its own fields.
	whole bool
}

func (l leaf) visible(allowed privacy.Allowed) bool {
	for _, n := range l.needs {
		switch {
		case n.class.Sealed:
			if allowed.Level < 2 {
				return false
			}
		case n.class.Level > allowed.Level, n.whole && n.class.Personal > allowed.Personal:
			return false
		}
	}
	return true
}

// filler fills every field of a message, at every depth, with values of their own. It knows who may see them
// by a rule that is written down a second time, slow and plain.
type filler struct {
	t      testing.TB
	count  int
	leaves []leaf
}

const fillDepthMax = 6

func fill(t testing.TB, descriptor protoreflect.MessageDescriptor) (proto.Message, []leaf) {
	f := &filler{t: t}
	message := dynamicpb.NewMessage(descriptor)
	f.message(message, "", nil, 0)
	return message, f.leaves
}

func (f *filler) message(message protoreflect.Message, path string, needs []need, depth int) {
	descriptor := message.Descriptor()
	switch descriptor.FullName() {
	case "google.protobuf.Any":
		f.any(message, path, needs, depth)
		return
	case "google.protobuf.Timestamp", "google.protobuf.Duration":
		f.count++
		message.Set(descriptor.Fields().ByName("seconds"), protoreflect.ValueOfInt64(int64(1_000_000+f.count)))
		return
	}
	for i := range descriptor.Fields().Len() {
		field := descriptor.Fields().Get(i)
		content := field.Message()
		if content != nil && depth >= fillDepthMax {
			continue
		}
		at := append([]need(nil), needs...)
		if strings.HasPrefix(string(descriptor.FullName()), "zhilian.") {
			whole := content == nil || !strings.HasPrefix(string(content.FullName()), "zhilian.")
			at = append(at, need{privacy.ClassOf(field), whole})
		}
		f.field(message, field, path+"."+string(field.Name()), at, depth)
	}
}

func (f *filler) field(message protoreflect.Message, field protoreflect.FieldDescriptor, path string, needs []need, depth int) {
	require.False(f.t, field.IsMap(), "%s: fill maps too", field.FullName())
	if !field.IsList() {
		if field.Message() != nil {
			f.message(message.Mutable(field).Message(), path, needs, depth+1)
			return
		}
		message.Set(field, f.scalar(field, path, needs))
		return
	}
	list := message.Mutable(field).List()
	for range 2 {
		if field.Message() == nil {
			list.Append(f.scalar(field, path, needs))
			continue
		}
		element := list.NewElement()
		f.message(element.Message(), path, needs, depth+1)
		list.Append(element)
	}
}

// any holds a payment, as the messages of an action do.
func (f *filler) any(message protoreflect.Message, path string, needs []need, depth int) {
	inner := dynamicpb.NewMessage((&settlementv1.MsgPay{}).ProtoReflect().Descriptor())
	f.message(inner, path+"(MsgPay)", needs, depth+1)
	packed, err := anypb.New(inner)
	require.NoError(f.t, err)
	fields := message.Descriptor().Fields()
	message.Set(fields.ByName("type_url"), protoreflect.ValueOfString(packed.TypeUrl))
	message.Set(fields.ByName("value"), protoreflect.ValueOfBytes(packed.Value))
}

func (f *filler) scalar(field protoreflect.FieldDescriptor, path string, needs []need) protoreflect.Value {
	f.count++
	number := 7_000_000 + f.count
	add := func(text string) { f.leaves = append(f.leaves, leaf{path, text, needs}) }
	switch field.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.StringKind:
		// Quotes and brackets inside texts must not confuse what reads the JSON.
		add(fmt.Sprintf("]}<%d,", number))
		return protoreflect.ValueOfString(fmt.Sprintf("\\\"]}<%d,", number))
	case protoreflect.BytesKind:
		secret := []byte(fmt.Sprintf("secret %d!", number))
		add(base64.StdEncoding.EncodeToString(secret))
		return protoreflect.ValueOfBytes(secret)
	case protoreflect.Uint32Kind:
		add(fmt.Sprint(number))
		return protoreflect.ValueOfUint32(uint32(number))
	case protoreflect.Int32Kind:
		add(fmt.Sprint(number))
		return protoreflect.ValueOfInt32(int32(number))
	case protoreflect.Uint64Kind:
		add(fmt.Sprint(number))
		return protoreflect.ValueOfUint64(uint64(number))
	case protoreflect.Int64Kind:
		add(fmt.Sprint(number))
		return protoreflect.ValueOfInt64(int64(number))
	}
	require.Fail(f.t, "fill this kind too", "%s", field.FullName())
	return protoreflect.Value{}
}
