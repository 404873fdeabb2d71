/** Runs the built command: in this process, which saves a start, or in its own process. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format } from "node:util";
import type { Manifest } from "../../src/runs/manifest.ts";
import type { Trajectory } from "../../src/trajectory.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const BUILT_MAIN = pathToFileURL(join(ROOT, "dist/scripts/main.js")).href;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Called as soon as the process exists, to talk to it. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the command, which was built when the tests began; in its own process if a test talks to it. */
export function rlmGym(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  if (options.onStart) return rlmGymProcess(args, options);
  const ended = last.then(() => inThisProcess(args, options.cwd ?? ROOT));
  last = ended.catch(() => undefined);
  return ended;
}

/** Output, exit code and working folder belong to the process, so calls run one after the other. */
let last: Promise<unknown> = Promise.resolve();

async function inThisProcess(args: readonly string[], cwd: string): Promise<Ended> {
  delete process.env.OPENAI_API_KEY;
  const { main } = (await import(BUILT_MAIN)) as { main: (args: string[]) => Promise<number> };
  const ended = { stdout: "", stderr: "" };
  const before = { cwd: process.cwd(), log: console.log, error: console.error };
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write.bind(stream));
  const keep = (name: "stdout" | "stderr") => (text: string | Uint8Array) => {
    ended[name] += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    return true;
  };
  process.chdir(cwd);
  process.stdout.write = keep("stdout");
  process.stderr.write = keep("stderr");
  console.log = (...line) => keep("stdout")(`${format(...line)}\n`);
  console.error = (...line) => keep("stderr")(`${format(...line)}\n`);
  try {
    const code = await main([...args]);
    return { code, ...ended };
  } finally {
    Object.assign(console, { log: before.log, error: before.error });
    for (const [at, stream] of streams.entries()) stream.write = writes[at]!;
    process.chdir(before.cwd);
  }
}

/** Runs the command as its own process, as a user starts it. */
export function rlmGymProcess(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return run(process.execPath, [join(ROOT, "dist/scripts/rlm-gym.js"), ...args], options);
}

export function run(
  file: string,
  args: readonly string[],
  { cwd = ROOT, onStart }: RunOptions = {},
): Promise<Ended> {
  const { OPENAI_API_KEY: _, ...env } = process.env;
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...ended }));
  });
}

/** A folder for files of a test; a run may name a new one in it. */
export function scratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), "rlm-gym-command-"));
}

/** The lines of stderr that report an error, without progress. */
export function complaints({ stderr }: Ended): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("rlm-gym: "));
}

/** Every line of a run's trajectories, each of which must parse. */
export async function trajectoriesIn(folder: string): Promise<Trajectory[]> {
  const text = await readFile(join(folder, "trajectories.jsonl"), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Trajectory);
}

export async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Manifest;
}
