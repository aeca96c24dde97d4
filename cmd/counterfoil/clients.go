package main

import (
	"encoding/json"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/clientconfig"
)

// The programs below are complete: they run as printed. The token comes from
// the environment so that it stands neither in a file nor in a process list.

func renderInspector(a *app, o connectOptions, c clientconfig.Command) string {
	return `# Over stdio, as Claude Desktop does. --write puts the server into ./mcp.json:
` + renderServers(a, o, c) + `
npx @modelcontextprotocol/inspector@2 --config mcp.json --server ` + shell(o.name) + `
npx @modelcontextprotocol/inspector@2 --cli ` + shellWords(append([]string{c.Command}, c.Args...)) + ` --method tools/list

# Over HTTP, with "counterfoil serve" running and a token from "counterfoil token add NAME":
npx @modelcontextprotocol/inspector@2 --cli ` + shell(o.url) + ` --transport http \
  --header "Authorization: Bearer $COUNTERFOIL_TOKEN" --method tools/list
` + trust(o.url, "# ", "NODE_EXTRA_CA_CERTS")
}

func renderScript(_ *app, o connectOptions, _ clientconfig.Command) string {
	text := strings.ReplaceAll(scriptText, "URL", shell(o.url))
	first, rest, _ := strings.Cut(text, "\n") // its interpreter
	return first + "\n" + trust(o.url, "# ", "CURL_CA_BUNDLE") + rest
}

func renderTypeScript(_ *app, o connectOptions, _ clientconfig.Command) string {
	return trust(o.url, "// ", "NODE_EXTRA_CA_CERTS") + strings.ReplaceAll(typeScriptText, "ADDRESS", quoted(o.url))
}

func renderPython(_ *app, o connectOptions, _ clientconfig.Command) string {
	return trust(o.url, "# ", "SSL_CERT_FILE") + strings.ReplaceAll(pythonText, "URL", quoted(o.url))
}

// trust says how a client comes to trust a server whose certificate is from a CA
// of this machine's own, such as the proxy of compose.yaml has.
func trust(url, comment, variable string) string {
	if !strings.HasPrefix(url, "https://") {
		return ""
	}
	return comment + "If the certificate is from a local CA (the stack's proxy, mkcert), name the CA's: " + variable + "=counterfoil-ca.crt\n" +
		comment + "(docs/deploy.md tells where it is). Never switch verification off.\n"
}

// quoted is a JSON string, which TypeScript and Python read alike.
func quoted(s string) string {
	text, err := json.Marshal(s)
	must(err) // a string always encodes
	return string(text)
}

func shellWords(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = shell(w)
	}
	return strings.Join(out, " ")
}

// shell quotes a word for a POSIX shell where it needs it.
func shell(w string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,"
	if w != "" && strings.Trim(w, safe) == "" {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

const scriptText = `#!/bin/sh
# Calls one tool over HTTP: COUNTERFOIL_TOKEN=cft_... sh counterfoil-client.sh [TOOL [JSON]]
set -eu
url=URL
tool=${1:-list_accounts}
args=${2:-"{}"}
: "${COUNTERFOIL_TOKEN:?set it to a token from: counterfoil token add NAME}"

heads=$(mktemp)
trap 'rm -f "$heads"' EXIT
# The token goes to curl by its standard input, not by its command line.
post() {
  printf 'header = "Authorization: Bearer %s"\n' "$COUNTERFOIL_TOKEN" |
    curl -sS --fail-with-body --config - "$url" \
      -H 'Content-Type: application/json' \
      -H 'Accept: application/json, text/event-stream' \
      -H 'MCP-Protocol-Version: 2025-06-18' "$@"
}

post -D "$heads" -o /dev/null --data-binary '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{
  "protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"script","version":"1"}}}'
session=$(tr -d '\r' < "$heads" | sed -n 's/^[Mm][Cc][Pp]-[Ss]ession-[Ii]d: //p')
set -- ${session:+-H "Mcp-Session-Id: $session"}
post "$@" -o /dev/null --data-binary '{"jsonrpc":"2.0","method":"notifications/initialized"}'
post "$@" --data-binary "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"$tool\",\"arguments\":$args}}" |
  sed -n 's/^data: //; /^{/p'
`

const typeScriptText = `// npm install @modelcontextprotocol/sdk@1
// COUNTERFOIL_TOKEN=cft_... npx tsx counterfoil-client.mts
// (or, as there are no types in it, rename it to .mjs and run it with node)
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const token = process.env.COUNTERFOIL_TOKEN;
if (!token) throw new Error("set COUNTERFOIL_TOKEN to a token from: counterfoil token add NAME");

const client = new Client({ name: "script", version: "1.0.0" });
await client.connect(
  new StreamableHTTPClientTransport(new URL(ADDRESS), {
    requestInit: { headers: { Authorization: ` + "`Bearer ${token}`" + ` } },
  }),
);
for (const tool of (await client.listTools()).tools) console.log(tool.name);
const result = await client.callTool({ name: "list_accounts", arguments: {} });
console.log(JSON.stringify(result.structuredContent ?? result.content, null, 2));
await client.close();
`

const pythonText = `# pip install "mcp>=2,<3"
# COUNTERFOIL_TOKEN=cft_... python counterfoil-client.py
import asyncio
import json
import os

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def main():
    headers = {"Authorization": "Bearer " + os.environ["COUNTERFOIL_TOKEN"]}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with Client(streamable_http_client(URL, http_client=http)) as client:
            for tool in (await client.list_tools()).tools:
                print(tool.name)
            result = await client.call_tool("list_accounts", {})
            print(json.dumps(result.structured_content, indent=2))


asyncio.run(main())
`
