// The MCP Inspector's command line.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { target } from "./checks.mjs";

const run = promisify(execFile);
const cli = fileURLToPath(new URL("node_modules/.bin/mcp-inspector", import.meta.url));

const ways = [];
if (target.stdio) ways.push(["stdio", target.stdio, []]);
if (target.url) {
  const http = ["--transport", "http", "--header", `Authorization: Bearer ${target.token}`];
  ways.push(["http", [target.url], http], ["http modern", [target.url], [...http, "--protocol-era", "modern"]]);
}

for (const [label, to, options] of ways) {
  const ask = async (method, ...more) => {
    const args = [cli, "--cli", ...to, ...options, "--quiet", "--format", "json", "--method", method, ...more];
    return JSON.parse((await run(process.execPath, args, { timeout: 60_000 })).stdout);
  };
  // Some releases wrap the result for --format json.
  const body = (r) => r.result ?? r;
  const done = [];
  const { tools } = body(await ask("tools/list"));
  assert.ok(tools.some((t) => t.name === "list_accounts"));
  done.push("list");
  const call = body(await ask("tools/call", "--tool-name", "list_accounts"));
  assert.ok(Array.isArray(call.structuredContent.items));
  done.push("call");
  const { prompts } = body(await ask("prompts/list"));
  if (prompts.length > 0) {
    const args = (prompts[0].arguments ?? []).filter((a) => a.required).map((a) => `${a.name}=2026-01`);
    const got = body(await ask("prompts/get", "--prompt-name", prompts[0].name, ...(args.length ? ["--prompt-args", ...args] : [])));
    assert.equal(got.messages[0].content.type, "text");
    done.push("prompts");
  }
  const { resources } = body(await ask("resources/list"));
  if (resources.length > 0) {
    const got = body(await ask("resources/read", "--uri", resources[0].uri));
    assert.ok(got.contents[0].text);
    done.push("resources");
  }
  console.log(`inspector, ${label}: ${done.join(", ")}`);
}
