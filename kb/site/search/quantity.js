/**
 * Quantities: a number with a unit, made comparable (15 minutes = 900 s, 256 KB = 262,144 bytes): kb/facts/quantity.py.
 *
 * KB and KiB count as the same, 1,024 bytes: AWS and those who write about it use both for it.
 */
import { asciiDigits, pattern } from "./characters.js"

const TIME = new Map(Object.entries({ ms: 1, s: 1000, min: 60_000, h: 3_600_000, day: 86_400_000, week: 604_800_000 }))
const SIZE = new Map(["B", "KB", "MB", "GB", "TB", "PB"].map((unit, power) => [unit, 1024 ** power]))
const SPELLINGS = {
  ms: "ms millisecond milliseconds msec",
  s: "s sec secs second seconds",
  min: "min mins minute minutes",
  h: "h hr hrs hour hours",
  day: "day days",
  week: "week weeks",
  B: "b byte bytes",
  KB: "kb kib kilobyte kilobytes kibibyte kibibytes",
  MB: "mb mib megabyte megabytes mebibyte mebibytes",
  GB: "gb gib gigabyte gigabytes gibibyte gibibytes",
  TB: "tb tib terabyte terabytes tebibyte tebibytes",
  PB: "pb pib petabyte petabytes pebibyte pebibytes",
  "%": "% percent",
}
/** @type {Map<string, string>} Unit by each of its spellings. */
export const UNITS = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, spellings]) => spellings.split(" ").map((spelling) => [spelling, unit])),
)
const QUANTITY = pattern(
  String.raw`(?<![\w.,/-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[ -]?(%|[A-Za-z]+))?(?!\w)`,
  "g",
)
/** Past this a number measures nothing, and with a factor it would soon be no number any more. */
const LARGEST = 1e100

/** A number with its unit, comparable by `base` within one `dimension`; `start` and `end` count UTF-16 units. */
export class Quantity {
  /**
   * @param {number} number
   * @param {string} unit
   * @param {number} start
   * @param {number} end
   */
  constructor(number, unit, start = 0, end = 0) {
    this.number = number
    this.unit = unit
    this.start = start
    this.end = end
    this.base = number * (TIME.get(unit) ?? SIZE.get(unit) ?? 1)
    this.dimension = TIME.has(unit) ? "time" : SIZE.has(unit) ? "size" : unit === "%" ? "share" : "count"
  }

  /** The same text for equal quantities: "time:900000", "size:262144". */
  get key() {
    return `${this.dimension}:${Number.isInteger(this.base) ? written(this.base) : float(rounded(this.base))}`
  }
}

/**
 * Return every number with a known unit in a text, and every bare number with the unit "".
 * @param {string} text
 * @returns {Quantity[]}
 */
export function findQuantities(text) {
  const found = []
  for (const match of text.matchAll(QUANTITY)) {
    const number = Number(asciiDigits(match[1].replaceAll(",", "")))
    const unit = UNITS.get((match[2] ?? "").toLowerCase()) ?? ""
    const length = unit ? match[0].length : match[1].length
    if (number <= LARGEST) found.push(new Quantity(number, unit, match.index, match.index + length))
  }
  return found
}

/**
 * Return a number as Python writes it, a whole one with all its digits.
 * @param {number} number
 * @returns {string}
 */
export function written(number) {
  return Number.isInteger(number) ? BigInt(number).toString() : float(number)
}

/** Python writes 1.0 and 1e-05 where JavaScript writes 1 and 0.00001; at the other end no number with a fraction is long. */
function float(number) {
  if (Number.isInteger(number)) return `${number}.0`
  if (number >= 1e-4) return String(number)
  const [digits, exponent] = number.toExponential().split("e-")
  return `${digits}e-${exponent.padStart(2, "0")}`
}

/** Round to 12 places. Where the next is exactly half one (only odd 8192ths end so), Python goes to the even neighbour. */
function rounded(number) {
  const exact = number.toFixed(13)
  const toEven = Math.abs((number * 8192) % 2) === 1 && "02468".includes(exact.at(-2))
  return Number(toEven ? exact.slice(0, -1) : number.toFixed(12))
}
