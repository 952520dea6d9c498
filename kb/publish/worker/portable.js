/*
 * The site from disk. A browser loads neither modules nor workers nor fetched files from file://, but it does load classic
 * scripts: so modules stand in functions here (kb.define, below), a fetched file comes as a script that calls kb.file(),
 * and a worker runs in the page. Links to a folder lead to its index.html.
 */
const kb = (() => {
  const ROOT = new URL("../../", document.currentScript.src)
  const loadFromWeb = self.fetch?.bind(self)
  const modules = new Map()
  const loaded = new Map()
  const coming = new Map()

  /** Take a module in: a function of how it exports, imports now and later, its address, and its global object. */
  function define(path, run) {
    modules.set(path, run)
  }

  function load(path) {
    if (!loaded.has(path)) {
      const exports = {}
      loaded.set(path, exports)
      run(path, exports, self)
    }
    return loaded.get(path)
  }

  function run(path, exports, scope) {
    const url = new URL(path, ROOT).href
    const beside = (name) => relative(new URL(name, url))
    const later = async (name) => load(beside(name))
    const exporting = (getters) => Object.defineProperties(exports, Object.getOwnPropertyDescriptors(getters))
    modules.get(path)(exporting, (name) => load(beside(name)), later, url, scope)
  }

  /** Return the path of an address below the site, or null. */
  function relative(url) {
    const isBelow = url.protocol === ROOT.protocol && url.pathname.startsWith(ROOT.pathname)
    return isBelow ? decodeURIComponent(url.pathname.slice(ROOT.pathname.length)) : null
  }

  /** Take a file in, as text or as base64. */
  function file(path, text, isBytes) {
    const bytes = isBytes
      ? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
      : new TextEncoder().encode(text)
    coming.get(path)?.(bytes)
  }

  function fetched(path) {
    return new Promise((done, fail) => {
      const script = document.createElement("script")
      const finish = (then) => (value) => {
        coming.delete(path)
        script.remove()
        then(value)
      }
      coming.set(path, finish(done))
      script.onerror = finish(() => fail(new TypeError(`${path} cannot be loaded`)))
      script.src = new URL(`${path}.file.js`, ROOT).href
      document.head.append(script)
    })
  }

  const files = new Map()
  async function fetch(asked, options) {
    const path = relative(new URL(asked?.url ?? asked, document.baseURI))
    if (path === null) return loadFromWeb(asked, options)
    if (!files.has(path)) files.set(path, fetched(path))
    const bytes = await files.get(path)
    return new Response(bytes, {
      headers: { "content-type": path.endsWith(".json") ? "application/json" : "application/octet-stream" },
    })
  }

  class WorkerInPage extends EventTarget {
    #scope = new EventTarget()

    constructor(address) {
      super()
      const url = new URL(address, document.baseURI)
      Object.assign(this.#scope, { location: url, postMessage: (data) => deliver(this, data), navigator, fetch })
      queueMicrotask(() => run(relative(url), {}, this.#scope))
    }

    postMessage(data) {
      setTimeout(deliver, 0, this.#scope, data)
    }

    terminate() {
      this.#scope = new EventTarget()
    }
  }

  function deliver(target, data) {
    const event = new MessageEvent("message", { data: structuredClone(data) })
    target.onmessage?.(event)
    target.dispatchEvent(event)
  }

  /** Before a link is followed: its folder becomes a page. */
  function complete({ target }) {
    const link = target.closest?.("a[href]")
    if (!link || typeof link.href !== "string") return
    const url = new URL(link.href)
    if (relative(url) === null || !url.pathname.endsWith("/")) return
    url.pathname += "index.html"
    link.href = url.href
  }

  self.fetch = fetch
  self.Worker = WorkerInPage
  for (const kind of ["pointerdown", "focusin", "click"]) addEventListener(kind, complete, true)
  addEventListener("DOMContentLoaded", () => {
    for (const script of document.querySelectorAll("script[data-kb-module]"))
      load(relative(new URL(script.dataset.kbModule, document.baseURI)))
  })
  return { define, file }
})()
