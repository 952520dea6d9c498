// A filter over entries that stand in the page: by words, and by the group an entry belongs to.
import { element, field, remember, remembered } from "./table.js"

export function start(bar) {
  const entries = [...document.querySelectorAll(bar.dataset.items)].map((entry) => ({
    entry,
    text: entry.textContent.toLowerCase(),
  }))
  const groups = [...new Set(entries.map(({ entry }) => entry.dataset.group))].sort()
  const lists = [...new Set(entries.map(({ entry }) => entry.parentNode))]
  const told = element("p", { class: "kb-told", role: "status" })
  const input = element("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "aurora, timeout ...",
    oninput: update,
  })
  const group = element(
    "select",
    { onchange: update },
    element("option", { value: "" }, "every category"),
    ...groups.map((name) => element("option", {}, name)),
  )
  input.value = remembered("filter")
  group.value = remembered("category")
  if (group.selectedIndex < 0) group.value = ""

  function update() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const { entry, text } of entries)
      entry.hidden =
        Boolean(group.value && entry.dataset.group !== group.value) || !words.every((word) => text.includes(word))
    for (const list of lists)
      list.hidden = list.previousElementSibling.hidden = [...list.children].every((entry) => entry.hidden)
    told.textContent = `${entries.filter(({ entry }) => !entry.hidden).length} of ${entries.length}.`
    remember({ filter: input.value.trim(), category: group.value })
  }

  bar.replaceChildren(field("Filter", input, "kb-field kb-wide"), field("Category", group))
  bar.after(told)
  update()
}
