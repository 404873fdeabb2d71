/** A native trajectory out of what another program recorded; what that did not record is absent, unknown or null. */
import { createHash } from "node:crypto";
import { sumCalls } from "../ledger.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { measure } from "../metrics/measure.ts";
import type { Call, RewardRecord, Trajectory, Turn } from "../trajectory.ts";
import type { BlockResult, SampledTokens, StopReason, ToolCall, Usage } from "../types.ts";

export interface ForeignCall {
  readonly purpose: Call["purpose"];
  readonly model: string;
  readonly prompt: string | null;
  readonly reply: string | null;
  readonly error?: string | null;
  readonly usage: Usage | null;
  readonly dollars: number | null;
  readonly tokens?: SampledTokens;
  readonly seconds?: number;
}

export interface ForeignTurn {
  readonly text: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly blocks: readonly Pick<BlockResult, "code" | "stdout" | "stderr">[];
  readonly observation: string;
  /** The policy's call; null where no model made the turn. */
  readonly call: ForeignCall | null;
  readonly subCalls: readonly ForeignCall[];
  readonly seconds?: number;
}

export interface ForeignEpisode {
  readonly rolloutId: string;
  readonly groupId: string;
  readonly environment: string;
  readonly policy: string;
  readonly taskId: string;
  readonly question: string;
  readonly systemPrompt: string;
  readonly opening: string;
  readonly dialect: Trajectory["dialect"];
  readonly turns: readonly ForeignTurn[];
  readonly children: readonly { readonly turn: number; readonly episode: ForeignEpisode }[];
  readonly answer: string | null;
  readonly reward: RewardRecord | null;
  readonly stopReason?: StopReason;
  readonly startedAt: string;
}

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

/** The context is not in such records: its summary is that of an empty text, and nothing that needs it can be done. */
export function nativeFrom(
  foreign: ForeignEpisode,
  parent: Trajectory["parent"] = null,
  depth = 0,
): Trajectory {
  const calls: Call[] = [];
  const record = (call: ForeignCall, turn: number): number =>
    calls.push(callFrom(call, calls.length, turn, call.purpose === "policy" ? depth : depth + 1)) - 1;
  const turns = foreign.turns.map((turn, index): Turn => {
    const callId = turn.call && record(turn.call, index);
    for (const call of turn.subCalls) record(call, index);
    return turnFrom(turn, index, callId);
  });
  const { rolloutId, systemPrompt, answer } = foreign;
  const children = foreign.children.map(({ turn, episode }) =>
    nativeFrom(episode, { rolloutId, turn, batch: null }, depth + 1),
  );
  const all = (one: Pick<Trajectory, "calls" | "children">): readonly Call[] => [
    ...one.calls,
    ...one.children.flatMap(all),
  ];
  const seconds = foreign.turns.reduce((sum, turn) => sum + (turn.seconds ?? 0), 0);
  return {
    schemaVersion: 1,
    rolloutId,
    groupId: foreign.groupId,
    environment: foreign.environment,
    policy: foreign.policy,
    seed: 0,
    depth,
    maxDepth: depth + (children.length > 0 ? 2 : 1),
    parent,
    task: {
      id: foreign.taskId,
      dataset: foreign.environment,
      question: foreign.question,
      contextTokens: 0,
      metadata: { imported: true },
      context: { type: "str", chars: 0, sha256: sha256("") },
    },
    dialect: foreign.dialect,
    history: { mode: "off" },
    systemPrompt,
    systemPromptSha256: sha256(systemPrompt),
    limits: DEFAULT_LIMITS,
    simulated: false,
    status: "ok",
    error: null,
    stopReason: foreign.stopReason ?? (answer === null ? "max_turns" : "answered"),
    opening: foreign.opening,
    turns,
    calls,
    toolCalls: [],
    children,
    totals: sumCalls(all({ calls, children })),
    fullReading: { model: foreign.policy, tokens: 0, nanoDollars: null },
    answer: answer === null ? null : { text: answer, source: "final" },
    metrics: measure({ turns, calls, children }, ""),
    reward: foreign.reward,
    wallClock: { startedAt: foreign.startedAt, seconds },
  };
}

function callFrom(foreign: ForeignCall, id: number, turn: number, depth: number): Call {
  const { purpose, model, prompt, reply, error = null, usage, dollars, tokens, seconds = 0 } = foreign;
  return {
    id,
    purpose,
    depth,
    turn,
    batch: null,
    model,
    prompt,
    reply,
    error,
    usage,
    usageSource: usage === null ? "unknown" : "reported",
    reserved: NOTHING,
    nanoDollars: dollars === null ? null : Math.round(dollars * 1e9),
    attempts: 1,
    ...(tokens && { tokens }),
    wallClock: { seconds },
  };
}

function turnFrom(turn: ForeignTurn, index: number, callId: number | null): Turn {
  const { text, toolCalls = [], blocks, observation, seconds = 0 } = turn;
  return {
    index,
    completion: { text, toolCalls, finishReason: "unknown" },
    callId,
    results: blocks.map((block): BlockResult => ({
      ...block,
      outcome: /Traceback|Error/.test(block.stderr) ? "exception" : "ok",
      value: null,
      exception: null,
      outputChars: block.stdout.length + block.stderr.length,
      omittedChars: 0,
      stateKept: true,
    })),
    observation,
    segment: 0,
    standing: null,
    reward: 0,
    wallClock: { seconds },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
