package door

import (
	"reflect"
	"strings"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/zhilian-network/zhilian/privacy"
)

const (
	// shownHeader says, beside an answer, that only fields of a class are in it.
	shownHeader = "zhilian-shown"
	// shownPublic is its one value: a masked answer has what is public, any other is whole.
	shownPublic = "public"
	// ownService answers who asks about themselves alone.
	ownService = "/zhilian.gateway.v1.Door/"
)

// shown says what a caller reads of an answer. A sensitive query is refused or answered whole: its permission
// is that of its fields. A public one has its public fields for everybody; it is whole for operators with
// the permission that it names, in their own scope.
func (d *Door) shown(token, method string) (allowed privacy.Allowed, masked bool) {
	permission, sensitive := d.config.Rules.Of(method)
	answer := privacy.AnswerOf(method)
	if sensitive || answer == nil || d.isNode(token) || strings.HasPrefix(method, ownService) ||
		privacy.Whole(answer, privacy.Anyone) {
		return privacy.Allowed{}, false
	}
	if permission != "" && d.holds(token, permission) {
		return privacy.Allowed{}, false
	}
	return privacy.Anyone, true
}

// holds says whether the bearer of a token has a permission in its own scope. A token that is none is no
// reason to refuse what anyone may ask.
func (d *Door) holds(token, permission string) bool {
	operator, err := d.Operator(token)
	if err != nil {
		return false
	}
	ctx, err := d.config.State.Context()
	if err != nil {
		return false
	}
	scopes, err := d.config.Books.Operator(ctx, operator)
	return err == nil && d.mayRead(ctx, operator, permission, scopes) == nil
}

// maskInPlace masks an answer of the newer generator, and says so in the header that the caller collects.
func (d *Door) maskInPlace(token, method string, response any, options []grpc.CallOption) {
	allowed, masked := d.shown(token, method)
	answer, ok := response.(proto.Message)
	if !masked || !ok {
		return
	}
	left := privacy.Mask(answer, allowed)
	proto.Reset(answer)
	proto.Merge(answer, left)
	for _, option := range options {
		if header, ok := option.(grpc.HeaderCallOption); ok {
			*header.HeaderAddr = metadata.Join(*header.HeaderAddr, metadata.Pairs(shownHeader, shownPublic))
		}
	}
}

// mask returns an answer without what the caller may not read. It is no generated type then: some of those
// write a zero where there is nothing.
func (d *Door) mask(token, method string, response any) (left any, masked bool, err error) {
	allowed, masked := d.shown(token, method)
	if !masked {
		return response, false, nil
	}
	encoded, err := gogoproto.Marshal(response.(gogoproto.Message))
	if err != nil {
		return nil, false, err
	}
	descriptor := privacy.AnswerOf(method)
	if encoded, err = privacy.MaskEncoded(descriptor, encoded, allowed); err != nil {
		return nil, false, err
	}
	message := dynamicpb.NewMessage(descriptor)
	return message, true, proto.Unmarshal(encoded, message)
}

// Masked says whether the headers of an answer tell that it was masked, and what is left.
func Masked(headers metadata.MD) (privacy.Allowed, bool) {
	values := headers.Get(shownHeader)
	return privacy.Anyone, len(values) > 0 && values[len(values)-1] == shownPublic
}

// newMessage makes a message of the generated types of modules; nil if there is none of that name.
func newMessage(name protoreflect.FullName) gogoproto.Message {
	kind := gogoproto.MessageType(string(name))
	if kind == nil || kind.Kind() != reflect.Pointer {
		return nil
	}
	made, _ := reflect.New(kind.Elem()).Interface().(gogoproto.Message)
	return made
}
