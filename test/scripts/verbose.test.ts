/** `rollout --verbose`: episodes on stderr as they go. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { complaints, rlmGym, scratch } from "./command.ts";

let folder: string;
beforeAll(async () => {
  folder = await scratch();
});

const play = (name: string, ...more: string[]) => {
  const out = join(folder, name);
  const words = `rollout oolong --policy map-reduce --length 4k --out ${out} --verbose --json`.split(" ");
  return rlmGym([...words, ...more]);
};

describe("rollout --verbose", () => {
  it("shows each turn as it ends, on stderr, and leaves the JSON on stdout alone", async () => {
    const { stdout, stderr } = await play("one", "--episodes", "1", "--concurrency", "1");
    expect(JSON.parse(stdout)).toMatchObject({ counts: { ended: 1 } });
    const shown = stderr.split("\n");
    const after = (wanted: RegExp, from: number) => {
      const at = shown.findIndex((line, i) => i >= from && wanted.test(line));
      expect({ wanted, found: at >= 0 }).toEqual({ wanted, found: true });
      return at + 1;
    };
    let at = after(/^question {2}In the above data/, 0);
    at = after(/^── turn 1 \d+ \+ \d+ tokens · \$[\d.]+ · [\d.]+ s/, at);
    at = after(/^code$/, at);
    at = after(/^stdout$/, at);
    at = after(/^── turn 2 /, at);
    at = after(/^batch 0 of \d/, at);
    at = after(/^llm_query \d+ simulated · \d+ \+ \d+ tokens · \$/, at);
    at = after(/^── turn 4 /, at);
    at = after(/^ended: answered$/, at);
    at = after(/^reward {4}\d/, at);
    at = after(/^spent {5}\d+ \+ \d+ tokens in \d+ calls/, at);
    after(/^1\/1 episodes {2}map-reduce: answered$/, at);
  });

  it("names the rollout in each line where several are played at once", async () => {
    const ended = await play("two", "--episodes", "2", "--concurrency", "2");
    expect(complaints(ended)).toEqual([]);
    const lines = ended.stderr.split("\n").filter((line) => line !== "" && !/^\d\/2 episodes/.test(line));
    const named = lines.map((line) => /^(\S+) │ /.exec(line)?.[1]);
    expect(new Set(named).size).toBe(2);
    expect(named).not.toContain(undefined);
  });

  it("shows children as episodes of their own", async () => {
    const { stderr } = await play("child", "--policy", "rlm:2", "--episodes", "1", "--concurrency", "1");
    expect(stderr).toMatch(/^\S+#0 │ ── turn 1 /m);
    expect(stderr).toMatch(/^\S+#0 │ ended: answered$/m);
  });

  it("writes an object a turn where the log is JSON", async () => {
    const { stderr } = await play("json", "--episodes", "1", "--log", "json");
    const events = stderr
      .trim()
      .split("\n")
      .map(
        (line) => JSON.parse(line) as { event: string; turn?: number; costUsd?: number; subCalls?: number },
      );
    const turns = events.filter(({ event }) => event === "turn_ended");
    expect(turns.map(({ turn }) => turn)).toEqual([1, 2, 3, 4]);
    expect(turns[1]!.subCalls).toBeGreaterThan(0);
    expect(turns[1]!.costUsd).toBeGreaterThan(0);
  });
});
