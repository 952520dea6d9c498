/** What is looked at inside a real editor, in its extension host. Run by test_vscode.py; WORKSPACE/expect.json says which way. */
const assert = require("node:assert/strict")
const { existsSync, readFileSync, writeFileSync } = require("node:fs")
const path = require("node:path")
const vscode = require("vscode")

async function until(what, ready) {
  for (let tries = 0; tries < 150; tries += 1) {
    const found = await ready()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`waited too long for ${what}`)
}

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs)
const shown = () => tabs().find((tab) => tab.input instanceof vscode.TabInputWebview)

async function looked(workspace) {
  const { trusted } = JSON.parse(readFileSync(path.join(workspace, "expect.json"), "utf8"))
  assert.equal(vscode.workspace.isTrusted, trusted)
  const uri = vscode.Uri.file(path.join(workspace, "template.yaml"))
  const document = await vscode.workspace.openTextDocument(uri)
  await vscode.window.showTextDocument(document)
  const extension = vscode.extensions.getExtension("aws-kb.aws-kb")
  const { isBundled } = await extension.activate()
  assert.equal(isBundled(), !trusted)

  await vscode.commands.executeCommand("kb.showNote", "sqs")
  const tab = await until("the note", shown)
  assert.equal(tab.label, "Amazon SQS")
  await vscode.commands.executeCommand("kb.searchNotes")
  await vscode.commands.executeCommand("workbench.action.closeQuickOpen")
  if (trusted) await served(uri)
  assert.ok(!existsSync(path.join(workspace, "ran")), "the workspace chose what is run")
  return "ok"
}

async function served(uri) {
  const position = new vscode.Position(5, 8)
  const hovers = await until("a hover", async () => {
    const found = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, position)
    return found.length && found
  })
  assert.match(hovers.flatMap((hover) => hover.contents).map((one) => one.value).join("\n"), /Timeout|timeout|900|15 minutes/)
  const [wrong] = await until("a diagnostic", () => {
    const found = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "kb")
    return found.length && found
  })
  assert.equal(wrong.range.start.line, 5)
  const fixes = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, wrong.range)
  assert.ok(fixes.length)
  const found = await vscode.commands.executeCommand("kb.search", "sqs retention", { limit: 3 })
  assert.equal(found.hits[0].note, "sqs")
}

exports.run = async function run() {
  const workspace = vscode.workspace.workspaceFolders[0].uri.fsPath
  let said
  try {
    said = await looked(workspace)
  } catch (error) {
    said = String(error?.stack ?? error)
  }
  writeFileSync(path.join(workspace, "said.txt"), said)
}
