// Runs every client against one server and fails if any step failed.
//
//   npm install
//   python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
//   node run.mjs
//
// builds and starts the test server of this repository. To try another binary,
// name how to reach it, by stdio, HTTP, a unix socket or all of them:
//
//   MCP_STDIO="counterfoil --data DIR serve --stdio" \
//   MCP_URL=http://127.0.0.1:8787/mcp MCP_TOKEN=... MCP_UNIX=DIR/run/sock node run.mjs
//
// Further: PYTHON names an interpreter that has the package mcp (default
// .venv/bin/python; "none" leaves Python out), and ONLY, a comma-separated list,
// picks clients.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listening, ready, serveHTTP } from "./net.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const env = { ...process.env };
const cleanup = [];
process.on("exit", () => cleanup.forEach((f) => f()));

if (!env.MCP_STDIO && !env.MCP_URL) {
  const dir = mkdtempSync(join(tmpdir(), "counterfoil-clients-"));
  cleanup.push(() => rmSync(dir, { recursive: true, force: true }));
  const binary = join(dir, "testserver");
  execFileSync("go", ["build", "-o", binary, "./mcp/internal/testserver"], { cwd: join(here, "../.."), stdio: "inherit" });
  const { server, port } = await serveHTTP(binary);
  cleanup.push(() => server.kill());
  const socket = join(dir, "sock"); // mkdtemp makes it 0700
  const local = spawn(binary, ["unix", socket], { stdio: "ignore" });
  cleanup.push(() => local.kill());
  await listening(socket);
  env.MCP_UNIX = socket;
  env.MCP_STDIO = `${binary} stdio`;
  env.MCP_URL = `http://127.0.0.1:${port}/mcp`;
  env.MCP_TOKEN = "test-token";
}
if (env.MCP_URL) await ready(new URL(env.MCP_URL).origin);

const gosdk = join(mkdtempSync(join(tmpdir(), "counterfoil-gosdk-")), "gosdk");
cleanup.push(() => rmSync(join(gosdk, ".."), { recursive: true, force: true }));
execFileSync("go", ["build", "-o", gosdk, "."], { cwd: join(here, "gosdk"), stdio: "inherit" });

const python = env.PYTHON ?? join(here, ".venv/bin/python");
const clients = {
  sdk1: [process.execPath, "sdk1.mjs"],
  client2: [process.execPath, "client2.mjs"],
  inspector: [process.execPath, "inspector.mjs"],
  python: [python, "client.py"],
  gosdk: [gosdk],
};
if (python === "none") delete clients.python;
const only = env.ONLY?.split(",") ?? Object.keys(clients);

let failed = 0;
for (const [name, [command, script]] of Object.entries(clients)) {
  if (!only.includes(name)) continue;
  if (name === "python" && !existsSync(python)) {
    console.error(`python: ${python} is missing; see the head of run.mjs`);
    failed++;
    continue;
  }
  const r = spawnSync(command, script ? [join(here, script)] : [], { env, stdio: "inherit", timeout: 180_000 });
  if (r.status !== 0) {
    console.error(`${name}: failed (${r.status ?? r.signal ?? r.error})`);
    failed++;
  }
}
process.exit(failed ? 1 : 0);
