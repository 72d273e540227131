"use strict";
// Search and filters over what already stands in the page; nothing is loaded and nothing is kept.
const bar = document.getElementById("filters");
const fields = Object.fromEntries([...bar.querySelectorAll("input, select")].map(f => [f.name, f]));
const shown = document.getElementById("shown");
const text = node => node.textContent.toLowerCase();
const rows = (root, selector) => [...root.querySelectorAll(selector)].map(node => ({
  node, text: text(node), lang: node.dataset.lang, failed: node.dataset.status === "failed",
}));
const cards = [...document.querySelectorAll("article")].map(node => {
  const history = node.querySelector("details.runs");
  return {
    node, history,
    runs: history ? rows(history, "li") : [],
    own: [...node.children].filter(child => child !== history).map(text).join(" ")
      + " " + node.dataset.notebook.toLowerCase(),
  };
});
const failures = rows(document, ".failed li");
const has = (where, words) => words.every(word => where.includes(word));

function apply() {
  const words = fields.find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const { status, notebook, lang, failed } = fields;
  const fits = (run, wanted) => (!lang.value || run.lang === lang.value)
    && (!failed.checked || run.failed) && has(run.text, wanted);
  let count = 0;
  for (const card of cards) {
    const told = has(card.own, words);
    const narrowed = !told || lang.value || failed.checked;
    const found = card.runs.filter(run => fits(run, told ? [] : words));
    const visible = (!status.value || card.node.dataset.status === status.value)
      && (!notebook.value || card.node.dataset.notebook === notebook.value)
      && (!narrowed || found.length > 0);
    card.node.hidden = !visible;
    count += visible;
    for (const run of card.runs) run.node.hidden = Boolean(narrowed) && !found.includes(run);
    if (card.history && narrowed && visible) card.history.open = true;
  }
  for (const failure of failures) {
    failure.node.hidden = !has(failure.text, words)
      || Boolean(notebook.value && failure.node.dataset.notebook !== notebook.value)
      || Boolean(status.value || lang.value);
  }
  shown.textContent = shown.dataset.say.replace("{shown}", count).replace("{all}", cards.length);
}

bar.addEventListener("input", apply);
bar.hidden = false;
apply();
