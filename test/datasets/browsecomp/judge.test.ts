import { describe, expect, it } from "vitest";
import {
  citationsIn,
  confidenceOf,
  formedAnswer,
  withAnswerForm,
} from "../../../datasets/browsecomp/answer-form.ts";
import { browseCompJudge, judgeMessages, readVerdict } from "../../../datasets/browsecomp/judge.ts";
import { judgeReader } from "../../../datasets/browsecomp/simulated-judge.ts";
import { browseCompMeasures } from "../../../datasets/browsecomp/measures.ts";
import { browseCompReader } from "../../../datasets/browsecomp/simulated-reader.ts";
import { scriptedModel } from "../../../src/models/scripted.ts";
import { simulatedModel } from "../../../src/models/simulated/simulated.ts";
import type { Unrewarded } from "../../../src/rewards/reward.ts";
import type { BlockResult, Message } from "../../../src/types.ts";
import { unrewarded } from "../../trajectory-fixture.ts";

const gold = { taskId: "t", answers: ["Isar"], metadata: { evidence: ["1", "2"] } };
const answered = (text: string): Unrewarded => unrewarded({ answer: { text, source: "final" } });

/** As `parse_judge_response` of BrowseComp-Plus at 97c637c reads each of them. */
describe("readVerdict", () => {
  it.each([
    ["reasoning: same\ncorrect: yes\nconfidence: 85%", { correct: true, confidence: 85, readable: true }],
    ["**correct**: no\n**confidence**: 20", { correct: false, confidence: 20, readable: true }],
    ["Correct: YES", { correct: true, confidence: null, readable: true }],
    ["correct: yes\nconfidence: 900%", { correct: true, confidence: 100, readable: true }],
    ["correct:no", { correct: false, readable: true }],
    ["**correct:** yes\n**confidence:** 7.5%", { correct: true, confidence: 7.5, readable: true }],
    ["correct: no, or so it seemed\n**correct:** yes", { correct: true, readable: true }],
    ["correct**: no\n", { correct: false, confidence: null, readable: false }],
    ["correct :yes", { readable: false }],
    ["correct:\u001cyes confidence: ٧٥%", { correct: true, confidence: 75, readable: true }],
    ["correct: yeſ", { correct: false, confidence: null, readable: true }],
    ["correct: perhaps, correct: no", { correct: false, readable: true }],
    ["incorrect: yes", { correct: true, readable: true }],
    ["confidence: 1.5.2\ncorrect: yes", { correct: true, confidence: 1.5, readable: true }],
    ["correct: perhaps", { correct: false, readable: false }],
    ["It is the same answer.", { correct: false, readable: false }],
    ["", { correct: false, confidence: null, extracted: null, readable: false }],
  ])("reads %j", (reply, verdict) => expect(readVerdict(reply)).toMatchObject(verdict));

  it("reads the answer that the judge found, or that it found none", () => {
    expect(readVerdict("extracted_final_answer: the Isar\ncorrect: yes").extracted).toBe("the Isar");
    expect(readVerdict("extracted_final_answer: None\ncorrect: no").extracted).toBeNull();
  });
});

describe("the judge", () => {
  const judged = async (record: Unrewarded, reply: string) => {
    const asked: (readonly Message[])[] = [];
    const judge = browseCompJudge(scriptedModel([]));
    const judgement = await judge.judge(record, gold, (messages) => {
      asked.push(messages);
      return Promise.resolve(reply);
    });
    return { judgement, asked };
  };

  it("is asked once, with question, answer and gold", async () => {
    const { judgement, asked } = await judged(
      answered("Exact Answer: the Isar"),
      "correct: yes\nconfidence: 70",
    );
    expect(judgement).toMatchObject({ correct: true, confidence: 70 });
    expect(asked).toHaveLength(1);
    for (const part of ["[question]: ?", "Exact Answer: the Isar", "[correct_answer]: Isar"])
      expect(asked[0]![0]!.content).toContain(part);
  });

  it("is not asked about an episode without an answer, which counts as wrong", async () => {
    for (const record of [
      unrewarded(),
      answered(" "),
      { ...answered("Isar"), stopReason: "max_turns" as const },
    ])
      expect(await judged(record, "correct: yes")).toMatchObject({
        judgement: { correct: false },
        asked: [],
      });
  });

  it("may be the simulated model, which compares exact answers", async () => {
    const model = simulatedModel({ readers: [judgeReader] });
    const verdict = async (response: string) =>
      readVerdict((await model.complete({ messages: judgeMessages("Q?", response, ["Isar", "Main"]) })).text);
    expect(await verdict(formedAnswer("the Isar", 60))).toMatchObject({ correct: true, confidence: 60 });
    expect(await verdict(formedAnswer("Rhine"))).toMatchObject({ correct: false, extracted: "Rhine" });
  });
});

describe("the measures of an episode", () => {
  const block = (stdout: string): BlockResult => ({
    code: "",
    outcome: "ok",
    stdout,
    stderr: "",
    value: null,
    exception: null,
    outputChars: 0,
    omittedChars: 0,
    stateKept: true,
  });
  const printing = (text: string, ...outputs: string[]): Unrewarded => ({
    ...answered(text),
    turns: [{ results: outputs.map(block) } as unknown as Unrewarded["turns"][number]],
  });

  it("count the evidence that was printed or sent, in children too, and the citations that are right", () => {
    const record = printing(formedAnswer("Isar", 80, ["1", "9"]), "docid: 1\nurl: u", "docid: 7\n");
    expect(browseCompMeasures(record, gold)).toEqual({
      stated_confidence: 0.8,
      evidence_recall: 0.5,
      evidence_cited: 0.5,
      citation_precision: 0.5,
      citation_recall: 0.5,
    });
    const child = { ...printing("", "x\ndocid: 2\nurl: u") } as unknown as Unrewarded["children"][number];
    expect(
      browseCompMeasures({ ...record, turns: [...record.turns], children: [child] }, gold).evidence_recall,
    ).toBe(1);
  });

  const judgement = { correct: true, confidence: 30, extracted: null, readable: true };

  it("take the judge's verdict, and no figure of citations where nothing is cited", () => {
    const measures = browseCompMeasures({ ...answered("Isar"), judgement }, gold);
    expect(measures).toEqual({
      judged: 1,
      parse_error: 0,
      confidence: 0.3,
      evidence_recall: 0,
      evidence_cited: 0,
    });
  });

  it("count a verdict that cannot be read as wrong, and take no confidence from it", () => {
    const unread = { correct: false, confidence: null, extracted: null, readable: false };
    const text = formedAnswer("Isar", 90);
    expect(browseCompMeasures({ ...answered(text), judgement: unread }, gold)).toMatchObject({
      judged: 0,
      parse_error: 1,
      stated_confidence: 0.9,
    });
    expect(browseCompMeasures({ ...answered(text), judgement: unread }, gold)).not.toHaveProperty(
      "confidence",
    );
  });

  it("count the citations of ended episodes alone under the authors' names", () => {
    const cut = { ...printing(formedAnswer("Isar", 80, ["1"])), stopReason: "max_turns" as const };
    const measures = browseCompMeasures(cut, gold);
    expect(measures).toMatchObject({ evidence_cited: 0.5 });
    expect(measures).not.toHaveProperty("citation_recall");
    expect(measures).not.toHaveProperty("citation_precision");
  });

  it("read confidence and citations as they are written", () => {
    expect(confidenceOf("**Confidence:** 7.5 %")).toBe(0.075);
    expect(confidenceOf("Confidence: 300%")).toBe(1);
    expect(confidenceOf("I am sure")).toBeNull();
    const text = "so [20], [3, 4] and [docid: 5] [20] [] 【7】 [see below]";
    expect(citationsIn(text)).toEqual(["20", "3", "4", "5", "7"]);
    // As `extract_citations_from_response` of BrowseComp-Plus at 97c637c finds them.
    expect(citationsIn("[1 【2] 3】").toSorted()).toEqual(["1", "2", "3"]);
    expect(citationsIn("[[7]] [20-25] [1.5] [٢٠]").toSorted()).toEqual(["1", "20", "25", "5", "7", "٢٠"]);
    expect(citationsIn("[docid: a1; b2] [a1]", false)).toEqual(["a1", "b2"]);
  });
});

describe("the simulated reader of free documents", () => {
  const form = withAnswerForm("Which lighthouse stands on a northern island?");
  const docs =
    "docid: 1\nurl: u\ntitle: Skerry\nA lighthouse on an island.\n\ndocid: 2\nurl: u\ntitle: Fish\nA fish.";

  it("answers with the title of the document that shares the most words, and cites it", async () => {
    const model = simulatedModel({ readers: [browseCompReader], rot: "flat" });
    const ask = async (content: string) =>
      (await model.complete({ messages: [{ role: "user", content }] })).text;
    expect(await ask(`${form}\n\n${docs}`)).toBe("Explanation: [1]\nExact Answer: Skerry\nConfidence: 40%");
    const notes = await ask(`Note each document. Do not answer it.\n\nThe question: ${form}\n\n${docs}`);
    expect(notes).toBe("[1] Skerry (shares 2 words)");
    expect(await ask(`${form}\n\n${notes}\n[3] Pier (shares 1 words)`)).toContain("Exact Answer: Skerry");
    expect(await ask("What is this?")).toContain("do not know");
  });
});
