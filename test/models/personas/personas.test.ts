/** The contract of server personas: whole episodes with each kind of server, in both dialects, directly and through the gateway. */
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { gatewayModel } from "../../../src/models/gateway.ts";
import type { Model } from "../../../src/models/model.ts";
import { DIALECTS } from "../../../src/models/openai/dialects.ts";
import { openaiModel } from "../../../src/models/openai/openai.ts";
import { modelPolicy } from "../../../src/policies/model-policy.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Dialect } from "../../../src/types.ts";
import { type Gating, gating } from "../../gateway/gating.ts";
import { CHAT_PERSONAS } from "./chat-personas.ts";
import { ANTHROPIC_PERSONA, RESPONSES_PERSONA } from "./other-personas.ts";
import { type Persona, type PersonaServer, type Saying, type Scripted, startPersona } from "./persona.ts";

const PERSONAS = [...CHAT_PERSONAS, RESPONSES_PERSONA, ANTHROPIC_PERSONA];

const pool = new PyodideReplPool();
afterAll(() => pool.close());

let server: PersonaServer | null = null;
let gateway: Gating | null = null;
afterEach(async () => {
  await gateway?.end();
  await server?.close();
  [gateway, server] = [null, null];
});

const task = {
  id: "t",
  dataset: "d",
  question: "What?",
  context: "it is 42",
  contextTokens: 4,
  metadata: {},
};
const reference = { taskId: "t", answers: ["42"], metadata: {} };

const fenced = (code: string) => `\`\`\`repl\n${code}\n\`\`\``;

/** Looks, prints half a character, and answers. Every thought has a wrong answer and code that must not run. */
const TURNS: Record<Dialect, readonly Saying[]> = {
  repl: [
    { thought: "perhaps FINAL(1)", text: fenced("x = len(context); print(x)") },
    { thought: fenced("x = 0"), text: fenced(String.raw`print(x, "\ud83d")`) },
    { thought: "it says 42", text: "FINAL(42)" },
  ],
  tool: [
    { thought: "perhaps FINAL(1)", code: "x = len(context); print(x)" },
    { thought: "FINAL(2)", code: String.raw`print(x, "\ud83d")` },
    { thought: "it says 42", text: "FINAL(42)" },
  ],
};

async function play(persona: Persona, dialect: Dialect, model: Model): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "e",
    problems: {
      name: "d",
      size: 1,
      at: async () => ({ task, reference }),
      async *[Symbol.asyncIterator]() {},
    },
    reward: ({ answer }) => ({
      total: Number(answer?.text === "42"),
      score: Number(answer?.text === "42"),
      terms: {},
    }),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens + 2 * usage.completionTokens,
    limits: { maxCompletionTokens: 2000 },
    dialect,
    reasoning: persona.reasoning ?? "drop",
  });
  const trajectory = await rolloutEpisode(env, { policy: modelPolicy(model), reset: { seed: 0 } });
  await env.close();
  return trajectory;
}

const WAITS = { backoffMs: 1, startingMs: 0, loadingMs: 1000 };

async function playAt(persona: Persona, dialect: Dialect, script: readonly Scripted[]) {
  server = await startPersona(persona, script);
  const model = openaiModel({
    model: "m",
    api: persona.api,
    baseUrl: server.baseUrl,
    ...WAITS,
    ...persona.options,
  });
  return { model, trajectory: await play(persona, dialect, model) };
}

async function expectReplay(trajectory: Trajectory) {
  const { difference } = await replayEpisode(trajectory, task.context, { repls: pool });
  expect(difference).toBeNull();
}

function expectAnswered(trajectory: Trajectory, persona: Persona, dialect: Dialect) {
  expect(trajectory).toMatchObject({
    status: "ok",
    error: null,
    stopReason: "answered",
    answer: { text: "42" },
    reward: { score: 1 },
  });
  const printed = trajectory.turns.map(({ results }) => results.map(({ stdout }) => stdout).join(""));
  expect(printed.slice(0, 2)).toEqual(["8\n", expect.stringMatching(/^8 /)]);
  const thoughts = trajectory.turns.map(({ completion }) => completion.reasoning?.text);
  if (!persona.hidesThoughts) expect(thoughts).toEqual(TURNS[dialect].map(({ thought }) => thought));
}

describe.each(PERSONAS.map((persona) => [persona.name, persona] as const))("with %s", (_, persona) => {
  it.each<Dialect>(["repl", "tool"])(
    "plays a whole episode in the %s dialect, whose record replays",
    async (dialect) => {
      const { trajectory } = await playAt(persona, dialect, TURNS[dialect]);
      expectAnswered(trajectory, persona, dialect);
      expect(server!.taken).toHaveLength(3);
      await expectReplay(trajectory);
    },
  );

  it("retries after a failure, and does not take a malformed or empty completion for an error", async () => {
    const script = ["busy", { text: "" }, "busy", { text: "Hm." }, { text: "FINAL(42)" }] as const;
    const { trajectory } = await playAt(persona, "repl", script);
    expect(trajectory).toMatchObject({ status: "ok", stopReason: "answered", answer: { text: "42" } });
    expect(trajectory.calls[0]!.attempts).toBeGreaterThanOrEqual(2);
    await expectReplay(trajectory);
  });

  it("ends when the prompt exceeds the window, scored as it is, with its known cost", async () => {
    const script = [{ text: fenced('answer["content"] = "42"') }, "burst"] as const;
    const { model, trajectory } = await playAt(persona, "repl", script);
    expect(trajectory).toMatchObject({
      status: "ok",
      stopReason: "max_window",
      answer: { text: "42" },
      reward: { score: 1 },
    });
    expect(trajectory.calls.at(-1)).toMatchObject({ usage: { promptTokens: 0, completionTokens: 0 } });
    if (persona.models && persona.models.window > 0) {
      expect(model.windowTokens).toBe(persona.models.window);
      expect(trajectory.policyModel?.windowTokens).toBe(persona.models.window);
    }
    await expectReplay(trajectory);
  });

  it("plays through the gateway, which keeps each call's reply", async () => {
    server = await startPersona(persona, TURNS.tool);
    gateway = await gating(server.baseUrl, { capture: persona.options?.tokenIds ? "ids" : "none" });
    const model = gatewayModel({
      gateway: gateway.url,
      model: "m",
      api: persona.api,
      ...WAITS,
      ...persona.options,
    });
    const trajectory = await play(persona, "tool", model);
    expectAnswered(trajectory, persona, "tool");
    const traces = (await gateway.traces()).filter(({ status }) => status === "ok");
    expect(trajectory.calls.map(({ tokens }) => tokens?.traceId)).toEqual(
      traces.map(({ trace_id: id }) => id),
    );
    expect(traces.every(({ response_message: message }) => message !== null)).toBe(true);
    await expectReplay(trajectory);
  });

  it("streams through the gateway to a client, and the trace has what was streamed", async () => {
    server = await startPersona(persona, [TURNS.repl[0]!, TURNS.tool[0]!]);
    gateway = await gating(server.baseUrl, { capture: "none" });
    await fetch(`${gateway.url}/sessions`, { method: "POST", body: '{"session_id": "s"}' });
    const conversation =
      persona.api === "responses"
        ? { input: "go" }
        : { messages: [{ role: "user", content: [{ type: "text", text: "go" }] }] };
    for (const said of [TURNS.repl[0]!, TURNS.tool[0]!]) {
      let response = await ask(conversation);
      // llama.cpp's persona is loading for some requests.
      for (let more = 0; response.status === 503 && more < 5; more += 1) response = await ask(conversation);
      expect(response.status).toBe(200);
      const text = await response.text();
      expect(text).toContain(said.code === undefined ? "repl" : "call_python_repl");
      const trace = (await gateway.traces()).at(-1)!;
      expect(trace).toMatchObject({ status: "ok", token_counts: { prompt: 20, completion: 9 } });
      expect(JSON.stringify(trace.response_message)).toContain("x = len(context); print(x)");
    }
  });

  /** Asks for a stream, with a cap on the reply in the field that the server takes. */
  async function ask(conversation: object) {
    const cap = persona.api === "messages" ? { max_tokens: 50 } : {};
    return fetch(`${gateway!.url}/sessions/s/v1${DIALECTS[persona.api].path}`, {
      method: "POST",
      body: JSON.stringify({ model: "m", ...cap, stream: true, ...conversation }),
    });
  }
});
