package network_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/localnet/network"
)

const docs = "../../docs/"

// schema is the part of JSON Schema that docs/network.schema.json uses.
type schema struct {
	Type                 string             `json:"type"`
	Properties           map[string]*schema `json:"properties"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
	Required             []string           `json:"required"`
	Items                *schema            `json:"items"`
	OneOf                []*schema          `json:"oneOf"`
	Ref                  string             `json:"$ref"`
	Defs                 map[string]*schema `json:"$defs"`
	Enum                 []string           `json:"enum"`
	Pattern              string             `json:"pattern"`
	Description          string             `json:"description"`
}

func readSchema(t *testing.T) *schema {
	t.Helper()
	text, err := os.ReadFile(docs + "network.schema.json")
	require.NoError(t, err)
	root := new(schema)
	require.NoError(t, json.Unmarshal(text, root))
	return root
}

func TestTheSchemaHasEveryKeyOfTheDecoderAndNoOther(t *testing.T) {
	root := readSchema(t)
	compare(t, root, root, reflect.TypeFor[network.File](), "file")
}

func compare(t *testing.T, root, s *schema, want reflect.Type, path string) {
	t.Helper()
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		require.Contains(t, root.Defs, name, path)
		s = root.Defs[name]
	}
	switch {
	case want == reflect.TypeFor[network.Validators]():
		require.Len(t, s.OneOf, 2, path)
		require.Equal(t, "integer", s.OneOf[0].Type, path)
		compare(t, root, s.OneOf[1], reflect.TypeFor[[]network.Validator](), path)
	case want == reflect.TypeFor[network.Duration]() || want.Kind() == reflect.String:
		require.Equal(t, "string", s.Type, path)
	case want.Kind() == reflect.Struct:
		require.Equal(t, "object", s.Type, path)
		require.JSONEq(t, "false", string(s.AdditionalProperties), "%s: the decoder refuses unknown keys", path)
		var keys []string
		for i := range want.NumField() {
			name, _, _ := strings.Cut(want.Field(i).Tag.Get("json"), ",")
			keys = append(keys, name)
			require.Contains(t, s.Properties, name, path)
			require.NotEmpty(t, s.Properties[name].Description+s.Properties[name].Ref, "%s.%s has no description", path, name)
			compare(t, root, s.Properties[name], want.Field(i).Type, path+"."+name)
		}
		for name := range s.Properties {
			require.Contains(t, keys, name, "%s: the schema has a key that the decoder refuses", path)
		}
		require.Subset(t, keys, s.Required, path)
	case want.Kind() == reflect.Slice:
		require.Equal(t, "array", s.Type, path)
		compare(t, root, s.Items, want.Elem(), path+"[]")
	case want.Kind() == reflect.Map:
		require.Equal(t, "object", s.Type, path)
		values := new(schema)
		require.NoError(t, json.Unmarshal(s.AdditionalProperties, values), path)
		require.Equal(t, "string", values.Type, path)
	default:
		require.Equal(t, "integer", s.Type, path)
	}
}

func TestTheSchemaRequiresWhatTheDecoderMisses(t *testing.T) {
	root := readSchema(t)
	for _, name := range root.Required {
		lines := regexp.MustCompile(`(?m)^`+name+`:[^\n]*\n((  [^\n]*)?\n)*`).ReplaceAllString(small, "")
		require.NotEqual(t, small, lines, name)
		_, err := network.Parse([]byte(lines))
		require.Error(t, err, "the schema requires %s, the decoder does without", name)
	}
}

func TestTheSchemaAndTheDecoderKnowTheSameKinds(t *testing.T) {
	root := readSchema(t)
	institution := root.Defs["institution"].Properties["kind"].Enum
	for _, kind := range institution {
		text := "currencies: [CNY]\ninstitutions: [{id: BQDQ, name: Bank, kind: " + kind + "}]\n"
		_, err := network.Parse([]byte(text))
		require.NoError(t, err, kind)
	}
	require.ElementsMatch(t, []string{network.KindBank, network.KindCentralBank, network.KindRegulator, network.KindMember, network.KindDataProvider}, institution)
	require.ElementsMatch(t, []string{network.PartyLegal, network.PartyNatural}, root.Defs["party"].Properties["kind"].Enum)
}

func TestThePatternsOfTheSchemaAcceptTheBuiltInNetwork(t *testing.T) {
	root := readSchema(t)
	file := network.Default()
	require.Regexp(t, root.Properties["chain_id"].Pattern, file.ChainID)
	for _, institution := range file.Institutions {
		require.Regexp(t, root.Defs["institution"].Properties["id"].Pattern, institution.ID)
	}
	for _, party := range file.Parties {
		require.Regexp(t, root.Defs["party"].Properties["id"].Pattern, party.ID)
	}
}

func TestTheExamplesOfTheDocumentationAreValid(t *testing.T) {
	text, err := os.ReadFile(docs + "network-file.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	require.NotEmpty(t, examples)
	for _, example := range examples {
		_, err := network.Parse(example[1])
		require.NoError(t, err, "%s", example[1])
	}
}

func TestTheDocumentationNamesEveryKey(t *testing.T) {
	text, err := os.ReadFile(docs + "network-file.md")
	require.NoError(t, err)
	types := []reflect.Type{
		reflect.TypeFor[network.File](), reflect.TypeFor[network.Institution](), reflect.TypeFor[network.Party](),
		reflect.TypeFor[network.Account](), reflect.TypeFor[network.Validator](), reflect.TypeFor[network.Settings](),
	}
	for _, of := range types {
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			require.True(t, slices.Contains(strings.Fields(string(text)), "`"+name+"`"), "%s is not described", name)
		}
	}
}
