/**
 * kb-search: the search of kb in a page, a worker or Node, over the shards that kb/site/shards.py writes.
 *
 *     const kb = await open("/search/")
 *     const { hits } = await kb.search("sqs retention", { limit: 5 })
 *
 * It finds what `kb search` finds without embeddings and operators: the same hits, in the same order, with the same scores.
 */
import { clean } from "./analyse.js"
import { compared } from "./compared.js"
import { nearest } from "./nearest.js"
import { Query } from "./query.js"
import { points, Ranking, rounded } from "./rank.js"
import { compare, Reader } from "./reader.js"
import { recognise } from "./recognise.js"
import { openShards } from "./shards.js"
import { snippet } from "./snippet.js"
import { respell } from "./spelling.js"
import { suggest } from "./suggest.js"

/** @typedef {import("./kb-search.d.ts").Options} Options */
/** @typedef {import("./kb-search.d.ts").Result} Result */
/** @typedef {import("./kb-search.d.ts").Found} Found */
/** @typedef {import("./kb-search.d.ts").Suggestion} Suggestion */
/** @typedef {import("./kb-search.d.ts").Note} Note */

/** @type {1} */
export const SCHEMA_VERSION = 1

/**
 * Open the folder of shards.
 * @param {string | URL} base - its address; in Node also a path
 * @param {{read?: import("./shards.js").Read}} [options] - `read` gets a file by its name in another way
 * @returns {Promise<Kb>}
 */
export async function open(base, options) {
  return new Kb(await openShards(base, options))
}

/** A knowledge base that answers queries. */
export class Kb {
  #shards
  #reader

  /** @param {import("./shards.js").Shards} shards */
  constructor(shards) {
    this.#shards = shards
    this.#reader = new Reader(shards)
  }

  /** How many units can be found. */
  get size() {
    return this.#shards.manifest.units
  }

  /**
   * Return the best units for a query. No query throws; one without a single word finds nothing.
   * @param {string} query
   * @param {Options} [options]
   * @returns {Promise<Result>}
   */
  async search(query, { limit = 10, service, category, kind, explain = false } = {}) {
    const filters = { service: listed(service), category: listed(category), kind: listed(kind) }
    return this.#shards.complete(() => this.#result(query, limit, filters, explain))
  }

  /**
   * Return what a text may be going to be, while it is typed.
   * @param {string} text
   * @param {number} [limit]
   * @returns {Promise<Suggestion[]>}
   */
  async suggest(text, limit = 8) {
    return this.#shards.complete(() => suggest(this.#reader, text, limit))
  }

  /**
   * Return the notes that a name or identifier means, or null when nothing is called that.
   * @param {string} name
   * @returns {Promise<Found | null>}
   */
  async resolve(name) {
    return this.#shards.complete(() => shaped(recognise(name, this.#reader)))
  }

  /**
   * Return the names that come closest to a text that nothing was found for.
   * @param {string} text
   * @param {number} [limit]
   * @returns {Promise<string[]>}
   */
  async nearest(text, limit = 5) {
    return this.#shards.complete(() => {
      const names = [...(this.#reader.core?.names.values() ?? [])].flat().map((name) => name.text)
      return nearest(text, names.sort(compare), limit)
    })
  }

  /**
   * Return every note that can be found, in the order of their ids.
   * @returns {Promise<Note[]>}
   */
  async notes() {
    const notes = await this.#shards.complete(() => this.#reader.core?.notes.values() ?? [])
    return [...notes].map(({ id, title, kind, category, url }) => ({ id, title, kind, category, url }))
  }

  /**
   * Return the categories that hold a note, as pairs of id and title, in their order.
   * @returns {Promise<[string, string][]>}
   */
  async categories() {
    return this.#shards.complete(() => this.#reader.core?.categories ?? [])
  }

  /** Return the result, or anything while a shard is missing: each step needs the one before it. */
  #result(query, limit, filters, explain) {
    const reader = this.#reader
    const text = clean(query)
    const first = new Query(text, reader)
    const corrected = reader.isMissing ? null : this.#corrected(text, first)
    if (reader.isMissing) return null
    const understood = corrected === null ? first : new Query(corrected, reader)
    if (reader.isMissing) return null
    const ranking = new Ranking(understood, reader)
    const permitted = reader.permitted(filters)
    const isFloored = ranking.isFloored
    const ranked = isFloored ? [] : ranking.best(limit, permitted)
    const hits = ranked.map(([score, number]) => this.#hit(number, score, ranking, explain))
    if (reader.isMissing) return null
    return {
      schema_version: SCHEMA_VERSION,
      query,
      corrected,
      total: isFloored ? 0 : ranking.total(permitted),
      answer: hits.length && answers(hits[0], ranking, ranked[0][1]) ? hits[0].id : null,
      comparison: compared(corrected ?? text, reader),
      recognised: shaped(understood.recognised),
      hits,
    }
  }

  #hit(number, score, ranking, explain) {
    const unit = this.#reader.unit(number)
    if (!unit) return null
    const { id, note, title, heading, kind, text, url, sources, as_of, value, checked } = unit
    const words = ranking.query.words.flatMap(({ group }) => group)
    const inPoints = points(-score, this.#reader)
    return {
      id,
      note,
      title,
      heading,
      kind,
      text,
      snippet: snippet(text, words),
      score: inPoints,
      url,
      sources,
      as_of,
      ...(kind === "fact" ? { value, checked: checked || null } : {}),
      ...(explain ? { parts: explained(inPoints, ranking.parts(number)) } : {}),
    }
  }

  /** Return a query with its unknown words respelled, or null when none could be. */
  #corrected(text, query) {
    const reader = this.#reader
    const meant = query.unknown.map(([, word]) => respell(word, reader.spellingOf(word)))
    let corrected = text
    for (const [start, word] of reader.isMissing ? [] : [...query.unknown].reverse()) {
      const tries = meant.pop().map((better) => replaced(corrected, start, word, better))
      const promises = tries.length > 1 ? tries.map((one) => this.#promise(one)) : [0]
      if (reader.isMissing) return null
      corrected = tries[promises.indexOf(Math.max(...promises))] ?? corrected
    }
    return corrected === text ? null : corrected
  }

  /** Return the score of the best hit for a text: of two spellings the one that goes with the other words. */
  #promise(text) {
    const ranked = new Ranking(new Query(text, this.#reader), this.#reader).best(1)
    return ranked.length ? -ranked[0][0] : 0
  }
}

/** Tell whether a hit is a fact of a named note that holds all that was asked. */
function answers(hit, ranking, number) {
  return hit.kind === "fact" && ranking.query.named.has(hit.note) && ranking.asked > 0 && ranking.held(number) === 1
}

/** Return the parts of a score, with what they leave. */
function explained(score, parts) {
  const rest = rounded(score - Object.values(parts).reduce((sum, part) => sum + part, 0), 2)
  return rest ? { ...parts, meaning: rest } : parts
}

/** Return a text with other letters in the place of a word; places count code points. */
function replaced(text, start, word, better) {
  const letters = [...text]
  return letters.slice(0, start).join("") + better + letters.slice(start + [...word].length).join("")
}

function shaped(recognised) {
  return recognised && { text: recognised.text, as: recognised.asWhat, notes: recognised.notes }
}

function listed(wanted) {
  return wanted === undefined || wanted === null ? [] : [wanted].flat()
}
