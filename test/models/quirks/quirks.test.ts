/** One test for each row of the quirk tables, through the model that runs use, and through the gateway's reader. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replyIn } from "../../../src/gateway/reply.ts";
import { openaiModel, type OpenaiModelOptions } from "../../../src/models/openai/openai.ts";
import { readBody } from "../../../src/models/servers/read-body.ts";
import { type AnyServer, startAnyServer } from "../any-server.ts";
import { LOADING_ERRORS, OTHER_ERRORS, QUOTA_ERRORS } from "./errors.ts";
import { FILTER_ERRORS, FILTERED_REPLIES } from "./filters.ts";
import { MARKED_THOUGHTS } from "./marks.ts";
import { REFUSALS, SHORTER_REPLIES } from "./refusals.ts";
import { ENDINGS, FINISH_REASONS_TOLD, REPLY_SHAPES } from "./reply-shapes.ts";
import { REPORTED_REPLIES } from "./reported.ts";
import { REPORTED_ERRORS } from "./reported-errors.ts";
import { REPORTED_REFUSALS } from "./reported-refusals.ts";
import { chat, type ErrorRow, type RefusalRow, type ReplyRow, RUN, said } from "./rows.ts";
import { STREAMS } from "./streams.ts";
import { THOUGHTS } from "./thoughts.ts";
import { TOKEN_IDS } from "./token-ids.ts";
import { TOOL_CALLS } from "./tool-calls.ts";
import { USAGE_SHAPES } from "./usage-shapes.ts";
import { WINDOW_ERRORS } from "./window-errors.ts";
import { WRAPPED_REPLIES } from "./wrapped-replies.ts";
import { WRITTEN_CALLS } from "./written-calls.ts";

let server: AnyServer;
beforeAll(async () => {
  server = await startAnyServer();
});
afterAll(() => server.close());

const HELLO = { messages: [{ role: "user", content: "hello" }] as const };

function modelHere(options: Partial<OpenaiModelOptions> = {}) {
  return openaiModel({
    model: "m",
    baseUrl: server.baseUrl,
    backoffMs: 1,
    maxAttempts: 2,
    loadingMs: 3,
    ...options,
  });
}

const textOf = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));

function byName<T extends { readonly quirk: string }>(rows: readonly T[]): [string, T][] {
  return rows.map((row) => [row.quirk, row]);
}

const REPLIES: Readonly<Record<string, readonly ReplyRow[]>> = {
  "shapes of a reply": REPLY_SHAPES,
  "finish reasons": FINISH_REASONS_TOLD,
  "other endings": ENDINGS,
  usage: USAGE_SHAPES,
  "calls of functions": TOOL_CALLS,
  thoughts: THOUGHTS,
  "thoughts in the text": MARKED_THOUGHTS,
  "replies that a filter stopped": FILTERED_REPLIES,
  "token ids": TOKEN_IDS,
  streams: STREAMS,
  "replies inside something else": WRAPPED_REPLIES,
  "further notations of calls": WRITTEN_CALLS,
  "replies as reported": REPORTED_REPLIES,
};

describe.each(Object.entries(REPLIES))("replies: %s", (_, rows) => {
  it.each(byName(rows))(
    "reads %s",
    async (__, { body, status = 200, type = "application/json", tools, api, reads, lacks = [] }) => {
      const text = textOf(body);
      server.answer({ status, type, text });
      const model = modelHere(api ? { api } : {});
      const completion = await model.complete({ ...HELLO, ...(tools && { tools: [RUN] }) });
      expect(completion).toMatchObject(reads);
      for (const field of lacks) expect(completion).not.toHaveProperty(field);
      expect(completion.attempts).toBe(1);
      if (status !== 200) return;
      const read = readBody(text);
      const kept = replyIn(read.kind === "json" ? read.value : undefined);
      expect(kept).not.toHaveProperty("what");
      expect(kept).toMatchObject({
        token_counts: {
          prompt: completion.usage?.promptTokens ?? completion.tokens?.promptIds?.length ?? null,
          completion: completion.usage?.completionTokens ?? completion.tokens?.completionIds?.length ?? null,
        },
        completion_token_ids: completion.tokens?.completionIds ?? null,
      });
    },
  );
});

const ERRORS: Readonly<Record<string, readonly ErrorRow[]>> = {
  "past the window": WINDOW_ERRORS,
  "content filters": FILTER_ERRORS,
  quotas: QUOTA_ERRORS,
  others: OTHER_ERRORS,
  loading: LOADING_ERRORS,
  "errors as reported": REPORTED_ERRORS,
};

describe.each(Object.entries(ERRORS))("errors: %s", (_, rows) => {
  it.each(byName(rows))(
    "takes for what it is: %s",
    async (__, { status, body, kind, retried, window, says = "" }) => {
      server.answer({ status, type: "application/json", text: textOf(body) });
      const model = modelHere();
      const error: unknown = await model
        .complete({ ...HELLO, maxTokens: 100 })
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        name: "ModelError",
        kind,
        message: expect.stringContaining(says) as string,
      });
      expect((error as { attempts: number }).attempts > 1).toBe(retried);
      expect((error as Error).message).not.toMatch(/\n/);
      if (window !== undefined) {
        expect(error).toMatchObject({ windowTokens: window });
        expect(model.windowTokens).toBe(window);
      }
    },
  );
});

const GOOD = { status: 200, type: "application/json", text: JSON.stringify(chat(said("7"))) };

async function refused({ status, body, request = {}, options = {} }: RefusalRow) {
  server.answer({ status, type: "application/json", text: textOf(body) }, GOOD);
  const model = modelHere({ ...options, maxAttempts: 1 });
  const asked = { ...HELLO, ...request };
  const completion = await model.complete(asked);
  expect(completion).toMatchObject({ text: "7", attempts: 2 });
  return { model, asked, changed: server.bodies.at(-1)! };
}

describe("refusals", () => {
  it.each(byName([...REFUSALS, ...REPORTED_REFUSALS]))(
    "lead to one changed request, and are remembered: %s",
    async (_, row) => {
      const { model, asked, changed } = await refused(row);
      if (row.sends) expect(changed).toMatchObject(row.sends);
      for (const field of row.lacks ?? []) expect(changed).not.toHaveProperty(field);
      const conversation = JSON.stringify(changed);
      for (const secret of ["sentAs", "toolCallId"]) expect(conversation).not.toContain(secret);
      expect(await model.complete(asked)).toMatchObject({ attempts: 1 });
      expect(server.bodies.at(-1)).toEqual(changed);
    },
  );

  it.each(byName(SHORTER_REPLIES))("lead to a shorter reply, only this once: %s", async (_, row) => {
    const { model, asked, changed } = await refused(row);
    expect(changed).toMatchObject(row.sends!);
    await model.complete(asked);
    expect(server.bodies.at(-1)).toMatchObject({ max_tokens: asked.maxTokens });
  });

  it("that come back after every change end as errors", async () => {
    server.answer({ status: 400, type: "application/json", text: '{"error": "seed is not supported"}' });
    const error: unknown = await modelHere()
      .complete({ ...HELLO, seed: 1 })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: "rejected", attempts: 2 });
  });

  it("of a field that the user set are reported to the user", async () => {
    server.answer({ status: 400, type: "application/json", text: '{"error": "top_p is not supported"}' });
    const model = modelHere({ extraBody: { top_p: 0.5 } });
    await expect(model.complete(HELLO)).rejects.toMatchObject({ kind: "rejected", attempts: 1 });
  });

  it("are learned only once by concurrent requests", async () => {
    const refusal = { status: 400, type: "application/json", text: '{"error": "seed is not supported"}' };
    server.answer((body) => ("seed" in body ? refusal : GOOD));
    const model = modelHere({ maxAttempts: 1 });
    const replies = await Promise.all([1, 2, 3].map((seed) => model.complete({ ...HELLO, seed })));
    expect(replies.map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
  });
});

describe("the tables", () => {
  it("have at least 600 rows, all of different shapes", () => {
    const replies = Object.values(REPLIES).flat();
    const errors = Object.values(ERRORS).flat();
    const refusals = [...REFUSALS, ...REPORTED_REFUSALS, ...SHORTER_REPLIES];
    const shapes = [
      ...replies.map(({ body, type = "application/json", api = "" }) => `${api} ${type} ${textOf(body)}`),
      ...errors.map(({ status, body }) => `${status} ${textOf(body)}`),
      ...refusals.map(({ status, body, request, options }) =>
        JSON.stringify([status, body, request, options]),
      ),
    ];
    expect(new Set(shapes).size).toBe(shapes.length);
    expect(shapes.length).toBeGreaterThanOrEqual(600);
  });
});
