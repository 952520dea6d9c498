/**
 * Search with kb-search.js what Python searched: reads {folder, searches, suggestions, names, cold} as JSON from standard
 * input and writes the results, the constants, and for each of `cold` the files that a first query loads.
 */
import { readFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import * as compared from "../../../kb/site/search/compared.js"
import { open } from "../../../kb/site/search/kb-search.js"
import * as query from "../../../kb/site/search/query.js"
import * as rank from "../../../kb/site/search/rank.js"
import * as reader from "../../../kb/site/search/reader.js"
import * as spelling from "../../../kb/site/search/spelling.js"
import * as suggest from "../../../kb/site/search/suggest.js"

const given = JSON.parse(readFileSync(0, "utf8"))

async function all(entries, call) {
  const results = []
  for (const entry of entries ?? []) results.push(await call(entry).catch((error) => `${error.stack}`))
  return results
}

function constants() {
  const modules = Object.entries({ compared, query, rank, reader, spelling, suggest })
  const isConstant = ([name]) => /^[A-Z_]+$/.test(name)
  return Object.fromEntries(modules.map(([name, module]) => [name, Object.fromEntries(Object.entries(module).filter(isConstant))]))
}

/** Return the files of a first query, those of each wait together. */
async function cold(text) {
  const rounds = []
  let isOpen = false
  const read = (name) => {
    if (!isOpen) {
      rounds.push([])
      isOpen = true
      setImmediate(() => (isOpen = false))
    }
    rounds.at(-1).push(name)
    return readFile(`${given.folder}/${name}`)
  }
  await (await open("", { read })).search(text)
  return rounds
}

const kb = given.searches || given.suggestions || given.names ? await open(given.folder) : null
const report = {
  constants: constants(),
  searches: await all(given.searches, ([text, options]) => kb.search(text, { ...options, explain: true })),
  suggestions: await all(given.suggestions, ([text, limit]) => kb.suggest(text, limit)),
  names: await all(given.names, (name) => kb.resolve(name)),
  cold: await all(given.cold, cold),
}
process.stdout.write(JSON.stringify(report))
