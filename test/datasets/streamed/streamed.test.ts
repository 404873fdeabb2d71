import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { edgesIn, resultOf } from "../../../datasets/graphwalks/graph.ts";
import { readOperation } from "../../../datasets/graphwalks/wording.ts";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { STREAMED_NAMES, streamedProblem } from "../../../datasets/streamed/streamed.ts";
import { contextBytes, summariseContext } from "../../../src/data/context.ts";
import { TextFile } from "../../../src/text-file.ts";
import { readContext, writeContext, CONTEXTS_FOLDER } from "../../../src/runs/context-files.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-streamed-"));
const pool = new PyodideReplPool();
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

let made = 0;
const problemOf = (name: (typeof STREAMED_NAMES)[number], tokens: number, seed = 1) => {
  made += 1;
  const problem = streamedProblem(name, { path: join(folder, `${made}.txt`), tokens, seed });
  const file = problem.task.context as TextFile;
  return { ...problem, file, text: readFileSync(file.path, "utf8") };
};

describe("tasks over files", () => {
  it.each(STREAMED_NAMES)(
    "of %s are of about the length that was asked for, and the same again",
    async (name) => {
      const first = problemOf(name, 150_000);
      expect(first.task.contextTokens).toBeGreaterThan(50_000);
      expect(first.task.contextTokens).toBeLessThanOrEqual(150_000);
      const again = problemOf(name, 150_000);
      expect(again.file.sha256).toBe(first.file.sha256);
      expect(again.reference).toEqual(first.reference);
      expect(problemOf(name, 150_000, 2).file.sha256).not.toBe(first.file.sha256);
    },
  );

  it("hold the needle once", async () => {
    const { text, reference } = problemOf("s-niah", 700_000);
    expect(text.split(reference.answers[0]!)).toHaveLength(2);
  });

  it("hold lines whose labels answer the question", async () => {
    const { text, task, reference } = problemOf("oolong", 1_000_000);
    const label = new Map(builtInQuestions().examples.map((one) => [one.text, one.label]));
    const counts = new Map<string, number>();
    for (const [, line] of text.matchAll(/ \|\| Instance: (.+)/g)) {
      const known = label.get(line!)!;
      counts.set(known, (counts.get(known) ?? 0) + 1);
    }
    const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
    const [, a, b] = /is label '(.+?)' more .* label '(.+?)'\?/.exec(task.question) ?? [];
    const expected =
      a === undefined
        ? most![0]
        : (counts.get(a) ?? 0) > (counts.get(b!) ?? 0)
          ? "more common than"
          : "less common than";
    expect(reference.answers).toEqual([expected]);
  });

  it("hold the edges that a search follows", async () => {
    const { text, task, reference } = problemOf("graphwalks", 500_000);
    const result = resultOf(
      readOperation(task.question)!,
      [...edgesIn(text)].map(({ edge }) => edge),
    );
    expect(new Set(reference.answers)).toEqual(new Set(result));
    expect(reference.answers.length).toBeGreaterThan(0);
  });
});

describe("a text file as a context", () => {
  const path = join(folder, "context.txt");
  const text = "Ein 🐈 saß hier.\n";
  writeFileSync(path, text);

  it("counts as the text that it holds, wherever contexts go", async () => {
    const file = await TextFile.open(path);
    expect(summariseContext(file)).toEqual(summariseContext(text));
    expect(Buffer.from(contextBytes(file)).toString()).toBe(text);
    mkdirSync(join(folder, CONTEXTS_FOLDER));
    await writeContext(folder, file.sha256, file, null);
    expect(await readContext(folder, summariseContext(file))).toBe(text);
    const repl = await pool.acquire();
    await repl.start({ context: file, seed: 1, onCall: async () => ({ error: "none" }) });
    const { block } = await repl.exec("print(type(context).__name__, len(context), context[4])", {
      timeoutMs: 30_000,
      maxOutputChars: 100,
    });
    expect(block.stdout).toBe("str 16 🐈\n");
    await pool.release(repl);
  });

  it("names the file that is gone, or has changed", async () => {
    await expect(TextFile.open(join(folder, "none.txt"))).rejects.toThrow(/none\.txt: expected a text file/);
    const file = await TextFile.open(path);
    writeFileSync(path, "other");
    expect(() => file.load()).toThrow(/context\.txt: expected 20 bytes, as it had; found 5/);
  });
});

describe("ten million tokens", () => {
  it("are played by code alone and by a hierarchy, each within 2 GB", () => {
    const script = fileURLToPath(new URL("../../stress/large/billion.ts", import.meta.url));
    const tsx = import.meta.resolve("tsx");
    const { stdout, status } = spawnSync(process.execPath, ["--import", tsx, script, "10M", "1", "s-niah"], {
      encoding: "utf8",
    });
    expect(stdout).toMatch(/`s-niah` \| `grep` \| 10M \| 100 %/);
    expect(stdout).toMatch(/`s-niah` \| `meta:3` \| 10M \| 100 %/);
    expect(status).toBe(0);
  }, 600_000);
});
