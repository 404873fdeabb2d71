/** What makes an environment of a benchmark: its problems, how answers are scored, and what policies there are. */
import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Judge } from "../episode/contract.ts";
import type { Model } from "../models/model.ts";
import type { SliceReader } from "../models/simulated/slice-reader.ts";
import type { Policy } from "../policies/policy.ts";
import type { Potential } from "../rewards/potential.ts";
import type { Unrewarded } from "../rewards/reward.ts";
import type { Move } from "../policies/strategies/scripted.ts";
import type { MacroSkills } from "../policies/macro-skills.ts";
import type { Dialect, Limits, Problem, Reference, Scorer } from "../types.ts";

/** An environment for one choice of its options. */
export interface Benchmark {
  readonly problems: Dataset;
  /** How an episode of this seed finds a problem that its seed picked; as it is where absent. */
  readonly seeded?: (problem: Problem, seed: number) => Problem;
  /** What rewards are made of: the official score, made safe for training. */
  readonly score: Scorer;
  /** The published scorer bit for bit, for reports, where it is another one; and a lenient one apart. */
  readonly official?: Scorer;
  readonly lenient?: Scorer;
  /** Asks a model about each answer, as the benchmark's authors do; what it finds is reported beside the score. */
  readonly judge?: (model: Model) => Judge;
  /** Figures of an episode, by name and from 0 to 1, that tables report and no reward is made of. */
  readonly measures?: (trajectory: Unrewarded, reference: Reference) => Readonly<Record<string, number>>;
  /** How far an episode has come, from 0 to 1: what the potential `progress` of a reward's spec is. */
  readonly progress?: Potential;
  /** The move that earns full marks for the least, made of the gold: what the policy `oracle` does. */
  readonly oracle?: (reference: Reference) => Move;
  /** Policies written in code, by name; the first is the one to try first. */
  readonly strategies: Strategies;
  /** How a simulated sub-model reads this benchmark's texts. */
  readonly readers: readonly SliceReader[];
  /** What was wrong with each row that was left out so far, where bad rows are left out. */
  readonly badRows?: ReadonlySet<string>;
  /** How a policy of macro moves words them for this benchmark; none can be trained where it is absent. */
  readonly macro?: MacroSkills;
  readonly limits?: Partial<Limits>;
  readonly systemPrompt?: (dialect: Dialect) => string;
  /** What the tasks have in common, for tables: such as `niah_single_2 32k`. */
  readonly label: string;
}

/** Options of an environment as a caller gives them, before its schema has read them. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** A layout of data files that an environment plays, told by its columns. */
export interface FileLayout {
  readonly name: string;
  /** Columns that every file of this layout has. */
  readonly columns: readonly string[];
  /** The option of the environment that names such a file. */
  readonly option: string;
}

/** Policies written in code, by name, each made anew. */
export type Strategies = Readonly<Record<string, () => Policy>>;

/** An environment as the registry holds it. */
export interface Environment<
  Options extends z.ZodObject = z.ZodObject,
  Name extends string = string,
  Own extends Strategies = Strategies,
> {
  readonly name: Name;
  /** One line for lists. */
  readonly summary: string;
  /** The options it takes, by name, as a zod object; each has a description. */
  readonly options: Options;
  /** The progress of its episodes, which is the same whatever the options are. */
  readonly progress?: Potential;
  /** Names of the strategies that `open` gives. */
  readonly strategyNames: readonly string[];
  /** Those of them that are the same whatever the options are. */
  readonly strategies: Own;
  /** The layouts of the files that it plays; absent if it plays none. */
  readonly layouts?: readonly FileLayout[];
  /** Throws `UsageError` for options that cannot be. */
  open(options: GivenOptions, seed: number): Promise<Benchmark>;
}

/** What `defineEnvironment` is told. */
export interface EnvironmentDefinition<
  Options extends z.ZodObject,
  Name extends string = string,
  Own extends Strategies = Strategies,
> {
  readonly name: Name;
  /** One line for lists. */
  readonly summary: string;
  /** A zod object; each option has a default or is optional, and a description. */
  readonly options: Options;
  /** Policies that play the tasks whatever the options are; the first is the one to try first. */
  readonly strategies?: Own;
  /** Names of the strategies where `open` gives others; default: those of `strategies`. */
  readonly strategyNames?: readonly string[];
  readonly progress?: Potential;
  readonly layouts?: readonly FileLayout[];
  /** Opens the tasks of these options. The same options and seed give the same tasks. */
  readonly open: (options: z.output<Options>, seed: number) => Promise<OpenedBenchmark>;
}

/** A benchmark whose strategies may be left to the definition. */
export type OpenedBenchmark = Omit<Benchmark, "strategies"> & Partial<Pick<Benchmark, "strategies">>;

/** Makes an environment of typed options; what the schema refuses is a usage error that names the option. */
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
        return { strategies, ...(progress && { progress }), ...benchmark };
      }
      throw new UsageError(
        `${name}: ${parsed.error.issues.map((issue) => describe(issue, options)).join("; ")}`,
      );
    },
  };
}

function describe(issue: z.core.$ZodIssue, options: z.ZodObject): string {
  if (issue.code === "unrecognized_keys") {
    return `unknown option ${issue.keys.join(", ")}; the options are ${Object.keys(options.shape).join(", ")}`;
  }
  return `option ${issue.path.join(".")}: ${issue.message}`;
}
