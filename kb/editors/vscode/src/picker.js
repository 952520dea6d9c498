/** Picker: search as you type, with what is chosen shown beside. */
import * as vscode from "vscode"

const PAUSE = 120

/**
 * Let the user find a note; an answer that comes after a newer query is dropped.
 * @param {import("./notes.js").Bundled | import("./notes.js").Served} notes
 * @param {{preview: (hit: object) => void, show: (id: string) => void, failed: (error: Error) => void}} then
 */
export function searchNotes(notes, { preview, show, failed }) {
  const pick = vscode.window.createQuickPick()
  pick.title = notes.isBundled ? "AWS notes (those bundled with the extension)" : "AWS notes"
  pick.placeholder = "sqs retention, AWS::Lambda::Function, how long can a function run"
  pick.ignoreFocusOut = true
  let asked = 0
  let timer
  const search = async (query) => {
    const mine = (asked += 1)
    pick.busy = true
    try {
      const found = query.trim() ? await notes.search(query) : { hits: [], corrected: null }
      if (mine === asked) pick.items = items(query, found)
    } catch (error) {
      failed(error)
    } finally {
      if (mine === asked) pick.busy = false
    }
  }
  pick.onDidChangeValue((query) => {
    clearTimeout(timer)
    timer = setTimeout(search, PAUSE, query)
  })
  pick.onDidChangeActive(([item]) => item?.hit && preview(item.hit))
  pick.onDidAccept(() => {
    const [item] = pick.activeItems
    if (item?.hit) show(item.hit.note)
    if (item) pick.hide()
  })
  pick.onDidHide(() => {
    clearTimeout(timer)
    asked += 1
    pick.dispose()
  })
  pick.show()
  return pick
}

/** Return the lines of the list; the server has ranked them, so the editor filters nothing. */
function items(query, { hits, corrected }) {
  if (query.trim() && !hits.length) return [{ label: "Nothing found", detail: query, alwaysShow: true }]
  return hits.map((hit) => ({
    label: hit.heading === hit.title ? hit.title : `${hit.title}: ${hit.heading}`,
    description: hit.value || (corrected === null ? "" : `for ${corrected}`),
    detail: hit.snippet,
    alwaysShow: true,
    hit,
  }))
}
