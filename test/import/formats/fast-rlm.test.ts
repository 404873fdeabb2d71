import { describe, expect, it } from "vitest";
import { fastRlmLogs } from "../../../src/import/formats/fast-rlm.ts";
import { expectSums } from "../../../src/cost/totals.ts";
import { importedRows } from "../read.ts";

const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cached_tokens: 0, cost: 0 };
const used = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, cached_tokens: 60, cost: 0.002 };
const probe = "print('Context: ', context)";
const context = "Count the letters of Käse ☃";
const root = { level: 30, run_id: "a", depth: 0 };
const child = { level: 30, run_id: "b", parent_run_id: "a", depth: 1 };
const ran = (of: object, step: number, code: string, output: string, usage: object = used) => ({
  ...of,
  time: `2026-02-22T14:56:0${step}.000Z`,
  step,
  event_type: "execution_result",
  code,
  output,
  hasError: output.includes("Error"),
  usage,
});
const shown = `Context type:  <class 'str'>\nContext length: ${Array.from(context).length}\nContext:  ${context}`;

const LOG = [
  ran(root, 0, probe, shown, zero),
  ran(root, 1, "1/0", "[FULL OUTPUT SHOWN]... \nError: ZeroDivisionError"),
  ran(child, 0, probe, "Context type:  <class 'str'>\nContext length: 900\nFirst 500 characters: x", zero),
  { ...child, step: 1, event_type: "code_generated", code: "FINAL(4)", usage: { ...zero } },
  { ...child, event_type: "final_result", result: { letters: 4 } },
  ran(root, 2, "r = await llm_query('count')\nprint(r)", "[FULL OUTPUT SHOWN]... 4"),
  { ...root, step: 3, event_type: "code_generated", code: "", usage: used },
  { ...root, step: 4, event_type: "code_generated", code: "FINAL(r)", usage: used },
  { ...root, event_type: "final_result", result: "4" },
];

describe("the importer of fast-rlm's logs", () => {
  it("makes an episode of each root, with the agents it asked as children of the turn that asked", async () => {
    const [one, ...more] = await importedRows(fastRlmLogs, LOG);
    expect(more).toEqual([]);
    expect(one!.turns.map(({ completion, observation }) => [completion.text, observation])).toEqual([
      ["```repl\n1/0\n```", "[FULL OUTPUT SHOWN]... \nError: ZeroDivisionError"],
      ["```repl\nr = await llm_query('count')\nprint(r)\n```", "[FULL OUTPUT SHOWN]... 4"],
      ["", ""],
      ["```repl\nFINAL(r)\n```", ""],
    ]);
    expect(one!.turns[0]!.results[0]!.outcome).toBe("exception");
    expect(one!.answer?.text).toBe("4");
    const [below] = one!.children;
    expect([below!.rolloutId, below!.parent, below!.depth, below!.answer?.text]).toEqual([
      "b",
      { rolloutId: "a", turn: 1, batch: null },
      1,
      '{"letters":4}',
    ]);
    expect(() => expectSums(one!)).not.toThrow();
  });

  it("knows a short context whole, and no usage where the log has zeros for what nobody reported", async () => {
    const [one] = await importedRows(fastRlmLogs, LOG);
    expect([one!.task.question, one!.task.context.chars]).toEqual([context, Array.from(context).length]);
    expect(one!.calls[0]!.usage).toEqual({ promptTokens: 100, completionTokens: 20, cachedTokens: 60 });
    expect(one!.calls[0]!.nanoDollars).toBe(2_000_000);
    expect(one!.children[0]!.calls.map(({ usage, nanoDollars }) => [usage, nanoDollars])).toEqual([
      [null, null],
    ]);
    expect(one!.children[0]!.task.context.chars).toBe(0);
    expect(one!.totals.callsOfUnknownUsage).toBe(1);
  });

  it.each([
    ["completion", { prompt_tokens: 100, cost: 0.002 }],
    ["prompt", { completion_tokens: 20, cost: 0.002 }],
    ["any", { cost: 0.002 }],
  ])("takes a usage without tokens of %s as unknown", async (_, half) => {
    const [one] = await importedRows(fastRlmLogs, [LOG[0], ran(root, 1, "1", "1", half)]);
    expect(one!.calls.map(({ usage, nanoDollars }) => [usage, nanoDollars])).toEqual([[null, 2_000_000]]);
    expect(one!.totals.callsOfUnknownUsage).toBe(1);
  });

  it("takes an agent without a result as one that failed, and names a line that is none of its events", async () => {
    const [cut] = await importedRows(fastRlmLogs, LOG.slice(0, 3));
    expect([cut!.status, cut!.reward, cut!.children[0]!.status]).toEqual([
      "infra_error",
      null,
      "infra_error",
    ]);
    await expect(importedRows(fastRlmLogs, [LOG[0], { run_id: 7, event_type: "x" }])).rejects.toThrow(
      "log.jsonl:2: run_id",
    );
  });
});
