/** Scores predictions that another system made for a benchmark's tasks. */
import { readRows } from "../datasets/rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../datasets/rows/row.ts";
import { DataError } from "../src/errors.ts";
import type { Answered, Embed, Scorer } from "../src/types.ts";
import type { Benchmark } from "../src/env/define.ts";

export interface Prediction {
  readonly id: string;
  readonly prediction: string;
  /** File and row, for errors. */
  readonly origin: string;
}

export interface Scored {
  /** In the order of the predictions, by the scorer's name: `official`, `lenient` if the benchmark has it, `training`. */
  readonly rows: readonly { readonly id: string; readonly scores: Readonly<Record<string, number>> }[];
  readonly means: Readonly<Record<string, number>>;
  /** How many of the predictions have scores that take an embedding model; absent if none of the benchmark's has. */
  readonly needEmbedder?: number;
}

/** How many predictions are embedded together, so that the vectors of a long file do not stand in memory at once. */
const EMBEDDED_AT_ONCE = 32;

/** The rows of a file with the columns `id` and `prediction`. Throws `DataError` with file, row and column. */
export async function readPredictions(
  file: string,
  onBadRow: RowOptions["onBadRow"],
): Promise<readonly Prediction[]> {
  const predictions: Prediction[] = [];
  const rows = readRows([file], onBadRow && { onBadRow });
  for await (const prediction of readEach(rows, onBadRow, readPrediction)) predictions.push(prediction);
  if (predictions.length === 0)
    throw new DataError(`${file}: expected at least one row with id and prediction`);
  return predictions;
}

/**
 * Scores all predictions. Looks for the tasks among the first `within` of an endless dataset. Throws `DataError` for an id that
 * no task has, and what `embed` throws. @param embed makes those scores whole that take an embedding model
 */
export async function scorePredictions(
  { problems, score, official = score, lenient, embedded }: Benchmark,
  predictions: readonly Prediction[],
  within: number,
  embed: Embed | null = null,
): Promise<Scored> {
  const scorers: Record<string, Scorer> = { official, ...(lenient && { lenient }), training: score };
  const wanted = new Map(predictions.map((prediction) => [prediction.id, prediction.prediction]));
  const scores = new Map<string, Record<string, number>>();
  let needEmbedder = 0;
  const waiting = new Map<string, Answered>();
  const embedWaiting = async () => {
    if (!embedded || !embed || waiting.size === 0) return;
    const found = await embedded.score([...waiting.values()], embed);
    for (const [index, id] of [...waiting.keys()].entries()) Object.assign(scores.get(id)!, found[index]);
    waiting.clear();
  };
  let looked = 0;
  let example: string | null = null;
  for await (const { task, reference } of problems) {
    const prediction = wanted.get(task.id);
    if (prediction !== undefined) {
      scores.set(
        task.id,
        scoreAll(scorers, (scorer) => scorer(prediction, reference)),
      );
      if (embedded?.needs(reference)) {
        needEmbedder += 1;
        waiting.set(task.id, { answer: prediction, reference });
        if (waiting.size === EMBEDDED_AT_ONCE) await embedWaiting();
      }
    }
    looked += 1;
    example ??= task.id;
    if (scores.size === wanted.size || (problems.size === Infinity && looked === within)) break;
  }
  await embedWaiting();
  const rows = predictions.map(({ id, origin }) => {
    const found = scores.get(id);
    if (!found)
      throw new DataError(
        `${origin}: column "id": none of the ${looked} tasks is ${JSON.stringify(id)}${example === null ? "" : `; the first is ${JSON.stringify(example)}`}`,
      );
    return { id, scores: found };
  });
  const mean = (name: string) => rows.reduce((sum, row) => sum + row.scores[name]!, 0) / rows.length;
  const means = Object.fromEntries(Object.keys(scorers).map((name) => [name, mean(name)]));
  return { rows, means, ...(embedded && { needEmbedder }) };
}

function scoreAll(
  scorers: Readonly<Record<string, Scorer>>,
  score: (scorer: Scorer) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(scorers).map(([name, scorer]) => [name, score(scorer)]));
}

function readPrediction(row: Row): Prediction {
  const given = row.fields.prediction;
  const prediction = typeof given === "number" ? String(given) : textField(row, "prediction");
  return { id: idField(row, "id"), prediction, origin: row.origin };
}
