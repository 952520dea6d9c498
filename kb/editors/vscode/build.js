/**
 * Build dist/: the extension in one file, and the notes as shards.
 *
 *     node build.js                  the notes of the kb that Python imports: KB_PYTHON, else python3, else python
 *     KB_SHARDS=DIR node build.js    a folder of shards, as a built site has it in api/v1/search: no Python is needed
 *
 * kb-search.js is taken from beside this folder, as kb has it; for a copy of this folder, from the kb that Python imports.
 */
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const SCRIPT = `import sys
from pathlib import Path
from kb import KnowledgeBase
from kb.site.shards import write_shards
import kb.site.shards
write_shards(KnowledgeBase().searcher, Path(sys.argv[1]))
print(Path(kb.site.shards.__file__).parent / "search")`

let search = here("../../site/search")
rmSync(here("dist"), { recursive: true, force: true })
const { KB_SHARDS: shards, KB_PYTHON: python } = process.env
if (shards) {
  if (!existsSync(`${shards}/manifest.json`)) fail(`${shards} holds no shards: manifest.json is missing`)
  cpSync(shards, here("dist/shards"), { recursive: true })
} else if (![python, "python3", "python"].some((name) => name && written(name))) {
  fail("no Python here imports kb: set KB_PYTHON, or KB_SHARDS to the folder api/v1/search of a built site")
}
if (!existsSync(join(search, "kb-search.js"))) fail(`${search} has no kb-search.js: build in the folder kb/editors/vscode of kb, or with KB_PYTHON`)
const shared = {
  name: "kb-search",
  setup: ({ onResolve }) => onResolve({ filter: /\/site\/search\/[\w-]+\.js$/ }, ({ path }) => ({ path: join(search, basename(path)) })),
}
await build({
  entryPoints: [here("src/extension.js")],
  outfile: here("dist/extension.cjs"),
  bundle: true, minify: true, platform: "node", format: "cjs", target: "node20", external: ["vscode"], plugins: [shared], logLevel: "warning",
})

function written(name) {
  try {
    const said = execFileSync(name, ["-c", SCRIPT, here("dist/shards")], { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" })
    if (!existsSync(join(search, "kb-search.js"))) search = said.trim()
    return true
  } catch (error) {
    if (name === python) fail(`${name}: ${error.stderr ?? error.message}`)
    return false
  }
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
