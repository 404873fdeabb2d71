/** Records that somebody else wrote: their hashes, ids and names are checked before they become paths, and bytes before use. */
import { existsSync } from "node:fs";
import { cp, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contextBytes, summariseContext } from "../../src/data/context.ts";
import { readTensors } from "../../src/export/tensor-files.ts";
import { writeImportedRun } from "../../src/import/write-run.ts";
import { readEpisodes } from "../../src/report/read-episodes.ts";
import { readContext } from "../../src/runs/context-files.ts";
import { openRuns } from "../../src/runs/open-runs.ts";
import { readReferences, readTrajectories } from "../../src/runs/read-run.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { StatusReader } from "../../src/runs/run-status.ts";
import { RunError } from "../../src/errors.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";

const context = "the text";
const plan = { version: "0", seed: 1, config: {}, planned: 1 };
const reference = { taskId: "t", answers: ["gold"], metadata: {} };

function record(parts: Partial<Trajectory["task"]["context"]> = {}): Trajectory {
  const base = rewarded();
  return { ...base, task: { ...base.task, context: { ...summariseContext(context), ...parts } } };
}

let root: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "rlm-gym-foreign-"));
  run = join(root, "run");
  const writer = await RunWriter.create(run, plan);
  await writer.append(record(), context, reference);
  await writer.close("finished");
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A copy of the run in which one line is replaced. */
async function runWith(
  name: string,
  change: (line: Record<string, unknown>) => unknown,
  file = "trajectories",
) {
  const folder = join(root, name);
  await cp(run, folder, { recursive: true });
  const path = join(folder, `${file}.jsonl`);
  const line = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await writeFile(path, `${JSON.stringify(change(line))}\n`);
  return folder;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const withHash = (sha256: unknown) => (line: Record<string, unknown>) => {
  const task = line["task"] as Trajectory["task"];
  return { ...line, task: { ...task, context: { ...task.context, sha256 } } };
};

describe("a record whose hash is a path", () => {
  it.each([["../../x"], ["/etc/passwd"], ["..%2fx"], ["0".repeat(63)], [`${"0".repeat(64)}\n`], [7], [null]])(
    "is refused by name, line and field: %j",
    async (hash) => {
      const folder = await runWith(`hash-${JSON.stringify(hash).replaceAll(/\W/g, "_")}`, withHash(hash));
      const named = /trajectories\.jsonl:1: task\.context\.sha256: /;
      await expect(all(readTrajectories(folder))).rejects.toThrow(named);
      const { source } = await openRuns([folder], undefined);
      await expect(all(source())).rejects.toThrow(named);
    },
  );

  it("reads no file outside the run, and writes none outside the run that an import makes", async () => {
    await writeFile(join(root, "secret"), context);
    const summary = { ...summariseContext(context), sha256: "../../secret" };
    await expect(readContext(run, summary)).rejects.toThrow(
      'expected 64 lower-case hexadecimal digits, got "../../secret"',
    );
    async function* episodes() {
      yield { trajectory: record({ sha256: "../../victim" }), reference: null, context };
    }
    const out = join(root, "imported", "deep");
    await mkdir(join(root, "imported"));
    const written = writeImportedRun(out, episodes(), { version: "0", formats: () => [] });
    await expect(written).rejects.toThrow();
    expect(existsSync(join(root, "victim")) || existsSync(join(root, "imported", "victim"))).toBe(false);
    expect(existsSync(out)).toBe(false);
  });
});

describe("a context", () => {
  it("of other bytes than its hash is refused, by file", async () => {
    const folder = join(root, "other-bytes");
    await cp(run, folder, { recursive: true });
    const { sha256 } = summariseContext(context);
    await writeFile(join(folder, "contexts", sha256), contextBytes("the texT"));
    await expect(readContext(folder, summariseContext(context))).rejects.toThrow(
      `contexts/${sha256}: its bytes do not match its name`,
    );
  });

  it("that does not exist is reported as missing", async () => {
    await expect(readContext(run, summariseContext("another"))).rejects.toThrow("the context is not there");
  });

  it("is not accepted under another one's hash by an import", async () => {
    async function* episodes() {
      yield { trajectory: record(), reference: null, context: "another text" };
    }
    const written = writeImportedRun(join(root, "mixed"), episodes(), { version: "0", formats: () => [] });
    await expect(written).rejects.toThrow("its context: its bytes do not match");
  });
});

describe("a file of a run with fields of other types", () => {
  it.each([
    ["turns", { turns: {} }, "turns: "],
    [
      "a child's hash",
      { children: [{ ...record({ sha256: "../x" }), depth: 1 }] },
      "children.0.task.context.sha256",
    ],
    ["an empty id", { rolloutId: "" }, "rolloutId: "],
    ["a newer version", { schemaVersion: 2 }, "schemaVersion 2 is newer than 1"],
    ["a call's turn", { calls: [{ id: -1 }] }, "calls.0.id: "],
  ])("is refused by name, line and field: %s", async (name, change, field) => {
    const folder = await runWith(`field-${name.replaceAll(/\W/g, "_")}`, (line) => ({ ...line, ...change }));
    await expect(all(readTrajectories(folder))).rejects.toThrow(`trajectories.jsonl:1: ${field}`);
  });

  it("is refused if the gold has another shape", async () => {
    const folder = await runWith("gold", (line) => ({ ...line, answers: "gold" }), "references");
    await expect(readReferences(folder)).rejects.toThrow("references.jsonl:1: answers: ");
  });

  it.each([
    [
      "children",
      (levels: number) => {
        const [head, tail] = JSON.stringify(record()).split('"children":[]') as [string, string];
        return `${`${head}"children":[`.repeat(levels)}${`]${tail}`.repeat(levels)}`;
      },
    ],
    [
      "metadata",
      (levels: number) =>
        JSON.stringify(record()).replace(
          '"metadata":{}',
          `"metadata":{"deep":${"[".repeat(levels)}${"]".repeat(levels)}}`,
        ),
    ],
  ])("is refused where it is nested deeper than any record: %s", async (name, lineOf) => {
    const folder = join(root, `nested-${name}`);
    await cp(run, folder, { recursive: true });
    await writeFile(join(folder, "trajectories.jsonl"), `${lineOf(20_000)}\n`);
    await expect(all(readTrajectories(folder))).rejects.toThrow(/trajectories\.jsonl:1: it is nested deeper/);
  });

  it("counts faults under any name, including names of Object's own properties", async () => {
    const error = { kind: "__proto__", message: "m" };
    const folder = await runWith("faults", (line) => ({
      ...line,
      status: "infra_error",
      error,
      reward: null,
    }));
    const { errors } = await new StatusReader(folder).read();
    expect(Object.entries(errors)).toEqual([["__proto__", 1]]);
  });
});

describe("a rollout that occurs twice in a run", () => {
  it("is refused by name and line in a report", async () => {
    const folder = join(root, "twice");
    await cp(run, folder, { recursive: true });
    const path = join(folder, "trajectories.jsonl");
    await writeFile(path, (await readFile(path, "utf8")).repeat(2));
    await expect(all(readEpisodes(folder, []))).rejects.toThrow(
      "trajectories.jsonl:2: the rollout r occurs twice",
    );
  });
});

describe("a folder of tensors", () => {
  it("names only its own files", async () => {
    const folder = join(root, "tensors");
    await mkdir(folder);
    await writeFile(join(root, "outside.bin"), new Uint8Array(4));
    const weights = [{ name: "episode_reward", shape: [1], dtype: "float32" }];
    const document = {
      format: "rlm-gym-tensors",
      version: 1,
      weightsManifest: [{ paths: ["../outside.bin"], weights }],
    };
    await writeFile(join(folder, "tensors.json"), JSON.stringify(document));
    await expect(readTensors(folder)).rejects.toThrow(/tensors\.json: weightsManifest\.0\.paths\.0: /);
  });
});

describe("a run's folder with a symbolic link instead of a file", () => {
  it.each(["trajectories.jsonl", "references.jsonl", "attempts.jsonl", "contexts"])(
    "is not written through: %s",
    async (name) => {
      const folder = join(root, `link-${name}`);
      await cp(run, folder, { recursive: true });
      const outside = join(root, `outside-${name}`);
      const isFolder = name === "contexts";
      if (isFolder) {
        await mkdir(outside);
        await writeFile(join(outside, "half.tmp"), "theirs");
      } else await writeFile(outside, "theirs, without an end");
      await rm(join(folder, name), { recursive: true });
      await symlink(outside, join(folder, name));
      const resumed = RunWriter.resume(folder, { ...plan, planned: 2 });
      await expect(resumed).rejects.toThrow(RunError);
      await expect(resumed).rejects.toThrow(/symbolic link/);
      if (isFolder) expect(await readFile(join(outside, "half.tmp"), "utf8")).toBe("theirs");
      else expect(await readFile(outside, "utf8")).toBe("theirs, without an end");
      expect((await lstat(join(folder, name))).isSymbolicLink()).toBe(true);
    },
  );
});
