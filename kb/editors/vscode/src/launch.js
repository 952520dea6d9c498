/** Launch: which program is run. Nothing here listens to a workspace. */
import { posix, win32 } from "node:path"

/**
 * Return what the user set, never what a workspace says, whatever scope the editor gives a setting.
 * @template T
 * @param {{globalValue?: T, defaultValue?: T} | undefined} inspected - WorkspaceConfiguration.inspect()
 * @param {T} otherwise
 * @returns {T}
 */
export function userValue(inspected, otherwise) {
  return inspected?.globalValue ?? inspected?.defaultValue ?? otherwise
}

/**
 * Return the words that start kb, the first a full path; null when there is no such program.
 *
 * The PATH is searched here because a system may look into the current folder first. Relative folders on it are left out.
 * @param {unknown} words
 * @param {{path: string, platform: string, isFile: (path: string) => boolean}} machine
 * @returns {string[] | null}
 */
export function findCommand(words, { path, platform, isFile }) {
  if (!Array.isArray(words) || !words.length || !words.every((word) => typeof word === "string")) return null
  const [name, ...rest] = words
  const system = platform === "win32" ? win32 : posix
  const file = platform === "win32" && !/\.exe$/i.test(name) ? `${name}.exe` : name
  if (system.isAbsolute(name)) return isFile(file) ? [file, ...rest] : null
  if (!name || /[\\/]/.test(name)) return null
  const folders = path.split(system.delimiter).filter((folder) => system.isAbsolute(folder))
  const found = folders.map((folder) => system.join(folder, file)).find(isFile)
  return found ? [found, ...rest] : null
}

/**
 * Return the arguments of `kb lsp`, `kb mcp` or `kb show`.
 * @param {string} base
 * @param {string[]} words
 */
export function withBase(base, ...words) {
  return [...(base ? ["--base", base] : []), ...words]
}

/**
 * Return the address of the site when links may lead there, otherwise nothing.
 * @param {unknown} site
 */
export function safeSite(site) {
  try {
    const url = new URL(String(site))
    if (!["http:", "https:"].includes(url.protocol)) return ""
    return url.href.endsWith("/") ? url.href : `${url.href}/`
  } catch {
    return ""
  }
}

/** Tell whether a text can be the id of a note: it becomes an argument of a program. */
export function isId(text) {
  return typeof text === "string" && /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(text)
}
