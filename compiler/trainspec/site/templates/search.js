// Looks through INDEX, which stands above. Without this script every page can be read, and the first one lists all.
const box = document.getElementById("search");
const query = document.getElementById("query");
const results = document.getElementById("results");
const MOST = 12;

function matches(entry, words) {
  const text = `${entry.title} ${entry.about}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function rank(entry, words) {
  const title = entry.title.toLowerCase();
  return title === words.join(" ") ? 0 : words.every((word) => title.includes(word)) ? 1 : 2;
}

function show() {
  results.replaceChildren();
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return;
  const found = INDEX.filter((entry) => matches(entry, words)).sort((a, b) => rank(a, words) - rank(b, words));
  for (const entry of found.slice(0, MOST)) {
    const link = document.createElement("a");
    link.href = box.dataset.up + entry.href;
    link.textContent = entry.title;
    const about = document.createElement("span");
    about.className = "quiet";
    about.textContent = ` ${entry.about}`;
    const item = document.createElement("li");
    item.append(link, about);
    results.append(item);
  }
  if (!found.length) {
    const item = document.createElement("li");
    item.textContent = "Nothing found.";
    results.append(item);
  }
}

box.hidden = false;
query.addEventListener("input", show);
query.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    query.value = "";
    show();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== query) {
    event.preventDefault();
    query.focus();
  }
});
