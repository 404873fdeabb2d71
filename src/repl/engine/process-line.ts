/** A worker in a child process of its own, which Node's permission model lets read the engine's files and nothing else. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromChild, SentLayer, ToChild, WorkerRequest } from "./protocol.ts";
import type { LoadedRuntime } from "./runtime.ts";
import { Replies, WorkerDied, type WorkerLine } from "./worker-line.ts";

/** Since Node 22.13 the switch has its final name. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
const WORKER_FOLDER = new URL("../worker/", import.meta.url);

/** Node's flags for such a process: it may read the engine's two folders and start threads. Denied is all else Node can deny. */
export function permissionFlags(pyodideUrl: string): string[] {
  const folders = [WORKER_FOLDER.href, pyodideUrl].map((url) => fileURLToPath(url));
  return [
    PERMISSION,
    "--no-warnings",
    "--allow-worker",
    ...folders.map((folder) => `--allow-fs-read=${folder}*`),
  ];
}

export class ProcessLine implements WorkerLine {
  readonly #replies = new Replies();
  readonly #child: ChildProcess;
  /** The context attached apart that the child holds. */
  #layerId: number | null = null;

  constructor({ runtime, snapshot }: LoadedRuntime) {
    const { pyodideUrl, lockFile, maxHeapBytes, wheels } = runtime;
    this.#child = fork(new URL("child.js", WORKER_FOLDER), {
      execArgv: permissionFlags(pyodideUrl),
      env: {},
      cwd: "/",
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child.on("message", (message: FromChild) => this.#hear(message));
    this.#child.on("error", (error) => this.#replies.end(new WorkerDied(error.message)));
    this.#child.on("exit", (code, signal) =>
      this.#replies.end(new WorkerDied(`the worker's process ended with ${signal ?? `code ${code}`}`)),
    );
    this.#send({ type: "boot", pyodideUrl, lockFile, maxHeapBytes, wheels, snapshot });
  }

  get died(): WorkerDied | null {
    return this.#replies.died;
  }

  set onCall(hear: (id: number, body: Uint8Array) => void) {
    this.#replies.onCall = hear;
  }

  reply<T>(): Promise<T> {
    return this.#replies.next<T>();
  }

  post(request: WorkerRequest): void {
    this.#send({
      type: "request",
      request: "layer" in request ? { ...request, layer: this.#lean(request.layer) } : request,
    });
  }

  answer(id: number, body: Uint8Array): void {
    this.#send({ type: "answer", id, body });
  }

  interrupt(): void {
    this.#send({ type: "interrupt" });
  }

  hold(value: boolean): void {
    if (this.died) return;
    if (value) this.#child.ref();
    else this.#child.unref();
    if (value) this.#child.channel?.ref();
    else this.#child.channel?.unref();
  }

  async terminate(reason = "the worker was ended"): Promise<void> {
    this.#replies.end(new WorkerDied(reason));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.ref();
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #hear(message: FromChild): void {
    if (message.type === "died") this.#replies.end(new WorkerDied(message.message, message.outOfMemory));
    else this.#replies.hear(message);
  }

  /** What the child holds already is not sent again. */
  #lean(layer: SentLayer | null): SentLayer | null {
    if (!layer || layer.id !== this.#layerId) {
      this.#layerId = layer?.id ?? this.#layerId;
      return layer;
    }
    return { id: layer.id, state: null };
  }

  /** A child that is gone says so by its exit. */
  #send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
