/** Replies that once ended episodes wrongly, each played in its own episode: see `server-replies.jsonl`. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { openaiModel } from "../../../src/models/openai/openai.ts";
import { modelPolicy } from "../../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import type { Dialect } from "../../../src/types.ts";
import { type AnyServer, startAnyServer } from "../any-server.ts";
import { chat, said } from "./rows.ts";

interface Case {
  readonly case: string;
  readonly dialect?: Dialect;
  readonly status: number;
  readonly body: unknown;
  readonly expect: Readonly<Record<string, unknown>>;
}

const CASES = readFileSync(new URL("server-replies.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

const pool = new PyodideReplPool();
let server: AnyServer;
beforeAll(async () => {
  server = await startAnyServer();
});
afterAll(async () => {
  await server.close();
  await pool.close();
});

const task = { id: "t", dataset: "d", question: "?", context: "it is 42", contextTokens: 4, metadata: {} };
const json = (status: number, body: unknown) => ({
  status,
  type: "application/json",
  text: JSON.stringify(body),
});
/** The server's answers after the case. */
const LATER = json(200, chat(said("FINAL(later)")));

it.each(CASES.map((one) => [one.case, one] as const))(
  "%s",
  async (_, { dialect = "repl", status, body, expect: must }) => {
    server.answer(json(status, body), LATER);
    const model = openaiModel({ model: "m", baseUrl: server.baseUrl, backoffMs: 1, windowTokens: 100_000 });
    const env = new RLMEnv({
      name: "e",
      problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
      reward: () => ({ total: 0, score: 0, terms: {} }),
      repls: pool,
      priceOf: () => 1,
      dialect,
    });
    const trajectory = await rolloutEpisode(env, { policy: modelPolicy(model), reset: { task, seed: 0 } });
    await env.close();
    const [first] = trajectory.turns;
    const call = trajectory.calls[0];
    const next = server.bodies.at(-1)!;
    const checks: Record<string, (wanted: unknown) => void> = {
      answer: (wanted) => expect(trajectory.answer?.text).toBe(wanted),
      reasoning: (wanted) => expect(first?.completion.reasoning?.text).toBe(wanted),
      reasoningTokens: (wanted) => expect(first?.completion.reasoning?.tokens).toBe(wanted),
      ran: (wanted) => expect(first?.results.map(({ code }) => code)).toEqual([wanted]),
      observation: () => expect(first?.observation).toMatch(/expected|lack|not JSON/i),
      infraError: () => expect(trajectory.status).toBe("ok"),
      status: (wanted) => expect(trajectory.status).toBe(wanted),
      stopReason: (wanted) => expect(trajectory.stopReason).toBe(wanted),
      cachedTokens: (wanted) => expect(call?.usage?.cachedTokens).toBe(wanted),
      episodeGoesOn: () => expect(trajectory).toMatchObject({ status: "ok", answer: { text: "later" } }),
      waited: () => expect(call?.attempts).toBe(2),
      retried: (wanted) => expect((call?.attempts ?? 1) > 1).toBe(wanted),
      says: () => expect(trajectory.status).toBe("ok"),
      nextRequest: (wanted) => expectNext(String(wanted), next),
    };
    for (const [name, wanted] of Object.entries(must)) checks[name]!(wanted);
  },
);

function expectNext(wanted: string, next: Readonly<Record<string, unknown>>): void {
  if (wanted.startsWith("max_completion_tokens")) {
    expect(next).toHaveProperty("max_completion_tokens");
    expect(next).not.toHaveProperty("max_tokens");
    return;
  }
  const messages = next["messages"] as {
    role: string;
    content: unknown;
    tool_calls?: { function: { arguments: string } }[];
  }[];
  for (const { role, content, tool_calls: calls = [] } of messages) {
    if (role === "assistant" && calls.length === 0) expect(content).toBeTruthy();
    for (const call of calls) expect(() => JSON.parse(call.function.arguments) as unknown).not.toThrow();
  }
}
