/** The line of a unit that is shown under a hit: snippet() of kb/search/searcher.py. */
import { firstPoints } from "./characters.js"

const SNIPPET = 240

/**
 * Return the statement of a text that holds most of the words, cut to a line or two.
 * @param {string} text
 * @param {string[]} words
 * @returns {string}
 */
export function snippet(text, words) {
  const starts = words
    .map((word) => [...word])
    .filter((word) => word.length > 1)
    .map((word) => word.slice(0, Math.max(4, word.length - 3)).join(""))
  const best = fullest(text, starts)
  return firstPoints(best, SNIPPET) === best ? best : cut([...best], firstPlace(best, starts))
}

/** Return the first line that holds the most of the words. */
function fullest(text, starts) {
  let best = ""
  let bestCount = -1
  for (const line of text.split("\n")) {
    const lower = line.toLowerCase()
    const count = starts.filter((start) => lower.includes(start)).length
    if (count > bestCount) [best, bestCount] = [line, count]
  }
  return best
}

/** Return where the first of the words stands, in code points of the line in lower case. */
function firstPlace(line, starts) {
  const lower = line.toLowerCase()
  const places = starts.map((start) => lower.indexOf(start)).filter((place) => place >= 0)
  return places.length ? [...lower.slice(0, Math.min(...places))].length : 0
}

/** Return a line around a place, from a space to a space. */
function cut(points, first) {
  const begin = first < (SNIPPET * 2) / 3 ? 0 : points.slice(0, first - 40).lastIndexOf(" ") + 1
  const end = begin + SNIPPET
  if (end >= points.length) return `${begin ? "..." : ""}${points.slice(begin).join("")}`
  const lastSpace = points.slice(begin, end).lastIndexOf(" ")
  const whole = points.slice(begin, lastSpace < 0 ? end : begin + lastSpace).join("")
  return `${begin ? "..." : ""}${whole}...`
}
