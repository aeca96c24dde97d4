// The TypeScript client package, 2.x, in both eras: with the handshake and
// without it (revision 2026-07-28).
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { check, target } from "./checks.mjs";

const info = { name: "counterfoil-test-client2", version: "1.0.0" };
const eras = { legacy: "legacy", modern: { pin: "2026-07-28" } };

for (const [era, mode] of Object.entries(eras)) {
  if (target.stdio) {
    const client = new Client(info, { versionNegotiation: { mode } });
    const [command, ...args] = target.stdio;
    await client.connect(new StdioClientTransport({ command, args, stderr: "inherit" }));
    await check(`client 2.x ${era}, stdio`, client, { v2: true });
    await client.close();
  }
  if (target.url) {
    const client = new Client(info, { versionNegotiation: { mode } });
    const headers = { Authorization: `Bearer ${target.token}` };
    await client.connect(new StreamableHTTPClientTransport(new URL(target.url), { requestInit: { headers } }));
    await check(`client 2.x ${era}, http`, client, { v2: true });
    await client.close();
  }
}
