/** The parts of the VS Code extension that need no editor. Run by test_vscode.py, which says where shards and kb are. */
import assert from "node:assert/strict"
import test from "node:test"
import { findCommand, isId, safeSite, userValue, withBase } from "../../../kb/editors/vscode/src/launch.js"
import { Bundled, fromUnits, Served } from "../../../kb/editors/vscode/src/notes.js"
import { escape, hitPage, inline, notePage } from "../../../kb/editors/vscode/src/page.js"

const { SHARDS, KB_COMMAND } = process.env
const linux = (files, path) => ({ path, platform: "linux", isFile: (file) => files.includes(file) })
const windows = (files, path) => ({ path, platform: "win32", isFile: (file) => files.includes(file) })

test("a workspace never says what is run", () => {
  const said = { defaultValue: ["kb"], workspaceValue: ["evil"], workspaceFolderValue: ["evil"] }
  assert.deepEqual(userValue(said, []), ["kb"])
  assert.deepEqual(userValue({ ...said, globalValue: ["/mine/kb"] }, []), ["/mine/kb"])
  assert.equal(userValue(undefined, "x"), "x")
})

test("kb is looked up in the absolute folders of the PATH, in their order", () => {
  const both = ["/a/kb", "/b/kb", "bin/kb", "kb", "./kb"]
  assert.deepEqual(findCommand(["kb", "-q"], linux(both, "bin:.::/a:/b")), ["/a/kb", "-q"])
  assert.equal(findCommand(["kb"], linux(["bin/kb", "kb", "./kb"], "bin:.:")), null)
  assert.equal(findCommand(["bin/kb"], linux(both, "/a")), null)
  assert.deepEqual(findCommand(["/b/kb"], linux(both, "")), ["/b/kb"])
  assert.equal(findCommand(["/c/kb"], linux(both, "/a")), null)
  assert.deepEqual(findCommand(["kb"], windows(["C:\\Py\\kb.exe"], "sub;C:\\Py")), ["C:\\Py\\kb.exe"])
  assert.equal(findCommand(["kb.bat"], windows(["C:\\Py\\kb.bat"], "C:\\Py")), null)
})

test("a setting that is no command starts nothing", () => {
  for (const bad of [undefined, null, "kb", [], [1], [""], ["kb", 2], {}]) {
    assert.equal(findCommand(bad, linux(["/a/kb", "/a/"], "/a")), null, JSON.stringify(bad))
  }
})

test("the base goes before the word of the command", () => {
  assert.deepEqual(withBase("/notes", "lsp"), ["--base", "/notes", "lsp"])
  assert.deepEqual(withBase("", "lsp"), ["lsp"])
})

test("only web addresses are links", () => {
  assert.equal(safeSite("https://example.org/kb"), "https://example.org/kb/")
  for (const bad of ["javascript:alert(1)", "command:x", "file:///etc", "", undefined, "kb"]) assert.equal(safeSite(bad), "")
})

test("an id is no option and no path", () => {
  assert.ok(isId("api-gateway"))
  for (const bad of ["--base", "-x", "../sqs", "a/b", "", "a b", undefined, 3, ["sqs"]]) assert.equal(isId(bad), false)
})

const HOSTILE = `<img src=x onerror=alert(1)>[x](command:evil)<script>1</script>"'&`
const note = {
  id: "x", title: HOSTILE, summary: HOSTILE, url: "services/x/",
  facts: [{ label: HOSTILE, value: HOSTILE, detail: HOSTILE, sources: [HOSTILE], as_of: HOSTILE }],
  sections: [{ title: HOSTILE, level: 2, lines: [{ text: HOSTILE, block: "bullet", depth: 2 }, { text: HOSTILE, block: "paragraph", depth: 0 }] }],
}
const hit = { note: `x"><b>`, title: "X", heading: HOSTILE, text: `${HOSTILE}\n${HOSTILE}`, sources: [], as_of: "" }

test("what a note holds is text on its page", () => {
  const pages = [notePage(note, [{ note: HOSTILE, title: HOSTILE }], { nonce: "n0", site: "https://e.org/" }), hitPage(hit, { nonce: "n0" })]
  for (const html of pages) {
    const tags = new Set([...html.matchAll(/<([a-z!][a-z0-9]*)/gi)].map(([, tag]) => tag))
    for (const tag of ["img", "script", "b"]) assert.ok(!tags.has(tag), tag)
    assert.ok(html.includes(escape(HOSTILE)))
    assert.match(html, /content="default-src 'none'; style-src 'nonce-n0'"/)
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link)
    assert.ok(links.length)
    for (const link of links) assert.match(link, /^(command:kb\.showNote\?%5B%22[^"<>]*%22%5D|https:\/\/e\.org\/services\/x\/)$/)
  }
})

test("links to notes, code and bold are shown, and nothing else", () => {
  assert.equal(inline("[[sqs#gotchas|Queue <b>]] `<i>` **a & b**"),
    '<a href="command:kb.showNote?%5B%22sqs%22%5D">Queue &lt;b&gt;</a> <code>&lt;i&gt;</code> <strong>a &amp; b</strong>')
  assert.equal(inline("[[--base|x]] [x](y) ``"), "[[--base|x]] [x](y) ``")
})

test("lists close what they open", () => {
  const html = notePage(note, [], { nonce: "n" })
  assert.equal(html.match(/<ul>/g).length, html.match(/<\/ul>/g).length)
  assert.equal(html.match(/<ul>/g).length, 3)
})

test("an address that leads elsewhere is no link", () => {
  for (const url of ["//evil.org/", "javascript:1", "../../x"]) {
    assert.ok(!notePage({ ...note, url }, [], { nonce: "n", site: "https://e.org/kb/" }).includes("<a "), url)
  }
})

test("without kb the bundled shards are searched and shown", async () => {
  const bundled = new Bundled(SHARDS)
  const { hits } = await bundled.search("sqs retention", 5)
  assert.equal(hits[0].note, "sqs")
  const found = await bundled.note("sqs")
  assert.equal(found.title, "Amazon SQS")
  assert.ok(found.facts.length && found.sections.length)
  assert.ok(found.facts.every(({ label, value }) => label && value))
  assert.equal(await bundled.note("no-such-note"), null)
  const near = await bundled.relatedTo(found)
  assert.ok(near.length && near.every((one) => one.note !== "sqs" && one.title))
  assert.ok((await bundled.related("run code without servers")).some((one) => one.note === "lambda"))
})

test("damaged or missing shards are an error that says so", async () => {
  await assert.rejects(new Bundled(`${SHARDS}/none`).search("sqs"), /cannot be read/)
})

test("the text of a fact is not said twice", () => {
  const unit = { note: "sqs", title: "SQS", heading: "SQS", kind: "note", text: "A queue.", url: "services/sqs/" }
  const fact = { ...unit, kind: "fact", heading: "Longest", value: "14 days", text: "Longest: 14 days (hard limit). Really.", sources: [], as_of: "" }
  assert.equal(fromUnits([unit, fact]).facts[0].detail, "(hard limit). Really.")
})

test("with kb both ways of reading a note agree", async () => {
  const asked = []
  const ask = async (method, params) => (asked.push([method, params]), { notes: [{ note: "sqs", title: "SQS" }, { note: "sns", title: "SNS" }] })
  const served = new Served(ask, { command: JSON.parse(KB_COMMAND), cwd: "/" })
  const [mine, bundled] = await Promise.all([served.note("sqs"), new Bundled(SHARDS).note("sqs")])
  assert.equal(mine.title, bundled.title)
  assert.deepEqual(mine.facts.map(({ label, value }) => [label, value]), bundled.facts.map(({ label, value }) => [label, value]))
  assert.equal(await served.note("no-such-note"), null)
  assert.equal(await served.note("--help"), null)
  assert.deepEqual(await served.relatedTo({ id: "sqs" }), [{ note: "sns", title: "SNS" }])
  assert.deepEqual(asked[0], ["kb/related", { note: "sqs", limit: 9 }])
})
