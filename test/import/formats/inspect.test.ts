/**
 * Logs of Inspect. `fixtures/inspect.eval` was written by inspect_ai 0.3.285 itself: `fixtures/inspect_log.py`. The documents below
 * are written by hand, after the fields of its `EvalLog`.
 */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectLogs } from "../../../src/import/formats/inspect.ts";
import { importerFor } from "../../../src/import/registry.ts";
import { importFiles } from "../../../src/import/read-files.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { importedRows, readRows } from "../read.ts";

const fixture = join(import.meta.dirname, "..", "fixtures", "inspect.eval");

async function readFiles(path: string) {
  const problems: string[] = [];
  const trajectories: Trajectory[] = [];
  const golds: unknown[] = [];
  const onProblem = ({ message }: Error) => problems.push(message.slice(message.indexOf(".eval")));
  for await (const { trajectory, reference } of importFiles([path], undefined, { onProblem })) {
    trajectories.push(trajectory);
    golds.push(reference?.answers);
  }
  return { problems, trajectories, golds };
}

async function evalFile(bytes: Uint8Array): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "rlm-gym-eval-")), "log.eval");
  await writeFile(file, bytes);
  return file;
}

const messages = [
  { role: "system", content: "S" },
  { role: "user", content: "How many?" },
  {
    role: "assistant",
    content: [
      { type: "reasoning", reasoning: "I count." },
      { type: "text", text: "Let me see." },
    ],
    tool_calls: [
      { id: "c", function: "call_python_repl", arguments: { code: "print(3)" }, type: "function" },
    ],
  },
  { role: "tool", content: "3", tool_call_id: "c" },
  { role: "assistant", content: "Three." },
];
const sample = (epoch: number, parts: object = {}) => ({
  id: "q1",
  epoch,
  input: "How many?",
  target: "3",
  messages,
  output: { choices: [{ stop_reason: "stop" }] },
  scores: { match: { value: "C", answer: "3" } },
  model_usage: { m: { input_tokens: 10, output_tokens: 4, input_tokens_cache_read: 5 } },
  total_time: 2,
  ...parts,
});
const log = (...samples: readonly object[]) => ({
  version: 2,
  status: "success",
  eval: { task: "counting", model: "openai/m", created: "2026-01-01T00:00:00+00:00" },
  samples,
});

describe("the importer of Inspect's logs", () => {
  it("makes an episode of each sample, and a group of its epochs, with gold, score, thoughts and usage", async () => {
    expect(importerFor({ value: log(), where: "log.json" })).toBe(inspectLogs);
    const read = await importedRows(inspectLogs, [
      log(sample(1), sample(2, { scores: { match: { value: "I" } } })),
    ]);
    expect(
      read.map(({ rolloutId, groupId, answer, reward }) => [rolloutId, groupId, answer?.text, reward?.score]),
    ).toEqual([
      ["log/q1/1", "counting/q1", "3", 1],
      ["log/q1/2", "counting/q1", "Three.", 0],
    ]);
    const [first] = read;
    expect(
      first!.turns.map(({ completion, observation, results }) => [
        completion.text,
        completion.reasoning?.text,
        observation,
        results.map(({ code }) => code),
      ]),
    ).toEqual([
      ["Let me see.", "I count.", "3", ["print(3)"]],
      ["Three.", undefined, "", []],
    ]);
    expect(first!.totals).toMatchObject({ promptTokens: 15, completionTokens: 4, cachedTokens: 5 });
    const [gold] = await readRows(inspectLogs, [log(sample(1))]);
    expect(gold!.reference?.answers).toEqual(["3"]);
  });

  it("takes samples that failed, and those that a limit ended, as such, and names a field of another type", async () => {
    const read = await importedRows(inspectLogs, [
      log(sample(1, { error: { message: "broken" } }), sample(2, { limit: { type: "token" } })),
    ]);
    expect(read.map(({ status, stopReason, reward }) => [status, stopReason, reward?.score])).toEqual([
      ["infra_error", "infra_error", undefined],
      ["ok", "max_tokens", 1],
    ]);
    await expect(importedRows(inspectLogs, [log(sample(1, { messages: "none" }))])).rejects.toThrow(
      "log.jsonl:1: samples.0.messages: ",
    );
  });

  it("goes on after a sample that it cannot read, and tells it by number and field", async () => {
    const problems: string[] = [];
    const document = log(sample(1), sample(2, { messages: "none" }), sample(3));
    async function* lines() {
      yield { value: document, where: "log.json" };
    }
    const read: unknown[] = [];
    for await (const episode of inspectLogs.read(
      lines(),
      "log",
      ({ message }) => problems.push(message),
      () => null,
    ))
      read.push(episode);
    expect(read).toHaveLength(2);
    expect(problems).toEqual([expect.stringMatching(/^log\.json: samples\.1\.messages: /)]);
  });

  it("puts texts that Inspect keeps apart where they belong", async () => {
    const said = { role: "assistant", content: "attachment://abc" };
    const [read] = await importedRows(inspectLogs, [
      log(sample(1, { messages: [said], attachments: { abc: "a long text" } })),
    ]);
    expect(read!.turns[0]!.completion.text).toBe("a long text");
  });
});

describe("an .eval archive", () => {
  it("is read as Inspect wrote it, a sample an episode", async () => {
    const { problems, trajectories, golds } = await readFiles(fixture);
    expect(problems).toEqual([]);
    expect(golds).toEqual([["3"], ["2"]]);
    expect(
      trajectories.map(({ groupId, answer, reward, turns, totals }) => [
        groupId,
        answer?.text,
        reward?.score,
        turns.map(({ results }) => results.map(({ code, stdout }) => [code, stdout])),
        totals.promptTokens,
      ]),
    ).toEqual([
      ["counting/words", "3", 1, [[["print(len(context.split()))", "3"]], []], 66],
      ["counting/lines", "4 ☃", 0, [[]], 28],
    ]);
  });

  it("that is cut off, or holds a damaged sample, is told by file and entry, and the other samples are read", async () => {
    const bytes = await readFile(fixture);
    expect((await readFiles(await evalFile(bytes.subarray(0, -100)))).problems).toEqual([
      ".eval: is not a whole ZIP archive (is it cut off?)",
    ]);
    const damaged = Buffer.from(bytes);
    const entry = damaged.indexOf("samples/words_epoch_1.json");
    damaged.fill(0, entry + 40, entry + 400);
    const { problems, trajectories } = await readFiles(await evalFile(damaged));
    expect(problems).toEqual([
      expect.stringMatching(/^\.eval: samples\/words_epoch_1\.json: its content is damaged/),
    ]);
    expect(trajectories.map(({ groupId }) => groupId)).toEqual(["counting/lines"]);
    expect((await readFiles(await evalFile(Buffer.from("no archive")))).problems).toEqual([
      ".eval: is not a whole ZIP archive (is it cut off?)",
    ]);
  });
});
