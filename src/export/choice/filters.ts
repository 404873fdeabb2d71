/** Chooses which rollouts to export: the filters that all formats share, each with its reason. */
import { createHash } from "node:crypto";
import { Random } from "../../random.ts";
import type { Trajectory, Turn } from "../../trajectory.ts";
import { conversationsOf, withoutMark } from "../conversation.ts";
import type { ExportItem, ExportSource } from "../exporter.ts";
import { type Redaction, withoutTokens } from "./redact.ts";
import { repairTurn } from "./repair.ts";
import { type Bound, figureOutOfBounds } from "./bounds.ts";
import type { Mended } from "./change-log.ts";
import type { Tally } from "../tally.ts";

/** Bounds are inclusive. An absent one filters nothing. */
export interface Filters {
  readonly minScore?: number;
  readonly maxScore?: number;
  readonly minReward?: number;
  readonly maxReward?: number;
  readonly minTurns?: number;
  readonly maxTurns?: number;
  /** For the policy's longest call: prompt and completion together. */
  readonly maxTokens?: number;
  readonly bounds?: readonly Bound[];
  readonly policies?: readonly string[];
  readonly stopReasons?: readonly string[];
  /** Keeps one of each set of rollouts of a task with the same messages up to white space. */
  readonly dedupe?: boolean;
  /**
   * Mistakes in the form of completions: `lint` leaves out rollouts with one, `repair` repairs what it can, reports
   * each change, and leaves out the rest. A repaired rollout has no token ids, since they would belong to other texts.
   */
  readonly template?: "lint" | "repair";
  /** Keeps rollouts whose policy must not be trained; for formats that mark each of them. */
  readonly keepsUntrained?: boolean;
  /** Also checks the template of children; for formats that show them. */
  readonly templateOfChildren?: boolean;
  /** Splits by context, so that the parts share no context. `heldOut`: its share, from 0 to 1. */
  readonly part?: { readonly name: "train" | "held-out"; readonly heldOut: number; readonly seed: number };
}

/**
 * Episodes that pass, with the patterns removed from their texts. A failed rollout never passes, nor one whose policy was
 * told the gold. The tally counts only the first iteration of the source; later ones give the same episodes.
 */
export function filtered(
  source: ExportSource,
  filters: Filters,
  tally: Tally,
  redaction: Redaction | null,
): ExportSource {
  let isFirst = true;
  return async function* passing() {
    const count = isFirst;
    isFirst = false;
    const seen = new Set<string>();
    for await (const item of source()) {
      if (count) tally.read();
      const reason = reasonAgainst(item.trajectory, filters) ?? duplicate(item.trajectory, filters, seen);
      if (reason !== null) {
        if (count) tally.leaveOut(reason);
        continue;
      }
      const mended = filters.template ? inForm(item, filters) : item;
      if (mended === null) {
        if (count) tally.leaveOut("a mistake of the template");
        continue;
      }
      const passed = redaction === null ? mended : redaction.apply(mended, count ? tally : null);
      if (passed === null) continue;
      if (count) tally.mend(passed.repairs ?? [], passed.canary ?? null);
      yield passed satisfies ExportItem;
    }
  };
}

/** Null if the rollout is left out. */
function inForm(item: ExportItem, { template, templateOfChildren = false }: Filters): ExportItem | null {
  const repairs: Mended[] = [];
  const trajectory = mendedEpisode(item.trajectory, templateOfChildren, repairs);
  if (trajectory === null || (template === "lint" && repairs.length > 0)) return null;
  return repairs.length === 0 ? item : { ...item, trajectory: withoutTokens(trajectory), repairs };
}

/** Null if a turn cannot be repaired; adds each change to `repairs`. */
function mendedEpisode(trajectory: Trajectory, withChildren: boolean, repairs: Mended[]): Trajectory | null {
  const { rolloutId } = trajectory;
  const turns: Turn[] = [];
  for (const turn of trajectory.turns) {
    const repaired = repairTurn(trajectory, turn);
    if (repaired === null) return null;
    repairs.push(...repaired.changes.map((change) => ({ rolloutId, turn: turn.index, ...change })));
    turns.push({ ...turn, completion: { ...turn.completion, text: repaired.text } });
  }
  if (!withChildren) return { ...trajectory, turns };
  const children: Trajectory[] = [];
  for (const child of trajectory.children) {
    const mended = mendedEpisode(child, true, repairs);
    if (mended === null) return null;
    children.push(mended);
  }
  return { ...trajectory, turns, children };
}

function reasonAgainst(trajectory: Trajectory, filters: Filters): string | null {
  const { status, readsGold, trainable, reward, turns, policy, stopReason } = trajectory;
  if (status !== "ok") return "infrastructure fault";
  if (readsGold) return "the policy was told the gold";
  if (trainable === false && !filters.keepsUntrained) return "its policy is not to be trained";
  const { policies, stopReasons, part } = filters;
  if (outside(reward?.score, filters.minScore, filters.maxScore)) return "score out of bounds";
  if (outside(reward?.total, filters.minReward, filters.maxReward)) return "reward out of bounds";
  if (outside(turns.length, filters.minTurns, filters.maxTurns)) return "turns out of bounds";
  if (outside(longestCall(trajectory), undefined, filters.maxTokens)) return "longer than the bound";
  const figure = figureOutOfBounds(trajectory, filters.bounds ?? []);
  if (figure !== null) return `${figure} out of bounds`;
  if (policies && !policies.includes(policy)) return "another policy";
  if (stopReasons && !stopReasons.includes(stopReason)) return "another stop reason";
  if (part && partOf(trajectory, part) !== part.name) return "in the other part of the split";
  return null;
}

/** Nothing passes a bound on an unknown value. */
function outside(value: number | undefined, min: number | undefined, max: number | undefined): boolean {
  if (min === undefined && max === undefined) return false;
  return value === undefined || value < (min ?? -Infinity) || value > (max ?? Infinity);
}

function longestCall({ calls }: Trajectory): number | undefined {
  const sizes = calls.flatMap(({ purpose, usage }) =>
    purpose === "policy" && usage ? [usage.promptTokens + usage.completionTokens] : [],
  );
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

function partOf({ task }: Trajectory, { heldOut, seed }: NonNullable<Filters["part"]>): string {
  return Random.of(seed, task.context.sha256).random() < heldOut ? "held-out" : "train";
}

function duplicate(trajectory: Trajectory, { dedupe }: Filters, seen: Set<string>): string | null {
  if (!dedupe) return null;
  const said = conversationsOf(trajectory).flatMap(({ messages }) => messages.map(withoutMark));
  const normal = JSON.stringify([trajectory.task.dataset, trajectory.task.id, said], (_, value: unknown) =>
    typeof value === "string" ? value.trim().replaceAll(/\s+/g, " ") : value,
  );
  const hash = createHash("sha256").update(normal).digest("base64");
  if (seen.has(hash)) return "the same messages as another rollout of its task";
  seen.add(hash);
  return null;
}
