/** Recognise any way of naming a service: names, ids, and what code calls it: kb/links/resolve.py. */
import { pattern, strip } from "./characters.js"
import { casefold, key } from "./key.js"

/**
 * @typedef {object} Table - where names and identifiers are looked up
 * @property {(nameKey: string) => string[]} byName - the notes with this name, by its key
 * @property {(kind: string, identifier: string) => string[]} byIdentifier - the notes that claim this identifier
 */
/** @typedef {{text: string, asWhat: string, notes: string[]}} Resolved - what a text was recognised as, and the notes it means */

/**
 * What an identifier looks like in code, and which kind of identifier its first group is. The first that matches
 * decides. Written as in Python; characters.js translates.
 * @type {[string, string, string][]}
 */
export const PATTERNS = [
  ["CloudFormation type", "cloudformation", String.raw`(AWS::\w+(?:::[\w:]*)?)(?:\.[\w.]*)?`],
  ["ARN", "iam", String.raw`arn:aws[\w-]*:([\w-]+):.*`],
  ["service principal", "iam", String.raw`([\w-]+)\.amazonaws\.com(?:\.cn)?`],
  [
    "boto3 client",
    "boto3",
    String.raw`(?:[\w.]*\.)?(?:client|resource|create_client)\(\s*(?:service_name\s*=\s*)?[\"']([\w-]+)[\"'].*\)?`,
  ],
  ["CDK module", "cdk", String.raw`(?:aws-cdk-lib[/.]|aws_cdk\.|@aws-cdk/)aws[-_]([\w-]+)`],
  ["JavaScript SDK", "boto3", String.raw`@aws-sdk/(?:client|lib)-([\w-]+)`],
  ["Java SDK", "boto3", String.raw`(?:software\.amazon\.awssdk|com\.amazonaws)\.services\.(\w+).*`],
  ["Go SDK", "boto3", String.raw`(?:github\.com/aws/aws-sdk-go(?:-v2)?/)?service/(\w+)`],
  ["Rust SDK", "boto3", String.raw`aws[-_]sdk[-_]([\w-]+)`],
  ["JavaScript SDK v2", "boto3", String.raw`(?:new\s+)?AWS\.(\w+)(?:\(.*)?`],
  ["CLI command", "cli", String.raw`aws\s+([\w-]+)(?:\s+.*)?`],
  ["IAM action", "iam", String.raw`([a-z][\w-]*):(?:\*|[A-Z][\w*?]*)`],
  ["Terraform type", "terraform", String.raw`(aws_\w+)(?:\.[\w.\[\]\"-]+)?`],
]
const FORMS = PATTERNS.map(([what, kind, source]) => ({ what, kind, form: pattern(`^(?:${source})$`, "s") }))
const CALLED = ["boto3", "iam", "cli"]
const SHORTEST_TYPE = "AWS::".length
const UPPERCASE = /^\p{Uppercase}$/u

/**
 * Return what a text names, or null: an exact name first, then the forms code uses.
 * @param {string} text
 * @param {Table} table
 * @returns {Resolved | null}
 */
export function recognise(text, table) {
  text = strip(text)
  let notes = table.byName(key(text))
  if (notes.length) return { text, asWhat: "name", notes }
  for (const { what, kind, form } of FORMS) {
    const match = form.exec(text)
    notes = match ? owners(kind, match[1], table) : []
    if (notes.length) return { text, asWhat: what, notes }
  }
  for (const kind of ["boto3", "cli", "iam", "cloudformation"]) {
    notes = table.byIdentifier(kind, casefold(text))
    if (notes.length) return { text, asWhat: `${kind} identifier`, notes }
  }
  return null
}

/**
 * Return the notes that claim what a form found, or any other of the names that code uses alike.
 * @param {string} kind
 * @param {string} found
 * @param {Table} table
 * @returns {string[]}
 */
export function owners(kind, found, table) {
  const identifier = casefold(found)
  if (kind === "terraform") return longestResource(identifier, table)
  if (kind === "cloudformation") return longestType(found, table)
  const bare = key(identifier)
  const tries = [
    [kind, identifier],
    ...CALLED.map((other) => [other, identifier]),
    ...CALLED.map((other) => [other, bare]),
  ]
  for (const [other, name] of tries) {
    const notes = table.byIdentifier(other, name)
    if (notes.length) return notes
  }
  return kind === "iam" ? [] : table.byName(bare)
}

/**
 * Return the notes of the longest claimed start of a CloudFormation type: AWS::EC2::VPC before AWS::EC2.
 * @param {string} found
 * @param {Table} table
 * @returns {string[]}
 */
export function longestType(found, table) {
  const letters = [...found]
  for (let size = letters.length; size > SHORTEST_TYPE; size -= 1) {
    if (size === letters.length || letters[size] === ":" || UPPERCASE.test(letters[size])) {
      const type = letters.slice(0, size).join("").replace(/:+$/, "")
      const notes = table.byIdentifier("cloudformation", casefold(type))
      if (notes.length) return notes
    }
  }
  return []
}

/** Return the notes of the longest claimed start of a Terraform type: aws_s3_bucket before aws_s3. */
function longestResource(identifier, table) {
  const parts = identifier.split("_")
  for (let size = parts.length; size > 1; size -= 1) {
    const notes = table.byIdentifier("terraform", parts.slice(0, size).join("_"))
    if (notes.length) return notes
  }
  return []
}
