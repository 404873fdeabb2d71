import { describe, expect, it } from "vitest";
import { explained } from "../../scripts/output/explain.ts";
import { rlmGym, scratch } from "./command.ts";

const HEADINGS = [
  "Tables of rollout and compare",
  "Tables of reward",
  "Tables of report",
  "Tables of probe and credit",
];

describe("--explain", () => {
  it.each(HEADINGS)("has a meaning for every column of %s, without Markdown", async (heading) => {
    const text = await explained(heading);
    expect(text).toMatch(/^ {2}policy.*: \S/m);
    expect(text).toContain("rests on a simulated model");
    expect(text).not.toMatch(/^\||\*\*|`|\]\(/m);
  });

  it("stands below the table, and beside JSON on stderr", async () => {
    const play = "rollout s-niah --policy grep --length 1k --episodes 1 --explain --out".split(" ");
    const out = `${await scratch()}/run`;
    const shown = await rlmGym([...play, out]);
    expect(shown.stdout).toMatch(/rlm-gym view .*\n\nThe closing table[^]*accuracy \[95 %\]: mean of/);
    const json = await rlmGym(["report", out, "--explain", "--json"]);
    expect(JSON.parse(json.stdout)).toHaveProperty("reports");
    expect(json.stderr).toContain("at budget: mean score where");
  });
});
