/** A page of another site whose name points to this machine (DNS rebinding) reaches none of the servers, whatever request it can send. */
import { createConnection } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { servePage, type ServedPage } from "../../src/view/serve-page.ts";
import { type Gating, gating } from "../gateway/gating.ts";
import { type Serving, serving } from "../server/serving.ts";

const repls = new PyodideReplPool({ size: 1 });
let folder: string;
let server: Serving;
let gateway: Gating;
let page: ServedPage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-rebinding-"));
  server = await serving(repls);
  gateway = await gating("http://127.0.0.1:1/v1");
  page = await servePage([]);
});
afterAll(async () => {
  await Promise.all([server.closeNow(), gateway.end(), page.close()]);
  await repls.close();
  await rm(folder, { recursive: true });
});

/** What a server answers to the bytes of a request, by a socket of its own. */
function answerTo(url: string, lines: readonly string[], target = ""): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () =>
      socket.write([`GET ${target}${pathname} HTTP/1.1`, ...lines, "Connection: close", "", ""].join("\r\n")),
    );
    let said = "";
    socket.on("data", (bytes: Buffer) => void (said += bytes.toString()));
    socket.on("end", () => resolve(said));
    socket.on("error", reject);
  });
}

describe.each<[string, () => string]>([
  ["the server", () => `${server.url}/schema`],
  ["the gateway", () => `${gateway.url}/sessions/s/traces`],
  ["the viewer", () => `${page.url}api/runs`],
])("%s", (_, url) => {
  it.each([
    ["evil.example", "403"],
    ["evil.example:80", "403"],
    ["localhost.evil.example", "403"],
    ["127.0.0.1.evil.example", "403"],
    ["127.evil.example", "403"],
    ["localhost:1@evil.example", "403"],
    ["[::ffff:10.0.0.1]", "403"],
    ["0.0.0.0", "403"],
  ])("answers %s that it is not for it", async (host, status) => {
    expect(await answerTo(url(), [`Host: ${host}`])).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`));
  });

  it.each([
    ["a foreign one last", ["Host: localhost", "Host: evil.example"]],
    ["a foreign one first", ["Host: evil.example", "Host: localhost"]],
    ["the same twice", ["Host: localhost", "host: localhost"]],
  ])("refuses a request with two Host headers: %s", async (__, lines) => {
    expect(await answerTo(url(), lines)).toMatch(/^HTTP\/1\.1 400/);
  });

  it.each(["http://evil.example", "https://localhost.evil.example", "null", "file://", "evil"])(
    "refuses a page of %s",
    async (origin) => {
      expect(await answerTo(url(), ["Host: localhost", `Origin: ${origin}`])).toMatch(/^HTTP\/1\.1 403/);
    },
  );

  it("does not believe a proxy's header", async () => {
    const lines = ["Host: evil.example", "X-Forwarded-Host: localhost", "Forwarded: host=localhost"];
    expect(await answerTo(url(), lines)).toMatch(/^HTTP\/1\.1 403/);
  });

  it("answers this machine", async () => {
    const said = await answerTo(url(), ["Host: localhost:8000"]);
    expect(said).toMatch(/^HTTP\/1\.1 (?:200|404)/);
    expect(said).not.toContain("evil");
  });
});
