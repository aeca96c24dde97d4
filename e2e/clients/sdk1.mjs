// The official TypeScript SDK, 1.x.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { check, target } from "./checks.mjs";

const info = { name: "counterfoil-test-sdk1", version: "1.0.0" };

if (target.stdio) {
  const client = new Client(info);
  const [command, ...args] = target.stdio;
  await client.connect(new StdioClientTransport({ command, args, stderr: "inherit" }));
  await check("sdk 1.x, stdio", client);
  await client.close();
}
if (target.url) {
  const client = new Client(info);
  const headers = { Authorization: `Bearer ${target.token}` };
  const transport = new StreamableHTTPClientTransport(new URL(target.url), { requestInit: { headers } });
  await client.connect(transport);
  await check("sdk 1.x, http", client);
  await transport.terminateSession();
  await client.close();
}
