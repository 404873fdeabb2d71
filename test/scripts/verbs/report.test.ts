import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { complaints, rlmGym, scratch } from "../command.ts";
import { savedRun } from "../saved-run.ts";

it("rlm-gym report shows the front as a table and a labelled picture, over several runs", async () => {
  const tasks = ["a", "b", "c"];
  const cheap = await savedRun(
    tasks.map((task, i) => ({ policy: "cheap", task, score: i === 0 ? 1 : 0, nanoDollars: 1e6 })),
  );
  const dear = await savedRun(tasks.map((task) => ({ policy: "dear", task, score: 1, nanoDollars: 1e8 })));
  const plot = join(await scratch(), "front.svg");
  const { code, stdout } = await rlmGym(["report", cheap, dear, "--plot", plot]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/▸ cheap +3 +33 % \[6 %, 79 %\] +\$0\.00100 /);
  expect(stdout).toMatch(/▸ dear +3 +100 % \[44 %, 100 %\] .*\+67 % \[/);
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

it("rlm-gym report --html writes a page with tables and pictures, in which nothing of a record runs", async () => {
  const hostile = `<script>alert(1)</script>`;
  const run = await savedRun(
    ["a", "b"].flatMap((task) =>
      [hostile, "plain"].map((policy) => ({ policy, task, score: 1, nanoDollars: 1e6 })),
    ),
  );
  const html = join(await scratch(), "report.html");
  const { code, stdout } = await rlmGym(["report", run, "--html", html]);
  expect([code, stdout.includes(`html: ${html}`)]).toEqual([0, true]);
  const page = await readFile(html, "utf8");
  expect(page).toMatch(/http-equiv="Content-Security-Policy" content="default-src 'none'/);
  expect(page).not.toMatch(/<script|javascript:|<link|<img/i);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  for (const part of ["<svg role=", '<th scope="col">at budget</th>', "hypervolume", "<figcaption>"])
    expect(page).toContain(part);
  const again = join(await scratch(), "again.html");
  await rlmGym(["report", run, "--html", again]);
  expect(await readFile(again, "utf8")).toBe(page);
  const wrong = await rlmGym(["report", run, "--html", "report.pdf"]);
  expect([wrong.code, complaints(wrong)[0]]).toEqual([2, expect.stringContaining("ends in .html")]);
});

it("rlm-gym report keeps the command line's order, and says the same of shuffled lines", async () => {
  const tasks = ["a", "b", "c"];
  const run = await savedRun(
    tasks.flatMap((task, i) =>
      ["first", "second", "third"].map((policy, j) => ({
        policy,
        task,
        score: (i + j) % 2,
        nanoDollars: 1e6 * (1 + i + 0.1 * j),
      })),
    ),
  );
  const manifest = join(run, "manifest.json");
  const { config, ...rest } = JSON.parse(await readFile(manifest, "utf8")) as { config: object };
  await writeFile(
    manifest,
    JSON.stringify({ ...rest, config: { ...config, policies: ["third,first,second"] } }),
  );
  const reported = async () => {
    const [plot, html] = [join(await scratch(), "front.svg"), join(await scratch(), "report.html")];
    const { stdout } = await rlmGym(["report", run, "--plot", plot, "--html", html]);
    const table = stdout.slice(0, stdout.indexOf("\nplot: "));
    return [table, await readFile(plot, "utf8"), await readFile(html, "utf8")];
  };
  const before = await reported();
  expect(before[0]).toContain("baseline third");
  const rows = [...before[0]!.matchAll(/^[▸ ] (first|second|third)/gm)].map(([, name]) => name);
  expect(rows).toEqual(["third", "first", "second"]);
  const file = join(run, "trajectories.jsonl");
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  await writeFile(file, `${lines.toReversed().join("\n")}\n`);
  expect(await reported()).toEqual(before);
});

it("rlm-gym reward --diff says of scored files too that they rest on a simulated model", async () => {
  const run = await savedRun(["a", "b"].map((task) => ({ policy: "p", task, score: 1, nanoDollars: 1e6 })));
  const file = join(run, "trajectories.jsonl");
  const text = await readFile(file, "utf8");
  const scoredWith = async (simulated: boolean) => {
    await writeFile(file, text.replaceAll(/"simulated":(true|false)/g, `"simulated":${simulated}`));
    await rlmGym(["reward", run, "--spec", "default"]);
    const scored = join(run, "scored-default.jsonl");
    return (await rlmGym(["reward", "--diff", scored, scored])).stdout;
  };
  expect(await scoredWith(true)).toContain("rest on a simulated model");
  expect(await scoredWith(false)).not.toContain("simulated");
});

it("rlm-gym reward keeps the command line's order, and says in each table that a run lacks episodes", async () => {
  const run = await savedRun(
    ["a", "b"].flatMap((task) =>
      ["first", "second"].map((policy) => ({ policy, task, score: 1, nanoDollars: 1e6 })),
    ),
  );
  const manifest = join(run, "manifest.json");
  const { config, counts, ...rest } = JSON.parse(await readFile(manifest, "utf8")) as {
    config: object;
    counts: object;
  };
  const told = {
    ...rest,
    config: { ...config, policies: ["second,first"] },
    counts: { ...counts, planned: 500 },
  };
  await writeFile(manifest, JSON.stringify(told));
  const scored = (await rlmGym(["reward", run, "--spec", "default"])).stdout;
  expect(scored.indexOf("second")).toBeLessThan(scored.indexOf("first"));
  const sweep = ["reward", run, "--spec", "default", "--sweep", "lambda=0:1:1"];
  const swept = (await rlmGym(sweep)).stdout;
  expect(swept).toMatch(/^lambda +best +second +first/);
  for (const text of [scored, swept, (await rlmGym(["reward", run, "--diff", "default", "default"])).stdout])
    expect(text).toContain("4 of 500 planned episodes");
  expect(JSON.parse((await rlmGym([...sweep, "--json"])).stdout)).toMatchObject({
    partial: [expect.stringContaining("4 of 500") as string],
  });
});
