/** Filters: those that stand in the text of a query, so that a link to a query holds them: "retention kind:fact". */

export const KINDS = ["fact", "section", "note"]
export const LIMIT = 10
export const HIGHEST_LIMIT = 50
const FILTER = /(?<!\S)(service|category|kind|limit):([\p{L}\p{N}_-]+)(?!\S)/gu

/**
 * @typedef {object} Asked
 * @property {string} words - the query without its filters
 * @property {{service: string[], category: string[], kind: string[]}} filters
 * @property {number} limit
 * @property {string[]} ignored - filters that name nothing, as they were written
 */

/**
 * Read a query with filters in it. What looks like one and names nothing is ignored, and told.
 * @param {string} text
 * @param {{isCategory: (id: string) => boolean, noteCalled: (name: string) => string[]}} known
 * @returns {Asked}
 */
export function read(text, { isCategory, noteCalled }) {
  const asked = { words: text, filters: { service: [], category: [], kind: [] }, limit: LIMIT, ignored: [] }
  const { filters, ignored } = asked
  const takes = {
    service: (name) => add(filters.service, noteCalled(name)),
    category: (id) => add(filters.category, isCategory(id) ? [id] : []),
    kind: (kind) => add(filters.kind, KINDS.includes(kind) ? [kind] : []),
    limit: (count) => {
      if (/^\d{1,4}$/.test(count)) asked.limit = Math.min(Math.max(Number(count), 1), HIGHEST_LIMIT)
      return /^\d{1,4}$/.test(count)
    },
  }
  for (const [found, name, value] of text.matchAll(FILTER)) if (!takes[name](value.toLowerCase())) ignored.push(found)
  const rest = text.replace(FILTER, " ")
  if (rest !== text) asked.words = rest.replace(/\s+/g, " ").trim()
  return asked
}

function add(filter, values) {
  filter.push(...values)
  return values.length > 0
}
