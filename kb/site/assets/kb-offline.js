// Has the browser keep the site, so that it works offline; not where data is to be saved, and not from disk.
const { serviceWorker, connection } = navigator
/** Milliseconds without typing before it begins: a first search has the network to itself. */
const QUIET = 2000
let timer

function keep() {
  removeEventListener("input", later, true)
  // No error of this reaches a reader: without the worker the site is what it was.
  serviceWorker.register(new URL("../../sw.js", import.meta.url), { updateViaCache: "none" }).catch(() => {})
}

function later() {
  clearTimeout(timer)
  timer = setTimeout(keep, QUIET)
}

if (serviceWorker && location.protocol !== "file:" && !connection?.saveData) {
  addEventListener("input", later, true)
  if (document.readyState === "complete") later()
  else addEventListener("load", later, { once: true })
}
