import { describe, expect, it } from "vitest";
import { NOT_HERE, quotingReader } from "../../../src/models/simulated/quoting-reader.ts";
import { simulatedModel } from "../../../src/models/simulated/simulated.ts";
import { ANY_QUESTION_STRATEGIES } from "../../../src/policies/strategies/any-question.ts";

const TEXT = `The harbour is old. Its keeper is called Maria Duarte, and she keeps
bees. Nobody knows who built the lighthouse of Port Ellis.
The lighthouse keeper of Port Ellis has 3 dogs!`;

const reply = (prompt: string) => {
  const reading = quotingReader.read(prompt);
  return reading && reading.answer(reading.findings.map(({ value }) => value));
};

describe("the quoting reader", () => {
  it("quotes the sentence that shares most words with the question", () => {
    expect(reply(`Question: How many dogs has the lighthouse keeper of Port Ellis?\n\n${TEXT}`)).toBe(
      "The lighthouse keeper of Port Ellis has 3 dogs!",
    );
    expect(reply(`Question: What is the keeper called?\n\n${TEXT}`)).toBe(
      "Its keeper is called Maria Duarte, and she keeps",
    );
  });

  it("finds nothing if no sentence shares enough words, and does not read a prompt without a question", () => {
    expect(reply(`Question: Which ship sank off Cape Horn in 1853?\n\n${TEXT}`)).toBe(NOT_HERE);
    expect(reply(`Question: ?\n\n${TEXT}`)).toBe(NOT_HERE);
    expect(quotingReader.read(TEXT)).toBeNull();
  });

  it("gives the position of each sentence, on which a model's errors depend", () => {
    const findings = quotingReader.read(`Question: Port Ellis lighthouse\n\n${TEXT}`)!.findings;
    expect(findings).toHaveLength(2);
    expect(findings[0]!.position).toBeLessThan(findings[1]!.position);
    expect(findings[1]!.position).toBeLessThan(1);
  });

  it("makes a model that is marked as simulated", async () => {
    const model = simulatedModel({ readers: [quotingReader] });
    const messages = [{ role: "user" as const, content: `Question: Who keeps bees?\n\n${TEXT}` }];
    expect(await model.complete({ messages })).toMatchObject({ usageSource: "simulated" });
  });

  it("reads the prompts of the strategies, of which grep asks nobody", () => {
    expect(Object.keys(ANY_QUESTION_STRATEGIES)).toEqual([
      "grep",
      "map-reduce",
      "rlm:1",
      "rlm:2",
      "bm25",
      "direct",
      "compaction",
    ]);
  });
});
