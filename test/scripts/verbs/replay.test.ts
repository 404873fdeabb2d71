/** Replays a run from its folder, unchanged and with one byte changed. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { complaints, rlmGym, scratch } from "../command.ts";

let place: string;
let run: string;

beforeAll(async () => {
  place = await scratch();
  run = join(place, "run");
  const policies = ["--policy", "map-reduce,rlm:2", "--length", "2k", "--episodes", "1"];
  await rlmGym(["rollout", "s-niah", ...policies, "--out", run]);
});

/** A copy of the run with its trajectories rewritten. */
async function edited(name: string, edit: (text: string) => string): Promise<string> {
  const folder = join(place, name);
  await cp(run, folder, { recursive: true });
  const file = join(folder, "trajectories.jsonl");
  await writeFile(file, edit(await readFile(file, "utf8")));
  return folder;
}

describe("rlm-gym replay", () => {
  it("finds every episode the same, and exits with 0", async () => {
    const ended = await rlmGym(["replay", run, "--verify", "--json"]);
    expect(ended).toMatchObject({ code: 0 });
    expect(JSON.parse(ended.stdout)).toEqual({
      run,
      episodes: 2,
      same: 2,
      different: 0,
      notRun: 0,
      found: [],
    });
  });

  it("names rollout, turn and offset of one changed byte of a reply, and exits with 1 only with --verify", async () => {
    const folder = await edited("changed", (text) => text.replace(/"reply":"./, '"reply":"~'));
    const ended = await rlmGym(["replay", folder, "--verify"]);
    expect(ended.code).toBe(1);
    const line = /rollout s-niah\/\S+: turn 1, reply of call \d+ \(llm_query\), byte 0: /;
    expect(complaints(ended)).toEqual([expect.stringMatching(line)]);
    expect((await rlmGym(["replay", folder])).code).toBe(0);
  });

  it("continues from a turn with another policy, into a run that can be replayed", async () => {
    const out = join(place, "continued");
    const ended = await rlmGym([
      "replay",
      run,
      "--from-turn",
      "1",
      "--policy",
      "grep",
      "--out",
      out,
      "--json",
    ]);
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ run: out, counts: { ended: 2, ok: 2 } });
    expect((await rlmGym(["replay", out, "--verify"])).code).toBe(0);
    const lacking = await rlmGym(["replay", run, "--from-turn", "9", "--policy", "grep", "--out", `${out}2`]);
    expect(lacking.code).toBe(2);
    expect(complaints(lacking)).toEqual([expect.stringContaining("no episode has a turn 9")]);
  });

  it("finds a changed byte that makes the last record unreadable", async () => {
    const folder = await edited("broken", (text) => `${text.slice(0, -2)}]\n`);
    const ended = await rlmGym(["replay", folder, "--verify"]);
    expect(ended.code).toBe(1);
    expect(complaints(ended)).toEqual([
      expect.stringContaining("counts 2 ended episodes, and 1 can be read"),
    ]);
  });

  it("says that a folder is not a run, or that a run does not hold the rollout", async () => {
    const [none, other] = await Promise.all([
      rlmGym(["replay", place]),
      rlmGym(["replay", run, "--rollout", "r"]),
    ]);
    expect([none.code, other.code]).toEqual([1, 2]);
    expect(complaints(none)).toEqual([expect.stringContaining("is not a run")]);
    expect(complaints(other)).toEqual([expect.stringContaining("no such episode")]);
  });
});
