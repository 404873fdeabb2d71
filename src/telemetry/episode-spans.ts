/**
 * An episode's record as spans, by the GenAI semantic conventions of OpenTelemetry: an invoked agent, the
 * Python of its turns as an executed tool, and chats with models. They are made after the episode has ended, so nothing waits for them.
 * See https://opentelemetry.io/docs/specs/semconv/gen-ai/.
 */
import type { Call, Trajectory, Turn } from "../trajectory.ts";

/** The attributes of a span, by their names in OpenTelemetry's conventions. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One span with those inside it. Times in milliseconds since 1970. */
export interface SpanRecord {
  readonly name: string;
  readonly kind: "internal" | "client";
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** What went wrong; null if nothing did. */
  readonly error: string | null;
  readonly inside: readonly SpanRecord[];
}

/** The whole tree of an episode: a child is inside the turn that began it. */
export function spanOf(trajectory: Trajectory): SpanRecord {
  const startMs = Date.parse(trajectory.wallClock.startedAt);
  const calls = trajectory.calls.map((call) => ({ call, span: chatSpan(call, startMs) }));
  const turns: SpanRecord[] = [];
  for (const turn of trajectory.turns) {
    const asked = calls.find(({ call }) => call.id === turn.callId);
    const beganMs = asked ? asked.span.endMs : (turns.at(-1)?.endMs ?? startMs);
    const inside = [
      ...calls.filter(({ call }) => call.turn === turn.index && isOfPython(call)).map(({ span }) => span),
      ...trajectory.children.filter(({ parent }) => parent?.turn === turn.index).map(spanOf),
    ];
    turns.push(turnSpan(turn, beganMs, inside));
  }
  const known = new Set(turns.flatMap(({ inside }) => inside));
  return {
    name: `invoke_agent ${trajectory.policy}`,
    kind: "internal",
    startMs,
    endMs: startMs + trajectory.wallClock.seconds * 1000,
    attributes: episodeAttributes(trajectory),
    error: trajectory.error?.message ?? null,
    inside: [...calls.map(({ span }) => span).filter((span) => !known.has(span)), ...turns],
  };
}

/** The provider that answered a call; simulated models are named as such. */
export function providerOf({ usageSource }: Pick<Call, "usageSource">): string {
  return usageSource === "simulated" ? "rlm_gym.simulated" : "openai";
}

function isOfPython({ purpose }: Call): boolean {
  return purpose === "llm_query" || purpose === "rlm_query";
}

function episodeAttributes(trajectory: Trajectory): Attributes {
  const { totals, reward, error } = trajectory;
  return {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": trajectory.policy,
    "gen_ai.conversation.id": trajectory.rolloutId,
    "gen_ai.usage.input_tokens": totals.promptTokens,
    "gen_ai.usage.output_tokens": totals.completionTokens,
    "rlm_gym.environment": trajectory.environment,
    "rlm_gym.task.id": trajectory.task.id,
    "rlm_gym.group.id": trajectory.groupId,
    "rlm_gym.stop_reason": trajectory.stopReason,
    ...(reward && { "rlm_gym.score": reward.score, "rlm_gym.reward": reward.total }),
    ...(totals.nanoDollars !== null && { "rlm_gym.cost.usd": totals.nanoDollars / 1e9 }),
    ...(error && { "error.type": error.kind }),
  };
}

function turnSpan(turn: Turn, startMs: number, inside: readonly SpanRecord[]): SpanRecord {
  const bad = turn.results.find(({ outcome }) => outcome !== "ok");
  return {
    name: "execute_tool python",
    kind: "internal",
    startMs,
    endMs: startMs + turn.wallClock.seconds * 1000,
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "python",
      "rlm_gym.turn": turn.index,
      "rlm_gym.blocks": turn.results.length,
      ...(bad && { "error.type": bad.outcome }),
    },
    error: bad ? (bad.exception?.trimEnd().split("\n").at(-1) ?? bad.outcome) : null,
    inside,
  };
}

function chatSpan(call: Call, episodeMs: number): SpanRecord {
  const { usage, model, wallClock, error } = call;
  const startMs = episodeMs + (wallClock.startedSeconds ?? 0) * 1000;
  return {
    name: `chat ${model}`,
    kind: "client",
    startMs,
    endMs: startMs + wallClock.seconds * 1000,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": providerOf(call),
      "gen_ai.request.model": model,
      ...(usage && {
        "gen_ai.usage.input_tokens": usage.promptTokens,
        "gen_ai.usage.output_tokens": usage.completionTokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens,
      }),
      "rlm_gym.call.purpose": call.purpose,
      "rlm_gym.call.depth": call.depth,
      "rlm_gym.call.attempts": call.attempts,
      ...(call.cached && { "rlm_gym.call.cached": true }),
      ...(error !== null && { "error.type": "_OTHER" }),
    },
    error,
    inside: [],
  };
}
