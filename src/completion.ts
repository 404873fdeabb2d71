/** One call from a prompt over a context of any length to an answer: the RLM paper's replacement for a plain completion. */
import { taskOf } from "./episode/children.ts";
import { RLMEnv } from "./env/env.ts";
import type { RLMEnvOptions } from "./episode/contract.ts";
import type { EpisodeEvent } from "./episode/events.ts";
import { RLMError, UsageError } from "./errors.ts";
import { sumCalls, callsOfTree } from "./cost/totals.ts";
import { modelPolicy } from "./policies/model-policy.ts";
import type { Model } from "./models/model.ts";
import type { Policy } from "./policies/policy.ts";
import { defaultPrices, priceOf, type PriceTable } from "./cost/pricing.ts";
import { PYTHON } from "./languages/python/python.ts";
import { languageNamed } from "./languages/registry.ts";
import { rolloutEpisode } from "./episode/rollout.ts";
import type { Totals, Trajectory } from "./trajectory.ts";
import { expectKnown } from "./known-options.ts";
import { type Context, CURRENT_RULES, type JsonObject, type StopReason } from "./types.ts";

/** Options that a completion passes on to its environment: limits, recursion, dialect and tools. */
const SHARED = [
  "limits",
  "maxDepth",
  "childPolicy",
  "callsInFlight",
  "runLimit",
  "dialect",
  "history",
  "reasoning",
  "observations",
  "replies",
  "systemPrompt",
  "prompts",
  "delegation",
  "promptStyle",
  "severalBlocks",
  "tools",
] as const satisfies readonly (keyof RLMEnvOptions)[];

/** These options, and the caller's own pool, which is not closed. */
type Shared = Pick<RLMEnvOptions, (typeof SHARED)[number] | "repls">;

/** The question, the models or policy that answer it, and the limits: tokens, dollars and seconds are in `limits`. */
export interface CompletionOptions extends Partial<Shared> {
  /** The question. The policy reads it whole, so keep it short. */
  readonly prompt: string;
  /** The name of the REPL's language, such as `javascript`. Default: `python`. A caller's own pool must be of it. */
  readonly repl?: string;
  /** What the question is about: the REPL's `context`. Default: the prompt itself, of which the policy then sees only the ends. */
  readonly context?: Context;
  /** Writes the code, and answers its sub-calls unless `subModels` names another model. */
  readonly model?: Model;
  /** The models behind the REPL's functions, the default one first. */
  readonly subModels?: Model | readonly Model[];
  /** Acts instead of the model, for example a strategy. */
  readonly policy?: Policy;
  readonly temperature?: number;
  readonly prices?: PriceTable;
  /** Fixes sampling seeds and everything random in the REPL; default 0. */
  readonly seed?: number;
  /** The record's id, if many records are kept together. */
  readonly rolloutId?: string;
  readonly signal?: AbortSignal;
  /** Called for each call, turn and child as it happens. An error that it throws ends the completion and is thrown. */
  readonly onEvent?: (event: CompletionEvent) => void;
}

const OWN = {
  repl: true,
  prompt: true,
  context: true,
  model: true,
  subModels: true,
  policy: true,
  temperature: true,
  prices: true,
  seed: true,
  rolloutId: true,
  signal: true,
  onEvent: true,
  repls: true,
} as const satisfies Record<Exclude<keyof CompletionOptions, (typeof SHARED)[number]>, true>;

/** What all ended calls at every depth have used so far. */
export interface Spent {
  readonly calls: number;
  readonly tokens: number;
  /** Null if a model has no known price. */
  readonly dollars: number | null;
}

/** An event during a completion, with the cost so far. */
export type CompletionEvent = EpisodeEvent & { readonly spent: Spent };

/** The answer and its cost: tokens, and dollars if every model has a known price. */
export interface CompletionResult {
  /** Null if a limit was reached before there was an answer; `stopReason` says which. */
  readonly answer: string | null;
  readonly stopReason: StopReason;
  /** Sums over all calls at every depth, and the same for each model by name. */
  readonly usage: Totals;
  readonly usageByModel: { readonly [model: string]: Totals };
  /** Null if a model has no known price: an unknown cost is not zero. */
  readonly dollars: number | null;
  /** True if a simulated model took part: then the answer shows how things work, not what a model can do. */
  readonly simulated: boolean;
  /** The whole record; its `wallClock` says how long the completion took. */
  readonly trajectory: Trajectory;
}

/** An infrastructure fault, such as a dead model server, prevented an answer. `partial` keeps everything that was paid for. */
export class CompletionError extends RLMError {
  override readonly name = "CompletionError";
  /** As in `InfraError`: `policy_unreachable`, `model_auth`, `repl` … */
  readonly kind: string;
  readonly trajectory: Trajectory;
  /** The standing answer and the cost until the fault. */
  readonly partial: CompletionResult;

  constructor({ kind, message }: NonNullable<Trajectory["error"]>, trajectory: Trajectory) {
    super(message);
    this.kind = kind;
    this.trajectory = trajectory;
    this.partial = resultOf(trajectory);
  }
}

/**
 * Answers a prompt about a context in one episode. Throws `UsageError` for invalid options, `CompletionError` for an
 * infrastructure fault, and the signal's reason.
 */
export function completion(options: CompletionOptions): Promise<CompletionResult> {
  return answerQuestion(options, {});
}

/** Answers a prompt, as `completion` does. `metadata` stands in the record's task. @internal */
export async function answerQuestion(
  options: CompletionOptions,
  metadata: JsonObject,
): Promise<CompletionResult> {
  expectKnown("completion", options, [...SHARED, ...Object.keys(OWN)]);
  const { seed = 0, onEvent, rolloutId = `completion/${seed}` } = options;
  const { policy, subModels, childPolicy } = playersOf(options);
  const asked = { prompt: textOf(options.prompt), context: options.context };
  const task = { ...taskOf(asked, rolloutId, "completion"), metadata };
  const prices = options.prices ?? defaultPrices();
  const listener = onEvent && listening(onEvent);
  const signal = listener ? anyOf(listener.failed, options.signal) : options.signal;
  const language = languageNamed(options.repl ?? PYTHON, CURRENT_RULES, options.promptStyle);
  const owned = options.repls ? null : language.openPool();
  const env = new RLMEnv({
    childPolicy,
    ...sharedOf(options),
    language,
    ...policy.recursion,
    name: "completion",
    problems: { name: "completion", size: 0, async *[Symbol.asyncIterator]() {} },
    // The right answer is unknown here.
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: options.repls ?? owned!,
    subModels,
    priceOf: (model, usage) => priceOf(prices, model, usage),
    ...(listener && { onEvent: listener.hear }),
  });
  try {
    const reset = { task, seed, rolloutId, groupId: rolloutId };
    const subModel = subModels[0] ?? null;
    const trajectory = await rolloutEpisode(env, { policy, subModel, reset, ...(signal && { signal }) });
    listener?.failed.throwIfAborted();
    if (trajectory.error !== null) throw new CompletionError(trajectory.error, trajectory);
    return resultOf(trajectory);
  } finally {
    await env.close();
    await owned?.close();
  }
}

function playersOf({ model, policy, subModels, temperature }: CompletionOptions) {
  const sampling = temperature === undefined ? {} : { temperature };
  const playing = policy ?? (isModel(model) ? modelPolicy(model, sampling) : null);
  if (!playing)
    throw new UsageError("completion: expected a model, such as openaiModel makes, or a policy instead");
  const below = subModels ?? model ?? [];
  return {
    policy: playing,
    childPolicy: (own: Model) => modelPolicy(own, sampling),
    subModels: Array.isArray(below) ? (below as readonly Model[]) : [below as Model],
  };
}

function isModel(model: unknown): model is Model {
  return typeof model === "object" && model !== null && "complete" in model;
}

/** Callers without types may pass anything. */
function textOf(prompt: unknown): string {
  if (typeof prompt === "string" && prompt !== "") return prompt;
  throw new UsageError(
    `completion: expected a prompt that is a text, got ${JSON.stringify(prompt) ?? "none"}`,
  );
}

function sharedOf(options: CompletionOptions): Partial<Shared> {
  return Object.fromEntries(
    SHARED.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}

/** A listener that also receives the cost so far, and whose failure aborts a signal. */
function listening(onEvent: NonNullable<CompletionOptions["onEvent"]>) {
  const failure = new AbortController();
  let spent: Spent = { calls: 0, tokens: 0, dollars: 0 };
  const hear = (event: EpisodeEvent) => {
    if (event.kind === "replied") spent = withCall(spent, sumCalls([event.call]));
    try {
      if (!failure.signal.aborted) onEvent({ ...event, spent });
    } catch (error) {
      failure.abort(error);
    }
  };
  return { hear, failed: failure.signal };
}

function withCall({ calls, tokens, dollars }: Spent, call: Totals): Spent {
  return {
    calls: calls + 1,
    tokens: tokens + call.promptTokens + call.completionTokens,
    dollars: dollars === null ? null : plus(dollars, dollarsOf(call)),
  };
}

function plus(dollars: number, more: number | null): number | null {
  return more === null ? null : dollars + more;
}

function dollarsOf({ nanoDollars }: Totals): number | null {
  return nanoDollars === null ? null : nanoDollars / 1e9;
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any(other ? [one, other] : [one]);
}

function resultOf(trajectory: Trajectory): CompletionResult {
  const calls = callsOfTree(trajectory);
  const models = [...new Set(calls.map(({ model }) => model))];
  const byModel = models.map((name) => [name, sumCalls(calls.filter(({ model }) => model === name))]);
  const { answer, stopReason, totals, simulated } = trajectory;
  return {
    answer: answer?.text ?? null,
    stopReason,
    usage: totals,
    usageByModel: Object.fromEntries(byModel) as CompletionResult["usageByModel"],
    dollars: dollarsOf(totals),
    simulated,
    trajectory,
  };
}
