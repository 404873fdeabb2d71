import { expect, it } from "vitest";
import { z } from "zod";
import { make } from "../../../envs/make.ts";
import { hostTool } from "../../../src/episode/tools/host-tools.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { scriptedPolicy } from "../../../src/policies/strategies/scripted.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import { toy } from "./language.ts";

it("a toy language of one folder and one object is played, recorded and replayed", async () => {
  const env = await make("s-niah", { language: toy, options: { length: "1k" } });
  const script = function* () {
    yield { code: "say hello\nshout" };
    yield { code: "ask Who?" };
    yield { code: "answer 42" };
  };
  const policy = scriptedPolicy("toy", script, ["toy"]);
  const record = await rolloutEpisode(env, { policy, reset: { seed: 1 } });
  const { task } = await env.problem(1);
  await env.close();
  expect(record).toMatchObject({ language: "toy", stopReason: "answered", answer: { text: "42" } });
  expect(record.calls.filter(({ purpose }) => purpose === "llm_query")).toHaveLength(1);
  expect(record.systemPrompt).toContain("one block of Toy");
  expect(record.systemPrompt).not.toContain("Python");
  expect(record.turns[0]!.observation).toContain("there is no command shout");
  expect(record.turns.map(({ observation }) => observation).join("\n")).not.toContain("Python");
  const saved = JSON.parse(JSON.stringify(record)) as typeof record;
  const again = await replayEpisode(saved, task.context, { repls: toy.openPool(), language: toy });
  expect(again.difference).toBeNull();
  await expect(replayEpisode(saved, task.context, { repls: toy.openPool() })).rejects.toThrow(
    "is in the language toy, not python",
  );
});

it("a language without calls of the host refuses tools, and an unknown name is refused with those that exist", async () => {
  const tools = {
    look_up: hostTool({ description: "Looks up.", parameters: z.object({}), run: () => "x" }),
  };
  await expect(make("s-niah", { language: toy, tools, options: { length: "1k" } })).rejects.toThrow(
    "code in Toy cannot call functions of the host",
  );
  await expect(make("s-niah", { repl: "cobol", options: { length: "1k" } })).rejects.toThrow(
    /unknown REPL language "cobol"; expected python/,
  );
  await expect(make("s-niah", { repl: "python", language: toy })).rejects.toThrow(
    "the language that was given is toy",
  );
});

it.each([
  ["```toy\nsay a\n```", { blocks: ["say a"], notes: [] }],
  ["````toy\nsay ```\n````\nthen", { blocks: ["say ```"], notes: [] }],
  ["```\nsay a\n```", { blocks: ["say a"], notes: ["unnamed_block"] }],
  ["say a", { blocks: ["say a"], notes: ["unfenced_code"] }],
  ["<think>say b</think>\n```toy\nsay a\n```", { blocks: ["say a"], notes: [] }],
  ["```toy\nsay a\n```\n```toy\nsay b\n```", { blocks: ["say a"], notes: ["later_blocks"] }],
  ["```toy\nsay a\n```\nFINAL(it)", { blocks: ["say a"], notes: [] }],
  ["```toy\nsay a\n```\nFINAL(it is so)", { blocks: ["say a"], notes: ["final_beside_code"] }],
  ["```python\nprint(1)\n```", { invalid: "other_language" }],
  ["FINAL(...)", { invalid: "placeholder" }],
  ["I would say FINAL(42) at once", { invalid: "final_in_sentence" }],
  ["", { invalid: "empty" }],
  ["Hm.", { invalid: "nothing" }],
])("reads %j", (text, expected) => {
  const parsed = toy.parse({ text, toolCalls: [], finishReason: "stop" }, "repl", false);
  const { blocks, notes, invalid } = { blocks: [], notes: [], invalid: null, ...expected };
  expect(parsed.blocks.map(({ code }) => code)).toEqual(blocks);
  expect(parsed.notes.map(({ kind }) => kind)).toEqual(notes);
  expect(parsed.invalid?.kind ?? null).toBe(invalid);
  if (parsed.invalid) expect(toy.wording.remark(parsed.invalid, "repl")).toContain("```toy\nsay hello\n```");
});

it("tells of a completion that was cut off inside its block, and of calls that cannot be read", () => {
  const cut = toy.parse({ text: "```toy\nsay a", toolCalls: [], finishReason: "length" }, "repl", false);
  expect(cut).toMatchObject({ blocks: [], invalid: { kind: "cut", where: "block" } });
  const call = (name: string, given: string) =>
    toy.parse(
      { text: "", toolCalls: [{ id: "1", name, arguments: given }], finishReason: "tool_calls" },
      "tool",
      false,
    ).blocks[0];
  expect(call("call_toy_repl", '{"code":"say a"}')).toMatchObject({ code: "say a", problem: null });
  expect(call("call_toy_repl", "{")).toMatchObject({ problem: { kind: "arguments_not_json" } });
  expect(call("call_toy_repl", "{}")).toMatchObject({ problem: { kind: "arguments_lack_code" } });
  expect(call("other", "{}")).toMatchObject({ problem: { kind: "unknown_function", name: "other" } });
});
