// Shows /api/openapi.json for people. Text only ever becomes text: no markup is parsed.

const METHODS = ["get", "post", "put", "patch", "delete"];
const MAX_DEPTH = 6;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** A schema as an outline of JSON, with references followed. */
function outline(schema, all, depth = 0) {
  if (!schema || depth > MAX_DEPTH) return "…";
  if (schema.$ref) return outline(all[schema.$ref.split("/").pop()], all, depth);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return [...new Set(choices.map((one) => outline(one, all, depth)))].join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `[${outline(schema.items ?? {}, all, depth)}, …]`;
  if (schema.properties) return fields(schema, all, depth);
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  return schema.type ?? "any";
}

function fields(schema, all, depth) {
  const required = new Set(schema.required ?? []);
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(
    ([name, one]) => `${pad}${name}${required.has(name) ? "" : "?"}: ${outline(one, all, depth + 1)}`,
  );
  return `{\n${lines.join(",\n")}\n${"  ".repeat(depth)}}`;
}

function body(title, content, all) {
  const [media, found] = Object.entries(content ?? {})[0] ?? [];
  if (!found) return undefined;
  return element("div", {}, element("p", {}, `${title} (${media})`), element("pre", {}, outline(found.schema, all)));
}

function parameters(list) {
  if (!list?.length) return undefined;
  const rows = list.map((one) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", {}, one.name)),
      element("td", {}, one.in + (one.required ? ", required" : "")),
      element("td", {}, one.description ?? ""),
    ),
  );
  return element("table", {}, element("tbody", {}, ...rows));
}

function answers(responses, all) {
  return Object.entries(responses).map(([status, one]) =>
    status < "400"
      ? (body(`${status}`, one.content, all) ?? element("p", {}, `${status}: no body`))
      : element("p", {}, `${status}: ${one.description}`),
  );
}

function operation(path, method, one, all) {
  const summary = element(
    "summary",
    {},
    element("code", { class: "method" }, method.toUpperCase()),
    element("code", {}, path),
    element("p", {}, (one.description ?? one.summary ?? "").split("\n")[0]),
  );
  const rest = (one.description ?? "").split("\n").slice(1).join("\n").trim();
  return element(
    "details",
    {},
    summary,
    rest ? element("p", {}, rest) : undefined,
    parameters(one.parameters),
    body("Body", one.requestBody?.content, all),
    ...answers(one.responses ?? {}, all),
  );
}

function show(description) {
  const all = description.components?.schemas ?? {};
  const groups = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), operation(path, method, item[method], all)]);
    }
  }
  const sections = [...groups].flatMap(([tag, operations]) => [element("h2", {}, tag), ...operations]);
  const { title, version, description: words } = description.info;
  document.querySelector("#reference").replaceChildren(element("h1", {}, `${title} ${version}`), element("p", {}, words), ...sections);
}

try {
  const response = await fetch(new URL("../api/openapi.json", import.meta.url));
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  show(await response.json());
} catch (error) {
  document.querySelector("#reference").replaceChildren(element("p", {}, `The description cannot be loaded: ${error.message}`));
}
