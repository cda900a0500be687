package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

// overlay is what proto files do not say.
type overlay struct {
	Info json.RawMessage   `json:"info"`
	Tags []json.RawMessage `json:"tags"`
	// Fields are facts of parameters and fields of requests, by full name
	// ("zhilian.gateway.v1.QueryEntriesRequest.limit") or, for all of one name, by name.
	Fields map[string]fieldFacts `json:"fields"`
	// Operations by method ("zhilian.access.v1.Query/Params").
	Operations map[string]operationFacts `json:"operations"`
	// Paths that are not of our proto files, as they stand in the document.
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components map[string]map[string]json.RawMessage `json:"components"`
	// Guarded are operations of Paths that want a token.
	Guarded []string `json:"guarded"`

	examples map[string]json.RawMessage
}

// fieldFacts become members of the field's schema; Example becomes the parameter's example.
type fieldFacts struct {
	Description string          `json:"description,omitempty"`
	Schema      json.RawMessage `json:"schema,omitempty"`
	Example     json.RawMessage `json:"example,omitempty"`
	Required    bool            `json:"required,omitempty"`
	Deprecated  bool            `json:"deprecated,omitempty"`
}

type operationFacts struct {
	Summary string `json:"summary"`
	// Description follows what the proto file says.
	Description string `json:"description"`
	// Refusals beyond those that every operation has, by name of the response.
	Refusals []string `json:"refusals"`
	// RequestExample of a body.
	RequestExample json.RawMessage `json:"requestExample"`
	// Example of the answer, where examples.json has none.
	Example json.RawMessage `json:"example"`
	// NotOfState is set if the answer does not depend on a height.
	NotOfState bool `json:"notOfState"`
}

func readOverlay(path, examplesPath string) (*overlay, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := &overlay{}
	if err := yaml.UnmarshalStrict(text, read); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	text, err = os.ReadFile(examplesPath)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &read.examples); err != nil {
		return nil, fmt.Errorf("%s: %w", examplesPath, err)
	}
	return read, nil
}
