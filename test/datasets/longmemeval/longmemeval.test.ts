import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadLongMemEval } from "../../../datasets/longmemeval/load.ts";
import { goldAnswer, lenientMatch, trainingMatch, wordMatch } from "../../../datasets/longmemeval/scorer.ts";
import { longMemEvalReader } from "../../../datasets/longmemeval/simulated-reader.ts";
import { questionText } from "../../../datasets/longmemeval/wording.ts";
import { environmentNamed } from "../../../envs/make.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import type { JsonObject, Problem, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { textOf } from "../text-of.ts";
import { MEMORY_ROWS } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-longmemeval-"));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, rows: readonly unknown[]) => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(rows));
  return file;
};
const file = write("longmemeval_s_cleaned.json", MEMORY_ROWS);

async function loaded(type?: "multi-session" | "abstention"): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of loadLongMemEval({ files: [file], type })) problems.push(problem);
  return problems;
}

const gold = (answer: string, metadata: JsonObject = {}): Reference => ({
  taskId: "t",
  answers: [answer],
  metadata,
});

describe("LongMemEval", () => {
  datasetContract({
    open: () => loadLongMemEval({ files: [file] }),
    scorers: [wordMatch, lenientMatch, trainingMatch],
    gold: goldAnswer,
    count: MEMORY_ROWS.length,
  });

  it("shows the sessions by date, each with its number and date, and neither their ids nor what marks the evidence", async () => {
    const { task, reference } = await problemAt(loadLongMemEval({ files: [file] }), 0);
    const sessions = task.context as readonly string[];
    expect(sessions[0]).toMatch(
      /^session: 1\ndate: 2023\/05\/19 \(Sat\) 02:23\n\nuser: I visit the Nebelhorn[^\n]+\n\nassistant: I see\./,
    );
    expect(sessions.at(-1)).toMatch(/^session: 4\ndate: 2023\/05\/28/);
    expect(textOf(task)).not.toMatch(/answer_abc|has_answer|ultrachat/);
    expect(task.question).toContain("On 2023/05/30 (Tue) 23:40 the user asks");
    expect(reference.metadata.evidence).toEqual(["1"]);
  });

  it("takes the questions of a type, among them those without an answer, or these alone", async () => {
    expect((await loaded("multi-session")).map(({ task }) => task.id)).toEqual(["m2", "m3_abs"]);
    expect((await loaded("abstention")).map(({ task }) => task.id)).toEqual(["m3_abs"]);
  });

  it("gives an answer that says that nothing is known 1 where that is right, and 0 anywhere else", async () => {
    for (const { task, reference } of await loaded())
      for (const score of [wordMatch, lenientMatch, trainingMatch])
        expect(score("I don't have any information on that.", reference)).toBe(Number(task.id === "m3_abs"));
  });

  const [row] = MEMORY_ROWS as readonly [JsonObject];
  it.each([
    [{ answer: null }, /row 1: expected a name or number in column "answer", got null/],
    [{ answer: " " }, /row 1: expected an answer in column "answer"/],
    [
      { question_type: "two-hop" },
      /row 1: expected one of single-session-user.*"question_type", got "two-hop"/,
    ],
    [
      { haystack_dates: ["2023/05/20"] },
      /row 1: .*"haystack_dates" as in haystack_session_ids, which has 4, got 1/,
    ],
    [{ haystack_sessions: "none" }, /row 1: expected a list in column "haystack_sessions", got string/],
    [
      { haystack_sessions: [[], [], [], [{ role: "bot", content: "" }]] },
      /row 1: column "haystack_sessions", session 3, 0, role: expected turns/,
    ],
    [{ answer_session_ids: [7] }, /row 1: expected text at 0 of column "answer_session_ids"/],
    [{ question_date: undefined }, /row 1: expected text in column "question_date", got no such column/],
  ])("refuses a row with %j, and names file, row and column", async (wrong, message) => {
    const bad = write("bad.json", [{ ...row, ...wrong }]);
    await expect(problemAt(loadLongMemEval({ files: [bad] }), 0)).rejects.toThrow(message);
    await expect(problemAt(loadLongMemEval({ files: [bad] }), 0)).rejects.toThrow(/bad\.json/);
  });

  it("refuses a type that the file does not have", async () => {
    await expect(environmentNamed("longmemeval").open({ file, type: "two-hop" }, 0)).rejects.toThrow(
      /longmemeval: option type: .*"abstention"/,
    );
  });
});

describe("the match of words", () => {
  it.each<[string, string, number, number]>([
    ["It was the Nebelhorn.", "Nebelhorn", 1, 1],
    ["nebelhorn", "The Nebelhorn", 1, 1],
    ["Nebelhorns", "Nebelhorn", 0, 0],
    ["You built three kites.", "3", 1, 1],
    ["You built 1, 2, 3 or 4.", "3", 0, 1],
    ["8 days", "7 days. 8 days (including the last day) is also acceptable.", 1, 1],
    ["9 days", "7 days. 8 days (including the last day) is also acceptable.", 0, 0],
    ["", "3", 0, 0],
  ])("of %j with the gold %j", (answer, right, match, lenient) => {
    expect([wordMatch(answer, gold(right)), lenientMatch(answer, gold(right))]).toEqual([match, lenient]);
  });

  it("gives nothing in training for a list of all that is likely", () => {
    const list = Array.from({ length: 30 }, (_, i) => `lighthouse${String.fromCodePoint(97 + i)}`).join(
      " or ",
    );
    expect(wordMatch(`Nebelhorn or ${list}`, gold("Nebelhorn"))).toBe(1);
    expect(trainingMatch(`Nebelhorn or ${list}`, gold("Nebelhorn"))).toBe(0);
  });

  it.each([
    ["The chats do not mention this.", 1],
    ["You didn’t tell me about any boat.", 1],
    ["There is no record of boats, only of kites.", 1],
    ["I cannot determine that from what was said.", 1],
    ["You built two boats.", 0],
    ["No, I built it alone.", 0],
    ["", 0],
  ])("finds that %j says so or not: %d", (answer, score) => {
    expect(wordMatch(answer, gold("Not mentioned", { abstention: true }))).toBe(score);
  });
});

describe("the simulated reader of chats", () => {
  const question = questionText("Which lighthouse did I visit in spring?", "2023/05/30");
  const chats =
    "session: 1\ndate: 2023/05/01\n\nuser: I oil gates. I visit the Nebelhorn lighthouse in spring.\n\nassistant: Nice!";
  const read = (prompt: string) => {
    const reading = longMemEvalReader.read(prompt);
    return reading?.answer(reading.findings.map(({ value }) => value)) ?? null;
  };

  it("quotes the best sentence, says so where there is none, and ignores other prompts", () => {
    expect(read(`${question}\n\n${chats}`)).toBe("I visit the Nebelhorn lighthouse in spring.");
    expect(read(`${question}\n\nuser: I oil gates.`)).toBe("The chats do not mention this.");
    expect(read("Which lighthouse?")).toBeNull();
  });

  it("notes sentences if told not to answer", () => {
    expect(read(`Do not answer the question.\n${question}\n\n${chats}`)).toContain("Nebelhorn");
    expect(read(`Do not answer the question.\n${question}\n\nuser: Hm.`)).toBe("Nothing to note.");
  });
});
