const overview = document.querySelector("#overview");
const shown = document.querySelector("#shown");
const form = document.querySelector("form");
const found = form.querySelector("output");
const pages = [...document.querySelectorAll("template")].map((template) => ({
  template,
  item: document.querySelector(`nav a[href="#${template.id}"]`).parentElement,
}));

// Parts of the page and facts that have a line in common.
function partners(element) {
  const first = Number(element.dataset.first);
  const last = Number(element.dataset.last);
  const side = element.closest(".facts") ? ".rendered" : ".facts";
  return [...shown.querySelectorAll(`${side} [data-first]`)].filter(
    (other) => Number(other.dataset.first) <= last && Number(other.dataset.last) >= first,
  );
}
function highlight(element) {
  for (const each of shown.querySelectorAll(".on")) each.classList.remove("on");
  if (!element) return;
  const others = partners(element);
  for (const each of [element, ...others]) each.classList.add("on");
  if (others.length && !element.closest(".facts")) {
    const facts = others[0].closest(".facts");
    facts.scrollTo({ top: others[0].offsetTop - facts.offsetTop - facts.clientHeight / 3 });
  }
}
function openTab(name) {
  shown.querySelector(".split").dataset.tab = name;
  for (const button of shown.querySelectorAll(".tabs button"))
    button.setAttribute("aria-pressed", String(button.dataset.tab === name));
}
function follow(element) {
  const [other] = partners(element);
  if (!other) return;
  highlight(element);
  openTab(element.closest(".facts") ? "page" : "facts");
  other.scrollIntoView({ block: "center" });
}
function marked(event) {
  return event.target.closest?.("#shown [data-first]");
}
shown.addEventListener("pointerover", (event) => {
  if (event.pointerType === "mouse" && marked(event)) highlight(marked(event));
});
shown.addEventListener("focusin", (event) => marked(event) && highlight(marked(event)));
shown.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (tab?.matches("button")) openTab(tab.dataset.tab);
  else if (marked(event) && !getSelection().toString()) follow(marked(event));
});
shown.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !marked(event)) return;
  event.preventDefault();
  const [other] = partners(marked(event));
  follow(marked(event));
  other?.focus();
});

function states() {
  return new Set(new FormData(form).getAll("state"));
}
function filterParts() {
  const wanted = states();
  for (const part of shown.querySelectorAll("[data-state]"))
    part.hidden = !wanted.has(part.dataset.state);
}
function search() {
  const text = form.elements.text.value.trim().toLowerCase();
  let count = 0;
  for (const page of pages) {
    page.text ??= `${page.item.textContent} ${page.template.content.textContent}`.toLowerCase();
    page.item.hidden = !page.text.includes(text);
    count += !page.item.hidden;
  }
  found.value = text ? `${count} of ${pages.length} pages` : "";
  for (const each of shown.querySelectorAll(".found")) each.classList.remove("found");
  if (!text) return;
  const parts = [...shown.querySelectorAll("[data-first]")];
  for (const part of parts) part.classList.toggle("found", part.textContent.toLowerCase().includes(text));
}
function show() {
  const [, anchor, line] = /^#?([^:]*):?(\d*)$/.exec(location.hash) ?? [];
  const page = pages.find(({ template }) => template.id === anchor);
  for (const link of document.querySelectorAll("nav a"))
    if (link.hash === `#${page ? anchor : "overview"}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  overview.hidden = Boolean(page);
  shown.hidden = !page;
  shown.replaceChildren(...(page ? [page.template.content.cloneNode(true)] : []));
  for (const part of shown.querySelectorAll(".rendered [data-first]"))
    if (partners(part).length) part.tabIndex = 0;
  filterParts();
  search();
  scrollTo(0, 0);
  const parts = line ? [...shown.querySelectorAll(".rendered [data-first]")] : [];
  const part = parts.find(({ dataset }) => Number(dataset.last) >= Number(line));
  part?.scrollIntoView({ block: "center" });
  highlight(part);
}
addEventListener("hashchange", show);
form.addEventListener("input", () => {
  filterParts();
  search();
});
form.addEventListener("submit", (event) => event.preventDefault());
show();
