import { expect, test } from "vitest";
import { playsAtOnce } from "../../scripts/early-interpreter.ts";

test.each([
  [["rollout", "s-niah", "--policy", "grep"], true],
  [["rollout", "--resume", "runs/a"], true],
  [["rollout"], false],
  [["rollout", "--help"], false],
  [["rollout", "s-niah", "--repl", "sql"], false],
  [["rollout", "s-niah", "--repl=sql"], false],
  [["rollout", "s-niah", "--processes", "4"], false],
  [["rollout", "s-niah", "--redis", "redis://host"], false],
  [["envs"], false],
  [[], false],
])("of %j, whether Python starts before the flags are read: %s", (words, expected) => {
  expect(playsAtOnce(words)).toBe(expected);
});
