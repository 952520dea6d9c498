/** The extension: the server where it may run, the bundled notes where it may not, and the commands over both. */
import { randomBytes } from "node:crypto"
import { statSync } from "node:fs"
import { homedir } from "node:os"
import * as vscode from "vscode"
import { LanguageClient } from "vscode-languageclient/node"
import { findCommand, isId, safeSite, userValue, withBase } from "./launch.js"
import { Bundled, Served } from "./notes.js"
import { hitPage, notePage, SHOW } from "./page.js"
import { searchNotes } from "./picker.js"

const LANGUAGES = [
  "yaml", "cloudformation", "json", "jsonc", "terraform", "hcl", "python", "javascript", "javascriptreact", "typescript",
  "typescriptreact", "go", "java", "csharp", "rust", "shellscript", "markdown",
]
/** Settings that the server is started with. */
const RESTARTING = ["kb.server.command", "kb.base", "kb.site", "kb.diagnostics.enable", "kb.codeLens.enable"]

/** What runs in this window. */
class Desk {
  #panel
  #isLong = false
  #client
  #changing = Promise.resolve()
  #shown = 0

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    this.log = vscode.window.createOutputChannel("kb", { log: true })
    this.bundled = new Bundled(vscode.Uri.joinPath(context.extensionUri, "dist", "shards").fsPath)
    this.notes = this.bundled
  }

  /** Return how kb is started; null when it is not here or the folder is not trusted. */
  get command() {
    if (!vscode.workspace.isTrusted) return null
    const found = findCommand(setting("server.command", ["kb"]), {
      path: process.env.PATH ?? process.env.Path ?? "",
      platform: process.platform,
      isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
    })
    return found && [...found, ...withBase(setting("base", ""))]
  }

  /** Start the server, or do without; one such change runs after the other. */
  restart() {
    this.#changing = this.#changing.then(() => this.stop()).then(() => this.#start()).catch((error) => this.failed(error))
    return this.#changing
  }

  async stop() {
    this.notes = this.bundled
    const client = this.#client
    this.#client = undefined
    if (client?.isRunning()) await client.stop().catch((error) => this.log.warn(String(error)))
    await client?.dispose().catch(() => {})
  }

  async #start() {
    const command = this.command
    if (!command) {
      this.log.info(vscode.workspace.isTrusted ? "kb was not found; the bundled notes are used" : "not trusted: no program is started")
      return
    }
    const [file, ...words] = command
    const site = safeSite(setting("site", ""))
    const options = { cwd: homedir() } // a program started in the workspace might read from it
    const server = { command: file, args: [...words, "lsp", ...(site ? ["--site", site] : [])], options }
    const choices = vscode.workspace.getConfiguration("kb")
    const client = new LanguageClient("kb", "kb", server, {
      documentSelector: LANGUAGES.flatMap((language) => ["file", "untitled"].map((scheme) => ({ scheme, language }))),
      initializationOptions: { diagnostics: choices.get("diagnostics.enable"), codeLens: choices.get("codeLens.enable") },
      outputChannel: this.log,
      connectionOptions: { maxRestartCount: 2 },
      initializationFailedHandler: () => false,
    })
    this.#client = client
    try {
      await client.start()
      this.notes = new Served((method, params) => client.sendRequest(method, params), { command, cwd: homedir() })
    } catch (error) {
      this.log.error(String(error))
      vscode.window.showWarningMessage(`kb lsp did not start, search uses the bundled notes. It needs: pip install "aws-kb[lsp]"`)
    }
  }

  /** Show a page beside the text, in the one panel there is. */
  show(title, html, { isPreview }) {
    const old = this.#panel
    if (!old || this.#isLong) this.#panel = this.#newPanel(old?.viewColumn ?? vscode.ViewColumn.Beside, isPreview)
    if (old !== this.#panel) old?.dispose() // one that was scrolled down would stay so
    this.#isLong = !isPreview
    this.#panel.title = title
    this.#panel.webview.html = html
    if (!isPreview) this.#panel.reveal(undefined, false)
  }

  #newPanel(viewColumn, preserveFocus) {
    const panel = vscode.window.createWebviewPanel("kb.note", "kb", { viewColumn, preserveFocus }, {
      enableScripts: false, enableForms: false, enableCommandUris: [SHOW], localResourceRoots: [],
    })
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined
    })
    return panel
  }

  preview(hit) {
    this.#shown += 1
    this.show(hit.title, hitPage(hit, { nonce: nonce() }), { isPreview: true })
  }

  /** Show a whole note; the last one asked for stays. */
  async showNote(id) {
    if (!isId(id)) return vscode.commands.executeCommand("kb.searchNotes")
    const mine = (this.#shown += 1)
    const note = (await this.notes.note(id)) ?? (await this.bundled.note(id))
    if (!note) return vscode.window.showWarningMessage(`There is no note ${id}.`)
    const related = await this.notes.relatedTo(note).catch(() => [])
    if (mine !== this.#shown) return undefined
    const html = notePage(note, related, { nonce: nonce(), site: safeSite(setting("site", "")) })
    return this.show(note.title, html, { isPreview: false })
  }

  search() {
    const show = (id) => this.showNote(id).catch((error) => this.failed(error))
    return searchNotes(this.notes, { preview: (hit) => this.preview(hit), show, failed: (error) => this.failed(error) })
  }

  /** Let the user choose among the notes nearest to what is selected, or to the line. */
  async related() {
    const editor = vscode.window.activeTextEditor
    if (!editor) return
    const { selection, document } = editor
    const text = (document.getText(selection).trim() || document.lineAt(selection.active.line).text).slice(0, 2000)
    const found = text.trim() ? await this.notes.related(text) : []
    const items = found.map(({ note, title, summary }) => ({ label: title, detail: summary, note }))
    const chosen = await vscode.window.showQuickPick(items, { title: "Related notes", placeHolder: items.length ? "" : "Nothing is near to this" })
    if (chosen) await this.showNote(chosen.note)
  }

  failed(error) {
    this.log.error(String(error?.stack ?? error))
    vscode.window.showErrorMessage(`kb: ${error?.message ?? error}`)
  }
}

let desk

/** @param {vscode.ExtensionContext} context */
export async function activate(context) {
  desk = new Desk(context)
  const commands = {
    "kb.searchNotes": () => void desk.search(),
    [SHOW]: (id) => desk.showNote(id),
    "kb.relatedNotes": () => desk.related(),
    "kb.restart": () => desk.restart(),
  }
  for (const [name, run] of Object.entries(commands)) {
    const guarded = async (...given) => {
      try {
        return await run(...given)
      } catch (error) {
        return desk.failed(error)
      }
    }
    context.subscriptions.push(vscode.commands.registerCommand(name, guarded))
  }
  context.subscriptions.push(
    desk.log,
    vscode.workspace.onDidGrantWorkspaceTrust(() => desk.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => RESTARTING.some((name) => change.affectsConfiguration(name)) && desk.restart()),
  )
  registerAssistant(context)
  await desk.restart()
  return { isBundled: () => desk.notes.isBundled }
}

export async function deactivate() {
  await desk?.stop()
}

/** Offer `kb mcp` to the assistant, where the editor knows of such servers. */
function registerAssistant(context) {
  if (!vscode.lm?.registerMcpServerDefinitionProvider || !vscode.McpStdioServerDefinition) return
  const provideMcpServerDefinitions = () => {
    const [file, ...words] = desk.command ?? []
    return file ? [new vscode.McpStdioServerDefinition("kb", file, [...words, "mcp"])] : []
  }
  context.subscriptions.push(vscode.lm.registerMcpServerDefinitionProvider("kb", { provideMcpServerDefinitions }))
}

function setting(name, otherwise) {
  return userValue(vscode.workspace.getConfiguration("kb").inspect(name), otherwise)
}

function nonce() {
  return randomBytes(16).toString("hex")
}
