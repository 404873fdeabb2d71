/** The guides name all that there is, and their commands are ones that the command line knows. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environments } from "../../envs/registry.ts";
import { DEFAULT_LIMITS } from "../../src/episode/limits.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { parse } from "yaml";
import { parseSpec } from "../../src/rewards/spec.ts";
import { rlmGym, ROOT } from "../scripts/command.ts";

const read = (name: string) => readFileSync(join(ROOT, "docs", name), "utf8");
const GUIDES = ["", "benchmarks/"].flatMap((folder) =>
  readdirSync(join(ROOT, "docs", folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => folder + name),
);
/** An index and a list, which lead nowhere further. */
const LISTS = new Set(["README.md", "dependencies.md"]);

describe("each guide", () => {
  it.each(GUIDES)("%s begins with its title and what it is for", (name) => {
    const [title = "", empty, first = ""] = read(name).split("\n");
    expect(title).toMatch(/^# \S/);
    expect(empty).toBe("");
    expect(first).toMatch(/^[A-Z].*[.:]$/);
  });

  it.each(GUIDES.filter((name) => !LISTS.has(name)))("%s ends with where to read on", (name) => {
    expect(read(name).split(/^## /m).at(-1)).toMatch(/^Where to read on\n\n- \[/);
  });

  it.each(GUIDES)("%s shows commands whose flags exist", async (name) => {
    for (const words of commandsIn(read(name))) {
      const { code, stdout } = await rlmGym([...words, "--help"]);
      expect({ words, code }).toEqual({ words, code: 0 });
      for (const word of words.filter((one) => /^--?[a-z]/.test(one)))
        expect({
          words,
          help: stdout.includes(`${word.split("=")[0]} `) || stdout.includes(`${word},`),
        }).toEqual({ words, help: true });
    }
  });
});

describe("the guides name", () => {
  it("every environment", () => {
    expect(
      missingFrom(
        read("benchmarks.md"),
        environments.map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it("every environment to Gymnasium, in the Python package (npm run docs:cli writes the list)", () => {
    const listed = readFileSync(join(ROOT, "clients/python/src/rlm_gym/environments.json"), "utf8");
    expect(JSON.parse(listed)).toEqual(environments.map(({ name }) => name));
  });

  it("every format of export", () => {
    expect(
      missingFrom(
        read("trainers.md"),
        EXPORTERS.map(({ name }) => name),
      ),
    ).toEqual([]);
  });

  it("every term of a reward, and every estimator", () => {
    const terms = namesIn(() => parseSpec({ terms: { mine: { type: "none" } } }), /expected one of (.+)$/);
    const estimators = namesIn(() => parseSpec({ advantage: "none" }), /expected one of (.+)$/);
    expect(terms.length).toBeGreaterThan(9);
    expect(estimators.length).toBeGreaterThan(5);
    expect(missingFrom(read("rewards.md"), [...terms, ...estimators])).toEqual([]);
  });

  it("rewards only by specs that are valid, and the example as it stands in its file", () => {
    const specs = [...read("rewards.md").matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = ""]) => text);
    for (const spec of specs) expect(parseSpec(parse(spec)).terms).toHaveProperty("cost");
    expect(specs[0]).toBe(read("examples/frugal.yaml"));
  });

  it("every limit of an episode, with its flag", () => {
    const flags = Object.keys(DEFAULT_LIMITS).map(
      (name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    expect(missingFrom(read("runs.md"), flags)).toEqual([]);
  });
});

describe("the glossary", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rlm-gym-docs-"));
    const run = "rollout s-niah --policy grep,direct --length 1k --episodes 1 --group-size 2 --out".split(
      " ",
    );
    columns.push(...columnsOf((await rlmGym([...run, join(folder, "run")])).stdout));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const columns: string[] = [];

  it("has every column of the tables of rollout, compare, report, reward, probe and credit", async () => {
    const run = join(folder, "run");
    const more = [
      [
        "compare",
        "s-niah",
        "--policies",
        "grep,direct",
        "--length",
        "1k",
        "--episodes",
        "1",
        "--out",
        `${run}-2`,
      ],
      ["report", run],
      ["reward", run, "--spec", "default"],
      ["reward", run, "--spec", "default", "--sweep", "lambda=0:1:1"],
      ["credit", run],
    ];
    for (const words of more) {
      const { code, stdout } = await rlmGym(words);
      expect({ words, code }).toEqual({ words, code: 0 });
      columns.push(...columnsOf(stdout));
    }
    // Of terms, policies and what a sweep goes through, the names are the user's.
    const own = new Set(["cost", "lambda", "grep", "direct"]);
    const general = columns.map((name) =>
      name
        .replace(/^pass@\d+$/, "pass@k")
        .replace(/ against .+$/, " against X")
        // The mark of a simulated model, and the unit of a cost.
        .replace(/\*$/, "")
        .replace(/^cost \((?:dollars|tokens)\)$/, "cost"),
    );
    expect(columns.length).toBeGreaterThan(40);
    const explained = explainedIn(read("glossary.md"));
    expect(general.filter((name) => !own.has(name) && !explained.has(name))).toEqual([]);
  });
});

/** The words of each `npx rlm-gym` command in the guide's shell blocks. */
function commandsIn(guide: string): string[][] {
  const shell = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text ?? "").join("");
  return [...shell.matchAll(/npx rlm-gym ([^#&|\n]+)/g)].map(([, words = ""]) => words.trim().split(/ +/));
}

/** The heads of tables: what stands above a rule, cut at two spaces. */
function columnsOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) =>
    /^─+(?: {2}─+)+$/.test(lines[index + 1] ?? "") ? line.trim().split(/ {2,}/) : [],
  );
}

/** What the guide explains: the first cells of its tables, which may hold several names, and what stands in backticks. */
function explainedIn(guide: string): Set<string> {
  const cells = [...guide.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = ""]) => [
    cell,
    ...cell.split(", "),
  ]);
  const marked = [...guide.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name);
  return new Set([...cells, ...marked]);
}

function missingFrom(guide: string, names: readonly string[]): string[] {
  return names.filter((name) => !guide.includes(name));
}

/** The names that an error lists. */
function namesIn(throws: () => unknown, list: RegExp): string[] {
  try {
    throws();
  } catch (error) {
    return (list.exec((error as Error).message)?.[1] ?? "")
      .split(/, |\|/)
      .map((name) => name.replaceAll('"', ""));
  }
  return [];
}
