/** Runs over encrypted sets: none of their texts are in the folder in plain text, and all of them can be read back. */
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { DataError } from "../../src/errors.ts";
import { readAttempts, readReferences, readTrajectories } from "../../src/runs/read-run.ts";
import { hasContext, readContext } from "../../src/runs/context-files.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { openWords, encryptedLine, decryptedLine } from "../../src/data/encryption.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Json } from "../../src/types.ts";
import { rewarded } from "../trajectory-fixture.ts";

const CANARY = "test-canary";
const SECRET = "lighthouse";
const context = [`docid: 1\nthe ${SECRET}`, "🚀"];
const reference = { taskId: "t", answers: [SECRET], metadata: {} };
const plan = { version: "0.0.0", seed: 1, config: {}, planned: 3 };
const freshFolder = async () => join(await mkdtemp(join(tmpdir(), "rlm-gym-encryption-")), "run");

/** A record with the secret in every field that may hold a text of the set. */
function episode(rolloutId: string, parts: Partial<Trajectory> = {}): Trajectory {
  const base = rewarded({ rolloutId, answer: { text: SECRET, source: "final" } });
  const task = {
    ...base.task,
    question: SECRET,
    metadata: { canary: CANARY },
    context: summariseContext(context),
  };
  return { ...base, task, opening: SECRET, judgement: { extracted: SECRET }, ...parts };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function textOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

describe("a run over an encrypted set", () => {
  it("has no plain text of it in any file, keeps its canary with each, and gives everything back", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await writer.append(episode("a"), context, reference);
    await writer.appendAttempt(episode("b"));
    await writer.close("finished");
    const { folder } = writer;
    expect(await textOf(folder)).not.toContain(SECRET);
    for (const name of ["trajectories.jsonl", "references.jsonl", "attempts.jsonl"])
      expect(await readFile(join(folder, name), "utf8")).toContain(`{"canary":"${CANARY}","sealed":"`);
    expect(await all(readTrajectories(folder))).toEqual([episode("a")]);
    expect(await all(readAttempts(folder))).toEqual([{ attempt: 1, trajectory: episode("b") }]);
    expect(await readReferences(folder)).toEqual(new Map([["t", reference]]));
    expect(hasContext(folder, episode("a").task.context)).toBe(true);
    expect(await readContext(folder, episode("a").task.context)).toEqual(context);
  });

  it("stays encrypted when it is resumed after faults", async () => {
    const fault = { status: "infra_error", error: { kind: "repl", message: SECRET }, reward: null } as const;
    const writer = await RunWriter.create(await freshFolder(), plan);
    await writer.append(episode("a"), context, reference);
    await writer.append(episode("b", fault), context, reference);
    await writer.close("failed");
    const again = await RunWriter.resume(writer.folder, plan);
    await again.append(episode("b"), context, reference);
    await again.close("finished");
    expect(await textOf(writer.folder)).not.toContain(SECRET);
    const ids = (await all(readTrajectories(writer.folder))).map(({ rolloutId }) => rolloutId);
    expect(ids).toEqual(["a", "b"]);
    expect(await all(readAttempts(writer.folder))).toEqual([{ attempt: 1, trajectory: episode("b", fault) }]);
  });

  it("is written in plain text if asked for, also when it is resumed", async () => {
    const writer = await RunWriter.create(await freshFolder(), { ...plan, plain: true });
    await writer.append(episode("a"), context, reference);
    await writer.close("interrupted");
    const again = await RunWriter.resume(writer.folder, { ...plan, plain: true });
    await again.append(episode("b"), context, reference);
    await again.close("finished");
    const lines = (await readFile(join(writer.folder, "trajectories.jsonl"), "utf8")).trim().split("\n");
    for (const line of lines) expect(line).toContain(SECRET);
    expect(await readContext(writer.folder, episode("a").task.context)).toEqual(context);
  });

  it("names the line that is damaged", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await writer.append(episode("a"), context, reference);
    await writer.close("finished");
    const path = join(writer.folder, "trajectories.jsonl");
    const text = await readFile(path, "utf8");
    await writeFile(path, `${text.replace(CANARY, "another")}${text}`);
    await expect(all(readTrajectories(writer.folder))).rejects.toThrow(DataError);
    await expect(all(readTrajectories(writer.folder))).rejects.toThrow(/trajectories\.jsonl:1: "sealed"/);
  });
});

it("keeps messages about an episode of an encrypted set out of journals and terminals", () => {
  expect(openWords(episode("a").task, SECRET)).not.toContain(SECRET);
  expect(openWords({ metadata: {} }, "all is well")).toBe("all is well");
});

describe("an encrypted line", () => {
  it("is decrypted by decryptedLine, under any canary; values without one stay as they are", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string({ unit: "grapheme" }),
        (fields, canary) => {
          const value = JSON.parse(JSON.stringify({ ...fields, a: 1 })) as { [key: string]: Json };
          expect(decryptedLine(JSON.parse(JSON.stringify(encryptedLine(value, canary))), "line 1")).toEqual(
            value,
          );
          expect(encryptedLine(value, null)).toBe(value);
        },
      ),
    );
  });
});
