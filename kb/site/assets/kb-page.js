// What a page can do: copy a fact with its source or the address of a section, hand a question to the search box, work by keyboard.
const words = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? ""
const here = (id) => `${location.href.split(/[?#]/)[0]}#${id}`

/** What a fact says, when, according to whom and where, in plain text. */
function factText(row) {
  const sources = [...row.querySelectorAll("td > .kb-cite a")].map((link) => link.title)
  const [detail, kind, date] = [".kb-detail", ".kb-kind", ".kb-dated"].map((part) => words(row.querySelector(part)))
  return [
    `${title()}, ${words(row.querySelector("th"))}: ${words(row.querySelector(".kb-value"))} (${kind}, ${date})`,
    detail,
    sources.length ? `Source: ${sources.join(" ")}` : "",
    here(row.id),
  ]
    .filter(Boolean)
    .join("\n")
}

function title() {
  const copy = document.querySelector("h1").cloneNode(true)
  copy.querySelector(".headerlink")?.remove()
  return words(copy)
}

function copyButton(row, place) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "kb-copy"
  button.title = "Copy with its source"
  button.setAttribute("aria-label", `Copy with its source: ${words(row.querySelector("th"))}`)
  button.dataset.kbCopy = row.id
  place.append(button)
}

/** Material copies what data-clipboard-text holds and says so; here the text is made when it is asked for. */
function offerCopies() {
  for (const row of document.querySelectorAll(".kb-facts tr[id]")) {
    copyButton(row, row.lastElementChild)
    const first = document.querySelector(`.kb-fact a[href="#${CSS.escape(row.id)}"]`)
    if (first) copyButton(row, first.closest(".kb-fact").querySelector("dd"))
  }
  for (const link of document.querySelectorAll(".headerlink")) {
    link.title = "Link to this section; a click copies it"
    link.setAttribute("aria-label", `Link to: ${words(link.parentElement).replace(/¶$/, "")}`)
    link.dataset.kbCopy = ""
  }
  document.addEventListener(
    "click",
    ({ target }) => {
      const source = target.closest?.("[data-kb-copy]")
      if (!source) return
      const row = document.getElementById(source.dataset.kbCopy)
      source.dataset.clipboardText = row ? factText(row) : here(source.hash.slice(1))
    },
    { capture: true },
  )
  document.querySelector(".md-dialog")?.setAttribute("role", "status")
}

/** The box in the page passes what is typed on to Material's, which shows results as one types. */
function handOver(question) {
  const box = document.querySelector("[data-md-component=search-query]")
  const open = document.querySelector("[data-md-toggle=search]")
  if (!box || !open) return false
  if (!open.checked) open.click()
  box.value = question
  box.focus()
  box.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }))
  return true
}

/** The last part of an address that leads nowhere, as words. */
function asked(path) {
  const last = path.split("/").filter(Boolean).at(-1) ?? ""
  try {
    return decodeURIComponent(last)
      .replace(/\.html?$/, "")
      .replace(/^404$/, "")
      .replace(/[-_]+/g, " ")
  } catch {
    return ""
  }
}

function offerSearch() {
  const form = document.querySelector(".kb-ask")
  if (!form) return
  const field = form.elements.q
  if ("kbFromAddress" in field.dataset) field.value = asked(location.pathname)
  field.addEventListener("input", (event) => {
    if (!event.isComposing && field.value && handOver(field.value)) field.value = ""
  })
  form.addEventListener("submit", (event) => {
    if (handOver(field.value)) event.preventDefault()
  })
  for (const link of document.querySelectorAll(".kb-examples a"))
    link.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && handOver(link.textContent)) event.preventDefault()
    })
}

/** On a narrow screen Material opens its menu and its search by labels, which no key reaches: buttons take their place. */
function offerKeys() {
  for (const [name, said] of [
    ["__drawer", "Menu"],
    ["__search", "Search"],
  ]) {
    const label = document.querySelector(`header label.md-header__button[for=${name}]`)
    if (!label) continue
    const button = document.createElement("button")
    button.type = "button"
    button.className = `md-header__button md-icon kb-opens${name}`
    button.setAttribute("aria-label", said)
    button.append(label.querySelector("svg").cloneNode(true))
    button.addEventListener("click", () => label.click())
    label.after(button)
    label.hidden = true
  }
}

offerCopies()
offerSearch()
offerKeys()
