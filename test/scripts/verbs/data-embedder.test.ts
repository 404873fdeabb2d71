/** `data score --embedder`: the whole score of LongBench-Pro's summaries from a server on this machine. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PRO_ROWS, SUMMARY_ROW } from "../../datasets/longbench-pro/rows.ts";
import { type AnyServer, startAnyServer } from "../../models/any-server.ts";
import { complaints, rlmGym, scratch } from "../command.ts";

const PREDICTIONS = [
  { id: "p1", prediction: "[Answer]\nAda painted the broken lantern on a quiet evening." },
  { id: "p6", prediction: "The keeper counts gulls." },
];
let server: AnyServer;
let score: (...args: string[]) => ReturnType<typeof rlmGym>;
beforeAll(async () => {
  server = await startAnyServer();
  const folder = await scratch();
  const [file, predictions] = [join(folder, "longbench_pro.json"), join(folder, "mine.jsonl")];
  await writeFile(file, JSON.stringify([...PRO_ROWS, SUMMARY_ROW]));
  await writeFile(predictions, PREDICTIONS.map((row) => JSON.stringify(row)).join("\n"));
  const given = ["--env", "longbench-pro", "--file", file, "--predictions", predictions];
  score = (...args) => rlmGym(["data", "score", ...given, ...args]);
});
afterAll(() => server.close());

interface Report {
  readonly rows: readonly {
    readonly scores: Readonly<Record<"official" | "lenient" | "training", number>>;
  }[];
  readonly embedder: string | null;
  readonly needEmbedder: number;
}
const asked = () => ["--embedder", "likeness", "--embedder-base-url", server.baseUrl];
/** All golds and summaries point the same way, so that likeness is 1. */
const alike = () =>
  server.answer(({ input }) => ({
    status: 200,
    type: "application/json",
    text: JSON.stringify({ data: (input as string[]).map((_, index) => ({ index, embedding: [2, 0] })) }),
  }));

it("makes the official and the lenient score whole, and leaves all else as it is without an embedder", async () => {
  alike();
  const alone = JSON.parse((await score("--json")).stdout) as Report;
  expect(server.bodies).toHaveLength(0);
  expect(alone).toMatchObject({ embedder: null, needEmbedder: 1 });
  const whole = JSON.parse((await score("--json", ...asked())).stdout) as Report;
  expect(whole).toMatchObject({ embedder: "likeness", needEmbedder: 1 });
  expect(server.bodies).toMatchObject([
    {
      model: "likeness",
      input: [
        "the keeper counts gulls.",
        "the keeper counts gulls. he writes about them.",
        "gulls are counted every day.",
      ],
    },
  ]);
  const [line, summary] = whole.rows;
  const rougeL = alone.rows[1]!.scores.official;
  expect(line).toEqual(alone.rows[0]);
  expect(rougeL).toBeGreaterThan(0);
  expect(summary!.scores).toEqual({
    official: 0.5 + rougeL / 2,
    lenient: 0.5 + rougeL / 2,
    training: alone.rows[1]!.scores.training,
  });
});

it("says in the table what the scores of summaries are", async () => {
  alike();
  expect((await score()).stdout).toMatch(
    /1 of 2 official scores: ROUGE-L alone, without the authors' embedding model; --embedder MODEL adds its part\n$/,
  );
  expect((await score(...asked())).stdout).toMatch(
    /1 of 2 official scores: with the likeness of meaning that likeness finds; the training score is ROUGE-L alone\n$/,
  );
});

it("says what is wrong with the flags and with the server", async () => {
  const wrong = async (...args: string[]) => complaints(await score(...args))[0];
  expect(await wrong("--embedder", "m")).toMatch(
    /--embedder needs --embedder-base-url URL, or a key in OPENAI/,
  );
  expect(await wrong("--embedder-base-url", server.baseUrl)).toMatch(/expected --embedder MODEL with it/);
  expect(await wrong("--embedder", "", "--embedder-base-url", server.baseUrl)).toMatch(
    /--embedder: expected a value/,
  );
  server.answer({ status: 404, type: "text/plain", text: "nothing here" });
  expect(await wrong(...asked())).toMatch(/expected OpenAI's embeddings endpoint at .*\/v1\/embeddings/);
  const other = await rlmGym(["data", "score", "--env", "oolong", "--predictions", "x.jsonl", ...asked()]);
  expect(complaints(other)).toEqual([
    "rlm-gym: --embedder: the answers of oolong are scored without an embedding model",
  ]);
});
