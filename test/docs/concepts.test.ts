/** The episode that `docs/concepts.md` prints is the one that its command plays. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Call, Trajectory } from "../../src/trajectory.ts";
import { rlmGym, ROOT, scratch, trajectoriesIn } from "../scripts/command.ts";

const page = readFileSync(join(ROOT, "docs/concepts.md"), "utf8");

async function played(policy: string): Promise<Trajectory> {
  const command = /^npx rlm-gym (rollout .*) --out runs\/concepts$/m.exec(page)?.[1];
  const out = join(await scratch(), "run");
  const args = command!.replace("map-reduce", policy).split(" ");
  expect((await rlmGym([...args, "--out", out])).code).toBe(0);
  return (await trajectoriesIn(out))[0]!;
}

function row(calls: readonly Call[]): string {
  const sum = (read: (call: Call) => number) => calls.reduce((total, call) => total + read(call), 0);
  const tokens = (name: "promptTokens" | "completionTokens") =>
    sum(({ usage }) => usage![name]).toLocaleString("en-US");
  const dollars = (sum(({ nanoDollars }) => nanoDollars!) / 1e9).toFixed(5);
  return `| ${calls.length} | ${tokens("promptTokens")} | ${tokens("completionTokens")} | ${dollars} |`;
}

const readings = ({ totals, fullReading }: Trajectory) =>
  (totals.nanoDollars! / fullReading.nanoDollars!).toFixed(2);

describe("the episode of the concepts", () => {
  let episode: Trajectory;
  beforeAll(async () => {
    episode = await played("map-reduce");
  });

  it("has the texts that the page prints", () => {
    const { systemPrompt, opening, turns, calls } = episode;
    const said = turns.flatMap(({ completion, observation }) => [completion.text, observation]);
    const replies = calls.filter(({ purpose }) => purpose === "llm_query").map(({ reply }) => reply!);
    for (const text of [systemPrompt, opening, ...said, ...replies]) expect(page).toContain(text);
  });

  it("has the figures that the page prints, as has the episode of grep", async () => {
    const { calls, reward } = episode;
    expect(page).toContain(`of the policy (depth 0) ${row(calls.filter(({ depth }) => depth === 0))}`);
    expect(page).toContain(`sub-calls (depth 1) ${row(calls.filter(({ depth }) => depth === 1))}`);
    expect(page).toContain(`| all ${row(calls)}`);
    expect(page).toContain(`the episode cost ${readings(episode)} readings`);
    expect(page).toContain(`the reward is ${reward!.total.toFixed(3)}.`);
    expect(page).toContain(`x is ${readings(episode)}, so the reward`);
    const grep = await played("grep");
    expect(page).toContain(`costs ${readings(grep)} readings and earns ${grep.reward!.total.toFixed(3)}.`);
  });
});
