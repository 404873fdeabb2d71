import { createHash } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CACHE_FOLDER } from "../../../src/repl/pyodide/load.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import type { EngineSource, Runtime } from "../../../src/repl/engine/protocol.ts";
import { loadRuntime } from "../../../src/repl/engine/runtime.ts";
import { loadSnapshot } from "../../../src/repl/engine/snapshot-cache.ts";
import { withEpisode } from "../repl-contract.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function onlyFile(): Promise<string> {
  const names = await readdir(folder);
  expect(names).toEqual([expect.stringMatching(/^snapshot-[0-9a-f]{32}\.bin$/)]);
  return path.join(folder, names[0] ?? "");
}

describe("the cache of snapshots", () => {
  const MADE = Buffer.from("a snapshot that took long to make ".repeat(100));
  const engine: EngineSource = { loader: "load()", modules: { output: "LIMIT = 1" } };
  const bare = { wheels: [] } as unknown as Runtime;
  let builds: number;
  beforeEach(() => {
    builds = 0;
  });

  const load = (runtime = bare, source = engine, parts: Uint8Array[] = [], at = folder) =>
    loadSnapshot(runtime, source, parts, at, async () => {
      builds++;
      await new Promise(setImmediate);
      return MADE;
    });

  test("builds once for all concurrent callers, and leaves nothing else in its folder", async () => {
    const loaded = await Promise.all([load(), load(), load()]);
    expect(builds).toBe(1);
    expect(loaded.map(({ snapshot }) => MADE.equals(snapshot))).toEqual([true, true, true]);
    await load();
    expect(builds).toBe(1);
    await onlyFile();
  });

  test.each([
    ["cut short", (file: string) => truncate(file, 1000)],
    ["cut down to its checksum", (file: string) => truncate(file, 32)],
    ["emptied", (file: string) => truncate(file, 0)],
    ["written past its end", (file: string) => writeFile(file, "more", { flag: "a" })],
    [
      "changed in one byte",
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[500] = Number(bytes[500]) ^ 1;
        await writeFile(file, bytes);
      },
    ],
  ])("builds anew where its file was %s", async (_, damage) => {
    await load();
    const whole = await readFile(await onlyFile());
    await damage(await onlyFile());
    expect(MADE.equals((await load()).snapshot)).toBe(true);
    expect(builds).toBe(2);
    expect(whole.equals(await readFile(await onlyFile()))).toBe(true);
  });

  test("is never stale: another engine source and another interpreter have their own snapshots", async () => {
    const other: EngineSource = { ...engine, modules: { output: "LIMIT = 2" } };
    const all = [await load(), await load(bare, other), await load(bare, engine, [MADE])];
    expect(new Set(all.map(({ key }) => key)).size).toBe(3);
    expect(builds).toBe(3);
  });

  test("does not take a build under another build's name", async () => {
    const one = await load();
    await load(bare, engine, [MADE]);
    const files = await readdir(folder);
    const [other = ""] = files.filter((name) => !name.includes(one.key));
    await rename(path.join(folder, other), path.join(folder, `snapshot-${one.key}.bin`));
    await load();
    expect(builds).toBe(3);
  });

  type Damage = [name: string, change: (file: string) => Promise<unknown>];
  test.skipIf(process.getuid === undefined).each<Damage>([
    ["others may write", (file) => chmod(file, 0o666)],
    [
      "is a link",
      async (file) => {
        await rename(file, `${file}.moved`);
        await symlink(`${file}.moved`, file);
      },
    ],
    ["is a folder", (file) => rm(file).then(() => mkdir(file))],
    ...(process.getuid?.() === 0
      ? ([["belongs to another user", (file) => chown(file, 12_345, 12_345)]] satisfies Damage[])
      : []),
  ])("is not trusted where its file %s", async (_, change) => {
    await load();
    await change(await onlyFile());
    expect(MADE.equals((await load()).snapshot)).toBe(true);
    expect(builds).toBe(2);
  });

  test("can be read and written only by its owner", async () => {
    await load();
    expect((await stat(await onlyFile())).mode & 0o777).toBe(0o600);
  });

  test("keeps the last used builds, and removes the leftovers of unfinished ones", async () => {
    const long = new Date(Date.now() - 3_600_000);
    for (let build = 0; build < 12; build++) {
      const { key } = await load(bare, engine, [Buffer.of(build)]);
      const file = path.join(folder, `snapshot-${key}.bin`);
      await utimes(file, long, new Date(long.getTime() + build * 1000));
    }
    const { key: first } = await load(bare, engine, [Buffer.of(5)]);
    const leftover = path.join(folder, `snapshot-${first}.bin.0b1c`);
    await writeFile(leftover, "half");
    await utimes(leftover, long, long);
    await writeFile(path.join(folder, "notes.txt"), "of the user");
    await load(bare, engine, [Buffer.of(99)]);
    const left = await readdir(folder);
    expect(left).toHaveLength(9);
    expect(left).toContain(`snapshot-${first}.bin`);
    expect(left).toContain("notes.txt");
    expect(left).not.toContain(path.basename(leftover));
  });

  test("leaves nothing behind when a build fails, and tries again", async () => {
    const fail = () => Promise.reject(new Error("no memory"));
    await expect(loadSnapshot(bare, engine, [], folder, fail)).rejects.toThrow("no memory");
    expect(await readdir(folder)).toEqual([]);
    await load();
    await onlyFile();
  });

  test("builds each time, and works, if its folder cannot be written", async () => {
    await writeFile(path.join(folder, "a-file"), "in its place");
    for (let time = 1; time <= 2; time++) {
      const { snapshot } = await load(bare, engine, [], path.join(folder, "a-file"));
      expect([builds, MADE.equals(snapshot)]).toEqual([time, true]);
    }
  });
});

test("a pool whose snapshot was cut short on disk makes it again, and runs", async () => {
  const { key, snapshot } = await loadRuntime({ maxHeapBytes: 512 << 20, cacheFolder: CACHE_FOLDER });
  const checksum = createHash("sha256").update(snapshot).digest();
  const cut = Buffer.concat([checksum, snapshot.subarray(0, 1_000_000)]);
  await writeFile(path.join(folder, `snapshot-${key}.bin`), cut);
  const pool = new PyodideReplPool({ cacheFolder: folder });
  await withEpisode(pool, async ({ run }) => expect((await run("len(context)")).block.value).toBe("11"));
  await pool.close();
  expect((await stat(await onlyFile())).size).toBe(checksum.length + snapshot.length);
});
