/** Searches for a better system prompt: plays the search and its held-out test in a run's folder, and writes what came of it. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type PriceTable, priceOf } from "../cost/pricing.ts";
import { RLMError, UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import type { Model } from "../models/model.ts";
import { LanguagePools } from "../languages/language-pools.ts";
import type { ReplLanguage } from "../languages/language.ts";
import type { Matchup } from "../queue/matchup.ts";
import type { ReplPool } from "../repl/repl.ts";
import { RunWriter } from "../runs/run-writer.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Dialect, JsonObject } from "../types.ts";
import { version } from "../version.ts";
import { CandidateEpisodes, type Outcome, promptHash } from "./candidate-episodes.ts";
import type { Candidate, Iteration } from "./candidate.ts";
import { type HeldOut, heldOutTest } from "./held-out.ts";
import { Reflections } from "./reflections.ts";
import type { Refusal } from "./read-proposal.ts";
import { PromptSearch, type SearchEnd } from "./search.ts";
import { Spending } from "./spending.ts";
import { type TaskPlace, taskSets, type TaskSets } from "./task-sets.ts";

/** The files that a search writes beside those of a run. */
export const BEST_PROMPT_FILE = "best-prompt.txt";
export const POOL_FILE = "pool.json";
export const RESULT_FILE = "result.json";

/** How to search. */
export interface PromptSearchHow {
  /** The folder of the search, which is a run's folder, too. */
  readonly out: string;
  /** Goes on with the search in `out`. */
  readonly resume?: boolean;
  /** The most episodes in all, with those of the held-out test. */
  readonly budget: number;
  /** The most dollars of all episodes and of the reflecting model. Default: no bound. */
  readonly budgetDollars?: number;
  /** The model that reads episodes and writes prompts. */
  readonly reflectingModel: Model;
  /** The most tokens of its reply; default 4096. */
  readonly reflectMaxTokens?: number;
  /** Training tasks that a child is tried on; default 4. */
  readonly minibatch?: number;
  /** Tasks of each kind; default 16, 8 and 20. */
  readonly trainTasks?: number;
  readonly validationTasks?: number;
  readonly testTasks?: number;
  /** The most iterations; default: as many as the budget has episodes. */
  readonly iterations?: number;
  /** The most tokens of a prompt; default 1500. */
  readonly maxPromptTokens?: number;
  /** Episodes at a time; default: the number of cores. */
  readonly concurrency?: number;
  /** Attempts at an episode that ended with a temporary infrastructure fault; default 3. */
  readonly attempts?: number;
  /** Writes the texts of encrypted data sets in plain text. */
  readonly plain?: boolean;
  /** The caller's own pool, which is not closed. */
  readonly repls?: ReplPool;
  /** Cuts running episodes; its reason is thrown. What has ended is kept. */
  readonly signal?: AbortSignal;
  readonly onEpisode?: (trajectory: Trajectory) => void;
  /** Called after the seed prompt's validation, with null, and after each iteration. */
  readonly onIteration?: (iteration: Iteration | null, best: Candidate) => void;
}

/** What is to be searched: one policy on tasks of several kinds. */
export interface PromptSearchRun {
  /** Each with one policy. */
  readonly matchups: readonly Matchup[];
  readonly seed: number;
  readonly seedPrompt: string;
  readonly dialect: Dialect;
  readonly prices: PriceTable;
  /** The most dollars of an episode, by its limits. */
  readonly maxDollars: number;
  /** Everything that decides the episodes, without keys. */
  readonly config: JsonObject;
}

/** What came of a search; the content of `result.json`, without the folder. */
export interface PromptSearchResult {
  readonly folder: string;
  readonly best: Candidate;
  readonly seed: Candidate;
  /** Why the search ended. */
  readonly ended: SearchEnd;
  readonly candidates: { readonly kept: number; readonly rejected: number };
  readonly iterations: number;
  /** How often a reply of the reflecting model was refused, by reason. */
  readonly refusals: Partial<Record<Refusal, number>>;
  readonly spent: {
    readonly episodes: number;
    readonly nanoDollars: number | null;
    readonly reflections: {
      readonly calls: number;
      readonly tokens: number;
      readonly nanoDollars: number | null;
    };
  };
  readonly heldOut: HeldOut;
  /** Whether a program played the policy or wrote the prompts. */
  readonly simulated: { readonly policy: boolean; readonly reflectingModel: boolean };
}

/** Both prompts play so many held-out tasks before the dollars are counted again. */
const TEST_CHUNK = 4;

/** The options with their defaults. Throws `UsageError` that names an invalid one. */
function settled(how: PromptSearchHow) {
  const whole = (name: keyof PromptSearchHow, value: number, least = 1) => {
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new UsageError(
      `prompt search: ${name}: expected a whole number of at least ${least}, got ${value}`,
    );
  };
  const budget = whole("budget", how.budget);
  const { budgetDollars = null } = how;
  if (budgetDollars !== null && !(budgetDollars > 0 && Number.isFinite(budgetDollars)))
    throw new UsageError(`prompt search: budgetDollars: expected a number above 0, got ${budgetDollars}`);
  const train = whole("trainTasks", how.trainTasks ?? 16);
  return {
    budget,
    nanoDollars: budgetDollars === null ? null : Math.floor(budgetDollars * 1e9),
    sizes: {
      train,
      validation: whole("validationTasks", how.validationTasks ?? 8),
      test: whole("testTasks", how.testTasks ?? 20),
    },
    minibatch: whole("minibatch", how.minibatch ?? 4),
    iterations: whole("iterations", how.iterations ?? budget),
    maxPromptTokens: whole("maxPromptTokens", how.maxPromptTokens ?? 1500, 20),
    reflectMaxTokens: whole("reflectMaxTokens", how.reflectMaxTokens ?? 4096, 20),
    concurrency: whole("concurrency", how.concurrency ?? availableParallelism()),
    attempts: whole("attempts", how.attempts ?? 3),
  };
}

type Settled = ReturnType<typeof settled>;

/**
 * Searches, and tests the best prompt against the seed prompt on held-out tasks. Throws `UsageError` for invalid options and for a
 * budget that holds no search, and what stopped the search early: all that had ended is then in the folder, for `resume`.
 */
export async function searchPrompt(run: PromptSearchRun, how: PromptSearchHow): Promise<PromptSearchResult> {
  const asked = settled(how);
  const { resume = false, plain = false, out } = how;
  const sets = await taskSets(run.matchups, asked.sizes, { plain });
  expectRoom(run, how, { asked, sets });
  const config = { ...run.config, ...configOf(run, how, asked) };
  const plan = { version, seed: run.seed, config, planned: asked.budget, plain };
  const writer = resume ? await RunWriter.resume(out, plan) : await RunWriter.create(out, plan);
  const { signal = new AbortController().signal } = how;
  const size = Math.max(1, Math.min(asked.concurrency, availableParallelism()));
  const owned = new LanguagePools({ size });
  const replsOf = (language: ReplLanguage) => how.repls ?? owned.of(language);
  let status: "finished" | "interrupted" | "failed" = "failed";
  try {
    const result = await searchIn(run, how, { asked, sets, writer, signal, replsOf });
    status = "finished";
    return result;
  } catch (error) {
    if (signal.aborted) status = "interrupted";
    // The signal's reason says more than the error of an interrupted wait.
    if ((error as Error).name === "AbortError") signal.throwIfAborted();
    throw error;
  } finally {
    await owned.close();
    await writer.close(status);
  }
}

async function searchIn(
  run: PromptSearchRun,
  how: PromptSearchHow,
  parts: {
    readonly asked: Settled;
    readonly sets: TaskSets;
    readonly writer: RunWriter;
    readonly signal: AbortSignal;
    readonly replsOf: (language: ReplLanguage) => ReplPool;
  },
): Promise<PromptSearchResult> {
  const { asked, sets, writer, signal, replsOf } = parts;
  const { matchups, seed, seedPrompt, dialect, prices } = run;
  const { folder } = writer;
  const { concurrency, attempts, reflectMaxTokens: maxTokens } = asked;
  const { reflectingModel: model, onEpisode = () => {}, onIteration } = how;
  const reflections = await Reflections.open({ folder, model, prices, maxTokens, signal });
  try {
    await model.prepare?.(signal);
    const spending = new Spending({ episodes: asked.budget, nanoDollars: asked.nanoDollars });
    const common = { matchups, seed, replsOf, writer, concurrency, attempts, signal, onEpisode };
    const episodes = await CandidateEpisodes.open(common);
    const search = new PromptSearch({
      ...asked,
      seedPrompt,
      seed,
      sets,
      dialect,
      episodes,
      reflections,
      spending,
      maxNanoDollars: Math.ceil(run.maxDollars * 1e9),
      onIteration: async (iteration, { best }) => {
        await writePool(folder, search);
        onIteration?.(iteration, best);
      },
    });
    const ended = await search.run();
    await writePool(folder, search);
    const heldOut = await testHeldOut(search, { tests: sets.test, spending, seed });
    const result = resultOfSearch(search, { folder, ended, heldOut, spending, model });
    const { folder: _, ...written } = result;
    await writeAtomically(join(folder, RESULT_FILE), `${JSON.stringify(written, null, 2)}\n`);
    return result;
  } finally {
    await reflections.close();
  }
}

/** Plays the seed prompt and the best one on the held-out tasks, some at a time, as long as dollars are left. */
async function testHeldOut(
  search: PromptSearch,
  { tests, spending, seed }: { tests: readonly TaskPlace[]; spending: Spending; seed: number },
): Promise<HeldOut> {
  const prompts = [search.candidates[0]!.prompt, search.best.prompt] as const;
  const outcomes: [Outcome[], Outcome[]] = [[], []];
  for (let start = 0; start < tests.length; start += TEST_CHUNK) {
    const chunk = tests.slice(start, start + TEST_CHUNK);
    const steps = [...new Set(prompts)].map((prompt) => search.stepOf(prompt, chunk));
    const step = {
      episodes: steps.reduce((sum, { episodes }) => sum + episodes, 0),
      nanoDollars: steps.reduce((sum, { nanoDollars }) => sum + nanoDollars, 0),
    };
    if (!spending.fits(step)) break;
    for (const [index, prompt] of prompts.entries())
      outcomes[index]!.push(...(await search.play(prompt, chunk)));
  }
  return heldOutTest(...outcomes, { planned: tests.length, seed });
}

function resultOfSearch(
  search: PromptSearch,
  {
    folder,
    ended,
    heldOut,
    spending,
    model,
  }: Pick<PromptSearchResult, "folder" | "ended" | "heldOut"> & {
    readonly spending: Spending;
    readonly model: Model;
  },
): PromptSearchResult {
  const { candidates, iterations, pool } = search;
  const refusals: Partial<Record<Refusal, number>> = {};
  for (const { refusal } of iterations) if (refusal) refusals[refusal] = (refusals[refusal] ?? 0) + 1;
  return {
    folder,
    best: search.best,
    seed: candidates[0]!,
    ended,
    candidates: { kept: pool.length, rejected: candidates.length - pool.length },
    iterations: iterations.length,
    refusals,
    spent: {
      episodes: spending.episodes,
      nanoDollars: spending.nanoDollars,
      reflections: search.reflecting,
    },
    heldOut,
    simulated: {
      policy: heldOut.rows.some(({ simulated }) => simulated),
      reflectingModel: model.simulated,
    },
  };
}

/** Writes the pool and the best prompt so far: readers never see half a file. */
async function writePool(folder: string, { candidates, iterations, best }: PromptSearch): Promise<void> {
  const pool = { best: best.id, candidates, iterations };
  await writeAtomically(join(folder, POOL_FILE), `${JSON.stringify(pool, null, 2)}\n`);
  await writeAtomically(join(folder, BEST_PROMPT_FILE), best.prompt);
}

/** Throws `UsageError` unless the budget holds the seed prompt's validation, one iteration, and the held-out test. */
function expectRoom(
  run: PromptSearchRun,
  how: PromptSearchHow,
  { asked, sets }: { readonly asked: Settled; readonly sets: TaskSets },
): void {
  const { minibatch, budget, nanoDollars } = asked;
  if (minibatch > sets.train.length)
    throw new UsageError(
      `prompt search: minibatch: expected at most the ${sets.train.length} training tasks, got ${minibatch}`,
    );
  const validation = sets.validation.length;
  const least = 2 * (validation + minibatch) + 2 * sets.test.length;
  if (budget < least)
    throw new UsageError(
      `prompt search: budget: expected at least ${least} episodes, got ${budget}: ${validation} to score the seed prompt, ${2 * minibatch} for a minibatch of it and of a child, ${validation} to score the child, ${2 * sets.test.length} for the held-out test; fewer tasks need fewer`,
    );
  if (nanoDollars === null) return;
  for (const name of pricedModels(run, how))
    if (priceOf(run.prices, name, { promptTokens: 1, completionTokens: 1, cachedTokens: 0 }) === null)
      throw new UsageError(
        `prompt search: budgetDollars: the price of ${name} is not known, so dollars cannot be bounded; give it with --prices, or leave the bound out`,
      );
  const batch = Math.max(validation, minibatch) * run.maxDollars;
  if (batch * 1e9 > nanoDollars)
    throw new UsageError(
      `prompt search: budgetDollars: ${nanoDollars / 1e9} dollars hold no ${Math.max(validation, minibatch)} episodes of up to ${run.maxDollars} dollars each; expected more, or a lower limit of an episode (--max-dollars)`,
    );
}

function pricedModels({ matchups }: PromptSearchRun, { reflectingModel }: PromptSearchHow): Set<string> {
  const played = matchups.flatMap(({ policies, subModels }) => [
    ...policies.flatMap((policy) => ("model" in policy && policy.model ? [policy.model.name] : [])),
    ...subModels.map(({ name }) => name),
  ]);
  return new Set([...played, reflectingModel.name]);
}

function configOf(run: PromptSearchRun, how: PromptSearchHow, asked: Settled): JsonObject {
  const { sizes, minibatch, iterations, maxPromptTokens, reflectMaxTokens, budget } = asked;
  if (run.matchups.some(({ policies }) => policies.length !== 1))
    throw new RLMError("prompt search: expected one policy for each kind of tasks");
  return {
    promptSearch: {
      budget,
      budgetDollars: how.budgetDollars ?? null,
      ...sizes,
      minibatch,
      iterations,
      maxPromptTokens,
      reflectMaxTokens,
      reflectingModel: how.reflectingModel.name,
      reflectingSettings: how.reflectingModel.settings ?? null,
      seedPromptSha256: promptHash(run.seedPrompt),
    },
  };
}
