/** Shards: the files that kb/site/shards.py writes, fetched when they are needed and kept. */

export const FORMAT = 1
const HASH = 8
const HAS_SCHEME = /^[a-z][a-z\d+.-]+:/i

/** @typedef {(name: string) => Promise<Uint8Array | ArrayBuffer>} Read - how a file is got by its name */
/**
 * @typedef {object} Manifest - manifest.json, see write_shards()
 * @property {number} format
 * @property {number} scale - steps of an impact per point of score
 * @property {number} units
 * @property {number} highest - the highest unit number
 * @property {string} core
 * @property {string[]} word_starts - the surface each word shard starts with, or a shorter text before it
 * @property {string} words - hashes in a row, as for the other kinds of shards
 * @property {string} letters
 * @property {string} letter_words
 * @property {number} texts_each
 * @property {string} texts
 * @property {string} bloom
 * @property {number} bloom_bytes
 */

/** Files by name: asked for while a query runs, fetched when it must wait, kept for the next one. */
export class Shards {
  #read
  #kept = new Map()
  #coming = new Map()
  /** What was asked for and is not here yet: name to what parses it. */
  #missed = new Map()

  /**
   * @param {Read} read
   * @param {Manifest} manifest
   */
  constructor(read, manifest) {
    this.#read = read
    this.manifest = manifest
  }

  /** Whether something was asked for that is not here yet: then what was made of it means nothing. */
  get isMissing() {
    return this.#missed.size > 0
  }

  /**
   * Return a file parsed, or null when it must be fetched first.
   * @template T
   * @param {string} name
   * @param {(data: Uint8Array) => T} parse
   * @returns {T | null}
   */
  ask(name, parse) {
    if (this.#kept.has(name)) return this.#kept.get(name)
    this.#missed.set(name, parse)
    return null
  }

  /**
   * Return what a function returns once every file it asks for is here; it runs again after each fetch.
   * @template T
   * @param {() => T} attempt
   * @returns {Promise<T>}
   */
  async complete(attempt) {
    for (;;) {
      this.#missed.clear()
      const result = attempt()
      if (!this.isMissing) return result
      await Promise.all([...this.#missed].map(([name, parse]) => this.#fetched(name, parse)))
    }
  }

  /** Return the name of a file of a kind, by its place in the manifest. */
  name(kind, hashes, place, ending = "bin") {
    return `${kind}-${hashes.slice(place * HASH, place * HASH + HASH)}.${ending}`
  }

  #fetched(name, parse) {
    if (!this.#coming.has(name)) {
      const coming = this.#read(name).then((data) => this.#kept.set(name, parsed(name, data, parse)))
      this.#coming.set(
        name,
        coming.finally(() => this.#coming.delete(name)),
      )
    }
    return this.#coming.get(name)
  }
}

/**
 * Open a folder of shards.
 * @param {string | URL} base - its address; in Node also a path
 * @param {{read?: Read}} [options] - `read` gets a file in another way
 * @returns {Promise<Shards>}
 */
export async function openShards(base, { read = reading(base) } = {}) {
  const manifest = json(await read("manifest.json"), "manifest.json")
  if (!(manifest.format <= FORMAT)) {
    const what = Number.isInteger(manifest.format) ? `has format ${manifest.format}` : "says no format"
    throw new Error(`the search index ${what}, this kb-search.js reads ${FORMAT}: load it anew`)
  }
  return new Shards(read, manifest)
}

/** @param {Uint8Array | ArrayBuffer} data */
export function json(data, name = "a shard") {
  try {
    return JSON.parse(new TextDecoder().decode(data))
  } catch (error) {
    throw new Error(`${name} of the search index is damaged: ${error.message}`)
  }
}

function parsed(name, data, parse) {
  try {
    return parse(new Uint8Array(data))
  } catch (error) {
    throw new Error(`${name} of the search index is damaged: ${error.message}`)
  }
}

/**
 * Return how files of a folder are got: from disk in Node, by fetch() elsewhere.
 * @param {string | URL} base
 * @returns {Read}
 */
export function reading(base) {
  const address = String(base)
  const isNode = typeof process !== "undefined" && Boolean(process.versions?.node)
  if (isNode && (!HAS_SCHEME.test(address) || address.startsWith("file:"))) return (name) => fromDisk(address, name)
  const here = globalThis.document?.baseURI ?? globalThis.location?.href
  const folder = new URL(address.endsWith("/") ? address : `${address}/`, here)
  return (name) => fromWeb(new URL(name, folder))
}

async function fromDisk(folder, name) {
  const { readFile } = await import("node:fs/promises")
  const { fileURLToPath } = await import("node:url")
  const path = `${folder.startsWith("file:") ? fileURLToPath(folder) : folder}/${name}`
  try {
    return await readFile(path)
  } catch (error) {
    throw new Error(`${path} of the search index cannot be read: ${error.code}`)
  }
}

async function fromWeb(url) {
  const isManifest = url.pathname.endsWith("/manifest.json")
  let found
  try {
    found = await fetch(url, { cache: isManifest ? "no-cache" : "default" })
  } catch (error) {
    throw new Error(`${url} of the search index cannot be loaded: ${error.message}`)
  }
  if (!found.ok) throw new Error(`${url} of the search index cannot be loaded: HTTP ${found.status}`)
  return found.arrayBuffer()
}
