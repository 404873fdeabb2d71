/** The prompt search, as users meet it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complaints, manifestIn, rlmGym, scratch, trajectoriesIn } from "../command.ts";

const SMALL = ["--length", "1k", "--train-tasks", "4", "--validation-tasks", "3", "--test-tasks", "3"];
const ASKED = ["optimise", "prompt", "s-niah", "--policy", "simulated", "--minibatch", "2", ...SMALL];

describe("optimise prompt", () => {
  it("searches, prints one JSON object on stdout alone, and goes on where it stopped", async () => {
    const place = await scratch();
    const [seedFile, out] = [join(place, "seed.txt"), join(place, "search")];
    await writeFile(seedFile, "Use `context`. FINAL ends it.");
    const command = [...ASKED, "--prompt", seedFile, "--budget", "24", "--out", out, "--seed", "5"];
    const { code, stdout, stderr } = await rlmGym([...command, "--json"]);
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines).toHaveLength(2);
    const result = JSON.parse(lines[0]!) as { best: { prompt: string }; spent: { episodes: number } };
    expect(result).toMatchObject({
      folder: out,
      seed: { prompt: "Use `context`. FINAL ends it." },
      heldOut: { planned: 3, played: 3 },
      simulated: { policy: true, reflectingModel: true },
    });
    expect(result.spent.episodes).toBeLessThanOrEqual(24);
    expect(stderr).toContain("rlm-gym: seed prompt: mean reward");
    expect(await trajectoriesIn(out)).toHaveLength(result.spent.episodes);
    expect(await manifestIn(out)).toMatchObject({ status: "finished", counts: { planned: 24 } });
    const table = await readFile(join(out, "table.txt"), "utf8");
    expect(table).toContain("seed prompt*");
    expect(table).toContain("best − seed, same tasks");
    expect(table).toContain("made up by a program");

    const file = join(out, "trajectories.jsonl");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, text.length / 2));
    const again = await rlmGym([...command, "--json", "--resume"]);
    expect(JSON.parse(again.stdout)).toEqual(result);
    const shown = await rlmGym([...command, "--resume"]);
    expect(shown.stdout).toContain(table);
    const other = await rlmGym([...command, "--resume", "--minibatch", "3"]);
    expect(other.code).toBe(2);

    const once = [
      "rollout",
      "s-niah",
      "--policy",
      "simulated",
      "--length",
      "1k",
      "--episodes",
      "1",
      "--json",
    ];
    const found = ["--prompt", join(out, "best-prompt.txt"), "--out", join(place, "run")];
    const played = await rlmGym([...once, ...found]);
    expect(played.code).toBe(0);
    const [record] = await trajectoriesIn(join(place, "run"));
    expect(record).toMatchObject({ systemPrompt: result.best.prompt, simulated: true });
  });

  it.each([
    [["--policy", "grep,direct", "--budget", "50", "--out", "x"], "expected one policy"],
    [["--policy", "simulated", "--budget", "10", "--out", "x"], "budget: expected at least"],
    [
      ["--policy", "simulated", "--budget", "50", "--out", "x", "--test-tasks", "0"],
      "testTasks: expected a whole",
    ],
    [["--policy", "simulated", "--out", "x"], "Missing required argument: budget"],
    [["--policy", "simulated", "--budget", "50", "--out", "x", "--group-size", "2"], "group-size"],
    [["--policy", "simulated", "--budget", "50", "--out", "x", "--reflect-model", "M"], "needs --base-url"],
  ])("refuses %j in one line", async (flags, complaint) => {
    const asked = ["optimise", "prompt", "s-niah", "--length", "1k", ...flags];
    const ended = await rlmGym(asked, { cwd: await scratch() });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(complaints(ended)).toEqual([expect.stringContaining(complaint)]);
  });

  it("names its verb if it is mistyped, and shows examples", async () => {
    expect(complaints(await rlmGym(["optimise", "prompts"]))).toEqual([
      expect.stringContaining("optimise prompt"),
    ]);
    const { stdout } = await rlmGym(["optimise", "prompt", "s-niah", "--help"]);
    expect(stdout.split("Examples:")[1]).toContain("--budget 300");
    expect(stdout).toContain("--variant");
  });
});
