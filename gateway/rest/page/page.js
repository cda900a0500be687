"use strict";
// The page reads the node's own document and shows it. All texts are set as text, never as markup.

const words = {
  en: {
    title: "Zhilian node: REST", find: "Find", document: "OpenAPI document", skip: "Skip to the operations",
    other: "中文", parameters: "Parameters", body: "Body", send: "Try it", reset: "Example again", answer: "Answer",
    headers: "Headers", example: "Example of an answer", refusals: "Refusals", needed: "needed", noParameters: "None.",
    sending: "Asking the node…", failed: "The node did not answer: ", took: "ms", none: "Nothing fits what you look for.",
    socket: "This is a WebSocket: open it with a WebSocket client.", empty: "(no body)", at: "block", unreachable: "The node does not answer.",
    missing: "needed; leave none of the needed parameters empty", notJSON: "The body is no JSON: ",
  },
  zh: {
    title: "节点 REST 接口", find: "查找", document: "OpenAPI 文档", skip: "跳到接口列表",
    other: "English", parameters: "参数", body: "请求正文", send: "试一试", reset: "恢复示例", answer: "应答",
    headers: "应答头", example: "应答示例", refusals: "拒绝", needed: "必填", noParameters: "无。",
    sending: "正在询问节点……", failed: "节点没有应答：", took: "毫秒", none: "没有符合条件的接口。",
    socket: "这是 WebSocket 接口，请用 WebSocket 客户端打开。", empty: "（无正文）", at: "区块", unreachable: "节点没有应答。",
    missing: "为必填，请勿留空", notJSON: "正文不是 JSON：",
  },
};

let language = (localStorage.getItem("language") || navigator.language || "en").startsWith("zh") ? "zh" : "en";
const word = (name) => words[language][name];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// own is a text of the page itself: it changes with the language.
function own(tag, name, attributes = {}) {
  return element(tag, { ...attributes, "data-word": name }, word(name));
}

function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  const button = document.getElementById("language");
  button.textContent = word("other");
  button.lang = language === "zh" ? "en" : "zh";
}

// resolve follows references within the document.
function resolve(api, value) {
  while (value && value.$ref) {
    value = value.$ref.slice(2).split("/").reduce((at, step) => at[step.replaceAll("~1", "/").replaceAll("~0", "~")], api);
  }
  return value;
}

const pretty = (value) => JSON.stringify(value, null, 2);

function bounds(schema) {
  const said = [schema.format || schema.type];
  if (schema.enum) said.push(schema.enum.join(" | "));
  // A number beyond what JavaScript can hold would be shown wrong; its format says as much.
  if (Number.isSafeInteger(schema.maximum)) said.push(`${schema.minimum ?? ""}…${schema.maximum}`);
  else if (schema.minimum !== undefined) said.push(`≥ ${schema.minimum}`);
  if (schema.maxLength) said.push(`≤ ${schema.maxLength} chars`);
  if (schema.default !== undefined) said.push(`= ${schema.default}`);
  return said.join(", ");
}

function parameterField(operation, parameter, inputs) {
  const id = `${operation.operationId}.${parameter.in}.${parameter.name}`;
  const start = String(parameter.example ?? "");
  let input;
  if (parameter.schema.enum || parameter.schema.type === "boolean") {
    input = element("select", { id });
    for (const choice of parameter.schema.enum || [false, true]) {
      input.append(element("option", { value: String(choice), selected: String(choice) === start }, String(choice)));
    }
  } else {
    input = element("input", { id, value: start, autocomplete: "off", spellcheck: "false", "aria-describedby": id + ".about" });
  }
  inputs.push({ parameter, input, start });
  return element("div", { class: "parameter" },
    element("label", { for: id }, element("code", {}, parameter.name), " ",
      parameter.required ? own("small", "needed", { class: "needed" }) : null),
    input,
    element("p", { id: id + ".about" }, parameter.description, " ", element("code", {}, bounds(parameter.schema))));
}

const base = location.pathname.replace(/\/zhilian\/docs\/?.*$/, "");

function address(path, inputs) {
  let target = path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, input } of inputs) {
    const value = input.value.trim();
    if (parameter.in === "path") {
      if (value === "") throw new Error(`${parameter.name} ${word("missing")}`);
      target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
    } else if (value !== "" && parameter.in === "query" && !(parameter.deprecated && ["0", "false"].includes(value))) {
      query.set(parameter.name, value);
    } else if (value !== "" && value !== "0" && parameter.in === "header") {
      headers[parameter.name] = value;
    }
  }
  const text = query.toString();
  return { url: base + target + (text ? "?" + text : ""), headers };
}

async function ask(method, request, body, into) {
  const began = performance.now();
  const answer = await fetch(request.url, {
    method, headers: body === null ? request.headers : { ...request.headers, "Content-Type": "application/json" }, body: body ?? undefined,
  });
  const text = await answer.text();
  let shown = text, message = null;
  try {
    const read = JSON.parse(text);
    shown = pretty(read);
    if (!answer.ok) message = read.message;
  } catch { /* it is shown as it is */ }
  const rows = [...answer.headers].map(([name, value]) => element("tr", {}, element("td", {}, name), element("td", {}, value)));
  into.replaceChildren(...[
    own("h3", "answer"),
    element("p", { class: "status " + (answer.ok ? "good" : "bad") },
      `${answer.status} ${answer.statusText} · ${Math.round(performance.now() - began)} ${word("took")}`),
    message ? element("p", { class: "bad" }, message) : null,
    element("pre", { tabindex: "0" }, shown || word("empty")),
    element("details", {}, own("summary", "headers"), element("table", {}, element("tbody", {}, ...rows))),
  ].filter((part) => part !== null));
}

function tryIt(method, path, operation, inputs, body) {
  const answer = element("div", { class: "answer", role: "status", "aria-live": "polite" });
  const line = element("code");
  const button = own("button", "send", { type: "submit" });
  const form = element("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        const request = address(path, inputs);
        if (body !== null) {
          try { JSON.parse(body.value); } catch (error) { throw new Error(word("notJSON") + error.message); }
        }
        line.textContent = `${method} ${request.url}`;
        answer.replaceChildren(own("p", "sending"));
        button.disabled = true;
        await ask(method, request, body === null ? null : body.value, answer);
      } catch (error) {
        answer.replaceChildren(element("p", { class: "bad" }, (error instanceof TypeError ? word("failed") : "") + error.message));
      } finally {
        button.disabled = false;
      }
    },
  });
  return { form, answer, row: element("div", { class: "run" }, button, line) };
}

function operationView(api, method, path, operation) {
  const view = element("details", { class: "operation", id: operation.operationId },
    element("summary", {},
      element("span", { class: "method " + method.toLowerCase() }, method),
      element("span", { class: "path" }, path),
      element("span", { class: "what" }, operation.summary)));
  view.dataset.text = `${method} ${path} ${operation.summary} ${operation.description}`.toLowerCase();
  // A phone has no need of 60 forms at once: the inside is made when it is opened.
  view.addEventListener("toggle", () => {
    if (view.open && view.children.length === 1) view.append(inside(api, method, path, operation));
  });
  return view;
}

function inside(api, method, path, operation) {
  const inputs = [];
  const parameters = (operation.parameters || []).map((parameter) => parameterField(operation, resolve(api, parameter), inputs));
  let body = null;
  const content = operation.requestBody?.content["application/json"];
  if (content) {
    body = element("textarea", { spellcheck: "false", "aria-label": word("body") });
    body.value = pretty(content.example);
  }
  const run = tryIt(method, path, operation, inputs, body);
  const success = operation.responses["200"];
  run.form.append(
    own("h3", "parameters"), ...(parameters.length ? parameters : [own("p", "noParameters", { class: "none" })]),
    ...(body ? [own("h3", "body"), body] : []),
    success ? run.row : own("p", "socket", { class: "none" }));
  const refusals = Object.entries(operation.responses).filter(([status]) => status >= "400").map(([status, response]) =>
    element("li", {}, element("b", {}, status), resolve(api, response).description));
  return element("div", { class: "inside" },
    element("p", {}, ...marked(operation.description)), run.form, run.answer,
    success ? element("details", {}, own("summary", "example"),
      element("pre", { tabindex: "0" }, pretty(success.content["application/json"].example))) : element("span"),
    element("details", {}, own("summary", "refusals"), element("ul", { class: "refusals" }, ...refusals)));
}

// marked makes **bold** and `code` of a text.
function marked(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith("**")) return element("b", {}, part.slice(2, -2));
    return part.startsWith("`") ? element("code", {}, part.slice(1, -1)) : part;
  });
}

function about(api) {
  const section = document.getElementById("about");
  for (const paragraph of api.info.description.trim().split(/\n\s*\n/)) {
    section.append(element("p", {}, ...marked(paragraph.replace(/\s*\n\s*/g, " "))));
  }
}

function show(api) {
  about(api);
  const main = document.getElementById("operations");
  const contents = document.getElementById("contents");
  for (const tag of api.tags) {
    const views = [];
    for (const [path, item] of Object.entries(api.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (operation.tags[0] === tag.name) views.push(operationView(api, method.toUpperCase(), path, operation));
      }
    }
    main.append(element("section", { id: "tag-" + tag.name, "aria-labelledby": "head-" + tag.name },
      element("h2", { id: "head-" + tag.name }, tag.name), element("p", {}, tag.description), ...views));
    contents.append(element("a", { href: "#tag-" + tag.name }, tag.name, " ", element("small", {}, String(views.length))));
  }
  main.append(own("p", "none", { id: "nothing", hidden: true }));
}

function find(text) {
  const wanted = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let fits = 0;
  for (const view of document.querySelectorAll("details.operation")) {
    view.hidden = !wanted.every((part) => view.dataset.text.includes(part));
    if (!view.hidden) fits++;
  }
  for (const section of document.querySelectorAll("main > section[id^=tag-]")) {
    section.hidden = !section.querySelector("details.operation:not([hidden])");
  }
  document.getElementById("about").hidden = wanted.length > 0;
  document.getElementById("nothing").hidden = fits > 0;
}

async function greet() {
  const line = document.getElementById("node");
  try {
    const status = await (await fetch(base + "/zhilian/gateway/v1/status")).json();
    const say = () => { line.textContent = status.chain_id ? `${status.chain_id} · ${word("at")} ${status.height} · ${status.version}` : status.message; };
    say();
    document.getElementById("language").addEventListener("click", say);
  } catch {
    line.textContent = word("unreachable");
  }
}

function openNamed() {
  const view = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (view?.matches("details.operation")) {
    view.open = true;
    view.scrollIntoView();
  }
}

async function start() {
  speak();
  document.getElementById("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    try { localStorage.setItem("language", language); } catch { /* it is asked for again next time */ }
    speak();
  });
  document.getElementById("find").addEventListener("input", (event) => find(event.target.value));
  try {
    show(await (await fetch(base + "/zhilian/openapi.json")).json());
    openNamed();
    addEventListener("hashchange", openNamed);
  } catch (error) {
    document.getElementById("about").append(element("p", { class: "bad" }, word("failed") + error.message));
  }
  greet();
}

start();
