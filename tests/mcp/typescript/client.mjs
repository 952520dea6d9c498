/** The TypeScript client of the protocol, asked by test_mcp_typescript.py: node client.mjs COMMAND... prints what it saw. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"

const [command, ...args] = process.argv.slice(2)
const client = new Client({ name: "test", version: "1" })
await client.connect(new StdioClientTransport({ command, args, stderr: "inherit" }))

const { tools } = await client.listTools() // from here on the client holds every answer against its output schema
const call = async (name, given) => client.callTool({ name, arguments: given })
const found = await call("search", { query: "sqs largest message" })
const note = await call("fetch", { id: "sqs" })
const wrong = await call("fetch", { id: "no-such-note" })
const template = 'Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: 1200}\n'
const checked = await call("check_template", { text: template })
const { contents } = await client.readResource({ uri: "kb://note/sqs" })
const { completion } = await client.complete({ ref: { type: "ref/resource", uri: "kb://note/{id}" }, argument: { name: "id", value: "sq" } })

console.log(JSON.stringify({
  server: client.getServerVersion().name,
  tools: tools.map(({ name, annotations, outputSchema }) => [name, annotations?.readOnlyHint, outputSchema?.type]),
  first: found.structuredContent.results[0].id,
  title: note.structuredContent.title,
  isError: wrong.isError,
  finding: checked.structuredContent.findings[0].rule,
  resource: contents[0].text.includes("Amazon SQS"),
  completed: completion.values,
}))
await client.close()
