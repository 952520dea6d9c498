// All limits: filtered as one types, drawn only where one looks, so that thousands of rows stay light.
import { csv, downloads, element, field, inline, quantity, remember, remembered } from "./table.js"

const CHUNK = 40
const COLUMNS = { service: "Service", limit: "Limit", value: "Value", kind: "Kind", date: "Date" }

// The rows of limits.json with their names, and the text that the filter looks in.
export function unpack({ kinds, notes, against, rows }) {
  return rows.map(([place, anchor, label, scope, value, detail, kind, date, check, sources]) => {
    const [note, service, category, page] = notes[place]
    const text = [service, note, label, scope, value, detail].join(" ").toLowerCase()
    return {
      note,
      service,
      category,
      url: `${page}#fact-${anchor}`,
      label,
      scope,
      value,
      detail,
      kind: kinds[kind],
      date,
      checked: against[check],
      sources,
      text,
    }
  })
}

// Every word must stand somewhere in the row.
export function sift(rows, { words, service, category, kind }) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(
    (row) =>
      (!service || row.note === service) &&
      (!category || row.category === category) &&
      (!kind || row.kind === kind) &&
      wanted.every((word) => row.text.includes(word)),
  )
}

const ORDER = {
  service: (row) => row.service.replace(/^(Amazon|AWS) /, ""),
  limit: (row) => row.label,
  kind: (row) => row.kind,
  date: (row) => row.date,
}

// Plain comparisons of keys made once: a collator is too slow for thousands of rows.
export function sorted(rows, by) {
  const [name, sign] = by.startsWith("-") ? [by.slice(1), -1] : [by, 1]
  if (name === "value") {
    // Quantities of one kind by size; what is no quantity comes last, either way.
    const keys = new Map(rows.map((row) => [row, quantity(row.value)]))
    const compare = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : sign * (a[1] - b[1]))
    const [sized, rest] = [rows.filter((row) => keys.get(row)), rows.filter((row) => !keys.get(row))]
    return [...sized.sort((a, b) => compare(keys.get(a), keys.get(b))), ...rest]
  }
  if (!ORDER[name]) return rows
  const keyed = rows.map((row) => [ORDER[name](row).toLowerCase(), row])
  return keyed.sort(([a], [b]) => sign * (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row)
}

export async function start(root) {
  const base = new URL(root.dataset.base, location.href)
  const told = root.querySelector(".kb-told")
  told.textContent = "Loading ..."
  let rows
  try {
    const response = await fetch(new URL("assets/kb/data/limits.json", base))
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    rows = unpack(await response.json())
  } catch (error) {
    told.textContent = `The limits could not be loaded (${error.message}). They stand in the notes, listed below.`
    return
  }
  await breath()
  const state = {
    words: remembered("filter"),
    service: remembered("service"),
    category: remembered("category"),
    kind: remembered("kind"),
    sort: remembered("sort"),
  }
  const view = new View(root.querySelector("table"), (row) => drawn(row, base))
  let shown = rows
  const update = () => {
    shown = sorted(sift(rows, state), state.sort)
    view.show(shown)
    told.textContent =
      shown.length === rows.length
        ? `${rows.length.toLocaleString("en")} limits.`
        : `${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} limits.${shown.length ? "" : " Fewer words, or another service?"}`
    for (const [name, th] of Object.entries(view.heads))
      th.ariaSort = state.sort === name ? "ascending" : state.sort === `-${name}` ? "descending" : null
    remember({
      filter: state.words.trim(),
      service: state.service,
      category: state.category,
      kind: state.kind,
      sort: state.sort,
    })
  }
  view.order = (name) => update((state.sort = state.sort === name ? `-${name}` : state.sort === `-${name}` ? "" : name))
  tools(root, rows, state, update, () => shown)
  await breath()
  update()
}

// Lets the browser draw and answer between two pieces of work.
const breath = () => new Promise((done) => setTimeout(done))

function tools(root, rows, state, update, shown) {
  const input = element("input", {
    type: "search",
    placeholder: "timeout, retention ...",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => update((state.words = input.value)),
  })
  input.value = state.words
  const service = choice(
    "service",
    "every service",
    [...new Map(rows.map((row) => [row.note, row.service]))],
    state,
    update,
  )
  const category = choice(
    "category",
    "every category",
    [...new Set(rows.map((row) => row.category))].sort().map((name) => [name, name]),
    state,
    update,
  )
  const kind = choice(
    "kind",
    "every kind",
    [...new Set(rows.map((row) => row.kind))].sort().map((name) => [name, name]),
    state,
    update,
  )
  const titles = [
    "Service",
    "Id",
    "Limit",
    "Holds for",
    "Value",
    "Detail",
    "Kind",
    "As of",
    "Checked against",
    "Sources",
    "Page",
  ]
  const asCsv = () =>
    csv([
      titles,
      ...shown().map((row) => [
        row.service,
        row.note,
        row.label,
        row.scope,
        row.value,
        row.detail,
        row.kind,
        row.date,
        row.checked,
        row.sources.join(" "),
        row.url,
      ]),
    ])
  const asJson = () => shown().map(({ text, ...row }) => row)
  const clear = () => {
    Object.assign(state, { words: "", service: "", category: "", kind: "" })
    input.value = ""
    for (const select of [service, category, kind]) select.value = ""
    update()
    input.focus()
  }
  root
    .querySelector(".kb-tools")
    .replaceChildren(
      field("Filter", input, "kb-field kb-wide"),
      field("Service", service),
      field("Category", category),
      field("Kind", kind),
      element("button", { type: "button", onclick: clear }, "Clear"),
      element("span", { class: "kb-take" }, ...downloads(asCsv, asJson, "limits")),
    )
}

function choice(name, every, entries, state, update) {
  const made = element(
    "select",
    { onchange: () => update((state[name] = made.value)) },
    element("option", { value: "" }, every),
    ...entries.map(([value, text]) => element("option", { value }, text)),
  )
  made.value = state[name]
  if (made.value !== state[name]) made.value = state[name] = ""
  return made
}

function drawn(row, base) {
  const cell = (name, ...children) => element("td", { role: "cell", "data-title": COLUMNS[name] }, ...children)
  const small = (text) => element("span", { class: "kb-detail" }, ...inline(text))
  const link = element("a", { href: new URL(row.url, base) }, row.label)
  return [
    cell("service", row.service),
    cell("limit", link, ...(row.scope ? [small(row.scope)] : [])),
    cell(
      "value",
      element("span", { class: "kb-value" }, ...inline(row.value)),
      ...(row.detail ? [small(row.detail)] : []),
    ),
    cell("kind", row.kind),
    cell(
      "date",
      element("span", { class: "kb-date" }, row.checked ? `checked ${row.date}` : `as of ${row.date}, not checked`),
    ),
  ]
}

// A table in pieces: only those near the screen hold rows, the others one empty row of the same height.
class View {
  constructor(table, draw) {
    this.draw = draw
    this.heads = {}
    const heads = Object.entries(COLUMNS).map(
      ([name, title]) =>
        (this.heads[name] = element(
          "th",
          { scope: "col", role: "columnheader", class: `kb-of-${name}` },
          element("button", { type: "button", class: "kb-sort", onclick: () => this.order(name) }, title),
        )),
    )
    this.table = table
    table.replaceChildren(element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)))
    this.near = new IntersectionObserver(
      (entries) =>
        entries.forEach(({ target, isIntersecting }) => (isIntersecting ? this.fill(target) : this.empty(target))),
      { rootMargin: "800px 0px" },
    )
    addEventListener("beforeprint", () => this.pieces.forEach((piece) => this.fill(piece)))
    this.pieces = []
  }

  show(rows) {
    this.near.disconnect()
    this.rows = rows
    this.table.setAttribute("aria-rowcount", rows.length + 1)
    for (const piece of this.pieces) piece.remove()
    this.pieces = []
    for (let start = 0; start < rows.length; start += CHUNK) {
      const piece = element("tbody", { role: "rowgroup" })
      piece.range = [start, Math.min(start + CHUNK, rows.length)]
      this.pieces.push(piece)
    }
    const [first, ...others] = this.pieces
    if (!first) return
    this.fill(first)
    this.table.append(first)
    const tall = first.offsetHeight / first.rows.length // what rows not yet drawn are taken to be
    for (const piece of others) {
      piece.tall = (piece.range[1] - piece.range[0]) * tall
      this.empty(piece)
    }
    this.table.append(...others)
    for (const piece of this.pieces) this.near.observe(piece)
  }

  fill(piece) {
    if (piece.full) return
    piece.full = true
    const [start, end] = piece.range
    piece.replaceChildren(
      ...this.rows
        .slice(start, end)
        .map((row, at) => element("tr", { role: "row", "aria-rowindex": start + at + 2 }, ...this.draw(row))),
    )
  }

  empty(piece) {
    if (piece.full === false || piece.contains(document.activeElement)) return // what has the focus stays
    if (piece.full && piece.offsetHeight) piece.tall = piece.offsetHeight
    piece.full = false
    const space = element("td", { colspan: Object.keys(COLUMNS).length })
    space.style.height = `${piece.tall}px`
    piece.replaceChildren(element("tr", { class: "kb-space", "aria-hidden": "true" }, space))
  }
}
