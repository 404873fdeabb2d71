/** ATIF documents that other programs wrote (`fixtures/harbor.json`: harbor 0.25.0): copied context, thoughts, totals, sub-agents elsewhere, tools of their own. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { atif } from "../../../src/export/formats/atif.ts";
import { openaiChat } from "../../../src/export/formats/openai-chat.ts";
import { trlSft } from "../../../src/export/formats/trl.ts";
import { atifDocuments } from "../../../src/import/formats/atif.ts";
import { importFiles } from "../../../src/import/read-files.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { rowsOf } from "../../export/played.ts";
import { importedRows } from "../read.ts";

const tool = {
  type: "function",
  function: { name: "shell", description: "Runs a command.", parameters: { type: "object", properties: {} } },
};
const document = (parts: object = {}, steps: readonly object[] = []) => ({
  schema_version: "ATIF-v1.8",
  session_id: "s",
  agent: { name: "theirs", version: "2", model_name: "m", tool_definitions: [tool] },
  steps: [
    { source: "system", message: "S" },
    { source: "user", message: "Do it." },
    {
      source: "agent",
      message: "I look.",
      reasoning_content: "I should look first.",
      tool_calls: [{ tool_call_id: "c1", function_name: "shell", arguments: { command: "ls" } }],
      observation: {
        results: [
          {
            source_call_id: "c1",
            content: "a",
            subagent_trajectory_ref: [{ trajectory_path: "sub/one.json" }],
          },
        ],
      },
      metrics: { prompt_tokens: 10, completion_tokens: 2, cost_usd: 0.25 },
    },
    { source: "agent", message: "Done." },
    ...steps,
  ].map((step, index) => ({ step_id: index + 1, ...step })),
  ...parts,
});
const marked = (read: { task: { metadata: object } }) =>
  (read.task.metadata as { imported: { unknown: string[] } }).imported;

describe("the importer of ATIF documents", () => {
  it("takes copied context as prompt: nothing of it is a turn, and no row answers an empty question", async () => {
    const copied = [
      { source: "system", message: "S", is_copied_context: true },
      { source: "user", message: "How many?", is_copied_context: true },
      {
        source: "agent",
        message: "I counted 3.",
        is_copied_context: true,
        metrics: { prompt_tokens: 5, completion_tokens: 5 },
      },
      { source: "agent", message: "Three." },
    ].map((step, index) => ({ step_id: index + 1, ...step }));
    const [read] = await importedRows(atifDocuments, [{ ...document(), steps: copied }]);
    expect([read!.systemPrompt, read!.opening, read!.turns.map(({ completion }) => completion.text)]).toEqual(
      ["S", "How many?\n\nI counted 3.", ["Three."]],
    );
    expect(read!.totals.promptTokens).toBe(0);
    expect(marked(read!).unknown).toContain("who said which part of the copied context");
    const { rows } = await rowsOf(trlSft, [read!]);
    expect(
      rows.map(({ messages }) =>
        (messages as { role: string; content: string }[]).map(({ role, content }) => [role, content]),
      ),
    ).toEqual([
      [
        ["system", "S"],
        ["user", "How many?\n\nI counted 3."],
        ["assistant", "Three."],
      ],
    ]);
  });

  it("keeps thoughts, the tools that were declared, and where sub-agents lie, through an export again", async () => {
    const [read] = await importedRows(atifDocuments, [document()]);
    expect(read!.turns[0]!.completion.reasoning).toEqual({ text: "I should look first." });
    const { rows } = await rowsOf(atif, [read!]);
    const [again] = rows[0]!["lines"] as ReturnType<typeof document>[];
    expect(atif.row.safeParse(again).error).toBeUndefined();
    expect(again!.agent.tool_definitions).toEqual([tool]);
    expect(again!.steps[2]).toMatchObject({
      reasoning_content: "I should look first.",
      observation: { results: [{ subagent_trajectory_ref: [{ trajectory_path: "sub/one.json" }] }] },
    });
    const [chat] = (await rowsOf(openaiChat, [read!])).rows;
    expect(chat!["tools"]).toEqual([tool]);
    expect(await importedRows(atifDocuments, [JSON.parse(JSON.stringify(again))])).toEqual([read]);
  });

  it("keeps totals beyond the sum of the steps, as a call that nothing else is known of", async () => {
    const totals = {
      total_prompt_tokens: 110,
      total_completion_tokens: 12,
      total_cached_tokens: 4,
      total_cost_usd: 1,
    };
    const [read] = await importedRows(atifDocuments, [document({ final_metrics: totals })]);
    expect(read!.totals).toMatchObject({
      promptTokens: 110,
      completionTokens: 12,
      cachedTokens: 4,
      nanoDollars: 1_000_000_000,
      callsOfUnknownUsage: 1,
    });
    const [same] = await importedRows(atifDocuments, [
      document({ final_metrics: { total_prompt_tokens: 10, total_completion_tokens: 2 } }),
    ]);
    expect(same!.calls).toHaveLength(2);
  });

  it("reads what Harbor's own conversion wrote, and names all that a trajectory has no field for", async () => {
    const file = join(import.meta.dirname, "..", "fixtures", "harbor.json");
    const read: Trajectory[] = [];
    for await (const { trajectory } of importFiles([file])) read.push(trajectory);
    expect(read).toMatchObject([
      {
        rolloutId: "session-1",
        policy: "mini-swe-agent",
        systemPrompt: "You are a helpful assistant.",
        opening: "How many words has words.txt? ☃",
        turns: [
          {
            completion: { text: "I count.", toolCalls: [{ id: "c1", name: "bash" }] },
            observation: "3 words.txt",
          },
          { completion: { text: "There are 3 words." } },
        ],
        totals: { promptTokens: 250, completionTokens: 30, cachedTokens: 100, nanoDollars: 500_000_000 },
        answer: { text: "There are 3 words." },
      },
    ]);
    expect(marked(read[0]!).unknown).toEqual(
      expect.arrayContaining(["agent.extra", "notes", "steps[].metrics.extra", "how it ended"]),
    );
  });

  it("names each other part that it cannot keep", async () => {
    const extra = { a: 1 };
    const [read] = await importedRows(atifDocuments, [
      document({ trajectory_id: "t", extra: { mine: 1, question: "Q" }, final_metrics: { extra } }, [
        {
          source: "agent",
          message: "x",
          timestamp: "2026-01-01T00:00:00Z",
          tool_calls: [{ tool_call_id: "c", function_name: "f", arguments: {}, extra }],
          observation: { results: [{ source_call_id: "c", content: "y", extra }] },
        },
      ]),
    ]);
    expect(marked(read!).unknown).toEqual(
      expect.arrayContaining([
        "extra.mine",
        "session_id",
        "final_metrics.extra",
        "steps[].timestamp after the first",
        "steps[].tool_calls[].extra",
        "steps[].observation.results[].extra",
      ]),
    );
    expect(marked(read!).unknown).not.toContain("extra.question");
  });

  it("names what it cannot keep, keys of another version too, and reads the rest", async () => {
    const step = {
      source: "user",
      message: [{ type: "image", source: { media_type: "image/png", path: "x.png" } }],
    };
    const [read] = await importedRows(atifDocuments, [
      document({ notes: "n", continued_trajectory_ref: "next.json", of_version_2: 1 }, [
        { ...step, of_step: 1 },
      ]),
    ]);
    expect(marked(read!).unknown).toEqual(
      expect.arrayContaining([
        "notes",
        "continued_trajectory_ref",
        "pictures and sounds",
        "of_version_2",
        "steps.of_step",
      ]),
    );
    expect(read!.turns).toHaveLength(2);
    await expect(importedRows(atifDocuments, [document({ steps: "none" })])).rejects.toThrow(
      "log.jsonl:1: steps: ",
    );
    await expect(importedRows(atifDocuments, [document({ schema_version: "ATIF-v2.0" })])).rejects.toThrow(
      "log.jsonl:1: schema_version: expected ATIF-v1.N",
    );
  });

  it.each([
    ["thoughts where no model was asked", { llm_call_count: 0, reasoning_content: "hm" }],
    ["a time that is none", { timestamp: "2026-13-01" }],
    ["a part without its text", { message: [{ type: "text" }] }],
    ["a picture without its file", { message: [{ type: "image" }] }],
  ])("validation finds what its models refuse: %s", (_, parts) => {
    const agent = { source: "agent", message: "x", ...parts };
    expect(atif.row.safeParse(document({}, [{ source: "agent", message: "x" }])).success).toBe(true);
    expect(atif.row.safeParse(document({}, [agent])).success).toBe(false);
  });
});
