import { appendFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { complaints, rlmGym, ROOT, scratch } from "../command.ts";

let runs: string;
let run: string;
let rollout: string;

beforeAll(async () => {
  runs = await scratch();
  run = join(runs, "needles");
  await rlmGym([
    "rollout",
    "s-niah",
    "--policy",
    "map-reduce",
    "--length",
    "8k",
    "--episodes",
    "2",
    "--out",
    run,
  ]);
  const { stdout } = await rlmGym(["show", run, "--json"]);
  ({ rolloutId: rollout } = JSON.parse(stdout.split("\n")[0]!) as { rolloutId: string });
});

describe("rlm-gym runs list", () => {
  it("says which runs there are, as a table and as JSON", async () => {
    const { stdout } = await rlmGym(["runs", "list", "--folder", runs]);
    expect(stdout).toMatch(/needles +finished .* 2\/2 +s-niah +map-reduce/);
    const { stdout: json } = await rlmGym(["runs", "list", "--folder", runs, "--json"]);
    expect(JSON.parse(json)).toMatchObject({ folder: run, status: "finished" });
  });

  it("names another word than list", async () => {
    const ended = await rlmGym(["runs", "drop"]);
    expect([ended.code, ...complaints(ended)]).toEqual([
      2,
      'rlm-gym: unknown verb "runs drop"; expected runs list',
    ]);
  });
});

describe("rlm-gym show", () => {
  it("lists the episodes of a run", async () => {
    const { stdout } = await rlmGym(["show", run]);
    // A head, its line, the episodes, and a note.
    expect(stdout.trim().split("\n")).toHaveLength(5);
    expect(stdout).toContain(`${rollout}*  `);
    expect(stdout.trim()).toMatch(/\n\* rests on a simulated model\.$/);
    expect(stdout).toContain(rollout);
  });

  it("prints an episode turn by turn, with its sub-calls, and one turn alone", async () => {
    const { stdout } = await rlmGym(["show", run, "--rollout", rollout]);
    for (const part of [
      "── turn 1",
      "── turn 4",
      "batch 0 of",
      "llm_query",
      "checksum  holds",
      "ended: answered",
    ])
      expect(stdout).toContain(part);
    const { stdout: second } = await rlmGym(["show", run, "--rollout", rollout, "--turn", "2"]);
    expect(second).toMatch(/^── turn 2 /);
    expect(second).not.toContain("── turn 3");
  });

  it("prints it as JSON", async () => {
    const { stdout } = await rlmGym(["show", run, "--rollout", rollout, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ rolloutId: rollout, checksum: { state: "holds" } });
  });

  it("names a turn, a rollout and a folder that are not there", async () => {
    for (const [args, words] of [
      [[run, "--rollout", rollout, "--turn", "9"], "has 4 turns"],
      [[run, "--turn", "1"], "name the episode with --rollout too"],
      [[run, "--rollout", "nobody"], 'there is no rollout "nobody" among 2'],
      [[runs], "is not a run"],
    ] as const) {
      const ended = await rlmGym(["show", ...args]);
      expect(ended.code).not.toBe(0);
      expect(complaints(ended).join()).toContain(words);
    }
  });

  it("names a truncated line, shows the rest, and changes nothing in the run", async () => {
    const copy = join(runs, "cut");
    await cp(run, copy, { recursive: true });
    await appendFile(join(copy, "trajectories.jsonl"), '{"schemaVersion":1,"roll');
    const before = await bytesOf(copy);
    const { stdout, stderr } = await rlmGym(["show", copy]);
    expect(stderr).toContain("the last line is cut off, or is still being written; it is left out");
    expect(stdout.trim().split("\n")).toHaveLength(5);
    expect(await bytesOf(copy)).toEqual(before);
  });

  it("shows an episode that 0.1.0 recorded", async () => {
    const old = join(runs, "old");
    const fixture = join(ROOT, "test/replay/fixtures/0.1.0/s-niah");
    await cp(fixture, old, { recursive: true });
    const packed = await readFile(join(fixture, "trajectories.jsonl.gz"));
    await writeFile(join(old, "trajectories.jsonl"), gunzipSync(packed));
    const { stdout } = await rlmGym(["show", old, "--json"]);
    const { rolloutId } = JSON.parse(stdout.split("\n")[0]!) as { rolloutId: string };
    const shown = await rlmGym(["show", old, "--rollout", rolloutId]);
    expect(shown.stdout).toContain("── turn 1");
  });

  it("lets no control character of a record reach the terminal", async () => {
    const hostile = join(runs, "hostile");
    await cp(run, hostile, { recursive: true });
    const path = join(hostile, "trajectories.jsonl");
    const text = await readFile(path, "utf8");
    await writeFile(
      path,
      text.replaceAll('"observation":"', String.raw`"observation":"\u001b]0;title\u0007`),
    );
    const { stdout } = await rlmGym(["show", hostile, "--rollout", rollout]);
    expect(stdout).toContain(String.raw`\u001b]0;title`);
    expect(stdout).not.toContain("\u001B");
  });
});

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = names.map(async ({ name }) => [name, await readFile(join(folder, name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(texts));
}
