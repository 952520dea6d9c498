// Loads the script of a page that needs one; every other page stays light.
const SCRIPTS = { ".kb-compare": "compare", ".kb-limits": "limits", ".kb-graph": "graph", ".kb-sift": "sift" }

for (const [selector, name] of Object.entries(SCRIPTS)) {
  const found = document.querySelectorAll(selector)
  if (found.length) import(`./pages/${name}.js`).then(({ start }) => found.forEach((element) => start(element)))
}
