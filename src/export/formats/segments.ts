/** The format `segments`: one row per token segment, for TRL, verl, SkyRL, slime and prime-rl. */
import { z } from "zod";
import type { Trajectory } from "../../trajectory.ts";
import {
  type ExportItem,
  type ExportOptions,
  type Exporter,
  type Projected,
  rowsOfEach,
  withKeys,
} from "../exporter.ts";
import { BOOL, DOUBLE, INT, listOf, TEXT, type ParquetField } from "../columns.ts";
import { policySegments, subCallSegments, type TokenSegment } from "../token-segments.ts";

const IGNORED_LABEL = -100;
const whole = z.number().int();

/** Lists of a row have equal length; `labels` are −100 and `logprobs` 0 if the mask is 0. */
const row = z
  .strictObject({
    schema_version: z.literal(1),
    rollout_id: z.string(),
    segment_index: whole,
    group_id: z.string(),
    task_id: z.string(),
    depth: whole,
    parent_rollout_id: z.string().nullable(),
    child_index: whole.nullable(),
    input_ids: z.array(whole.nonnegative()),
    labels: z.array(whole),
    loss_mask: z.array(z.union([z.literal(0), z.literal(1)])),
    logprobs: z.array(z.number()).nullable(),
    prompt_len: whole,
    reward: z.number().nullable(),
    advantage: z.number().nullable(),
    model: z.string(),
    weight_version: z.string().nullable(),
    status: z.string(),
    train: z.boolean(),
  })
  .refine(
    ({ input_ids, labels, loss_mask, logprobs }) =>
      [labels, loss_mask, logprobs ?? input_ids].every(({ length }) => length === input_ids.length),
    { message: "input_ids, labels, loss_mask and logprobs differ in length" },
  )
  .refine(
    ({ input_ids, labels, loss_mask }) =>
      labels.every((label, i) => label === (loss_mask[i] === 1 ? input_ids[i] : IGNORED_LABEL)),
    { message: "labels are not the ids under the mask and -100 elsewhere" },
  );

const columns: readonly ParquetField[] = [
  ["schema_version", INT],
  ["rollout_id", TEXT],
  ["segment_index", INT],
  ["group_id", TEXT],
  ["task_id", TEXT],
  ["depth", INT],
  ["parent_rollout_id", TEXT],
  ["child_index", INT],
  ["input_ids", listOf(INT)],
  ["labels", listOf(INT)],
  ["loss_mask", listOf(INT)],
  ["logprobs", listOf(DOUBLE)],
  ["prompt_len", INT],
  ["reward", DOUBLE],
  ["advantage", DOUBLE],
  ["model", TEXT],
  ["weight_version", TEXT],
  ["status", TEXT],
  ["train", BOOL],
];

export const tokenSegments: Exporter = {
  name: "segments",
  describe: "token ids, masks and log-probabilities as the engine reported them",
  output: "rows",
  columns,
  metadata: "rollout",
  jsonl: true,
  needsTokens: true,
  holdsGold: false,
  recognises: withKeys("input_ids", "loss_mask"),
  row,
  rows: rowsOfEach(project),
};

function project(item: ExportItem, options: ExportOptions): Projected {
  const segments = policySegments(item.trajectory);
  if (typeof segments === "string") return { leftOut: segments };
  return { rows: [...segmentRows(item.trajectory, segments, null, item, options)] };
}

/** Sub-calls and children share the reward, the advantage and the group of the episode that they served. */
export function* segmentRows(
  trajectory: Trajectory,
  segments: readonly TokenSegment[],
  childIndex: number | null,
  item: ExportItem,
  options: ExportOptions,
): Generator<z.output<typeof row>> {
  const { rolloutId, depth, parent, task, status } = trajectory;
  const root = item.trajectory;
  const policyModel = segments[0]?.model;
  const shared = {
    schema_version: 1 as const,
    group_id: root.groupId,
    task_id: task.id,
    reward: root.reward?.total ?? null,
    advantage: item.advantage,
    status,
  };
  const own = {
    rollout_id: rolloutId,
    parent_rollout_id: parent?.rolloutId ?? null,
    child_index: childIndex,
  };
  const isTrained = status === "ok" && root.reward !== null;
  let index = 0;
  for (const segment of segments)
    yield { ...shared, ...own, segment_index: index++, depth, ...listsOf(segment), train: isTrained };
  if (options.subCalls)
    for (const { call, segment } of subCallSegments(trajectory))
      yield {
        ...shared,
        ...own,
        segment_index: index++,
        parent_rollout_id: rolloutId,
        child_index: call.id,
        depth: call.depth,
        ...listsOf(segment),
        // Another model's words would teach the policy to imitate that model.
        train: isTrained && call.model === policyModel,
      };
  if (!options.children) return;
  for (const [position, child] of trajectory.children.entries()) {
    const ofChild = policySegments(child);
    // A child that failed, or whose engine reported no ids, gives no rows; its parent's rows remain.
    if (typeof ofChild !== "string" && child.status === "ok")
      yield* segmentRows(child, ofChild, position, item, options);
  }
}

function listsOf({ inputIds, lossMask, logprobs, promptLen, model, weightVersion }: TokenSegment) {
  return {
    input_ids: inputIds,
    labels: inputIds.map((id, i) => (lossMask[i] === 1 ? id : IGNORED_LABEL)),
    loss_mask: lossMask as (0 | 1)[],
    logprobs,
    prompt_len: promptLen,
    model,
    weight_version: weightVersion,
  };
}
