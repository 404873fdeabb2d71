/** Logs whose ids, names and texts are made to break what reads them: they are read or refused by name, and write nowhere else. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { importFiles } from "../../src/import/read-files.ts";
import { writeImportedRun } from "../../src/import/write-run.ts";
import { readTrajectories } from "../../src/runs/read-run.ts";
import { mayRefuse, TrialFolder } from "../security/fuzz/trial.ts";

const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

/** A log of each kind, in which the text stands for ids, names of functions and variables, and what was said. */
const LOGS: Readonly<Record<string, (text: string) => string>> = {
  "rlm.jsonl": (text) =>
    lines(
      { type: "metadata", root_model: text, max_depth: 1, max_iterations: 3 },
      {
        type: "iteration",
        iteration: 1,
        prompt: [{ role: "user", content: text }],
        response: text,
        code_blocks: [
          { code: text, result: { stdout: text, stderr: "", locals: { [text]: text }, rlm_calls: [] } },
        ],
        final_answer: text,
      },
    ),
  "atif.json": (text) =>
    JSON.stringify({
      schema_version: "ATIF-v1.8",
      session_id: text,
      agent: { name: text, version: text, model_name: text },
      steps: [
        { step_id: 1, source: "user", message: text },
        {
          step_id: 2,
          source: "agent",
          message: text,
          tool_calls: [{ tool_call_id: text, function_name: text, arguments: { [text]: text } }],
          observation: { results: [{ source_call_id: text, content: text }] },
        },
      ],
      extra: { [text]: text },
    }),
  "inspect.json": (text) =>
    JSON.stringify({
      version: 2,
      eval: { task: text, model: text },
      samples: [
        {
          id: text,
          epoch: 1,
          uuid: text,
          input: text,
          target: text,
          messages: [
            { role: "user", content: text },
            {
              role: "assistant",
              content: text,
              tool_calls: [{ id: text, function: text, arguments: { [text]: text } }],
            },
          ],
          scores: { [text]: { value: text } },
        },
      ],
    }),
  "verifiers.jsonl": (text) =>
    lines({
      id: text,
      env: { id: text },
      task: { prompt: text, answer: text, [text]: text },
      traces: [{ messages: [{ role: "user", content: text }], [text]: text }],
      reward: 1,
    }),
};

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ["a megabyte of letters", "n".repeat(2 ** 20)],
  ["half a pair of surrogates", "\ud83d"],
  ["a path upwards", "../../../../canary"],
  ["a path with zeros", "\0/etc/passwd\0"],
  ["the prototype of all objects", "__proto__"],
  ["a constructor", "constructor"],
  ["control characters", "\u001b]0;x\u0007\u001b[2J\r\n\t\b"],
  ["signs that turn text around", "\u202eabc\u2066"],
  ["a million letters of CJK", "\u4e2d\u6587".repeat(500_000)],
  ["a million digits", "1".repeat(1_000_000)],
  ["nothing", ""],
];

const place = new TrialFolder();
afterAll(() => place.remove());

describe.each(Object.keys(LOGS))("a log, %s, whose ids, names and texts are", (name) => {
  it.each(TEXTS)("%s", async (_, text) => {
    place.clear();
    const [log, out] = [join(place.folder, name), join(place.folder, "out", "run")];
    mkdirSync(join(place.folder, "out"));
    writeFileSync(log, LOGS[name]!(text));
    const problems: string[] = [];
    const onProblem = ({ message }: Error) => problems.push(message);
    const written = await mayRefuse(() =>
      writeImportedRun(out, importFiles([log], undefined, { onProblem }), {
        version: "0",
        formats: () => [],
      }),
    );
    let read = 0;
    await mayRefuse(async () => {
      for await (const { calls } of readTrajectories(out)) read += Math.max(1, calls.length);
    });
    place.expectClean();
    // Refused as a whole, refused in part, or read.
    expect(written === null || read + problems.length > 0).toBe(true);
    for (const problem of problems) expect(problem).toContain(name);
  });
});
