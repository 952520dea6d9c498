/** Query: a text understood as words with index terms, and the notes it names: kb/search/query.py. */
import { pattern } from "./characters.js"
import { chunks, STOPWORDS, UNITS } from "./analyse.js"
import { EVERYDAY, key } from "./key.js"
import { recognise } from "./recognise.js"
import { isEnglish, isPlain } from "./spelling.js"

/** @typedef {import("./reader.js").Reader} Reader */
/** @typedef {import("./analyse.js").Chunk} Chunk */
/** @typedef {[string, number]} Weighed - an index term and what it counts for */

// Weights of words: parts of an identifier that is known whole, words known by their start, number and unit of a quantity
// that is known as such, words that name a service (unless two are named: then what is said of both is asked for).
export const PART_WEIGHT = 0.1
export const PREFIX_WEIGHT = 0.8
export const PREFIX_WORDS = 40
export const QUANTITY_WORD_WEIGHT = 0.2
export const NAME_WORD_WEIGHT = 0.35
/** Of an English word that the notes do not know: a sign that the query is about something else. */
export const FOREIGN_WEIGHT = 1.6
export const LONGEST_NAME = 6
export const QUANTITY = ["time:", "size:", "share:"]
/** Code points from the start of a quantity within which its number and unit stand. */
export const LONGEST_QUANTITY = 14
/** Where an identifier says what is asked of its service. */
export const PARTS = {
  "CLI command": String.raw`aws\s+[\w-]+\s+([a-z][\w-]+).*`,
  "IAM action": String.raw`[\w-]+:([A-Z]\w+)`,
  "CloudFormation type": String.raw`[\w:]+\.(?:[\w.]*\.)?(\w+)`,
}
const FORMS = new Map(Object.entries(PARTS).map(([what, source]) => [what, pattern(`^(?:${source})$`, "s")]))
/** What str.isdigit() takes: decimal digits, and superscripts, subscripts and circled ones of the same value. */
const DIGIT = new RegExp(
  String.raw`^[\p{Nd}\xb2\xb3\xb9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490` +
    String.raw`\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}` +
    String.raw`\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]`,
  "u",
)

/** One chunk of a query that says something. */
export class Word {
  /**
   * @param {number} start
   * @param {string[]} group
   * @param {Weighed[]} terms
   */
  constructor(start, group, terms) {
    /** Where it stands in the query, in code points. */
    this.start = start
    /** Its surfaces, the whole one first. */
    this.group = group
    /** The index terms it stands for, with their weights; none when the index does not know it. */
    this.terms = terms
    /** Whether it is part of a service's own name. */
    this.naming = false
    this.weight = 1
  }

  get isQuantity() {
    return isQuantity(this.group)
  }
}

/** A query understood. */
export class Query {
  /**
   * @param {string} text
   * @param {Reader} reader
   */
  constructor(text, reader) {
    this.recognised = text ? recognise(text, reader) : null
    let found = pointed(text)
    /** Whether nothing but the note is asked for. */
    this.whole = this.recognised !== null
    /** @type {Map<string, string[]>} */
    this.named = new Map(this.recognised?.notes.map((note) => [note, []]))
    if (this.recognised) {
      const part = partOf(this.recognised, reader)
      const isLesser = this.recognised.asWhat === "name" && !reader.namesWhole(text)
      if (part.length) found = part
      this.whole = !part.length && !isLesser
    } else {
      this.named = named(found, reader)
    }
    const everything = this.recognised?.asWhat === "name"
    const kept = found.filter(([, group]) => everything || !STOPWORDS.has(group[0]))
    this.words = kept.map(([start, group], at) => new Word(start, group, weigh(group, at === kept.length - 1, reader)))
    this.#weighNames(reader)
    /** Words, with where they start, that the index knows neither as such nor as the start of another. */
    const unknown = this.recognised ? [] : this.words.filter(({ terms }) => !terms.length)
    this.unknown = unknown.map(({ start, group }) => [start, group[0]])
    for (const word of reader.isMissing ? [] : this.words) {
      const [surface] = word.group
      if (!word.terms.length && isPlain(surface) && isEnglish(surface, reader.spellingOf(surface).bloom)) {
        word.weight *= FOREIGN_WEIGHT
      }
    }
    this.#quieten()
  }

  #weighNames(reader) {
    const runs = [...this.named.values()].filter((run) => run.length && reader.namesWhole(run.join("")))
    const names = new Set(runs.flat())
    for (const word of this.words) {
      word.naming = names.has(word.group[0]) && this.named.size === 1
      word.weight = word.naming ? NAME_WORD_WEIGHT : 1
    }
  }

  /** Where a quantity is known as such (15 minutes), let its number and unit count for little. */
  #quieten() {
    const known = this.words.filter((word) => word.isQuantity && word.terms.length).map(({ start }) => start)
    for (const word of this.words) {
      const isNear = known.some((start) => word.start >= start && word.start - start <= LONGEST_QUANTITY)
      if (isNear && !word.isQuantity && (UNITS.has(word.group[0]) || DIGIT.test(word.group[0]))) {
        word.weight *= QUANTITY_WORD_WEIGHT
      }
    }
  }
}

/**
 * Return the chunks of a text, where they start counted in code points.
 * @param {string} text
 * @returns {Chunk[]}
 */
function pointed(text) {
  const found = chunks(text)
  if (!/[\ud800-\udfff]/.test(text)) return found
  return found.map(([start, group]) => [[...text.slice(0, start)].length, group])
}

/** Return what an identifier asks of its service (aws eks update-kubeconfig), when a note of it knows that. */
function partOf(recognised, reader) {
  const match = FORMS.get(recognised.asWhat)?.exec(recognised.text)
  const found = match ? pointed(match[1]) : []
  const spans = recognised.notes.map((note) => reader.span(note)).filter(Boolean)
  for (const [, group] of found) {
    const term = reader.term(group[0])
    const { units } = term ? reader.postings(term) : { units: [] }
    if (units.some((number) => spans.some(([first, last]) => first < number && number <= last))) return found
  }
  return []
}

/**
 * Return the notes whose names stand in a query, the longest name first, with the words that name them.
 *
 * Names that are everyday words (transcribe) count only beside no other, or where `everyday` says so.
 * @param {Chunk[]} found
 * @param {Reader} reader
 * @param {{everyday?: boolean}} [options]
 * @returns {Map<string, string[]>}
 */
export function named(found, reader, { everyday = false } = {}) {
  const words = found.filter(([, group]) => !isQuantity(group)).map(([, group]) => group[0])
  const result = new Map()
  let start = 0
  while (start < words.length) {
    let size = Math.min(LONGEST_NAME, words.length - start)
    let notes = []
    while (size && !(notes = called(words.slice(start, start + size), reader)).length) size -= 1
    for (const note of notes) result.set(note, [...(result.get(note) ?? []), ...words.slice(start, start + size)])
    start += size || 1
  }
  const plain = only(result, (run) => everyday || !(run.length === 1 && EVERYDAY.has(run[0])))
  const services = only(plain.size ? plain : result, (_, note) => reader.isService(note))
  return [services, plain, result].find(({ size }) => size) ?? result
}

function only(map, isKept) {
  return new Map([...map].filter(([note, run]) => isKept(run, note)))
}

function called(run, reader) {
  const name = key(run.join(""))
  const points = [...name].length
  if (points < 2) return []
  let notes = reader.byName(name)
  if (!notes.length && points > 4 && name.endsWith("s")) notes = reader.byName(name.slice(0, -1))
  if (!notes.length && run.length === 1 && run[0].includes(":"))
    notes = reader.byIdentifier("iam", run[0].split(":", 1)[0])
  return notes
}

/**
 * Return the index terms one chunk of the query stands for, with their weights.
 *
 * An identifier that is known whole counts as such and a little in its parts; otherwise its parts share the weight.
 * The last word, when it is unknown, stands for the words that start so.
 * @param {string[]} group
 * @param {boolean} isLast
 * @param {Reader} reader
 * @returns {Weighed[]}
 */
export function weigh(group, isLast, reader) {
  const terms = new Map()
  const whole = reader.term(group[0])
  if (whole !== null) terms.set(whole, 1)
  for (const surface of group.slice(1)) {
    const term = reader.term(surface)
    const share = whole !== null ? PART_WEIGHT : 1 / (group.length - 1)
    if (term !== null) terms.set(term, Math.max(terms.get(term) ?? 0, share))
  }
  if (!terms.size && isLast && [...group[0]].length > 1) {
    for (const term of reader.starting(group[0], PREFIX_WORDS)) terms.set(term, PREFIX_WEIGHT)
  }
  return [...terms]
}

function isQuantity(group) {
  return QUANTITY.some((dimension) => group.at(-1).startsWith(dimension))
}
