import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { complaints, rlmGym, scratch } from "./command.ts";
import { savedRun } from "./saved-run.ts";

it("rlm-gym report shows the front as a table and a labelled picture, over several runs", async () => {
  const tasks = ["a", "b", "c"];
  const cheap = await savedRun(
    tasks.map((task, i) => ({ policy: "cheap", task, score: i === 0 ? 1 : 0, nanoDollars: 1e6 })),
  );
  const dear = await savedRun(tasks.map((task) => ({ policy: "dear", task, score: 1, nanoDollars: 1e8 })));
  const plot = join(await scratch(), "front.svg");
  const { code, stdout } = await rlmGym(["report", cheap, dear, "--plot", plot]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/▸ cheap +3 +33 % +\$0\.00100 /);
  expect(stdout).toMatch(/▸ dear +3 +100 % .*\+67 % \[/);
  const svg = await readFile(plot, "utf8");
  for (const text of ["mean cost of an episode (US dollars)", "mean score (0 to 1)", "cheap", "dear"])
    expect(svg).toContain(text);
  const png = join(await scratch(), "front.png");
  const json = JSON.parse((await rlmGym(["report", cheap, dear, "--plot", png, "--json"])).stdout) as {
    reports: { hypervolume: number }[];
  };
  // from 0.001 to 0.1 dollars a third, and nothing past the dearest policy
  expect(json.reports[0]!.hypervolume).toBeCloseTo(0.099 / 3, 12);
  expect((await readFile(png)).subarray(1, 4).toString()).toBe("PNG");
});

it("rlm-gym report takes scores and rewards from a scored file", async () => {
  const run = await savedRun(
    ["a", "b"].map((task) => ({ policy: "p", task, score: 1, nanoDollars: 500_000 })),
  );
  const reward = { total: 0.25, score: 0.5, terms: {} };
  const rows = ["a", "b"].map((task) => ({ rolloutId: `${task}/p/0`, groupId: task, reward, advantage: 0 }));
  const file = join(run, "scored-mine.jsonl");
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { stdout } = await rlmGym(["report", file, "--json"]);
  const { reports } = JSON.parse(stdout) as { reports: { policies: object[] }[] };
  expect(reports[0]!.policies[0]).toMatchObject({
    score: 0.5,
    reward: 0.25,
    cost: 0.0005,
    costPerRight: null,
  });
  await writeFile(file, `${JSON.stringify(rows[0])}\n`);
  const lacking = await rlmGym(["report", file]);
  expect(complaints(lacking)[0]).toMatch(/no row for rollout b\/p\/0; score the run again/);
});

it("rlm-gym report refuses a picture of another kind, and a folder that is not a run", async () => {
  const wrong = await rlmGym(["report", "nowhere", "--plot", "front.gif"]);
  expect([wrong.code, complaints(wrong)[0]]).toEqual([2, expect.stringMatching(/\.svg or \.png/)]);
  const file = join(await scratch(), "imported.jsonl");
  await writeFile(file, `${JSON.stringify({ schemaVersion: 1, rolloutId: "r", turns: [], calls: [] })}\n`);
  for (const verb of [["report"], ["reward", "--spec", "default"]]) {
    const { code, stderr } = await rlmGym([...verb, file]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("import FILE --out FOLDER makes a run of it"),
    ]);
  }
  const nowhere = await rlmGym(["report", "nowhere"]);
  expect([nowhere.code, complaints(nowhere)[0]]).toEqual([1, expect.stringMatching(/nowhere is not a run/)]);
});
