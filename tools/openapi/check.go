package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// checked is the part of a document that check reads.
type checked struct {
	Paths map[string]map[string]struct {
		OperationID string
		Summary     string
		Description string
		Tags        []string
		Parameters  []struct {
			Ref         string `json:"$ref"`
			Name        string
			Description string
			Schema      map[string]any
			Example     any
			Examples    any
		}
		RequestBody *struct {
			Content map[string]media
		}
		Responses map[string]struct {
			Ref         string `json:"$ref"`
			Description string
			Content     map[string]media
		}
	}
	Components struct {
		Responses map[string]struct {
			Description string
			Content     map[string]media
		}
	}
}

type media struct {
	Schema   map[string]any
	Example  any
	Examples map[string]any
}

func (m media) isComplete() bool {
	return len(m.Schema) > 0 && (m.Example != nil || len(m.Examples) > 0)
}

// check finds what a complete document must not lack.
func check(document object) []error {
	text, err := json.Marshal(document)
	if err != nil {
		return []error{err}
	}
	var read checked
	if err := json.Unmarshal(text, &read); err != nil {
		return []error{err}
	}
	var problems []error
	lacks := func(where, what string) { problems = append(problems, fmt.Errorf("%s lacks %s", where, what)) }
	ids := map[string]bool{}
	for path, operations := range read.Paths {
		for method, o := range operations {
			where := strings.ToUpper(method) + " " + path
			if o.OperationID == "" || ids[o.OperationID] {
				lacks(where, "an operationId of its own")
			}
			ids[o.OperationID] = true
			if o.Summary == "" {
				lacks(where, "a summary")
			}
			if o.Description == "" {
				lacks(where, "a description")
			}
			if len(o.Tags) != 1 {
				lacks(where, "one tag")
			}
			for _, p := range o.Parameters {
				if p.Ref != "" {
					continue
				}
				if p.Description == "" {
					lacks(where, "a description of "+p.Name)
				}
				if p.Example == nil && p.Examples == nil {
					lacks(where, "an example of "+p.Name)
				}
				if !isBounded(p.Schema) {
					lacks(where, "bounds of "+p.Name)
				}
			}
			if o.RequestBody != nil && !o.RequestBody.Content["application/json"].isComplete() {
				lacks(where, "an example of its body")
			}
			if _, ok := o.Responses["200"]; !ok && o.Responses["101"].Description == "" {
				lacks(where, "an answer")
			}
			for status, response := range o.Responses {
				if response.Ref == "" && response.Description == "" {
					lacks(where, "a description of "+status)
				}
				for _, content := range response.Content {
					if !content.isComplete() {
						lacks(where, "an example of "+status)
					}
				}
			}
			for _, status := range []string{"400", "429", "500", "503"} {
				if _, ok := o.Responses[status]; !ok {
					lacks(where, "the refusal "+status)
				}
			}
		}
	}
	for name, response := range read.Components.Responses {
		if response.Description == "" || !response.Content["application/json"].isComplete() {
			lacks("response "+name, "a description, a schema or an example")
		}
	}
	return problems
}

// isBounded says if the values of a parameter have an end.
func isBounded(schema map[string]any) bool {
	has := func(name string) bool { return schema[name] != nil }
	switch schema["type"] {
	case "boolean":
		return true
	case "array":
		return has("maxItems")
	case "integer":
		return has("minimum") && has("maximum") || has("enum")
	}
	return has("maxLength") || has("enum")
}
