import { describe, expect, it } from "vitest";
import { sNiahReader } from "../../../datasets/s-niah/simulated-reader.ts";
import { sNiah } from "../../../datasets/s-niah/s-niah.ts";
import { stringMatchAll } from "../../../datasets/s-niah/scorer.ts";
import { VARIANTS, type VariantName } from "../../../datasets/s-niah/variants.ts";
import { textOf } from "../text-of.ts";

const NEEDLE = "One of the special magic numbers for red-fox is: 1234567.";
const OTHER = "One of the special magic numbers for blue-jay is: 7654321.";
const QUESTION = "What is the special magic number for red-fox mentioned in the provided text?";

describe("sNiahReader", () => {
  it.each(Object.keys(VARIANTS) as VariantName[])("answers %s from the whole context", async (variant) => {
    const { task, reference } = await sNiah({ variant, length: 3000, seed: 2 }).at!(0);
    for (const prompt of [`${task.question}\n\n${textOf(task)}`, `${textOf(task)}\n${task.question}`]) {
      const reading = sNiahReader.read(prompt);
      const answer = reading?.answer(reading.findings.map(({ value }) => value)) ?? "";
      expect(stringMatchAll(answer, reference)).toBe(1);
    }
  });

  it("reports a needle's position and the needles it could be mistaken for", () => {
    const prompt = `${NEEDLE}\n${"Rain fell. ".repeat(40)}\n${OTHER}\n${QUESTION}`;
    expect(sNiahReader.read(prompt)?.findings).toEqual([
      { position: 0, value: "1234567", misreadings: [null, "7654321"] },
    ]);
  });

  it("finds nothing in a slice without the key, and says so", () => {
    const reading = sNiahReader.read(`${QUESTION}\nRain fell.`);
    expect(reading?.findings).toEqual([]);
    expect(reading?.answer([])).toBe(
      "No special magic number for red-fox is mentioned in the provided text.",
    );
    const tempted = sNiahReader.read(`${QUESTION}\n${OTHER}`);
    expect(tempted?.findings).toEqual([{ position: 0.5, value: "", misreadings: ["7654321"] }]);
    expect(tempted?.answer([""])).toBe(
      "No special magic number for red-fox is mentioned in the provided text.",
    );
  });

  it("reads a question in other words by the keys it names", () => {
    const reading = sNiahReader.read(`Which number belongs to red-fox?\n${NEEDLE}\n${OTHER}`);
    expect(reading?.findings.map(({ value }) => value)).toEqual(["1234567"]);
  });

  it("reads its own answers, so that a second call can combine them", () => {
    const first = sNiahReader.read(`${QUESTION}\n${NEEDLE}`)?.answer(["1234567"]) ?? "";
    const none = sNiahReader.read(`${QUESTION}\nRain.`)?.answer([]) ?? "";
    expect(sNiahReader.read(`${QUESTION}\n${none}\n${first}`)?.findings.map(({ value }) => value)).toEqual([
      "1234567",
    ]);
  });

  it("ignores prompts that are not of this benchmark", () => {
    expect(sNiahReader.read("How many lines are there?\nRain fell.")).toBeNull();
  });
});
