/** A fuzz of HTTP: whatever path, headers and body are, server and gateway answer in time, and never that they failed. */
import { rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { gating } from "../../gateway/gating.ts";
import { serving } from "../../server/serving.ts";
import { changedBytes, changedJson, hostileValue } from "./hostile-json.ts";
import { tryFor } from "./trial.ts";

interface Asked {
  readonly to: "server" | "gateway";
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Bodies that are as they should be, by path. */
const SOUND: Readonly<Record<string, unknown>> = {
  "/reset": { seed: 1, episode_id: "e" },
  "/step": { action: { code: "1 + 1" }, timeout_s: 1, session_id: "x" },
  "/mcp": { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "reset", arguments: {} } },
  "/sessions": { session_id: "s", metadata: { a: 1 }, sampling_params: { temperature: 1 } },
  "/sessions/s/v1/chat/completions": {
    model: "m",
    messages: [{ role: "user", content: "hello" }],
    max_tokens: 5,
    tools: [],
  },
  "/sessions/s/v1/completions": { model: "m", prompt: "hello", stop: ["x"] },
  "/sessions/s/v1/responses": { model: "m", input: [{ role: "user", content: "hello" }] },
  "/sessions/s/v1/messages": { model: "m", max_tokens: 5, messages: [{ role: "user", content: "hello" }] },
  "/admin/weight_version": { weight_version: 1 },
};
const READ = ["/state", "/health", "/metadata", "/schema", "/openapi.json", "/metrics", "/sessions/s/traces"];
const ODD = [
  "/",
  "//health",
  "/../etc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/sessions/%00/traces",
  "/sessions/__proto__/traces",
  "/sessions/constructor/v1/chat/completions",
  "/sessions/s/traces?after=-1&limit=1e9",
  "/sessions/s/traces?after[]=1",
  "/state?session_id=__proto__",
  "/state?session_id[]=a&session_id[]=b",
  "/sessions/%E0%A4%A/traces",
  "/ws",
  `/sessions/${"x".repeat(5000)}/traces`,
  "*",
];
/** What a status may be: the server's own fault is none of them. */
const REFUSALS = new Set([502, 503, 504]);
const MOST_SECONDS = 45;

function requests(): fc.Arbitrary<Asked> {
  const header = fc.tuple(
    fc.constantFrom(
      "x-session-id",
      "x-rlm-depth",
      "x-rlm-purpose",
      "x-rlm-rollout",
      "x-rlm-parent-call",
      "content-type",
      "accept",
      "origin",
      "host",
      "authorization",
      "content-encoding",
      "expect",
      "connection",
      "upgrade",
      "x-forwarded-for",
      "anthropic-version",
    ),
    fc.constantFrom(
      "",
      "__proto__",
      "1e9",
      "-1",
      "%",
      "%00",
      "root",
      "application/json; charset=utf-7",
      "text/plain",
      "gzip",
      "http://evil.example",
      "evil.example:8000",
      "127.0.0.1",
      "websocket",
      "Bearer x",
      "x".repeat(4000),
      "100-continue",
      "../../x",
    ),
  );
  const headers = fc.array(header, { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));
  const paths = Object.keys(SOUND);
  const sound = fc.constantFrom(...paths).chain((path) => {
    const body = fc.oneof(
      {
        weight: 4,
        arbitrary: changedJson(SOUND[path]).map((value) => Buffer.from(JSON.stringify(value) ?? "")),
      },
      { weight: 2, arbitrary: changedBytes(Buffer.from(JSON.stringify(SOUND[path]))) },
      { weight: 1, arbitrary: hostileValue().map((value) => Buffer.from(JSON.stringify(value) ?? "")) },
    );
    return fc.record({ path: fc.constant(path), method: fc.constant("POST"), body });
  });
  const odd = fc.record({
    path: fc.constantFrom(...ODD, ...READ, ...paths),
    method: fc.constantFrom("GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD", "PATCH"),
    body: fc.constantFrom(Buffer.alloc(0), Buffer.from("{}")),
  });
  return fc
    .tuple(fc.oneof({ weight: 3, arbitrary: sound }, { weight: 1, arbitrary: odd }), headers, fc.boolean())
    .map(([what, given, isServer]) => ({ ...what, headers: given, to: isServer ? "server" : "gateway" }));
}

/** A model server that answers everything alike. */
async function upstream(): Promise<{ readonly url: string; readonly close: () => void }> {
  const message = { role: "assistant", content: "hello" };
  const reply = JSON.stringify({
    id: "r",
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message, text: "hello", finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  });
  const server = createServer((asked, response) => {
    asked
      .resume()
      .on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { url, close: () => (server.closeAllConnections(), server.close()) };
}

/** The status; null where the connection was closed without one, as for a request that is no HTTP. */
function ask(base: string, { method, path, headers, body }: Asked): Promise<number | null> {
  const { hostname, port } = new URL(base);
  const bodiless = method === "GET" || method === "HEAD";
  return new Promise((resolve, reject) => {
    const sending = request(
      { hostname, port, path, method, headers: { ...headers, "content-length": bodiless ? 0 : body.length } },
      (reply) => {
        reply
          .resume()
          .on("end", () => resolve(reply.statusCode ?? null))
          .on("error", () => resolve(null));
      },
    );
    sending.setTimeout(MOST_SECONDS * 1000, () => sending.destroy(new Error("no reply")));
    sending.on("upgrade", (_, socket) => (socket.destroy(), resolve(101)));
    sending.on("error", (error) => (error.message === "no reply" ? reject(error) : resolve(null)));
    sending.end(bodiless ? undefined : body);
  });
}

/** Asks for so long, and returns how often. Throws with the request that brought something to light. */
export async function fuzzBodies(repls: PyodideReplPool, seconds: number, seed: number): Promise<number> {
  const model = await upstream();
  const server = await serving(repls, { maxSessions: 4 });
  const gateway = await gating(model.url);
  const bases = { server: server.url, gateway: gateway.url };
  const health = async (base: string) => (await fetch(`${base}/health`)).status;
  await fetch(`${gateway.url}/sessions`, { method: "POST", body: '{"session_id":"s"}' });
  try {
    return await tryFor(
      { seconds, seed },
      requests(),
      async (one) => {
        const status = await ask(bases[one.to], one);
        if (status !== null && status >= 500 && !REFUSALS.has(status)) throw new Error(`status ${status}`);
        if ((await health(bases[one.to])) !== 200) throw new Error("it is not healthy any more");
        if ("polluted" in {}) throw new Error("the prototype of all objects was changed");
      },
      ({ body, ...one }) => `${JSON.stringify(one).slice(0, 1000)} ${body.toString("utf8").slice(0, 3000)}`,
    );
  } finally {
    await server.closeNow();
    await gateway.end();
    model.close();
    await rm(gateway.folder, { recursive: true, force: true });
  }
}
