/** Suggest: what a text may be going to be, while it is typed: kb/search/suggest.py. */
import { MAX_QUERY } from "./analyse.js"
import { firstPoints } from "./characters.js"
import { key } from "./key.js"
import { compare } from "./reader.js"

/** @typedef {{text: string, kind: "name" | "word", note: string}} Suggestion - the whole text, and the note that a name means */

export const SHORTEST_START = 2
export const LESSER = ["also", "former"]
const LAST_WORD = /(?:^|[ \n\t])([A-Za-z]+)$/

/**
 * Return what may be meant: names that start so, then texts with the last word completed.
 * @param {import("./reader.js").Reader} reader
 * @param {string} text
 * @param {number} [limit]
 * @returns {Suggestion[]}
 */
export function suggest(reader, text, limit = 8) {
  const start = firstPoints(text, MAX_QUERY)
  const found = names(reader, key(start))
  const taken = new Set(found.map((suggestion) => suggestion.text.toLowerCase()))
  for (const suggestion of completions(reader, start, limit)) {
    if (!taken.has(suggestion.text.toLowerCase())) found.push(suggestion)
  }
  return found.slice(0, Math.max(limit, 0))
}

/** Return the names that start so, one of each note: its own before those it is also found by, short ones first. */
function names(reader, start) {
  if (!start) return []
  const all = [...(reader.core?.names ?? [])].flatMap(([name, owners]) => (name.startsWith(start) ? owners : []))
  const found = all.map(({ text, note, rank }) => ({
    text,
    note: note.id,
    lesser: Number(LESSER.includes(rank)),
    length: [...text].length,
  }))
  found.sort((a, b) => a.lesser - b.lesser || a.length - b.length || compare(a.text, b.text) || compare(a.note, b.note))
  const byNote = new Map()
  for (const { text, note } of found) if (!byNote.has(note)) byNote.set(note, { text, kind: "name", note })
  return [...byNote.values()]
}

/** Return a text with its last word completed to English words the index knows, one of each term, the commonest first. */
function completions(reader, text, limit) {
  const typed = LAST_WORD.exec(text)?.[1] ?? ""
  if (typed.length < SHORTEST_START) return []
  const words = reader.words(typed.toLowerCase()).filter(({ count }) => count)
  words.sort((a, b) => b.count - a.count || a.word.length - b.word.length || compare(a.word, b.word))
  const rest = text.slice(0, -typed.length)
  const terms = new Set(words.filter(({ word }) => word === typed.toLowerCase()).map(({ first }) => first))
  const found = []
  for (const { word, first, isEnglish } of words) {
    if (found.length >= limit) break
    if (terms.has(first) || !isEnglish) continue
    terms.add(first)
    found.push({ text: rest + word, kind: "word", note: "" })
  }
  return found
}
