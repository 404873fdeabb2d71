/** Writes a run folder with chosen records, so that verbs that read runs are tested without playing any. */
import { join } from "node:path";
import { RunWriter } from "../../src/runs/run-writer.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";
import { scratch } from "./command.ts";

export interface SavedParts {
  readonly policy: string;
  readonly task: string;
  readonly score: number;
  readonly nanoDollars?: number | null;
  readonly seed?: number;
  readonly fault?: true;
}

/** Reading the context costs 1,000,000 nano-dollars. */
export function savedEpisode(parts: SavedParts): Trajectory {
  const { policy, task, score, nanoDollars = 0, seed = 0, fault } = parts;
  const made = rewarded({
    rolloutId: `${task}/${policy}/${seed}`,
    answer: { text: score === 1 ? "7" : "8", source: "final" },
    score,
    fullReadingNanoDollars: 1_000_000,
  });
  return {
    ...made,
    policy,
    seed,
    groupId: task,
    task: { ...made.task, id: task },
    totals: { ...made.totals, nanoDollars },
    ...(fault && {
      status: "infra_error" as const,
      error: { kind: "repl", message: "gone" },
      stopReason: "infra_error" as const,
      reward: null,
    }),
  };
}

/** Returns the folder. Totals are written as given, so records need no calls. */
export async function savedRun(episodes: readonly SavedParts[]): Promise<string> {
  const folder = join(await scratch(), "run");
  const plan = { version: "0.1.0", seed: 0, config: {}, planned: episodes.length };
  const writer = await RunWriter.create(folder, plan);
  await writer.close("finished");
  const { appendFile } = await import("node:fs/promises");
  const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await appendFile(join(folder, "trajectories.jsonl"), lines(episodes.map(savedEpisode)));
  const tasks = [...new Set(episodes.map(({ task }) => task))];
  const references = tasks.map((taskId) => ({ taskId, answers: ["7"], metadata: {} }));
  await appendFile(join(folder, "references.jsonl"), lines(references));
  return folder;
}
