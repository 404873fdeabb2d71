/** Logs of Inspect; the document is written here by hand, after the fields of its `EvalLog`. */
import { describe, expect, it } from "vitest";
import { inspectLogs } from "../../../src/import/formats/inspect.ts";
import { importerFor } from "../../../src/import/registry.ts";
import { importedRows, readRows } from "../read.ts";

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
});
