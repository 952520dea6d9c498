/** Nearest: the names that come closest to what nothing was found for: nearest() of kb/links/resolve.py, by Python's difflib. */
import { chunks, content } from "./analyse.js"
import { firstPoints } from "./characters.js"
import { casefold } from "./key.js"
import { compare } from "./reader.js"

/** Below this share of letters in common two texts are not alike. */
export const CUTOFF = 0.6
const LONGEST = 80
const EACH = 3
const WORDS = 8

/**
 * Return the names that come closest to a query as a whole, then to its words.
 * @param {string} query
 * @param {string[]} names - in the order of their code points
 * @param {number} [limit]
 * @returns {string[]}
 */
export function nearest(query, names, limit = 5) {
  const words = content(chunks(firstPoints(query, 1000)))
    .slice(0, WORDS)
    .map(([word]) => word)
  const byFolded = new Map(names.map((name) => [casefold(name), name]))
  const found = [firstPoints(query, LONGEST), ...words].flatMap((text) =>
    close(firstPoints(casefold(text), LONGEST), byFolded),
  )
  return [...new Set(found)].slice(0, limit)
}

/** Return the names most alike a text, the best first: difflib.get_close_matches(). */
function close(text, byFolded) {
  const points = [...text]
  const found = []
  for (const [folded, name] of byFolded) {
    const other = [...folded]
    const most = (2 * Math.min(points.length, other.length)) / (points.length + other.length)
    if (!(most >= CUTOFF)) continue
    const score = (2 * common(other, points)) / (points.length + other.length)
    if (score >= CUTOFF) found.push({ score, folded, name })
  }
  found.sort((one, two) => two.score - one.score || compare(two.folded, one.folded))
  return found.slice(0, EACH).map(({ name }) => name)
}

/**
 * Return how many letters two texts have in common: in their longest common run, and in what is left and right of it.
 * @param {string[]} one
 * @param {string[]} two
 * @returns {number}
 */
export function common(one, two) {
  const { start, other, size } = longest(one, two)
  if (!size) return 0
  const before = common(one.slice(0, start), two.slice(0, other))
  return before + size + common(one.slice(start + size), two.slice(other + size))
}

/** Return the longest common run, of equals the first in one, then the first in two. */
function longest(one, two) {
  let best = { start: 0, other: 0, size: 0 }
  let before = new Uint8Array(two.length + 1)
  for (let at = 0; at < one.length; at += 1) {
    const row = new Uint8Array(two.length + 1)
    for (let place = 0; place < two.length; place += 1) {
      if (one[at] !== two[place]) continue
      row[place + 1] = before[place] + 1
      const size = row[place + 1]
      if (size > best.size) best = { start: at - size + 1, other: place - size + 1, size }
    }
    before = row
  }
  return best
}
