// Adds to Material's search box what its list of results cannot show: what was understood, suggestions, filters, sources of
// the answer, nearest names, and what a screen reader is told. The results themselves come from search/worker.js through
// Material; `kb` in its message is for this module. Text is only ever added as text.
const KINDS = [
  ["", "All kinds"],
  ["fact", "Facts"],
  ["section", "Sections"],
  ["note", "Notes"],
]
const MORE = 30
const SLOW = 400
const QUIET = 600
const LATE = 1000

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

// Material's own "Enter" reads a score from the first child of every link in the box.
function link(address, text) {
  return make("a", { href: address }, make("span", { "data-md-score": "-1" }, text))
}

/** The text of a query with a filter set to a value, or without it when the value is empty. */
export function filtered(text, name, value) {
  const rest = text.split(/\s+/).filter((part) => part && !part.startsWith(`${name}:`))
  return [...rest, ...(value ? [`${name}:${value}`] : [])].join(" ")
}

class SearchBox {
  constructor(root, base) {
    this.root = root
    this.base = base
    this.input = root.querySelector("[data-md-component=search-query]")
    this.result = root.querySelector("[data-md-component=search-result]")
    this.meta = this.result.firstElementChild
    this.list = this.result.lastElementChild
    this.toggle = document.getElementById("__search")
    /** What the worker told last. */
    this.told = { asked: "" }
    this.isWarm = false
    /** The text whose first result is opened as soon as it is here. */
    this.entered = null
    this.draw()
    this.listen()
  }

  draw() {
    this.kind = this.chooser("kind", "Kind", KINDS)
    this.category = this.chooser("category", "Category", [["", "All categories"]])
    const choosers = [this.kind, this.category].map((select) =>
      make("label", {}, make("span", {}, select.title), select),
    )
    this.filters = make(
      "div",
      { class: "kb-search-filters", role: "group", "aria-label": "Filter results" },
      ...choosers,
    )
    this.notices = make("div", { class: "kb-search-notices" })
    this.panel = make("div", { class: "kb-search-panel", hidden: "" }, this.filters, this.notices)
    this.more = this.button(`Show up to ${MORE} results`, () => this.ask(filtered(this.input.value, "limit", MORE)))
    this.more.classList.add("kb-search-more")
    this.more.hidden = true
    this.status = make("div", { class: "kb-search-status", role: "status" })
    const said = "Results appear while you type. Arrow keys move through them, Enter opens one."
    const hint = make("span", { id: "kb-search-hint", hidden: "" }, said)
    this.list.before(this.panel)
    this.list.after(this.more)
    this.root.append(this.status, hint)
    this.root.setAttribute("aria-label", "Search")
    this.list.setAttribute("aria-label", "Search results")
    this.list.id ||= "kb-search-results"
    this.input.setAttribute("aria-controls", this.list.id)
    this.input.setAttribute("aria-describedby", hint.id)
    this.input.setAttribute("enterkeyhint", "search")
  }

  chooser(name, title, options) {
    const select = make("select", { title, "data-filter": name })
    select.append(...options.map(([value, text]) => make("option", { value }, text)))
    select.addEventListener("change", () => this.write(filtered(this.input.value, name, select.value)))
    return select
  }

  button(text, act) {
    const button = make("button", { type: "button", class: "kb-search-button" }, text)
    button.addEventListener("click", act)
    return button
  }

  listen() {
    const { root, input, toggle } = this
    root.addEventListener("keydown", (event) => this.onKey(event))
    input.addEventListener("input", () => this.onInput())
    input.addEventListener("focus", () => this.warm())
    root.addEventListener("pointerenter", () => this.warm())
    toggle.addEventListener("change", () => this.show())
    window.component$.subscribe((component) => {
      if (component.ref === this.result && component.kb) this.tell(component.kb)
    })
    root.dataset.kbAsked = this.told.asked
    if (document.activeElement === input) this.warm()
    if (input.value.trim()) setTimeout(() => this.askAgain(), LATE)
  }

  /** A link to a query may have been answered before this module was there to hear it. */
  askAgain() {
    const text = this.input.value
    if (this.told.asked || !text.trim()) return
    this.write(`${text}  `)
    this.write(text)
  }

  /** Put a text into the box and search for it; the focus stays where it is. */
  write(text) {
    this.input.value = text
    this.onInput()
  }

  /** Do the same and go on typing. */
  ask(text) {
    this.write(text)
    this.input.focus()
  }

  onInput() {
    this.entered = null
    clearTimeout(this.slow)
    if (this.input.value.trim()) this.slow = setTimeout(() => (this.meta.textContent = "Searching\u2026"), SLOW)
    // Material listens to keys alone: not to pasting, dictating or this module.
    for (const key of ["keydown", "keyup"]) this.input.dispatchEvent(new Event(key))
  }

  /** Have the worker open the index before the first letter: it does so for a blank text. */
  warm() {
    if (this.isWarm || this.input.value) return
    for (const text of [" ", ""]) {
      this.input.value = text
      this.input.dispatchEvent(new Event("keyup"))
    }
  }

  tell(told) {
    if (told.asked === " ") this.isWarm = true
    if (!this.isWarm && told.asked === "" && document.activeElement === this.input) this.warm()
    this.told = told
    clearTimeout(this.slow)
    clearTimeout(this.quiet)
    if (told.asked.trim()) {
      this.meta.textContent = this.summary()
      if (!told.error) this.fill()
      this.finish()
      this.quiet = setTimeout(() => (this.status.textContent = this.spoken()), QUIET)
    } else this.status.textContent = ""
    this.show()
    this.root.dataset.kbAsked = told.asked
    if (this.entered === told.asked) this.open()
  }

  show() {
    const { told, toggle } = this
    const isShown = toggle.checked && Boolean(told.asked.trim()) && !told.error
    this.panel.hidden = !isShown
    this.more.hidden = !(isShown && told.isCut && told.found < MORE)
  }

  summary() {
    const { error, words, found, total } = this.told
    if (error) return `The search does not work: ${error}`
    if (!found) return words ? `Nothing found for \u201c${words}\u201d` : "Nothing found: type a word, too"
    return found < total
      ? `${found} of ${total.toLocaleString("en")} results`
      : `${found} ${found === 1 ? "result" : "results"}`
  }

  spoken() {
    const { corrected, answer, nearest } = this.told
    const parts = [
      corrected && `Showing results for ${corrected}.`,
      answer && `${answer.heading}: ${answer.value}.`,
      `${this.summary()}.`,
      nearest?.length && `Nearest names: ${nearest.join(", ")}.`,
    ]
    return parts.filter(Boolean).join(" ")
  }

  fill() {
    const { categories, filters } = this.told
    if (this.category.length === 1)
      this.category.append(...categories.map(([value, text]) => make("option", { value }, text)))
    this.kind.value = filters.kind[0] ?? ""
    this.category.value = filters.category[0] ?? ""
    this.notices.replaceChildren(...this.lines())
  }

  /** What there is to say between the box and the results. */
  lines() {
    const { corrected, recognised, comparison, suggestions, nearest, ignored, filters, found } = this.told
    const lines = []
    const line = (...parts) => lines.push(make("p", {}, ...parts))
    const choices = (title, texts, isNew) => {
      const buttons = texts.map((text) => this.button(text, () => this.ask(isNew ? text : this.refined(text))))
      const named = { class: "kb-search-choices", role: "group", "aria-label": title }
      lines.push(make("div", named, make("span", {}, title), ...buttons))
    }
    for (const written of ignored) line(`Nothing is called \u201c${written}\u201d; that filter is left out.`)
    if (corrected) line("Showing results for ", make("strong", { class: "kb-search-corrected" }, corrected))
    if (recognised) {
      const notes = recognised.notes.flatMap(({ title, url }, at) => [
        at ? ", " : "",
        link(new URL(url, this.base).href, title),
      ])
      line(make("code", {}, recognised.text), ` (${recognised.as}): `, ...notes)
    }
    if (comparison.length) line("Side by side: ", this.sideBySide(comparison))
    if (suggestions.length) choices("Suggestions", suggestions, false)
    for (const service of filters.service) {
      lines.push(
        this.button(`Only ${service}; search everything`, () => this.ask(filtered(this.input.value, "service", ""))),
      )
    }
    if (!found) this.nothing(choices, line, nearest)
    return lines
  }

  /** A link to a comparison page, or to that of any services. */
  sideBySide(ids) {
    const isPage = ids.length === 1
    const address = isPage ? `compare/${ids[0][0]}/` : `compare/any/?services=${ids.map(([id]) => id).join(",")}`
    const text = isPage ? ids[0][0].replaceAll("-", " ") : ids.map(([, title]) => title).join(", ")
    return link(new URL(address, this.base).href, text)
  }

  nothing(choices, line, nearest) {
    const { filters } = this.told
    if (filters.kind.length || filters.category.length || filters.service.length) {
      line(this.button("Search without filters", () => this.ask(this.told.words)))
    }
    if (nearest.length) choices("Nearest names", nearest, true)
    else line("Every name there is: ", link(new URL("a-z/", this.base).href, "A to Z"))
  }

  /** A suggestion with the filters of the query. */
  refined(text) {
    const { filters } = this.told
    const kept = ["service", "kind", "category"].flatMap((name) => filters[name].map((value) => `${name}:${value}`))
    return [text, ...kept].join(" ")
  }

  /** Mend what Material has just drawn. */
  finish() {
    for (const heading of this.list.querySelectorAll("h1, h2")) {
      heading.setAttribute("aria-level", heading.tagName === "H1" ? "2" : "3")
    }
    for (const result of this.list.querySelectorAll("a")) result.removeAttribute("tabindex")
    const answer = this.told.answer && this.list.querySelector(".kb-answer")?.closest("a")
    if (!answer || !this.told.answer.sources.length) return
    const links = this.told.answer.sources.flatMap((id, at) => [
      at ? ", " : "",
      link(new URL(`sources/${id}/`, this.base).href, id),
    ])
    answer.after(make("p", { class: "kb-answer-sources" }, "Source: ", ...links))
  }

  /** The links to what was found, in its order; where a page was found in parts, not that to the page. */
  hits() {
    return [...this.list.children].flatMap((item) => {
      const links = [...item.querySelectorAll(":scope > .md-search-result__link")]
      return links.length > 1 ? links.slice(1) : links
    })
  }

  open() {
    this.entered = null
    this.hits()[0]?.click()
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !this.toggle.checked) return
    const isSelect = event.target.tagName === "SELECT"
    const stay = () => event.stopPropagation()
    if (event.key === "Tab") {
      if (!this.isLeaving(event)) stay()
    } else if (isSelect && event.key !== "Escape") stay()
    else if (event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) stay()
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      stay()
      event.preventDefault()
      this.move(event.key === "ArrowDown" ? 1 : -1)
    } else if (event.key === "Enter" && event.target === this.input) {
      stay()
      event.preventDefault()
      this.entered = this.input.value.trim() ? this.input.value : null
      if (this.told.asked === this.entered) this.open()
    }
  }

  move(step) {
    const stops = [this.input, ...this.hits()]
    const at = Math.max(stops.indexOf(document.activeElement), 0)
    stops.at((at + step) % stops.length).focus()
  }

  /** Whether Tab leads out of the box: Material then closes it. */
  isLeaving(event) {
    const all = this.root.querySelectorAll("input, select, button, a[href], [tabindex]")
    const stops = [...all].filter((element) => element.tabIndex >= 0 && element.getClientRects().length)
    return document.activeElement === (event.shiftKey ? stops[0] : stops.at(-1))
  }
}

const config = JSON.parse(document.getElementById("__config")?.textContent ?? "{}")
const root = document.querySelector("[data-md-component=search]")
// With another search (the stock one, or another generator's) there is nothing to add.
if (root && window.component$ && config.search?.endsWith("assets/kb/search/worker.js")) {
  new SearchBox(root, new URL(config.base.endsWith("/") ? config.base : `${config.base}/`, location.href))
}
