/** A user's own environment, played by the built command: the file imports "rlm-gym" as a user's does. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { complaints, ROOT, run, scratch, trajectoriesIn } from "./command.ts";

const COMMAND = join(ROOT, "dist/scripts/rlm-gym.js");
const EXAMPLE = join(ROOT, "docs/examples/own-environment.ts");
const own = (...args: string[]) => [COMMAND, "rollout", "--env", EXAMPLE, "--policy", "add-up", ...args];

it("plays the environment that docs/examples defines, with its own flags", async () => {
  expect(existsSync(COMMAND), "dist is missing: npm run build").toBe(true);
  const folder = join(await scratch(), "run");
  const ended = await run(
    process.execPath,
    own("--sales", "50", "--episodes", "2", "--out", folder, "--json"),
  );
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ rows: [{ tasks: "50 sales", accuracy: 1 }] });
  expect(await trajectoriesIn(folder)).toHaveLength(2);
});

it("distinguishes a wrong option from a failure", async () => {
  const ended = await run(process.execPath, own("--sales", "0"));
  expect(complaints(ended)).toEqual([expect.stringContaining("option sales")]);
  expect(ended.code).toBe(2);
});
