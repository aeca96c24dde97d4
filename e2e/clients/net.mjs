// Finding a free port, and waiting for a server on it.
import { connect, createServer } from "node:net";

export async function freePort() {
  const s = createServer();
  await new Promise((ok) => s.listen(0, "127.0.0.1", ok));
  const { port } = s.address();
  await new Promise((ok) => s.close(ok));
  return port;
}

export async function ready(base, tries = 200) {
  for (let i = 0; i < tries; i++) {
    try {
      if ((await fetch(`${base}/readyz`)).ok) return;
    } catch {}
    await new Promise((ok) => setTimeout(ok, 50));
  }
  throw new Error(`${base} does not become ready`);
}

export async function listening(socket, tries = 200) {
  for (let i = 0; i < tries; i++) {
    const ok = await new Promise((answer) => {
      const c = connect(socket, () => (c.destroy(), answer(true))).on("error", () => answer(false));
    });
    if (ok) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error("nothing listens on the socket");
}
