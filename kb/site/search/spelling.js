/**
 * Spelling: what an unknown word of a query may have meant: kb/search/spelling.py. Only asked when the exact stages do not
 * know the word.
 *
 * A word is never corrected when the index, a name or plain English knows it; nor when it holds anything but letters.
 */

/**
 * @typedef {object} Words - the words the index knows
 * @property {(word: string, edits: number) => [string, boolean, number][]} alike - known words that may be within so many
 *   edits, each with whether it names a note and in how many units it stands
 * @property {(surface: string) => boolean} holds - whether a surface is known as such
 * @property {ArrayLike<number> | Record<number, number> | null} bloom - the filter of words that are never corrected,
 *   words.bloom, its bytes by their places; null when there is none
 */

const BITS = 2 ** 20
const HASHES = 7
export const SHORTEST = 4
/** So many candidates are tried with the rest of the query. */
export const TRIES = 4
/** From this length on two edits are allowed, below it one. */
export const LONG = 8

/**
 * Return the known words, or the pair of words, that an unknown word may stand for; none to leave it alone.
 * @param {string} word
 * @param {Words} table
 * @returns {string[]}
 */
export function respell(word, table) {
  if (!isPlain(word) || isEnglish(word, table.bloom)) return []
  const found = nearest(word, table)
  return found.length ? found : split(word, table)
}

/**
 * Tell whether a word is one that may be misspelled: letters only, and not too few.
 * @param {string} word
 * @returns {boolean}
 */
export function isPlain(word) {
  return word.length >= SHORTEST && /^[A-Za-z]+$/.test(word)
}

/**
 * Tell whether a word is in the list of words that are never corrected (by a Bloom filter, wrong 1 time in 400).
 * @param {string} word
 * @param {Words["bloom"]} bloom
 * @returns {boolean}
 */
export function isEnglish(word, bloom) {
  return bloom !== null && places(word).every((place) => (bloom[place >> 3] >> (place & 7)) & 1)
}

/**
 * Return the bits that stand for a word: double hashing with 32-bit FNV-1a, the same in every language.
 * @param {string} word
 * @returns {number[]}
 */
export function places(word) {
  const bytes = new TextEncoder().encode(word)
  const first = fnv(bytes, 0x811c9dc5)
  const second = (fnv(bytes, 0x9747b28c) | 1) >>> 0
  return Array.from({ length: HASHES }, (_, turn) => (first + turn * second) % BITS)
}

function fnv(bytes, value) {
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}

/** Return the known words with the fewest edits: names first, then the commonest. */
function nearest(word, table) {
  const most = word.length >= LONG ? 2 : 1
  const found = table
    .alike(word, most)
    .map(([candidate, names, count]) => ({
      candidate,
      names: Boolean(names),
      count,
      edits: distance(word, candidate, most),
    }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits || b.names - a.names || b.count - a.count || (a.candidate < b.candidate ? -1 : 1))
  const isBest = ({ edits, names }) => edits === found[0].edits && names === found[0].names
  return found
    .slice(0, TRIES)
    .filter(isBest)
    .map(({ candidate }) => candidate)
}

/** Return two known words that make up a joined one: fifoqueue -> fifo queue. */
function split(word, table) {
  for (let at = word.length - 3; at > 2; at -= 1) {
    const [left, right] = [word.slice(0, at), word.slice(at)]
    if (table.holds(left) && table.holds(right)) return [`${left} ${right}`]
  }
  return []
}

/**
 * Return the edits between two words (insert, delete, replace, swap neighbours), or most + 1 when there are more.
 *
 * Optimal string alignment; rows are cut short as soon as every entry exceeds `most`.
 * @param {string} one
 * @param {string} two
 * @param {number} most
 * @returns {number}
 */
export function distance(one, two, most) {
  const [a, b] = [[...one], [...two]]
  if (Math.abs(a.length - b.length) > most) return most + 1
  let secondLast = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, replaced)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) row[j] = Math.min(row[j], secondLast[j - 2] + 1)
    }
    if (Math.min(...row) > most) return most + 1
    secondLast = last
    last = row
  }
  return Math.min(last[b.length], most + 1)
}
