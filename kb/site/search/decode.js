/** Decode the bytes of shards: the columns that kb/site/shards.py describes. */

/**
 * @typedef {object} Postings
 * @property {number[]} units - the numbers of the units that hold a term, in order
 * @property {number[]} impacts - its impact in each
 */
/** @typedef {Postings & {number: number, pairs: Map<number, Postings>}} Term - pairs by the number of the second term */
/**
 * @typedef {object} Words
 * @property {Map<string, string>} terms - the term of each surface, surfaces in order
 * @property {Map<string, Term>} found - these
 */

/** Numbers one after another, seven bits a byte, the low ones first. */
class Numbers {
  /**
   * @param {Uint8Array} data
   * @param {number} at
   */
  constructor(data, at = 0) {
    this.data = data
    this.at = at
  }

  next() {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.data[this.at++]
      if (byte === undefined) throw new Error("it is cut short")
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  /** Return a column of so many numbers. */
  column(count) {
    return Array.from({ length: count }, () => this.next())
  }

  /** Return ascending numbers, each written as how many are left out before it. */
  ascending(count) {
    let last = -1
    return Array.from({ length: count }, () => (last += this.next() + 1))
  }

  /** Return the lines of a text, its length before it. */
  lines() {
    const length = this.next()
    this.at += length
    return new TextDecoder().decode(this.data.subarray(this.at - length, this.at)).split("\n")
  }
}

/**
 * Return the words of a word shard, with the postings of their terms.
 * @param {Uint8Array} data
 * @returns {Words}
 */
export function decodeWords(data) {
  const numbers = new Numbers(data)
  const lines = numbers.lines()
  const count = numbers.next()
  const surfaces = unshared(numbers.column(count), lines)
  const terms = numbers.column(count).map((lacks, at) => {
    const surface = surfaces[at]
    return surface.slice(0, surface.length - lacks) + lines[count + at]
  })
  const names = [...new Set(terms)]
  const found = decodeTerms(numbers, names.length)
  return {
    terms: new Map(surfaces.map((surface, at) => [surface, terms[at]])),
    found: new Map(names.map((name, at) => [name, found[at]])),
  }
}

/** @returns {Term[]} */
function decodeTerms(numbers, count) {
  let number = -1
  const own = numbers.column(count).map((step) => (number += signed(step)))
  const units = numbers.column(count).map((size) => ({ size }))
  for (const entry of units) entry.units = numbers.ascending(entry.size)
  const pairCounts = numbers.column(count)
  const seconds = pairCounts.map((pairs) => numbers.ascending(pairs >> 1))
  const sizes = seconds.map((found) => numbers.column(found.length))
  const places = sizes.map((found) => found.map((size) => numbers.ascending(size)))
  const impacts = planes(numbers)
  const terms = own.map((id, at) => ({
    number: id,
    units: units[at].units,
    impacts: impacts(units[at].size),
    pairs: new Map(),
  }))
  for (const [at, term] of terms.entries()) {
    const isAlone = pairCounts[at] & 1
    for (const [place, second] of seconds[at].entries()) {
      const found = places[at][place]
      const held = isAlone ? found : found.map((index) => term.units[index])
      term.pairs.set(second, { units: held, impacts: impacts(held.length) })
    }
  }
  return terms
}

/** Return what takes so many impacts from the rest of the bytes, the high bytes of all before the low ones. */
function planes({ data, at }) {
  const half = (data.length - at) / 2
  if (!Number.isInteger(half)) throw new Error("it is cut short")
  return (count) => Array.from({ length: count }, () => data[at] * 256 + data[half + at++])
}

/**
 * Return the words of a letter shard.
 * @param {Uint8Array} data
 * @returns {{word: string, first: number, isEnglish: boolean, count: number}[]} with the place of the first word with the
 *   same term, and how many units hold it
 */
export function decodeLetter(data) {
  const numbers = new Numbers(data)
  const lines = numbers.lines()
  const size = numbers.next()
  const words = unshared(numbers.column(size), lines)
  const back = numbers.column(size)
  const entries = []
  for (const [at, step] of back.entries()) {
    const other = step >> 1 ? entries[at - (step >> 1)] : null
    entries.push({ word: words[at], first: other ? other.first : at, isEnglish: step % 2 === 1, count: 0 })
  }
  for (const entry of entries) {
    entry.count = entries[entry.first] === entry ? numbers.next() : entries[entry.first].count
  }
  return entries
}

/** Return texts of which each stands without what it shares with the one before. */
function unshared(shared, lines) {
  let before = ""
  return shared.map((size, at) => (before = before.slice(0, size) + lines[at]))
}

function signed(number) {
  return number % 2 ? -(number + 1) / 2 : number / 2
}
