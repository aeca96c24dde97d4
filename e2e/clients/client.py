"""The official Python SDK (package mcp, 2.x), in both eras."""

import asyncio
import json
import os
import shlex
import sys

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import PromptReference


async def check(label, client):
    done = []
    tools = {}
    cursor = None
    while True:
        page = await client.list_tools(cursor=cursor)
        tools.update((t.name, t) for t in page.tools)
        cursor = page.next_cursor
        if not cursor:
            break
    assert tools
    done.append("list")

    r = await client.call_tool("list_accounts", {})
    assert not r.is_error and json.loads(r.content[0].text) == r.structured_content
    assert r.meta["counterfoil/call_id"]
    done.append("call")

    seen, cursor = [], None
    for _ in range(5):
        r = await client.call_tool("search_transactions", {"cursor": cursor} if cursor else {})
        assert not r.is_error, r.content
        seen += [i["id"] for i in r.structured_content["items"]]
        cursor = r.structured_content.get("next_cursor")
        if not cursor:
            break
    assert seen and len(seen) == len(set(seen))
    done.append("paginate")

    try:
        await client.call_tool("no_such_tool", {})
        raise AssertionError("an unknown tool was served")
    except MCPError:
        done.append("refused call")

    prompts = (await client.list_prompts()).prompts
    if prompts:
        args = {a.name: "2026-01" for a in prompts[0].arguments or [] if a.required}
        got = await client.get_prompt(prompts[0].name, args)
        assert got.messages[0].content.text
        done.append("prompts")

    resources = (await client.list_resources()).resources
    if resources:
        got = await client.read_resource(str(resources[0].uri))
        assert got.contents[0].text
        done.append("resources")

    for prompt in prompts:
        if any(a.name == "category" for a in prompt.arguments or []):
            ref = PromptReference(type="ref/prompt", name=prompt.name)
            got = await client.complete(ref, {"name": "category", "value": "g"})
            assert isinstance(got.completion.values, list)
            done.append("completion")
            break

    if "count" in tools:
        steps = []

        async def progress(value, total, message):
            steps.append(value)

        r = await client.call_tool("count", {"to": 20, "ms": 1}, progress_callback=progress)
        assert r.structured_content["counted"] == 20
        assert steps == list(range(1, 21)), steps
        done.append("progress")

    if "wait" in tools:
        try:
            await asyncio.wait_for(client.call_tool("wait", {}), 0.2)
            raise AssertionError("the call ended by itself")
        except TimeoutError:
            pass
        await client.call_tool("list_accounts", {})
        done.append("cancel")

    print(f"python mcp, {label}: {', '.join(done)}")


async def main():
    for mode in ("legacy", "2026-07-28"):
        if stdio := os.environ.get("MCP_STDIO"):
            command, *args = shlex.split(stdio)
            transport = stdio_client(StdioServerParameters(command=command, args=args))
            async with Client(transport, mode=mode) as client:
                await check(f"stdio {mode}", client)
        if url := os.environ.get("MCP_URL"):
            headers = {"Authorization": f"Bearer {os.environ['MCP_TOKEN']}"}
            async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
                async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
                    await check(f"http {mode}", client)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
