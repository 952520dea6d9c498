/**
 * What the search box is told: reads {folder, bundle, texts, hits, filters, near} as JSON from standard input and writes, for
 * each text, what box.js and its bundle answer; hits and filters as they are shown and read; and nearest names.
 */
import { readFileSync } from "node:fs"
import { openBox } from "../../../kb/site/search/box.js"
import { read } from "../../../kb/site/search/filters.js"
import { mark, shown } from "../../../kb/site/search/item.js"
import { nearest } from "../../../kb/site/search/nearest.js"

const given = JSON.parse(readFileSync(0, "utf8"))
const known = { isCategory: (id) => id === "compute", noteCalled: (name) => (name === "sqs" ? ["sqs"] : []) }

async function answers(open) {
  if (!given.folder) return []
  const box = await open(given.folder)
  const found = []
  for (const text of given.texts) found.push(await box.answer(text))
  return found
}

const bundled = given.bundle ? await answers((await import(given.bundle)).openBox) : []
process.stdout.write(JSON.stringify({
  answers: await answers(openBox),
  bundled,
  hits: (given.hits ?? []).map(([hit, words]) => shown(hit, mark(words), hit.isAnswer)),
  filters: (given.filters ?? []).map((text) => read(text, known)),
  near: (given.near?.queries ?? []).map((query) => nearest(query, given.near.names)),
}))
