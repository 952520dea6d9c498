/**
 * What Python calls a letter, a digit and a space, so that both searches cut text alike.
 *
 * JavaScript's own \w and \d know only ASCII, its \s takes in U+FEFF and leaves out U+0085 and the separators U+001C to
 * U+001F. Case needs no help but for casefold (key.js): toLowerCase() and str.lower() follow the same table.
 */

const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const SETS = { "\\w": String.raw`\p{L}\p{N}_`, "\\d": String.raw`\p{Nd}`, "\\s": SPACE, '\\"': '"' }
const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g")
const DECIMAL = /^\p{Nd}$/u

/**
 * Return a regular expression of Python's as one of JavaScript's. It may hold \w, \d and \s, but not \W, \D, \S or \b.
 * @param {string} source
 * @param {string} [flags]
 * @returns {RegExp}
 */
export function pattern(source, flags = "") {
  let inSet = false
  const translated = source.replace(/\\.|[[\]]/gs, (found) => {
    if (found.length === 1) inSet = found === "["
    const set = SETS[found]
    return set === undefined ? found : inSet ? set : `[${set}]`
  })
  return new RegExp(translated, `${flags}u`)
}

/**
 * Return a text without the white space around it, as str.strip() does.
 * @param {string} text
 * @returns {string}
 */
export function strip(text) {
  return text.replace(ENDS, "")
}

/**
 * Return a text with the decimal digits of every script as ASCII ones: the zero of each begins a run of ten.
 * @param {string} text
 * @returns {string}
 */
export function asciiDigits(text) {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0)
    let run = point
    while (DECIMAL.test(String.fromCodePoint(run - 1))) run -= 1
    return String((point - run) % 10)
  })
}

/**
 * Return the first code points of a text, so many of them; a surrogate pair counts once.
 * @param {string} text
 * @param {number} count
 * @returns {string}
 */
export function firstPoints(text, count) {
  return text.length <= count ? text : [...text].slice(0, count).join("")
}
