/** A wheel is as sealed as a policy: whatever its import tries, it is refused by name, or an episode finds nothing that it reached. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../../src/errors.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { readWheels } from "../../src/repl/engine/wheels.ts";
import { withEpisode } from "../repl/repl-contract.ts";
import { wheelFiles, zipOf } from "../repl/wheel-fixture.ts";
import { WHEEL_ATTACKS, WHEEL_PATHS } from "./wheel-attacks.ts";

const SECRET = "secret-77ab31";
const WHEEL = "sly-1.0-py3-none-any.whl";
/** Wakes whatever a wheel left behind, and shows what it reached. */
const WAKE = `
import gc, sys, builtins
gc.collect()
try: import os, random, colorsys, json
except BaseException as error: pass
try: exec("1 + 1")
except BaseException: pass
gc.collect()
print("reached", getattr(builtins, "REACHED", []))`;

let cacheFolder: string;
let folder: string;
let wheelFolder: string;
let listener: Server;
let connections = 0;
beforeAll(async () => {
  cacheFolder = await mkdtemp(path.join(tmpdir(), "rlm-gym-cache-"));
  process.env["RLM_GYM_CANARY"] = SECRET;
  listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });
});
afterAll(async () => {
  delete process.env["RLM_GYM_CANARY"];
  listener.close();
  await rm(cacheFolder, { recursive: true });
});
beforeEach(async () => {
  [folder, wheelFolder] = [
    await mkdtemp(path.join(tmpdir(), "rlm-gym-host-")),
    await mkdtemp(path.join(tmpdir(), "rlm-gym-wheels-")),
  ];
  await writeFile(path.join(folder, "canary.txt"), SECRET);
});
afterEach(() => Promise.all([folder, wheelFolder].map((made) => rm(made, { recursive: true }))));

async function writeSly(files: Readonly<Record<string, string>>): Promise<void> {
  const { port } = listener.address() as AddressInfo;
  const aimed = Object.entries(files).map(([name, text]) => [
    name,
    text
      .replaceAll("{file}", path.join(folder, "canary.txt"))
      .replaceAll("{folder}", folder)
      .replaceAll("{port}", String(port)),
  ]);
  const modules = Object.fromEntries(aimed) as Record<string, string>;
  await writeFile(path.join(wheelFolder, WHEEL), zipOf(wheelFiles("sly", modules)));
}

describe.each(["thread", "process"] as const)("a wheel in a %s", (isolation) => {
  test.each(WHEEL_ATTACKS)("reaches nothing through %s", async (_, files) => {
    await writeSly(files);
    const pool = new PyodideReplPool({ wheelFolder, isolation, cacheFolder, size: 1, graceMs: 300 });
    try {
      for (let episode = 0; episode < 2; episode += 1)
        await withEpisode(pool, async ({ run }) => {
          const { block } = await run(WAKE, { timeoutMs: 5_000 });
          expect(`${block.stdout}${block.exception}`).not.toContain(SECRET);
          expect(block.stdout).toMatch(/^(reached \[\]\n)?$/);
        });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      // Refused, by name.
      expect(String(error)).toContain(WHEEL);
      expect(String(error)).not.toContain(SECRET);
    } finally {
      await pool.close();
    }
    expect(await readdir(folder)).toEqual(["canary.txt"]);
    expect(connections).toBe(0);
    expect({}).not.toHaveProperty("polluted");
  });
});

test.each(WHEEL_PATHS)("a wheel that holds %j is refused before any code of it runs", async (name) => {
  await writeSly({ "sly.py": "", [name]: "" });
  await expect(readWheels(wheelFolder)).rejects.toThrow(`${WHEEL} cannot be used`);
});
