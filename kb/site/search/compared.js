/** Compared: which comparison a query asks for - "sqs vs sns", "nacl or security group": kb/search/compared.py. */
import { chunks } from "./analyse.js"
import { key } from "./key.js"
import { named } from "./query.js"
import { compare } from "./reader.js"

export const CUES = "vs versus or difference differences compare compared comparison between against than".split(" ")
export const LONGEST = 4

/**
 * Return the id of the comparison page with most of what the query names, or the notes it names; else nothing.
 * @param {string} text
 * @param {import("./reader.js").Reader} reader
 * @returns {string[]}
 */
export function compared(text, reader) {
  const found = chunks(text)
  const words = found.map(([, group]) => group[0])
  if (!words.some((word) => CUES.includes(word))) return []
  const said = named(found, reader, { everyday: true })
  const notes = [...said].filter(([, run]) => reader.namesWhole(run.join(""))).map(([note]) => note)
  const runs = new Set()
  for (let size = 1; size <= LONGEST; size += 1) {
    for (const at of words.keys()) runs.add(key(words.slice(at, at + size).join("")))
  }
  const isAsked = (name) => runs.has(name) || runs.has(name.replace(/s$/, "")) || runs.has(`${name}s`)
  let best = { count: 0, columns: 0, id: "" }
  for (const [id, columns] of reader.comparisons()) {
    const held = columns.filter(([note, isScoped, names]) => names.some(isAsked) || (!isScoped && notes.includes(note)))
    best = better(best, { count: held.length, columns: columns.length, id })
  }
  if (best.count >= 2) return [best.id]
  return notes.length >= 2 ? notes : []
}

/** Return the one of two pages that has more of the query, then fewer columns, then the later id. */
function better(one, other) {
  return (other.count - one.count || one.columns - other.columns || compare(other.id, one.id)) > 0 ? other : one
}
