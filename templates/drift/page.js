const form = document.querySelector("form");
const shown = form.querySelector("output");
const articles = [...document.querySelectorAll("article")].map((article) => ({
  article,
  grade: article.className,
  text: article.textContent.toLowerCase(),
}));
function filter() {
  const grades = new Set(new FormData(form).getAll("grade"));
  const wanted = form.elements.text.value.trim().toLowerCase();
  let count = 0;
  for (const { article, grade, text } of articles) {
    article.hidden = !grades.has(grade) || !text.includes(wanted);
    count += !article.hidden;
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
  shown.value = count === articles.length ? "" : `${count} of ${articles.length}`;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
