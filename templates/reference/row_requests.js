// Requests for rows, over HTTP/JSON and by the facts that the server gives about its methods.
const BODIES = ["POST", "PUT", "PATCH"];
let token = ""; // in memory only

function at(value, path) {
  return path.split(".").reduce((inner, name) => (name ? inner?.[name] : inner), value);
}
// The parameters of a query string: dots go into objects, a list is a repeated parameter.
function parameters(values, prefix = "") {
  return Object.entries(values).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map((item) => [prefix + name, textOfValue(item)]);
    if (value !== null && typeof value === "object") return parameters(value, `${prefix}${name}.`);
    return [[prefix + name, textOfValue(value)]];
  });
}
function textOfValue(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
async function send({ route }, request) {
  const rest = { ...request };
  const path = route.path.replace(/\{([^{}=]+)(=[^{}]+)?\}/g, (_, name, pattern) => {
    const text = encodeURIComponent(at(rest, name) ?? "");
    delete rest[name];
    return pattern ? text.replaceAll("%2F", "/") : text;
  });
  let body;
  let inQuery = rest;
  if (BODIES.includes(route.verb)) {
    const { [route.body]: field, ...others } = rest;
    body = JSON.stringify(route.body ? field : rest);
    inQuery = route.body ? others : {};
  }
  const query = new URLSearchParams(parameters(inQuery)).toString();
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(query ? `${path}?${query}` : path, {
    method: route.verb,
    headers,
    body,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  if (answer.headers.get("content-type")?.includes("ndjson")) return text.trim().split("\n").map((line) => JSON.parse(line));
  return text ? JSON.parse(text) : null;
}

// The names of a list's parameters that are no filter.
function ownParameters(list) {
  const { paging = {}, sorting = {}, unused = [], refused = [], query = "" } = list;
  return [paging.size, paging.position, sorting.by, sorting.order, query, ...unused, ...refused];
}
function listRequest({ list, scope, filters, keyword, sort, size, positions, page }) {
  const request = { ...scope };
  if (!list.query) {
    for (const { field, value } of filters) request[field] = value;
    if (sort && list.sorting?.by) request[list.sorting.by] = `${sort.desc && !list.sorting.order ? "-" : ""}${sort.key}`;
    if (sort && list.sorting?.order) request[list.sorting.order] = sort.desc ? "desc" : "asc";
    if (list.paging?.size) request[list.paging.size] = size;
    if (positions[page] !== undefined) request[list.paging.position] = positions[page];
    return request;
  }
  const { filter, lists, parts } = list.query_fields;
  const asList = (name, entries) => (lists.includes(name) ? entries : entries[0]);
  const query = { page: { start: page * size + 1, limit: size } };
  const entries = filters.map(({ field, operator, value }) => ({ [filter[0]]: field, [filter[1]]: value, [filter[2]]: operator }));
  if (entries.length) query.filter = asList("filter", entries);
  if (keyword && parts.includes("keyword")) query.keyword = keyword;
  if (sort) query.sort = asList("sort", [{ key: sort.key, desc: sort.desc }]);
  return { ...request, [list.query]: query };
}
// The rows in the answer of a list, their total if it is there, and where the next page begins.
function listAnswer({ list, size, positions, page, key }, answer) {
  const { results = "", page_facts: facts = {}, paging, route } = list;
  const inside = (path) => (route.response_body ? path.split(".").slice(1).join(".") : path);
  const rows = at(answer, inside(results)) ?? [];
  const total = list.query ? answer?.total_count : facts.total && at(answer, facts.total);
  const seen = page * size + rows.length;
  const more = facts.more && !Array.isArray(answer) ? at(answer, facts.more) : undefined;
  const hasMore = more ?? (total !== undefined && total !== "" ? seen < Number(total) : rows.length === size);
  const canTurn = list.query || paging?.position;
  return { rows, total, next: hasMore && canTurn && rows.length ? nextPosition() : undefined };

  function nextPosition() {
    const stated = facts.next && at(answer, facts.next);
    if (stated) return stated;
    if (list.query || paging.style === "offset") return seen;
    if (paging.style === "page") return (positions[page] ?? paging.first) + 1;
    return paging.style === "after" ? rows.at(-1)[key] : undefined;
  }
}
