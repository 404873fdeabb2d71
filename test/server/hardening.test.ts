/** What a hostile client or page could try, and what keeps it out. */
import { readFile } from "node:fs/promises";
import { request as plainRequest } from "node:http";
import { createConnection } from "node:net";
import { request as secureRequest } from "node:https";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { readTokens } from "../../src/http/bearer.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { connect, post, type Serving, serving } from "./serving.ts";

const repls = new PyodideReplPool({ size: 1 });
let server: Serving;
afterEach(async () => void (await server.closeNow()));
afterAll(() => repls.close());

const SECRETS = ["one-secret-that-is-long", "another-secret-that-is-long"];

describe("a page of another site", () => {
  it("reaches nothing by a name of its own that is bound to loopback", async () => {
    server = await serving(repls);
    const asHost = (host: string) =>
      new Promise<number>((resolve, reject) => {
        plainRequest(`${server.url}/schema`, { headers: { host } }, (reply) => {
          reply.resume();
          resolve(reply.statusCode!);
        })
          .on("error", reject)
          .end();
      });
    expect(await asHost("evil.example")).toBe(403);
    expect(await asHost("localhost:1")).toBe(200);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, {
      headers: { host: "evil.example" },
    });
    const refused = await new Promise((resolve) => {
      socket.on("error", (error) => resolve(error.message));
      socket.on("open", () => resolve("open"));
    });
    expect(refused).toContain("403");
  });
});

describe("a request with two Host headers", () => {
  it.each([false, true])("is refused, with tokens or without: %j", async (hasTokens) => {
    server = await serving(repls, hasTokens ? { tokens: readTokens(SECRETS.join("\n"), "tokens") } : {});
    const { hostname, port } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(Number(port), hostname, () =>
        socket.write(
          `GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
        ),
      );
      let said = "";
      socket.on("data", (bytes: Buffer) => void (said += bytes.toString()));
      socket.on("end", () => resolve(said));
      socket.on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*one Host header/);
  });
});

describe("an id that a client chooses", () => {
  it("holds no control characters", async () => {
    server = await serving(repls);
    const begun = await post(`${server.url}/reset`, { seed: 1, episode_id: "a\r\nb" });
    expect(begun.status).toBe(422);
    expect(JSON.stringify(begun.body)).toContain("control characters");
  });
});

describe("a session over HTTP", () => {
  it("is found by its name alone, though it be the only one", async () => {
    server = await serving(repls);
    const begun = await post(`${server.url}/reset`, { seed: 1 });
    const unnamed = await post(`${server.url}/step`, { action: { code: "1" } });
    expect(unnamed.status).toBe(422);
    expect((await fetch(`${server.url}/state`)).status).toBe(422);
    const headers = { "x-session-id": begun.headers.get("x-session-id")! };
    expect((await post(`${server.url}/step`, { action: { code: "1" } }, headers)).status).toBe(200);
  });

  it("is its token's, and to the holder of another token it is not there", async () => {
    server = await serving(repls, { tokens: readTokens(SECRETS.join("\n"), "tokens") });
    const [mine, yours] = SECRETS.map((secret) => ({ authorization: `Bearer ${secret}` }));
    const begun = await post(`${server.url}/reset`, { seed: 1 }, mine);
    const named = { "x-session-id": begun.headers.get("x-session-id")! };
    const step = (own: object) => post(`${server.url}/step`, { action: { code: "1" } }, { ...named, ...own });
    expect((await step(yours!)).status).toBe(404);
    expect((await step(mine!)).status).toBe(200);
  });
});

describe("a client that sends without end", () => {
  it("fills no memory with frames that wait", async () => {
    server = await serving(repls, { maxMessageBytes: 2 ** 25 });
    const client = await connect(server.url);
    await client.ask("reset", { seed: 1 });
    const frame = JSON.stringify({ type: "step", data: { code: "x".repeat(2 ** 23) } });
    const before = process.memoryUsage.rss();
    for (let sent = 0; sent < 20; sent += 1) client.socket.send(frame);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.next()));
    expect(answers.every(({ data }) => data.code === "VALIDATION_ERROR")).toBe(true);
    // The frames are 160 MB, and the client's side of them is in this process.
    expect(process.memoryUsage.rss() - before).toBeLessThan(700 * 2 ** 20);
  }, 60_000);

  it("keeps no other client waiting with thousands of frames in a packet", async () => {
    server = await serving(repls);
    const client = await connect(server.url);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    for (let sent = 0; sent < 2000; sent += 1) client.socket.send("{}");
    for (let answered = 0; answered < 2000; answered += 1) await client.next();
    isOver = true;
    expect(turns).toBeGreaterThan(1500);
  }, 60_000);

  it("is told at once of a body with values without end", async () => {
    server = await serving(repls, { maxMessageBytes: 2 ** 26 });
    const many = `{"action":{${Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":[]`).join(",")}}}`;
    const answer = await post(`${server.url}/step`, many);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toMatch(/values/);
  }, 60_000);
});

describe("TLS", () => {
  it("is spoken where a certificate is given", async () => {
    const [cert, key] = await Promise.all(
      ["crt", "key"].map((end) => readFile(new URL(`./tls/localhost.${end}`, import.meta.url), "utf8")),
    );
    server = await serving(repls, { tls: { cert: cert!, key: key! } });
    expect(server.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      secureRequest(`${server.url}/health`, { ca: cert! }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
  });
});
