/** Starts the command as a user does, with a fault built in if asked, and takes its run up until it has ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../scripts/command.ts";

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** @param hooks modules of this folder that the command loads before its own */
export function start(args: readonly string[], hooks: readonly string[] = []): Started {
  const loaded = hooks.flatMap((name) => ["--import", new URL(`./${name}`, import.meta.url).href]);
  const command = [...loaded, join(ROOT, "dist/scripts/rlm-gym.js"), ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stderr }));
  });
  return { child, ended };
}

/** The arguments of a run in this folder; one that has begun there is taken up. */
export function runIn(folder: string, asked: readonly string[]): string[] {
  const begun = ["run.lock", "manifest.json"].some((name) => existsSync(join(folder, name)));
  return [...asked, "--json", "--out", folder, ...(begun ? ["--resume"] : [])];
}

/** Plays the run to its end and throws where it does not come there. */
export async function play(
  folder: string,
  asked: readonly string[],
  hooks: readonly string[] = [],
): Promise<void> {
  const { code, stderr } = await start(runIn(folder, asked), hooks).ended;
  if (code !== 0) throw new Error(`the run in ${folder} ended with ${code}: ${stderr}`);
}

const LOOK_MS = 20;

/** Waits until it holds; false where the process ended before. Throws where it ended with a fault. */
export async function until(holds: () => boolean | Promise<boolean>, { ended }: Started): Promise<boolean> {
  const race = { over: null as Ended | null };
  void ended.then((how) => (race.over = how));
  while (!(await holds())) {
    if (race.over?.code) throw new Error(`it ended with ${race.over.code}: ${race.over.stderr}`);
    if (race.over) return false;
    await sleep(LOOK_MS);
  }
  return true;
}

/** True once a file of the run has a line with this text. */
export function tells(folder: string, file: string, text: string): boolean {
  const path = join(folder, file);
  return existsSync(path) && readFileSync(path, "utf8").includes(text);
}
