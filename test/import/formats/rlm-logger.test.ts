import { describe, expect, it } from "vitest";
import { rlmLoggerLogs } from "../../../src/import/formats/rlm-logger.ts";
import { importedRows } from "../read.ts";

const metadata = { type: "metadata", root_model: "m", max_depth: 1, max_iterations: 3 };
const call = { root_model: "s", prompt: "p", response: "q" };
const iteration = {
  type: "iteration",
  iteration: 1,
  prompt: [{ role: "user", content: "Who?" }],
  response: "x",
  code_blocks: [{ code: "1", result: { stdout: "1", stderr: "", llm_calls: [call] } }],
  final_answer: ["FINAL", "42"],
};

describe("the importer of RLMLogger's logs", () => {
  it("reads the older shapes, and names the line that it cannot read", async () => {
    const [after] = await importedRows(rlmLoggerLogs, [metadata, { type: "run_context", a: 1 }, iteration]);
    const { answer, calls, totals, limits } = after!;
    expect(answer?.text).toBe("42");
    expect(calls.map(({ purpose, reply, usage }) => [purpose, reply, usage])).toEqual([
      ["policy", null, null],
      ["llm_query", "q", null],
    ]);
    expect([totals.callsOfUnknownUsage, totals.nanoDollars, limits.maxTurns]).toEqual([2, null, 3]);
    await expect(importedRows(rlmLoggerLogs, [iteration])).rejects.toThrow("log.jsonl:1");
    await expect(importedRows(rlmLoggerLogs, [metadata, { ...iteration, response: 7 }])).rejects.toThrow(
      "log.jsonl:2: response",
    );
  });

  it("adds up the models of a sub-call, and knows nothing where one of them is not known", async () => {
    const usage = (total_output_tokens: number | null) => ({
      model_usage_summaries: {
        a: { total_calls: 1, total_input_tokens: 10, total_output_tokens: 1, total_cost: 0.5 },
        b: { total_calls: 1, total_input_tokens: 5, total_output_tokens, total_cost: 0.25 },
      },
    });
    const block = (usage_summary: unknown) => ({
      code: "1",
      result: { stdout: "", rlm_calls: [{ ...call, usage_summary }] },
    });
    const [after] = await importedRows(rlmLoggerLogs, [
      metadata,
      { ...iteration, code_blocks: [block(usage(2)), block(usage(null))] },
    ]);
    expect(after!.calls.slice(1).map((one) => [one.usage, one.nanoDollars])).toEqual([
      [{ promptTokens: 15, completionTokens: 3, cachedTokens: 0 }, 750_000_000],
      [null, 750_000_000],
    ]);
  });

  it("makes an episode of each completion, with the context and the question that it was asked", async () => {
    const run = (prompt: unknown, root_prompt: string | null = null) => ({
      type: "run_context",
      prompt,
      root_prompt,
    });
    const turn = (number: number, final_answer: string | null) => ({
      ...iteration,
      iteration: number,
      final_answer,
    });
    const read = await importedRows(rlmLoggerLogs, [
      metadata,
      run("Pick a number."),
      turn(1, null),
      turn(2, "15"),
      run(["one", "two"], "Which?"),
      turn(3, "two"),
      turn(4, "and again, without a line of its own"),
      run({ a: 1 }),
      { type: "note", of: "another version" },
      turn(1, "x"),
    ]);
    expect(
      read.map(({ rolloutId, answer, turns, task, status }) => [
        rolloutId,
        answer?.text,
        turns.length,
        task.question,
        task.context.type,
        status,
      ]),
    ).toEqual([
      ["log", "15", 2, "Pick a number.", "str", "ok"],
      ["log/2", "two", 1, "Which?", "list", "ok"],
      ["log/3", "and again, without a line of its own", 1, "Who?", "str", "ok"],
      ["log/4", "x", 1, "Who?", "dict", "ok"],
    ]);
    const unknown = read.map(({ task }) => (task.metadata["imported"] as { unknown: string[] }).unknown);
    expect(unknown.map((names) => names.includes("context"))).toEqual([false, false, true, false]);
  });

  it("shows each turn what the next prompt holds after it, and begins a segment where it was compacted", async () => {
    const said = (role: string, content: string) => ({ role, content });
    const start = [said("system", "S"), said("assistant", "43 characters"), said("user", "go")];
    const turn = (number: number, prompt: unknown, response: string, final_answer: string | null = null) => ({
      ...iteration,
      iteration: number,
      prompt,
      response,
      final_answer,
    });
    // The last message of each prompt is not in the next one, as in older versions.
    const second = [
      ...start.slice(0, 2),
      said("assistant", "one"),
      said("user", "saw 1"),
      said("user", "go on"),
    ];
    const third = [...start.slice(0, 2), said("assistant", "a summary"), said("user", "compacted")];
    const [read] = await importedRows(rlmLoggerLogs, [
      metadata,
      turn(1, start, "one"),
      turn(2, second, "two"),
      turn(3, third, "three", "3"),
    ]);
    expect(read!.opening).toBe("43 characters\n\ngo");
    expect(read!.turns.map(({ observation, segment }) => [observation, segment])).toEqual([
      ["saw 1\ngo on", 0],
      ["1", 0],
      ["1", 1],
    ]);
  });

  it("keeps what a child took in all, with its first call, and says so", async () => {
    const summary = {
      model_usage_summaries: {
        m: { total_calls: 3, total_input_tokens: 100, total_output_tokens: 30, total_cost: 0.5 },
      },
    };
    const asked = {
      model_usage_summaries: {
        m: { total_calls: 1, total_input_tokens: 20, total_output_tokens: 4, total_cost: 0.1 },
      },
    };
    const below = {
      ...iteration,
      final_answer: null,
      code_blocks: [{ code: "1", result: { rlm_calls: [{ ...call, usage_summary: asked }] } }],
    };
    const child = {
      ...call,
      usage_summary: summary,
      metadata: {
        run_metadata: {},
        iterations: [below, { ...below, iteration: 2, code_blocks: [], final_answer: "y" }],
      },
    };
    const [read] = await importedRows(rlmLoggerLogs, [
      metadata,
      { ...iteration, code_blocks: [{ code: "1", result: { rlm_calls: [child] } }] },
    ]);
    const [one] = read!.children;
    expect(one!.totals).toMatchObject({
      promptTokens: 100,
      completionTokens: 30,
      nanoDollars: 500_000_000,
      calls: 3,
    });
    expect(one!.calls.map(({ usage }) => usage?.promptTokens)).toEqual([80, 20, 0]);
    expect((one!.task.metadata["imported"] as { unknown: string[] }).unknown).toContain(
      "usage of each call (their sum stands with the first)",
    );
  });

  it("takes a log that stops without an answer as one that failed, unless it used up its iterations", async () => {
    const open = { ...iteration, final_answer: null };
    const again = (number: number) => ({ ...open, iteration: number });
    const [cut] = await importedRows(rlmLoggerLogs, [metadata, open]);
    expect([cut!.status, cut!.reward, cut!.answer]).toEqual(["infra_error", null, null]);
    const [full] = await importedRows(rlmLoggerLogs, [metadata, open, again(2), again(3)]);
    expect([full!.status, full!.stopReason]).toEqual(["ok", "max_turns"]);
  });
});
