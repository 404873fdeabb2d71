import { describe, expect, it } from "vitest";
import { explained } from "../../../scripts/output/explain.ts";
import { rlmGym, scratch } from "../command.ts";

const HEADINGS = [
  "Tables of rollout and compare",
  "Tables of reward",
  "Tables of report",
  "Tables of probe and credit",
  "Tables of train",
];

describe("--explain", () => {
  it.each(HEADINGS)("has a meaning for every column of %s, without Markdown", async (heading) => {
    const text = await explained(heading);
    expect(text).toMatch(/^ {2}.*\bpolicy\b.*: \S/m);
    expect(text).toContain("rests on a simulated model");
    expect(text).not.toMatch(/^\||\*\*|`|\]\(/m);
  });

  it("has every column that the tables of a run, of its report and of its rewards show", async () => {
    const out = `${await scratch()}/run`;
    const play =
      "rollout s-niah --policy grep,random --length 1k --episodes 2 --group-size 2 --explain --out";
    for (const args of [
      [...play.split(" "), out],
      ["report", out, "--explain"],
      ["reward", out, "--spec", "default", "--explain"],
      ["credit", out, "--explain"],
      ["show", out, "--explain"],
      ["runs", "list", "--folder", out, "--explain"],
    ]) {
      const { stdout } = await rlmGym(args);
      const lines = stdout.split("\n");
      const heads = lines.filter((_, index) => /^─+  /.test(lines[index + 1] ?? ""));
      expect(heads.length).toBeGreaterThan(0);
      const meanings = lines.filter((line) => /^ {2}[^ ].*: /.test(line)).join("\n");
      for (const column of heads.flatMap((head) => head.trim().split(/ {2,}/)))
        expect(meanings).toContain(meantBy(column));
    }
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

/** As the glossary names a column whose name depends on the run. */
function meantBy(column: string): string {
  if (/^pass@\d+$/.test(column)) return "pass@k";
  return column.endsWith(" (dollars)") ? "one column per term" : column;
}
