/** Item: one hit as the HTML that Material puts into its list. Everything that comes from a note is escaped here. */

import { OFF } from "./reader.js"

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
/** So many letters of a word are left at least. */
const SHORTEST = 4
const WORD = /[\p{L}\p{N}]+/gu

/**
 * Return a text as HTML that shows it as it is.
 * @param {string} text
 */
export function escape(text) {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter])
}

/**
 * Return a function that escapes a text and marks in it the words that start as those of a query do.
 * @param {string[]} words
 * @returns {((text: string) => string) & {words: string[]}}
 */
export function mark(words) {
  const plain = [...new Set(words)].filter((word) => word.length > 1 && word.match(WORD)?.[0] === word)
  const starts = plain.map(start)
  const isMarked = (word) => starts.some((one) => word.toLowerCase().startsWith(one))
  const marker = (text) => {
    let html = ""
    let end = 0
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (!isMarked(word)) continue
      html += `${escape(text.slice(end, index))}<mark data-md-highlight>${escape(word)}</mark>`
      end = index + word.length
    }
    return html + escape(text.slice(end))
  }
  return Object.assign(marker, { words: plain })
}

/** Return a word without its ending. */
function start(word) {
  const ending = OFF.find((one) => word.endsWith(one) && word.length - one.length >= SHORTEST)
  return ending ? word.slice(0, -ending.length) : word
}

/**
 * Return title and text of a hit as HTML.
 * @param {import("./kb-search.d.ts").Hit} hit
 * @param {(text: string) => string} marker
 * @param {boolean} isAnswer
 */
export function shown(hit, marker, isAnswer) {
  // Sources of an answer are links, which cannot stand inside the link to it: kb-search-box.js adds them.
  const sources = isAnswer || !hit.sources.length ? "" : ` \u00b7 ${hit.sources.join(", ")}`
  const origin = `<p class="kb-hit-origin">${escape(dated(hit) + sources)}</p>`
  if (hit.kind === "note") return { title: marker(hit.title), text: `<p>${marker(hit.snippet)}</p>${origin}` }
  const title = marker(hit.heading)
  if (hit.kind !== "fact") return { title, text: `<p>${marker(hit.snippet)}</p>${origin}` }
  const { kind, rest } = parts(hit)
  const value = `<p class="kb-hit-value"><strong>${escape(hit.value)}</strong>${escape(kind)}</p>`
  const body = rest && `<p>${marker(rest)}</p>`
  return {
    title,
    text: isAnswer ? `<div class="kb-answer">${value}${body}${origin}</div>` : `${value}${body}${origin}`,
  }
}

/** Return what the text of a fact says after its value: of what kind it is, and the rest. */
function parts({ text, value }) {
  const at = text.indexOf(`: ${value}`)
  const after = at < 0 ? "" : text.slice(at + 2 + value.length)
  const [, kind = "", rest = ""] = /^( \([^)]*\))?\.?\s*(.*)$/s.exec(after) ?? []
  return { kind, rest }
}

/** Return when a hit was true, and what it was checked against. */
function dated({ kind, as_of: date, checked }) {
  if (!date) return "No date"
  if (checked) return `Checked against ${checked}, ${date}`
  return kind === "fact" ? `As of ${date}, not checked` : `As of ${date}`
}
