// What every client does with a server, whichever SDK it is made with.
// The steps "progress" and "cancel" need the slow tools of the test server and
// say so when a server does not offer them.
import assert from "node:assert/strict";

const promptArguments = JSON.parse(process.env.MCP_PROMPT_ARGUMENTS ?? '{"month":"2026-01"}');

export async function check(label, client, { v2 = false } = {}) {
  const done = [];
  const step = async (name, run) => {
    try {
      done.push((await run()) === "skip" ? `${name} (not offered)` : name);
    } catch (e) {
      console.error(`${label}: ${name}:`, e);
      process.exitCode = 1;
      done.push(`${name} FAILED`);
    }
  };
  const tools = new Map();

  await step("list", async () => {
    for (let cursor; ; ) {
      const page = await client.listTools(cursor ? { cursor } : undefined);
      for (const t of page.tools) tools.set(t.name, t);
      if (!(cursor = page.nextCursor)) break;
    }
    assert.ok(tools.size > 0);
    for (const t of tools.values()) {
      for (const hint of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"])
        assert.equal(typeof t.annotations?.[hint], "boolean", `${t.name}.${hint}`);
      assert.equal(t.inputSchema.additionalProperties, false, t.name);
      assert.ok(t.outputSchema, `${t.name} has an output schema`);
    }
  });

  await step("call", async () => {
    const r = await client.callTool({ name: "list_accounts", arguments: {} });
    assert.ok(!r.isError);
    assert.deepEqual(JSON.parse(r.content[0].text), r.structuredContent);
    assert.ok(Array.isArray(r.structuredContent.items));
    assert.equal(typeof r._meta["counterfoil/receipt"].index, "number");
    assert.ok(r._meta["counterfoil/call_id"]);
  });

  await step("paginate", async () => {
    const seen = new Set();
    let cursor, pages = 0;
    do {
      const r = await client.callTool({ name: "search_transactions", arguments: { ...(cursor ? { cursor } : {}) } });
      assert.ok(!r.isError, r.content[0].text);
      for (const item of r.structuredContent.items) {
        assert.ok(!seen.has(item.id), "a row came twice");
        seen.add(item.id);
      }
      cursor = r.structuredContent.next_cursor;
    } while (cursor && ++pages < 5);
    assert.ok(seen.size > 0);
  });

  await step("refused call", async () => {
    await assert.rejects(client.callTool({ name: "no_such_tool", arguments: {} }));
    const r = await client.callTool({ name: "list_accounts", arguments: { no_such_argument: 1 } }).catch((e) => e);
    assert.ok(r);
  });

  await step("prompts", async () => {
    const { prompts } = await client.listPrompts();
    if (prompts.length === 0) return "skip";
    const args = {};
    for (const a of prompts[0].arguments ?? []) if (a.required) args[a.name] = promptArguments[a.name] ?? "2026-01";
    const r = await client.getPrompt({ name: prompts[0].name, arguments: args });
    assert.equal(r.messages[0].content.type, "text");
  });

  await step("resources", async () => {
    const { resources } = await client.listResources();
    if (resources.length === 0) return "skip";
    const r = await client.readResource({ uri: resources[0].uri });
    assert.ok(r.contents[0].text.length > 0);
    await assert.rejects(client.readResource({ uri: "counterfoil://no-such-thing" }));
  });

  await step("completion", async () => {
    const { prompts } = await client.listPrompts();
    const prompt = prompts.find((p) => p.arguments?.some((a) => a.name === "category"));
    if (!prompt) return "skip";
    const r = await client.complete({ ref: { type: "ref/prompt", name: prompt.name }, argument: { name: "category", value: "g" } });
    assert.ok(Array.isArray(r.completion.values));
  });

  await step("progress", async () => {
    if (!tools.has("count")) return "skip";
    const seen = [];
    const options = { onprogress: (p) => seen.push(p.progress) };
    const params = { name: "count", arguments: { to: 20, ms: 1 } };
    const r = v2 ? await client.callTool(params, options) : await client.callTool(params, undefined, options);
    assert.equal(r.structuredContent.counted, 20);
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, i) => i + 1), "all progress arrives");
  });

  await step("cancel", async () => {
    if (!tools.has("wait")) return "skip";
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const params = { name: "wait", arguments: {} };
    setTimeout(() => stop.abort("enough"), 50);
    await assert.rejects(v2 ? client.callTool(params, options) : client.callTool(params, undefined, options));
    await client.callTool({ name: "list_accounts", arguments: {} }); // still served
  });

  console.log(`${label}: ${done.join(", ")}`);
}

export const target = {
  stdio: process.env.MCP_STDIO ? process.env.MCP_STDIO.split(" ") : undefined,
  url: process.env.MCP_URL,
  token: process.env.MCP_TOKEN,
};
