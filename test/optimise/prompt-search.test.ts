import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { optimisePrompt } from "../../envs/optimise-prompt.ts";
import { sNiah } from "../../envs/s-niah/s-niah.ts";
import { ModelError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { reflectingSimulation } from "../../src/optimise/reflecting-simulation.ts";
import { MOST_REFUSALS } from "../../src/optimise/search.ts";
import { grep } from "../../src/policies/strategies/grep.ts";
import { simulatedPolicy } from "../../src/policies/simulated-policy.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { readTrajectories } from "../../src/runs/read-run.ts";
import type { Trajectory } from "../../src/trajectory.ts";

const repls = new PyodideReplPool({ size: 2 });
afterAll(() => repls.close());

const policy = simulatedPolicy(sNiah.strategies.grep());
const WEAK = "Use `context`. FINAL ends it.";
const GOOD = [
  "The text is the variable `context`.",
  "```repl\nprint(1)\n```",
  "Use re.findall first, then FINAL(value).",
].join("\n");

const newFolder = async () => join(await mkdtemp(join(tmpdir(), "rlm-gym-search-")), "search");
const asked = (out: string, reflectingModel: Model = reflectingSimulation()) => ({
  policy,
  options: { length: "1k" },
  systemPrompt: WEAK,
  out,
  reflectingModel,
  repls,
  budget: 60,
  minibatch: 2,
  trainTasks: 6,
  validationTasks: 4,
  testTasks: 6,
  seed: 3,
  concurrency: 1,
});

const records = async (folder: string) => {
  const found: Trajectory[] = [];
  for await (const trajectory of readTrajectories(folder)) found.push(trajectory);
  return found;
};
const withoutClocks = (value: unknown) =>
  JSON.stringify(value, (key, inner: unknown) => (key === "wallClock" ? 0 : inner));
const fileOf = (folder: string, name: string) => readFile(join(folder, name), "utf8");
const reflectionsIn = async (folder: string) =>
  withoutClocks(
    (await fileOf(folder, "reflections.jsonl"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object),
  );
const writes = (reply: string | (() => never), count = 200) =>
  scriptedModel(Array.from({ length: count }, () => reply));

describe("a prompt search", () => {
  it("finds a prompt whose reward on held-out tasks is higher, interval and all, and never passes its budget", async () => {
    const folder = await newFolder();
    const result = await optimisePrompt("s-niah", {
      ...asked(folder),
      budget: 180,
      minibatch: 4,
      trainTasks: 12,
      validationTasks: 6,
      testTasks: 16,
      concurrency: 2,
    });
    expect(result.heldOut.reward!.interval[0]).toBeGreaterThan(0);
    expect(result.heldOut.accuracy!.interval[0]).toBeGreaterThan(0);
    expect(result.heldOut).toMatchObject({ played: 16, planned: 16 });
    expect(result.heldOut.rows.map((row) => row.policy)).toEqual(["seed prompt", "best prompt"]);
    expect(result.simulated).toEqual({ policy: true, reflectingModel: true });
    expect(result.spent.episodes).toBeLessThanOrEqual(180);
    const played = await records(folder);
    expect(played).toHaveLength(result.spent.episodes);
    expect(played.every((trajectory) => trajectory.simulated && trajectory.policy === "simulated")).toBe(
      true,
    );
    expect(played.some((trajectory) => trajectory.turns.some(({ results }) => results.length > 0))).toBe(
      true,
    );
    expect(await fileOf(folder, "best-prompt.txt")).toBe(result.best.prompt);
    const pool = JSON.parse(await fileOf(folder, "pool.json")) as { candidates: object[]; best: number };
    expect(pool.candidates).toHaveLength(result.candidates.kept + result.candidates.rejected);
    expect(pool.candidates[pool.best]).toEqual(result.best);
    expect(result.best.parent).not.toBeNull();
  });

  it("that was broken off ends as one that was not, byte for byte but for clocks", async () => {
    const whole = await newFolder();
    const expected = await optimisePrompt("s-niah", asked(whole));
    const broken = await newFolder();
    for (const stopAfter of [3, 11, 24]) {
      const stop = new AbortController();
      let ended = 0;
      const attempt = optimisePrompt("s-niah", {
        ...asked(broken),
        resume: stopAfter > 3,
        signal: stop.signal,
        onEpisode: () => {
          ended += 1;
          if (ended === stopAfter) stop.abort(new Error("broken off"));
        },
      });
      await expect(attempt).rejects.toThrow("broken off");
    }
    const { folder: _, ...result } = await optimisePrompt("s-niah", { ...asked(broken), resume: true });
    const { folder: __, ...other } = expected;
    expect(result).toEqual(other);
    for (const name of ["pool.json", "result.json", "best-prompt.txt"])
      expect(await fileOf(broken, name)).toBe(await fileOf(whole, name));
    expect(await reflectionsIn(broken)).toBe(await reflectionsIn(whole));
    expect(withoutClocks(await records(broken))).toBe(withoutClocks(await records(whole)));
    // Once more: everything is on disk, and nothing is played or asked.
    const again = { ...asked(broken, writes("never asked", 0)), resume: true };
    await expect(optimisePrompt("s-niah", again)).rejects.toThrow("reflectingModel");
    const idle = await optimisePrompt("s-niah", { ...asked(broken), resume: true });
    expect(idle.spent).toEqual(expected.spent);
    expect(await records(broken)).toHaveLength(expected.spent.episodes);
  });

  it.each([
    ["writes nothing", "", "no reply"],
    ["writes no prompt", "I would rather not.", "no prompt"],
    ["forgets the REPL", "<prompt>Be helpful.</prompt>", "does not name context"],
    ["never stops", `<prompt>${GOOD}${" and so on".repeat(100_000)}</prompt>`, "too long"],
    ["repeats itself", `<prompt>${WEAK}</prompt>`, "tried before"],
  ])(
    "outlives a reflecting model that %s: its replies are refused and counted",
    async (_, reply, refusal) => {
      const result = await optimisePrompt("s-niah", asked(await newFolder(), writes(reply)));
      expect(result.refusals).toEqual({ [refusal]: MOST_REFUSALS });
      expect(result).toMatchObject({ ended: "refusals", best: { id: 0 }, heldOut: { played: 6 } });
      expect(result.heldOut.reward).toMatchObject({ mean: 0, interval: [0, 0] });
    },
  );

  it("outlives a call that fails, and stops to go on later if the server stays down", async () => {
    const down = () => {
      throw new ModelError("the server is down", { kind: "unreachable" });
    };
    const once = scriptedModel([
      down,
      down,
      `<prompt>${GOOD}</prompt>`,
      ...Array.from({ length: 99 }, () => ""),
    ]);
    const found = await optimisePrompt("s-niah", asked(await newFolder(), once));
    expect(found.best.prompt).toBe(GOOD);
    expect(found.refusals["no reply"]).toBeGreaterThan(2);

    const folder = await newFolder();
    await expect(optimisePrompt("s-niah", asked(folder, writes(down)))).rejects.toThrow("the server is down");
    const later = scriptedModel([`<prompt>${GOOD}</prompt>`, ...Array.from({ length: 99 }, () => "")]);
    const result = await optimisePrompt("s-niah", { ...asked(folder, later), resume: true });
    expect(result.best.prompt).toBe(GOOD);
  });

  it("spends no more dollars than it may, on episodes and reflections together", async () => {
    const result = await optimisePrompt("s-niah", {
      ...asked(await newFolder()),
      budget: 400,
      budgetDollars: 0.06,
      reflectMaxTokens: 400,
      limits: { maxDollars: 0.003 },
    });
    expect(result.ended).toBe("dollars");
    expect(result.spent.nanoDollars).toBeLessThanOrEqual(0.06e9);
    expect(result.spent.reflections.nanoDollars).toBeGreaterThan(0);
    expect(result.iterations).toBeGreaterThan(0);
  });

  it("refuses what cannot be, before anything is played", async () => {
    const out = await newFolder();
    const unpriced = { ...scriptedModel([], "unpriced"), name: "unpriced" };
    for (const [change, complaint] of [
      [{ budget: 10 }, "budget: expected at least 24 episodes, got 10"],
      [{ minibatch: 7 }, "minibatch: expected at most the 6 training tasks, got 7"],
      [{ minibatch: 0 }, "minibatch: expected a whole number of at least 1, got 0"],
      [{ budgetDollars: -1 }, "budgetDollars: expected a number above 0"],
      [{ budgetDollars: 1 }, "--max-dollars"],
      [{ budgetDollars: 100, reflectingModel: unpriced }, "the price of unpriced is not known"],
      [{ surprise: 1 }, "surprise"],
    ] as const)
      await expect(optimisePrompt("s-niah", { ...asked(out), ...change })).rejects.toThrow(complaint);
    await expect(readFile(join(out, "manifest.json"))).rejects.toThrow("ENOENT");
  });
});

describe("the simulated policy", () => {
  it("is an ordinary policy of rollouts, whose skill hangs on its prompt", () => {
    expect(policy.name).toBe("simulated");
    expect(policy.model!.simulated).toBe(true);
    expect(simulatedPolicy(grep({ pattern: () => null })).recursion).toBeUndefined();
  });
});
