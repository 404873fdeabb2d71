/** The command `serve` as its users start it: an episode over a socket with TLS, its Python in a process of its own. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { expect, it } from "vitest";
import { rlmGymProcess } from "./command.ts";

const file = (end: string) => fileURLToPath(new URL(`../server/tls/localhost.${end}`, import.meta.url));

/** Asks over a socket and returns the reply's data. */
async function ask(socket: WebSocket, type: string, data: object): Promise<Record<string, unknown>> {
  const replied = new Promise<string>((resolve, reject) => {
    socket.once("message", (frame) => resolve((frame as Buffer).toString()));
    socket.once("error", reject);
  });
  socket.send(JSON.stringify({ type, data }));
  return (JSON.parse(await replied) as { data: Record<string, unknown> }).data;
}

/** How many processes a process has started. Slim images have no `ps`, and other systems no `/proc`. */
async function childrenOf(pid: number): Promise<number> {
  if (!existsSync("/proc/self/stat")) {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "ppid="]);
    return stdout.split("\n").filter((line) => Number(line) === pid).length;
  }
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = processes.map((name) => {
    try {
      // The name in parentheses may hold spaces; the state and the parent follow it.
      return Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ")[1]);
    } catch {
      return 0; // It ended meanwhile.
    }
  });
  return parents.filter((parent) => parent === pid).length;
}

it("plays an episode over TLS, with its Python in another process, and ends on a signal", async () => {
  const tls = ["--tls-cert", file("crt"), "--tls-key", file("key")];
  let url: (found: string) => void = () => {};
  const listening = new Promise<string>((resolve) => (url = resolve));
  let pid = 0;
  let stop = () => {};
  const ended = rlmGymProcess(
    ["serve", "--env", "s-niah", "--length", "1k", "--port", "0", "--isolation", "process", ...tls],
    {
      onStart: (child) => {
        pid = child.pid!;
        stop = () => void child.kill("SIGTERM");
        let said = "";
        child.stderr!.on("data", (text: string) => {
          said += text;
          const [, at] = /at (https:\S+)\n/.exec(said) ?? [];
          if (at !== undefined) url(at);
        });
        child.once("exit", () => url("none"));
      },
    },
  );
  const at = await listening;
  try {
    expect(at).toMatch(/^https:/);
    const socket = new WebSocket(`${at.replace("https", "wss")}/ws`, { ca: readFileSync(file("crt")) });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    await ask(socket, "reset", { seed: 1 });
    const { observation } = await ask(socket, "step", { code: "len(context) > 0, 6 * 7" });
    expect(observation).toMatchObject({ results: [{ value: "(True, 42)" }] });
    expect(await childrenOf(pid)).toBeGreaterThan(0);
    expect(await ask(socket, "step", { answer: "x" })).toMatchObject({ done: true });
    socket.close();
  } finally {
    stop();
  }
  expect(await ended).toMatchObject({ code: 0, stdout: "" });
});
