// Starting the test server, and waiting for servers.
import { spawn } from "node:child_process";
import { connect } from "node:net";

// serveHTTP starts the test server on a port that the system chooses, and
// returns the process and the port, which it says.
export async function serveHTTP(binary) {
  const server = spawn(binary, ["http", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const port = await new Promise((ok, fail) => {
    server.stderr.on("data", (b) => {
      said += b;
      const found = said.match(/listening on 127\.0\.0\.1:(\d+)\n/);
      if (found) ok(Number(found[1]));
    });
    server.on("error", fail);
    server.on("exit", () => fail(new Error(`the test server ended: ${said}`)));
  });
  return { server, port };
}

export async function ready(base, tries = 1200) {
  for (let i = 0; i < tries; i++) {
    try {
      if ((await fetch(`${base}/readyz`)).ok) return;
    } catch {}
    await new Promise((ok) => setTimeout(ok, 50));
  }
  throw new Error(`${base} does not become ready`);
}

export async function listening(socket, tries = 1200) {
  for (let i = 0; i < tries; i++) {
    const ok = await new Promise((answer) => {
      const c = connect(socket, () => (c.destroy(), answer(true))).on("error", () => answer(false));
    });
    if (ok) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error("nothing listens on the socket");
}
