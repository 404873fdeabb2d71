/** Reads the decisions of networks and plans from saved episodes. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../errors.ts";
import { type ReadTensor, readTensors, TENSORS_FILE } from "../export/tensor-files.ts";
import { readJsonLines } from "../files/json-lines.ts";
import { readTrajectories } from "../runs/read-run.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Decision } from "../types.ts";
import { FEATURES } from "./features.ts";
import { HEADS, KINDS } from "./moves.ts";

/** A decision of a saved episode, with the episode's reward and score. */
export interface SavedDecision {
  readonly decision: Decision;
  readonly reward: number;
  readonly score: number;
}

const choices = z.tuple(
  HEADS.map(({ size }) =>
    z
      .number()
      .int()
      .min(0)
      .max(size - 1),
  ) as never,
);
const decision = z.object({
  features: z.array(z.number()).length(FEATURES.length),
  legal: z.array(z.boolean()).length(KINDS.length),
  choices,
});

/**
 * The decisions in a run's folder, in a folder of `export --format tensors`, or in a file of native records (`export --format jsonl`).
 * Throws `DataError` that names the line of an invalid decision, and `DataError` that says what was left out if nothing is usable.
 */
export async function readDecisions(path: string): Promise<SavedDecision[]> {
  if (existsSync(join(path, TENSORS_FILE)))
    return decisionsOf(await readTensors(path), join(path, TENSORS_FILE));
  const decisions: SavedDecision[] = [];
  const leftOut = {
    "without a reward": 0,
    "of a policy that was told the gold": 0,
    "without macro moves": 0,
  };
  for await (const { record, where } of recordsOf(path)) {
    const { reward, readsGold, calls } = record;
    const own = (calls ?? []).flatMap((call) => (call.decision ? [call.decision] : []));
    if (!reward) leftOut["without a reward"] += 1;
    else if (readsGold) leftOut["of a policy that was told the gold"] += 1;
    else if (own.length === 0) leftOut["without macro moves"] += 1;
    else
      for (const one of own)
        decisions.push({ decision: expectShape(one, where), reward: reward.total, score: reward.score });
  }
  if (decisions.length > 0) return decisions;
  const reasons = Object.entries(leftOut).flatMap(([reason, count]) =>
    count > 0 ? [`${count} ${reason}`] : [],
  );
  throw new DataError(
    `${path}: no episode to learn from${reasons.length > 0 ? `: ${reasons.join(", ")}` : ""}; expected episodes of macro moves, such as those of rlm-gym train`,
  );
}

async function* recordsOf(path: string): AsyncGenerator<{ record: Partial<Trajectory>; where: string }> {
  if (existsSync(path) && statSync(path).isDirectory()) {
    const file = join(path, "trajectories.jsonl");
    if (!existsSync(file)) throw new DataError(`${path}: not a run: it has no trajectories.jsonl`);
    let line = 0;
    for await (const record of readTrajectories(path)) yield { record, where: `${file}:${(line += 1)}` };
    return;
  }
  for await (const { value, where } of readJsonLines(path, "refuse"))
    yield { record: value as Partial<Trajectory>, where };
}

function expectShape(found: Decision, where: string): Decision {
  const parsed = decision.safeParse(found);
  if (parsed.success) return found;
  const [issue] = parsed.error.issues;
  throw new DataError(
    `${where}: field decision.${issue?.path.join(".")}: ${issue?.message}; its network had other features or moves than this version of rlm-gym`,
  );
}

function decisionsOf(tensors: ReadonlyMap<string, ReadTensor>, where: string): SavedDecision[] {
  const of = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor)
      throw new DataError(
        `${where}: no episode to learn from: there is no ${name}; expected episodes of macro moves, such as those of rlm-gym train`,
      );
    return tensor;
  };
  const rows = (name: string) => {
    const { shape, values } = of(name);
    const width = shape[1] ?? 1;
    return (row: number) => Array.from(values.subarray(row * width, (row + 1) * width));
  };
  const [features, legal, chosen] = ["features", "legal", "choices"].map((name) => rows(`decision_${name}`));
  const [rewards, scores] = [of("episode_reward").values, of("episode_score").values];
  return Array.from(of("decision_episode").values, (episode, row): SavedDecision => {
    const found = {
      features: features!(row),
      legal: legal!(row).map((is) => is === 1),
      choices: chosen!(row),
      logProbability: null,
      value: null,
    };
    return {
      decision: expectShape(found, `${where}, decision ${row}`),
      reward: rewards[episode]!,
      score: scores[episode]!,
    };
  });
}
