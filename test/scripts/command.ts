/** Runs the real command as a user would, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Manifest } from "../../src/runs/manifest.ts";
import type { Trajectory } from "../../src/trajectory.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Called as soon as the process is there, to talk to it. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** The command as it is installed; it was built when the tests began. */
export function rlmGym(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
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

/** The lines of stderr that report an error; progress is not among them. */
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
