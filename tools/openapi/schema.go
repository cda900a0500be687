package main

import (
	"slices"

	cosmosproto "github.com/cosmos/cosmos-proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/zhilian-network/zhilian/privacy"
)

// message is the schema of a message: a reference, and the schema among the components. In an answer
// every field is there, also if it is empty.
func (g *generator) message(message protoreflect.MessageDescriptor, request bool) object {
	switch message.FullName() {
	case "google.protobuf.Timestamp":
		return object{{"type", "string"}, {"format", "date-time"}}
	case "google.protobuf.Duration":
		return object{{"type", "string"}, {"pattern", `^-?[0-9]+(\.[0-9]+)?s$`}}
	case "google.protobuf.Any":
		return reference("schemas", "Any")
	}
	name := message.FullName()
	if _, known := g.schemas[name]; !known {
		g.schemas[name] = nil // a message may hold itself
		g.schemas[name] = g.object(message, request)
	}
	return reference("schemas", string(name))
}

func (g *generator) object(message protoreflect.MessageDescriptor, request bool) object {
	properties, required := object{}, []string{}
	fields := message.Fields()
	partial := !request && g.partial[message.FullName()]
	masked := privacy.Hidden(message, privacy.Anyone)
	hidden := func(field protoreflect.FieldDescriptor) bool {
		return partial && slices.Contains(masked, string(field.Name()))
	}
	for i := range fields.Len() {
		field := fields.Get(i)
		schema := g.field(field, request)
		if text := comment(field); text != "" && schema.get("$ref") == nil {
			schema = append(object{{"description", text}}, schema...)
		} else if text != "" {
			schema = object{{"description", text}, {"allOf", []object{schema}}}
		}
		if request {
			schema = refine(schema, g.facts(field).Schema)
		}
		properties.set(string(field.Name()), schema)
		if !hidden(field) {
			required = append(required, string(field.Name()))
		}
	}
	if partial {
		properties.set("@masked", object{
			{"description", "Names of the fields that the reader may not read; they are absent. Without it the object is complete."},
			{"type", "array"}, {"items", object{{"type", "string"}}},
		})
	}
	schema := object{{"type", "object"}}
	if text := comment(message); text != "" {
		schema.set("description", text)
	}
	if len(properties) > 0 {
		schema.set("properties", properties)
	}
	if !request && len(required) > 0 {
		schema.set("required", required)
	}
	return schema
}

// field is the schema of a field's value in JSON.
func (g *generator) field(field protoreflect.FieldDescriptor, request bool) object {
	schema := g.single(field, request)
	if field.IsList() {
		return object{{"type", "array"}, {"items", schema}}
	}
	if field.Message() == nil || !nullable(field) || request {
		return schema
	}
	if kind := schema.get("type"); kind != nil {
		schema.set("type", []any{kind, "null"})
		return schema
	}
	return object{{"anyOf", []object{schema, {{"type", "null"}}}}}
}

func (g *generator) single(field protoreflect.FieldDescriptor, request bool) object {
	switch field.Kind() {
	case protoreflect.MessageKind:
		return g.message(field.Message(), request)
	case protoreflect.EnumKind:
		return enum(field.Enum())
	case protoreflect.BoolKind:
		return object{{"type", "boolean"}}
	case protoreflect.BytesKind:
		return object{{"type", "string"}, {"contentEncoding", "base64"}}
	case protoreflect.Uint32Kind:
		return object{{"type", "integer"}, {"format", "uint32"}, {"minimum", 0}, {"maximum", 4294967295}}
	case protoreflect.Int32Kind:
		return object{{"type", "integer"}, {"format", "int32"}}
	case protoreflect.Uint64Kind:
		return object{{"type", "string"}, {"format", "uint64"}, {"pattern", "^[0-9]+$"}}
	case protoreflect.Int64Kind:
		return object{{"type", "string"}, {"format", "int64"}, {"pattern", "^-?[0-9]+$"}}
	}
	if scalar, _ := proto.GetExtension(field.Options(), cosmosproto.E_Scalar).(string); scalar == "cosmos.Int" {
		return object{{"type", "string"}, {"pattern", "^[0-9]+$"}}
	}
	return object{{"type", "string"}}
}

func enum(values protoreflect.EnumDescriptor) object {
	names := make([]string, values.Values().Len())
	for i := range names {
		names[i] = string(values.Values().Get(i).Name())
	}
	return object{{"type", "string"}, {"enum", names}}
}

// nullableOption is the number of gogoproto.nullable, which is no extension that this module's types know.
const nullableOption = 65001

// nullable says if the node may write null for a message that is not there.
func nullable(field protoreflect.FieldDescriptor) bool {
	unknown := field.Options().ProtoReflect().GetUnknown()
	for len(unknown) > 0 {
		number, kind, tag := protowire.ConsumeTag(unknown)
		if tag < 0 {
			break
		}
		if number == nullableOption && kind == protowire.VarintType {
			value, _ := protowire.ConsumeVarint(unknown[tag:])
			return value != 0
		}
		size := protowire.ConsumeFieldValue(number, kind, unknown[tag:])
		if size < 0 {
			break
		}
		unknown = unknown[tag+size:]
	}
	return true
}
