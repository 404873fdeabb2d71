/** Learning from saved episodes: what is read, what is refused, and what each algorithm makes of good and bad ones. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openBackend } from "../../src/train/backend.ts";
import { readCheckpoint } from "../../src/train/checkpoint.ts";
import type { OfflineAlgorithm } from "../../src/train/choices.ts";
import { FEATURES } from "../../src/train/features.ts";
import { HEADS, KINDS, type Kind } from "../../src/train/moves.ts";
import { decide } from "../../src/train/network.ts";
import { trainOffline } from "../../src/train/offline.ts";
import { readDecisions } from "../../src/train/saved-decisions.ts";
import { firstCheckpoint } from "../../src/train/train.ts";

const STATE = { features: FEATURES.map(() => 0.5), legal: KINDS.map(() => true) };

function record(kind: Kind, reward: number | null) {
  const choices = [KINDS.indexOf(kind), ...HEADS.slice(1).map(() => 0)];
  const decision = { ...STATE, features: [...STATE.features], choices, logProbability: null, value: null };
  return { reward: reward === null ? null : { total: reward, score: reward }, calls: [{ decision }] };
}

async function saved(...records: object[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "rlm-gym-offline-")), "episodes.jsonl");
  await writeFile(path, records.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return path;
}

async function learnt(algorithm: OfflineAlgorithm, learningRate = 0.05): Promise<Kind> {
  const often = Array.from({ length: 3 }, () => record("read", 0.2));
  const decisions = await readDecisions(await saved(...often, record("grep", 0.9), record("peek", null)));
  expect(decisions).toHaveLength(4);
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-offline-"));
  const { weights } = await trainOffline(firstCheckpoint(1, {}), {
    algorithm,
    decisions,
    updates: 40,
    learner: { learningRate, maxNorm: 1 },
    seed: 1,
    folder,
  });
  expect(readCheckpoint(folder).update).toBe(40);
  return decide(weights, STATE, null).move.kind;
}

beforeAll(async () => void (await openBackend(() => {}, "wasm")));

it("cloning does what was done most, and regression what earned most", async () => {
  expect(await learnt("bc")).toBe("read");
  expect(await learnt("awr")).toBe("grep");
});

it("stops where the loss is no number any more, and says which checkpoint is kept", async () => {
  await expect(learnt("awr", 1e38)).rejects.toThrow(
    /update \d+: the \w+ became .+; the checkpoint of update \d+ is kept in /,
  );
});

it("says what is wrong with files that hold nothing to learn from", async () => {
  await expect(
    readDecisions(await saved(record("grep", null), { calls: [], reward: { total: 1, score: 1 } })),
  ).rejects.toThrow(
    /no episode to learn from: 1 without a reward, 1 without macro moves; expected episodes of macro moves/,
  );
  const other = record("grep", 1);
  other.calls[0]!.decision.features.pop();
  await expect(readDecisions(await saved(record("grep", 1), other))).rejects.toThrow(
    /episodes\.jsonl:2: field decision\.features: .+; its network had other features/,
  );
  await expect(readDecisions("/nowhere.jsonl")).rejects.toThrow(/there is no such file/);
});
