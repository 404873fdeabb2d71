import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type AnswerType,
  goldAnswer,
  lenientScore,
  officialScore,
  trainingScore,
} from "../../../datasets/oolong/scorer.ts";
import { readDate } from "../../../datasets/oolong/dateutil.ts";
import { parseList } from "../../../datasets/python-literal.ts";
import type { Reference } from "../../../src/types.ts";
import { sharedFile } from "../shared-data.ts";

const file = sharedFile("oolong_scorer_cases.jsonl");

function reference(type: AnswerType, ...answers: string[]): Reference {
  return { taskId: "t", answers, metadata: { answer_type: type } };
}

describe("OOLONG's official scorer", () => {
  it.skipIf(file === null)("agrees with all recorded scores (skipped without the shared cases)", () => {
    const cases = readFileSync(file as string, "utf8")
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as {
            answer: string;
            answer_type: AnswerType;
            response: string;
            official_score: number;
          },
      );
    expect(cases).toHaveLength(60);
    for (const { answer, answer_type, response, official_score } of cases)
      expect(officialScore(response, reference(answer_type, ...parseList(answer)))).toBe(official_score);
  });

  it.each<[string, string, AnswerType, string, number]>([
    ["a short answer without a colon whole", "ham", "ANSWER_TYPE.LABEL", "ham", 1],
    ["a long one by its last word", "I think it must surely be ham", "ANSWER_TYPE.LABEL", "ham", 1],
    ["what follows the last colon", "Label: x. Label: **[ham]**", "ANSWER_TYPE.LABEL", "ham", 1],
    ["case as it stands", "Label: Ham", "ANSWER_TYPE.LABEL", "ham", 0],
    [
      "a comparison by its phrase",
      "Answer: spam is less common than ham",
      "ANSWER_TYPE.COMPARISON",
      "less common than",
      1,
    ],
    ["a comparison's other phrase", "Answer: more common", "ANSWER_TYPE.COMPARISON", "less common than", 0],
    [
      "a short comparison with its than",
      "Answer: more common than",
      "ANSWER_TYPE.COMPARISON",
      "more common than",
      1,
    ],
    ["a number three off", "Answer: 7", "ANSWER_TYPE.NUMERIC", "4", 0.421875],
    ["a number as Python reads it", "Answer: 1_000", "ANSWER_TYPE.NUMERIC", "1000", 1],
    ["no number with a comma", "Answer: 1,000", "ANSWER_TYPE.NUMERIC", "1000", 0],
    ["a date with slashes", "Date: 06/21/2025", "ANSWER_TYPE.DATE", "2025-06-21", 1],
    ["a date in words", "Date: June 21, 2025", "ANSWER_TYPE.DATE", "2025-06-21", 1],
    ["another date", "Date: 06/22/2025", "ANSWER_TYPE.DATE", "2025-06-21", 0],
    ["a user", "User: 12345", "ANSWER_TYPE.USER", "12345", 1],
    ["a month", "Answer: March 2023", "ANSWER_TYPE.MONTH_YEAR", "March 2023", 1],
    ["no month that is cut short", "Answer: Mar 2023", "ANSWER_TYPE.MONTH_YEAR", "March 2023", 0],
    ["a user with a comma", "User: 12,345", "ANSWER_TYPE.USER", "12345", 0],
    ["digits of another script", "Answer: ٣", "ANSWER_TYPE.NUMERIC", "3", 1],
    ["a separator that Python strips", "Label: ham\u001c", "ANSWER_TYPE.LABEL", "ham", 1],
    ["a byte-order mark that it does not", "Label: ham\ufeff", "ANSWER_TYPE.LABEL", "ham", 0],
    [
      "a short sentence that is no phrase",
      "Answer: b is more common",
      "ANSWER_TYPE.COMPARISON",
      "more common than",
      0,
    ],
    [
      "the first phrase of two",
      "Answer: not more common but less common",
      "ANSWER_TYPE.COMPARISON",
      "less common than",
      0,
    ],
    ["a number far off", "Answer: 90", "ANSWER_TYPE.NUMERIC", "40", 5.663216564269376e-7],
    ["nothing in white space", " ".repeat(30), "ANSWER_TYPE.LABEL", "ham", 0],
  ])("reads %s", (_, answer, type, gold, score) => {
    expect(officialScore(answer, reference(type, gold))).toBe(score);
  });

  it("accepts the first of tied golds; the lenient scorer accepts any of them, in any case, with a full stop or commas", () => {
    const tied = reference("ANSWER_TYPE.LABEL", "ham", "spam");
    expect(officialScore("Label: spam", tied)).toBe(0);
    expect(lenientScore("Label: Spam.", tied)).toBe(1);
    expect(lenientScore("Answer: 1,234.", reference("ANSWER_TYPE.NUMERIC", "1234"))).toBe(1);
    expect(lenientScore("Label: egg", tied)).toBe(0);
  });

  it("scores a long answer 0 in training", () => {
    const long = reference("ANSWER_TYPE.LABEL", "description and abstract concept");
    expect(trainingScore(goldAnswer(long), long)).toBe(1);
    expect(trainingScore(`${"x".repeat(400)}${goldAnswer(long)}`, long)).toBe(0);
  });
});

/** What python-dateutil 2.9.0.post0 reads, and 4.0.0 as well: the same as midnight of the date, without a zone. */
describe("readDate", () => {
  it.each([
    "06/21/2025 12am",
    "06/21/2025 12 AM",
    "06/21/2025 0h",
    "06/21/2025, 0 h",
    "06/21/2025 00:00",
    "2025-06-21T00:00:00",
    "2025-06-21T0000",
    "20250621T000000",
    "20250621000000",
    "June 21, 2025 at 12:00 a.m",
    "June 21, 2025 00h00",
    "12am, 21 June 2025",
    "0 hours on June 21, 2025",
    "06/21/2025 00:00:00.000",
    "06/21/2025 00:00 EST",
    "Saturday 06/21/2025 0am",
    "٠٦/٢١/٢٠٢٥",
    "२१ June २०२५",
    "２０２５-０６-２１ ٠٠:٠٠",
    "06/21/2025\0",
  ])("reads %j as midnight of that day", (text) => expect(readDate(text)).toBe("2025-06-21"));

  it.each([
    "06/21/2025 12pm",
    "06/21/2025 12:00",
    "06/21/2025 00:01",
    "06/21/2025 24:00",
    "06/21/2025 00:00:00.001",
    "06/21/2025 1h",
    "06/21/2025 00:00Z",
    "06/21/2025 00:00 UTC",
    "06/21/2025 00:00+00:00",
    "06/21/2025 00:00 -0300",
    "06/21/2025 am",
    "06/21/2025 00:",
    "06/21/2025 midnight",
    "06/²1/2025",
    "06/2①/2025",
    "2025-06-21.m",
    "00:00",
  ])("reads %j as no such day", (text) => expect(readDate(text)).toBeNull());

  it.each([
    ["06/21/2025", "2025-06-21"],
    ["21/06/2025", "2025-06-21"],
    ["6/7/25", "2025-06-07"],
    ["2025-06-21T00", "2025-06-21"],
    ["20250621", "2025-06-21"],
    ["062125", "2025-06-21"],
    ["210625", "2025-06-21"],
    ["21.06.2025.", "2025-06-21"],
    ["Saturday, 21st of June, 2025", "2025-06-21"],
    ["21-Jun-2025", "2025-06-21"],
    ["Jun-21-2025", "2025-06-21"],
    ["June,21,2025", null],
    ["21Jun2025", "2025-06-21"],
    ["Sept. 5, '23", "2023-09-05"],
    ["2025 June 21", "2025-06-21"],
    ["June of 21", null],
    ["June 2025", null],
    ["02/30/2024", null],
    ["06/21/2025 or so", null],
    ["the 21st of June 2025", null],
    ["06/21/2025 and 06/22/2025", null],
    ["06/21/2025 10", null],
    ["", null],
  ])("reads %j as %j", (text, date) => expect(readDate(text)).toBe(date));
});

describe("parseList", () => {
  it.each([
    ["['ham']", ["ham"]],
    ["[4]", ["4"]],
    ['["it\'s", \'a "b"\']', ["it's", 'a "b"']],
    [String.raw`['a\'b\\c']`, [String.raw`a'b\c`]],
    [String.raw`['\xe9\u2028\U0001F3B2']`, ["é\u2028🎲"]],
    ["[datetime.date(2023, 1, 6)]", ["2023-01-06"]],
    ["['ham', 'spam']", ["ham", "spam"]],
    ["[]", []],
  ])("reads %s", (literal, items) => {
    expect(parseList(literal)).toEqual(items);
  });

  it.each(["ham", "['ham'", "['ham' 'x']", "[{'a': 1}]"])("refuses %s", (literal) => {
    expect(() => parseList(literal)).toThrow(/expected/);
  });
});
