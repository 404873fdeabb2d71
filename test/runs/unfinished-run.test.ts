import { mkdir, mkdtemp, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { exportRuns } from "../../src/runs/export-runs.ts";
import { listRuns } from "../../src/runs/list-runs.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { rewarded } from "../trajectory-fixture.ts";

it("counts the episodes of a run whose process was killed, in lists and in exports, by its records", async () => {
  const root = await mkdtemp(join(tmpdir(), "rlm-gym-unfinished-"));
  const folder = join(root, "run");
  // A killed process leaves the manifest as it was at the beginning.
  const writer = await RunWriter.create(folder, { version: "0", seed: 0, config: {}, planned: 3 });
  for (const rolloutId of ["a", "b"]) {
    const base = rewarded({ rolloutId });
    await writer.append({ ...base, task: { ...base.task, context: summariseContext("c") } }, "c", null);
  }
  expect(await listRuns(root)).toMatchObject([{ folder, ended: 2 }]);
  const partOf = async (out: string) =>
    (await exportRuns([folder], { format: "jsonl", out: join(root, out) })).sources[0]!["part"];
  expect(await partOf("all.jsonl")).toMatchObject({ planned: 3, ended: 2 });

  await writer.close("finished");
  const records = join(folder, "trajectories.jsonl");
  await truncate(records, (await stat(records)).size / 2);
  expect(await partOf("lost.jsonl")).toMatchObject({ planned: 3, ended: 1 });

  // What others put in the place of the records is named.
  await rm(records);
  await mkdir(records);
  await expect(partOf("none.jsonl")).rejects.toThrow("trajectories.jsonl: cannot be read");
});
