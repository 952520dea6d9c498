/**
 * Compare the JavaScript search with Python's: reads {constants, answers, bloom, checks} as JSON from standard input and
 * writes per function how often it was called and, where the two differ, the first difference.
 */
import { readFileSync } from "node:fs"
import * as analyse from "../../../kb/site/search/analyse.js"
import { casefold, EVERYDAY, key } from "../../../kb/site/search/key.js"
import { PATTERNS, recognise } from "../../../kb/site/search/recognise.js"
import { snippet } from "../../../kb/site/search/snippet.js"
import { distance, isEnglish, places, respell } from "../../../kb/site/search/spelling.js"

const given = JSON.parse(readFileSync(0, "utf8"))
const bloom = new Uint8Array(readFileSync(given.bloom))

/** What the tables answered Python. A question Python did not ask is a difference too. */
const table = { bloom }
for (const [name, known] of Object.entries(given.answers)) {
  const answers = new Map(known)
  table[name] = (...question) => {
    const asked = question.join("\t")
    if (!answers.has(asked)) throw new Error(`asks ${name}(${JSON.stringify(question)}), which Python does not`)
    return answers.get(asked)
  }
}

const calls = {
  constants: () => ({
    STOPWORDS: [...analyse.STOPWORDS].sort(),
    UNITS: Object.fromEntries(analyse.UNITS),
    EVERYDAY: [...EVERYDAY].sort(),
    PATTERNS,
    MAX_QUERY: analyse.MAX_QUERY,
  }),
  chunks: analyse.chunks,
  surfaces: analyse.surfaces,
  content: (text) => analyse.content(analyse.chunks(text)),
  clean: analyse.clean,
  findQuantities: (text) => analyse.findQuantities(text).map(({ start, end, number, unit, key }) => [start, end, number, unit, key]),
  key,
  casefold,
  toLowerCase: (text) => text.toLowerCase(),
  recognise: (text) => {
    const found = recognise(text, table)
    return found && [found.text, found.asWhat, found.notes]
  },
  snippet,
  distance,
  isEnglish: (word) => isEnglish(word, bloom),
  places,
  respell: (word) => respell(word, table),
}

function result(name, values) {
  try {
    return calls[name](...values)
  } catch (error) {
    return `${error}`
  }
}

/** JSON in ASCII: what differs is often something that cannot be seen. */
function plain(value) {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

const report = {}
for (const [name, values, python] of given.checks) {
  const entry = (report[name] ??= { count: 0, different: 0, first: "" })
  entry.count += 1
  const javascript = result(name, values)
  if (JSON.stringify(javascript) === JSON.stringify(python)) continue
  entry.different += 1
  entry.first ||= `${name}(${values.map(plain).join(", ")})\n  Python:     ${plain(python)}\n  JavaScript: ${plain(javascript)}`
}
console.log(JSON.stringify(report))
