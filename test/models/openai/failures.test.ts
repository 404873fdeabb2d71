import { describe, expect, it, vi } from "vitest";
import { Governor } from "../../../src/models/governor.ts";
import { openaiModel } from "../../../src/models/openai/openai.ts";
import {
  delayed,
  dropConnection,
  hang,
  reply,
  send,
  sendJson,
  startOpenaiServer,
  type Handler,
} from "../openai-server.ts";
import { chatError, KEY, request, scriptedServers } from "./scripted-server.ts";

const servers = scriptedServers();
const { modelAt } = servers;

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
      message: `${servers.last.baseUrl}: failed (status 503): the engine is loading (after 2 attempts)`,
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
    expect(message.startsWith(`${servers.last.baseUrl}: `)).toBe(true);
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
    const server = await servers.start(chatError(401, "who are you?"));
    const model = openaiModel({ model: "m", baseUrl: server.baseUrl });
    await expect(model.complete(request)).rejects.toThrow("wants an API key");
  });

  it("says that the path is wrong if the base URL is wrong", async () => {
    const server = await servers.start([]);
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
    expect(servers.last.requests).toEqual([]);
  });

  it("sends again if the answer has the id of another request", async () => {
    let ids: string[] = [];
    const echo = (id: () => string | undefined): Handler => {
      return (response, body) => {
        response.setHeader("x-request-id", id() ?? "");
        return reply("hi")(response, body);
      };
    };
    const server = await servers.start((response, body) => {
      ids = servers.last.requests.map(({ headers }) => String(headers["x-request-id"]));
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
    const server = await servers.start(async (response, body) => {
      most = Math.max(most, (inside += 1));
      await new Promise(setImmediate);
      inside -= 1;
      return (servers.last.requests.length <= 2 ? chatError(503, "busy") : reply("hi"))(response, body);
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
