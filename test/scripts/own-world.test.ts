/** A user's own environment with a world, played and replayed by the built command. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, run, scratch, trajectoriesIn } from "./command.ts";

const COMMAND = join(ROOT, "dist/scripts/rlm-gym.js");
const EXAMPLE = join(ROOT, "docs/examples/own-world.ts");

it("plays the world that docs/examples defines, and runs it again in a replay", async () => {
  const folder = join(await scratch(), "run");
  const flags = ["--env", EXAMPLE, "--policy", "follow-note", "--levers", "6", "--episodes", "2"];
  const ended = await run(process.execPath, [COMMAND, "rollout", ...flags, "--out", folder, "--json"]);
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ rows: [{ tasks: "6 levers", accuracy: 1 }] });
  expect(await trajectoriesIn(folder)).toHaveLength(2);
  const replay = (...args: string[]) =>
    run(process.execPath, [COMMAND, "replay", folder, "--verify", ...args]);
  const again = await replay("--env", EXAMPLE);
  expect(again.stdout).toContain("2 episodes: 2 the same");
  expect(again.stderr).not.toContain("does not run again");
  const without = await replay();
  expect(without.stdout).toContain("2 episodes: 2 the same");
  expect(without.stderr).toContain("the world of safe does not run again");
});
