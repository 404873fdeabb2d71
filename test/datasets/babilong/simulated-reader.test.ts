import { describe, expect, it } from "vitest";
import { PUBLISHED_LABELS } from "../../../datasets/babilong/labels.ts";
import { questionText } from "../../../datasets/babilong/questions.ts";
import { babilongReader, LIST_FACTS, NO_FACT } from "../../../datasets/babilong/simulated-reader.ts";

const read = (prompt: string, keeps: (fact: string) => boolean = () => true) => {
  const reading = babilongReader.read(prompt);
  return reading?.answer(reading.findings.map(({ value }) => value).filter(keeps)) ?? null;
};
const asked = (task: string, question: string, text: string) =>
  `${questionText(task, question, PUBLISHED_LABELS[task]!)}\n\n${text}`;

describe("the simulated reader of BABILong", () => {
  it.each([
    ["qa1", "Where is Mary?", "Mary moved to the garden. Rain fell. Mary went back to the office.", "office"],
    [
      "qa2",
      "Where is the milk?",
      "Mary got the milk there. Mary went to the hallway. Mary dropped the milk.",
      "hallway",
    ],
    [
      "qa3",
      "Where was the milk before the hallway?",
      "Mary travelled to the garden. Mary took the milk there. Mary went to the hallway.",
      "garden",
    ],
    [
      "qa4",
      "What is north of the garden?",
      "The office is north of the garden. The garden is east of the kitchen.",
      "office",
    ],
    [
      "qa4",
      "What is the garden east of?",
      "The office is north of the garden. The garden is east of the kitchen.",
      "kitchen",
    ],
    [
      "qa5",
      "Who gave the milk to Bill?",
      "Fred gave the milk to Jeff. Jeff handed the milk to Bill.",
      "Jeff",
    ],
    ["qa6", "Is Mary in the office?", "Mary went to the office. Mary went to the garden.", "no"],
    ["qa7", "How many objects is Mary carrying?", "Mary took the apple. Mary discarded the apple.", "none"],
    ["qa8", "What is Mary carrying?", "Mary took the milk there. Mary got the apple there.", "milk,apple"],
    ["qa9", "Is Mary in the office?", "Mary is no longer in the office.", "no"],
    ["qa10", "Is Mary in the office?", "Mary is either in the office or the park.", "maybe"],
  ])("answers %s in bAbI's words: %s", (task, question, text, answer) => {
    expect(read(asked(task, question, text))).toBe(answer);
  });

  it("errs where it overlooks a fact", () => {
    const prompt = asked(
      "qa1",
      "Where is Mary?",
      "Mary moved to the garden. Rain fell. Mary went back to the office.",
    );
    expect(read(prompt, (fact) => !fact.includes("office"))).toBe("garden");
    expect(read(prompt, () => false)).toBe("The facts do not tell.");
  });

  it("lists facts where it is told to, and ignores other prompts", () => {
    expect(
      read(`${LIST_FACTS}\n\nIt rained. Mary moved to the garden. He said: The office is west of the hall.`),
    ).toBe("Mary moved to the garden.\nThe office is west of the hall.");
    expect(read(`${LIST_FACTS}\n\nIt rained.`)).toBe(NO_FACT);
    expect(read("Where is Mary? Mary moved to the garden.")).toBeNull();
  });
});
