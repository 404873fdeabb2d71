import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  claimIn,
  claimText,
  MEASURES,
  reportedIn,
  reportSentence,
} from "../../../datasets/evidence/claims.ts";
import { evidenceTaskAt, evidenceTasks, TIER_NAMES, TIERS } from "../../../datasets/evidence/evidence.ts";
import { type Interval, intervalScores, merged, without } from "../../../datasets/evidence/intervals.ts";
import { loadEvidence } from "../../../datasets/evidence/load.ts";
import { paperText } from "../../../datasets/evidence/papers.ts";
import { evidenceRows } from "../../../datasets/evidence/publish.ts";
import { pythonStrings } from "../../../datasets/evidence/quotes.ts";
import { answerScores, evidenceF1, goldOf, trainingF1 } from "../../../datasets/evidence/scorer.ts";
import { evidenceReader } from "../../../datasets/evidence/simulated-reader.ts";
import { CLAIM_MARK, quoteInstruction } from "../../../datasets/evidence/wording.ts";
import { evidenceWorld } from "../../../datasets/evidence/world.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import { checkWorld } from "../../../src/env/check-world.ts";
import { RunningWorld } from "../../../src/episode/world/running-world.ts";
import { Random } from "../../../src/random.ts";
import type { Json, JsonObject, Problem } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { SCORED, SCORER_CASES } from "./scorer-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-evidence-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = { length: 6000, seed: 3 } as const;
const { signal } = new AbortController();

async function problemsIn(name: string, rows: Iterable<unknown>): Promise<Problem[]> {
  const file = join(folder, name);
  writeFileSync(file, [...rows].map((row) => JSON.stringify(row)).join("\n"));
  const problems: Problem[] = [];
  for await (const problem of loadEvidence({ files: [file] })) problems.push(problem);
  return problems;
}

describe("evidence made here", () => {
  datasetContract({
    open: () => evidenceTasks(OPTIONS),
    scorers: [evidenceF1, trainingF1],
    gold: ({ answers }) => JSON.stringify(answers),
    length: { tokens: OPTIONS.length, filled: 0.9 },
  });

  it("has as many papers with evidence as its tier says, and each passage once", () => {
    for (const [index, tier] of TIER_NAMES.entries()) {
      const { papers, evidence, ...task } = evidenceTaskAt({ length: 16_000, seed: 1 }, index);
      const [least, most] = TIERS[tier];
      expect(task.tier).toBe(tier);
      expect(evidence.length).toBeGreaterThanOrEqual(least);
      expect(evidence.length).toBeLessThanOrEqual(most);
      const whole = papers.map(paperText).join("\n");
      for (const { text } of evidence.flatMap(({ selections }) => selections))
        expect(whole.split(text)).toHaveLength(2);
    }
  });

  it("refuses a length that does not hold the papers", () => {
    expect(() => evidenceTasks({ length: 2000, seed: 0 })).toThrow(/do not hold.*expected at least 5040/);
  });

  it("survives the way through the published layout", async () => {
    const read = await problemsIn("made.jsonl", evidenceRows(OPTIONS, 3));
    for (const [index, { task, reference }] of read.entries()) {
      const made = await problemAt(evidenceTasks(OPTIONS), index);
      expect(task.context).toEqual(made.task.context);
      expect(reference).toEqual(made.reference);
    }
  });
});

describe("files of evidence", () => {
  const papers = [
    { paperId: "1", title: "A", abstract: "", text: "One.\nTwo 🐈." },
    { paperId: "2", title: "B", abstract: "Short.", text: "Three." },
  ];
  const evidence = [{ paperId: "1", selections: [{ text: "Two 🐈." }] }];
  const row = { question: "Which?", papers, evidence };

  it("hold papers and evidence as values or as JSON, or the paragraphs of one paper", async () => {
    const [plain, asText] = await problemsIn("both.jsonl", [
      row,
      { ...row, papers: JSON.stringify(papers), evidence: JSON.stringify(evidence) },
    ]);
    expect(plain!.task.context).toEqual({
      "1": "### PAPER: A\nOne.\nTwo 🐈.",
      "2": "### PAPER: B\n<abstract>\nShort.\n</abstract>\nThree.",
    });
    expect({ ...asText!.task, id: "" }).toEqual({ ...plain!.task, id: "" });
    const [single] = await problemsIn("qasper.jsonl", [
      { question: "Which?", paragraphs: ["One.", "Two."], evidence: ["Two."] },
    ]);
    expect(single!.task.context).toEqual({ paper: "One.\n\nTwo." });
    expect(evidenceF1("['Two.']", single!.reference)).toBe(1);
  });

  it.each<[string, JsonObject, RegExp]>([
    ["no papers", { papers: [] }, /line 1: column "papers": .*at least one paper/],
    ["a paper without an id", { papers: [{ text: "x" }] }, /line 1: column "papers": .*paperId/],
    ["evidence that is a number", { evidence: 4 }, /line 1: column "evidence"/],
    [
      "evidence that is in no paper",
      { evidence: [{ paperId: "2", selections: [{ text: "Two" }] }] },
      /line 1: column "evidence": none of it stands in the papers/,
    ],
    ["no question", { question: null }, /line 1: .*"question"/],
  ])("name the row and the column of %s", async (name, fields, message) => {
    await expect(problemsIn(`${name}.jsonl`, [{ ...row, ...fields }])).rejects.toThrow(message);
  });
});

describe("interval F1", () => {
  it.each(SCORER_CASES)("of the answer %j is the published one", (answer, ...expected) => {
    const { precision, recall, f1 } = answerScores(answer, SCORED);
    for (const [i, value] of [precision, recall, f1].entries()) expect(value).toBeCloseTo(expected[i]!, 12);
  });

  const intervals = fc.array(
    fc.tuple(fc.nat(40), fc.nat(12)).map(([start, size]): Interval => [start, start + size]),
    { maxLength: 8 },
  );
  const cells = (list: readonly Interval[]) =>
    new Set(list.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i)));

  it("counts each character once, whatever the intervals are", () => {
    fc.assert(
      fc.property(intervals, intervals, (found, evidence) => {
        const [a, b] = [cells(found), cells(evidence)];
        const both = [...a].filter((cell) => b.has(cell)).length;
        const scores = intervalScores(new Map([["p", found]]), new Map([["p", evidence]]));
        expect(scores.precision).toBeCloseTo(a.size === 0 ? 0 : both / a.size, 12);
        expect(scores.recall).toBeCloseTo(b.size === 0 ? 0 : both / b.size, 12);
        expect(cells(merged(found))).toEqual(a);
        expect(cells(without(found, evidence))).toEqual(new Set([...a].filter((cell) => !b.has(cell))));
      }),
    );
  });

  it("reads lists of strings as Python writes them", () => {
    const quoted = (text: string) => JSON.stringify(text);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        expect(pythonStrings(`[${texts.map(quoted).join(", ")}]`)).toEqual(texts);
      }),
    );
  });

  it("ends for an answer of very many passages", () => {
    const gold = { papers: { p: "x".repeat(200_000) }, evidence: SCORED.evidence };
    const answer = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => `y${i}`));
    expect(answerScores(answer, gold).f1).toBe(0);
  });
});

describe("claims", () => {
  it("are read from the sentences that report them", () => {
    const random = new Random(1);
    for (let i = 0; i < 200; i += 1) {
      const direction = random.choice(["lowers", "raises", null] as const);
      const finding = {
        method: "Bralan pruning",
        measure: random.randint(0, MEASURES.length - 1),
        direction,
      };
      const named = random.choice(["Bralan pruning", "BAP"]);
      const sentence = reportSentence(finding, named, "Oak-12", random);
      expect(reportedIn(`Before. ${sentence} After.`)).toEqual([
        { finding: { ...finding, method: named }, sentence, start: 8 },
      ]);
    }
    const claim = { method: "Bralan pruning", measure: 4, direction: "raises" } as const;
    expect(claimIn(`x ${CLAIM_MARK}${claimText(claim)} y`, CLAIM_MARK)).toEqual(claim);
    expect(claimIn("The claim: it rains.", CLAIM_MARK)).toBeNull();
  });

  it("are found by the reader where the paper tells what its abbreviation means", async () => {
    const { task, reference } = await problemAt(evidenceTasks({ ...OPTIONS, tier: "wide-net" }), 0);
    const read = (text: string) => {
      const reading = evidenceReader.read(`${quoteInstruction(task.question)}\n\n${text}`)!;
      return JSON.parse(reading.answer(reading.findings.map(({ value }) => value))) as string[];
    };
    const papers = Object.values(task.context as Record<string, string>);
    expect(new Set(papers.flatMap(read))).toEqual(new Set(reference.answers));
    const withoutNames = papers.map((paper) => paper.replaceAll(/ \([A-Z]{3}\)/g, ""));
    expect(withoutNames.flatMap(read).length).toBeLessThan(reference.answers.length);
    expect(evidenceReader.read("Which passages?")).toBeNull();
  });
});

describe("the world of evidence", () => {
  const context = {
    a: "### PAPER: A 🐈\n<abstract>\nShort.\n</abstract>\nOne two. Two THREE. Four.",
    b: "Two.",
  };
  const task: Problem["task"] = {
    id: "t",
    dataset: "evidence",
    question: "?",
    context,
    contextTokens: 1,
    metadata: {},
  };
  const reference = {
    taskId: "t",
    answers: [],
    metadata: { papers: context, evidence: [{ paperId: "a", selections: [{ text: "Two THREE." }] }] },
  };
  const started = () => RunningWorld.begin(evidenceWorld, task, 0);
  const call = async (world: RunningWorld, tool: string, args: Json): Promise<Json> => {
    const reply = await world.call(tool, args, signal);
    return "result" in reply ? reply.result : `raised: ${reply.error}`;
  };
  const scored = (world: RunningWorld, answer: string | null) =>
    evidenceWorld.score(evidenceWorld.restore(world.snapshot), answer, reference);

  it("passes the checks of worlds", async () => {
    const calls = [
      { tool: "list_papers", args: {} },
      { tool: "search", args: { keyword: "two" } },
      { tool: "mark", args: { paper_id: "b", text: "Two" } },
      { tool: "mark", args: { paper_id: "a", text: "Four" } },
      { tool: "view_marks", args: {} },
      { tool: "unmark", args: { paper_id: "a", text: "our" } },
      { tool: "mark", args: { paper_id: "c", text: "Two" } },
      { tool: "read", args: { paper_id: "c" } },
    ];
    await checkWorld(evidenceWorld, { task, reference }, 0, calls);
  });

  it("scores what is marked, or else what is quoted, and nothing without an answer", async () => {
    const world = started();
    expect(scored(world, "['Two THREE.']")).toBe(1);
    expect(scored(world, null)).toBe(0);
    const place = await call(world, "mark", { paper_id: "a", text: "Two THREE." });
    expect(place).toEqual({ start: 54, end: 64 });
    expect(scored(world, "done")).toBe(1);
    expect(scored(world, null)).toBe(0);
    await call(world, "mark", { paper_id: "a", text: "Two THREE. Four." });
    expect(scored(world, "['Two THREE.']")).toBeCloseTo((2 * (10 / 16)) / (10 / 16 + 1), 12);
    await call(world, "unmark", { paper_id: "a", text: " Four." });
    expect(scored(world, "done")).toBe(1);
    expect(await call(world, "view_marks", {})).toEqual([
      { paper_id: "a", start: 54, end: 64, text: "Two THREE." },
    ]);
  });

  it("finds, reads and lists in characters as Python counts them", async () => {
    const world = started();
    expect(await call(world, "search", { keyword: "THREE", paper_id: "a", window: 8 })).toEqual({
      hits: [{ paper_id: "a", start: 53, text: " Two THREE. Four." }],
      more: 0,
    });
    expect(await call(world, "search", { keyword: "two", window: 4 })).toMatchObject({
      hits: [{ paper_id: "a" }, { paper_id: "b", start: 0, text: "Two." }],
    });
    expect(await call(world, "read", { paper_id: "a", start: 13, end: 26 })).toBe("🐈\n<abstract>\n");
    expect(await call(world, "list_papers", {})).toEqual([
      { paper_id: "a", title: "A 🐈", abstract: "Short." },
      { paper_id: "b", title: "Two.", abstract: "" },
    ]);
  });

  it("tells what cannot be marked, and keeps the state", async () => {
    const world = started();
    expect(await call(world, "mark", { paper_id: "a", text: "one two." })).toMatch(
      /^Error: .*letter by letter/,
    );
    expect(await call(world, "mark", { paper_id: "z", text: "One" })).toMatch(
      /^Error: there is no paper "z"/,
    );
    expect(await call(world, "mark", { paper_id: "__proto__", text: "One" })).toMatch(/^Error/);
    expect(await call(world, "search", { keyword: "one", paper_id: "z" })).toMatch(/^raised: .*no paper "z"/);
    expect(await call(world, "mark", { paper_id: "a" })).toMatch(/^raised: mark\(\): text/);
    expect(world.snapshot).toEqual({});
  });

  it("says which reference it needs", () => {
    expect(() => goldOf({ metadata: {} })).toThrow('evidence: expected "papers" and "evidence"');
  });
});
