package rest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	gogoproto "github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/zhilian-network/zhilian/api/openapi"
)

var update = flag.Bool("update-examples", false, "take the examples of answers from the application")

const examplesFile = "../../tools/openapi/examples.json"

// ownAnswer are operations whose example is not taken from the application: the answer tells what
// machine it runs on, or is no JSON, or needs a person's signature on what the node has just made up, or is of what the
// fixture has none of.
var ownAnswer = []string{"nodeInfo", "gatewayEvents", "gatewayChallenge", "gatewayEnter", "accessBreakGlass", "disputeClaim"}

type parameter struct {
	Ref      string `json:"$ref"`
	Name, In string
	Required bool
	Schema   map[string]any
	Example  any
}

type operation struct {
	OperationID string
	Security    []map[string][]string
	Parameters  []parameter
	RequestBody *struct {
		Content map[string]struct {
			Schema  map[string]any
			Example json.RawMessage
		}
	}
	Responses map[string]struct {
		Content map[string]struct{ Example json.RawMessage }
	}

	method, path string
}

type document struct {
	Paths      map[string]map[string]*operation
	Components struct {
		Parameters map[string]parameter
		Schemas    map[string]map[string]any
	}
}

// operations of the document, in order, with references to parameters resolved.
func operations(t testing.TB) []*operation {
	t.Helper()
	var read document
	decoder := json.NewDecoder(bytes.NewReader(openapi.JSON))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&read))
	var all []*operation
	for _, path := range slices.Sorted(maps.Keys(read.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(read.Paths[path])) {
			o := read.Paths[path][method]
			o.method, o.path = strings.ToUpper(method), path
			for i, p := range o.Parameters {
				if p.Ref != "" {
					o.Parameters[i] = read.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
					require.NotEmpty(t, o.Parameters[i].Name, p.Ref)
				}
			}
			all = append(all, o)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// target is the URL and the headers of an operation for some values of its parameters.
func (o *operation) target(value func(parameter) string) (string, []string) {
	path, query, headers := o.path, url.Values{}, []string(nil)
	for _, p := range o.Parameters {
		switch text := value(p); p.In {
		case "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text))
		case "query":
			query.Set(p.Name, text)
		case "header":
			headers = append(headers, p.Name, text)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, headers
}

func example(p parameter) string {
	if list, ok := p.Example.([]any); ok {
		return fmt.Sprint(list[0])
	}
	return fmt.Sprint(p.Example)
}

func (o *operation) askExample(n *node) reply {
	path, headers := o.target(example)
	if o.RequestBody == nil {
		return n.ask(o.method, path, nil, headers...)
	}
	return n.ask(o.method, path, bytes.NewReader(o.RequestBody.Content["application/json"].Example), append(headers, "Content-Type", "application/json")...)
}

func TestExamplesAreAnsweredAsTheDocumentSays(t *testing.T) {
	n := startNode(t)
	taken := map[string]json.RawMessage{}
	for _, o := range operations(t) {
		if slices.Contains(ownAnswer, o.OperationID) {
			continue
		}
		answer := o.askExample(n)
		require.Equal(t, http.StatusOK, answer.status, "%s: %s", o.OperationID, answer.body)
		taken[o.OperationID] = json.RawMessage(answer.body)
		if !*update {
			written := o.Responses["200"].Content["application/json"].Example
			require.Equal(t, shape(t, json.RawMessage(answer.body)), shape(t, written),
				"%s: the answer has other members than its example; see tools/openapi/overlay.yaml", o.OperationID)
		}
	}
	if *update {
		text, err := json.MarshalIndent(taken, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(examplesFile, append(text, '\n'), 0o644))
	}
}

// shape is a JSON value without its texts and numbers: names, and kinds of values.
func shape(t testing.TB, text json.RawMessage) any {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(text, &value), "%s", text)
	return kinds(value)
}

func kinds(value any) any {
	switch value := value.(type) {
	case map[string]any:
		shapes := map[string]any{}
		for name, member := range value {
			shapes[name] = kinds(member)
		}
		return shapes
	case []any:
		// How many rows there are is no matter of shape; what a row is, is.
		var rows []any
		for _, row := range value {
			if s := kinds(row); len(rows) == 0 {
				rows = append(rows, s)
			}
		}
		return rows
	case nil:
		return "null"
	}
	return fmt.Sprintf("%T", value)
}

// responseTypes are the messages that operations answer with, by method and path.
func responseTypes(t testing.TB) (map[string]protoreflect.MessageDescriptor, *dynamicpb.Types) {
	t.Helper()
	set, err := gogoproto.MergedRegistry()
	require.NoError(t, err)
	found := map[string]protoreflect.MessageDescriptor{}
	add := func(rule *annotations.HttpRule, output protoreflect.MessageDescriptor) {
		if rule.GetPost() != "" {
			found["POST "+rule.GetPost()] = output
		} else {
			found["GET "+rule.GetGet()] = output
		}
	}
	set.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for k := range methods.Len() {
				if rule, ok := proto.GetExtension(methods.Get(k).Options(), annotations.E_Http).(*annotations.HttpRule); ok && rule != nil {
					add(rule, methods.Get(k).Output())
					for _, more := range rule.AdditionalBindings {
						add(more, methods.Get(k).Output())
					}
				}
			}
		}
		return true
	})
	return found, dynamicpb.NewTypes(set)
}

func TestExamplesOfAnswersAreWhollyOfTheirType(t *testing.T) {
	types, resolver := responseTypes(t)
	for _, o := range operations(t) {
		if o.OperationID == "gatewayEvents" {
			continue
		}
		message, ok := types[o.method+" "+o.path]
		require.True(t, ok, "%s %s is no route of a query", o.method, o.path)
		decoded := dynamicpb.NewMessage(message)
		err := protojson.UnmarshalOptions{DiscardUnknown: false, Resolver: resolver}.Unmarshal(o.Responses["200"].Content["application/json"].Example, decoded)
		require.NoError(t, err, o.OperationID)
		if o.RequestBody != nil {
			require.True(t, json.Valid(o.RequestBody.Content["application/json"].Example), o.OperationID)
		}
	}
	var _ protoregistry.ExtensionTypeResolver = resolver
}

func TestExamplesOfParametersKeepTheirBounds(t *testing.T) {
	for _, o := range operations(t) {
		for _, p := range o.Parameters {
			require.NoError(t, validate(p.Schema, p.Example), "%s: %s", o.OperationID, p.Name)
		}
	}
}

// validate checks a value of a parameter against its schema: the part of JSON Schema that the
// document uses for parameters.
func validate(schema map[string]any, value any) error {
	if allowed, ok := schema["enum"].([]any); ok && !slices.Contains(allowed, value) {
		return fmt.Errorf("%v is none of %v", value, allowed)
	}
	switch schema["type"] {
	case "boolean":
		if _, ok := value.(bool); !ok {
			return fmt.Errorf("%v is no boolean", value)
		}
	case "array":
		list, ok := value.([]any)
		if !ok || len(list) == 0 {
			return fmt.Errorf("%v is no list with an example", value)
		}
		return within(schema, "minItems", "maxItems", uint64(len(list)))
	case "integer":
		number, ok := value.(json.Number)
		if !ok {
			return fmt.Errorf("%v is no number", value)
		}
		whole, err := strconv.ParseUint(number.String(), 10, 64)
		if err != nil {
			return err
		}
		return within(schema, "minimum", "maximum", whole)
	case "string":
		text, ok := value.(string)
		if !ok {
			return fmt.Errorf("%v is no text", value)
		}
		if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(text) {
			return fmt.Errorf("%q does not fit %s", text, pattern)
		}
		return within(schema, "minLength", "maxLength", uint64(utf8.RuneCountInString(text)))
	default:
		return fmt.Errorf("unknown type %v", schema["type"])
	}
	return nil
}

func within(schema map[string]any, least, most string, value uint64) error {
	bound := func(name string) (uint64, bool) {
		number, ok := schema[name].(json.Number)
		if !ok {
			return 0, false
		}
		parsed, err := strconv.ParseUint(number.String(), 10, 64)
		return parsed, err == nil
	}
	if low, ok := bound(least); ok && value < low {
		return fmt.Errorf("%d is below %s %d", value, least, low)
	}
	high, ok := bound(most)
	if !ok && schema["enum"] == nil {
		return fmt.Errorf("%s is missing", most)
	}
	if ok && value > high {
		return fmt.Errorf("%d is above %s %d", value, most, high)
	}
	return nil
}
