// Any services side by side: chosen in the page, kept in the address, read from the API.
import { enhance } from "./compare.js"
import { element, inline, list, remember, remembered, sideBySide } from "./table.js"

const MOST = 12

export function choose(root) {
  const base = new URL(root.dataset.base, location.href)
  const form = root.querySelector(".kb-pick")
  const input = form.querySelector("input")
  const told = root.querySelector(".kb-told")
  const known = [...root.querySelectorAll("option")].map((option) => ({
    id: option.dataset.id,
    title: option.value,
    names: option.dataset.names.split("|"),
  }))
  const loaded = new Map()
  let chosen = []
  let all = remembered("all") === "yes"
  let turn = 0

  const load = (path) => {
    if (!loaded.has(path)) {
      const answer = fetch(new URL(path, base)).then((response) =>
        response.ok ? response.json() : Promise.reject(new Error(`HTTP ${response.status}`)),
      )
      answer.catch(() => loaded.delete(path))
      loaded.set(path, answer)
    }
    return loaded.get(path)
  }

  function add(text) {
    const note = find(known, text)
    if (!note) return `Nothing is called ${JSON.stringify(text)}.`
    if (chosen.includes(note)) return `${note.title} is there already.`
    if (chosen.length === MOST) return `No more than ${MOST} at once.`
    chosen.push(note)
    return ""
  }

  function picked() {
    const remove = (note) => () => {
      chosen = chosen.filter((other) => other !== note)
      render()
      input.focus()
    }
    root
      .querySelector(".kb-picked")
      .replaceChildren(
        ...chosen.map((note) =>
          element(
            "li",
            {},
            note.title,
            element(
              "button",
              { type: "button", "aria-label": `Remove ${note.title}`, onclick: remove(note) },
              "\u00d7",
            ),
          ),
        ),
      )
  }

  async function render(problems = []) {
    const mine = ++turn
    picked()
    remember({ services: chosen.map((note) => note.id).join(","), all: all && "yes" })
    const say = (text) => (told.textContent = [...problems, text].filter(Boolean).join(" "))
    if (!chosen.length) {
      root.querySelector(".kb-tools").replaceChildren()
      root.querySelector(".kb-any-table").replaceChildren()
      return say("Choose two services or more.")
    }
    try {
      const [references, ...notes] = await Promise.all([
        load("assets/kb/data/references.json"),
        ...chosen.map((note) => load(`api/v1/notes/${encodeURIComponent(note.id)}.json`)),
      ])
      if (mine !== turn) return
      draw(notes, references)
      if (problems.length) say(told.textContent)
    } catch (error) {
      if (mine === turn)
        say(`The facts could not be loaded (${error.message}). Try again, or look at the notes themselves.`)
    }
  }

  function draw(notes, references) {
    const table = sideBySide(notes, all || notes.length === 1)
    const place = root.querySelector(".kb-any-table")
    if (!table.rows.length) {
      root.querySelector(".kb-tools").replaceChildren(everything())
      place.replaceChildren()
      told.textContent = "They have no property in common that is recorded."
      return
    }
    place.replaceChildren(...drawn(table, references, base))
    root.dataset.title = notes.map((note) => note.title).join(" / ")
    enhance(root, notes.length > 1 ? [everything()] : [])
  }

  function everything() {
    const box = element("input", { type: "checkbox", onchange: () => render((all = box.checked) && []) })
    box.checked = all
    return element("label", {}, box, " Also what only one records")
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault()
    if (!input.value.trim()) return
    const problem = add(input.value)
    if (!problem) input.value = ""
    render(problem ? [problem] : [])
  })
  // A choice from the list needs no further press.
  input.addEventListener("input", (event) => {
    if (event.inputType === "insertReplacementText" || !(event instanceof InputEvent))
      if (known.some((note) => note.title === input.value)) form.requestSubmit()
  })
  // Until somebody listens, Enter would send the form and lose what was typed.
  for (const control of form.elements) control.disabled = false
  render(list("services").map(add).filter(Boolean))
}

function find(known, text) {
  const wanted = text.trim().toLowerCase()
  const named = known.filter((note) => note.title.toLowerCase() === wanted || note.names.includes(wanted))
  const within = known.filter((note) => [note.title.toLowerCase(), ...note.names].some((name) => name.includes(wanted)))
  return named[0] ?? (within.length === 1 ? within[0] : undefined)
}

function drawn(table, references, base) {
  const numbers = new Map()
  const number = (id) => numbers.get(id) ?? numbers.set(id, numbers.size + 1).get(id)
  const cite = (id) => element("a", { href: `#source-${id}`, title: references[id] }, number(id))
  const value = (found) => {
    if (!found) return element("td", {}, element("span", { class: "kb-gap" }, "not recorded"))
    const td = element("td", {
      "data-as-of": found.as_of,
      "data-checked": found.checked,
      "data-sources": found.sources.join(" ") || null,
      "data-fact": found.fact,
    })
    td.append(element("span", { class: "kb-value" }, ...inline(found.value)))
    if (found.sources.length)
      td.append(
        element("sup", { class: "kb-cite" }, ...found.sources.flatMap((id, at) => (at ? [" ", cite(id)] : [cite(id)]))),
      )
    if (found.detail) td.append(element("span", { class: "kb-detail" }, ...inline(found.detail)))
    td.append(
      element(
        "a",
        { class: "kb-date", href: new URL(found.url, base) },
        `${found.checked ? "checked" : "as of"} ${found.as_of}`,
      ),
    )
    return td
  }
  const heads = table.columns.map(({ note, title, url }) =>
    element("th", { scope: "col", "data-id": note }, element("a", { href: new URL(url, base) }, title)),
  )
  const rows = table.rows.map((row) =>
    element("tr", { "data-id": row.property }, element("th", { scope: "row" }, row.label), ...row.cells.map(value)),
  )
  const made = element(
    "table",
    { class: "kb-table kb-comparison" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Property"), ...heads)),
    element("tbody", {}, ...rows),
  )
  const sources = [...numbers].map(([id]) =>
    element(
      "li",
      { id: `source-${id}` },
      element("a", { href: new URL(`sources/${id}/`, base) }, references[id] ?? id),
    ),
  )
  return [
    element("div", { class: "kb-frame", role: "region", tabindex: "0", "aria-label": "Comparison" }, made),
    element("h2", {}, "Sources"),
    element("ol", {}, ...sources),
  ]
}
