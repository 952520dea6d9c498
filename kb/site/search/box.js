/** Box: what Material's search box shows for a text, as its messages want it, and what kb-search-box.js adds to it. */
import { chunks, clean, content } from "./analyse.js"
import { read } from "./filters.js"
import { open } from "./kb-search.js"
import { mark, shown } from "./item.js"
import { reading } from "./shards.js"

const SUGGESTIONS = 4
/** By so much the address of a page ranks behind what was found on it: Enter opens the best. */
const BEHIND = 0.01

/**
 * Open the folder of shards for a search box.
 * @param {string | URL} base
 * @param {{manifest?: Promise<Response>, gate?: () => Promise<void>}} [options] - the manifest, when it was asked for already;
 *   and what is awaited before a file is fetched for a query
 * @returns {Promise<Box>}
 */
export async function openBox(base, { manifest, gate } = {}) {
  const rest = reading(base)
  const isHere = async () => (await manifest?.catch(() => null))?.ok
  const read = async (name) => {
    if (name === "manifest.json") return (await isHere()) ? (await manifest).arrayBuffer() : rest(name)
    if (!name.startsWith("core-")) await gate?.()
    return rest(name)
  }
  const kb = await open(base, { read })
  return new Box(kb, await kb.notes(), await kb.categories())
}

/** Answers texts typed into Material's search box. */
export class Box {
  #kb
  #notes
  #categories

  constructor(kb, notes, categories) {
    this.#kb = kb
    this.#notes = new Map(notes.map((note) => [note.id, note]))
    this.#categories = categories
  }

  /**
   * Return the data of a RESULT message: `items` and `suggest` are Material's, `kb` is for kb-search-box.js.
   * @param {string} text
   */
  async answer(text) {
    const asked = await this.#read(text)
    const { words, filters, limit, ignored } = asked
    const [result, suggestions] = await Promise.all([
      this.#kb.search(words, { limit, ...filters }),
      this.#kb.suggest(words, SUGGESTIONS + 1),
    ])
    const isWritten = words === text
    const told = {
      words,
      filters,
      ignored,
      categories: this.#categories,
      corrected: result.corrected,
      total: result.total,
      found: result.hits.length,
      isCut: limit < result.total,
      answer: result.answer && this.#answer(result.hits[0]),
      recognised: this.#recognised(result.recognised),
      comparison: result.comparison.map((id) => [id, this.#notes.get(id)?.title ?? id]),
      suggestions: others(suggestions, words).slice(0, SUGGESTIONS),
      nearest: result.hits.length ? [] : await this.#kb.nearest(words),
    }
    const ghost = isWritten ? suggestions.find((one) => completes(one.text, text)) : undefined
    return {
      items: this.#items(result, words),
      suggest: ghost ? [lastWord(text) + ghost.text.slice(text.length)] : [],
      kb: told,
    }
  }

  /** Read the filters in a text; names of services are looked up. */
  async #read(text) {
    const names = [...text.matchAll(/service:([^\s]+)/g)].map(([, name]) => name.toLowerCase())
    const found = await Promise.all(names.map(async (name) => [name, await this.#called(name)]))
    const called = new Map(found)
    return read(text, {
      isCategory: (id) => this.#categories.some(([known]) => known === id),
      noteCalled: (name) => called.get(name) ?? [],
    })
  }

  async #called(name) {
    return this.#notes.has(name) ? [name] : ((await this.#kb.resolve(name))?.notes ?? [])
  }

  /** Return hits as Material wants them: those of a note that follow each other together, and with them the note's page. */
  #items(result, words) {
    const marker = mark(content(chunks(clean(result.corrected ?? words))).flat())
    const terms = Object.fromEntries(marker.words.map((word) => [word, true]))
    const groups = []
    for (const hit of result.hits) {
      const isPage = !hit.url.includes("#")
      const last = groups.at(-1)
      const item = { location: hit.url, terms, ...shown(hit, marker, hit.id === result.answer) }
      if (!isPage && last?.note === hit.note) last.items.push({ ...item, score: last.score })
      else groups.push({ note: isPage ? null : hit.note, score: hit.score, items: [{ ...item, score: hit.score }] })
    }
    return groups.map(({ note, score, items }) => {
      return note === null ? items : [...items, this.#page(note, score - BEHIND, marker, terms)]
    })
  }

  #page(id, score, marker, terms) {
    const { title, url } = this.#notes.get(id)
    return { location: url.replace(/#.*/s, ""), title: marker(title), text: "", score, terms }
  }

  #answer({ heading, value, sources }) {
    return { heading, value, sources }
  }

  /** Return what an identifier means; what is called so by its name needs no words. */
  #recognised(found) {
    if (!found || found.as === "name") return null
    return { ...found, notes: found.notes.map((id) => this.#notes.get(id)).filter(Boolean) }
  }
}

function others(suggestions, words) {
  return suggestions.map(({ text }) => text).filter((text) => text.toLowerCase() !== words.toLowerCase())
}

function completes(suggestion, text) {
  return suggestion.length > text.length && suggestion.toLowerCase().startsWith(text.toLowerCase())
}

/** Return the last word as Material cuts it: what is completed in the box takes its place. */
function lastWord(text) {
  return text.split(/[\s-]+/).at(-1)
}
