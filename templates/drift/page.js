const form = document.querySelector("form");
const shown = form.querySelector("output");
const changes = [...document.querySelectorAll(".change")].map((change) => ({
  change,
  grade: change.dataset.grade,
  text: `${change.parentElement.querySelector("h4").textContent} ${change.textContent}`.toLowerCase(),
}));
function filter() {
  const grades = new Set(new FormData(form).getAll("grade"));
  const wanted = form.elements.text.value.trim().toLowerCase();
  let count = 0;
  for (const { change, grade, text } of changes) {
    change.hidden = !grades.has(grade) || !text.includes(wanted);
    count += !change.hidden;
  }
  for (const article of document.querySelectorAll("article")) {
    article.hidden = !article.querySelector(".change:not([hidden])");
  }
  for (const section of document.querySelectorAll("main section:has(article)")) {
    section.hidden = !section.querySelector("article:not([hidden])");
    document.querySelector(`nav a[href="#${section.id}"]`).parentElement.hidden = section.hidden;
  }
  for (const half of document.querySelectorAll(".half")) {
    half.hidden = !half.querySelector("article:not([hidden])");
  }
  for (const list of document.querySelectorAll("nav ul")) {
    list.hidden = list.previousElementSibling.hidden = !list.querySelector("li:not([hidden])");
  }
  shown.value = count === changes.length ? "" : `${count} of ${changes.length}`;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
if (navigator.clipboard) {
  for (const button of document.querySelectorAll(".fingerprint button")) button.hidden = false;
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".fingerprint button");
  if (!button) return;
  await navigator.clipboard.writeText(button.previousElementSibling.textContent);
  button.textContent = "copied";
});
