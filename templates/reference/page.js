const overview = document.querySelector("#overview");
const shown = document.querySelector("#shown");
const form = document.querySelector("header form");
const found = form.querySelector("output");
const links = [...document.querySelectorAll("nav a")];
const nav = document.querySelector("nav");
const addresses = {};

// A hash is `#/package.Service`, `#/package.Service/method` or `#/package.Message`.
function partAt(hash) {
  const address = decodeURIComponent(hash.slice(1));
  const slash = address.indexOf("/", 1);
  const id = slash < 0 ? address : address.slice(0, slash);
  const template = document.getElementById(id);
  return template?.matches("template") ? [template, slash < 0 ? "" : address.slice(slash + 1)] : [];
}
function fill(part) {
  for (const place of part.querySelectorAll("[data-include]:empty")) {
    const body = document.getElementById(place.dataset.include)?.content.querySelector(".body");
    if (body) place.append(body.cloneNode(true));
  }
  setAddresses(part);
}
function setAddresses(part) {
  for (const place of part.querySelectorAll("[data-address]"))
    place.textContent = addresses[place.dataset.address] ?? place.textContent;
}
function openMethod(name) {
  const method = [...shown.querySelectorAll(".method")].find(({ dataset }) => dataset.name === name);
  if (!method) return;
  method.open = true;
  method.scrollIntoView();
  method.querySelector("summary").focus({ preventScroll: true });
}
function showRule(name) {
  const rule = [...overview.querySelectorAll("[data-rule]")].find(({ dataset }) => dataset.rule === name);
  rule?.scrollIntoView({ block: "center" });
  rule?.focus({ preventScroll: true });
}
function reveal(link) {
  const group = link.closest("details");
  if (group) group.open = true;
  nav.scrollTop += link.getBoundingClientRect().top - nav.getBoundingClientRect().top - nav.clientHeight / 3;
}
function show() {
  const [template, name] = partAt(location.hash);
  overview.hidden = Boolean(template);
  shown.hidden = !template;
  const showsRows = server && name === "!rows";
  shown.replaceChildren(...(template && !showsRows ? [template.content.cloneNode(true)] : []));
  if (showsRows) showRows(template.id.slice(1));
  for (const link of links) {
    const isCurrent = link.hash === (template ? `#${template.id}` : "#/");
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (isCurrent) reveal(link);
  }
  scrollTo(0, 0);
  if (server) setAnswers(shown);
  if (name && !showsRows) openMethod(name);
  if (location.hash.startsWith("#/rule/")) showRule(location.hash.slice("#/rule/".length));
  mark();
}
// Methods are filled when they are opened: a page may have hundreds.
shown.addEventListener("toggle", ({ target }) => target.open && fill(target), true);
shown.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const text = button.parentElement.querySelector("pre").textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy"), 1500);
});

// Each declaration with all that it says.
const texts = new Map();
function textOf(link) {
  if (!texts.has(link)) {
    const [template] = partAt(link.hash);
    texts.set(link, `${link.hash} ${template?.content.textContent ?? ""}`.toLowerCase());
  }
  return texts.get(link);
}
function wanted() {
  return form.elements.text.value.trim().toLowerCase();
}
function search() {
  const text = wanted();
  let count = 0;
  for (const link of links.slice(1)) {
    const matches = !text || textOf(link).includes(text);
    link.parentElement.hidden = !matches;
    count += matches;
  }
  for (const group of document.querySelectorAll("nav section")) {
    const all = [...group.querySelectorAll("li")];
    group.hidden = all.every((item) => item.hidden);
    const types = group.querySelector("details");
    if (types && text) types.open = [...types.querySelectorAll("li")].some((item) => !item.hidden);
  }
  found.value = text ? `${count} of ${links.length - 1}` : "";
  mark();
}
function mark() {
  const text = wanted();
  for (const part of shown.querySelectorAll(".method, tbody tr, figure"))
    part.classList.toggle("found", Boolean(text) && part.textContent.toLowerCase().includes(text));
}
form.addEventListener("input", search);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const first = links.slice(1).find((link) => !link.parentElement.hidden);
  if (first && wanted()) location.hash = first.hash;
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  form.elements.text.focus();
});
overview.addEventListener("input", ({ target }) => {
  if (target.dataset.edits) addresses[target.dataset.edits] = target.value;
});
{% include "reference/served.js" %}
{% include "reference/row_requests.js" %}
{% include "reference/rows.js" %}
addEventListener("hashchange", show);
show();
