// Package openapi holds the document that describes the node's REST routes. openapi.json is made by
// make proto from proto/ and tools/openapi/overlay.yaml; do not edit it.
package openapi

import _ "embed"

// JSON is the OpenAPI 3.1 document.
//
//go:embed openapi.json
var JSON []byte
