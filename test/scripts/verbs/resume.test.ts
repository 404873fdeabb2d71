/** Groups and resumed runs, as users meet them. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Trajectory } from "../../../src/trajectory.ts";
import { complaints, manifestIn, rlmGym, scratch, trajectoriesIn } from "../command.ts";

const ASKED = ["rollout", "s-niah", "--policy", "random,grep", "--length", "1k", "--episodes", "2"];
const withGroups = (folder: string, ...more: string[]) =>
  rlmGym([...ASKED, "--group-size", "3", "--out", folder, "--json", ...more]);

const comparable = (trajectories: readonly Trajectory[]) =>
  trajectories
    .map((trajectory) =>
      JSON.stringify(trajectory, (key, value: unknown) => (key === "wallClock" ? 0 : value)),
    )
    .toSorted();

describe("groups", () => {
  it("are rollouts of a task with different seeds, and a resumed run ends like one that was not interrupted", async () => {
    const folder = join(await scratch(), "run");
    const whole = await withGroups(folder);
    expect(whole.code).toBe(0);
    const { rows } = JSON.parse(whole.stdout) as { rows: { groups: { size: number; passAt: object } }[] };
    expect(rows.map(({ groups }) => [groups.size, Object.keys(groups.passAt)])).toEqual([
      [3, ["1", "2", "3"]],
      [3, ["1", "2", "3"]],
    ]);
    const episodes = await trajectoriesIn(folder);
    const groups = [...new Set(episodes.map(({ groupId }) => groupId))].map((id) =>
      episodes.filter(({ groupId }) => groupId === id),
    );
    expect(groups.map((group) => group.length)).toEqual([3, 3, 3, 3]);
    for (const group of groups) {
      expect(new Set(group.map(({ seed }) => seed)).size).toBe(3);
      expect(new Set(group.map(({ task, policy }) => `${task.id} ${policy}`)).size).toBe(1);
    }
    expect(new Set(episodes.map(({ rolloutId }) => rolloutId)).size).toBe(12);

    const file = join(folder, "trajectories.jsonl");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, text.length / 2));
    const again = await withGroups(folder, "--resume");
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(whole.stdout));
    expect(comparable(await trajectoriesIn(folder))).toEqual(comparable(episodes));
    expect(await manifestIn(folder)).toMatchObject({
      status: "finished",
      counts: { planned: 12, ended: 12 },
    });

    await writeFile(file, text.slice(0, text.length / 3));
    const byName = await rlmGym(["rollout", "--json", "--resume", folder]);
    expect(JSON.parse(byName.stdout)).toEqual(JSON.parse(whole.stdout));
    expect(comparable(await trajectoriesIn(folder))).toEqual(comparable(episodes));
    const changed = await rlmGym(["rollout", "--resume", folder, "--episodes", "3"]);
    expect(complaints(changed)).toEqual([expect.stringContaining("episodes: 2 in the run, 3 now")]);

    const other = await rlmGym([...ASKED, "--group-size", "4", "--out", folder, "--resume"]);
    expect(complaints(other)).toEqual([expect.stringContaining("groupSize: 3 in the run, 4 now")]);
    expect(other).toMatchObject({ code: 2, stdout: "" });
  });

  it("are refused if they have no member, as is --resume if there is nothing to resume", async () => {
    const place = await scratch();
    const out = ["--out", place];
    for (const [flags, complaint] of [
      [["--group-size", "0", ...out], "--group-size: expected a whole number of at least 1, got 0"],
      [["--resume", ...out], `cannot resume: ${place} is not a run`],
      [["--resume", place], `--resume ${place}: expected the folder of a run`],
    ] as const) {
      const ended = await rlmGym([...ASKED, ...flags]);
      expect(complaints(ended)).toEqual([expect.stringContaining(complaint)]);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
    }
  });
});
