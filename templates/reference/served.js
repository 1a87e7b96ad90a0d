// What the server that sends this page knows about itself; null in a file.
const server = JSON.parse(document.querySelector("#server").textContent || "null");
const ANSWERS = {
  handler: "A handler of this server answers it.",
  itself: "The server implements it.",
  example: "The server returns the example in the page, until a handler implements it.",
  nothing: "This server does not answer it: UNIMPLEMENTED/501, until a handler implements it.",
};
const BADGES = { handler: "handler", example: "example", nothing: "501" };

// Correct who answers a method: the file was written before any handler was loaded.
function setAnswers(part) {
  for (const method of part.querySelectorAll("[data-method]")) {
    const how = server.answers[method.dataset.method];
    if (!how) continue;
    const badge = method.querySelector(".answered");
    badge.className = `answered ${how}`;
    badge.textContent = BADGES[how] ?? badge.textContent;
    method.querySelector(".answer").className = `answer ${how}`;
    method.querySelector("[data-answer]").textContent = ANSWERS[how];
  }
  for (const place of part.querySelectorAll("[data-rows]")) {
    const { rows } = place.dataset;
    if (!server.services[rows]?.methods.some(({ kind }) => kind === "list")) continue;
    place.hidden = false;
    place.append(element("a", { href: `#/${rows}/!rows`, textContent: "Explore its rows" }));
  }
}
function setAddress(kind, address) {
  addresses[kind] = address;
  overview.querySelector(`[data-edits="${kind}"]`).value = address;
}
if (server) {
  document.querySelector("#served").hidden = false;
  setAnswers(overview);
  setAddress("http", location.origin);
  setAddress("grpc", server.grpc);
}
