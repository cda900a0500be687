// The OpenAPI document that a node serves, held against the node: by Prism, which reads documents and
// checks answers, and by fast-check, which makes up parameters. Without FUZZ_RUNS, how many for each
// route, they are the same every time; with it, they are new ones, and FUZZ_SEED repeats them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";

import { eventually, network } from "./network.mjs";

const runs = Number(process.env.FUZZ_RUNS ?? 12);
const seed = process.env.FUZZ_SEED ?? (process.env.FUZZ_RUNS ? Date.now() : 20261102);
const slowest = 10_000; // ms

const document = await (await fetch(`${network.rest}/zhilian/openapi.json`)).json();

const resolve = (node) => node?.$ref ? resolve(node.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], document)) : node;

// What a route is told if it is to answer 200: facts of this network.
const known = (name, path) => network.knownOf[path]?.[name] ?? network.known[name];

const operations = Object.entries(document.paths).flatMap(([path, item]) => ["get", "post"].filter((method) => item[method]).map((method) => ({
  name: `${method.toUpperCase()} ${path}`, path, method,
  parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolve),
  body: resolve(item[method].requestBody)?.content?.["application/json"],
  responses: Object.fromEntries(Object.entries(item[method].responses).map(([status, response]) => [status, resolve(response)])),
}))).filter(({ responses }) => !responses[101]); // an upgrade to a WebSocket has no body to check

// url writes a request. Values are written as they are if they come as { raw }.
function url(base, { path, parameters }, values) {
  const write = (value) => value?.raw ?? encodeURIComponent(value);
  const query = parameters.filter((p) => p.in === "query" && values[p.name] !== undefined).map((p) => `${p.name}=${write(values[p.name])}`);
  return base + path.replace(/\{(\w+)\}/g, (_, name) => write(values[name])) + (query.length ? `?${query.join("&")}` : "");
}

async function send(base, operation, values, body, more = {}) {
  const headers = Object.assign({ ...more }, Object.fromEntries(operation.parameters.filter((p) => p.in === "header" && values[p.name] !== undefined).map((p) => [p.name, String(values[p.name])])));
  const request = { method: operation.method, headers, redirect: "manual", signal: AbortSignal.timeout(slowest) };
  if (operation.method === "post") Object.assign(request, { body, headers: { ...headers, "content-type": "application/json" } });
  for (;;) {
    const response = await fetch(url(base, operation, values), request);
    const text = await response.text();
    if (response.status !== 429) return { status: response.status, headers: response.headers, text };
    await new Promise((done) => setTimeout(done, 250)); // the node bounds how often one address asks
  }
}

const trace = /goroutine \d+|runtime error|panic|\.go:\d+|SIGSEGV|stack trace/i;

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: "document", ...document });
const pointer = (...keys) => "document#/" + keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

// conforms checks an answer against what the document says of its status.
function conforms({ path, method, responses }, { status, text }) {
  const documented = responses[status] ?? responses.default;
  assert.ok(documented, `status ${status} is not documented: ${text.slice(0, 300)}`);
  if (!documented.content) return;
  const response = document.paths[path][method].responses[status];
  const at = response.$ref ? response.$ref.slice(2).split("/") : ["paths", path, method, "responses", String(status)];
  const valid = ajv.getSchema(pointer(...at, "content", "application/json", "schema"));
  const value = JSON.parse(text);
  assert.ok(valid(value), `the answer with ${status} is not what is documented: ${JSON.stringify(valid.errors)}\n${text.slice(0, 500)}`);
}

function sound(answer) {
  assert.ok(answer.status < 500, `status ${answer.status}: ${answer.text.slice(0, 500)}`);
  assert.doesNotMatch(answer.text, trace);
}

test("the document describes every module, with an example for each parameter", () => {
  for (const part of ["settlement", "gateway", "ledger", "access", "vault", "credit", "financing", "dispute", "consortium"]) {
    assert.ok(operations.some(({ path }) => path.startsWith(`/zhilian/${part}/v1/`)), part);
  }
  for (const { name, parameters } of operations) {
    for (const parameter of parameters) {
      const given = parameter.example ?? parameter.examples ?? resolve(parameter.schema)?.examples;
      assert.ok(given !== undefined, `${name}: ${parameter.name} has no example`);
      assert.ok(parameter.description, `${name}: ${parameter.name} has no description`);
    }
  }
});

describe("with what the network has, every route answers as Prism reads the document", () => {
  let prism, proxy;
  before(async () => {
    const port = await new Promise((done) => {
      const server = createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); });
    });
    const file = join(mkdtempSync(join(tmpdir(), "prism-")), "openapi.json");
    writeFileSync(file, JSON.stringify(document));
    proxy = `http://127.0.0.1:${port}`;
    prism = spawn("node_modules/.bin/prism", ["proxy", file, network.rest, "--host", "127.0.0.1", "--port", String(port)], { stdio: "ignore" });
    await eventually(() => fetch(`${proxy}/zhilian/gateway/v1/status`).then((r) => r.ok, () => false), "Prism answers", 30_000);
  });
  after(() => prism?.kill());

  for (const operation of operations) {
    test(operation.name, async () => {
      const values = Object.fromEntries(operation.parameters.filter((p) => p.required || known(p.name, operation.path) !== undefined).map((p) => [p.name, known(p.name, operation.path)]));
      for (const parameter of operation.parameters) {
        if (parameter.required) assert.ok(values[parameter.name] !== undefined, `no value is known for ${parameter.name}`);
      }
      const body = operation.body && JSON.stringify(network.bodies[operation.path] ?? operation.body.example ?? Object.values(operation.body.examples)[0].value);
      // This network asks for no token; Prism wants one where the document says that a node may.
      const token = document.paths[operation.path][operation.method].security ? { authorization: "Bearer none" } : {};
      const answer = await send(proxy, operation, values, body, token);
      const wanted = network.expected[operation.name] ?? 200;
      assert.equal(answer.status, wanted, answer.text.slice(0, 500));
      sound(answer);
      const violations = JSON.parse(answer.headers.get("sl-violations") ?? "[]");
      assert.deepEqual(violations, [], "what Prism finds wrong");
      conforms(operation, answer);
    });
  }
});

test("a simulation of a payment without cover is refused in words, not as a failure of the node", async () => {
  const simulate = operations.find(({ path }) => path === "/cosmos/tx/v1beta1/simulate");
  const answer = await send(network.rest, simulate, {}, JSON.stringify(network.bodies.refused));
  sound(answer);
  assert.ok(answer.status >= 400);
  assert.match(answer.text, /holds less than the amount/);
});

// What earlier sweeps found to be answered as a failure of the node.
for (const [path, method, values] of [
  ["/cosmos/auth/v1beta1/account_info/{address}", "get", { address: " " }],
  ["/cosmos/auth/v1beta1/accounts/{address}", "get", { address: " " }],
  ["/cosmos/tx/v1beta1/txs", "get", { query: ".." }],
  ["/zhilian/gateway/v1/payments/{uetr}/proof", "get", { uetr: network.known.uetr, log_size: "9223372036854775807" }],
]) {
  test(`${path} with ${JSON.stringify(values)} is the caller's mistake`, async () => {
    const operation = operations.find((one) => one.path === path && one.method === method);
    const answer = await send(network.rest, operation, values);
    sound(answer);
    assert.ok(answer.status >= 400, answer.text.slice(0, 300));
    conforms(operation, answer);
  });
}

// Values that break naive programs.
const hostile = fc.constantFrom(
  "-1", "0", "1e9", "1000000000", "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775808",
  "NaN", "true", "null", "[]", "{}", "'", "\"", "' OR 1=1 --", "; DROP TABLE payments", "../../etc/passwd", "%", "${7*7}",
  "<script>", "\u0000", "\u202e", "李小梅", "🏦", "a".repeat(4000), "zhilian1", "zhilian1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqrq0zmu",
  "00000000-0000-4000-8000-000000000000", "ff".repeat(32), "AAAA",
);
const malformed = fc.constantFrom("%zz", "%", "%00", "%2e%2e", "%ff%fe", "+", "a%2Fb").map((raw) => ({ raw }));

function anything(parameter, path) {
  const schema = resolve(parameter.schema) ?? {};
  const kinds = [hostile, fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }), malformed];
  const real = known(parameter.name, path);
  if (real !== undefined) kinds.push(fc.constant(real), fc.constant(real));
  if (schema.type === "integer") kinds.push(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String), fc.nat({ max: 300 }).map(String));
  if (schema.type === "boolean") kinds.push(fc.constantFrom("true", "false"));
  // A header holds no line ends and no characters outside Latin-1: the client would not send it.
  const value = parameter.in === "header" ? fc.oneof(fc.integer().map(String), fc.constantFrom("-1", "9223372036854775808", "x", "1e9", " ")) : fc.oneof(...kinds);
  // "." and ".." as a whole segment are taken out by the client.
  const sent = parameter.in === "path" ? value.filter((v) => !/^\.{1,2}$|^(%2e){1,2}$/i.test(v.raw ?? v)) : value;
  return parameter.required ? sent : fc.option(sent, { nil: undefined });
}

describe("whatever it is asked, no route fails, hangs, or tells its insides", () => {
  for (const operation of operations) {
    test(operation.name, async () => {
      const values = fc.record(Object.fromEntries(operation.parameters.map((p) => [p.name, anything(p, operation.path)])));
      const body = operation.method === "post"
        ? fc.oneof(fc.json(), fc.string(), fc.constantFrom("", "{", "null", "[]", "[".repeat(20000), JSON.stringify({ digests: Array(2000).fill("AAAA") })))
        : fc.constant(undefined);
      await fc.assert(fc.asyncProperty(values, body, async (chosen, sent) => {
        const answer = await send(network.rest, operation, chosen, sent);
        sound(answer);
        // A value that is no segment of a path is another route, or none.
        const otherRoute = operation.parameters.some((p) => p.in === "path" && (chosen[p.name].raw !== undefined || chosen[p.name].includes("/")));
        if (!otherRoute) conforms(operation, answer);
      }), { numRuns: runs, seed: Number(seed) | 0, includeErrorInReport: true });
    });
  }
});
