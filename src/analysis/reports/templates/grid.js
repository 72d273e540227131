"use strict";
// Search, filter and order of the rows that already stand in the page; nothing is loaded or kept.
const bar = document.getElementById("filters");
const fields = Object.fromEntries([...bar.querySelectorAll("input, select")].map(f => [f.name, f]));
const shown = document.getElementById("shown");
const body = document.querySelector(".cells tbody");
const ranks = ["failed", "bad", "watch", "good", "info"];
const rows = [...body.rows].map(node => ({
  node, text: node.textContent.toLowerCase(), status: node.dataset.status,
  place: Number(node.dataset.place), rank: ranks.indexOf(node.dataset.status),
  value: node.dataset.value === "" ? null : Number(node.dataset.value),
  axes: [...node.querySelectorAll(".axis")].map(cell => cell.dataset.axis),
}));
const byText = new Intl.Collator(undefined, { numeric: true }).compare;

function compare(one, other) {
  const by = fields.sort.value;
  let order = 0;
  if (by === "status") order = one.rank - other.rank;
  else if (by.endsWith("value")) {
    if ((one.value === null) !== (other.value === null)) return one.value === null ? 1 : -1;
    order = (other.value - one.value) * (by === "value" ? 1 : -1);
  } else order = byText(one.axes[by], other.axes[by]);
  return order || one.place - other.place;
}

function apply() {
  const words = fields.find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    const visible = words.every(word => row.text.includes(word))
      && (!fields.status.value || row.status === fields.status.value);
    row.node.hidden = !visible;
    count += visible;
  }
  body.append(...[...rows].sort(compare).map(row => row.node));
  shown.textContent = shown.dataset.say.replace("{shown}", count).replace("{all}", rows.length);
}

bar.addEventListener("input", apply);
bar.hidden = false;
apply();
