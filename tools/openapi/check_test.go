package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func committed(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../api/openapi/openapi.json")
	require.NoError(t, err)
	return string(text)
}

// asObject reads a document back; the order of its members is lost, which check does not mind.
func asObject(t *testing.T, text string) object {
	t.Helper()
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text), &members))
	read := object{}
	for name, value := range members {
		read.set(name, value)
	}
	return read
}

func TestTheCommittedDocumentIsComplete(t *testing.T) {
	require.NoError(t, errors.Join(check(asObject(t, committed(t)))...))
}

func TestADocumentThatLacksSomethingIsRefused(t *testing.T) {
	for name, row := range map[string]struct{ from, to, words string }{
		"a summary":                 {`"summary": "A payment by its UETR"`, `"summary": ""`, "lacks a summary"},
		"a description":             {`"description": "Returns an account. For every active operator."`, `"description": ""`, "lacks a description"},
		"an operationId of its own": {`"operationId": "accessParams"`, `"operationId": "accessRoles"`, "an operationId of its own"},
		"an example of a parameter": {`"example": "huanghai-appliances"`, `"x-example": 1`, "an example of party_id"},
		"bounds of a parameter":     {`"maxLength": 36,`, ``, "bounds of uetr"},
		"an example of a body": {`"example": {
                "digests"`, `"x-example": {
                "digests"`, "an example of its body"},
		"a schema of a refusal": {`"example": {
              "code": 5`, `"x-example": {
              "code": 5`, "response "},
	} {
		text := committed(t)
		require.Contains(t, text, row.from, name)
		problems := errors.Join(check(asObject(t, strings.Replace(text, row.from, row.to, 1)))...)
		require.ErrorContains(t, problems, row.words, name)
	}
}

func TestMembersKeepTheirOrder(t *testing.T) {
	made := object{{"b", 1}, {"a", "<&>"}}
	made.set("b", 2)
	made.set("c", object{{"z", nil}, {"y", []int{1}}})
	text, err := made.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, `{"b":2,"a":"<&>","c":{"z":null,"y":[1]}}`, string(text))
}

func TestAnOverlayOfAnOperationThatIsGoneIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/overlay.yaml", []byte("operations: {a.B/C: {summery: x}}"), 0o600))
	require.NoError(t, os.WriteFile(dir+"/examples.json", []byte("{}"), 0o600))
	_, err := readOverlay(dir+"/overlay.yaml", dir+"/examples.json")
	require.ErrorContains(t, err, "summery", "a word that nobody reads is a mistake")
}
