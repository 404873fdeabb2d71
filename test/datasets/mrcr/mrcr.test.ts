import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadMrcr } from "../../../datasets/mrcr/load.ts";
import { mrcr, type MrcrOptions, talkAt } from "../../../datasets/mrcr/mrcr.ts";
import { mrcrRows } from "../../../datasets/mrcr/publish.ts";
import { lenientScore, officialScore, trainingScore } from "../../../datasets/mrcr/scorer.ts";
import { sequenceRatio } from "../../../datasets/mrcr/sequence-ratio.ts";
import { readQuestion, requestWords } from "../../../datasets/mrcr/wording.ts";
import { problemAt, take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import { Random } from "../../../src/random.ts";
import type { JsonObject, Problem, Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { pairs, scorerCases } from "./cases.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-mrcr-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS: MrcrOptions = { length: 3000, needles: 4, seed: 3 };
const SCORERS = [officialScore, trainingScore];

interface Vectors {
  readonly matches: { readonly seed: number; readonly values: readonly number[] };
  readonly scores: { readonly seed: number } & Record<
    "first" | "second",
    { readonly values: readonly number[] }
  >;
}
const python = JSON.parse(readFileSync(new URL("python-scores.json", import.meta.url), "utf8")) as Vectors;

function fileOf(name: string, rows: Iterable<JsonObject>): string {
  const file = join(folder, name);
  writeFileSync(file, Array.from(rows, (row) => JSON.stringify(row)).join("\n"));
  return file;
}

async function loaded(file: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of loadMrcr({ files: [file] })) problems.push(problem);
  return problems;
}

const [row] = [...mrcrRows(OPTIONS, 1)] as [JsonObject];
const SECOND = {
  queries:
    "Here is an example.\n\nUser: Write a riddle about lions.\n\nAssistant: A riddle.\n\nUser: Write a poem about ducks in formal style.\n\nAssistant: One.\n\nUser: Write a poem about ducks in formal style.\n\nAssistant: Two.\n\nUser: Prepend 0123456789ab to the second poem about ducks in a formal style. Do not include any other text.\n\nAssistant:",
  answer: "0123456789abTwo.",
};

describe("MRCR made here", () => {
  datasetContract({ open: () => mrcr(OPTIONS), scorers: SCORERS, length: { tokens: 3000, filled: 0.85 } });

  it("has so many different replies to the request, and the gold is the one asked for", async () => {
    for await (const { task, reference } of take(mrcr(OPTIONS), 6)) {
      const asked = readQuestion(task.question)!;
      const replies = (task.context as string[]).flatMap((exchange) => {
        const [request = "", reply = ""] = exchange.split("\n\nAssistant: ");
        return requestWords(request) === requestWords(asked.wanted) ? [reply] : [];
      });
      expect(new Set(replies).size).toBe(OPTIONS.needles);
      expect(reference.answers).toEqual([asked.prefix + replies[asked.ordinal - 1]!]);
    }
  });

  it("refuses a length that the needles do not fit", () => {
    expect(() => talkAt({ ...OPTIONS, length: 200 }, 0)).toThrow(UsageError);
  });
});

describe("MRCR's files of version 1", () => {
  datasetContract({
    open: () => loadMrcr({ files: [fileOf("made.jsonl", mrcrRows(OPTIONS, 5))] }),
    scorers: SCORERS,
  });

  it("hold the tasks that were written", async () => {
    const made: Problem[] = [];
    for await (const problem of take(mrcr(OPTIONS), 4)) made.push(problem);
    const essence = ({ task, reference }: Problem) => [
      task.question,
      task.context,
      reference.answers,
      task.metadata.needles,
    ];
    expect((await loaded(fileOf("same.jsonl", mrcrRows(OPTIONS, 4)))).map(essence)).toEqual(
      made.map(essence),
    );
  });

  it.each<[string, JsonObject, RegExp]>([
    ["no prompt", { prompt: 3 }, /line 1: expected text in column "prompt"/],
    ["a prompt that is no JSON", { prompt: "User: hello" }, /expected messages as JSON in column "prompt"/],
    [
      "messages without a role",
      { prompt: '[{"content":"a"},{"content":"b"}]' },
      /each with role and content/,
    ],
    [
      "a last message of the assistant",
      { prompt: '[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]' },
      /the last message of column "prompt" to be the user's/,
    ],
    [
      "another last question",
      { prompt: '[{"role":"user","content":"a"},{"role":"user","content":"And now?"}]' },
      /expected a last question "Prepend … to the … \.", got "And now\?"/,
    ],
    ["an answer without its string", { answer: "a poem" }, /"answer" to begin with random_string_to_prepend/],
  ])("with %s are refused by file, line and column", async (_, changed, message) => {
    await expect(loaded(fileOf("bad.jsonl", [{ ...row, ...changed }]))).rejects.toThrow(message);
  });
});

describe("MRCR's files of version 2", () => {
  datasetContract({ open: () => loadMrcr({ files: [fileOf("second.jsonl", [SECOND])] }), scorers: SCORERS });

  it("give the text before the last question as the context", async () => {
    const { task, reference } = await problemAt(loadMrcr({ files: [fileOf("second.jsonl", [SECOND])] }), 0);
    expect(task.question).toBe(
      "Prepend 0123456789ab to the second poem about ducks in a formal style. Do not include any other text.",
    );
    expect((task.context as string).endsWith("Assistant: Two.")).toBe(true);
    expect(reference.metadata).toEqual({ version: 2 });
  });

  it("without a last turn of the user are refused", async () => {
    await expect(loaded(fileOf("none.jsonl", [{ ...SECOND, queries: "Prepend a to b." }]))).rejects.toThrow(
      /line 1: expected a last turn "User:" in column "queries"/,
    );
  });
});

describe("the scores of MRCR", () => {
  it("compare texts as Python's difflib does", () => {
    for (const [index, [first, second]] of pairs(
      python.matches.values.length,
      python.matches.seed,
    ).entries()) {
      const chars = Array.from(first).length + Array.from(second).length;
      const expected = chars === 0 ? 1 : (2 * python.matches.values[index]!) / chars;
      expect(sequenceRatio(first, second), JSON.stringify([first, second])).toBe(expected);
    }
  });

  it("are those of the authors' own code, for both versions", () => {
    const { seed, first, second } = python.scores;
    for (const [index, { answer, gold, prefix }] of scorerCases(first.values.length, seed).entries()) {
      const of = (version: number): Reference => ({
        taskId: "t",
        answers: [gold],
        metadata: { prefix, version },
      });
      const said = JSON.stringify({ answer, gold, prefix });
      expect(officialScore(answer, of(1)), said).toBeCloseTo(first.values[index]!, 12);
      expect(officialScore(answer, of(2)), said).toBeCloseTo(second.values[index]!, 12);
    }
  });

  it("give up on texts that were made to be slow to compare", () => {
    const letters = Array.from({ length: 110 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const text = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 100_000 }, () => random.choice(letters)).join("");
    };
    expect(sequenceRatio(text(3), text(7))).toBeNull();
    expect(
      officialScore(`p${text(3)}`, {
        taskId: "t",
        answers: [`p${text(7)}`],
        metadata: { prefix: "p", version: 1 },
      }),
    ).toBe(0);
  });

  it("are 0 in training for an answer that hands over the conversation", () => {
    const { answer, prefix } = talkAt(OPTIONS, 0);
    const reference: Reference = { taskId: "t", answers: [answer], metadata: { prefix, version: 1 } };
    expect(trainingScore(answer + "x".repeat(answer.length * 2), reference)).toBe(0);
    expect(lenientScore(`Here: ${answer}`, reference)).toBe(1);
    expect(officialScore(`Here: ${answer}`, reference)).toBe(0);
  });
});
