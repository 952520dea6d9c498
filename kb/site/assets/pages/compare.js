// Comparisons: hide rows and columns, only differences, sort, download; any.js puts any services side by side.
import { byValue, csv, downloads, element, field, list, remember, remembered } from "./table.js"

export async function start(root) {
  if (!root.classList.contains("kb-any")) return enhance(root)
  const { choose } = await import("./any.js")
  choose(root)
}

function read(root) {
  const [head, ...heads] = root.querySelectorAll("thead th")
  const columns = heads.map((th) => ({ th, id: th.dataset.id, title: th.textContent }))
  const rows = [...root.querySelectorAll("tbody tr")].map((tr, place) => {
    const [th, ...cells] = tr.children
    return { tr, th, place, id: tr.dataset.id, label: th.textContent, cells: cells.map(cell) }
  })
  return { head, columns, rows }
}

function cell(td) {
  const text = (selector) => td.querySelector(selector)?.textContent ?? null
  const { asOf, checked, sources, fact } = td.dataset
  const known = fact && {
    value: text(".kb-value"),
    detail: text(".kb-detail"),
    as_of: asOf ?? "",
    checked: checked ?? null,
    sources: sources?.split(" ") ?? [],
    fact,
  }
  return { td, known: known ?? null }
}

/** Give a table that stands in the page its tools; `more` are tools of its own. */
export function enhance(root, more = []) {
  const table = read(root)
  const told = root.querySelector(".kb-told")
  const state = {
    differences: remembered("differences") === "yes",
    sort: remembered("sort"),
    by: remembered("by"),
    rows: new Set(list("hide")),
    columns: new Set(list("without")),
  }
  const update = () => show(table, state, told)
  tools(root, table, state, update, more)
  update()
}

function shown(table, state) {
  const columns = table.columns.map((column, at) => at).filter((at) => !state.columns.has(table.columns[at].id))
  const value = (row, at) => row.cells[at].known?.value ?? null
  const differs = (row) => new Set(columns.map((at) => value(row, at) ?? "")).size > 1
  const rows = table.rows.filter((row) => !state.rows.has(row.id) && (!state.differences || differs(row)))
  const recorded = (row) => columns.filter((at) => row.cells[at].known).length
  if (state.sort === "name") rows.sort((a, b) => a.label.localeCompare(b.label, "en"))
  if (state.sort === "recorded") rows.sort((a, b) => recorded(b) - recorded(a))
  const by = table.rows.find((row) => row.id === state.by.replace(/^-/, ""))
  const sign = state.by.startsWith("-") ? -1 : 1
  if (by)
    columns.sort(
      (a, b) => (value(by, a) !== null && value(by, b) !== null ? sign : 1) * byValue(value(by, a), value(by, b)),
    )
  return { columns, rows, by, sign }
}

function show(table, state, told) {
  const { columns, rows, by, sign } = shown(table, state)
  const order = [...columns, ...table.columns.keys()].filter((at, place, all) => all.indexOf(at) === place)
  const inRow = (first, cells) => {
    first.parentNode.append(first, ...order.map((at) => cells[at]))
    cells.forEach((one, at) => (one.hidden = !columns.includes(at)))
  }
  const focused = document.activeElement // what is moved loses it
  inRow(
    table.head,
    table.columns.map((column) => column.th),
  )
  const body = table.rows[0]?.tr.parentNode
  for (const row of table.rows) {
    row.tr.hidden = !rows.includes(row)
    inRow(
      row.th,
      row.cells.map((one) => one.td),
    )
    row.th.ariaSort = row === by ? (sign > 0 ? "ascending" : "descending") : null
  }
  body?.append(...rows.map((row) => row.tr), ...table.rows.filter((row) => row.tr.hidden).map((row) => row.tr))
  if (focused !== document.activeElement) focused.focus({ preventScroll: true })
  told.textContent = `${rows.length} of ${table.rows.length} rows, ${columns.length} of ${table.columns.length} columns.`
  remember({
    differences: state.differences && "yes",
    sort: state.sort,
    by: state.by,
    hide: [...state.rows].join(","),
    without: [...state.columns].join(","),
  })
}

function tools(root, table, state, update, more) {
  const name = root.dataset.name || table.columns.map((column) => column.id).join("-")
  const bar = root.querySelector(".kb-tools")
  const differences = element("input", {
    type: "checkbox",
    onchange: () => update((state.differences = differences.checked)),
  })
  differences.checked = state.differences
  const sort = element(
    "select",
    { onchange: () => update((state.sort = sort.value)) },
    ...Object.entries({ "": "as written", name: "A to Z", recorded: "most recorded first" }).map(([value, text]) =>
      element("option", { value }, text),
    ),
  )
  sort.value = state.sort
  bar.replaceChildren(
    element("label", {}, differences, " Only differences"),
    ...more,
    field("Rows", sort),
    chooser(
      "Show rows",
      table.rows.map(({ id, label }) => [id, label]),
      state.rows,
      update,
    ),
    chooser(
      "Show columns",
      table.columns.map(({ id, title }) => [id, title]),
      state.columns,
      update,
    ),
    element(
      "span",
      { class: "kb-take" },
      ...downloads(
        () => asCsv(table, state),
        () => asJson(root, table, state),
        `comparison-${name}`,
      ),
    ),
  )
  for (const row of table.rows) {
    // Ascending, descending, as written: a row orders the columns by its values.
    const next = () => (state.by = state.by === row.id ? `-${row.id}` : state.by === `-${row.id}` ? "" : row.id)
    row.th.replaceChildren(
      element(
        "button",
        { type: "button", class: "kb-sort", title: "Order the columns by this row", onclick: () => update(next()) },
        row.label,
      ),
    )
  }
}

function chooser(title, entries, hidden, update) {
  const boxes = entries.map(([id, text]) => {
    const box = element("input", {
      type: "checkbox",
      onchange: () => update(box.checked ? hidden.delete(id) : hidden.add(id)),
    })
    box.checked = !hidden.has(id)
    return [box, id, element("label", {}, box, ` ${text}`)]
  })
  const set = (checked) => () => {
    for (const [box, id] of boxes) {
      box.checked = checked
      checked ? hidden.delete(id) : hidden.add(id)
    }
    update()
  }
  const all = element("button", { type: "button", onclick: set(true) }, "All")
  const none = element("button", { type: "button", onclick: set(false) }, "None")
  const made = element(
    "details",
    { class: "kb-choose" },
    element("summary", {}, title),
    element("div", {}, element("p", {}, all, none), ...boxes.map(([, , label]) => label)),
  )
  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && made.open) {
      made.open = false
      made.firstChild.focus()
    }
  })
  return made
}

function closeOthers(event) {
  for (const open of document.querySelectorAll(".kb-choose[open]")) if (!open.contains(event.target)) open.open = false
}
document.addEventListener("click", closeOthers)

function asCsv(table, state) {
  const { columns, rows } = shown(table, state)
  const titles = columns.map((at) => table.columns[at].title)
  const parts = (known) =>
    known ? [known.value, known.as_of, known.checked ?? "", known.sources.join(" ")] : ["not recorded", "", "", ""]
  return csv([
    [
      "Property",
      ...titles.flatMap((title) => [title, `${title}: as of`, `${title}: checked against`, `${title}: sources`]),
    ],
    ...rows.map((row) => [row.label, ...columns.flatMap((at) => parts(row.cells[at].known))]),
  ])
}

function asJson(root, table, state) {
  const { columns, rows } = shown(table, state)
  const split = (id) => ({ note: id.split(":")[0], scope: id.split(":").slice(1).join(":") || null })
  return {
    schema_version: 1,
    id: root.dataset.name || null,
    title: root.dataset.title,
    columns: columns.map((at) => ({ ...split(table.columns[at].id), title: table.columns[at].title })),
    rows: rows.map((row) => ({ property: row.id, label: row.label, cells: columns.map((at) => row.cells[at].known) })),
  }
}
