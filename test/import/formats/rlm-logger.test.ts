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

  it("takes a log that stops without an answer as one that failed, unless it used up its iterations", async () => {
    const open = { ...iteration, final_answer: null };
    const again = (number: number) => ({ ...open, iteration: number });
    const [cut] = await importedRows(rlmLoggerLogs, [metadata, open]);
    expect([cut!.status, cut!.reward, cut!.answer]).toEqual(["infra_error", null, null]);
    const [full] = await importedRows(rlmLoggerLogs, [metadata, open, again(2), again(3)]);
    expect([full!.status, full!.stopReason]).toEqual(["ok", "max_turns"]);
  });
});
