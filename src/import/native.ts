/** Makes a native trajectory of another program's record; what that did not record is absent, unknown or null. */
import { createHash } from "node:crypto";
import { summariseContext } from "../data/context.ts";
import { sumCalls, callsOfTree } from "../cost/totals.ts";
import { DEFAULT_LIMITS } from "../episode/limits.ts";
import { PYTHON } from "../languages/python/python.ts";
import { measure } from "../metrics/measure.ts";
import type { Call, InfraError, RewardRecord, Trajectory, Turn } from "../trajectory.ts";
import type {
  BlockResult,
  Context,
  FinishReason,
  JsonObject,
  SampledTokens,
  StopReason,
  ToolCall,
  Usage,
} from "../types.ts";

/** A model call of a foreign record, as far as its format tells. */
export interface ForeignCall {
  readonly purpose: Call["purpose"];
  readonly model: string;
  readonly prompt: string | null;
  readonly reply: string | null;
  readonly error?: string | null;
  /** Null if nobody reported it. */
  readonly usage: Usage | null;
  readonly dollars: number | null;
  readonly tokens?: SampledTokens;
  readonly seconds?: number;
}

/** A turn of a foreign record. */
export interface ForeignTurn {
  readonly text: string;
  /** What the model thought before, as text. */
  readonly reasoning?: string | null;
  readonly toolCalls?: readonly ToolCall[];
  readonly finishReason?: FinishReason;
  readonly blocks: readonly (Pick<BlockResult, "code" | "stdout" | "stderr"> & {
    readonly failed?: boolean;
  })[];
  readonly observation: string;
  /** See `Turn.segment`; 0 if it is not recorded. */
  readonly segment?: number;
  /** The policy's call; null if no model made the turn. */
  readonly call: ForeignCall | null;
  readonly subCalls: readonly ForeignCall[];
  readonly seconds?: number;
}

/** An episode as a foreign format records it, before it becomes a trajectory. */
export interface ForeignEpisode {
  readonly rolloutId: string;
  readonly groupId: string;
  readonly environment: string;
  readonly policy: string;
  readonly taskId: string;
  readonly question: string;
  /** Public facts of the task. */
  readonly metadata: JsonObject;
  /** The text that the policy worked on; null if it was not recorded. */
  readonly context: Context | null;
  readonly systemPrompt: string;
  readonly opening: string;
  readonly dialect: Trajectory["dialect"];
  /** The name of the language of its code. Default: Python. */
  readonly language?: string;
  readonly maxTurns: number | null;
  readonly turns: readonly ForeignTurn[];
  readonly children: readonly { readonly turn: number; readonly episode: ForeignEpisode }[];
  readonly answer: string | null;
  readonly reward: RewardRecord | null;
  /** False if its policy must not be trained. */
  readonly trainable?: boolean;
  /** How it ended: with a stop reason, or with a fault, which is never trained on. */
  readonly ended: StopReason | InfraError;
  readonly startedAt: string;
}

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };
/** Stands for a time that was not recorded: the beginning of the clock. */
export const NO_TIME = "1970-01-01T00:00:00.000Z";

/**
 * An unknown context has the summary of an empty text. Seed and limits that nobody recorded have the values of the type's
 * defaults.
 *
 * @param countTokens counts the tokens of one reading of a known context
 */
export function nativeFrom(
  foreign: ForeignEpisode,
  countTokens: (text: string) => number,
  parent: Trajectory["parent"] = null,
  depth = 0,
): Trajectory {
  const { rolloutId, systemPrompt, answer, maxTurns, ended, context } = foreign;
  const calls: Call[] = [];
  const record = (call: ForeignCall, turn: number): number =>
    calls.push(callFrom(call, calls.length, turn, call.purpose === "policy" ? depth : depth + 1)) - 1;
  const turns = foreign.turns.map((turn, index): Turn => {
    const callId = turn.call && record(turn.call, index);
    for (const call of turn.subCalls) record(call, index);
    return turnFrom(turn, index, callId);
  });
  const children = foreign.children.map(({ turn, episode }) =>
    nativeFrom(episode, countTokens, { rolloutId, turn, batch: null }, depth + 1),
  );
  const contextTokens = context === null ? 0 : countTokens(textOf(context));
  const isFault = typeof ended !== "string";
  const model = calls.find(({ purpose }) => purpose === "policy")?.model;
  return {
    schemaVersion: 1,
    rolloutId,
    groupId: foreign.groupId,
    environment: foreign.environment,
    policy: foreign.policy,
    ...(foreign.trainable === false && { trainable: false as const }),
    seed: 0,
    depth,
    maxDepth: Math.max(1, ...children.map((child) => child.maxDepth + 1)),
    parent,
    task: {
      id: foreign.taskId,
      dataset: foreign.environment,
      question: foreign.question,
      contextTokens,
      metadata: foreign.metadata,
      context: summariseContext(context ?? ""),
    },
    dialect: foreign.dialect,
    ...(foreign.language !== undefined && foreign.language !== PYTHON && { language: foreign.language }),
    history: { mode: "off" },
    systemPrompt,
    systemPromptSha256: createHash("sha256").update(systemPrompt).digest("hex"),
    limits: maxTurns === null ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, maxTurns },
    simulated: false,
    status: isFault ? "infra_error" : "ok",
    error: isFault ? ended : null,
    stopReason: isFault ? "infra_error" : ended,
    opening: foreign.opening,
    turns,
    calls,
    toolCalls: [],
    children,
    totals: sumCalls(callsOfTree({ calls, children })),
    fullReading: { model: model ?? foreign.policy, tokens: contextTokens, nanoDollars: null },
    answer: answer === null ? null : { text: answer, source: "final" },
    metrics: measure({ turns, calls, children }, context ?? ""),
    reward: isFault ? null : foreign.reward,
    wallClock: {
      startedAt: foreign.startedAt,
      seconds: foreign.turns.reduce((sum, turn) => sum + (turn.seconds ?? 0), 0),
    },
  };
}

function textOf(context: Context): string {
  if (context instanceof Uint8Array) return "";
  return typeof context === "string" ? context : JSON.stringify(context);
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
    // Nobody reserved anything, so nothing was used beyond it.
    reserved: usage ?? NOTHING,
    nanoDollars: dollars === null ? null : Math.round(dollars * 1e9),
    attempts: 1,
    ...(tokens && { tokens }),
    wallClock: { seconds },
  };
}

function turnFrom(turn: ForeignTurn, index: number, callId: number | null): Turn {
  const {
    text,
    reasoning,
    toolCalls = [],
    finishReason = "unknown",
    blocks,
    observation,
    segment = 0,
  } = turn;
  return {
    index,
    completion: { text, ...(reasoning && { reasoning: { text: reasoning } }), toolCalls, finishReason },
    callId,
    results: blocks.map(({ failed, ...block }): BlockResult => ({
      ...block,
      outcome: (failed ?? /Traceback|Error/.test(block.stderr)) ? "exception" : "ok",
      value: null,
      exception: null,
      outputChars: block.stdout.length + block.stderr.length,
      omittedChars: 0,
      stateKept: true,
    })),
    observation,
    segment,
    standing: null,
    reward: 0,
    wallClock: { seconds: turn.seconds ?? 0 },
  };
}
