/** Reader: names, words, postings and units, looked up in shards: kb/search/reader.py. */
import { key } from "./key.js"
import { decodeLetter, decodeWords } from "./decode.js"
import { json } from "./shards.js"
import { isPlain, places } from "./spelling.js"

/**
 * @typedef {object} Note
 * @property {string} id
 * @property {string} title
 * @property {string} kind
 * @property {string} category
 * @property {string} url
 * @property {number} first - its first unit, the lead
 * @property {number} last
 */
/** @typedef {{text: string, key: string, note: Note, rank: string}} Name */
/** @typedef {{start: number, length: number, note: Note, kind: string}} Run - units that follow each other */
/** @typedef {import("./decode.js").Postings} Postings */

/** Endings taken off a word the index does not know, longest first; what is left is looked up with these put on. */
export const OFF = "ations ation ments ment ings ing ions ers ied ies ion er ed es ly s d".split(" ")
export const ON = ["", "e", "y", "ing", "ed", "s"]
const NOTHING = { units: [], impacts: [] }

/** An index that answers from the shards that are here, and has the others fetched: see Shards.complete(). */
export class Reader {
  #terms = new Map()

  /** @param {import("./shards.js").Shards} shards */
  constructor(shards) {
    this.shards = shards
    this.scale = shards.manifest.scale
    this.highest = shards.manifest.highest
  }

  /** Whether an answer so far was given without a shard it needs. */
  get isMissing() {
    return this.shards.isMissing
  }

  /** Notes, names and which units there are; null when they are not here. */
  get core() {
    const { manifest } = this.shards
    return this.shards.ask(this.shards.name("core", manifest.core, 0, "json"), decodeCore)
  }

  /** Return the ids of the notes with this name, by its key. */
  byName(nameKey) {
    return this.core?.names.get(nameKey)?.map(({ note }) => note.id) ?? []
  }

  /** Return the ids of the notes that claim this identifier. */
  byIdentifier(kind, identifier) {
    return this.core?.identifiers.get(`${kind} ${identifier}`) ?? []
  }

  /** Tell whether a name is a note's own, not one it is also found by. */
  namesWhole(text) {
    const name = key(text)
    const shorter = [...name].slice(0, -1).join("")
    const found = [...new Set([name, shorter])].flatMap((one) => this.core?.names.get(one) ?? [])
    return !found.length || found.some(({ rank }) => rank !== "also" && rank !== "former")
  }

  /** Tell whether a note is of a service, not of a topic. */
  isService(note) {
    return this.core?.notes.get(note)?.kind === "service"
  }

  /** Return the first and last unit of a note, or null. */
  span(note) {
    const found = this.core?.notes.get(note)
    return found ? [found.first, found.last] : null
  }

  /**
   * Return every comparison page: id and columns, each with note, whether it is about a part of it, and name keys.
   * @returns {[string, [string, boolean, string[]][]][]}
   */
  comparisons() {
    return this.core?.comparisons ?? []
  }

  /** Return the index term of a surface, or of another form of it: deploying -> deploy; null when there is none. */
  term(surface) {
    let found = this.#word(surface)
    if (found !== null || !this.#isHere(surface) || !/^[A-Za-z]+$/.test(surface)) return found
    for (const ending of OFF) {
      const bare = surface.slice(0, -ending.length)
      if (!surface.endsWith(ending) || bare.length <= 2) continue
      const forms = ON.map((on) => bare + on)
      if (bare.at(-1) === bare.at(-2)) forms.push(bare.slice(0, -1))
      for (const form of forms) found ??= this.#word(form)
    }
    return found
  }

  /** Return index terms of surfaces that start so. */
  starting(start, limit) {
    const terms = new Set()
    if (this.isMissing) return []
    for (let place = this.#place(start); terms.size < limit && this.#isWithin(place, start); place += 1) {
      const words = this.#words(place)
      if (!words) {
        if (this.#isWithin(place + 1, start)) this.#words(place + 1)
        return []
      }
      for (const [surface, term] of words.terms) if (surface.startsWith(start) && terms.size < limit) terms.add(term)
    }
    return [...terms]
  }

  /** Tell whether a surface is known as such; asked of plain words only. */
  holds(surface) {
    return this.#letter(surface[0])?.some(({ word }) => word === surface) ?? false
  }

  /** Return known words that may be within so many edits, whether each names a note, and in how many units it stands. */
  alike(word, edits) {
    const [low, high] = [Math.max(word.length - edits, 3), word.length + edits]
    const found = this.#letter(word[0]) ?? []
    return found
      .filter(({ word: { length } }) => length >= low && length <= high)
      .map(({ word: other, count }) => [other, this.core?.names.has(other) ?? false, count])
  }

  /**
   * Return plain words that start so.
   * @param {string} start
   * @returns {{word: string, first: number, isEnglish: boolean, count: number}[]}
   */
  words(start) {
    return (this.#letter(start[0]) ?? []).filter(({ word }) => word.startsWith(start))
  }

  /**
   * Return the words the index knows, and as much of the filter of words that are never corrected as one word needs.
   * @param {string} word
   * @returns {import("./spelling.js").Words}
   */
  spellingOf(word) {
    const { bloom, bloom_bytes: bytes } = this.shards.manifest
    const filter = new Map()
    for (const at of bloom && isPlain(word) ? places(word).map((bit) => bit >> 3) : []) {
      const piece = this.shards.ask(`bloom-${bloom}-${Math.floor(at / bytes)}.bin`, (data) => data)
      filter.set(at, piece ? piece[at % bytes] : 255)
    }
    return {
      bloom: bloom ? Object.fromEntries(filter) : null,
      alike: this.alike.bind(this),
      holds: this.holds.bind(this),
    }
  }

  /**
   * Return the units that hold a term, and its impacts in them.
   * @param {string} term
   * @returns {Postings}
   */
  postings(term) {
    return this.#terms.get(term) ?? NOTHING
  }

  /** Return the same of two neighbours. */
  pair(first, second) {
    return this.#terms.get(first)?.pairs.get(this.#terms.get(second)?.number) ?? NOTHING
  }

  /** Return what a word counts that so many units hold. */
  rarity(units) {
    return this.core?.rarity.get(units) ?? 0
  }

  /**
   * Return the units that filters let through; null for all.
   * @param {{service: string[], category: string[], kind: string[]}} filters
   * @returns {Set<number> | null}
   */
  permitted({ service, category, kind }) {
    if (!service.length && !category.length && !kind.length) return null
    const has = (wanted, value) => !wanted.length || wanted.includes(value)
    const runs = (this.core?.runs ?? []).filter(
      (run) => has(service, run.note.id) && has(category, run.note.category) && has(kind, run.kind),
    )
    return new Set(runs.flatMap(({ start, length }) => Array.from({ length }, (_, at) => start + at)))
  }

  /** Return what is shown of a unit; null when it is not here. */
  unit(number) {
    const { texts, texts_each: each } = this.shards.manifest
    const shard = Math.floor(number / each)
    const columns = this.shards.ask(this.shards.name("texts", texts, shard, "json"), json)
    if (!columns || !this.core) return null
    const { note, kind } = this.core.runOf.get(number)
    let place = 0
    for (let other = shard * each; other < number; other += 1) if (this.core.runOf.has(other)) place += 1
    const [anchor, heading, text, value, sources, asOf, checked, url] = columns.map((column) => column[place])
    return {
      id: note.id + anchor,
      note: note.id,
      title: note.title,
      heading,
      kind,
      text,
      value,
      checked,
      url: url || note.url + anchor,
      sources: sources.split(" ").filter(Boolean),
      as_of: asOf,
    }
  }

  #word(surface) {
    return this.#words(this.#place(surface))?.terms.get(surface) ?? null
  }

  #isHere(surface) {
    return this.#words(this.#place(surface)) !== null
  }

  #words(place) {
    const { shards } = this
    return shards.ask(shards.name("words", shards.manifest.words, place), (data) => {
      const words = decodeWords(data)
      for (const [term, postings] of words.found) this.#terms.set(term, postings)
      return words
    })
  }

  /** Return which word shard a surface belongs to. */
  #place(surface) {
    const starts = this.shards.manifest.word_starts
    let [low, high] = [0, starts.length]
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if (compare(starts[middle], surface) <= 0) low = middle
      else high = middle
    }
    return low
  }

  /** Tell whether a word shard may hold surfaces that start so, when it is the one `start` belongs to or comes later. */
  #isWithin(place, start) {
    const starts = this.shards.manifest.word_starts
    return place === this.#place(start) || (place < starts.length && starts[place].startsWith(start))
  }

  #letter(letter) {
    const { letters, letter_words: hashes } = this.shards.manifest
    const place = letters.indexOf(letter)
    return place < 0 ? [] : this.shards.ask(this.shards.name("letters", hashes, place), decodeLetter)
  }
}

/**
 * Compare two texts by their code points, as Python does; JavaScript's own < compares UTF-16 units.
 * @param {string} one
 * @param {string} other
 */
export function compare(one, other) {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    if (one[at] !== other[at]) return ordered(one.charCodeAt(at)) - ordered(other.charCodeAt(at))
  }
  return one.length - other.length
}

/** Surrogates stand for what comes after all else. */
function ordered(unit) {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit
}

function decodeCore(data) {
  const core = json(data)
  const notes = core.notes.map(([id, title, kind, category, url, first, last]) => ({
    id,
    title,
    kind,
    category,
    url,
    first,
    last,
  }))
  const names = new Map()
  const identifiers = new Map()
  for (const [at, entry] of core.notes.entries()) {
    for (const [rank, texts] of Object.entries(entry[7])) {
      for (const text of texts) {
        const nameKey = key(text)
        push(names, nameKey, { text, key: nameKey, note: notes[at], rank })
      }
    }
    for (const [kind, found] of Object.entries(entry[8])) {
      for (const identifier of found) push(identifiers, `${kind} ${identifier}`, notes[at].id)
    }
  }
  const runs = decodeRuns(core, notes)
  let count = -1
  const counts = core.rarity[0].map((step) => (count += step + 1))
  const rarity = new Map(core.rarity[1].map((value, at) => [counts[at], value]))
  const runOf = new Map()
  for (const run of runs) for (let at = 0; at < run.length; at += 1) runOf.set(run.start + at, run)
  const byId = new Map(notes.map((note) => [note.id, note]))
  const { comparisons, categories = [] } = core
  return { notes: byId, names, identifiers, runs, runOf, rarity, comparisons, categories }
}

/** @returns {Run[]} */
function decodeRuns({ runs, kinds }, notes) {
  let [start, note] = [0, 0]
  return runs[0].map((step, at) => {
    start += step
    note += runs[2][at]
    return { start, length: runs[1][at], note: notes[note], kind: kinds[runs[3][at]] }
  })
}

function push(map, name, value) {
  if (map.has(name)) map.get(name).push(value)
  else map.set(name, [value])
}
