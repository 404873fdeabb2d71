/** The prompt search from a program: in one environment, with the options of a rollout. */
import { defaultPrices } from "../cost/pricing.ts";
import type { Benchmark, Environment, GivenOptions } from "../env/define.ts";
import { resolveLimits } from "../episode/limits.ts";
import { defaultSystemPrompt } from "../episode/prompt.ts";
import { expectKnown } from "../known-options.ts";
import type { Matchup } from "../queue/matchup.ts";
import { type PolicyChoice, ROLLOUT_OPTIONS, plannedRun, type RolloutOptions } from "../rollout/rollout.ts";
import type { MakeOptions } from "../env/assemble.ts";
import { type PromptSearchHow, type PromptSearchResult, searchPrompt } from "./search-prompt.ts";

/**
 * The options of a prompt search: those of the search, and those with which environments are made. `systemPrompt` is the seed prompt;
 * default: the one that the environment has.
 */
export interface OptimisePromptOptions<Options = GivenOptions>
  extends
    PromptSearchHow,
    Omit<
      RolloutOptions<Options>,
      | keyof PromptSearchHow
      | "policy"
      | "episodes"
      | "groupSize"
      | "redis"
      | "onBegin"
      | "onRetry"
      | "onWarning"
    > {
  readonly policy: PolicyChoice;
}

const SEARCH = {
  out: true,
  resume: true,
  budget: true,
  budgetDollars: true,
  reflectingModel: true,
  reflectMaxTokens: true,
  minibatch: true,
  trainTasks: true,
  validationTasks: true,
  testTasks: true,
  iterations: true,
  maxPromptTokens: true,
  concurrency: true,
  attempts: true,
  plain: true,
  repls: true,
  signal: true,
  onEpisode: true,
  onIteration: true,
} as const satisfies Record<keyof PromptSearchHow, true>;

/** Searches for a better system prompt of the policy in the environment. Throws `UsageError` for invalid options, and as `searchPrompt`. */
export async function optimisePromptIn(
  environment: Environment,
  options: OptimisePromptOptions,
): Promise<PromptSearchResult> {
  const { seed = 0, dialect = "repl", prices = defaultPrices() } = options;
  expectKnown("optimisePrompt", options, [...new Set([...Object.keys(SEARCH), ...ROLLOUT_OPTIONS])]);
  const { matchups, config } = await plannedRun(environment, { ...options, seed });
  const benchmark = await environment.open(options.options ?? {}, seed);
  const { maxDollars } = resolveLimits(benchmark.limits, options.limits);
  const seedPrompt = seedPromptOf(options, benchmark, matchups[0]!);
  return searchPrompt({ matchups, seed, seedPrompt, dialect, prices, maxDollars, config }, options);
}

/** The prompt that a search begins with: the given one, the benchmark's own, or the default one for these options. */
export function seedPromptOf(
  make: Pick<MakeOptions, "systemPrompt" | "dialect" | "promptStyle" | "maxDepth" | "severalBlocks" | "repl">,
  benchmark: Pick<Benchmark, "systemPrompt">,
  { subModels }: Pick<Matchup, "subModels">,
): string {
  const { dialect = "repl", promptStyle, maxDepth = 1, severalBlocks = false, repl } = make;
  const facts = { subModel: subModels[0] ?? null, hasChildren: maxDepth > 1, severalBlocks };
  return (
    make.systemPrompt ??
    benchmark.systemPrompt?.(dialect) ??
    defaultSystemPrompt(dialect, promptStyle, facts, repl)
  );
}
