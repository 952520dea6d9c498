// What tables of facts have in common: side by side as kb/facts/comparison.py does it, order by quantity, CSV, downloads, small elements.

// Text that a spreadsheet would take for a formula gets an apostrophe; see csv_text in kb/site/facts.py.
const FORMULA = /^(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])/u

export function csv(rows) {
  const cell = (text) => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  return `\ufeff${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`
}

const UNITS = {
  time: { ms: 1, s: 1000, min: 60_000, h: 3_600_000, day: 86_400_000, week: 604_800_000 },
  size: { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 },
  share: { "%": 1 },
}
const SPELLINGS = {
  millisecond: "ms",
  msec: "ms",
  sec: "s",
  second: "s",
  minute: "min",
  hr: "h",
  hour: "h",
  byte: "b",
  kib: "kb",
  kilobyte: "kb",
  mib: "mb",
  megabyte: "mb",
  gib: "gb",
  gigabyte: "gb",
  tib: "tb",
  terabyte: "tb",
  pib: "pb",
  petabyte: "pb",
  percent: "%",
}
const QUANTITY = /(?<![\w.,/-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[ -]?(%|[A-Za-z]+))?(?!\w)/

// The first quantity of a value as [dimension, number in the smallest unit]; null when there is none.
export function quantity(value) {
  const match = QUANTITY.exec(value)
  if (!match) return null
  const word = (match[2] ?? "").toLowerCase()
  const known = (name) => Object.entries(UNITS).find(([, units]) => name in units)
  const unit = [word, SPELLINGS[word], word.replace(/s$/, ""), SPELLINGS[word.replace(/s$/, "")]].find(
    (name) => name && known(name),
  )
  const number = Number(match[1].replaceAll(",", ""))
  return unit ? [known(unit)[0], number * known(unit)[1][unit]] : ["count", number]
}

const words = new Intl.Collator("en", { numeric: true })

// Gaps last, quantities of one kind by size, the rest by their words.
export function byValue(a, b) {
  if (a === null || b === null) return (a === null) - (b === null)
  const [one, other] = [quantity(a), quantity(b)]
  if (one && other) return words.compare(one[0], other[0]) || one[1] - other[1]
  return (other !== null) - (one !== null) || words.compare(a, b)
}

// Notes of the API side by side: every property that two of them record, or `all` that any does; those of most notes first.
export function sideBySide(notes, all = false) {
  const counts = new Map()
  for (const note of notes)
    for (const id of new Set(note.facts.map((fact) => fact.id))) counts.set(id, (counts.get(id) ?? 0) + 1)
  const wanted = [...counts].filter(([, count]) => all || count > 1).sort((a, b) => b[1] - a[1])
  const columns = notes.map(({ id, title, url }) => ({ note: id, title, url }))
  const rows = wanted.map(([id]) => {
    const cells = notes.map((note) =>
      together(
        note,
        note.facts.filter((fact) => fact.id === id),
      ),
    )
    const label = notes.flatMap((note) => note.facts).find((fact) => fact.id === id).label
    return { property: id, label, cells }
  })
  return { columns, rows }
}

function together(note, facts) {
  if (!facts.length) return null
  return {
    value: facts.map((fact) => (fact.scope ? `${fact.value} (${fact.scope})` : fact.value)).join("; "),
    detail: facts.length === 1 ? facts[0].detail : null,
    as_of: facts.map((fact) => fact.as_of).reduce((a, b) => (b < a ? b : a)), // no newer than its oldest part
    checked: facts.every((fact) => fact.checked) ? facts[0].checked.against : null,
    sources: [...new Set(facts.flatMap((fact) => fact.sources))].sort(),
    fact: `${note.id}#${facts[0].anchor}`,
    url: facts[0].url,
  }
}

// Elements: texts stay texts, whatever they hold.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value)
    else if (value === true) made.setAttribute(key, "")
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

let fields = 0

// A control with its label before it.
export function field(text, control, kind = "kb-field") {
  control.id ||= `kb-field-${++fields}`
  return element("span", { class: kind }, element("label", { for: control.id }, text), " ", control)
}

// Markdown of a fact: code as code, emphasis and links as their words.
export function inline(markdown) {
  const plain = (text) =>
    text
      .replace(/\[\[([^\]|]*)(?:\|([^\]]*))?\]\]/g, (_, id, words) => words ?? id)
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/\*\*?|__/g, "")
  return markdown.split(/(`[^`]+`)/).map((part, at) => (at % 2 ? element("code", {}, part.slice(1, -1)) : plain(part)))
}

export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = element("a", { href: url, download: name, hidden: true })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export const downloads = (csvText, jsonData, name) => [
  element(
    "button",
    {
      type: "button",
      title: "Download what is shown as CSV",
      onclick: () => download(`${name}.csv`, "text/csv", csvText()),
    },
    "CSV",
  ),
  element(
    "button",
    {
      type: "button",
      title: "Download what is shown as JSON",
      onclick: () => download(`${name}.json`, "application/json", `${JSON.stringify(jsonData(), null, 2)}\n`),
    },
    "JSON",
  ),
]

// The choice stands in the address, so that it can be sent and kept; what is as it begins is left out.
export function remember(choice) {
  const url = new URL(location.href)
  for (const name of Object.keys(choice)) url.searchParams.delete(name)
  for (const [name, value] of Object.entries(choice)) if (value) url.searchParams.set(name, value)
  url.search = url.search.replaceAll("%2C", ",").replaceAll("%3A", ":")
  try {
    if (url.href !== location.href) history.replaceState(history.state, "", url)
  } catch {
    // Some browsers keep the address of a page that stands on disk.
  }
}

export const remembered = (name) => new URL(location.href).searchParams.get(name) ?? ""
export const list = (name) => remembered(name).split(",").filter(Boolean)
