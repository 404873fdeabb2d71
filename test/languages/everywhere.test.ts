/** What is done with episodes is done in every language: serving, capturing, replaying, exporting, importing, reporting and viewing. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rollout } from "../../envs/rollout.ts";
import { EXPORT_DEFAULTS } from "../../src/export/exporter.ts";
import { repairTurn } from "../../src/export/choice/repair.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { writeExport } from "../../src/export/write.ts";
import { importFiles } from "../../src/import/read-files.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { nativeProfile } from "../../src/server/profiles/native.ts";
import { replEnvProfile } from "../../src/server/profiles/repl-env.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { viewOf } from "../../src/view/episode-view.ts";
import { rlmGym, trajectoriesIn } from "../scripts/command.ts";
import { connect, serving } from "../server/serving.ts";
import { ask, type Gating, gating } from "../gateway/gating.ts";
import { type SamplingServer, startSamplingServer } from "../gateway/sampling-server.ts";
import { itemOf } from "../export/played.ts";

/** Looks, asks and answers, in each language. */
const BLOCKS: Readonly<Record<string, readonly [look: string, answer: string]>> = {
  python: ["print(llm_query('one'))\nkept = 7", "FINAL(str(kept * 6))"],
  javascript: ["console.log(llm_query('one'));\nconst kept = 7;", "FINAL(String(kept * 6))"],
  sql: ["CREATE TABLE kept AS SELECT 7 AS n; SELECT llm_query('one')", "SELECT final(n * 6) FROM kept"],
  bash: ["llm one; kept=7", "answer $((kept * 6))"],
  clojure: ['(println (llm-query "one"))\n(def kept 7)', "(FINAL (* kept 6))"],
};

/** All formats but those that take token ids or several episodes of a task. */
const EXPORTED = EXPORTERS.filter(({ name }) => !["segments", "trl-dpo", "verl"].includes(name)).map(
  (exporter) => [exporter.name, exporter] as const,
);

/** A policy's server writes prose and a block of the language, turn by turn; a sub-model's says a word. */
function completion(messages: SamplingServer["sampled"][number]["messages"]): string {
  const repl = /^write (\w+)$/.exec(messages[0]?.content ?? "")?.[1];
  if (repl === undefined) return "a word";
  const turn = messages.filter(({ role }) => role === "assistant").length;
  return `Here it is:\n${languageNamed(repl).writeCode(BLOCKS[repl]![turn]!, "repl", "call_0").text}`;
}

let upstream: SamplingServer;
let gateway: Gating;
let place: string;
const records = new Map<string, Trajectory>();

beforeAll(async () => {
  upstream = await startSamplingServer(completion);
  gateway = await gating(upstream.baseUrl);
  place = await mkdtemp(join(tmpdir(), "rlm-gym-everywhere-"));
  for (const repl of LANGUAGE_NAMES) {
    const script = function* () {
      for (const code of BLOCKS[repl] ?? []) yield { code };
    };
    const out = join(place, repl);
    const policy = scriptedPolicy(`in-${repl}`, script, null);
    await rollout("s-niah", { repl, policy, episodes: 1, options: { length: "1k" }, out, concurrency: 1 });
    const [record] = await trajectoriesIn(out);
    records.set(repl, record!);
  }
});

afterAll(async () => {
  await gateway.end();
  await upstream.close();
});

describe.each(LANGUAGE_NAMES)("an episode in %s", (repl) => {
  const record = () => records.get(repl)!;
  const folder = () => join(place, repl);

  it("is a record of its language, with a call and an answer", () => {
    expect(record().language ?? "python").toBe(repl);
    expect(record().answer?.text).toBe("42");
    expect(record().calls.map(({ purpose }) => purpose)).toContain("llm_query");
  });

  it("replays byte for byte, and stands in a report", async () => {
    const replayed = await rlmGym(["replay", folder(), "--verify"]);
    expect(replayed.code, replayed.stderr).toBe(0);
    const report = await rlmGym(["report", folder()]);
    expect(report.code, report.stderr).toBe(0);
    expect(report.stdout).toContain(`in-${repl}`);
  });

  it("is shown with its code", () => {
    expect(JSON.stringify(viewOf(record()))).toContain(JSON.stringify(BLOCKS[repl]![1]).slice(1, -1));
  });

  it.each(EXPORTED)("is exported as %s, and read again with its code", async (name, exporter) => {
    const out = join(folder(), exporter.output === "rows" ? `${name}.jsonl` : name);
    const trajectory = { ...record(), reward: { ...record().reward!, score: 1 } };
    const { counts } = await writeExport({
      exporter,
      source: async function* items() {
        yield itemOf(trajectory);
      },
      options: EXPORT_DEFAULTS,
      filters: {},
      redaction: null,
      out,
      origin: { version: "0", sources: [], flags: {} },
    });
    expect(counts.leftOut).toEqual({});
    if (!["native", "atif", "rlm-logger", "verifiers"].includes(name)) return;
    const back: Trajectory[] = [];
    for await (const read of importFiles([out])) back.push(read.trajectory);
    expect(back.map(({ language = "python" }) => language)).toEqual([repl]);
    const codes = (one: Trajectory) => one.turns.flatMap(({ results }) => results.map(({ code }) => code));
    expect(back.flatMap(codes)).toEqual(codes(trajectory));
  });

  it("needs no repair", () => {
    for (const turn of record().turns) expect(repairTurn(record(), turn)?.changes).toEqual([]);
  });

  it.each(["the completion", "its code"])("is captured by a gateway if a client sends %s", async (sent) => {
    const language = languageNamed(repl);
    const pool = language.openPool({ size: 1 });
    const served = await serving(pool, { language, gateway: { url: gateway.url, subModel: "sub" } });
    try {
      const client = await connect(served.url);
      const id = `${repl}: ${sent}`;
      const begun = await client.ask("reset", { seed: 3, episode_id: id });
      const url = begun.data.observation!.metadata.gateway_url as string;
      const messages = [{ role: "user", content: `write ${repl}` }];
      for (const code of BLOCKS[repl]!) {
        await ask(`${url}/chat/completions`, { model: "policy", messages });
        const { text } = upstream.sampled.findLast((one) => one.messages[0]?.content === `write ${repl}`)!;
        await client.ask("step", sent === "its code" ? { code } : { completion: text });
        messages.push({ role: "assistant", content: text }, { role: "user", content: "go on" });
      }
      await client.close();
      await expect.poll(() => served.records.length).toBe(1);
      const [captured] = served.records;
      expect(captured).toMatchObject({ status: "ok", answer: { text: "42" } });
      const traces = (await gateway.traces()).filter(({ session_id }) => session_id === id);
      expect(traces.map(({ purpose }) => purpose)).toEqual(["root", "llm_query", "root"]);
      expect(captured?.calls.map(({ tokens }) => tokens?.traceId)).toEqual(
        traces.map(({ trace_id }) => trace_id),
      );
    } finally {
      await served.closeNow();
      await pool.close();
    }
  });

  it.each([
    ["rlm-gym's own profile", nativeProfile],
    ["repl_env's", replEnvProfile],
  ])("is served by %s", async (_, profileOf) => {
    const language = languageNamed(repl);
    const pool = language.openPool({ size: 1 });
    const served = await serving(pool, { language, profileOf });
    try {
      const client = await connect(served.url);
      await client.ask("reset", { seed: 3 });
      for (const code of BLOCKS[repl]!) await client.run(code);
      await client.close();
      await expect.poll(() => served.records.length).toBe(1);
      expect(served.records[0]?.answer?.text).toBe("42");
      expect(
        served.records[0]?.turns.flatMap(({ results }) => results.map(({ code }) => code.trim())),
      ).toEqual(BLOCKS[repl]);
    } finally {
      await served.closeNow();
      await pool.close();
    }
  });
});
