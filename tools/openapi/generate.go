package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/zhilian-network/zhilian/privacy"
)

// services in the order in which the document shows them; each module is a tag.
var services = []struct{ module, name string }{
	{"settlement", "Query"}, {"gateway", "Query"}, {"gateway", "Door"}, {"ledger", "Query"},
	{"access", "Query"}, {"vault", "Query"}, {"credit", "Query"}, {"financing", "Query"},
	{"dispute", "Query"}, {"consortium", "Query"},
}

// refusals of every operation, by name of the response.
var everyRefusal = []refusal{
	{"400", "BadRequest"}, {"414", "URLTooLong"}, {"429", "TooManyRequests"}, {"500", "Fault"},
	{"503", "Unavailable"}, {"504", "TooSlow"},
}

type refusal struct{ status, name string }

// namedRefusals are those that an operation may have besides.
var namedRefusals = map[string]refusal{
	"NotFound":  {"404", "NotFound"},
	"Gone":      {"410", "HeightGone"},
	"TooLarge":  {"413", "BodyTooLarge"},
	"Forbidden": {"403", "Forbidden"},
}

// guardedRefusals are those of operations that want a token.
var guardedRefusals = []refusal{{"401", "TokenNeeded"}, {"403", "ReadDenied"}}

// token is the scheme of the read door; mayToken is for operations that tell more to who sends one.
var (
	token    = []object{{{"token", []string{}}}}
	mayToken = []object{{}, {{"token", []string{}}}}
)

type generator struct {
	overlay *overlay
	paths   object
	schemas map[protoreflect.FullName]object
	used    map[string]bool
	// partial are messages that a reader without a token gets without some of their fields.
	partial map[protoreflect.FullName]bool
}

func generate(files *protoregistry.Files, from *overlay) (object, error) {
	g := &generator{overlay: from, schemas: map[protoreflect.FullName]object{}, used: map[string]bool{}, partial: map[protoreflect.FullName]bool{}}
	for _, s := range services {
		found, err := files.FindDescriptorByName(protoreflect.FullName("zhilian." + s.module + ".v1." + s.name))
		if err != nil {
			return nil, err
		}
		service := found.(protoreflect.ServiceDescriptor)
		g.notePartial(service)
		for i := range service.Methods().Len() {
			if err := g.addMethod(s.module, service.Methods().Get(i)); err != nil {
				return nil, err
			}
		}
	}
	for name := range from.Operations {
		if !g.used[name] {
			return nil, fmt.Errorf("overlay: there is no operation %s", name)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(from.Paths)) {
		item := object{}
		for _, method := range slices.Sorted(maps.Keys(from.Paths[path])) {
			operation, err := g.operation(from.Paths[path][method])
			if err != nil {
				return nil, fmt.Errorf("overlay: %s: %w", path, err)
			}
			item.set(method, operation)
		}
		g.paths.set(path, item)
	}
	for _, id := range from.Guarded {
		if !g.used[id] {
			return nil, fmt.Errorf("overlay: there is no operation %s to guard", id)
		}
	}
	return object{
		{"openapi", "3.1.0"},
		{"info", from.Info},
		{"servers", []object{{{"url", "/"}, {"description", "This node"}}}},
		{"security", []string{}},
		{"tags", from.Tags},
		{"paths", g.paths},
		{"components", g.components()},
	}, nil
}

// notePartial finds the messages that public queries answer with, and that hold fields which are not public.
func (g *generator) notePartial(service protoreflect.ServiceDescriptor) {
	if service.Name() == "Door" {
		return // it answers who asks about themselves
	}
	seen := map[protoreflect.FullName]bool{}
	for i := range service.Methods().Len() {
		if class, _ := privacy.ReadOf(service.Methods().Get(i)); class == privacy.ReadClass_READ_CLASS_PUBLIC {
			g.noteMessage(service.Methods().Get(i).Output(), seen)
		}
	}
}

func (g *generator) noteMessage(message protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) {
	if seen[message.FullName()] {
		return
	}
	seen[message.FullName()] = true
	g.partial[message.FullName()] = len(privacy.Hidden(message, privacy.Anyone)) > 0
	for i := range message.Fields().Len() {
		if inner := message.Fields().Get(i).Message(); inner != nil {
			g.noteMessage(inner, seen)
		}
	}
}

// operation is one of the overlay, with the example of its answer, and what a token is for.
func (g *generator) operation(from json.RawMessage) (object, error) {
	operation, err := withExample(from, g.overlay.examples)
	if err != nil {
		return nil, err
	}
	id, _ := operation.get("operationId").(string)
	g.used[id] = true
	if !slices.Contains(g.overlay.Guarded, id) {
		return operation, nil
	}
	operation.set("security", token)
	responses, _ := operation.get("responses").(map[string]any)
	responses = maps.Clone(responses) // operations may share theirs
	for _, r := range guardedRefusals {
		if _, own := responses[r.status]; !own {
			responses[r.status] = reference("responses", r.name)
		}
	}
	operation.set("responses", responses)
	return operation, nil
}

// withExample puts the example of an answer into an operation of the overlay that has none.
func withExample(operation json.RawMessage, examples map[string]json.RawMessage) (object, error) {
	var read map[string]any
	if err := json.Unmarshal(operation, &read); err != nil {
		return nil, err
	}
	id, _ := read["operationId"].(string)
	content := any(read)
	for _, step := range []string{"responses", "200", "content", "application/json"} {
		inner, _ := content.(map[string]any)
		content = inner[step]
	}
	if media, ok := content.(map[string]any); ok && media["example"] == nil && examples[id] != nil {
		media["example"] = examples[id]
	}
	return inOrder(read), nil
}

// operationOrder is the order of an operation's members.
var operationOrder = []string{"operationId", "tags", "summary", "description", "parameters", "requestBody", "responses"}

func inOrder(operation map[string]any) object {
	ordered := object{}
	for _, name := range append(operationOrder, slices.Sorted(maps.Keys(operation))...) {
		if value, ok := operation[name]; ok {
			ordered.set(name, value)
		}
	}
	return ordered
}

func (g *generator) components() object {
	schemas := object{}
	for _, name := range slices.Sorted(maps.Keys(g.schemas)) {
		schemas.set(string(name), g.schemas[name])
	}
	for _, name := range slices.Sorted(maps.Keys(g.overlay.Components["schemas"])) {
		schemas.set(name, g.overlay.Components["schemas"][name])
	}
	all := object{{"schemas", schemas}}
	for _, kind := range slices.Sorted(maps.Keys(g.overlay.Components)) {
		if kind != "schemas" {
			all.set(kind, g.overlay.Components[kind])
		}
	}
	return all
}

func (g *generator) addMethod(module string, method protoreflect.MethodDescriptor) error {
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	if rule == nil {
		return nil
	}
	name := fmt.Sprintf("%s/%s", method.Parent().FullName(), method.Name())
	g.used[name] = true
	facts := g.overlay.Operations[name]
	verb, path := "get", rule.GetGet()
	if rule.GetPost() != "" {
		verb, path = "post", rule.GetPost()
	}
	id := module + string(method.Name())
	operation := object{
		{"operationId", id},
		{"tags", []string{module}},
		{"summary", facts.Summary},
		{"description", strings.TrimSpace(sentence(method) + " " + facts.Description)},
	}
	class, permission := privacy.ReadOf(method)
	sensitive := class != privacy.ReadClass_READ_CLASS_PUBLIC
	switch {
	case sensitive:
		operation.set("security", token)
	case permission != "":
		operation.set("security", mayToken)
	}
	operation.set("description", operation.get("description").(string)+g.readers(method, sensitive, permission))
	parameters, err := g.parameters(method, path, rule.GetBody() != "")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !facts.NotOfState {
		parameters = append(parameters, reference("parameters", "Height"))
	}
	if len(parameters) > 0 {
		operation.set("parameters", parameters)
	}
	if rule.GetBody() != "" {
		operation.set("requestBody", object{
			{"required", true},
			{"description", comment(method.Input())},
			{"content", object{{"application/json", object{
				{"schema", g.message(method.Input(), true)}, {"example", facts.RequestExample},
			}}}},
		})
	}
	operation.set("responses", g.responses(method, id, path, facts))
	item, _ := g.paths.get(path).(object)
	item.set(verb, operation)
	g.paths.set(path, item)
	return nil
}

// readers says who may ask, and who gets the whole answer.
func (g *generator) readers(method protoreflect.MethodDescriptor, sensitive bool, permission string) string {
	switch {
	case sensitive && permission == "operator":
		return " For every active operator."
	case sensitive:
		return fmt.Sprintf(" For operators with the permission `%s` over whom it is about.", permission)
	case permission != "":
		return fmt.Sprintf(" Fields that are not public are for operators with the permission `%s`; `@masked` names them to others.", permission)
	case method.Parent().Name() != "Door" && !privacy.Whole(method.Output(), privacy.Anyone) && g.anyPartial(method.Output()):
		return " Fields that are not public are masked; `@masked` names them."
	}
	return ""
}

// anyPartial says whether a message, or one in it, is masked for some.
func (g *generator) anyPartial(message protoreflect.MessageDescriptor) bool {
	if g.partial[message.FullName()] {
		return true
	}
	for i := range message.Fields().Len() {
		if inner := message.Fields().Get(i).Message(); inner != nil && inner.FullName() != message.FullName() && g.anyPartial(inner) {
			return true
		}
	}
	return false
}

func (g *generator) responses(method protoreflect.MethodDescriptor, id, path string, facts operationFacts) object {
	example := g.overlay.examples[id]
	if facts.Example != nil {
		example = facts.Example
	}
	answer := object{{"description", comment(method.Output())}}
	if !facts.NotOfState {
		answer.set("headers", object{{"X-Cosmos-Block-Height", reference("headers", "Height")}})
	}
	answer.set("content", object{{"application/json", object{
		{"schema", g.message(method.Output(), false)}, {"example", example},
	}}})
	all := slices.Clone(everyRefusal)
	names := slices.Clone(facts.Refusals)
	if strings.Contains(path, "{") {
		names = append(names, "NotFound")
	}
	if !facts.NotOfState {
		names = append(names, "Gone")
	}
	if facts.RequestExample != nil {
		names = append(names, "TooLarge")
	}
	for _, name := range names {
		all = append(all, namedRefusals[name])
	}
	if class, _ := privacy.ReadOf(method); class != privacy.ReadClass_READ_CLASS_PUBLIC {
		all = append(all, guardedRefusals...)
	}
	slices.SortFunc(all, func(a, b refusal) int { return strings.Compare(a.status, b.status) })
	responses := object{{"200", answer}}
	for _, r := range all {
		responses.set(r.status, reference("responses", r.name))
	}
	return responses
}

func reference(kind, name string) object {
	return object{{"$ref", "#/components/" + kind + "/" + name}}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// parameters are those in the path, and for GET all other fields in the query.
func (g *generator) parameters(method protoreflect.MethodDescriptor, path string, hasBody bool) ([]object, error) {
	fields := method.Input().Fields()
	var all []object
	taken := map[string]bool{}
	for _, found := range inPath.FindAllStringSubmatch(path, -1) {
		field := fields.ByName(protoreflect.Name(found[1]))
		if field == nil {
			return nil, fmt.Errorf("no field %s", found[1])
		}
		taken[found[1]] = true
		all = append(all, g.parameter(field, found[1], "path"))
	}
	if hasBody {
		return all, nil
	}
	for i := range fields.Len() {
		field := fields.Get(i)
		if !taken[string(field.Name())] {
			all = append(all, g.inQuery(field, "")...)
		}
	}
	return all, nil
}

// inQuery are the parameters of a field: one, or those of the message that it holds.
func (g *generator) inQuery(field protoreflect.FieldDescriptor, prefix string) []object {
	name := prefix + string(field.Name())
	if field.Message() == nil {
		return []object{g.parameter(field, name, "query")}
	}
	var all []object
	for i := range field.Message().Fields().Len() {
		all = append(all, g.inQuery(field.Message().Fields().Get(i), name+".")...)
	}
	return all
}

func (g *generator) parameter(field protoreflect.FieldDescriptor, name, in string) object {
	facts := g.facts(field)
	schema := g.field(field, true)
	if integer := textInteger(field); integer != nil {
		schema = integer // in a URL a number is a number; only JSON needs a text for 64 bits
	}
	description := comment(field)
	if facts.Description != "" {
		description = facts.Description
	}
	parameter := object{
		{"name", name}, {"in", in}, {"description", description},
	}
	if in == "path" || facts.Required {
		parameter.set("required", true)
	}
	if facts.Deprecated {
		parameter.set("deprecated", true)
	}
	parameter.set("schema", refine(schema, facts.Schema))
	parameter.set("example", facts.Example)
	return parameter
}

func textInteger(field protoreflect.FieldDescriptor) object {
	switch field.Kind() {
	case protoreflect.Uint64Kind:
		return object{{"type", "integer"}, {"format", "uint64"}, {"minimum", 0}, {"maximum", json.Number("18446744073709551615")}}
	case protoreflect.Int64Kind:
		return object{{"type", "integer"}, {"format", "int64"}, {"minimum", 0}, {"maximum", json.Number("9223372036854775807")}}
	}
	return nil
}

// facts of a field: of this one, else of all that have its name.
func (g *generator) facts(field protoreflect.FieldDescriptor) fieldFacts {
	if facts, ok := g.overlay.Fields[string(field.FullName())]; ok {
		return facts
	}
	return g.overlay.Fields[string(field.Name())]
}

// refine adds the members of facts to a schema.
func refine(schema object, facts json.RawMessage) object {
	var members map[string]json.RawMessage
	if len(facts) == 0 || json.Unmarshal(facts, &members) != nil {
		return schema
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		schema.set(name, members[name])
	}
	return schema
}

// sentence is what a method does: "Payment returns a payment." becomes "Returns a payment."
func sentence(method protoreflect.MethodDescriptor) string {
	text := strings.TrimPrefix(comment(method), string(method.Name())+" ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// comment is the text above a descriptor, as one paragraph.
func comment(descriptor protoreflect.Descriptor) string {
	location := descriptor.ParentFile().SourceLocations().ByDescriptor(descriptor)
	return strings.Join(strings.Fields(location.LeadingComments), " ")
}
