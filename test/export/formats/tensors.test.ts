import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS } from "../../../src/export/exporter.ts";
import { readTensors } from "../../../src/export/tensor-files.ts";
import { tensors } from "../../../src/export/formats/tensors.ts";
import { validatePath } from "../../../src/export/validate-folder.ts";
import { writeExport } from "../../../src/export/write.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Decision } from "../../../src/types.ts";
import { itemOf, subCall, withTokens } from "../played.ts";

const decided = (features: readonly number[], logProbability: number | null): Decision => ({
  features,
  legal: [true, false],
  choices: [1, 0, 2],
  logProbability,
  value: null,
});

function withDecisions(rolloutId: string, parts: Partial<Trajectory> = {}): Trajectory {
  const base = withTokens(rolloutId, parts);
  const calls = base.calls.map((call, index) => ({
    ...call,
    decision: decided([index, 0.5], index === 0 ? -1 : null),
  }));
  return { ...base, calls: [...calls, subCall(3, 0, "?", "!")] };
}

async function written(...trajectories: Trajectory[]): Promise<string> {
  const out = join(await mkdtemp(join(tmpdir(), "rlm-gym-tensors-")), "t");
  await writeExport({
    exporter: tensors,
    source: async function* items() {
      for (const [index, one] of trajectories.entries())
        yield { ...itemOf(one), advantage: index === 0 ? 0.5 : null };
    },
    options: EXPORT_DEFAULTS,
    filters: {},
    redaction: null,
    out,
    origin: { version: "0", sources: [], flags: {} },
  });
  return out;
}

describe("tensors", () => {
  it("are what TensorFlow.js decodes: features, choices, rewards, advantages, masks and ids of the episodes", async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    const other = withTokens("b", { groupId: "g2", reward: { total: 0.25, score: 0, terms: {} } });
    const folder = await written(withDecisions("a"), other);
    const { weightsManifest } = JSON.parse(await readFile(join(folder, "tensors.json"), "utf8")) as {
      weightsManifest: tf.io.WeightsManifestConfig;
    };
    const named: Record<string, unknown> = {};
    for (const { paths, weights } of weightsManifest) {
      const bytes = new Uint8Array(await readFile(join(folder, paths[0]!)));
      const loaded = tf.io.decodeWeights(bytes.buffer, weights);
      for (const [name, tensor] of Object.entries(loaded)) named[name] = await tensor.array();
    }
    expect(named).toMatchObject({
      episode_reward: [1, 0.25],
      episode_advantage: [0.5, 0],
      episode_has_advantage: [1, 0],
      episode_group: [0, 1],
      turn_episode: [0, 0, 0, 1, 1, 1],
      turn_reward: [0, 0, 1, 0, 0, 0.25],
      turn_done: [0, 0, 1, 0, 0, 1],
      decision_features: [
        [0, 0.5],
        [1, 0.5],
        [2, 0.5],
      ],
      decision_choices: [
        [1, 0, 2],
        [1, 0, 2],
        [1, 0, 2],
      ],
      decision_legal: [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
      decision_log_probability: [-1, 0, 0],
      decision_has_log_probability: [1, 0, 0],
      decision_turn: [0, 1, 2],
      segment_start: [0, 7, 11, 18],
      segment_length: [7, 4, 7, 4],
      segment_episode: [0, 0, 1, 1],
      token_ids: [1, 2, 3, 4, 5, 6, 7, 1, 9, 8, 8, 1, 2, 3, 4, 5, 6, 7, 1, 9, 8, 8],
      token_mask: [0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1],
    });
    expect((named["turn_actions"] as number[][])[0]).toEqual([1, 1, 0, 0, 0]);
    expect((await readTensors(folder)).get("turn_features")!.shape).toEqual([6, 7]);
    expect(await readFile(join(folder, "episodes.jsonl"), "utf8")).toContain('"rollout_id":"b"');
    expect(await validatePath(folder, undefined)).toEqual({ format: "tensors", rows: 2, bad: 0, faults: [] });
  });

  it("leave out decisions of a network of another shape, and say which file is too short", async () => {
    const wider = withDecisions("b");
    const calls = wider.calls.map((call) => ({
      ...call,
      ...(call.decision && { decision: decided([1, 2, 3], null) }),
    }));
    const folder = await written(withDecisions("a"), { ...wider, calls });
    const manifest = JSON.parse(await readFile(`${folder}.manifest.json`, "utf8")) as {
      counts: { leftOut: object };
    };
    expect(manifest.counts.leftOut).toEqual({ "decisions of a network of another shape": 1 });
    await writeFile(join(folder, "turn_reward.bin"), "abc");
    await expect(validatePath(folder, undefined)).rejects.toThrow(
      /turn_reward\.bin: holds 3 bytes, .+ takes 12/,
    );
  });
});
