import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { ALL_PROBES, CATALOGUE } from "./catalogue.ts";
import { withEpisode } from "../repl/repl-contract.ts";

const SECRET = "secret-5b1f0c";
let pool: PyodideReplPool;
let apart: PyodideReplPool;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-"));
  await writeFile(path.join(folder, "canary.txt"), SECRET);
  process.env["RLM_GYM_CANARY"] = SECRET;
  pool = new PyodideReplPool({ graceMs: 300 });
  apart = new PyodideReplPool({ graceMs: 300, isolation: "process" });
});
afterAll(async () => {
  await Promise.all([pool.close(), apart.close()]);
  delete process.env["RLM_GYM_CANARY"];
  await rm(folder, { recursive: true });
});

describe("ways out of the sandbox", () => {
  test("are at least a hundred and fifty, each with its own name", () => {
    expect(new Set(ALL_PROBES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(150);
  });

  test("are listed in the docs by kind", async () => {
    const page = await readFile(new URL("../../docs/sandbox.md", import.meta.url), "utf8");
    for (const { kind } of CATALOGUE) expect(page).toContain(`\n| ${kind} |`);
  });

  describe.each(["thread", "process"] as const)("of a %s", (isolation) => {
    test.each(ALL_PROBES)("$kind: $name", async ({ code: template }) => {
      const code = template
        .replaceAll("{file}", path.join(folder, "canary.txt"))
        .replaceAll("{folder}", folder);
      await withEpisode(isolation === "thread" ? pool : apart, async ({ run }) => {
        const { block, answer } = await run(code, { timeoutMs: 1500, maxOutputChars: 20_000 });
        const shown = JSON.stringify([block.stdout, block.stderr, block.value, answer]);
        expect(shown).not.toContain("REACHED");
        expect(`${shown}${block.exception}`).not.toContain(SECRET);
        expect(await readdir(folder)).toEqual(["canary.txt"]);
      });
      await withEpisode(isolation === "thread" ? pool : apart, async ({ run }) => {
        expect((await run("len(context), llm_query('a'), __name__")).block.value).toBe(
          "(11, 'echo: a', '__main__')",
        );
      });
    });
  });

  test("leave the host as it was", () => {
    expect(existsSync("/tmp/reached")).toBe(false);
    expect({}).not.toHaveProperty("polluted");
    // Code generation from strings is off only in the workers.
    expect(Reflect.construct(Function, ["return 1"])()).toBe(1);
  });
});

describe("a call that the lockdown forbids", () => {
  test("ends the block as a violation, and the variables from before it are back", async () => {
    await withEpisode(pool, async ({ run }) => {
      await run("kept = 1");
      const { block } = await run("kept = 2\nimport os\nos.system('ls')");
      expect(block).toMatchObject({ outcome: "violation", stateKept: true });
      expect((await run("kept")).block.value).toBe("1");
    });
  });
});
