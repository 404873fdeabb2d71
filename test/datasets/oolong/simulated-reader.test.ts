import { describe, expect, it } from "vitest";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { oolong } from "../../../datasets/oolong/oolong.ts";
import { oolongReader } from "../../../datasets/oolong/simulated-reader.ts";
import { lenientScore } from "../../../datasets/oolong/scorer.ts";
import { oolongPairs } from "../../../datasets/oolong-pairs/oolong-pairs.ts";
import { oolongPairsReader } from "../../../datasets/oolong-pairs/simulated-reader.ts";
import { pairsF1 } from "../../../datasets/oolong-pairs/scorer.ts";
import { take } from "../../../src/data/dataset.ts";
import type { SliceReader } from "../../../src/models/simulated/slice-reader.ts";
import { textOf } from "../text-of.ts";

const source = builtInQuestions();
const SCOPED_COUNTING = /labels is the (?:most|least) common|is label '.*' more common|how many data points/;

describe("oolongReader", () => {
  const reader = oolongReader(source);

  it("answers counting questions over all lines and parts of them as their gold does", async () => {
    let answered = 0;
    for await (const { task, reference } of take(oolong({ source, length: 6000, seed: 2 }), 50)) {
      if (!SCOPED_COUNTING.test(task.question)) continue;
      const said = answerOf(reader, `${textOf(task)}\n\n${task.question}`);
      expect(lenientScore(said, reference), task.question).toBe(1);
      answered += 1;
    }
    expect(answered).toBeGreaterThan(15);
  });

  it("lists each line's label if asked for each line", async () => {
    const { task } = await oolong({ source, length: 2000, seed: 2 }).at!(0);
    const listed = answerOf(reader, `Give the label of each line.\n\n${textOf(task)}`).split("\n");
    expect(listed).toHaveLength(textOf(task).match(/^Date: /gm)?.length ?? 0);
    for (const line of listed)
      expect(line).toMatch(/^Date: \w{3} \d\d, \d{4} \|\| User: \d{5} \|\| Label: [a-z ]+$/);
  });

  it("may give a line any other label, and reports the line's position", async () => {
    const { task } = await oolong({ source, length: 2000, seed: 2 }).at!(0);
    const findings = reader.read(textOf(task))?.findings ?? [];
    for (const { misreadings, value, position } of findings) {
      expect(misreadings).toHaveLength(5);
      expect(misreadings?.map((misreading) => misreading?.label)).not.toContain(value.label);
      expect(position).toBeGreaterThan(0);
      expect(position).toBeLessThan(1);
    }
  });

  it("ignores a prompt without a line of the source", () => {
    expect(reader.read("Date: Jan 06, 2023 || User: 10000 || Instance: Never seen")).toBeNull();
    expect(reader.read("How many lines are there?")).toBeNull();
  });
});

describe("oolongPairsReader", () => {
  it("lists the gold's pairs if there are few enough", async () => {
    for await (const { task, reference } of take(oolongPairs({ source, length: 3000, seed: 2 }), 20)) {
      const said = answerOf(oolongPairsReader(source), `${task.question}\n\n${textOf(task)}`);
      expect(pairsF1(said, reference)).toBe(1);
    }
  });
});

function answerOf<Value>(reader: SliceReader<Value>, prompt: string): string {
  const reading = reader.read(prompt);
  return reading?.answer(reading.findings.map(({ value }) => value)) ?? "";
}
