/** Page: notes and hits as HTML without scripts. Everything that comes from a note is text. */

import { isId } from "./launch.js"

/** The only command that a page may run. */
export const SHOW = "kb.showNote"
/** What is marked up in a statement: [[note#part|name]], `code`, **bold**; without kb the text comes bare. */
const MARKS = /\[\[([^\]|#]+)(?:#[^\]|]*)?(?:\|([^\]]+))?\]\]|`([^`]+)`|\*\*([^*]+)\*\*/g
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
const STYLE = `body { line-height: 1.5; max-width: 50em; padding: 0 1em 2em }
h1 { font-size: 1.6em } h2 { font-size: 1.2em; margin-top: 1.6em } h3 { font-size: 1em }
table { border-collapse: collapse } th, td { border-bottom: 1px solid var(--vscode-widget-border, #8884); padding: .25em .8em .25em 0; text-align: left; vertical-align: top }
th { font-weight: normal } td:nth-child(2) { font-weight: bold } td.dim { overflow-wrap: anywhere } .dim { color: var(--vscode-descriptionForeground) }`

/** Return a text as HTML that shows it as it is. */
export function escape(text) {
  return String(text ?? "").replace(/[&<>"']/g, (letter) => ESCAPES[letter])
}

/** Return a statement as HTML: links to notes, code and bold; the rest as it is. */
export function inline(text) {
  let html = ""
  let end = 0
  for (const { 0: whole, 1: id, 2: name, 3: code, 4: bold, index } of text.matchAll(MARKS)) {
    html += escape(text.slice(end, index))
    if (code) html += `<code>${escape(code)}</code>`
    else if (bold) html += `<strong>${escape(bold)}</strong>`
    else html += isId(id) ? `<a href="${escape(showing(id))}">${escape(name ?? id)}</a>` : escape(whole)
    end = index + whole.length
  }
  return html + escape(text.slice(end))
}

/**
 * Return the page of a note.
 * @param {import("./notes.js").Note} note
 * @param {{note: string, title: string}[]} related
 * @param {{nonce: string, site?: string}} options
 */
export function notePage(note, related, { nonce, site = "" }) {
  const parts = [`<h1>${escape(note.title)}</h1>`, `<p>${inline(note.summary)}</p>`]
  const address = site && new URL(note.url, site).href
  if (site && address.startsWith(site)) parts.push(`<p><a href="${escape(address)}">Read on the site</a></p>`)
  if (note.facts.length) {
    parts.push("<h2>Facts</h2>", "<table>", ...note.facts.map(factRow), "</table>")
  }
  for (const { title, level, lines } of note.sections) {
    if (title) parts.push(level > 2 ? `<h3>${escape(title)}</h3>` : `<h2>${escape(title)}</h2>`)
    parts.push(listed(lines))
  }
  if (related.length) {
    const items = related.map(({ note: id, title }) => `<li><a href="${escape(showing(id))}">${escape(title)}</a></li>`)
    parts.push("<h2>Related notes</h2>", `<ul>${items.join("")}</ul>`)
  }
  return page(note.title, parts.join("\n"), nonce)
}

/**
 * Return the page of one hit, to look at while choosing.
 * @param {{note: string, title: string, heading: string, text: string, sources?: string[], as_of?: string}} hit
 * @param {{nonce: string}} options
 */
export function hitPage(hit, { nonce }) {
  const heading = hit.heading === hit.title ? "" : `<h2>${escape(hit.heading)}</h2>`
  const lines = hit.text.split("\n").map((line) => `<p>${escape(line)}</p>`).join("")
  const link = `<p><a href="${escape(showing(hit.note))}">Whole note</a></p>`
  return page(hit.title, `<h1>${escape(hit.title)}</h1>${heading}${lines}${dim(origin(hit))}${link}`, nonce)
}

function page(title, body, nonce) {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escape(title)}</title><style nonce="${nonce}">${STYLE}</style></head><body>${body}</body></html>`
}

function factRow({ label, value, detail, sources, as_of }) {
  const more = [detail, origin({ sources, as_of })].filter(Boolean).join(" ")
  return `<tr><th>${escape(label)}</th><td>${inline(value)}</td><td class="dim">${inline(more)}</td></tr>`
}

function listed(lines) {
  let html = ""
  let depth = 0
  for (const line of lines) {
    const wanted = line.block === "paragraph" ? 0 : Math.min(line.depth ?? 0, 8) + 1
    while (depth < wanted) (html += "<ul>"), (depth += 1)
    while (depth > wanted) (html += "</ul>"), (depth -= 1)
    html += wanted ? `<li>${inline(line.text)}</li>` : `<p>${inline(line.text)}</p>`
  }
  return html + "</ul>".repeat(depth)
}

function origin({ sources, as_of }) {
  return [as_of ? `As of ${as_of}.` : "", sources?.length ? `From ${sources.join(", ")}.` : ""].filter(Boolean).join(" ")
}

function dim(text) {
  return text ? `<p class="dim">${escape(text)}</p>` : ""
}

function showing(id) {
  return `command:${SHOW}?${encodeURIComponent(JSON.stringify([id]))}`
}
