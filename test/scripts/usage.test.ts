/** Wrong command lines: one line that names the thing and the choices, exit code 2, nothing on stdout. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complaints, rlmGym, scratch } from "./command.ts";

const rollout = (...args: string[]) => ["rollout", "s-niah", "--policy", "grep", ...args];

const WRONG: readonly (readonly [title: string, args: readonly string[], names: readonly string[]])[] = [
  ["no verb", [], ["name a verb", "compare", "data", "rollout"]],
  ["an unknown verb", ["rolout"], ['"rolout" (did you mean rollout?)', "compare", "data", "rollout"]],
  ["an unknown verb with words and flags", ["rolout", "s-niah", "--length", "4k"], ["did you mean rollout?"]],
  [
    "an unknown verb of data",
    ["data", "scor", "x", "--env", "oolong"],
    ["did you mean data score?", "data inspect"],
  ],
  ["an unknown verb of runs", ["runs", "lst"], ['"runs lst" (did you mean runs list?)']],
  ["no environment", ["rollout"], ["rlm-gym envs", "--env FILE"]],
  ["an unknown environment", ["rollout", "s-nia", "--length", "1k"], ['"s-nia"', "s-niah"]],
  ["an unknown strategy", ["rollout", "s-niah", "--policy", "grpe"], ['"grpe"', "grep, map-reduce"]],
  ["an unknown variant", rollout("--variant", "single"), ["variant", "niah_single_1", "niah_multiquery"]],
  ["an unknown sub-model", rollout("--sub-model", "gpt"), ['"gpt"', "simulated-mini", "--base-url"]],
  ["a knob that is none", rollout("--sub-model", "simulated:rott=flat"), ["rott", "rot=flat"]],
  ["a knob's value that cannot be", rollout("--sub-model", "simulated:failures=2"), ["failures", "1"]],
  ["a shape that is none", rollout("--observations", "round"), ["--observations", "constant:1000"]],
  [
    "a bound that is none",
    rollout("--observations", "constant:1"),
    ["observations: maxChars", "at least 100"],
  ],
  ["a history that keeps nothing", rollout("--history", "offload:0"), ["history: keepTurns"]],
  ["a history that no language has", rollout("--history", "offload:1:2"), ["--history", "offload:2"]],
  [
    "replies in JavaScript",
    rollout("--replies", "kept", "--repl", "javascript"),
    ["replies: kept", "JavaScript"],
  ],
  ["a history that is none", rollout("--history", "drop"), ["--history", "drop:4", "summarise:32k"]],
  ["an unknown flag", rollout("--lenght", "1k"), ["lenght (did you mean --length?)", "--help"]],
  ["a word that is like no flag", rollout("--xyzzyx", "1"), ["Unknown argument: xyzzyx (see --help"]],
  ["an unknown dialect", rollout("--dialect", "xml"), ["dialect", '"xml"', '"repl", "tool"']],
  ["a length of 0", rollout("--length", "0"), ["length", '"0"', "32k"]],
  ["a fraction of a token", rollout("--length", "1.5"), ["length", '"1.5"', "whole number"]],
  ["a length that is none", rollout("--length", "long"), ["length", '"long"', "4Ki"]],
  ["a length given twice", rollout("--length", "1k", "--length", "2k"), ["--length", "more than once"]],
  ["the same length in two spellings", rollout("--length", "1k,1000", "--episodes", "1"), ["1000", "once"]],
  ["no episode", rollout("--episodes", "0"), ["--episodes", "at least 1", "got 0"]],
  ["a number that is none", rollout("--temperature", "hot"), ["--temperature", "number"]],
  ["a limit of 0", rollout("--max-turns", "0"), ["maxTurns", "above 0"]],
  ["a depth below 0", rollout("--max-depth", "-1"), ["--max-depth", "whole number"]],
  ["no calls in flight", rollout("--calls-in-flight", "0"), ["--calls-in-flight", "at least 1"]],
  ["a weight past 1", rollout("--lambda", "2"), ["lambda", "2"]],
  ["a flag without its value", rollout("--out"), ["--out", "value"]],
  ["a prompt that is no file", rollout("--prompt", "none.txt"), ["--prompt", "none.txt", "no such file"]],
  ["an environment that is no file", ["rollout", "--env", "none.ts"], ["--env", "none.ts", "does not exist"]],
  ["openai without a model", ["rollout", "s-niah", "--policy", "openai"], ["--model"]],
  ["a base URL that is none", server("localhost:1"), ["--base-url", "http://"]],
  ["neither a base URL nor a key", server(), ["--base-url", "OPENAI_API_KEY"]],
  ["too few words behind a flag", ["reward", "--diff"], ["diff", "--help"]],
];

function server(...urls: string[]): string[] {
  const given = urls.flatMap((url) => ["--base-url", url]);
  return ["rollout", "s-niah", "--policy", "openai", "--model", "m", ...given];
}

describe("a wrong command line", () => {
  it.each(WRONG)("%s is named in one line and exits with 2", async (_, args, names) => {
    const ended = await rlmGym(args, { cwd: await scratch() });
    const [line, ...more] = complaints(ended);
    expect({ more, stdout: ended.stdout, code: ended.code }).toEqual({ more: [], stdout: "", code: 2 });
    for (const name of names) expect(line).toMatch(name);
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
  });

  it("shows where it came from with --debug", async () => {
    const ended = await rlmGym(rollout("--length", "0", "--debug"));
    expect(ended.stderr).toMatch(/^ {4}at .*length\.js/m);
    expect(ended.code).toBe(2);
  });

  it("names an environment file without an environment", async () => {
    const file = join(await scratch(), "mine.mjs");
    await writeFile(file, "export const other = 1;\n");
    const ended = await rlmGym(["rollout", "--env", file, "--policy", "grep"]);
    expect(complaints(ended)).toEqual([expect.stringContaining(`--env ${file}: expected an export`)]);
    expect(ended.code).toBe(2);
  });
});
