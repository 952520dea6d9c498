/* Service worker: the whole site offline after one visit. SITE, with a hash of each file, is written above by kb/publish/offline.py. */
const CACHE = `kb ${self.registration.scope}`
const ROOT = new URL(self.registration.scope)
const FILES = new Map(Object.entries(SITE.files))
/** Addresses that hold a hash of the content: what is kept under one is never out of date. */
const KEPT = new RegExp(SITE.kept)
/** Milliseconds that a network may take to answer before what is kept is shown. */
const PATIENCE = 3000
/** Files fetched at a time while the site is being kept: a page that is being read has the other connections. */
const AT_ONCE = 3

self.addEventListener("install", (event) => event.waitUntil(keepAll()))
self.addEventListener("activate", (event) => event.waitUntil(takeOver()))
self.addEventListener("fetch", (event) => {
  const path = ours(event.request)
  if (path !== null) event.respondWith(answer(event, path))
})

/** Content is kept under its hash: a new build fetches what changed, an interrupted one goes on where it stopped. */
function place(hash) {
  return new URL(`.kept/${hash}`, ROOT).href
}

async function keepAll() {
  const cache = await caches.open(CACHE)
  const there = new Set((await cache.keys()).map(({ url }) => url))
  const wanted = [...FILES].filter(([, hash]) => !there.has(place(hash)))
  const fetcher = async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) await keep(cache, ...next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, fetcher))
  await self.skipWaiting()
}

async function keep(cache, path, hash) {
  const found = await fetch(new URL(path, ROOT), { cache: "no-cache", priority: "low" })
  const body = await found.arrayBuffer()
  // The host may be between two builds: a mixture would be worse than the build before.
  if (!found.ok || (await hashed(body)) !== hash) throw new Error(`${path} is not of this build`)
  const headers = new Headers(found.headers)
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name)
  await cache.put(place(hash), new Response(body, { headers }))
}

async function hashed(body) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body))
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** Remove what no file of this build holds, and serve the pages that are open. */
async function takeOver() {
  const cache = await caches.open(CACHE)
  const current = new Set([...FILES.values()].map(place))
  const kept = await cache.keys()
  await Promise.all(kept.filter(({ url }) => !current.has(url)).map((request) => cache.delete(request)))
  await self.registration.navigationPreload?.enable()
  await self.clients.claim()
}

/** Return the path of a request below the site, or null when it is none of ours. */
function ours({ method, url, headers }) {
  const { origin, pathname } = new URL(url)
  const isOurs =
    method === "GET" && origin === ROOT.origin && pathname.startsWith(ROOT.pathname) && !headers.has("range")
  return isOurs ? decoded(pathname.slice(ROOT.pathname.length)) : null
}

function decoded(path) {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function answer(event, path) {
  const hash = FILES.get(path) ?? FILES.get(path.replace(/(^|\/)index\.html$/, "$1"))
  if (hash && KEPT.test(`/${path}`)) return (await kept(hash)) ?? fetch(event.request)
  const online = network(event)
  try {
    const found = await (hash ? within(PATIENCE, online) : online)
    if (found.status < 500) return found
    return (hash && (await kept(hash))) ?? found
  } catch {
    return (hash && (await kept(hash))) ?? elsewhere(event.request, path) ?? online
  }
}

async function network(event) {
  return (await event.preloadResponse) ?? fetch(event.request)
}

function within(time, promise) {
  return Promise.race([promise, new Promise((_, fail) => setTimeout(fail, time, new Error("too slow")))])
}

async function kept(hash) {
  const cache = await caches.open(CACHE)
  return cache.match(place(hash))
}

/** Offline: a page asked for without its slash, or one that there is not. */
function elsewhere({ mode }, path) {
  if (mode !== "navigate") return null
  if (FILES.has(`${path}/`)) return Response.redirect(new URL(`${path}/`, ROOT))
  return missing()
}

async function missing() {
  const page = FILES.has("404.html") && (await kept(FILES.get("404.html")))
  return page ? new Response(await page.blob(), { status: 404, headers: page.headers }) : Response.error()
}
