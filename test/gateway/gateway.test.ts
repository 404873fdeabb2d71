import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { OpenAI } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTokens } from "../../src/http/bearer.ts";
import { ask, type Gating, gating, HELLO } from "./gating.ts";
import { type SamplingServer, startSamplingServer } from "./sampling-server.ts";

let upstream: SamplingServer;
let gateway: Gating;
beforeAll(async () => {
  upstream = await startSamplingServer((messages) => `you said: ${messages.at(-1)!.content}`);
  gateway = await gating(upstream.baseUrl);
});
afterAll(async () => {
  await gateway.end();
  await upstream.close();
});

const newSession = async (body: object = {}) =>
  (await ask(`${gateway.url}/sessions`, body)).body.url as string;

describe("a call through the gateway", () => {
  it("is kept with the ids that the server sampled, and its answer reaches the client unchanged", async () => {
    const url = await newSession({ session_id: "a", metadata: { task: 7 } });
    await ask(`${gateway.url}/admin/weight_version`, { weight_version: 12 });
    const { status, body, headers } = await ask(`${url}/chat/completions`, HELLO);
    const truth = upstream.sampled.at(-1)!;
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { choices: [{ message: { content: "you said: hello" }, token_ids: truth.completionIds }] },
    });
    const [trace] = await gateway.traces();
    expect(trace).toMatchObject({
      trace_id: headers.get("x-trace-id"),
      session_id: "a",
      model: "m",
      messages: HELLO.messages,
      prompt_token_ids: truth.promptIds,
      completion_token_ids: truth.completionIds,
      logprobs: truth.logprobs,
      response_message: { role: "assistant", content: "you said: hello" },
      finish_reason: "stop",
      weight_version: "12",
      token_counts: { prompt: truth.promptIds.length, completion: truth.completionIds.length },
      purpose: "root",
      depth: 0,
      parent_call_id: null,
      status: "ok",
      metadata: { task: 7 },
    });
    expect(headers.get("x-weight-version")).toBe("12");
    expect((await ask(`${gateway.url}/sessions/a/traces`)).body).toMatchObject({
      total: 1,
      incomplete: false,
      traces: [trace],
    });
  });

  it("streams, with or without the usage, and is kept as if it had not been streamed", async () => {
    const url = await newSession({ session_id: "b" });
    const client = new OpenAI({ baseURL: url, apiKey: "none" });
    const chunks = [];
    for await (const chunk of (await client.chat.completions.create({
      ...HELLO,
      stream: true,
    } as never)) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>)
      chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]!.delta.content).join("")).toBe("you said: hello");
    const truth = upstream.sampled.at(-1)!;
    expect((await gateway.traces()).at(-1)).toMatchObject({
      session_id: "b",
      prompt_token_ids: truth.promptIds,
      completion_token_ids: truth.completionIds,
      logprobs: truth.logprobs,
      response_message: { role: "assistant", content: truth.text },
      usage: { prompt_tokens: truth.promptIds.length },
      status: "ok",
    });
  });

  it("names its position in the tree; a call of the REPL without a parent came from the policy's last", async () => {
    const url = await newSession({ session_id: "c" });
    const root = (await ask(`${url}/chat/completions`, HELLO)).headers.get("x-trace-id");
    const headers = { "x-rlm-purpose": "llm_query", "x-rlm-depth": "1" };
    await ask(`${url}/chat/completions`, HELLO, { headers });
    await ask(`${url}/chat/completions`, HELLO, {
      headers: { "x-rlm-purpose": "judge", "x-rlm-parent-call": "other" },
    });
    expect((await gateway.traces()).slice(-2)).toMatchObject([
      { purpose: "llm_query", depth: 1, parent_call_id: root },
      { purpose: "judge", depth: 1, parent_call_id: "other" },
    ]);
  });

  it("is sampled with its session's parameters, within the call's own cap", async () => {
    const url = await newSession({ sampling_params: { temperature: 1, top_k: 5, max_tokens: 100 } });
    await ask(`${url}/chat/completions`, { ...HELLO, temperature: 0, max_tokens: 30, stop: ["x"] });
    expect(upstream.requests.at(-1)!.body).toMatchObject({
      temperature: 1,
      top_k: 5,
      max_tokens: 30,
      stop: ["x"],
      logprobs: true,
      return_token_ids: true,
    });
  });
});

describe("a gateway with fields for every call", () => {
  it("sends them, where neither the session nor the gateway's own fields say otherwise", async () => {
    const own = await gating(upstream.baseUrl, { sampling: { top_k: 5, temperature: 0.5 } });
    try {
      const { body } = await ask(`${own.url}/sessions`, { sampling_params: { temperature: 1 } });
      await ask(`${own.url}/sessions/${body["session_id"] as string}/v1/chat/completions`, {
        ...HELLO,
        top_k: 1,
      });
      expect(upstream.requests.at(-1)!.body).toMatchObject({ temperature: 1, top_k: 5 });
    } finally {
      await own.end();
    }
  });

  it("refuses fields that are the call's own", async () => {
    await expect(gating(upstream.baseUrl, { sampling: { messages: [] } })).rejects.toThrow(
      /expected none of model/,
    );
  });
});

describe("an invalid request", () => {
  it.each([
    ["no JSON", "{", 400],
    ["no messages", { model: "m" }, 400],
    ["no model", { messages: HELLO.messages }, 400],
    ["two choices", { ...HELLO, n: 2 }, 400],
    ["depth without end", `{"model":"m","messages":[${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}]}`, 400],
    ["too long a body", { ...HELLO, pad: "x".repeat(2 ** 20) }, 413],
  ])("a call with %s is refused", async (_, body, status) => {
    const url = await newSession();
    const before = (await gateway.traces()).length;
    const said = await ask(`${url}/chat/completions`, body);
    expect(said.status).toBe(status);
    expect(said.body.error).toMatchObject({ message: expect.any(String) as string });
    expect(await gateway.traces()).toHaveLength(before);
  });

  it.each([
    ["a purpose", { "x-rlm-purpose": "fun" }],
    ["a depth", { "x-rlm-depth": "-1" }],
    ["a rollout", { "x-rlm-rollout": "%" }],
  ])("%s that is none gets a 400", async (_, headers) => {
    const url = await newSession();
    expect((await ask(`${url}/chat/completions`, HELLO, { headers })).status).toBe(400);
  });

  it("for an unknown session gets a 404, and a name that looks like a path is only a name", async () => {
    expect((await ask(`${gateway.url}/sessions/none/v1/chat/completions`, HELLO)).status).toBe(404);
    expect((await ask(`${gateway.url}/sessions/none/traces`)).status).toBe(404);
    expect((await ask(`${gateway.url}/v1/chat/completions`, HELLO)).status).toBe(404);
    const url = await newSession({ session_id: "../../etc/passwd" });
    expect((await ask(`${url}/chat/completions`, HELLO)).status).toBe(200);
    expect((await gateway.traces()).at(-1)!.session_id).toBe("../../etc/passwd");
    expect((await ask(`${gateway.url}/sessions`, { session_id: "" })).status).toBe(400);
    expect((await ask(`${gateway.url}/sessions`, { sampling_params: { messages: [] } })).status).toBe(400);
    expect((await ask(`${gateway.url}/admin/weight_version`, { weight_version: -1 })).status).toBe(400);
  });

  it("for a deleted session gets a 404, and its traces stay on disk", async () => {
    const url = await newSession({ session_id: "gone" });
    await ask(`${url}/chat/completions`, HELLO);
    const said = await ask(`${gateway.url}/sessions/gone`, undefined, { method: "DELETE" });
    expect(said.body).toEqual({ session_id: "gone", traces: 1 });
    expect((await ask(`${url}/chat/completions`, HELLO)).status).toBe(404);
    expect((await gateway.traces()).at(-1)!.session_id).toBe("gone");
  });

  it("without a token is refused if the gateway has tokens", async () => {
    const guarded = await gating(upstream.baseUrl, {
      tokens: readTokens("a-secret-of-some-length", "tokens"),
    });
    expect((await ask(`${guarded.url}/sessions`, {})).status).toBe(401);
    const headers = { authorization: "Bearer a-secret-of-some-length" };
    expect((await ask(`${guarded.url}/sessions`, {}, { headers })).status).toBe(200);
    expect((await ask(`${guarded.url}/health`)).status).toBe(200);
    await expect(gating(upstream.baseUrl, { host: "0.0.0.0" })).rejects.toThrow("token");
    const port = Number(new URL(guarded.url).port);
    await expect(gating(upstream.baseUrl, { port })).rejects.toThrow("another program listens there");
    await guarded.end();
  });

  it("is refused beyond the bounds: sessions, calls of a session, concurrent calls", async () => {
    const slow = await misbehaving(() => {});
    const small = await gating(slow.url, {
      maxSessions: 1,
      maxCallsPerSession: 2,
      callsInFlight: 1,
      queueSeconds: 0.1,
      callSeconds: 0.5,
    });
    expect((await ask(`${small.url}/sessions`, { session_id: "a" })).status).toBe(200);
    expect((await ask(`${small.url}/sessions`, { session_id: "b" })).status).toBe(503);
    const url = `${small.url}/sessions/a/v1/chat/completions`;
    const [first, second] = await Promise.all([ask(url, HELLO), ask(url, HELLO)]);
    expect(new Set([first.status, second.status])).toEqual(new Set([503, 504]));
    expect((await ask(url, HELLO)).status).toBe(429);
    const text = (await ask(`${small.url}/metrics`)).text;
    expect(text).toContain('rlm_gym_gateway_refusals_total{code="too_many_calls"} 1');
    await small.end();
    await slow.close();
  });
});

describe("a lost call marks its session as incomplete", () => {
  it.each([
    [
      "breaks off in a stream",
      (response: Response) =>
        void response
          .writeHead(200, { "content-type": "text/event-stream" })
          .write(`data: {"choices":[{"delta":{"content":"he"}}]}\n\n`, () => response.destroy()),
      true,
    ],
    [
      "breaks off in its body",
      (response: Response) =>
        void response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy()),
      true,
    ],
    ["is no completion", (response: Response) => void response.writeHead(200).end("<html>"), true],
    ["comes late", () => {}, true],
    [
      "is refused",
      (response: Response) => void response.writeHead(429, { "retry-after": "7" }).end('{"error":{}}'),
      false,
    ],
  ])("one whose reply %s", async (_, handler, incomplete) => {
    const bad = await misbehaving(handler);
    const gate = await gating(bad.url, { callSeconds: 0.3 });
    const { body } = await ask(`${gate.url}/sessions`, {});
    const said = await ask(`${String(body.url)}/chat/completions`, HELLO).catch(() => null);
    expect(said?.status === 200).toBe(false);
    if (!incomplete) expect(said!.headers.get("retry-after")).toBe("7");
    const found = await ask(`${gate.url}/sessions/${String(body.session_id)}/traces`);
    expect(found.body).toMatchObject({ incomplete, traces: [{ status: incomplete ? "lost" : "failed" }] });
    await gate.end();
    await bad.close();
  });

  it("also if its client disconnects, or the gateway shuts down or crashes", async () => {
    const silent = await misbehaving(() => {});
    const gate = await gating(silent.url);
    await ask(`${gate.url}/sessions`, { session_id: "s" });
    const url = `${gate.url}/sessions/s/v1/chat/completions`;
    const leaving = new AbortController();
    const left = ask(url, HELLO, { signal: leaving.signal });
    await silent.asked(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await until(async () => (await ask(`${gate.url}/sessions/s/traces`)).body.under_way === 0);
    const cut = ask(url, HELLO);
    await silent.asked(2);
    expect(await gate.close(0)).toBe(1);
    expect((await cut).status).toBe(503);
    const again = await gating(silent.url, { folder: gate.folder });
    const found = await ask(`${again.url}/sessions/s/traces`);
    expect(found.body).toMatchObject({
      total: 2,
      incomplete: true,
      traces: [{ status: "lost" }, { status: "lost" }],
    });
    await again.end();
    await silent.close();
  });

  it("but a call that could not be sent does not", async () => {
    const gate = await gating("http://127.0.0.1:9/v1");
    const { body } = await ask(`${gate.url}/sessions`, {});
    expect((await ask(`${String(body.url)}/chat/completions`, HELLO)).status).toBe(502);
    expect((await gate.traces())[0]).toMatchObject({ status: "failed" });
    const models = await ask(`${String(body.url)}/models`);
    expect(models).toMatchObject({ status: 502, body: { error: { code: "upstream_unreachable" } } });
    await gate.end();
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

type Response = Parameters<NonNullable<Parameters<typeof createServer>[1]>>[1];

/** A scripted server. */
async function misbehaving(handler: (response: Response) => void) {
  let requests = 0;
  const waiting: (() => void)[] = [];
  const server: Server = createServer((request, response) => {
    request.resume().on("end", () => {
      requests += 1;
      for (const look of waiting) look();
      handler(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => requests >= count && resolve();
        waiting.push(look);
        look();
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
