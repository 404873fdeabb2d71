/** A small ended episode with chosen figures, for tests of what reads trajectories. */
import { DEFAULT_LIMITS } from "../src/episode/limits.ts";
import { measure } from "../src/metrics/measure.ts";
import type { Unrewarded } from "../src/rewards/reward.ts";
import type { Trajectory } from "../src/trajectory.ts";
import type { Answer } from "../src/types.ts";

export interface FixtureParts {
  readonly rolloutId?: string;
  readonly answer?: Answer | null;
  readonly nanoDollars?: number | null;
  readonly fullReadingNanoDollars?: number | null;
  readonly tokens?: number;
  readonly contextTokens?: number;
}

export function unrewarded(parts: FixtureParts = {}): Unrewarded {
  const { nanoDollars = 0, tokens = 0, contextTokens = 1, answer = null, rolloutId = "r" } = parts;
  return {
    schemaVersion: 1,
    rolloutId,
    groupId: "t",
    environment: "e",
    policy: "p",
    seed: 0,
    depth: 0,
    maxDepth: 1,
    parent: null,
    task: {
      id: "t",
      dataset: "d",
      question: "?",
      contextTokens,
      metadata: {},
      context: { type: "str", chars: 7, sha256: "0".repeat(64) },
    },
    dialect: "repl",
    history: { mode: "off" },
    systemPrompt: "s",
    systemPromptSha256: "0".repeat(64),
    limits: DEFAULT_LIMITS,
    simulated: false,
    status: "ok",
    error: null,
    stopReason: "answered",
    opening: "o",
    turns: [],
    calls: [],
    toolCalls: [],
    children: [],
    totals: {
      calls: 0,
      cachedCalls: 0,
      overshootTokens: 0,
      callsOfUnknownUsage: 0,
      promptTokens: tokens,
      completionTokens: 0,
      cachedTokens: 0,
      nanoDollars,
    },
    fullReading: { model: "m", tokens: contextTokens, nanoDollars: parts.fullReadingNanoDollars ?? null },
    answer,
    metrics: measure({ turns: [], calls: [], children: [] }, "context"),
    wallClock: { startedAt: "2026-01-01T00:00:00.000Z", seconds: 0 },
  };
}

export function rewarded(parts: FixtureParts & { readonly score?: number } = {}): Trajectory {
  const score = parts.score ?? 1;
  return { ...unrewarded(parts), reward: { total: score, score, terms: {} } };
}
