/** The formats `verl` and `skyrl`: one row per task, from which a trainer samples its own rollouts. */
import { z } from "zod";
import type { Trajectory } from "../../trajectory.ts";
import type { Context, Reference } from "../../types.ts";
import { type ExportItem, type ExportOptions, type Exporter, type Row, withKeys } from "../exporter.ts";
import { keptFacts } from "../tally.ts";
import { INT, listOf, structOf, TEXT } from "../columns.ts";
import { METADATA_KEY, metadataOf } from "../metadata.ts";

const ONE_ROW_A_TASK = "the same task as another rollout";
const prompt = z.array(z.strictObject({ role: z.string(), content: z.string() })).length(2);
const promptColumn = listOf(structOf(["role", TEXT], ["content", TEXT]));
const whole = z.number().int().nonnegative();

/** The layout of verl's RLHFDataset; `ground_truth` is the gold, as JSON text if there are several answers. */
export const verl: Exporter = {
  name: "verl",
  describe: "tasks for verl, with the gold as ground truth",
  output: "rows",
  columns: [
    ["data_source", TEXT],
    ["prompt", promptColumn],
    ["ability", TEXT],
    ["reward_model", structOf(["style", TEXT], ["ground_truth", TEXT])],
    [
      "extra_info",
      structOf(
        ["index", INT],
        ["split", TEXT],
        ["task_id", TEXT],
        ["context_sha256", TEXT],
        ["answers", listOf(TEXT)],
      ),
    ],
  ],
  metadata: "rollout",
  jsonl: false,
  needsTokens: false,
  holdsGold: true,
  recognises: withKeys("data_source", "reward_model"),
  row: z.strictObject({
    data_source: z.string(),
    prompt,
    ability: z.string(),
    reward_model: z.strictObject({ style: z.literal("rule"), ground_truth: z.string() }),
    extra_info: z.strictObject({
      index: whole,
      split: z.string(),
      task_id: z.string(),
      context_sha256: z.string(),
      answers: z.array(z.string()),
    }),
  }),
  rows: perTask(({ trajectory }, reference, index, { split }) => ({
    data_source: trajectory.environment,
    prompt: promptOf(trajectory),
    ability: "rlm",
    reward_model: { style: "rule", ground_truth: truthOf(reference) },
    extra_info: {
      index,
      split,
      task_id: trajectory.task.id,
      context_sha256: trajectory.task.context.sha256,
      answers: reference.answers,
    },
  })),
};

/** The layout of SkyRL-gym's datasets; `rlm_metadata` lists the steps of the rollout that the row was made from. */
export const skyrl: Exporter = {
  name: "skyrl",
  describe: "tasks with their contexts for SkyRL, with the gold as ground truth",
  output: "rows",
  columns: [
    ["prompt", promptColumn],
    ["env_class", TEXT],
    ["reward_spec", structOf(["method", TEXT], ["ground_truth", TEXT])],
    ["max_turns", INT],
    ["extra_info", structOf(["context_text", TEXT], ["task_id", TEXT], ["split", TEXT])],
    [
      "rlm_metadata",
      listOf(structOf(["trajectory_id", TEXT], ["depth", INT], ["child_index", INT], ["step_index", INT])),
    ],
  ],
  metadata: "rollout",
  jsonl: true,
  needsTokens: false,
  holdsGold: true,
  recognises: withKeys("env_class", "reward_spec"),
  row: z.strictObject({
    prompt,
    env_class: z.string(),
    reward_spec: z.strictObject({ method: z.literal("rule"), ground_truth: z.string() }),
    max_turns: whole,
    extra_info: z.strictObject({ context_text: z.string(), task_id: z.string(), split: z.string() }),
    rlm_metadata: z.array(
      z.strictObject({
        trajectory_id: z.string(),
        depth: whole,
        child_index: whole.nullable(),
        step_index: whole,
      }),
    ),
  }),
  rows: perTask(async ({ trajectory, context }, reference, _, options) => {
    const text = textOf(await context());
    if (text === null) return "the run does not hold its context as text";
    return {
      prompt: promptOf(trajectory),
      env_class: trajectory.environment,
      reward_spec: { method: "rule", ground_truth: truthOf(reference) },
      max_turns: trajectory.limits.maxTurns,
      extra_info: { context_text: text, task_id: trajectory.task.id, split: options.split },
      rlm_metadata: [...stepsOf(trajectory, null, options)],
    };
  }),
};

function perTask(
  rowOf: (
    item: ExportItem,
    reference: Reference,
    index: number,
    options: ExportOptions,
  ) => Row | string | Promise<Row | string>,
): Exporter["rows"] {
  return async function* rows(source, options, tally) {
    const seen = new Set<string>();
    for await (const item of source()) {
      const { task } = item.trajectory;
      const key = JSON.stringify([task.dataset, task.id]);
      const row = seen.has(key)
        ? ONE_ROW_A_TASK
        : item.reference === null
          ? "no gold for its task"
          : await rowOf(item, item.reference, seen.size, options);
      if (typeof row === "string") tally.leaveOut(row);
      else {
        seen.add(key);
        tally.keep(keptFacts(item.trajectory));
        yield options.withMetadata ? { ...row, [METADATA_KEY]: metadataOf(item.trajectory) } : row;
      }
    }
  };
}

function promptOf({ systemPrompt, opening }: Trajectory) {
  return [
    { role: "system", content: systemPrompt },
    { role: "user", content: opening },
  ];
}

function truthOf({ answers }: Reference): string {
  const [only, ...more] = answers;
  return only !== undefined && more.length === 0 ? only : JSON.stringify(answers);
}

function textOf(context: Context | null): string | null {
  if (context === null || context instanceof Uint8Array) return null;
  return typeof context === "string" ? context : JSON.stringify(context);
}

function* stepsOf(trajectory: Trajectory, childIndex: number | null, options: ExportOptions): Generator<Row> {
  const { rolloutId, depth, turns, children } = trajectory;
  for (const { index } of turns)
    yield { trajectory_id: rolloutId, depth, child_index: childIndex, step_index: index };
  if (!options.children) return;
  for (const [index, child] of children.entries())
    if (child.status === "ok") yield* stepsOf(child, index, options);
}
