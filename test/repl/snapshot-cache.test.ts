import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadRuntime, type LoadedRuntime } from "../../src/repl/runtime.ts";

let folder: string;
let built: readonly [LoadedRuntime, LoadedRuntime];
const load = (name: string) => loadRuntime({ maxHeapBytes: 512 << 20, cacheFolder: path.join(folder, name) });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-"));
  built = await Promise.all([load("cache"), load("cache")]);
});
afterAll(() => rm(folder, { recursive: true }));

async function onlyFile(): Promise<string> {
  const names = await readdir(path.join(folder, "cache"));
  expect(names).toEqual([`snapshot-${built[0].key}.bin`]);
  return path.join(folder, "cache", names[0] ?? "");
}

test("the snapshot is built once for all who ask at the same time, and nothing else is left in its folder", async () => {
  await onlyFile();
  expect(Buffer.from(built[0].snapshot).equals(built[1].snapshot)).toBe(true);
});

async function changeOneByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[5_000_000] = Number(bytes[5_000_000]) ^ 1;
  await writeFile(file, bytes);
}

test.each([
  ["cut short", (file: string) => truncate(file, 1_000_000)],
  ["changed in one byte", changeOneByte],
])("a snapshot file that was %s is built anew", async (_, damage) => {
  const file = await onlyFile();
  await damage(file);
  expect((await load("cache")).snapshot.length).toBe(built[0].snapshot.length);
  expect((await readFile(await onlyFile())).length).toBeGreaterThan(built[0].snapshot.length);
});

test("where the folder cannot be written the engine runs all the same", async () => {
  await writeFile(path.join(folder, "a-file"), "in its place");
  expect((await load("a-file")).snapshot.length).toBe(built[0].snapshot.length);
});
