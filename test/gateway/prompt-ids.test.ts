/** A server that tells the ids of a prompt on pages of its own, as llama.cpp does: the trace holds them. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type AnyServer, startAnyServer, type ToldAnswer } from "../models/any-server.ts";
import { chat, said } from "../models/quirks/rows.ts";
import { ask, type Gating, gating } from "./gating.ts";

const MESSAGES = [{ role: "user", content: "ab" }];
const json = (value: unknown, status = 200): ToldAnswer => ({
  status,
  type: "application/json",
  text: JSON.stringify(value),
});

let upstream: AnyServer;
let gateway: Gating;
beforeAll(async () => {
  upstream = await startAnyServer();
});
afterAll(() => upstream.close());
afterEach(() => gateway.end());

/** Asks a server that has the pages or lacks them, and counts so many tokens of a prompt. Returns the trace. */
async function traceOf({ hasPages = true, counted = 3, body = {} }) {
  upstream.answer((asked) => {
    if ("content" in asked) return json({ tokens: [1, 97, 98] });
    if (!("model" in asked)) return hasPages ? json({ prompt: "<ab" }) : json({ error: "not found" }, 404);
    const logprobs = { content: [{ id: 7, logprob: -1 }] };
    return json(chat(said("x"), { logprobs }, { usage: { prompt_tokens: counted, completion_tokens: 1 } }));
  });
  gateway = await gating(upstream.baseUrl);
  const { url } = (await ask(`${gateway.url}/sessions`, {})).body;
  const reply = await ask(`${url as string}/chat/completions`, { model: "m", messages: MESSAGES, ...body });
  expect(reply.status).toBe(200);
  const [trace] = await gateway.traces();
  return trace!;
}

it("keeps the prompt's ids beside those of the completion", async () => {
  const trace = await traceOf({});
  expect(trace.prompt_token_ids).toEqual([1, 97, 98]);
  expect(trace.completion_token_ids).toEqual([7]);
});

it("keeps none if they are not as many as the server counted", async () => {
  expect((await traceOf({ counted: 4 })).prompt_token_ids).toBeNull();
});

it("keeps none of a server without the pages", async () => {
  expect((await traceOf({ hasPages: false })).prompt_token_ids).toBeNull();
});
