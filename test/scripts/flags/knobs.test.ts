/** The knobs of a simulated sub-model, from the command line down to the records. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manifestIn, rlmGym, scratch, trajectoriesIn } from "../command.ts";

async function rolledOut(subModel: string) {
  const folder = join(await scratch(), "run");
  const size = ["--length", "24k", "--episodes", "10", "--out", folder];
  const { code } = await rlmGym([
    "rollout",
    "s-niah",
    "--policy",
    "direct",
    "--sub-model",
    subModel,
    ...size,
  ]);
  expect(code).toBe(0);
  return { episodes: await trajectoriesIn(folder), manifest: await manifestIn(folder) };
}

describe("--sub-model simulated:…", () => {
  it("rots as told, and answers the same tasks otherwise", async () => {
    const right = async (rot: string) => {
      const { episodes } = await rolledOut(`simulated:rot=${rot}`);
      return episodes.filter((episode) => episode.reward?.score === 1).length;
    };
    expect(await right("flat")).toBe(10);
    expect(await right("steep")).toBeLessThan(10);
  });

  it("has the window, the failures and the prices it is told, and the run's configuration records them", async () => {
    const spec = "simulated-mini:window=9k,rate-limits=0.3,latency=1ms,input=0,output=0";
    const { episodes, manifest } = await rolledOut(spec);
    const asked = episodes.flatMap(({ calls }) => calls.filter((call) => call.depth === 1));
    const answered = asked.filter((call) => call.error === null);
    expect(Math.max(...answered.map((call) => call.usage!.promptTokens))).toBeLessThan(9_000);
    expect(Math.max(...asked.map((call) => call.attempts))).toBeGreaterThan(1);
    expect(asked.every((call) => call.nanoDollars === 0 && call.model === "simulated-mini")).toBe(true);
    expect(episodes.every((episode) => episode.simulated)).toBe(true);
    expect(manifest.config.subModel).toBe(spec);
  });
});
