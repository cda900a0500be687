package registry

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// schema is the part of JSON Schema, draft 7, that the chain registry uses for what these files hold.
// tests/clients checks the same with a complete validator.
type schema struct {
	Type       string             `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Additional *bool              `json:"additionalProperties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
	Enum       []any              `json:"enum"`
	Const      any                `json:"const"`
	Pattern    string             `json:"pattern"`
	MinLength  int                `json:"minLength"`
	MaxLength  int                `json:"maxLength"`
	MinProps   int                `json:"minProperties"`
	AllOf      []*schema          `json:"allOf"`
	If         *schema            `json:"if"`
	Then       *schema            `json:"then"`
}

func readSchema(t *testing.T, path string) *schema {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	root := new(schema)
	require.NoError(t, json.Unmarshal(text, root))
	return root
}

// check returns what is wrong with a value.
func (s *schema) check(root *schema, value any, at string) []string {
	var wrong []string
	if name, found := strings.CutPrefix(s.Ref, "#/$defs/"); found {
		if root.Defs[name] == nil {
			return []string{at + ": the schema has no " + s.Ref}
		}
		wrong = append(wrong, root.Defs[name].check(root, value, at)...)
	}
	for _, one := range s.AllOf {
		wrong = append(wrong, one.check(root, value, at)...)
	}
	if s.If != nil && len(s.If.check(root, value, at)) == 0 {
		wrong = append(wrong, s.Then.check(root, value, at)...)
	}
	if len(s.Enum) > 0 && !isOneOf(value, s.Enum) || s.Const != nil && !reflect.DeepEqual(s.Const, value) {
		wrong = append(wrong, fmt.Sprintf("%s: %v is not allowed", at, value))
	}
	switch typed := value.(type) {
	case string:
		wrong = append(wrong, s.checkText(typed, at)...)
	case map[string]any:
		wrong = append(wrong, s.checkObject(root, typed, at)...)
	case []any:
		if s.Type != "" && s.Type != "array" {
			wrong = append(wrong, at+": a list")
		}
		for i, item := range typed {
			if s.Items != nil {
				wrong = append(wrong, s.Items.check(root, item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
	case float64:
		if s.Type != "" && s.Type != "number" && (s.Type != "integer" || typed != float64(int64(typed))) {
			wrong = append(wrong, at+": a number")
		}
	}
	return wrong
}

func isOneOf(value any, allowed []any) bool {
	for _, one := range allowed {
		if reflect.DeepEqual(one, value) {
			return true
		}
	}
	return false
}

func (s *schema) checkText(text, at string) (wrong []string) {
	length := utf8.RuneCountInString(text)
	switch {
	case s.Type != "" && s.Type != "string":
		return []string{at + ": a text"}
	case length < s.MinLength, s.MaxLength > 0 && length > s.MaxLength:
		return []string{fmt.Sprintf("%s: %d characters", at, length)}
	case s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(text):
		return []string{fmt.Sprintf("%s: %q does not match %s", at, text, s.Pattern)}
	}
	return nil
}

func (s *schema) checkObject(root *schema, object map[string]any, at string) (wrong []string) {
	if s.Type != "" && s.Type != "object" {
		return []string{at + ": an object"}
	}
	if len(object) < s.MinProps {
		wrong = append(wrong, at+": too few members")
	}
	for _, name := range s.Required {
		if _, found := object[name]; !found {
			wrong = append(wrong, at+": no "+name)
		}
	}
	for name, member := range object {
		rules := s.Properties[name]
		switch {
		case rules != nil:
			wrong = append(wrong, rules.check(root, member, at+"."+name)...)
		case s.Additional != nil && !*s.Additional:
			wrong = append(wrong, at+": "+name+" is not known")
		}
	}
	return wrong
}
