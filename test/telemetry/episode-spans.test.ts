/** A record as spans: every call of every depth once, inside what it belongs to, at its time. */
import { describe, expect, it } from "vitest";
import { spanOf, type SpanRecord } from "../../src/telemetry/episode-spans.ts";
import type { Call, Trajectory, Turn } from "../../src/trajectory.ts";
import { rewarded as fixture } from "../trajectory-fixture.ts";

const call = (id: number, more: Partial<Call>): Call => ({
  id,
  purpose: "policy",
  depth: 0,
  turn: 0,
  batch: null,
  model: "m",
  prompt: null,
  reply: "r",
  error: null,
  usage: { promptTokens: 10, completionTokens: 2, cachedTokens: 4 },
  usageSource: "reported",
  reserved: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
  nanoDollars: 1,
  attempts: 1,
  wallClock: { seconds: 0.5, startedSeconds: id },
  ...more,
});

describe("the spans of an episode", () => {
  const base = fixture();
  const turn: Turn = {
    index: 0,
    completion: { text: "", toolCalls: [], finishReason: "stop" },
    callId: 0,
    results: [],
    observation: "",
    segment: 0,
    standing: null,
    reward: 0,
    wallClock: { seconds: 2 },
  };
  const child: Trajectory = {
    ...base,
    rolloutId: "child",
    turns: [],
    calls: [call(0, { depth: 1, usageSource: "simulated" })],
    parent: { rolloutId: base.rolloutId, turn: 0, batch: null },
  };
  const whole: Trajectory = {
    ...base,
    turns: [turn],
    calls: [
      call(0, {}),
      call(1, { purpose: "llm_query", depth: 1, error: "no answer", usage: null }),
      call(2, { purpose: "judge" }),
    ],
    children: [child],
    wallClock: { startedAt: "2026-01-01T00:00:00.000Z", seconds: 9 },
  };
  const root = spanOf(whole);
  const startMs = Date.parse("2026-01-01T00:00:00.000Z");
  const named = (span: SpanRecord, name: string) => span.inside.filter((one) => one.name === name);

  it("nest calls and children of Python in the turn that made them, and leave the rest to the agent", () => {
    expect(root).toMatchObject({ name: `invoke_agent ${base.policy}`, startMs, endMs: startMs + 9000 });
    expect(root.inside.map(({ name }) => name)).toEqual(["chat m", "chat m", "execute_tool python"]);
    const [python] = named(root, "execute_tool python");
    expect(python!.inside.map(({ name }) => name)).toEqual(["chat m", `invoke_agent ${base.policy}`]);
    expect(named(python!.inside[1]!, "chat m")).toHaveLength(1);
  });

  it("stand at the time of what they tell: Python begins when the policy has answered", () => {
    const [python] = named(root, "execute_tool python");
    expect([python!.startMs - startMs, python!.endMs - startMs]).toEqual([500, 2500]);
    expect(python!.inside[0]!.startMs - startMs).toBe(1000);
  });

  it("carry the conventions' attributes, name simulated models as such, and say what failed", () => {
    expect(root.inside[0]!.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "m",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 2,
      "gen_ai.usage.cache_read.input_tokens": 4,
    });
    const failed = named(root, "execute_tool python")[0]!.inside[0]!;
    expect(failed).toMatchObject({ error: "no answer", attributes: { "error.type": "_OTHER" } });
    expect(failed.attributes).not.toHaveProperty("gen_ai.usage.input_tokens");
    const ofChild = named(root, "execute_tool python")[0]!.inside[1]!;
    expect(ofChild.inside[0]!.attributes["gen_ai.provider.name"]).toBe("rlm_gym.simulated");
  });
});
