/**
 * Whatever bodies a model server answers with, well-formed or not, whole or streamed: through the gateway the episode ends
 * well or as a fault of the server's, its record adds up, the gateway keeps a trace of every call, and the record is exported,
 * imported and played again with the same totals.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectSums } from "../../src/cost/totals.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { gatewayModel } from "../../src/models/gateway.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Dialect, ReasoningHistory } from "../../src/types.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { type Gating, gating } from "../gateway/gating.ts";
import { roundTrips } from "./round-trip.ts";

interface Said {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const pool = new PyodideReplPool();
let folder: string;
let upstream: Server;
let gateway: Gating;
let answers: Said[] = [];
let served = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-bodies-"));
  upstream = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const { status, type, body } = answers.shift() ?? LAST;
      served += 1;
      response.writeHead(status, { "content-type": type }).end(body);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await gating(`http://127.0.0.1:${port}/v1`, { capture: "none", maxCallsPerSession: 10_000 });
});
afterAll(async () => {
  await gateway.end();
  upstream.closeAllConnections();
  upstream.close();
  await pool.close();
  await rm(folder, { recursive: true });
});

const CONTEXT = "one 🙂 two\nthree é\n";
const TEXTS = [
  "```repl\nprint(context[:5])\n```",
  "```repl\nprint('\ud83d')\n```",
  "```repl\nanswer = 5\n```",
  "<think>FINAL(1)</think>\n```\nx = 2\n```",
  "FINAL(x)",
  "FINAL(6)",
  "Hm.",
  "",
];
const CALLS = [
  { id: "c", type: "function", function: { name: "call_python_repl", arguments: '{"code": "print(1)"}' } },
  { id: "c", type: "function", function: { name: "call_python_repl", arguments: { code: "print(2)" } } },
  { function: { name: null, arguments: "{'code': 'print(3)'}" } },
  { id: 7, function: { arguments: '{"code": "' } },
];
const json = (value: unknown): Said => ({
  status: 200,
  type: "application/json",
  body: JSON.stringify(value),
});
const LAST = json({ choices: [{ message: { content: "FINAL(last)" }, finish_reason: "stop" }] });

const content = fc.oneof(
  fc.constantFrom(...TEXTS, null, 7),
  fc.array(fc.record({ type: fc.constantFrom("text", "thinking"), text: fc.constantFrom(...TEXTS) }), {
    maxLength: 3,
  }),
);
const message = fc.record(
  {
    content,
    tool_calls: fc.option(fc.array(fc.constantFrom(...CALLS, null), { maxLength: 3 })),
    reasoning_content: fc.constantFrom("FINAL(2)", null, ""),
    refusal: fc.constantFrom(null, "no"),
  },
  { requiredKeys: [] },
);
const usage = fc.oneof(
  fc.constantFrom(null, {}, [], "many", { prompt_tokens: -1, completion_tokens: 1 }),
  fc.record({
    prompt_tokens: fc.nat({ max: 900 }),
    completion_tokens: fc.nat({ max: 900 }),
    completion_tokens_details: fc.constantFrom(null, { reasoning_tokens: 3 }),
  }),
);
const finish = fc.constantFrom("stop", "length", "tool_calls", "error", "", null, "content_filter", "other");
const reply = fc.record({ message, usage, finish }).map(({ message: told, usage: used, finish: reason }) => ({
  choices: [{ index: 0, message: told, finish_reason: reason }],
  usage: used,
}));
const streamed = fc.record({ reply, isWhole: fc.boolean() }).map(({ reply: told, isWhole }): Said => {
  const [choice] = told.choices;
  const first = { choices: [{ index: 0, delta: choice!.message, finish_reason: null }] };
  const last = {
    choices: [{ index: 0, delta: {}, finish_reason: choice!.finish_reason }],
    usage: told.usage,
  };
  const events = [first, ...(isWhole ? [last] : [])].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  return {
    status: 200,
    type: "text/event-stream",
    body: events.join("") + (isWhole ? "data: [DONE]\n\n" : ""),
  };
});
const broken = fc.constantFrom<Said[]>(
  { status: 200, type: "application/json", body: "" },
  { status: 200, type: "text/html", body: "<html>" },
  { status: 200, type: "application/json", body: '{"choices": [{"mess' },
  json({ error: { code: 502, message: "upstream went away" } }),
  json({ choices: [] }),
  json(null),
  { status: 503, type: "application/json", body: '{"error": "busy"}' },
  { status: 400, type: "application/json", body: '{"error": "max_tokens must be at least 1, got -36"}' },
  {
    status: 400,
    type: "application/json",
    body: '{"error": {"message": "filtered", "code": "content_filter"}}',
  },
  json({ promptFeedback: { blockReason: "SAFETY" } }),
  {
    status: 500,
    type: "application/json",
    body: JSON.stringify({ error: "error parsing tool call: raw='{\"code\": 1', err=unexpected end" }),
  },
);
const answer = fc.oneof(
  { weight: 6, arbitrary: reply.map(json) },
  { weight: 2, arbitrary: streamed },
  { weight: 1, arbitrary: broken },
);

const runs = fc.record({
  dialect: fc.constantFrom<Dialect[]>("repl", "tool"),
  reasoning: fc.constantFrom<ReasoningHistory[]>("keep", "last", "drop"),
  said: fc.array(answer, { maxLength: 6 }),
});

let episodes = 0;

it("ends, adds up, is traced, exported and imported, and plays again", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(runs, async ({ dialect, reasoning, said }) => {
      answers = [...said];
      const before = served;
      episodes += 1;
      const rolloutId = `r${episodes}`;
      const model = gatewayModel({
        gateway: gateway.url,
        model: "m",
        backoffMs: 0,
        loadingMs: 1,
        startingMs: 0,
        windowTokens: 100_000,
      });
      const env = new RLMEnv({
        name: "any",
        problems: { name: "any", size: 0, async *[Symbol.asyncIterator]() {} },
        reward: () => ({ total: 0, score: 0, terms: {} }),
        repls: pool,
        priceOf: (_, used) => used.promptTokens * 3 + used.completionTokens * 7,
        limits: { maxTurns: 4, maxExecSeconds: 5 },
        dialect,
        reasoning,
      });
      const task = {
        id: "t",
        dataset: "any",
        question: "?",
        context: CONTEXT,
        contextTokens: 9,
        metadata: {},
      };
      const played = await rolloutEpisode(env, {
        policy: modelPolicy(model),
        reset: { seed: 7, task, rolloutId },
      });
      await env.close();
      // A fault is the server's: it broke off or said nothing as often as it was asked.
      if (played.error !== null) expect(played.error.kind).toMatch(/^policy_(?:malformed|overloaded)$/);
      else expect(played.status).toBe("ok");
      expectSums(played);
      expect(played.calls.filter(({ error }) => error === null)).toHaveLength(played.turns.length);
      const traces = (await gateway.traces()).filter(({ session_id: id }) => id === rolloutId);
      expect(traces).toHaveLength(served - before);
      const traced = new Set(traces.map(({ trace_id: id }) => id));
      for (const { tokens } of played.calls)
        if (tokens?.traceId !== undefined) expect(traced).toContain(tokens.traceId);
      const { difference } = await replayEpisode(played, CONTEXT, { repls: pool });
      expect(difference).toBeNull();
      const record = JSON.parse(JSON.stringify(played)) as Trajectory;
      const read = await roundTrips(record, join(folder, `${episodes}.jsonl`));
      expect(read.map(([format]) => format)).toEqual(["jsonl", "atif"]);
      for (const [, trajectory] of read) {
        expect(trajectory.totals).toEqual(record.totals);
        expect(trajectory.stopReason).toBe(record.stopReason);
        const again = await replayEpisode(trajectory, CONTEXT, { repls: pool });
        expect(again.difference).toBeNull();
      }
    }),
    { numRuns: 60 },
  );
});
