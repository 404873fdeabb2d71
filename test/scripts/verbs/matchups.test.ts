/** What a run's configuration depends on, besides the flags themselves. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import yargs from "yargs";
import { describe, expect, it } from "vitest";
import { askedFor } from "../../../scripts/verbs/rollout/asked.ts";
import { loadEnvironments } from "../../../scripts/input/load-environment.ts";
import { withEpisodeFlags } from "../../../scripts/verbs/rollout/flags.ts";
import type { ModelRequest } from "../../../src/models/model.ts";
import { scriptedModel } from "../../../src/models/scripted.ts";
import type { Observation } from "../../../src/types.ts";
import { configDifference } from "../../../src/runs/config-difference.ts";
import { configHash } from "../../../src/runs/manifest.ts";
import { scratch } from "../command.ts";

const askedBy = async (name: string, flags: readonly string[]) => {
  const args = ["rollout", name, ...flags];
  const argv = await withEpisodeFlags(yargs([...flags]), args);
  const environments = await loadEnvironments(name, undefined);
  return askedFor(environments, await argv.parseAsync());
};
const configOf = async (name: string, flags: readonly string[]) => (await askedBy(name, flags)).config;

describe("a run's configuration", () => {
  it("differs if the files that a run reads differ in their bytes", async () => {
    const place = await scratch();
    const haystack = join(place, "essay.txt");
    const flags = ["--variant", "niah_single_2", "--length", "1k", "--haystack", haystack];
    await writeFile(haystack, "Grass is green. ".repeat(2000));
    const before = await configOf("s-niah", flags);
    expect(configHash(await configOf("s-niah", flags))).toBe(configHash(before));
    await writeFile(haystack, "Grass is brown. ".repeat(2000));
    expect(configDifference(before, await configOf("s-niah", flags))).toEqual([
      expect.stringContaining(`files.${haystack}: `),
    ]);
  });

  it("differs if prices differ, since budgets and rewards depend on them", async () => {
    const prices = join(await scratch(), "prices.json");
    await writeFile(prices, JSON.stringify({ simulated: { input: 3, output: 10 } }));
    const flags = ["--length", "1k"];
    const before = await configOf("s-niah", flags);
    expect(configDifference(before, await configOf("s-niah", [...flags, "--prices", prices]))).toEqual([
      expect.stringContaining("prices.simulated.cachedInput: 0.125 in the run, absent now"),
      expect.stringContaining("prices.simulated.input: 1.25 in the run, 3 now"),
    ]);
  });
});

describe("--temperature", () => {
  it("also applies to child episodes if the policy does not bring their player", async () => {
    const asked: ModelRequest[] = [];
    const model = scriptedModel([
      (request) => {
        asked.push(request);
        return "FINAL(1)";
      },
    ]);
    const { make } = await askedBy("s-niah", ["--length", "1k", "--temperature", "0.25", "--max-depth", "2"]);
    const child = make.childPolicy!(model);
    const observation = { text: "", question: "?" } as Observation;
    const actor = child.start({ observation, seed: 1, subModel: null });
    await actor.act({ observation, messages: [], tools: [], maxTokens: 10 });
    expect(asked[0]).toMatchObject({ temperature: 0.25, maxTokens: 10 });
    expect((await askedBy("s-niah", ["--length", "1k"])).make).not.toHaveProperty("childPolicy");
  });
});
