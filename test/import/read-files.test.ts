/** Files of other programs as they are found: half written, with numbers that are not finite, or not what they seem. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importFiles } from "../../src/import/read-files.ts";
import { parsePythonJson } from "../../src/files/python-json.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";

const metadata = { type: "metadata", root_model: "m", max_depth: 1, max_iterations: 3 };
const iteration = (answer: string | null) => ({
  type: "iteration",
  iteration: 1,
  prompt: [{ role: "user", content: "Who?" }],
  response: "x",
  code_blocks: [],
  final_answer: answer,
});
const log = (...lines: readonly unknown[]) =>
  lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-import-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function read(path: string) {
  const problems: string[] = [];
  const trajectories: Trajectory[] = [];
  const onProblem = ({ message }: Error) => problems.push(message);
  for await (const { trajectory } of importFiles([path], undefined, { onProblem }))
    trajectories.push(trajectory);
  return { problems, trajectories };
}

async function readStrictly(path: string): Promise<void> {
  for await (const _ of importFiles([path]));
}

describe("an import", () => {
  it("takes a log that is cut in its last line as failed, and all else of the folder", async () => {
    const whole = log(metadata, iteration("a"));
    const folder = await folderOf({
      "cut.jsonl": `${log(metadata, iteration("a"), iteration("b"))}\n{"type":"iterat`,
      "none.jsonl": `${log(metadata)}\n{"type":"iterat`,
      "whole.jsonl": whole,
    });
    const { problems, trajectories } = await read(folder);
    expect(trajectories.map(({ rolloutId, status, reward }) => [rolloutId, status, reward])).toEqual([
      ["cut.jsonl", "ok", null],
      ["cut.jsonl/2", "infra_error", null],
      ["none.jsonl", "infra_error", null],
      ["whole.jsonl", "ok", null],
    ]);
    expect(problems).toEqual([
      expect.stringMatching(/cut\.jsonl:4: the last line is cut off/),
      expect.stringMatching(/none\.jsonl:2: the last line is cut off/),
    ]);
    await expect(readStrictly(folder)).rejects.toThrow(/cut\.jsonl:4: the last line is cut off/);
  });

  it("goes on after each line and file that it cannot read, and names file, line and field", async () => {
    const good = rewarded({ rolloutId: "good" });
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`log-${index}.jsonl`, log(metadata, iteration(`${index}`))]),
    );
    const folder = await folderOf({
      ...files,
      "log-7.jsonl": log(metadata, { ...iteration("a"), response: 7 }, iteration("b")),
      "native.jsonl": log({ ...good, rolloutId: "bad", turns: 7 }, "no JSON", good, {
        ...good,
        schemaVersion: 9,
      }),
      "other.jsonl": log({ a: 1 }),
      "empty.jsonl": "",
      "document.json": '{"schema_version": "ATIF-v1.8", "agent',
      "half.jsonl": '{"schemaVer',
    });
    const { problems, trajectories } = await read(folder);
    expect(trajectories).toHaveLength(21);
    expect(trajectories.filter(({ status }) => status !== "ok").map(({ rolloutId }) => rolloutId)).toEqual([
      "log-7.jsonl",
    ]);
    expect(problems.map((problem) => problem.slice(folder.length + 1))).toEqual([
      "document.json: is not JSON (is it cut off?)",
      "empty.jsonl: is empty",
      "half.jsonl:1: the last line is cut off; write it again, or delete it",
      expect.stringMatching(/^log-7\.jsonl:2: response: .*string/),
      "native.jsonl:1: turns: expected a list, found number",
      "native.jsonl:2: expected one JSON object per line",
      "native.jsonl:4: schemaVersion 9 is newer than 1, which this version reads; update rlm-gym",
      expect.stringMatching(/^other\.jsonl:1: is not in a format/),
    ]);
  });

  it("reads numbers that are not finite as null, and files that begin with a byte-order mark", async () => {
    const odd = JSON.stringify(iteration('NaN and -Infinity " stay in texts')).replace(
      '"code_blocks":[]',
      '"code_blocks":[{"code":"1","result":{"stdout":"","locals":{"x":NaN,"y":-Infinity},"execution_time":Infinity}}]',
    );
    const folder = await folderOf({ "odd.jsonl": `\uFEFF${log(metadata, odd)}\r\n` });
    const { problems, trajectories } = await read(folder);
    expect(problems).toEqual([]);
    expect(trajectories.map(({ answer }) => answer?.text)).toEqual(['NaN and -Infinity " stay in texts']);
  });

  it("changes nothing of a text that says NaN, whatever else is in it", () => {
    const part = fc.oneof(fc.constantFrom("NaN", "Infinity", '"', "\\", "-"), fc.string({ maxLength: 3 }));
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const json = JSON.stringify({ texts, after: "AFTER" }).replace(
          '"AFTER"',
          "[NaN, -Infinity,Infinity]",
        );
        expect(parsePythonJson(json)).toEqual({ texts, after: [null, null, null] });
      }),
    );
  });
});
