import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../src/repl/pool/worker-repl.ts";
import { permissionFlags } from "../../src/repl/engine/process-line.ts";
import { describeReplContract, echo, LIMITS, withEpisode } from "./repl-contract.ts";

let pool: PyodideReplPool;
const deaths: string[] = [];
beforeAll(() => {
  pool = new PyodideReplPool({
    graceMs: 300,
    isolation: "process",
    onEvent: (event) => event.type === "death" && deaths.push(event.message),
  });
});
afterAll(() => pool.close());

const LONG = "a line of a long context\n".repeat(20_000);

describe("the REPL contract over Pyodide in child processes", () => {
  describeReplContract(() => pool);
});

describe("a worker in a child process", () => {
  test("keeps the state after a killed block, with a context in a layer", async () => {
    await withEpisode(
      pool,
      async ({ run }) => {
        await run("kept = context[:6]");
        const { block } = await run("kept = None\nsum(range(10**12))", { timeoutMs: 300 });
        expect(block.outcome).toBe("killed");
        expect((await run("kept, len(context)")).block.value).toBe("('a line', 500000)");
      },
      { context: LONG },
    );
  });

  test("forks, and serves episodes with different contexts in turn", async () => {
    const repls: WorkerRepl[] = [];
    for (const [index, context] of [LONG, `${LONG}!`, "short"].entries()) {
      const repl = await pool.acquire();
      await repl.start({ context, seed: index, onCall: echo });
      repls.push(repl);
    }
    for (let step = 0; step < 3; step++) {
      for (const repl of repls) await repl.exec(`n = ${step} + len(context)`, LIMITS);
    }
    const fork = await repls[1]!.fork(echo);
    await fork.exec("n = -1", LIMITS);
    const shown = await Promise.all([...repls, fork].map((repl) => repl.exec("n", LIMITS)));
    expect(shown.map(({ block }) => block.value)).toEqual(["500002", "500003", "7", "-1"]);
    await fork.close();
    await Promise.all(repls.map((repl) => pool.release(repl)));
  });

  test("can read only the engine, write nothing, and start no process", async () => {
    const pyodide = pathToFileURL(createRequire(import.meta.url).resolve("pyodide/package.json"));
    const probe = `
      const fs = require("node:fs");
      const { execSync } = require("node:child_process");
      const tries = {
        read: () => fs.readFileSync(${JSON.stringify(fileURLToPath(import.meta.url))}),
        list: () => fs.readdirSync("/"),
        write: () => fs.writeFileSync("/tmp/reached", ""),
        run: () => execSync("true"),
        engine: () => fs.readFileSync(new URL("python_stdlib.zip", ${JSON.stringify(pyodide.href)})),
      };
      const outcomeOf = (work) => { try { work(); return "done"; } catch (error) { return error.code; } };
      console.log(JSON.stringify(Object.fromEntries(Object.entries(tries).map(([name, work]) => [name, outcomeOf(work)]))));`;
    const flags = permissionFlags(new URL(".", pyodide).href);
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, "-e", probe], { cwd: "/" });
    const denied = "ERR_ACCESS_DENIED";
    expect(JSON.parse(stdout)).toEqual({
      read: denied,
      list: denied,
      write: denied,
      run: denied,
      engine: "done",
    });
  });

  test("is replaced if it dies, and the block runs again from the state before it", async () => {
    const lone = new PyodideReplPool({ isolation: "process" });
    await withEpisode(lone, async ({ run }) => {
      await run("kept = 7");
      const { stdout } = await promisify(execFile)("pgrep", [
        "-P",
        String(process.pid),
        "-f",
        "worker/child.js",
      ]);
      const pids = stdout.trim().split("\n").map(Number);
      process.kill(Math.max(...pids), "SIGKILL");
      expect((await run("kept + 1")).block.value).toBe("8");
    });
    await lone.close();
  });
});
