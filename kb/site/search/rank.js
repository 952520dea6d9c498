/**
 * Rank: sum the impacts of a query's words per unit, and weigh what each unit lacks and whose it is: kb/search/rank.py.
 *
 * Scores are whole numbers until the last step, so that both languages compute the same; sums stay far below 2^53.
 */
import { STOPWORDS } from "./analyse.js"

/** @typedef {import("./query.js").Query} Query */
/** @typedef {import("./reader.js").Reader} Reader */
/** @typedef {[number, number]} Ranked - negative score, and unit */

// Shares of the best score: what a unit gains when its note is named in the query, when it is that note's lead
// and nothing else was asked, when the whole query is its note's name; and loses when it holds none of the words.
export const NAMED = 0.55
export const NAMED_LEAD = 0.35
export const RECOGNISED = 1.0
export const COVERAGE = 0.75
export const PAIR_WEIGHT = 0.4
/** A query whose best unit holds less than this share of it, by rarity, finds nothing, unless it names a service. */
export const FLOOR = 0.35
export const RARITY_STEPS = 32
/** Values hold a sum of impacts below this and, above it, the rarity of the words that a unit holds. */
export const HELD = 2 ** 32
const ABSENT = -1

/** Values of units: each has none at first. */
class Values {
  constructor(highest) {
    this.values = new Float64Array(highest + 1).fill(ABSENT)
    /** The units that have one. */
    this.units = []
  }

  has(unit) {
    return this.values[unit] > ABSENT
  }

  get(unit) {
    return this.has(unit) ? this.values[unit] : 0
  }

  add(unit, value, first = 0) {
    if (this.has(unit)) this.values[unit] += value
    else {
      this.values[unit] = first + value
      this.units.push(unit)
    }
  }
}

/** What a query finds in an index: units with scores, the best first where asked. */
export class Ranking {
  /**
   * @param {Query} query
   * @param {Reader} reader
   */
  constructor(query, reader) {
    this.query = query
    this.reader = reader
    this.values = new Values(reader.highest)
    /** The rarity of all asked words that the index knows. */
    this.asked = 0
    /** The rarity of those it does not know. */
    this.unknown = 0
    for (const word of query.words) this.#add(word)
    this.#addPairs()
    this.spans = [...query.named.keys()].map((note) => reader.span(note)).filter(Boolean)
    for (const [first, last] of this.asked ? [] : this.spans) {
      for (let number = first; number <= last; number += 1) this.values.add(number, 0)
    }
    this.top =
      this.values.units.reduce((top, number) => Math.max(top, this.values.get(number) % HELD), 0) || reader.scale
  }

  /** Add the impacts of one word; a unit that holds several of its terms holds the word once. */
  #add(word) {
    const { reader, values } = this
    let rarest = 0
    const lists = word.terms.map(([term, weight]) => {
      const { units, impacts } = reader.postings(term)
      const rarity = reader.rarity(units.length)
      rarest = Math.max(rarest, whole(rarity * weight * word.weight * RARITY_STEPS))
      return { units, impacts, share: whole(rarity * weight * word.weight * RARITY_STEPS) }
    })
    if (!lists.length) this.unknown += whole(reader.rarity(0) * word.weight * RARITY_STEPS)
    const isAsked = !word.naming && !this.query.whole
    const held = isAsked ? rarest * HELD : 0
    this.asked += isAsked ? rarest : 0
    const found = new Values(reader.highest)
    for (const { units, impacts, share } of lists) {
      for (let at = 0; at < units.length; at += 1) found.add(units[at], impacts[at] * share, held)
    }
    for (const number of found.units) values.add(number, found.get(number))
  }

  /** Add what neighbours in the query count where they are neighbours in a heading. */
  #addPairs() {
    const { reader, values } = this
    const said = this.query.words.filter(({ group }) => !STOPWORDS.has(group[0]))
    const terms = said.map(({ group }) => reader.term(group[0]))
    for (let at = 1; at < terms.length; at += 1) {
      const [first, second] = [terms[at - 1], terms[at]]
      if (!first || !second || first === second) continue
      const { units, impacts } = reader.pair(first, second)
      const share = whole(reader.rarity(units.length) * PAIR_WEIGHT * RARITY_STEPS)
      for (const [place, number] of units.entries()) if (values.has(number)) values.add(number, impacts[place] * share)
    }
  }

  /** Return the share of what was asked that a unit holds, by rarity. */
  held(number) {
    return this.asked ? Math.floor(this.values.get(number) / HELD) / this.asked : 1
  }

  /** Return the score of a unit before its note counts. */
  base(number) {
    return (this.values.get(number) % HELD) * (1 - COVERAGE * (1 - this.held(number)))
  }

  /** Return what a unit gains because its note is named. */
  bonus(number) {
    let bonus = 0
    for (const [first, last] of this.spans) {
      if (number < first || number > last) continue
      bonus += NAMED * this.top * this.held(number)
      if (number === first && !this.asked) bonus += (this.query.whole ? RECOGNISED : NAMED_LEAD) * this.top
    }
    return bonus
  }

  /** Tell whether nothing holds enough of the query to be shown. */
  get isFloored() {
    if (this.spans.length || !this.query.words.length) return false
    const best = this.values.units.reduce(
      (most, number) => Math.max(most, Math.floor(this.values.get(number) / HELD)),
      0,
    )
    return best < FLOOR * (this.asked + this.unknown)
  }

  /**
   * Return the best units, equal scores in the order of the index.
   * @param {number} limit
   * @param {Set<number> | null} permitted
   * @returns {Ranked[]}
   */
  best(limit, permitted = null) {
    return this.all(permitted)
      .sort((one, other) => one[0] - other[0] || one[1] - other[1])
      .slice(0, Math.max(limit, 0))
  }

  /** Return how many units hold anything of the query. */
  total(permitted = null) {
    return permitted === null ? this.values.units.length : this.#among(permitted).length
  }

  /**
   * Return everything found, in no order.
   * @param {Set<number> | null} permitted
   * @returns {Ranked[]}
   */
  all(permitted) {
    const { values, asked } = this
    return this.#among(permitted).map((number) => {
      const value = values.get(number)
      const factor = asked ? 1 - COVERAGE * (1 - Math.floor(value / HELD) / asked) : 1
      const score = -((value % HELD) * factor)
      return [this.spans.length ? score - this.bonus(number) : score, number]
    })
  }

  #among(permitted) {
    const { units } = this.values
    if (permitted === null) return units
    return units.length ? units.filter((number) => permitted.has(number)) : [...permitted]
  }

  /** Return what the score of a unit is made of, in points. */
  parts(number) {
    const words = this.values.get(number) % HELD
    const parts = { words, coverage: this.base(number) - words, named: this.bonus(number) }
    const kept = Object.entries(parts).filter(([name, part]) => name === "words" || part)
    return Object.fromEntries(kept.map(([name, part]) => [name, points(part, this.reader)]))
  }
}

/** Return a score in points: steps of impacts and rarities taken out. */
export function points(score, reader) {
  return rounded(score / (reader.scale * RARITY_STEPS), 3)
}

/**
 * Round to a whole number, half to the even one, as Python does.
 * @param {number} number
 */
export function whole(number) {
  return Math.abs(number % 1) === 0.5 ? 2 * Math.round(number / 2) : Math.round(number)
}

/**
 * Round to so many decimal places. Where what follows is exactly half a step, Python goes to the even neighbour.
 * @param {number} number
 * @param {number} places
 */
export function rounded(number, places) {
  const isTie = Math.abs((number * 2 ** (places + 1)) % 2) === 1
  if (!isTie) return Number(number.toFixed(places))
  const exact = number.toFixed(places + 1)
  return Number("02468".includes(exact.at(-2)) ? exact.slice(0, -1) : number.toFixed(places))
}
