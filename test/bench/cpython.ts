/** CPython's own REPL in a subprocess, the plainest rival: a line of code in, a line of result out, no isolation. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const LOOP = `
import sys, json
space = {}
for line in sys.stdin:
    exec(json.loads(line), space)
    print("done", flush=True)
`;

export interface CPython {
  step(code: string): Promise<void>;
  close(): void;
}

/** Null where there is no python3. */
export async function startCPython(): Promise<CPython | null> {
  const child = spawn("python3", ["-c", LOOP], { stdio: ["pipe", "pipe", "ignore"] });
  const failed = once(child, "error").then(() => null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const step = async (code: string) => {
    child.stdin.write(`${JSON.stringify(code)}\n`);
    await lines.next();
  };
  const started = step("pass").then(() => ({ step, close: () => void child.kill() }));
  return await Promise.race([started, failed]);
}
