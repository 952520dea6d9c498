/**
 * The worker behind Material's search box: answers the box's messages with kb-search.js.
 *
 * A message is {type, data}: SETUP -> READY, QUERY (a text) -> RESULT ({items, suggest}, see box.js). Material starts a
 * worker on every page and as a classic script; so this one is small, and the search itself is imported when it is needed.
 */
"use strict"

const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3]
/** Milliseconds: keys nearer than this are one text; a text waits so long at least, and at most, for files; a break in typing. */
const [BURST, SHORTEST, LONGEST, BREAK] = [15, 50, 300, 600]
/** How far apart keys are expected to be at first, and how much of that is left with each faster one. */
const [RHYTHM, KEPT] = [150, 0.7]
const STALE = new Error("another text has come")
const SHARDS = new URL("../../../api/v1/search/", self.location.href)

let coming = null
let turn = 0
let before = ""
/** The turn whose text is being searched, and the end of that search. */
let [searched, ending] = [0, Promise.resolve()]
/** When the last text came, how far apart keys are now, and when files may be fetched for that text. */
let [last, rhythm, until] = [0, RHYTHM, 0]

/** Return the search, opened once; after a failure it is tried again. */
function box() {
  coming ??= opened().catch((error) => {
    coming = null
    throw error
  })
  return coming
}

/** The manifest is fetched beside the code, not after it. bundle.js is box.js with all it imports, see kb/site/bundle.py. */
async function opened() {
  const manifest = fetch(new URL("manifest.json", SHARDS), { cache: "no-cache" })
  manifest.catch(() => {})
  const { openBox } = await import("./bundle.js")
  return openBox(SHARDS, { manifest, gate })
}

/** Note when a text has come; return whether it was typed, not pasted, completed or linked to. */
function hear(text) {
  const now = performance.now()
  const isTyped = Math.abs(text.length - before.length) <= 1
  rhythm = now - last > BREAK ? RHYTHM : Math.max(now - last, rhythm * KEPT)
  until = isTyped ? now + Math.min(Math.max(rhythm * 1.2, SHORTEST), LONGEST) : now
  last = now
  before = text
  turn += 1
  return isTyped
}

/** Wait for a break in the typing: a text is searched at once in what is here, but files for it are fetched only if it stays. */
async function gate() {
  const mine = searched
  if (mine === turn) await wait(until - performance.now())
  if (mine !== turn) throw STALE
}

function wait(milliseconds) {
  return milliseconds > 0 ? new Promise((done) => setTimeout(done, milliseconds)) : null
}

/** Answer a text, unless another has come meanwhile. A blank one finds nothing, but has the search opened. */
async function answer(text) {
  const isTyped = hear(text)
  const mine = turn
  const opening = text ? box() : null
  opening?.catch(() => {})
  if (!text.trim()) return post(text, { items: [] })
  if (isTyped) await wait(BURST)
  await ending
  const open = await opening
  if (mine !== turn) return
  searched = mine
  const answering = found(text, open, mine)
  ending = answering.catch(() => {})
  const data = await answering
  if (mine === turn) post(text, data)
}

/** Search until no file of it was given up for the text before. */
async function found(text, open, mine) {
  for (;;) {
    try {
      return await open.answer(text)
    } catch (error) {
      if (error !== STALE || mine !== turn) throw error
    }
  }
}

function post(asked, { items, suggest = [], kb = {} }) {
  self.postMessage({ type: RESULT, data: { items, suggest, kb: { asked, ...kb } } })
}

self.onmessage = ({ data: { type, data } }) => {
  if (type === SETUP) self.postMessage({ type: READY })
  if (type !== QUERY) return
  answer(data).catch((error) => {
    if (data === before && error !== STALE) post(data, { items: [], kb: { error: error.message } })
  })
}
