import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ReplError } from "../../../src/errors.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { ReplSnapshot } from "../../../src/repl/pool/snapshot.ts";
import { readSnapshot, writeSnapshot } from "../../../src/repl/pool/state-file.ts";
import { echo, LIMITS } from "../repl-contract.ts";

let pool: PyodideReplPool;
let folder: string;
beforeAll(async () => {
  pool = new PyodideReplPool();
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-"));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

async function saveEpisode(context: string): Promise<string> {
  const repl = await pool.acquire();
  await repl.start({ context, seed: 3, onCall: echo });
  const code =
    "def g():\n  yield 1\n  yield 2\nit = g(); next(it)\nf = open('/tmp/notes', 'w+')\nf.write('abc'); f.seek(1)";
  await repl.exec(code, LIMITS);
  const name = await writeSnapshot(folder, await repl.snapshot());
  await pool.release(repl);
  return name;
}

test("a state can be resumed in another process, with its generators, files and context", async () => {
  const name = await saveEpisode("x".repeat(1_000_000));
  const script = fileURLToPath(new URL("../resume-elsewhere.ts", import.meta.url));
  const code = "next(it), f.read(), len(context), llm_query('q')";
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    script,
    folder,
    name,
    code,
  ]);
  expect(stdout).toBe("(2, 'bc', 1000000, 'from elsewhere')\n");
});

test("episodes of one context share its file", async () => {
  const before = (await readdir(folder)).length;
  const first = await saveEpisode("y".repeat(1_000_000));
  expect(await saveEpisode("y".repeat(1_000_000))).toBe(first);
  expect((await readdir(folder)).length).toBe(before + 2);
});

test("the error for a file that is cut short or missing names it", async () => {
  const name = await saveEpisode("short");
  await truncate(path.join(folder, `${name}.state`), 1000);
  await expect(readSnapshot(folder, name)).rejects.toThrow(`${name}.state is damaged`);
  await expect(readSnapshot(folder, "none")).rejects.toThrow(ReplError);
});

test("a state of another build is refused", async () => {
  const repl = await pool.acquire();
  await repl.start({ context: "c", seed: 1, onCall: echo });
  const { layer, seed, clockNs, state } = await repl.snapshot();
  const foreign = new ReplSnapshot({ key: "other", layer, seed, clockNs, state });
  await expect(repl.restore(foreign, echo)).rejects.toThrow(
    /another build of the engine: expected .*, got other/,
  );
  await pool.release(repl);
});
