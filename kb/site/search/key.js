/** What is compared of a name, and which names are everyday words: kb/links/key.py. */

/** Names that are also everyday words: only a capital, or nothing else being named, tells that the service is meant. */
export const EVERYDAY = new Set(
  (
    "alarms amplify backup batch canaries config connect dashboards events forecast glue logs metrics organizations " +
    "personalize proton transcribe transfer translate"
  ).split(" "),
)
const ASCII = /^[\0-\x7f]*$/
// Cherokee folds to its capitals, which came first; the dotless i folds to itself, though its capital is I.
const CHEROKEE = /[\u13a0-\u13fd\uab70-\uabbf]/
const DOTLESS_I = "\u0131"

/**
 * Return what is compared of a name: lower case, letters and digits only ("Dynamo DB" = "dynamodb").
 * @param {string} text
 * @returns {string}
 */
export function key(text) {
  return casefold(text).replace(/[^\p{L}\p{N}]+/gu, "")
}

/**
 * Return a text without differences of case, as str.casefold() does: "Straße" gives "strasse".
 * @param {string} text
 * @returns {string}
 */
export function casefold(text) {
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, folded).join("")
}

/** One letter at a time: in a word, toLowerCase() would make the last sigma a final one. */
function folded(letter) {
  if (letter === DOTLESS_I) return letter
  if (CHEROKEE.test(letter)) return letter.toUpperCase()
  return letter.toLowerCase().toUpperCase().toLowerCase()
}
