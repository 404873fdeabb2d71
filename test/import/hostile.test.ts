/** Files that are not quite what they seem, a fault each: what is told of them, by file, line and field, and what is read all the same. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFiles } from "../../src/import/read-files.ts";

const log = (...lines: readonly unknown[]) => `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
const metadata = { type: "metadata", root_model: "m", max_depth: 1, max_iterations: 3 };
const iteration = (parts: object = {}) => ({
  type: "iteration",
  iteration: 1,
  prompt: [{ role: "user", content: "Q" }],
  response: "x",
  code_blocks: [],
  final_answer: "a",
  ...parts,
});
const rlm = (parts: object) => log(metadata, iteration(parts));
const USER = { step_id: 1, source: "user", message: "Q" };
const AGENT = { step_id: 2, source: "agent", message: "A" };
const atif = (parts: object) =>
  JSON.stringify({
    schema_version: "ATIF-v1.8",
    session_id: "s",
    agent: { name: "a", version: "1" },
    steps: [USER, AGENT],
    ...parts,
  });
const sample = (parts: object = {}) => ({
  id: "q",
  epoch: 1,
  uuid: "u",
  input: "Q",
  target: "3",
  messages: [
    { role: "user", content: "Q" },
    { role: "assistant", content: "3" },
  ],
  ...parts,
});
const inspect = (samples: readonly unknown[], parts: object = {}) =>
  JSON.stringify({ version: 2, eval: { task: "t", model: "m" }, samples, ...parts });
const dspy = (parts: object = {}) => ({
  trajectory: [{ reasoning: "r", code: "1", output: "1" }],
  final_reasoning: "r",
  answer: "1",
  ...parts,
});
const SAID = { type: "assistant", turn: 0, content: "a" };
const DONE = { type: "done", answer: "x" };
const usage = (parts: object) => ({
  code: "x",
  result: {
    stdout: "",
    rlm_calls: [{ prompt: "p", response: "r", usage_summary: { model_usage_summaries: { m: parts } } }],
  },
});

/** Name of the file, its content, what is told of it, and the episodes that are read: their ids, and `!` with those that failed. */
const FILES: readonly (readonly [string, string | Buffer, readonly RegExp[], readonly string[]])[] = [
  [
    "blocks.jsonl",
    rlm({ code_blocks: "none" }),
    [/blocks\.jsonl:2: code_blocks: .*array/],
    ["blocks.jsonl!"],
  ],
  [
    "code.jsonl",
    rlm({ code_blocks: [{ code: 7, result: {} }] }),
    [/:2: code_blocks\.0\.code: .*string/],
    ["code.jsonl!"],
  ],
  ["number.jsonl", rlm({ iteration: "one" }), [/:2: iteration: .*number/], ["number.jsonl!"]],
  [
    "prompt.jsonl",
    rlm({ prompt: [{ role: "user", content: { x: 1 } }] }),
    [/:2: prompt\.0\.content: .*expected string/],
    ["prompt.jsonl!"],
  ],
  ["time.jsonl", rlm({ iteration_time: "NaN" }), [/:2: iteration_time: .*number/], ["time.jsonl!"]],
  [
    "usage.jsonl",
    rlm({ code_blocks: [usage({ total_calls: 1, total_input_tokens: -5, total_output_tokens: 3 })] }),
    [/:2: .*model_usage_summaries\.m\.total_input_tokens: /],
    ["usage.jsonl!"],
  ],
  [
    "metadata.jsonl",
    log({ ...metadata, max_iterations: "many" }, iteration()),
    [/:1: max_iterations: .*number/, /:2: a completion before any metadata line/],
    [],
  ],
  ["alone.jsonl", log(iteration()), [/:1: a completion before any metadata line/], []],
  [
    "third.jsonl",
    log(metadata, iteration(), metadata, iteration(), metadata, iteration({ response: null })),
    [/:6: response: .*string/],
    ["third.jsonl", "third.jsonl/2", "third.jsonl/3!"],
  ],
  ["marks.jsonl", `\uFEFF\uFEFF${rlm({})}`, [/:1: expected one JSON object/], []],
  [
    "latin.jsonl",
    Buffer.from(rlm({ response: "é" }), "latin1"),
    [/:2: the bytes are not UTF-8/],
    ["latin.jsonl!"],
  ],
  ["utf16.jsonl", Buffer.from(rlm({}), "utf16le"), [/:1: /], []],
  ["latin.json", Buffer.from(atif({ notes: "é" }), "latin1"), [/latin\.json: the bytes are not UTF-8/], []],
  ["steps.json", atif({ steps: [] }), [/steps\.json: steps: /], []],
  ["later.json", atif({ schema_version: "ATIF-v9.0" }), [/schema_version: expected ATIF-v1/], []],
  ["source.json", atif({ steps: [{ ...USER, source: "robot" }] }), [/steps\.0\.source: /], []],
  ["agent.json", atif({ agent: { name: "a" } }), [/agent\.version: .*string/], []],
  [
    "tokens.json",
    atif({ steps: [USER, { ...AGENT, metrics: { prompt_tokens: "5" } }] }),
    [/steps\.1\.metrics\.prompt_tokens: .*number/],
    [],
  ],
  [
    "half.json",
    atif({ steps: [USER, { ...AGENT, metrics: { prompt_tokens: 1.5 } }] }),
    [/prompt_tokens: .*int/],
    [],
  ],
  [
    "arguments.json",
    atif({
      steps: [
        { ...AGENT, step_id: 1, tool_calls: [{ tool_call_id: "1", function_name: "f", arguments: "{}" }] },
      ],
    }),
    [/steps\.0\.tool_calls\.0\.arguments: /],
    [],
  ],
  ["list.json", `[${atif({})}]`, [/expected an object, found a list/], []],
  ["unnamed.json", atif({ session_id: "" }), [], ["unnamed.json"]],
  ["surprise.json", atif({ session_id: "surprise", surprise: 1 }), [], ["surprise"]],
  ["reward.json", atif({ session_id: "reward", extra: { reward: "1" } }), [], ["reward"]],
  ["target.json", inspect([sample({ target: 5 })]), [/target\.json: samples\.0\.target: /], []],
  [
    "epoch.json",
    inspect([sample({ epoch: "one" }), sample()]),
    [/epoch\.json: samples\.0\.epoch: .*number/],
    ["u"],
  ],
  ["none.json", inspect([]), [], []],
  ["version.json", inspect([sample()], { version: "2" }), [/version\.json: version: .*number/], []],
  [
    "null.json",
    inspect([null, 7, sample()]),
    [/null\.json: samples\.0: .*object/, /null\.json: samples\.1: .*object/],
    ["u"],
  ],
  ["twice.json", inspect([sample(), sample()]), [/the rollout u occurs twice/], ["u"]],
  [
    "role.json",
    inspect([sample({ messages: [{ role: "critic", content: "x" }] })]),
    [/messages\.0\.role: /],
    [],
  ],
  ["score.json", inspect([sample({ scores: { m: { value: [1, 0] } } })]), [], ["u"]],
  [
    "turn.jsonl",
    log(dspy(), dspy({ trajectory: [{ code: "1", output: 5 }] }), dspy()),
    [/turn\.jsonl:2: trajectory\.0\.output: .*string/],
    ["turn.jsonl", "turn.jsonl/3"],
  ],
  ["reasoning.jsonl", log(dspy({ final_reasoning: 7 })), [/:1: final_reasoning: .*string/], []],
  ["no-list.jsonl", log(dspy({ trajectory: "none" })), [/:1: is not in a format/], []],
  [
    "event.jsonl",
    log(SAID, { type: "tool_result", turn: "0", tool: "ipython", content: "x" }, DONE),
    [/event\.jsonl:2: turn: .*number/],
    ["event.jsonl!"],
  ],
  ["kind.jsonl", log(SAID, { type: "novelty" }, DONE), [], ["kind.jsonl"]],
  ["open.jsonl", log(SAID), [], ["open.jsonl!"]],
  ["no-env.jsonl", log({ id: "e", traces: [], task: {} }), [/:1: env: .*object/], []],
  ["null.jsonl", "null\n", [/:1: .*found null/], []],
  ["nan.jsonl", "NaN\n", [/:1: is not in a format/], []],
  ["blank.jsonl", "\n\n", [/blank\.jsonl: is empty/], []],
  ["text.json", '"text"', [/found a string/], []],
  ["packed.jsonl", Buffer.from("\u001f\u008bjunk", "latin1"), [/packed\.jsonl:1: /], []],
  [
    "empty.eval",
    Buffer.from(`PK\u0005\u0006${"\0".repeat(18)}`, "latin1"),
    [/expected an entry header\.json/],
    [],
  ],
];

async function read(folder: string, name: string) {
  const problems: string[] = [];
  const episodes: string[] = [];
  const onProblem = ({ message }: Error) => problems.push(message.slice(folder.length + 1));
  for await (const { trajectory } of importFiles([join(folder, name)], undefined, { onProblem }))
    episodes.push(`${trajectory.rolloutId}${trajectory.status === "ok" ? "" : "!"}`);
  return { problems, episodes };
}

describe("an import of a file with a fault", () => {
  it.each(FILES)("tells it, and reads the rest: %s", async (name, content, told, episodes) => {
    const folder = await mkdtemp(join(tmpdir(), "rlm-gym-hostile-"));
    await writeFile(join(folder, name), content);
    const found = await read(folder, name);
    expect(found.problems).toEqual(told.map((problem) => expect.stringMatching(problem) as string));
    expect(found.episodes).toEqual(episodes);
    const strictly = async () => {
      for await (const _ of importFiles([join(folder, name)]));
    };
    if (told.length > 0) await expect(strictly()).rejects.toThrow(told[0]);
    else await strictly();
  });

  it("names in the record what it could not keep", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rlm-gym-hostile-"));
    const unknownOf = async (name: string) => {
      await writeFile(join(folder, name), FILES.find(([file]) => file === name)![1]);
      for await (const { trajectory } of importFiles([join(folder, name)]))
        return (trajectory.task.metadata.imported as { unknown: string[] }).unknown;
      return [];
    };
    expect(await unknownOf("surprise.json")).toContain("surprise");
    expect(await unknownOf("reward.json")).toContain("extra.reward, which is not a number");
    expect(await unknownOf("score.json")).toContain("scores.m, which is neither a number nor a grade");
    expect(await unknownOf("kind.jsonl")).toContain("events of the kind novelty");
  });
});
