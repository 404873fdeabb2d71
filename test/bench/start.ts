/**
 * How long `npm start` takes until its first episode has ended, from the built package: `npm run bench -- start [RUNS]`. Processor
 * time counts all processes of the command, since a busy machine makes the time by the clock many times as long.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { printTable, summarize } from "./measure.ts";

const ROOT = new URL("../../", import.meta.url);
const TICK_MS = 10;

interface Start {
  readonly firstMs: number;
  readonly processorMs: number;
}

export async function run({ json, sizes }: { json: boolean; sizes: readonly number[] }): Promise<void> {
  const [runs = 5] = sizes;
  const starts: Start[] = [];
  // The first start after a build makes the interpreter's snapshot.
  await startOnce();
  for (let count = 0; count < runs; count++) starts.push(await startOnce());
  const rows = {
    "first episode": summarize(
      starts.map(({ firstMs }) => firstMs),
      "ms",
    ),
    "processor time until then": summarize(
      starts.map(({ processorMs }) => processorMs),
      "ms",
    ),
  };
  if (json) console.log(JSON.stringify(rows));
  else printTable("npm start", rows);
}

/** Starts the command of package.json and ends it after its first line about an episode. */
async function startOnce(): Promise<Start> {
  const { scripts } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as {
    scripts: { start: string };
  };
  const out = await mkdtemp(path.join(tmpdir(), "bench-start-"));
  const [, ...words] = scripts.start.split(" ");
  const began = performance.now();
  const child = spawn(process.execPath, [...words, "--out", path.join(out, "run")], {
    cwd: fileURLToPath(ROOT),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  try {
    return await new Promise<Start>((resolve, reject) => {
      child.stderr.on("data", (bytes) => {
        told += String(bytes);
        if (/\d+\/\d+ episodes/.test(told))
          resolve({ firstMs: performance.now() - began, processorMs: spentBy(child.pid!) });
      });
      child.once("exit", (code) => reject(new Error(`npm start ended with ${code}: ${told}`)));
    });
  } finally {
    child.removeAllListeners("exit");
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    await rm(out, { recursive: true, force: true });
  }
}

/** The processor time of a process and its children, as Linux counts it; NaN elsewhere. */
function spentBy(pid: number): number {
  try {
    let sum = 0;
    for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const { parent, ticks } = statOf(id);
      if (id === String(pid) || parent === String(pid)) sum += ticks * TICK_MS;
    }
    return sum;
  } catch {
    return Number.NaN;
  }
}

/** The parent of a process, and its time in ticks; no time for one that has ended meanwhile. */
function statOf(id: string): { readonly parent: string; readonly ticks: number } {
  try {
    // The program's name, which is in brackets, may hold blanks.
    const fields = readFileSync(`/proc/${id}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return { parent: fields[1]!, ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return { parent: "", ticks: 0 };
  }
}
