/** Defines environments: a benchmark's problems, its scorers and its policies. */
import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Judge } from "../episode/contract.ts";
import type { Model } from "../models/model.ts";
import type { SliceReader } from "../models/simulated/slice-reader.ts";
import type { StrategyMaker } from "../policies/policy.ts";
import type { World } from "../episode/world/world.ts";
import type { Potential } from "../rewards/potential.ts";
import type { Unrewarded } from "../rewards/reward.ts";
import type { Move } from "../policies/strategies/scripted.ts";
import type { MacroSkills } from "../policies/macro-skills.ts";
import type { Answered, Dialect, Embed, Limits, Problem, Reference, Scorer } from "../types.ts";

/** An open environment: the benchmark for one choice of its options. */
export interface Benchmark {
  readonly problems: Dataset;
  /** Changes the problem that a seed picked. Default: problems are not changed. */
  readonly seeded?: (problem: Problem, seed: number) => Problem;
  /** The scorer for rewards: the official score, made safe for training. */
  readonly score: Scorer;
  /** State that episodes change by tools. Its `score` then is the score, and `score` and `official` are not asked. */
  readonly world?: World;
  /** The published scorer, exactly as published, for reports. Absent if `score` is the same. */
  readonly official?: Scorer;
  /** A more lenient scorer. */
  readonly lenient?: Scorer;
  /** A judge that asks a model about each answer, as the benchmark's authors do. Its finding is reported beside the score. */
  readonly judge?: (model: Model) => Judge;
  /** How answers are scored if there is an embedding model, where the authors use one. */
  readonly embedded?: EmbeddedScores;
  /** Figures of an episode from 0 to 1, by name. Tables report them; rewards do not use them. */
  readonly measures?: (trajectory: Unrewarded, reference: Reference) => Readonly<Record<string, number>>;
  /** The progress of an episode from 0 to 1: the potential `progress` of reward specs. */
  readonly progress?: Potential;
  /** The cheapest move with the full score, derived from the gold: the move of the policy `oracle`. */
  readonly oracle?: (reference: Reference) => Move;
  /** Policies in code, by name. The first one is the one to try first. */
  readonly strategies: Strategies;
  /** How a simulated sub-model reads this benchmark's texts. */
  readonly readers: readonly SliceReader[];
  /** If bad rows are skipped: what was wrong with each row that was skipped so far. */
  readonly badRows?: ReadonlySet<string>;
  /** How a policy of macro moves writes them for this benchmark. Without this, none can be trained. */
  readonly macro?: MacroSkills;
  readonly limits?: Partial<Limits>;
  readonly systemPrompt?: (dialect: Dialect) => string;
  /** The common name of the tasks in tables, such as `niah_single_2 32k`. */
  readonly label: string;
}

/** Scores that take an embedding model. Without one, `official` and `lenient` of the benchmark leave its part out. */
export interface EmbeddedScores {
  /** Whether the scores of such an answer take the model. */
  readonly needs: (reference: Reference) => boolean;
  /** What the score is without the model, such as `ROUGE-L alone`. */
  readonly without: string;
  /** The scores of several answers, in their order. Throws what `embed` throws. */
  readonly score: (
    answered: readonly Answered[],
    embed: Embed,
  ) => Promise<readonly { readonly official: number; readonly lenient: number }[]>;
}

/** An environment's own options as the caller gives them, before its schema has checked them. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** A layout of data files that an environment can play. Its columns identify it. */
export interface FileLayout {
  readonly name: string;
  /** The columns that every file of this layout has. */
  readonly columns: readonly string[];
  /** The option of the environment that names such a file. */
  readonly option: string;
}

/** Functions that make policies, by name. */
export type Strategies = Readonly<Record<string, StrategyMaker>>;

/** An environment in the registry. */
export interface Environment<
  Options extends z.ZodObject = z.ZodObject,
  Name extends string = string,
  Own extends Strategies = Strategies,
> {
  readonly name: Name;
  /** One line for lists. */
  readonly summary: string;
  /** Its options as a zod object. Each has a description. */
  readonly options: Options;
  /** The progress of its episodes, for all options. */
  readonly progress?: Potential;
  /** The names of the strategies that `open` gives. */
  readonly strategyNames: readonly string[];
  /** The strategies that do not depend on the options. */
  readonly strategies: Own;
  /** The layouts of the files that it plays; absent if it plays none. */
  readonly layouts?: readonly FileLayout[];
  /** Opens the benchmark. Throws `UsageError` for invalid options. */
  open(options: GivenOptions, seed: number): Promise<Benchmark>;
}

/** The arguments of `defineEnvironment`. */
export interface EnvironmentDefinition<
  Options extends z.ZodObject,
  Name extends string = string,
  Own extends Strategies = Strategies,
> {
  readonly name: Name;
  /** One line for lists. */
  readonly summary: string;
  /** A zod object. Each option has a description, and a default unless it is optional. */
  readonly options: Options;
  /** Policies that do not depend on the options. The first one is the one to try first. */
  readonly strategies?: Own;
  /** The names of the strategies, if `open` gives others. Default: those of `strategies`. */
  readonly strategyNames?: readonly string[];
  readonly progress?: Potential;
  readonly layouts?: readonly FileLayout[];
  /** Opens the benchmark. The same options and seed must give the same tasks. */
  readonly open: (options: z.output<Options>, seed: number) => Promise<OpenedBenchmark>;
}

/** A benchmark that may leave its strategies to the definition, and its score to its world. */
export type OpenedBenchmark = Omit<Benchmark, "strategies" | "score"> &
  Partial<Pick<Benchmark, "strategies">> &
  (Pick<Benchmark, "score"> | { readonly score?: Scorer; readonly world: World });

/** Makes an environment with typed options. Its `open` throws `UsageError` that names an invalid option. */
export function defineEnvironment<
  Options extends z.ZodObject,
  const Name extends string,
  const Own extends Strategies = Readonly<Record<string, never>>,
>(definition: EnvironmentDefinition<Options, Name, Own>): Environment<Options, Name, Own> {
  const { name, summary, options, progress, layouts, open } = definition;
  const strategies = definition.strategies ?? ({} as Own);
  const strict = options.strict();
  return {
    name,
    summary,
    options,
    strategies,
    strategyNames: definition.strategyNames ?? Object.keys(strategies),
    ...(progress && { progress }),
    ...(layouts && { layouts }),
    open: async (given, seed) => {
      const parsed = strict.safeParse(given);
      if (parsed.success) {
        const benchmark = await open(parsed.data as z.output<Options>, seed);
        const score = benchmark.score ?? (() => scoreless(name));
        return { strategies, ...(progress && { progress }), ...benchmark, score };
      }
      throw new UsageError(
        `${name}: ${parsed.error.issues.map((issue) => describe(issue, options)).join("; ")}`,
      );
    },
  };
}

/** Whoever has an answer alone, without the state of the world, cannot score it. */
function scoreless(name: string): never {
  throw new UsageError(`${name}: it scores the last state of its world; an answer alone has no score`);
}

function describe(issue: z.core.$ZodIssue, options: z.ZodObject): string {
  if (issue.code === "unrecognized_keys") {
    return `unknown option ${issue.keys.join(", ")}; the options are ${Object.keys(options.shape).join(", ")}`;
  }
  return `option ${issue.path.join(".")}: ${issue.message}`;
}
