/** How the simulated model reads code and transcripts, directly and through the notes of many parts. */
import { describe, expect, it } from "vitest";
import { choiceReader } from "../../datasets/longbench-v2/simulated-reader.ts";
import { oolongRealReader } from "../../datasets/oolong/real-simulated-reader.ts";
import type { SliceReader } from "../../src/models/simulated/slice-reader.ts";

const QUESTION = `Which calls are made?

(A) It calls open, read and close.
(B) It calls flush, write and close.
(C) It sleeps.
(D) It raises.

Give your final answer in the form 'The correct answer is (X)'.`;

/** Its answer if it overlooks nothing, or keeps only what the filter keeps. */
function read<Value>(
  reader: SliceReader<Value>,
  prompt: string,
  keeps: (value: Value) => boolean = () => true,
) {
  const reading = reader.read(prompt);
  return reading?.answer(reading.findings.map(({ value }) => value).filter(keeps)) ?? null;
}

describe("choiceReader", () => {
  const code = "x = 1\nf.open()\n# It calls flush(), then write() and close()\ng.close(); g.read()";

  it("takes the choice that one line matches best, and fails if it overlooks that line", () => {
    expect(read(choiceReader, `${QUESTION}\n\n${code}`)).toBe("The correct answer is (B)");
    expect(read(choiceReader, `${QUESTION}\n\n${code}`, ({ text }) => !text.includes("flush"))).toBe(
      "The correct answer is (A)",
    );
    expect(read(choiceReader, `${QUESTION}\n\nx = 1`)).toBe("The text does not tell which choice is right.");
  });

  it("notes lines if told not to answer, and answers from the notes later", () => {
    const notes = read(choiceReader, `Do not answer it.\n${QUESTION}\n\n${code}`);
    expect(notes).toContain("# It calls flush(), then write() and close()");
    expect(notes).not.toContain("x = 1");
    expect(read(choiceReader, `${QUESTION}\n\n${notes}`)).toBe("The correct answer is (B)");
    expect(read(choiceReader, `Do not answer it.\n${QUESTION}\n\nx = 1`)).toBe("Nothing to note.");
  });

  it("keeps an earlier answer if a part tells nothing, and ignores other prompts", () => {
    expect(read(choiceReader, `${QUESTION}\n\nNotes: The correct answer is (C)\n\nx = 1`)).toBe(
      "The correct answer is (C)",
    );
    expect(read(choiceReader, "Which is right?")).toBeNull();
  });
});

describe("oolongRealReader", () => {
  const session =
    "Ann: I rolled a 7.\nBob: I cast Fireball.\nAnn: That's a 7!\nAnn: natural 20\nBob casts Mage Hand.";

  it.each([
    ["Total number of rolls in this episode?", session, "3"],
    ["Total number of rolls in episode 12?", session, "3"],
    ["Total number of rolls in this episode?", "Nobody does anything.", "0"],
    ["How many rolls of value 7?", session, "2"],
    ["What is the first roll?", session, "7"],
    ["What was the last spell cast?", session, "Mage Hand"],
    ["How many spells were cast?", session, "2"],
    ["Which spells were cast?", session, "Fireball, Mage Hand"],
  ])("answers %j", (question, text, answer) => {
    expect(read(oolongRealReader, `${question} Give it in a box.\n\n${text}`)).toBe(`\\boxed{${answer}}`);
  });
});
