/**
 * Sessions of nano-rlm (PrimeIntellect-ai/nano-rlm at 83ef01f, which is not on PyPI). `fixtures/nano-rlm/words` was written by its own
 * engine, before a model that `nano_session.py` plays; `fixtures/nano-rlm/abc123`, with a compaction, by its `Session` alone, whose
 * methods were called by hand.
 */
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFiles } from "../../../src/import/read-files.ts";
import type { Trajectory } from "../../../src/trajectory.ts";

const fixture = join(import.meta.dirname, "..", "fixtures", "nano-rlm", "abc123", "messages.jsonl");

async function read(file: string, problems: string[] = []): Promise<Trajectory[]> {
  const found: Trajectory[] = [];
  const onProblem = ({ message }: Error) => problems.push(message);
  for await (const { trajectory } of importFiles([file], undefined, { onProblem })) found.push(trajectory);
  return found;
}

async function session(name: string, text: string): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), "rlm-gym-nano-")), name);
  await mkdir(folder);
  await writeFile(join(folder, "messages.jsonl"), text);
  return join(folder, "messages.jsonl");
}

const event = (type: string, parts: object): string =>
  `${JSON.stringify({ type, timestamp: 1, ...parts })}\n`;
const said = (content: string): string => event("assistant", { turn: 0, content });
const done = (answer: string): string =>
  event("done", { answer, usage: { prompt_tokens: 7, completion_tokens: 2 } });

describe("the importer of nano-rlm's sessions", () => {
  it("reads what its own engine wrote, with the sub-agent that its code began", async () => {
    const [one, ...more] = await read(join(import.meta.dirname, "..", "fixtures", "nano-rlm", "words"));
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      rolloutId: "words",
      task: { question: "How many words are there?" },
      answer: { text: "There are 3 words." },
      totals: { promptTokens: 240, completionTokens: 60, callsOfUnknownUsage: 0 },
    });
    expect(one!.turns.map(({ results }) => results.map(({ outcome }) => outcome))).toEqual([
      ["ok"],
      ["ok"],
      ["exception"],
      [],
    ]);
    expect(one!.children).toMatchObject([
      {
        parent: { rolloutId: "words", turn: 1 },
        task: { question: "Is it 3? ☃" },
        turns: [{ observation: "3\n" }, {}],
        answer: { text: "Yes, it is 3." },
        totals: { promptTokens: 80, completionTokens: 20 },
      },
    ]);
  });

  it("reads the sessions of sub-agents as children, with what their meta.json says", async () => {
    const spawned = (child_dir: string) => event("sub_spawn", { child_dir, command: "(spawned via rlm())" });
    const text = `${said("a")}${said("b")}${spawned("sub-1")}${spawned("sub-2")}${spawned("../other")}${said("c")}${done("c")}`;
    const folder = dirname(await session("parent", text));
    await writeFile(join(folder, "meta.json"), JSON.stringify({ model: "M", prompt_preview: "Which?" }));
    for (const [child, log] of [
      ["sub-1", `${said("x")}${spawned("sub-3")}${done("x")}`],
      ["sub-1/sub-3", said("cut off")],
    ] as const) {
      await mkdir(join(folder, child));
      await writeFile(join(folder, child, "messages.jsonl"), log);
    }
    // A folder of sessions is read by their logs alone.
    const [parent, ...more] = await read(dirname(folder));
    expect(more).toEqual([]);
    const [child] = parent!.children;
    expect([parent!.task.question, parent!.calls.map(({ model }) => model)]).toEqual([
      "Which?",
      ["M", "M", "M"],
    ]);
    expect([child!.rolloutId, child!.parent, child!.answer?.text, child!.depth]).toEqual([
      "parent/sub-1",
      { rolloutId: "parent", turn: 1, batch: null },
      "x",
      1,
    ]);
    expect(child!.children.map(({ rolloutId, status }) => [rolloutId, status])).toEqual([
      ["parent/sub-1/sub-3", "infra_error"],
    ]);
    expect(parent!.totals).toMatchObject({ promptTokens: 14, completionTokens: 4, callsOfUnknownUsage: 1 });
    const { unknown } = parent!.task.metadata["imported"] as { unknown: string[] };
    expect(unknown.filter((name) => name.startsWith("the sub-agent"))).toEqual([
      "the sub-agent of the folder sub-2",
      "the sub-agent of the folder ../other",
    ]);
    expect(unknown).not.toContain("model");
  });

  it("reads code, output, answer and usage, begins a segment after a compaction, and names what the log lacks", async () => {
    const [one] = await read(fixture);
    expect(one).toMatchObject({
      rolloutId: "abc123",
      stopReason: "answered",
      answer: { text: "There are 3 words." },
      reward: null,
      totals: { promptTokens: 120, completionTokens: 30 },
      wallClock: { startedAt: "2026-01-01T00:00:00.000Z", seconds: 1.75 },
    });
    expect(
      one!.turns.map(({ completion, results, observation, segment }) => [
        completion.text,
        results.map(({ code, stdout }) => [code, stdout]),
        observation,
        segment,
      ]),
    ).toEqual([
      ["Let me count ☃.", [["len(text.split())", "3"]], "3", 0],
      ["", [["r = await rlm('verify')", ""]], "", 0],
      ["There are 3 words.", [], "", 1],
    ]);
    expect(one!.task.metadata.imported).toMatchObject({
      unknown: expect.arrayContaining(["the sub-agent of the folder sub-d4e5f6a7", "reward"]) as string[],
    });
  });

  it("names a session by its folder, as every log has the same name", async () => {
    const file = await session("other", "");
    await copyFile(fixture, file);
    expect((await read(file)).map(({ rolloutId }) => rolloutId)).toEqual(["other"]);
  });

  it("takes a session without an end, and one whose log is cut, as failed", async () => {
    const lines = (await readFile(fixture, "utf8")).split("\n");
    const [open] = await read(await session("open", `${lines.slice(0, 2).join("\n")}\n`));
    expect(open).toMatchObject({ status: "infra_error", error: { message: "the session's log has no end" } });
    const problems: string[] = [];
    const [cut] = await read(await session("cut", `${lines[0]}\n${lines[1]!.slice(0, 30)}`), problems);
    expect(cut).toMatchObject({ rolloutId: "cut", status: "infra_error" });
    expect(problems).toEqual([expect.stringMatching(/messages\.jsonl:2: the last line is cut off/)]);
  });
});
