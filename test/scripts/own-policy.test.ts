/** A user's own policy file, played by the command beside the baselines. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complaints, ROOT, run, scratch, trajectoriesIn } from "./command.ts";

const COMMAND = join(ROOT, "dist/scripts/rlm-gym.js");
const EXAMPLE = join(ROOT, "docs/examples/own-policy.ts");
const play = (verb: string, policy: string, ...args: string[]) =>
  run(process.execPath, [
    COMMAND,
    verb,
    "s-niah",
    "--policy",
    policy,
    "--length",
    "4k",
    "--episodes",
    "1",
    ...args,
  ]);

/** A module of this text. */
async function moduleOf(text: string): Promise<string> {
  const file = join(await scratch(), "mine.mjs");
  await writeFile(file, text);
  return file;
}

describe("--policy FILE", () => {
  it("plays the policy that docs/examples exports, in rollout", async () => {
    const folder = join(await scratch(), "run");
    const ended = await play("rollout", EXAMPLE, "--out", folder, "--json");
    expect(ended.code).toBe(0);
    expect((await trajectoriesIn(folder)).map(({ policy }) => policy)).toEqual(["look-then-answer"]);
  });

  it("stands beside a baseline on the same tasks, in compare", async () => {
    const ended = await play("compare", `${EXAMPLE},grep`, "--out", join(await scratch(), "run"), "--json");
    expect(ended.code).toBe(0);
    const { rows } = JSON.parse(ended.stdout) as { rows: { policy: string }[] };
    expect(rows.map(({ policy }) => policy)).toEqual(["look-then-answer", "grep"]);
  });

  it.each([
    ["without the export", "export const other = 1;", "expected an export named policy"],
    ["that throws", 'throw new Error("out of luck");', "cannot be loaded (out of luck)"],
  ])("names a file %s in one line, and exits with 2", async (_, text, message) => {
    const file = await moduleOf(text);
    const ended = await play("rollout", file);
    expect(complaints(ended)).toEqual([expect.stringContaining(`--policy ${file}: `)]);
    expect(complaints(ended)[0]).toContain(message);
    expect(ended.code).toBe(2);
  });

  it("names a file that does not exist", async () => {
    const ended = await play("rollout", "./none.ts");
    expect(complaints(ended)).toEqual([expect.stringContaining("./none.ts")]);
    expect(ended.code).toBe(2);
  });
});
