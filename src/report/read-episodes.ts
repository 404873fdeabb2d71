/** Reads what rewards and reports need of saved runs, one episode at a time: it keeps figures, not records. */
import { DataError } from "../errors.ts";
import type { PriceOf } from "../cost/ledger.ts";
import { savedMeasures } from "../rewards/from-spec.ts";
import { type EpisodePath, pathOf } from "./path.ts";
import type { Measures } from "../rewards/measures.ts";
import type { Potential } from "../rewards/potential.ts";
import type { RewardSpec } from "../rewards/spec.ts";
import { readManifest, readReferences, readDistinctTrajectories } from "../runs/read-run.ts";
import { type EpisodeFigures, figuresOf, type TaskFacts } from "./summary.ts";
import type { Trajectory } from "../trajectory.ts";
import { callsOfTree } from "../cost/totals.ts";

export interface SavedEpisode {
  readonly rolloutId: string;
  readonly figures: EpisodeFigures;
  /** What it did; absent unless asked for. */
  readonly path?: EpisodePath;
  /** One for each spec, in their order. */
  readonly measures: readonly Measures[];
}

export interface ReadOptions {
  /** Another price table than the one that the run was made with. */
  readonly priceOf?: PriceOf;
  /** Whether paths are read, too. */
  readonly withPaths?: boolean;
  /** The progress measure of an environment's benchmark, by the environment's name. */
  readonly progressOf?: (environment: string) => Potential | undefined;
}

/**
 * The episodes of a run's folder in the order of the file.
 * Throws `DataError` for a folder that is not a run, another schema version, and records without usage figures.
 */
export async function* readEpisodes(
  folder: string,
  specs: readonly RewardSpec[],
  { priceOf, progressOf, withPaths = false }: ReadOptions = {},
): AsyncGenerator<SavedEpisode> {
  const { config } = await readManifest(folder);
  const trained = typeof config.trainedAt === "string" ? config.trainedAt : undefined;
  const references = specs.length === 0 ? new Map() : await readReferences(folder);
  let line = 0;
  for await (const saved of readDistinctTrajectories(folder, expectFigures)) {
    line += 1;
    const where = `${folder}/trajectories.jsonl:${line}`;
    const trajectory = priceOf ? repriced(saved, priceOf) : saved;
    const reference = references.get(trajectory.task.id);
    try {
      yield {
        rolloutId: trajectory.rolloutId,
        figures: {
          ...figuresOf(trajectory, tasksOf(trajectory)),
          kind: kindOf(trajectory),
          facts: factsOf(trajectory, trained),
        },
        ...(withPaths && { path: pathOf(trajectory) }),
        measures: specs.map((spec) =>
          savedMeasures(spec, trajectory, reference, progressOf?.(trajectory.environment)),
        ),
      };
    } catch (error) {
      if (error instanceof DataError) throw new DataError(`${where}: ${error.message}`, { cause: error });
      throw error;
    }
  }
}

/** What tasks of a run have in common: the environment, with the variant and the nominal length if there are any. */
export function tasksOf({ environment, task }: Trajectory): string {
  const { length, context_len } = task.metadata;
  return named(kindOf({ environment, task }), length ?? context_len);
}

function factsOf({ environment, task }: Trajectory, trained: string | undefined): TaskFacts {
  const { length, context_len, variant, difficulty } = task.metadata;
  const nominal = length ?? context_len;
  return {
    environment,
    ...(typeof variant === "string" && { variant }),
    ...((typeof nominal === "number" || typeof nominal === "string") && { length: nominal }),
    ...(typeof difficulty === "string" && { difficulty }),
    ...(trained !== undefined && { trained }),
  };
}

function kindOf({ environment, task }: Pick<Trajectory, "environment" | "task">): string {
  return named(environment, task.metadata["variant"]);
}

function named(...parts: readonly unknown[]): string {
  return parts.filter((part) => typeof part === "string" || typeof part === "number").join(" ");
}

/** The record with every call repriced; a call of unknown usage costs its reservation. */
function repriced(trajectory: Trajectory, priceOf: PriceOf): Trajectory {
  const { fullReading, totals } = trajectory;
  const prices = callsOfTree(trajectory).map((call) => priceOf(call.model, call.usage ?? call.reserved));
  const nanoDollars = prices.reduce((sum, price) => (sum === null || price === null ? null : sum + price), 0);
  const reading = { promptTokens: fullReading.tokens, completionTokens: 0, cachedTokens: 0 };
  return {
    ...trajectory,
    totals: { ...totals, nanoDollars },
    fullReading: { ...fullReading, nanoDollars: priceOf(fullReading.model, reading) },
  };
}

function expectFigures(value: unknown, where: string): void {
  const record = value as Trajectory;
  if (record?.schemaVersion !== 1) {
    const version = JSON.stringify(record?.schemaVersion) ?? "missing";
    throw new DataError(`${where}: schemaVersion ${version} is not 1, which this version reads`);
  }
  const { totals, metrics, fullReading } = record;
  const isWhole =
    isCount(totals?.promptTokens) &&
    isCount(totals.completionTokens) &&
    isPrice(totals.nanoDollars) &&
    isCount(fullReading?.tokens) &&
    isPrice(fullReading.nanoDollars) &&
    typeof metrics === "object";
  if (!isWhole)
    throw new DataError(`${where}: expected usage figures under totals, fullReading and metrics, found none`);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** Null if a model has no known price. */
function isPrice(value: unknown): boolean {
  return value === null || isCount(value);
}
