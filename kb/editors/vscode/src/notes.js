/** Notes: the same three questions, answered by `kb` or, without it, from the shards that are bundled. */
import { execFile } from "node:child_process"
import { Kb } from "../../../site/search/kb-search.js"
import { Reader } from "../../../site/search/reader.js"
import { openShards } from "../../../site/search/shards.js"
import { isId } from "./launch.js"

/** @typedef {{text: string, block?: string, depth?: number}} Line */
/** @typedef {{label: string, value: string, detail?: string, sources?: string[], as_of?: string}} Fact */
/** @typedef {{title: string, level: number, lines: Line[]}} Section */
/** @typedef {{id: string, title: string, summary: string, url: string, facts: Fact[], sections: Section[]}} Note */
/** @typedef {{note: string, title: string}} Near */

const MOST = 100_000_000
const WAIT = 30_000

/** The notes of `kb`: the server that runs already searches; a note is read by the command. */
export class Served {
  #ask
  #command
  /**
   * @param {(method: string, params: object) => Promise<any>} ask - a request to `kb lsp`
   * @param {{command: string[], cwd: string}} program - what is put before `show`
   */
  constructor(ask, { command, cwd }) {
    this.#ask = ask
    this.#command = command
    this.cwd = cwd
  }

  get isBundled() {
    return false
  }

  /** Return the result of a search, as kb-search.js gives it. */
  search(query, limit = 20) {
    return this.#ask("kb/search", { query, limit })
  }

  /** @returns {Promise<Note | null>} */
  async note(id) {
    if (!isId(id)) return null
    const [file, ...words] = this.#command
    const text = await output(file, [...words, "show", "--json", "--", id], this.cwd)
    return text === null ? null : fromJson(JSON.parse(text))
  }

  /** @returns {Promise<Near[]>} */
  async related(text, limit = 8) {
    return (await this.#ask("kb/related", { text, limit: limit + 1 })).notes
  }

  /** @returns {Promise<Near[]>} */
  async relatedTo({ id }, limit = 8) {
    const { notes } = await this.#ask("kb/related", { note: id, limit: limit + 1 })
    return others(notes, id, limit)
  }
}

/** The notes that come with the extension. */
export class Bundled {
  #folder
  #opened

  /** @param {string} folder - where the shards lie */
  constructor(folder) {
    this.#folder = folder
  }

  get isBundled() {
    return true
  }

  async search(query, limit = 20) {
    return (await this.#open()).kb.search(query, { limit })
  }

  /** @returns {Promise<Note | null>} */
  async note(id) {
    const { shards, reader } = await this.#open()
    const units = await shards.complete(() => {
      const span = reader.span(id)
      return span && Array.from({ length: span[1] - span[0] + 1 }, (_, at) => reader.unit(span[0] + at))
    })
    return units && fromUnits(units.filter(Boolean))
  }

  /** @returns {Promise<Near[]>} */
  async related(text, limit = 8) {
    const { hits } = await this.search(text.slice(0, 300), 60)
    return others(hits, "", limit)
  }

  /** @returns {Promise<Near[]>} */
  async relatedTo({ id, title, summary }, limit = 8) {
    const { hits } = await this.search(`${title} ${summary}`.slice(0, 300), 200)
    return others(hits, id, limit)
  }

  #open() {
    this.#opened ??= openShards(this.#folder).then((shards) => ({ shards, kb: new Kb(shards), reader: new Reader(shards) }))
    return this.#opened
  }
}

/** Return a note from what `kb show --json` prints. */
export function fromJson({ id, title, summary, url, facts, sections }) {
  return {
    id, title, summary, url,
    facts: facts.map((fact) => ({ ...fact, label: fact.scope ? `${fact.label} (${fact.scope})` : fact.label })),
    sections: sections.map((section) => ({ title: section.title, level: section.level, lines: section.statements })),
  }
}

/** Return a note from its units in the index, the lead first. */
export function fromUnits([lead, ...units]) {
  const facts = units.filter(({ kind }) => kind === "fact")
  const sections = units.filter(({ kind }) => kind !== "fact")
  return {
    id: lead.note, title: lead.title, summary: lead.text, url: lead.url,
    facts: facts.map(({ heading, value, text, sources, as_of }) => ({ label: heading, value, detail: beyond(text, heading, value), sources, as_of })),
    sections: sections.map(({ heading, text }) => ({ title: heading, level: 2, lines: text.split("\n").map((line) => ({ text: line, block: "bullet" })) })),
  }
}

/** Return what the text of a fact says after its name and value. */
function beyond(text, heading, value) {
  const said = `${heading}: ${value}`
  return text.startsWith(said) ? text.slice(said.length).trim().replace(/^\.\s*/, "") : text
}

function others(found, id, limit) {
  const titles = new Map(found.filter(({ note }) => note !== id).map(({ note, title }) => [note, title]))
  return [...titles].slice(0, limit).map(([note, title]) => ({ note, title }))
}

/** Return what a program prints; null when it ends with an error. No shell reads its arguments. */
function output(file, words, cwd) {
  return new Promise((resolve) => {
    execFile(file, words, { cwd, encoding: "utf8", maxBuffer: MOST, timeout: WAIT, windowsHide: true, env: { ...process.env, PYTHONUTF8: "1" } },
      (error, stdout) => resolve(error ? null : stdout))
  })
}
