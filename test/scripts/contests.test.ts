/** What a run's configuration depends on, besides the flags themselves. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import yargs from "yargs";
import { describe, expect, it } from "vitest";
import { askedFor } from "../../scripts/contests.ts";
import { loadEnvironments } from "../../scripts/load-environment.ts";
import { withEpisodeFlags } from "../../scripts/rollout.ts";
import { configDifference } from "../../src/runs/config-difference.ts";
import { configHash } from "../../src/runs/manifest.ts";
import { scratch } from "./command.ts";

const configOf = async (name: string, flags: readonly string[]) => {
  const args = ["rollout", name, ...flags];
  const argv = await withEpisodeFlags(yargs([...flags]), args);
  const environments = await loadEnvironments(name, undefined);
  return (await askedFor(environments, await argv.parseAsync())).config;
};

describe("a run's configuration", () => {
  it("tells runs apart by the bytes of the files that they read", async () => {
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

  it("tells runs apart by prices, since budgets and rewards depend on them", async () => {
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
