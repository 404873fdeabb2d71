/** Hack probes against the default reward of every environment, and against deliberately bad rewards. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { browseCompLikeRows } from "../../datasets/browsecomp-like/publish.ts";
import { environmentNamed } from "../../envs/make.ts";
import { probeReward } from "../../envs/probe.ts";
import { DEFAULT_REWARD } from "../../src/rewards/cost.ts";
import { parseSpec, type RewardSpecInput } from "../../src/rewards/spec.ts";
import type { JsonObject } from "../../src/types.ts";
import {
  browseCompCsv,
  CANARY,
  encryptedRow,
  type PlusRow,
  writeLines,
} from "../datasets/browsecomp/plus-files.ts";
import { PRO_ROWS } from "../datasets/longbench-pro/rows.ts";
import { MEMORY_ROWS } from "../datasets/longmemeval/rows.ts";
import { sharedPool } from "../shared-pool.ts";

const { pool } = sharedPool();
const folder = mkdtempSync(join(tmpdir(), "rlm-gym-probe-"));
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, row: object) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(row));
  return path;
};
const codeQa = file("code.jsonl", {
  _id: "q1",
  domain: "Code Repository Understanding",
  sub_domain: "Code repo QA",
  difficulty: "easy",
  length: "short",
  question: "What does the program do?",
  choice_A: "prints banners",
  choice_B: "sorts items",
  choice_C: "waits forever",
  choice_D: "ends quickly",
  answer: "B",
  context: "def sorts(items):\n    items.sort()\n".repeat(400),
});
const pro = file("pro.jsonl", PRO_ROWS[0]!);
const memory = file("memory.jsonl", MEMORY_ROWS[0]!);
const real = file("dnd.jsonl", {
  id: "r0",
  context_window_id: "w1",
  context_window_text: [
    "Ann: I cast Fireball.",
    ...Array.from({ length: 400 }, () => "Bob: We walk on."),
  ].join("\n"),
  question: "Which spells were cast in this episode?",
  answer: "Fireball",
  question_type: "singledoc_spells",
  episodes: [1],
  campaign: "campaign1",
});

/** An invented world in the layouts of BrowseComp's files, encrypted as they are. */
const world = [...browseCompLikeRows({ length: 3000, seed: 0 }, 2)] as unknown as readonly PlusRow[];
const plus = writeLines(
  join(folder, "plus.jsonl"),
  world.map((row) => encryptedRow(row)),
);
const documents = new Map(
  world
    .flatMap(({ evidence_docs, negative_docs }) => [...evidence_docs, ...negative_docs])
    .map((document) => [document.docid, document]),
);
const corpus = writeLines(join(folder, "corpus.jsonl"), [...documents.values()]);
const questions = join(folder, "questions.csv");
writeFileSync(questions, browseCompCsv(world.map(({ query, answer }) => ({ problem: query, answer }))));

const probe = async (
  name: string,
  options: JsonObject,
  spec: RewardSpecInput,
  strategies: string[],
  episodes = 2,
) => {
  const benchmark = await environmentNamed(name).open(options, 0);
  return probeReward(name, benchmark, parseSpec(spec), { episodes, repls: pool, strategies });
};

describe("the default reward", () => {
  it.each<[string, JsonObject, string[]]>([
    ["s-niah", { length: "4k" }, ["grep", "direct"]],
    ["oolong", { length: "4k" }, ["map-reduce", "direct"]],
    ["oolong-pairs", { length: "4k" }, ["map-reduce", "direct"]],
    ["oolong-real", { file: real }, ["map-reduce", "direct"]],
    ["code-qa", { file: codeQa }, ["map-reduce", "direct"]],
    ["longbench-v2", { file: codeQa }, ["map-reduce", "direct"]],
    ["longbench-pro", { file: pro }, ["map-reduce", "direct"]],
    ["longmemeval", { file: memory }, ["map-reduce", "direct"]],
    ["graphwalks", { length: "4k" }, ["walk", "direct"]],
    ["mrcr", { length: "4k" }, ["pick", "direct"]],
    ["ruler", { length: "4k", variant: "vt,cwe,fwe" }, ["code", "direct"]],
    ["longcot", { size: 1 }, ["solve", "direct"]],
    ["evidence", { length: "6k" }, ["map-reduce", "direct"]],
    ["babilong", { length: "4k" }, ["search", "direct"]],
    ["browsecomp-like", { length: "4k" }, ["map-reduce", "direct"]],
    ["browsecomp", { file: questions, corpus, documents: documents.size }, ["map-reduce", "direct"]],
    ["browsecomp-plus", { file: plus, canary: CANARY }, ["map-reduce", "direct"]],
  ])("of %s pays every probe less than honest work", async (name, options, strategies) => {
    const report = await probe(name, options, DEFAULT_REWARD, strategies);
    expect(report.findings).toEqual([]);
    expect(report.best.reward).toBeGreaterThan(0.3);
    const verdicts = report.probes.map(({ policy, verdict }) => [policy, verdict]);
    expect(verdicts).toEqual(report.probes.map(({ policy }) => [policy, "below"]));
  });
});

it("the default reward of craft pays every probe less, but for a verification: its context is so short that cost is at its most", async () => {
  const report = await probe("craft", { tier: "easy" }, DEFAULT_REWARD, ["solve", "flat"]);
  expect(report.findings).toEqual([]);
  const tied = report.probes.filter(({ verdict }) => verdict !== "below").map(({ policy }) => policy);
  expect(tied).toEqual(["probe:verify"]);
});

describe("a bad reward", () => {
  it("that accepts gold as a substring is caught by a probe that lists everything", async () => {
    const { findings } = await probe("s-niah", { length: "4k" }, { ...DEFAULT_REWARD, score: "contains" }, [
      "direct",
    ]);
    expect(findings.join()).toMatch(/probe:dump earns .*probe:over-list earns /);
  });

  it("that accepts gold only as a substring is caught because a dump earns as much as the work", async () => {
    const spec = { score: "contains", steps: { found: { type: "progress" } } } as const;
    const { findings } = await probe("s-niah", { length: "4k" }, spec, ["grep"], 1);
    expect(findings.join()).toMatch(/probe:dump earns 1.000, as much as the best honest strategy/);
    expect(findings.join()).not.toContain("probe:verify");
  });

  it("whose cost is not gated on success is caught because giving up pays", async () => {
    const ungated = { terms: { cost: { type: "linear_cost", weight: 0.3 } } } as const;
    const { findings } = await probe("oolong-pairs", { length: "4k" }, ungated, ["bm25"], 3);
    expect(findings.join()).toMatch(/giving up pays|probe:empty earns/);
  });
});
