// The smallest MCP server: one tool, `ping`.
import { createInterface } from "node:readline";

const schema = { type: "object", properties: { word: { type: "string" } } };
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "tiny", version: "1" },
  }),
  "tools/list": () => ({ tools: [{ name: "ping", description: "Answers", inputSchema: schema }] }),
  "tools/call": ({ arguments: given }) => ({ content: [{ type: "text", text: `pong ${given.word}` }] }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = answers[method];
  const result = answer ? { result: answer(params ?? {}) } : { error: { code: -32601, message: "unknown" } };
  console.log(JSON.stringify({ jsonrpc: "2.0", id, ...result }));
}
