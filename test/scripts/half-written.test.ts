/** A command that is told to end leaves no half-written files. */
import { watch, writeFileSync } from "node:fs";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { EXPORT_DEFAULTS } from "../../src/export/exporter.ts";
import { exporterNamed } from "../../src/export/registry.ts";
import { writeExport } from "../../src/export/write.ts";
import { writeImportedRun } from "../../src/import/write-run.ts";
import { removeTemporaries } from "../../src/files/temporaries.ts";
import { itemOf, played, withTokens } from "../export/played.ts";
import { rlmGymProcess, scratch } from "./command.ts";

/** The exit code of a command that gets the signal as soon as it writes a temporary file to the folder, and the names left there. */
async function endedWhileWriting(folder: string, args: readonly string[], signal: NodeJS.Signals) {
  let hasBegun = false;
  const ended = await rlmGymProcess(args, {
    cwd: folder,
    onStart: (child) => {
      const watcher = watch(folder, (_, name) => {
        if (!name?.endsWith(".tmp")) return;
        hasBegun = true;
        child.kill(signal);
      });
      child.on("close", () => watcher.close());
    },
  });
  return { hasBegun, code: ended.code, left: (await readdir(folder)).toSorted() };
}

describe("a signal while a file is written", () => {
  it("removes the half-written file of data generate, and exits with 130 after SIGINT", async () => {
    const args = ["data", "generate", "s-niah", "--length", "8k", "--n", "100000", "--out", "tasks.jsonl"];
    expect(await endedWhileWriting(await scratch(), args, "SIGINT")).toEqual({
      hasBegun: true,
      code: 130,
      left: [],
    });
  });

  it("removes the half-written file of an export, and exits with 143 after SIGTERM", async () => {
    const folder = await scratch();
    const long = { ...played("r", [{ text: "FINAL(1)" }]), opening: "o".repeat(100_000) };
    const lines = Array.from({ length: 400 }, (_, index) =>
      JSON.stringify({ ...long, rolloutId: `r/${index}` }),
    );
    writeFileSync(join(folder, "episodes.jsonl"), `${lines.join("\n")}\n`);
    const args = ["export", "episodes.jsonl", "--format", "jsonl", "--out", "all.jsonl"];
    expect(await endedWhileWriting(folder, args, "SIGTERM")).toEqual({
      hasBegun: true,
      code: 143,
      left: ["episodes.jsonl"],
    });
  });
});

describe("a process that ends while it writes", () => {
  const folderOf = () => mkdtemp(join(tmpdir(), "rlm-gym-half-written-"));
  const episode = withTokens();

  it.each([
    ["segments", "rows.jsonl"],
    ["segments", "rows.parquet"],
    ["atif", "documents"],
  ])("leaves nothing of an export as %s to %s", async (format, name) => {
    const folder = await folderOf();
    let atSecond: readonly string[] = [];
    const writing = writeExport({
      exporter: exporterNamed(format),
      source: async function* items() {
        yield itemOf(episode);
        // Everything so far was written to a temporary file.
        while (atSecond.length === 0) atSecond = await readdir(folder);
        removeTemporaries();
        expect(await readdir(folder)).toEqual([]);
        throw new Error("the process is gone");
      },
      options: EXPORT_DEFAULTS,
      filters: {},
      redaction: null,
      out: join(folder, name),
      origin: { version: "0", sources: [], flags: {} },
    });
    await expect(writing).rejects.toThrow("the process is gone");
    expect(atSecond).toEqual([expect.stringMatching(/\.tmp$/)]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves nothing from an import", async () => {
    const folder = await folderOf();
    async function* episodes() {
      const task = { ...episode.task, context: summariseContext("c") };
      yield { trajectory: { ...episode, task, calls: [] }, reference: null, context: "c" };
      removeTemporaries();
      expect(await readdir(folder)).toEqual([]);
      throw new Error("the process is gone");
    }
    const run = { version: "0", formats: () => [] };
    await expect(writeImportedRun(join(folder, "run"), episodes(), run)).rejects.toThrow("is gone");
    expect(await readdir(folder)).toEqual([]);
  });
});
