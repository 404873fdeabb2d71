/** `import` on the command line: what it reads of a folder with bad files, what it tells, and what `--strict` refuses. */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rlmGym, scratch } from "../command.ts";

const metadata = { type: "metadata", root_model: "m", max_depth: 1, max_iterations: 3 };
const iteration = (answer: string) => ({
  type: "iteration",
  iteration: 1,
  prompt: [{ role: "user", content: "Who?" }],
  response: "x",
  code_blocks: [],
  final_answer: answer,
});
const log = (...lines: readonly unknown[]) => lines.map((line) => JSON.stringify(line)).join("\n");

/** A hundred logs, of which the one of this number is replaced. */
async function hundredLogs(bad: string): Promise<string> {
  const folder = join(await scratch(), "logs");
  await mkdir(folder);
  for (let index = 0; index < 100; index += 1) {
    const text = index === 42 ? bad : `${log(metadata, iteration(`${index}`))}\n`;
    await writeFile(join(folder, `log-${String(index).padStart(3, "0")}.jsonl`), text);
  }
  return folder;
}

describe("import of a folder with one bad log among a hundred", () => {
  it.each([
    ["half a line", '{"type":"metad', /log-042\.jsonl:1: the last line is cut off/],
    [
      "a field of another type",
      log(metadata, { ...iteration("a"), response: 7 }),
      /log-042\.jsonl:2: response: /,
    ],
    ["another format", '{"a": 1}', /log-042\.jsonl:1: is not in a format/],
    ["nothing", "", /log-042\.jsonl: is empty/],
    ["a list", "[1, 2]", /log-042\.jsonl:1: is not in a format/],
  ])("reads the others, tells file, line and field, and --strict refuses: %s", async (_, bad, problem) => {
    const folder = await hundredLogs(bad);
    const out = join(folder, "..", "run");
    const read = await rlmGym(["import", folder, "--out", out, "--json"]);
    expect(read.code, read.stderr).toBe(0);
    const told = JSON.parse(read.stdout) as { problems: string[]; trajectories: number; formats: object };
    expect(told.problems).toEqual([expect.stringMatching(problem)]);
    expect(told.trajectories).toBeGreaterThanOrEqual(99);
    expect(read.stderr).toMatch(problem);
    const lines = (await readFile(join(out, "trajectories.jsonl"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(told.trajectories);

    const strict = join(folder, "..", "strict");
    const refused = await rlmGym(["import", folder, "--out", strict, "--strict"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(problem);
    expect(existsSync(join(strict, "trajectories.jsonl"))).toBe(false);
  });

  it("refuses a folder none of whose files can be read", async () => {
    const folder = join(await scratch(), "logs");
    await mkdir(folder);
    await writeFile(join(folder, "a.jsonl"), '{"a": 1}\n');
    const ended = await rlmGym(["import", folder, "--out", join(folder, "..", "run")]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/a\.jsonl:1: is not in a format/);
  });
});
