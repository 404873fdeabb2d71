/** The rows of `segments` that a token policy learns from: of demonstrations, or of a file. */
import { existsSync, statSync } from "node:fs";
import { DataError } from "../../errors.ts";
import { tokenSegments } from "../../export/formats/segments.ts";
import { readJsonLines } from "../../files/json-lines.ts";
import type { Episode } from "../arena.ts";
import type { OfflineAlgorithm } from "../choices.ts";
import { VOCABULARY } from "./bytes.ts";
import type { TransformerShape } from "./shape.ts";
import type { SegmentRow } from "./learner.ts";
import { playKept, segmentsOf } from "./play.ts";
import { demonstration } from "./policy.ts";
import type { TokenTrainOptions } from "./train.ts";

/** Tasks of each matchup that each demonstration is played on. */
const DEMONSTRATED_TASKS = 8;

/** Rows of the demonstrations that earned something, played on training tasks and exported. Throws `DataError` if none did. */
export async function demonstratedRows(options: TokenTrainOptions): Promise<SegmentRow[]> {
  const episodes: Episode[] = [];
  for (const matchup of options.matchups) {
    const problems = await options.problems.of(matchup, options.trainTasks);
    for (const [index, programs] of (matchup.skills.demonstrations ?? []).entries())
      for (const [seed, problem] of problems.slice(0, DEMONSTRATED_TASKS).entries()) {
        const groupId = `${matchup.environment}/${problem.task.id}/warm`;
        const policy = demonstration(programs, matchup.skills);
        episodes.push({ matchup, problem, policy, seed, rolloutId: `${groupId}.${index}`, groupId });
      }
  }
  const rows = await segmentsOf(await playKept(episodes, options));
  const good = rows.filter(({ train, reward }) => train && (reward ?? 0) > 0);
  if (good.length > 0) return good;
  throw new DataError(`none of ${rows.length} programs earned anything: there is nothing to begin from`);
}

/**
 * The usable rows of a file of `export --format segments` (JSON Lines). Throws `DataError` that names line and field for anything
 * that is not such a row or has another vocabulary, and `DataError` that says what was left out if nothing is usable.
 */
export async function readSegments(path: string, { context }: TransformerShape): Promise<SegmentRow[]> {
  if (existsSync(path) && statSync(path).isDirectory())
    throw new DataError(`${path}: expected a file of export --format segments (JSON Lines), got a folder`);
  const rows: SegmentRow[] = [];
  const leftOut = { "that no policy should be trained on": 0, [`of more than ${context} ids`]: 0 };
  for await (const { value, where } of readJsonLines(path, "refuse")) {
    const parsed = tokenSegments.row.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new DataError(
        `${where}: field ${issue?.path.join(".")}: ${issue?.message}; expected a row of export --format segments`,
      );
    }
    const row = parsed.data as SegmentRow;
    const foreign = row.input_ids.findIndex((id) => id >= VOCABULARY);
    if (foreign >= 0)
      throw new DataError(
        `${where}: field input_ids.${foreign}: ${row.input_ids[foreign]} is not a byte; expected ids below ${VOCABULARY}, as a token policy writes them`,
      );
    if (!row.train || row.reward === null || !row.loss_mask.includes(1))
      leftOut["that no policy should be trained on"] += 1;
    else if (row.input_ids.length > context) leftOut[`of more than ${context} ids`]! += 1;
    else rows.push(row);
  }
  if (rows.length > 0) return rows;
  const reasons = Object.entries(leftOut).flatMap(([reason, count]) =>
    count > 0 ? [`${count} ${reason}`] : [],
  );
  throw new DataError(
    `${path}: no row to learn from${reasons.length > 0 ? `: ${reasons.join(", ")}` : ""}; expected segments of a token policy's episodes`,
  );
}

/** β of exp(advantage / β) (Peng et al. 2019), and the greatest weight of a row. */
const TEMPERATURE = 0.1;
const MOST_WEIGHT = 20;

/** The weight of each row: always 1 for behaviour cloning; otherwise greater the more the row earned. */
export function weightsOf(rows: readonly SegmentRow[], algorithm: OfflineAlgorithm): number[] {
  const mean = rows.reduce((sum, { reward }) => sum + reward!, 0) / rows.length;
  return rows.map(({ reward }) =>
    algorithm === "bc" ? 1 : Math.min(MOST_WEIGHT, Math.exp((reward! - mean) / TEMPERATURE)),
  );
}
