// The rows of a service: list, filter, sort, add, change and delete, through the methods of the API.
const OPERATORS = ["eq", "not", "contain", "not_contain", "in", "gt", "gte", "lt", "lte", "exists", "regex"];
const ON_A_ROW = ["update", "replace", "set", "enable", "disable", "add_element", "remove_element", "update_element", "delete"];
const states = new Map(); // by service: what a reader chose stays until the page is loaded again

function element(tag, properties = {}, ...children) {
  const { attributes = {}, ...others } = properties;
  const made = Object.assign(document.createElement(tag), others);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
function button(text, onclick, properties = {}) {
  return element("button", { type: "button", textContent: text, onclick, ...properties });
}
function labelled(text, input) {
  return element("label", { className: "field" }, element("span", { textContent: text }), input);
}
function isAnswered(service, method) {
  return ["itself", "handler"].includes(server.answers[`${service}.${method.name}`]);
}
function stateOf(service) {
  if (states.has(service)) return states.get(service);
  const facts = server.services[service];
  const answered = facts?.methods.filter((method) => isAnswered(service, method)) ?? [];
  const list = answered.find(({ kind }) => kind === "list");
  if (!list) return null;
  const own = ownParameters(list);
  const required = list.request.filter(({ name, required }) => required && !own.includes(name));
  const state = {
    ...facts,
    service,
    list,
    create: answered.filter(({ kind }) => kind === "create"),
    onRow: answered.filter(({ kind }) => ON_A_ROW.includes(kind)),
    required,
    scope: Object.fromEntries(required.map(({ name }) => [name, list.sample[name] ?? ""])),
    filterFields: list.query
      ? facts.fields.filter(() => list.query_fields.filter.length)
      : list.request.filter(({ name, required }) => !required && !own.includes(name)),
    canSort: list.query ? list.query_fields.parts.includes("sort") : Boolean(list.sorting?.by),
    filters: [],
    keyword: "",
    sort: null,
    size: Math.min(20, list.paging?.maximum || 20),
    positions: [undefined],
    page: 0,
  };
  if (!state.create.length) state.create = answered.filter(({ kind }) => kind === "set");
  states.set(service, state);
  return state;
}

// --- values

function inputOf(field, value) {
  if (field.kind === "enum" || field.kind === "boolean") {
    const values = field.kind === "enum" ? field.values : ["true", "false"];
    const options = ["", ...values].map((text) => element("option", { value: text, textContent: text || "–" }));
    const select = element("select", { name: field.name }, ...options);
    select.value = value === undefined ? "" : String(value);
    return select;
  }
  const text = value === undefined || value === null ? "" : textOfValue(value);
  if (field.kind === "json") return element("textarea", { name: field.name, rows: 3, value: text && JSON.stringify(value, null, 1), spellcheck: false });
  return element("input", { name: field.name, value: text, inputMode: field.kind === "number" ? "decimal" : "text", autocomplete: "off" });
}
function valueOf(field, text) {
  if (field.kind === "json") return JSON.parse(text);
  if (field.kind === "boolean") return text === "true";
  const number = Number(text);
  // Larger integers lose digits as numbers; JSON of protobuf takes them as texts.
  return field.kind === "number" && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : text;
}
function filterValue(field, operator, text) {
  if (operator === "exists") return text !== "false";
  if (operator === "in") return text.split(",").map((part) => valueOf({ kind: "text", ...field }, part.trim()));
  return field && field.kind !== "json" ? valueOf(field, text) : text;
}

// --- the list

function showRows(service) {
  const state = stateOf(service);
  const name = service.slice(service.lastIndexOf(".") + 1);
  shown.append(element("h2", { textContent: `${name} ` }, element("small", { textContent: "rows" })));
  shown.append(element("p", {}, element("a", { href: `#/${service}`, textContent: `Reference of ${name}` })));
  if (!state) {
    shown.append(element("p", { className: "soft", textContent: "No method with a route lists its rows on this server." }));
    return;
  }
  state.status = element("p", { className: "soft", attributes: { role: "status" } });
  state.alert = element("p", { className: "alert", hidden: true, attributes: { role: "alert" } });
  state.table = element("div", { className: "scroll", tabIndex: 0, attributes: { role: "region", "aria-label": "Rows" } });
  state.pager = element("p", { className: "pager" });
  state.chips = element("p", { className: "chips" });
  state.dialog = element("dialog");
  shown.append(scopeForm(state), filterForm(state), state.chips, state.alert, state.status, state.table, state.pager, state.dialog);
  load(state);
}
function scopeForm(state) {
  const inputs = state.required.map((field) => {
    const input = inputOf(field, state.scope[field.name]);
    input.onchange = () => {
      state.scope[field.name] = input.value;
      restart(state);
    };
    return labelled(field.name, input);
  });
  if (server.needs_token) {
    const input = element("input", { type: "password", autocomplete: "off", value: token, placeholder: "kept in this page only" });
    input.onchange = () => {
      token = input.value.trim();
      restart(state);
    };
    inputs.unshift(labelled("token", input));
  }
  const adders = state.create.map((method) => button(`Add: ${method.name}`, () => openForm(state, method), { className: "primary" }));
  if (!adders.length) adders.push(element("span", { className: "soft", textContent: "No method adds rows." }));
  return element("div", { className: "bar" }, ...inputs, ...adders, button("Reload", () => load(state)));
}
function filterForm(state) {
  const { list, filterFields: fields } = state;
  if (!fields.length) return element("p", { className: "soft", textContent: "This list has no filters." });
  const options = fields.map(({ name }) => {
    const [field, operator] = list.filters?.[name] ?? [];
    return element("option", { value: name, textContent: field ? `${name} (${field} ${operator})` : name });
  });
  const field = element("select", { name: "field" }, ...options);
  const operators = OPERATORS.map((text) => element("option", { textContent: text }));
  const operator = element("select", { name: "operator" }, ...operators);
  const place = element("span");
  const chosen = () => fields.find(({ name }) => name === field.value);
  const renew = () => {
    const isPlain = list.query && operator.value !== "eq" && operator.value !== "not";
    place.replaceChildren(labelled("value", inputOf({ ...(isPlain ? { kind: "text" } : chosen()), name: "value" })));
  };
  field.onchange = operator.onchange = renew;
  renew();
  const form = element("form", { className: "bar" }, labelled("filter by", field));
  if (list.query) form.append(labelled("operator", operator));
  form.append(place, element("button", { textContent: "Filter" }));
  if (list.query && list.query_fields.parts.includes("keyword")) form.append(keywordInput(state));
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = form.elements.value.value;
    if (!text && operator.value !== "exists") return;
    attempt(state, () => {
      const how = list.query ? operator.value : "";
      const filter = { field: field.value, operator: how, text, value: filterValue(chosen(), how, text) };
      state.filters = [...state.filters.filter((other) => list.query || other.field !== filter.field), filter];
      form.elements.value.value = "";
      restart(state);
    });
  };
  return form;
}
function keywordInput(state) {
  const input = element("input", { type: "search", name: "keyword", value: state.keyword, autocomplete: "off" });
  input.onchange = () => {
    state.keyword = input.value;
    restart(state);
  };
  return labelled("keyword", input);
}
function restart(state) {
  Object.assign(state, { positions: [undefined], page: 0 });
  load(state);
}
async function attempt(state, work) {
  try {
    await work();
    state.alert.hidden = true;
    return true;
  } catch (error) {
    const place = state.dialog.open ? state.dialog.querySelector(".alert") : state.alert;
    place.textContent = error.message;
    place.hidden = false;
    return false;
  }
}
// Load the rows, and return whether they are shown: an answer that a later request overtook is not.
async function load(state) {
  const { table, status } = state;
  const request = (state.request = {});
  const isLatest = () => request === state.request;
  status.textContent = "Loading …";
  const isDone = await attempt(state, async () => {
    const answer = listAnswer(state, await send(state.list, listRequest(state)));
    if (isLatest()) Object.assign(state, { ...answer, count: answer.total });
  });
  if (!isLatest()) return false;
  if (!isDone) Object.assign(state, { rows: [], next: undefined, count: undefined });
  const first = state.page * state.size + 1;
  const range = state.rows.length ? `Rows ${first}–${first + state.rows.length - 1}` : "No rows";
  status.textContent = isDone ? `${range}${state.count === undefined || state.count === "" ? "" : ` of ${state.count}`}` : "";
  table.replaceChildren(rowTable(state));
  state.chips.replaceChildren(...state.filters.map((filter) => chip(state, filter)));
  state.pager.replaceChildren(
    button("Previous", () => turn(state, -1), { disabled: !state.page }),
    " ",
    button("Next", () => turn(state, 1), { disabled: state.next === undefined }),
  );
  return isDone;
}
function chip(state, filter) {
  const text = `${filter.field} ${filter.operator || "="} ${filter.text} ×`;
  const remove = () => {
    state.filters = state.filters.filter((other) => other !== filter);
    restart(state);
  };
  return button(text, remove, { attributes: { "aria-label": `Remove the filter ${text.slice(0, -2)}` } });
}
function turn(state, step) {
  if (step > 0) state.positions[state.page + 1] = state.next;
  state.page += step;
  load(state);
}
function columns({ key, identifying, fields }) {
  const first = [key, ...identifying];
  const rank = ({ name, kind }) => (first.includes(name) ? first.indexOf(name) : first.length + (kind === "json"));
  return [...fields].sort((one, other) => rank(one) - rank(other));
}
function rowTable(state) {
  const fields = columns(state);
  const heads = fields.map(({ name, kind }) => {
    const sort = state.sort?.key === name ? state.sort : null;
    const head = element("th", { scope: "col" });
    if (sort) head.setAttribute("aria-sort", sort.desc ? "descending" : "ascending");
    const order = () => {
      state.sort = sort?.desc ? null : { key: name, desc: Boolean(sort) };
      restart(state);
    };
    const isSortable = state.canSort && kind !== "json";
    head.append(isSortable ? button(`${name}${sort ? (sort.desc ? " ↓" : " ↑") : ""}`, order) : name);
    return head;
  });
  const body = state.rows.map((row) => {
    const cells = fields.map(({ name }) => element("td", {}, ...cell(state, row, name)));
    return element("tr", {}, ...cells);
  });
  return element("table", { className: "rows" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body));
}
function cell(state, row, name) {
  const value = row[name];
  const text = value === undefined || value === null ? "" : textOfValue(value);
  return name === state.key ? [button(text || "(no key)", () => openRow(state, row))] : [text.length > 60 ? `${text.slice(0, 60)}…` : text];
}

// --- one row

function openDialog(state, title, ...children) {
  const alert = element("p", { className: "alert", hidden: true, attributes: { role: "alert" } });
  const heading = element("h3", { textContent: title, id: "dialog-title" });
  const head = element("div", { className: "head" }, heading, button("Close", () => state.dialog.close()));
  state.dialog.setAttribute("aria-labelledby", heading.id);
  state.dialog.replaceChildren(head, alert, ...children);
  if (!state.dialog.open) state.dialog.showModal();
}
function openRow(state, row) {
  const buttons = state.onRow.map((method) => button(method.name, () => openForm(state, method, row)));
  if (!buttons.length) buttons.push(element("span", { className: "soft", textContent: "No method changes or deletes rows." }));
  const shownRow = element("pre", { tabIndex: 0, textContent: JSON.stringify(row, null, 2) });
  openDialog(state, textOfValue(row[state.key] ?? "row"), element("p", { className: "actions" }, ...buttons), shownRow);
}
// The part of a request that a row settles: its key and its tenant.
function settled(state, method, row) {
  const request = {};
  if (row) request[method.key || state.key] = row[state.key];
  if (row && method.keys) {
    delete request[method.key || state.key];
    request[method.keys] = [row[state.key]];
  }
  const takesTenant = method.request.some(({ name }) => name === state.tenant);
  const tenant = row?.[state.tenant] ?? state.scope[state.tenant];
  if (row && takesTenant && tenant) request[state.tenant] = tenant;
  return request;
}
function openForm(state, method, row) {
  const base = settled(state, method, row);
  const isDelete = method.kind === "delete";
  const skipped = [...Object.keys(base), method.mask, method.row];
  const inside = method.row_fields.filter(({ name }) => !(name in base) && name !== state.key);
  const fields = [...method.request.filter(({ name }) => !skipped.includes(name)), ...inside];
  const shownFields = fields.filter(({ name, required }) => !isDelete || required);
  const inputs = shownFields.map((field) => {
    const initial = row?.[field.name] ?? (row ? undefined : state.scope[field.name]);
    const input = inputOf(field, initial);
    const note = method.unused?.includes(field.name) ? " (no effect)" : "";
    return { field, input, before: input.value, view: labelled(`${field.name}${field.required ? " *" : ""}${note}`, input) };
  });
  const submit = element("button", { textContent: isDelete ? "Delete this row" : "Send", className: isDelete ? "danger" : "primary" });
  const form = element("form", { className: "method-form" }, ...inputs.map(({ view }) => view), submit);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const isDone = await attempt(state, async () => {
      const values = collected(method, row, inputs);
      const request = method.row ? { ...base, [method.row]: values } : { ...base, ...values };
      if (method.mask) request[method.mask] = Object.keys(values).join(",");
      await send(method, request);
    });
    if (!isDone) return;
    state.dialog.close();
    if (await load(state)) state.status.textContent = `${method.name}: done. ${state.status.textContent}`;
  };
  const title = row ? `${method.name}: ${textOfValue(row[state.key])}` : method.name;
  openDialog(state, title, form);
}
// What a form sends: of a changed row only the changes, unless the method replaces it.
function collected(method, row, inputs) {
  const values = {};
  for (const { field, input, before } of inputs) {
    const text = input.value;
    const isChanged = !row || method.kind === "replace" || field.required || text !== before;
    if (isChanged && (text !== "" || (row && field.kind === "text" && before !== ""))) values[field.name] = text === "" ? "" : valueOf(field, text);
  }
  return values;
}
