import { afterEach, describe, expect, it, vi } from "vitest";
import { Governor } from "../../../src/models/governor.ts";
import { openaiModel, type OpenaiModelOptions } from "../../../src/models/openai/openai.ts";
import type { Message } from "../../../src/types.ts";
import { testModel } from "../model-contract.ts";
import {
  delayed,
  dropConnection,
  hang,
  reply,
  replyWithTool,
  send,
  sendJson,
  startOpenaiServer,
  type Handler,
  type OpenaiServer,
} from "../openai-server.ts";

let server: OpenaiServer | null = null;
afterEach(() => server?.close());

const request = { messages: [{ role: "user", content: "hello world" }] as Message[] };
const KEY = "sk-very-secret";

/** A model on a new server with this script. Its waits are very short. */
async function modelAt(script: Handler | Handler[], options: Partial<OpenaiModelOptions> = {}) {
  server = await startOpenaiServer(script);
  return openaiModel({ model: "m", baseUrl: server.baseUrl, apiKey: KEY, backoffMs: 1, ...options });
}

const chatError = (status: number, message: string, headers = {}) =>
  sendJson({ error: { message } }, { status, headers });

testModel("openaiModel", () => modelAt(reply("hi")));

describe("openaiModel on a server without failures", () => {
  it("gives the text, the reported usage and the server's name of the model", async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 8 } };
    const model = await modelAt([reply("hi", { usage, model: "m-2" })]);
    expect(await model.complete(request)).toEqual({
      text: "hi",
      toolCalls: [],
      finishReason: "stop",
      model: "m-2",
      usage: { promptTokens: 9, completionTokens: 4, cachedTokens: 8 },
      usageSource: "reported",
      attempts: 1,
    });
    expect(server?.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("sends only the fields that were set", async () => {
    const model = await modelAt([reply("hi")]);
    await model.complete(request);
    expect(server?.requests[0]?.body).toEqual({ model: "m", messages: request.messages });
  });

  it("sends sampling fields, tools and a server's own fields", async () => {
    const model = await modelAt([reply("hi")], { extraBody: { top_p: 0.9 } });
    const parameters = { type: "object" };
    const tools = [{ name: "run", description: "Runs.", parameters }];
    await model.complete({ ...request, maxTokens: 7, temperature: 0, seed: 3, tools });
    expect(server?.requests[0]?.body).toMatchObject({
      max_tokens: 7,
      temperature: 0,
      seed: 3,
      top_p: 0.9,
      tools: [{ type: "function", function: { name: "run", description: "Runs.", parameters } }],
    });
  });

  it("caps the reply in the field it is told to use", async () => {
    const model = await modelAt([reply("hi")], { maxTokensField: "max_completion_tokens" });
    await model.complete({ ...request, maxTokens: 7 });
    expect(server?.requests[0]?.body).toMatchObject({ max_completion_tokens: 7 });
    expect(server?.requests[0]?.body).not.toHaveProperty("max_tokens");
  });

  it("reads tool calls, and sends them and their results back", async () => {
    const model = await modelAt([replyWithTool("run", { code: "1" }), reply("done")]);
    const first = await model.complete(request);
    expect(first).toMatchObject({
      text: "",
      finishReason: "tool_calls",
      toolCalls: [{ id: "call_1", name: "run", arguments: '{"code":"1"}' }],
    });
    const messages: Message[] = [
      ...request.messages,
      { role: "assistant", content: "", toolCalls: first.toolCalls },
      { role: "tool", content: "1", toolCallId: "call_1" },
    ];
    await model.complete({ messages });
    expect(server?.requests[1]?.body.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "run", arguments: '{"code":"1"}' } },
        ],
      },
      { role: "tool", content: "1", tool_call_id: "call_1" },
    ]);
  });

  it("asks for token ids and log-probabilities, and keeps them as they came", async () => {
    const choices = [
      {
        message: { role: "assistant", content: "hi" },
        finish_reason: "length",
        token_ids: [7, 8],
        logprobs: {
          content: [
            { token: "h", logprob: -0.25 },
            { token: "i", logprob: -1.5 },
          ],
        },
      },
    ];
    const model = await modelAt([reply("", { choices, prompt_token_ids: [1, 2, 3] })], {
      tokenIds: true,
      logprobs: true,
    });
    const completion = await model.complete(request);
    expect(server?.requests[0]?.body).toMatchObject({ logprobs: true, return_token_ids: true });
    expect(completion.finishReason).toBe("length");
    expect(completion.tokens).toEqual({
      promptIds: [1, 2, 3],
      completionIds: [7, 8],
      logprobs: [-0.25, -1.5],
    });
  });

  it("tells once, at the first reply, that a server gives no token ids", async () => {
    const notices: string[] = [];
    const model = await modelAt([reply("a"), reply("b")], {
      tokenIds: true,
      onNotice: (line) => notices.push(line),
    });
    for (const text of ["a", "b"]) expect((await model.complete(request)).text).toBe(text);
    expect(notices).toEqual([expect.stringContaining("gave no token ids")]);
  });

  it.each([undefined, null, {}, { total_tokens: 3 }])("does not take usage %j for zero", async (usage) => {
    const model = await modelAt([reply("hi", { usage })]);
    expect(await model.complete(request)).toMatchObject({ usage: null, usageSource: "unknown" });
  });

  it("reads an unknown finish reason as unknown, and missing content as an empty text", async () => {
    const choices = [{ message: { content: null }, finish_reason: "whatever" }];
    const model = await modelAt([reply("", { choices })]);
    expect(await model.complete(request)).toMatchObject({ text: "", finishReason: "unknown" });
  });
});

describe("openaiModel after a temporary failure", () => {
  it("tries again after a rate limit, a server's failure and dropped connections, and counts the attempts", async () => {
    const model = await modelAt(
      [
        chatError(429, "slow down"),
        chatError(500, "oops"),
        dropConnection(),
        dropConnection('{"cho'),
        reply("hi"),
      ],
      { maxAttempts: 5 },
    );
    expect(await model.complete(request)).toMatchObject({ text: "hi", attempts: 5 });
  });

  it("gives up after the last attempt and quotes the server", async () => {
    const model = await modelAt(chatError(503, "the engine\nis loading"), { maxAttempts: 2 });
    await expect(model.complete(request)).rejects.toMatchObject({
      kind: "overloaded",
      status: 503,
      attempts: 2,
      message: `${server?.baseUrl}: failed (status 503): the engine is loading (after 2 attempts)`,
    });
  });

  it("tries again when the server says: at once, after seconds, or at a date", async () => {
    const date = new Date(0).toUTCString();
    const again = (value: string) => chatError(429, "slow down", { "retry-after": value, date });
    const model = await modelAt([again("0"), again(date), again("0.001"), reply("hi")], { backoffMs: 1e9 });
    expect(await model.complete(request)).toMatchObject({ attempts: 4 });
  });

  it("does not wait for an hour if the server asks for it", async () => {
    const model = await modelAt(chatError(429, "come back later", { "retry-after": "3600" }));
    await expect(model.complete(request)).rejects.toMatchObject({ kind: "overloaded", attempts: 1 });
  });

  it("keeps the deadline while it waits for the next attempt", async () => {
    const model = await modelAt(chatError(500, "oops"), { backoffMs: 1e6 });
    await expect(model.complete(request, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      kind: "timeout",
      attempts: 1,
    });
  });

  it("stops reading an answer when the caller aborts", async () => {
    const abort = new AbortController();
    const model = await modelAt((response, body) => {
      hang()(response, body);
      abort.abort();
    });
    await expect(model.complete(request, { signal: abort.signal })).rejects.toMatchObject({
      kind: "aborted",
    });
  });

  it("waits as long as its time limit says, and not only the five minutes of Node's fetch", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("the fetch that gives up")));
    const model = await modelAt([delayed(20, reply("thought over"))]);
    expect((await model.complete(request)).text).toBe("thought over");
    vi.unstubAllGlobals();
  });

  it("names the new location of a server that has moved", async () => {
    const model = await modelAt([send("", { status: 308, headers: { location: "https://else.where/v1" } })]);
    await expect(model.complete(request)).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("has moved to https://else.where/v1") as string,
    });
  });

  it("times out an attempt whose body never comes", async () => {
    const model = await modelAt(hang(), { timeoutMs: 50 });
    await expect(model.complete(request)).rejects.toMatchObject({ kind: "timeout" });
  });

  it("waits for a slow server, and makes many calls at once under one signal", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const model = await modelAt(delayed(20, reply("hi")));
    const { signal } = new AbortController();
    const replies = await Promise.all(Array.from({ length: 100 }, () => model.complete(request, { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(replies.every(({ text }) => text === "hi")).toBe(true);
    expect(warnings).toEqual([]);
  });
});

describe("openaiModel after a permanent failure", () => {
  it.each([
    [
      "401",
      chatError(401, `Incorrect key ${KEY}`),
      "auth",
      "refuses the API key (status 401): Incorrect key [key]",
    ],
    ["403", chatError(403, "no"), "auth", "refuses the API key (status 403): no"],
    ["404", chatError(404, "no model m"), "not_found", "the path or the model m (status 404): no model m"],
    ["404 of another shape", sendJson({ detail: "Not Found" }, { status: 404 }), "not_found", ": Not Found"],
    ["404 in HTML", send("<html>nope</html>", { status: 404 }), "not_found", ": an HTML page"],
    ["400", chatError(400, "bad field"), "rejected", "rejects the request (status 400): bad field"],
    [
      "a prompt past the window",
      sendJson({ object: "error", message: "maximum context length is 8 tokens" }, { status: 400 }),
      "window",
      "the prompt is past the window (status 400): maximum context length is 8 tokens",
    ],
    ["HTML", send("<html></html>"), "malformed", "answered HTML instead of JSON"],
    ["another shape", sendJson({ choices: [7] }), "malformed", "choices are missing or of another type"],
    ["a list", sendJson([]), "malformed", "not a completion (a list of 0)"],
  ])("says at once what is wrong: %s", async (_, handler, kind, words) => {
    const model = await modelAt(handler);
    const error: unknown = await model.complete(request).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "ModelError", kind, attempts: 1 });
    const { message } = error as Error;
    expect(message).toContain(words);
    expect(message.startsWith(`${server?.baseUrl}: `)).toBe(true);
    expect(message).not.toMatch(/\n/);
    expect(message).not.toContain(KEY);
  });

  it.each([
    ["truncated JSON", send('{"choices": [', { type: "application/json" }), "breaks off"],
    [
      "a stream that breaks off",
      send('data: {"choices": []}\n\n', { type: "text/event-stream" }),
      "breaks off",
    ],
    ["no body", send("", { type: "application/json" }), "answered nothing instead of JSON"],
    ["no choices", sendJson({ choices: [] }), "without choices"],
  ])("tries again where a proxy may have broken off, and then says so: %s", async (_, handler, words) => {
    const model = await modelAt(handler, { maxAttempts: 2 });
    await expect(model.complete(request)).rejects.toMatchObject({
      kind: "malformed",
      attempts: 2,
      message: expect.stringContaining(words) as string,
    });
  });

  it("names a server that refuses the connection", async () => {
    const gone = await startOpenaiServer([]);
    await gone.close();
    const model = openaiModel({
      model: "m",
      baseUrl: gone.baseUrl,
      backoffMs: 1,
      maxAttempts: 2,
      startingMs: 0,
    });
    await expect(model.complete(request)).rejects.toMatchObject({
      kind: "unreachable",
      attempts: 2,
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1: no connection: .*ECONNREFUSED/),
    });
  });

  it("says that a server wants a key if none was given", async () => {
    server = await startOpenaiServer(chatError(401, "who are you?"));
    const model = openaiModel({ model: "m", baseUrl: server.baseUrl });
    await expect(model.complete(request)).rejects.toThrow("wants an API key");
  });

  it("says that the path is wrong if the base URL is wrong", async () => {
    server = await startOpenaiServer([]);
    const model = openaiModel({ model: "m", baseUrl: server.baseUrl.replace("/v1", "") });
    await expect(model.complete(request)).rejects.toMatchObject({ kind: "not_found" });
  });

  it.each(["localhost:8000/v1", "ftp://host/v1", "", "http://me:password@host/v1"])(
    "refuses the base URL %j",
    (baseUrl) => {
      expect(() => openaiModel({ model: "m", baseUrl })).toThrow(/base URL: (?!.*me:password)/);
    },
  );

  it("sends nothing once the signal has aborted", async () => {
    const model = await modelAt(reply("hi"));
    await expect(model.complete(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "aborted",
      attempts: 0,
    });
    expect(server?.requests).toEqual([]);
  });

  it("sends again if the answer has the id of another request", async () => {
    let ids: string[] = [];
    const echo = (id: () => string | undefined): Handler => {
      return (response, body) => {
        response.setHeader("x-request-id", id() ?? "");
        return reply("hi")(response, body);
      };
    };
    server = await startOpenaiServer((response, body) => {
      ids = server!.requests.map(({ headers }) => String(headers["x-request-id"]));
      return echo(() => (ids.length === 2 ? ids[0] : ids.at(-1)))(response, body);
    });
    const model = openaiModel({ model: "m", baseUrl: server.baseUrl, backoffMs: 1, maxAttempts: 2 });
    expect(await model.complete(request)).toMatchObject({ text: "hi", attempts: 1 });
    expect(await model.complete(request)).toMatchObject({ text: "hi", attempts: 2 });
    expect(new Set(ids).size).toBe(3);
  });

  it("keeps to a governor's window and rates, which several models share", async () => {
    let inside = 0;
    let most = 0;
    server = await startOpenaiServer(async (response, body) => {
      most = Math.max(most, (inside += 1));
      await new Promise(setImmediate);
      inside -= 1;
      return (server!.requests.length <= 2 ? chatError(503, "busy") : reply("hi"))(response, body);
    });
    const booked: number[] = [];
    const pace = { book: (amount: number) => Promise.resolve((booked.push(amount), 0)), giveBack: () => {} };
    const governor = new Governor({ start: 2, requests: pace });
    const options = { baseUrl: server.baseUrl, backoffMs: 1, governor };
    const models = ["a", "b"].map((model) => openaiModel({ ...options, model }));
    const calls = Array.from({ length: 12 }, (_, place) => models[place % 2]!.complete(request));
    expect((await Promise.all(calls)).every(({ text }) => text === "hi")).toBe(true);
    expect(most).toBeLessThanOrEqual(2);
    expect(booked).toHaveLength(14);
  });
});
