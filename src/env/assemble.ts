/** Builds an environment from an open benchmark and the caller's options. All other options have defaults. */
import { RLMEnv } from "./env.ts";
import type { Judge, RLMEnvOptions } from "../episode/contract.ts";
import type { BudgetView } from "../episode/budget-view.ts";
import type { EventListener } from "../episode/events.ts";
import type { HostClock } from "../episode/clock/host-clock.ts";
import type { HostTools } from "../episode/tools/host-tools.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { PYTHON } from "../languages/python/python.ts";
import { languageNamed } from "../languages/registry.ts";
import { UsageError } from "../errors.ts";
import { expectKnown } from "../known-options.ts";
import type { CallLimit } from "../models/call-limit.ts";
import type { Model } from "../models/model.ts";
import { simulatedModel } from "../models/simulated/simulated.ts";
import type { Policy } from "../policies/policy.ts";
import { defaultPrices, priceOf } from "../cost/pricing.ts";
import type { PriceTable } from "../cost/built-in-prices.ts";
import type { ReplPool } from "../repl/repl.ts";
import { successGatedCost } from "../rewards/cost.ts";
import { scoredByWorld, worldScore } from "./world-score.ts";
import { specReward } from "../rewards/from-spec.ts";
import { MEASURE_PREFIX, type Reward } from "../rewards/reward.ts";
import type { ChangingSpec, RewardSpecInput } from "../rewards/spec.ts";
import type { RolePrompts } from "../trajectory.ts";
import type {
  Dialect,
  HistoryOptions,
  Limits,
  ObservationOptions,
  PromptStyle,
  ReasoningHistory,
  RulesVersion,
  Scorer,
} from "../types.ts";
import type { Benchmark, GivenOptions } from "./define.ts";

/** The options of `make`. All have defaults. */
export interface MakeOptions<Options = GivenOptions> {
  /** The environment's own options, such as `{ length: "32k" }`. */
  readonly options?: Options;
  /** Fixes the dataset. Default: 0. */
  readonly seed?: number;
  /** The sub-model behind `llm_query`, or several with the default one first. Default: a simulated one. */
  readonly subModels?: Model | readonly Model[];
  readonly limits?: Partial<Limits>;
  readonly dialect?: Dialect;
  /** How the policy's old turns are shortened. Default: they stay. */
  readonly history?: HistoryOptions;
  /** Which of the policy's thoughts are sent back to its server with the conversation. Default: none (`drop`). */
  readonly reasoning?: ReasoningHistory;
  /** How deep calls can go, and the policies of child episodes: as in `RLMEnvOptions`. */
  readonly maxDepth?: number;
  readonly childPolicy?: (model: Model, child: { readonly rolloutId: string }) => Policy;
  /** The most concurrent model calls: of one tree of episodes (default: 32), and of all that share `runLimit`. */
  readonly callsInFlight?: number;
  readonly runLimit?: CallLimit;
  readonly systemPrompt?: string;
  /** System prompts by role, and whether the prompt describes delegation: as in `RLMEnvOptions`. */
  readonly prompts?: RolePrompts;
  readonly delegation?: boolean;
  /** In a replay: the system prompts of recorded episodes. */
  readonly recordedPrompt?: RLMEnvOptions["recordedPrompt"];
  /** In a replay: what code saw of its handles. */
  readonly recordedSights?: RLMEnvOptions["recordedSights"];
  /** The wording of prompts and observations. This option, `severalBlocks` and `rules` are as in `RLMEnvOptions`. */
  readonly promptStyle?: PromptStyle;
  /** The name of the REPL's language, such as `javascript`. Default: `python`. */
  readonly repl?: string;
  /** A language of one's own, instead of `repl`. */
  readonly language?: ReplLanguage;
  readonly severalBlocks?: boolean;
  /** Whether a `FINAL(…)` that code prints is taken as the answer. Default: no. */
  readonly printedAnswers?: boolean;
  /** What the policy sees of its budget: `function` (`BUDGET()`) or `line` (also a line in each observation). Default: nothing. */
  readonly budgetView?: BudgetView;
  /** Observations of constant shape, and replies of sub-calls that are kept and shown by name: as in `RLMEnvOptions`. */
  readonly observations?: ObservationOptions;
  readonly replies?: "kept";
  /** In a replay: the budget that each recorded turn told. */
  readonly recordedBudget?: RLMEnvOptions["recordedBudget"];
  readonly rules?: RulesVersion;
  /**
   * A spec, or a function that makes the reward from the benchmark's scorer. Default: accuracy minus cost, gated on success.
   * `scoreEpisodes` computes the terms that need a group.
   */
  readonly reward?: RewardSpecInput | ChangingSpec | ((score: Scorer) => Reward);
  /** Sets the REPL's clock at the beginning and before each turn, for example `() => Date.now()`. Default: its own clock. */
  readonly clock?: HostClock;
  /** Functions of the host that code can call, by name. */
  readonly tools?: HostTools;
  /** Replaces `tools` in a replay, as in `RLMEnvOptions`. */
  readonly recordedTools?: RLMEnvOptions["recordedTools"];
  /** In a replay: the recorded world, as in `RLMEnvOptions`. */
  readonly recordedWorld?: RLMEnvOptions["recordedWorld"];
  /** Judges each answer before the reward is computed. Its finding is in the record. */
  readonly judge?: Judge;
  /** Gets an event for every call, turn, beginning and end, for monitoring. */
  readonly onEvent?: EventListener;
  readonly prices?: PriceTable;
  /** The caller's pool, which is not closed with the environment. Default: a new pool. */
  readonly repls?: ReplPool;
}

/** The environment of an open benchmark. Throws `UsageError` for an unknown option. */
export function assemble(
  name: string,
  benchmark: Benchmark,
  options: Omit<MakeOptions, "options" | "seed">,
): RLMEnv {
  expectKnown("assemble", options, MAKE_OPTIONS);
  const language = languageOf(options);
  const owned = options.repls ? null : language.openPool();
  const prices = options.prices ?? defaultPrices();
  const systemPrompt = options.systemPrompt ?? benchmark.systemPrompt?.(options.dialect ?? "repl");
  return new RLMEnv({
    name,
    problems: benchmark.problems,
    ...(benchmark.seeded && { seeded: benchmark.seeded }),
    ...(options.tools && { tools: options.tools }),
    ...(benchmark.world && { world: benchmark.world }),
    ...(options.recordedWorld && { recordedWorld: options.recordedWorld }),
    ...(options.clock && { clock: options.clock }),
    ...(options.recordedTools && { recordedTools: options.recordedTools }),
    ...(options.judge && { judge: options.judge }),
    reward: withFigures(rewardOfBenchmark(options.reward ?? successGatedCost, benchmark), benchmark),
    repls: options.repls ?? owned!,
    subModels: subModelsOf(options.subModels) ?? [simulatedModel({ readers: benchmark.readers })],
    priceOf: (model, usage) => priceOf(prices, model, usage),
    limits: { ...benchmark.limits, ...options.limits },
    ...(options.dialect && { dialect: options.dialect }),
    ...(options.history && { history: options.history }),
    ...(options.reasoning && { reasoning: options.reasoning }),
    ...recursionOf(options),
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...promptsOf(options),
    ...(options.promptStyle && { promptStyle: options.promptStyle }),
    language,
    ...(options.severalBlocks && { severalBlocks: options.severalBlocks }),
    ...(options.printedAnswers && { printedAnswers: options.printedAnswers }),
    ...(options.budgetView && { budgetView: options.budgetView }),
    ...(options.observations && { observations: options.observations }),
    ...(options.replies && { replies: options.replies }),
    ...(options.recordedBudget && { recordedBudget: options.recordedBudget }),
    ...(options.rules && { rules: options.rules }),
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(owned && { onClose: () => owned.close() }),
  });
}

/** The given language, or the one of the name. Throws `UsageError` for an unknown name, and if both are given. */
export function languageOf({
  repl,
  language,
  rules,
  promptStyle,
}: Pick<MakeOptions, "repl" | "language" | "rules" | "promptStyle">): ReplLanguage {
  if (language && repl !== undefined && repl !== language.name)
    throw new UsageError(
      `repl is ${JSON.stringify(repl)}, but the language that was given is ${language.name}`,
    );
  return language ?? languageNamed(repl ?? PYTHON, rules, promptStyle);
}

function promptsOf({ prompts, delegation, recordedPrompt, recordedSights }: MakeOptions) {
  return {
    ...(prompts && { prompts }),
    ...(delegation && { delegation }),
    ...(recordedPrompt && { recordedPrompt }),
    ...(recordedSights && { recordedSights }),
  };
}

function recursionOf({ maxDepth, childPolicy, callsInFlight, runLimit }: MakeOptions) {
  return {
    ...(maxDepth !== undefined && { maxDepth }),
    ...(childPolicy && { childPolicy }),
    ...(callsInFlight !== undefined && { callsInFlight }),
    ...(runLimit && { runLimit }),
  };
}

/** A reward with the benchmark's own scorers, or with the score of its world. Throws `UsageError` for an invalid spec. */
export function rewardOfBenchmark(
  given: NonNullable<MakeOptions["reward"]>,
  benchmark: Pick<Benchmark, "score" | "official" | "progress" | "world">,
): Reward {
  const { world } = benchmark;
  if (!world) return rewardWith(given, benchmark);
  return scoredByWorld(world, (score) => rewardWith(given, { ...benchmark, score, official: score }));
}

function rewardWith(
  given: NonNullable<MakeOptions["reward"]>,
  { score, official, progress }: Pick<Benchmark, "score" | "official" | "progress">,
): Reward {
  return typeof given === "function"
    ? given(score)
    : specReward(isChanging(given) ? given.now() : given, score, official, progress);
}

function isChanging(given: RewardSpecInput | ChangingSpec): given is ChangingSpec {
  return "now" in given;
}

/** Adds the published score and the benchmark's figures to the reward as terms without weight, for tables. */
function withFigures(reward: Reward, { official, measures, world }: Benchmark): Reward {
  if (!official && !measures && !world) return reward;
  const whole: Reward = (trajectory, reference) => {
    const record = reward(trajectory, reference);
    const { answer } = trajectory;
    const raw: Record<string, number> = {};
    if (world) raw.official = worldScore(world, trajectory, reference);
    else if (official) raw.official = answer === null ? 0 : official(answer.text, reference);
    for (const [name, value] of Object.entries(measures?.(trajectory, reference) ?? {}))
      raw[`${MEASURE_PREFIX}${name}`] = value;
    const figures = Object.entries(raw).map(([name, value]) => [name, { raw: value, weighted: 0 }]);
    return { ...record, terms: { ...record.terms, ...Object.fromEntries(figures) } };
  };
  return reward.ofTurn ? Object.assign(whole, { ofTurn: reward.ofTurn }) : whole;
}

/** The sub-models as a list with the default one first; undefined if none are given. */
export function subModelsOf(given: MakeOptions["subModels"]): readonly Model[] | undefined {
  if (given === undefined || Array.isArray(given)) return given as readonly Model[] | undefined;
  return [given as Model];
}

const NAMES = {
  options: true,
  seed: true,
  subModels: true,
  limits: true,
  dialect: true,
  history: true,
  reasoning: true,
  maxDepth: true,
  childPolicy: true,
  callsInFlight: true,
  runLimit: true,
  systemPrompt: true,
  prompts: true,
  delegation: true,
  recordedPrompt: true,
  recordedSights: true,
  promptStyle: true,
  repl: true,
  language: true,
  severalBlocks: true,
  printedAnswers: true,
  budgetView: true,
  observations: true,
  replies: true,
  recordedBudget: true,
  rules: true,
  reward: true,
  clock: true,
  tools: true,
  recordedTools: true,
  recordedWorld: true,
  judge: true,
  onEvent: true,
  prices: true,
  repls: true,
} as const satisfies Record<keyof MakeOptions, true>;

/** The names of all options, to refuse unknown ones. */
export const MAKE_OPTIONS = Object.keys(NAMES) as readonly (keyof MakeOptions)[];
