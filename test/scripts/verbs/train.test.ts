/** Training from the command line: it learns, resumes after an interruption, reports errors, and its policy can be played. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CurvePoint } from "../../../src/train/checkpoint.ts";
import type { Score } from "../../../src/train/evaluate.ts";
import { rlmGym, scratch } from "../command.ts";

interface Result {
  readonly updates: number;
  readonly initial: Score;
  readonly final: Score;
  readonly heldOut: Score;
  readonly optimum: { readonly reward: number; readonly share: number | null } | null;
  readonly curve: readonly CurvePoint[];
}

const TINY = "--length 1k --group-size 3 --tasks-per-update 1 --train-tasks 2 --held-out-tasks 1".split(" ");

async function train(folder: string, ...flags: string[]) {
  const { code, stdout, stderr } = await rlmGym(["train", "s-niah", "--out", folder, "--json", ...flags]);
  return { code, stderr, result: stdout === "" ? null : (JSON.parse(stdout) as Result) };
}

describe("rlm-gym train", () => {
  it("learns from random weights to earn what the best plans of the grid earn, on unseen tasks and an unseen length, and others learn from its episodes", async () => {
    const folder = await scratch();
    const tasks = "--length 4k --held-out-tasks 1 --seed 3".split(" ");
    const { result } = await train(
      join(folder, "policy"),
      ...tasks,
      ..."--train-tasks 6 --updates 10".split(" "),
    );
    const { curve, initial, heldOut, optimum } = result!;
    expect(curve).toHaveLength(10);
    expect(curve.at(-1)!.reward).toBeGreaterThan(curve[0]!.reward + 0.1);
    expect(heldOut.reward).toBeGreaterThan(initial.reward);
    expect(optimum!.share).toBeGreaterThan(0.95);

    const episodes = join(folder, "policy", "episodes");
    const offline = [...tasks, "--no-optimum", "--updates", "50"];
    const tensors = join(folder, "tensors");
    expect((await rlmGym(["export", episodes, "--format", "tensors", "--out", tensors])).code).toBe(0);
    const fromTensors = await train(join(folder, "awr"), ...offline, "--offline", tensors, "--algo", "awr");
    expect(fromTensors.result!.heldOut.reward).toBeGreaterThan(0.95 * optimum!.reward);
    const refused = await train(join(folder, "ppo"), ...offline, "--offline", episodes, "--algo", "ppo");
    expect(refused).toMatchObject({ code: 2, result: null });
    const useless = await train(join(folder, "bc"), ..."--offline x --algo bc --entropy 1".split(" "));
    expect(useless.stderr).toContain("--entropy has no use in training from saved episodes");
  });

  it("gives the same result if interrupted and resumed, and refuses other flags", async () => {
    const folder = await scratch();
    const flags = [...TINY, "--no-optimum", "--algo", "ppo"];
    const whole = await train(join(folder, "whole"), ...flags, "--updates", "3");
    await train(join(folder, "cut"), ...flags, "--updates", "1", "--anneal", "3");
    const resumed = await train(join(folder, "cut"), ...flags, "--updates", "3", "--resume");
    expect(resumed.result!.curve).toEqual(whole.result!.curve);
    expect(resumed.result!.heldOut).toEqual(whole.result!.heldOut);
    const other = await train(join(folder, "cut"), ...flags, "--updates", "3", "--resume", "--seed", "1");
    expect(other).toMatchObject({ code: 2, result: null });
    expect(other.stderr).toContain("was trained with seed 0, not 1");
  });

  it("warns of a cost weight that makes doing nothing the best policy, and keeps the last good checkpoint", async () => {
    const folder = join(await scratch(), "policy");
    const dear = ["--lambda", "50", "--cost", "linear"];
    const { result } = await train(join(await scratch(), "nothing"), ...TINY, ...dear, "--updates", "1");
    expect(result!.optimum!.reward).toBeLessThanOrEqual(0);
    expect(result!.optimum!.share).toBeNull();
    const flags = [...dear, "--learning-rate", "1e38", "--updates", "3"];
    const { code, stderr } = await train(folder, ...TINY, ...flags);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /warning: with --lambda 50, no plan earns more than answering at once with nothing/,
    );
    expect(stderr).toMatch(/update \d: the \w+ became .+; the checkpoint of update \d is kept in /);
    const path = join(folder, "checkpoint.json");
    const kept = JSON.parse(await readFile(path, "utf8")) as { version: number };
    await writeFile(path, JSON.stringify({ ...kept, version: 99 }));
    const resumed = await train(folder, ...TINY, ...flags, "--resume");
    expect(resumed.code).toBe(1);
    expect(resumed.stderr).toContain("checkpoint.json: field version");
  });
});
