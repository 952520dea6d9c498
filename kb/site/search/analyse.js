/**
 * The cloud analyser: text to surfaces, the same as kb/index/analyse.py.
 *
 * A surface is what can be looked up. An identifier yields itself whole, joined and in parts, a quantity also its
 * comparable form. Starts count UTF-16 units, as JavaScript's strings do, where Python counts code points.
 */
import { firstPoints, pattern, strip } from "./characters.js"
import { findQuantities, UNITS, written } from "./quantity.js"

export { findQuantities, UNITS }

/** @typedef {[number, string[]]} Chunk - where a chunk starts, and its surfaces, the whole one first */

export const STOPWORDS = new Set(
  `a about after again all also am an and any are as at be because been before being between both but by can cannot could
    did do does doing done don't during each else for from get gets getting give given got had has have having he her here
    how i if i'm in into is isn't it its it's just know let like make makes may me might mine more most much must my need needs no nor
    not of off on once one only or other our out over own please put same say see she should show so some such tell than that
    the their them then there these they this those through to too under until up upon us use used using versus very vs want was we
    were what what's when where which while who whom why will with without would you your`.split(/\s+/),
)
export const MAX_QUERY = 1000
const CHUNK = pattern(
  String.raw`(?:(?<![\w-])--(?=[a-z]))?` +
    String.raw`(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|\w+(?:(?:::|:::|[.:/@'\u2019-])\w+)*(?:\+\+|#(?!\w)|%)?)`,
  "g",
)
const SEPARATORS = /[^\p{L}\p{N}]+/u
const CAMEL = pattern(String.raw`[A-Z]+\d*(?![a-z])|[A-Z]?[a-z]+\d*|\d+|(?:(?![\d_A-Za-z])\w)+`, "g")
const HUMP = pattern(String.raw`[a-z\d][A-Z]|[A-Z]{2}[a-z]{2}`)
const PLURAL_ACRONYM = pattern(String.raw`^[A-Z][A-Z\d]+s$`)
const ALPHABETIC = /^\p{L}+$/u
const DECIMAL = /^\p{Nd}+$/u

/**
 * Return each chunk of a text as its start and its surfaces, the whole one first.
 * @param {string} text
 * @returns {Chunk[]}
 */
export function chunks(text) {
  /** @type {Chunk[]} */
  const found = []
  for (const match of text.matchAll(CHUNK)) {
    if (/[^_]/.test(match[0])) found.push([match.index, surfacesOf(match[0])])
  }
  for (const { start, number, unit, key } of findQuantities(text)) {
    if (unit) found.push([start, [written(number) + unit.toLowerCase(), key]])
  }
  return found.sort((a, b) => a[0] - b[0])
}

/**
 * Return every surface of a text in order.
 * @param {string} text
 * @returns {string[]}
 */
export function surfaces(text) {
  return chunks(text).flatMap(([, group]) => group)
}

/**
 * Return the surfaces of each chunk that says something, common words left out.
 * @param {Chunk[]} found
 * @returns {string[][]}
 */
export function content(found) {
  return found.map(([, group]) => group).filter((group) => !STOPWORDS.has(group[0]))
}

/**
 * Return a query without what no text holds: NUL, lone surrogates, and anything past the longest query.
 * @param {string} query
 * @returns {string}
 */
export function clean(query) {
  return strip(
    firstPoints(query, MAX_QUERY)
      .replaceAll("\0", " ")
      .replace(/\p{Surrogate}/gu, "?"),
  )
}

/** @param {string} chunk */
function surfacesOf(chunk) {
  chunk = chunk.replaceAll(",", "")
  if (PLURAL_ACRONYM.test(chunk)) return [chunk.toLowerCase(), chunk.slice(0, -1).toLowerCase()]
  let whole = chunk.toLowerCase().replaceAll("\u2019", "'")
  if (whole.endsWith("'s")) {
    whole = whole.slice(0, -2)
    chunk = chunk.slice(0, -2)
  }
  if (UNITS.has(whole) || (ALPHABETIC.test(whole) && !HUMP.test(chunk))) return [whole]
  if (whole.includes("'")) return [whole, whole.replaceAll("'", "")]
  return [...new Set([whole, ...parts(whole, chunk)])]
}

/** Return an identifier without dashes before it, joined, and in pieces and humps. */
function parts(whole, chunk) {
  const found = []
  const bare = whole.replace(/^-+/, "")
  const pieces = chunk.split(SEPARATORS).filter(Boolean)
  if (pieces.length > 1 || bare !== whole) {
    const joined = pieces.join("").toLowerCase()
    found.push(...(DECIMAL.test(joined) ? [bare] : [bare, joined]))
  }
  for (const piece of pieces) {
    found.push(piece.toLowerCase())
    if (HUMP.test(piece)) found.push(...piece.match(CAMEL).map((part) => part.toLowerCase()))
  }
  return found
}
