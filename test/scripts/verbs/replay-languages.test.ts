/** A run whose episodes are in several languages: replayed, continued from a turn, and given credit. */
import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { rollout } from "../../../envs/rollout.ts";
import { scriptedPolicy } from "../../../src/policies/strategies/scripted.ts";
import { complaints, rlmGym, scratch, trajectoriesIn } from "../command.ts";

/** Keeps a state, asks the sub-model, and answers with both. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  javascript: [
    "const kept = Math.random();\nconsole.log(kept, context.length)",
    'const reply = llm_query("one");\nconsole.log(reply)',
    "FINAL(`${kept} ${reply}`)",
  ],
  sql: [
    "CREATE TABLE kept AS SELECT random() AS r, count(*) AS n FROM lines; SELECT r, n FROM kept",
    "CREATE TABLE replies AS SELECT llm_query('one') AS reply; SELECT reply FROM replies",
    "SELECT final(kept.r || ' ' || replies.reply) FROM kept, replies",
  ],
};

/** A module with a policy that answers in the record's language with what its first turn kept. */
const TAKES_OVER = `
const CODES = {
  javascript: "FINAL('kept ' + kept)",
  sql: "SELECT final('kept ' || r) FROM kept",
};
export const policy = {
  name: "takes-over",
  start: ({ language }) => ({ act: async () => ({ code: CODES[language.name] }) }),
};`;

let place: string;
/** One run with an episode of each language. */
let run: string;

beforeAll(async () => {
  place = await scratch();
  for (const [repl, codes] of Object.entries(CODES)) {
    const policy = scriptedPolicy(
      `in-${repl}`,
      function* () {
        for (const code of codes) yield { code };
      },
      null,
    );
    const out = join(place, repl);
    await rollout("s-niah", { repl, policy, episodes: 1, options: { length: "1k" }, out, concurrency: 1 });
  }
  run = join(place, "mixed");
  await cp(join(place, "javascript"), run, { recursive: true });
  const others = await readFile(join(place, "sql", "trajectories.jsonl"), "utf8");
  await appendFile(join(run, "trajectories.jsonl"), others);
  const file = join(run, "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8")) as { counts: Record<string, number> };
  manifest.counts = { planned: 2, ended: 2, ok: 2, infraErrors: 0 };
  await writeFile(file, JSON.stringify(manifest));
});

describe("a run in several languages", () => {
  it("was played in the pool of each language", async () => {
    for (const record of await trajectoriesIn(run)) {
      expect(record).toMatchObject({ status: "ok", stopReason: "answered" });
      expect(record.turns.flatMap(({ results }) => results.map(({ exception }) => exception))).toEqual([
        null,
        null,
        null,
      ]);
      expect(record.turns).toHaveLength(3);
    }
  });

  it("is replayed byte for byte", async () => {
    const ended = await rlmGym(["replay", run, "--verify", "--json"]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ episodes: 2, same: 2, different: 0, notRun: 0 });
    expect(ended.code).toBe(0);
  });

  it("goes on from a turn with the state that the turns before left, into a run that replays", async () => {
    const [file, out] = [join(place, "takes-over.mjs"), join(place, "continued")];
    await writeFile(file, TAKES_OVER);
    const ended = await rlmGym(["replay", run, "--from-turn", "1", "--policy", file, "--out", out, "--json"]);
    expect(complaints(ended)).toEqual([]);
    const records = await trajectoriesIn(out);
    expect(records.map(({ language = "python" }) => language).toSorted()).toEqual(
      Object.keys(CODES).toSorted(),
    );
    const before = await trajectoriesIn(run);
    for (const record of records) {
      const kept = /-?\d[\d.e-]+/.exec(
        before.find(({ rolloutId }) => rolloutId === record.continues!.rolloutId)!.answer!.text,
      )![0];
      expect(record.answer?.text).toBe(`kept ${kept}`);
    }
    expect((await rlmGym(["replay", out, "--verify"])).code).toBe(0);
  });

  it("gets credit for its replies", async () => {
    const ended = await rlmGym(["credit", run, "--json"]);
    expect(complaints(ended)).toEqual([]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ episodes: 2 });
  });
});
