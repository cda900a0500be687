// Command openapi writes the OpenAPI 3.1 document of the node's REST routes. Paths, parameters,
// schemas and their meaning come from the proto files; summaries, bounds, examples, refusals and the
// SDK's own routes from overlay.yaml; examples of answers from examples.json, which a test takes from
// a running application. It fails if an operation lacks a description, an example or a refusal.
//
// A generator of our own, since the plugins of grpc-gateway know neither bounds nor refusals nor
// examples, and write one file for each proto file: more would have to be mended than is generated.
package main
