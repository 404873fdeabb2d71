/** A live server on a port of its own, and a client of its sockets that waits for each reply. */
import { WebSocket } from "ws";
import { assemble } from "../../src/env/assemble.ts";
import type { Benchmark } from "../../src/env/define.ts";
import type { ReplLanguage } from "../../src/languages/language.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { sNiah } from "../../envs/s-niah/s-niah.ts";
import { GatewayClient } from "../../src/gateway/client.ts";
import { gatewayModel } from "../../src/models/gateway.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import { exactMatch } from "../../src/server/own-task.ts";
import type { Profile, EpisodeHost } from "../../src/server/profiles/profile.ts";
import { makeGauges } from "../../src/server/gauges.ts";
import { nativeProfile } from "../../src/server/profiles/native.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/server.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Json } from "../../src/types.ts";

export interface Serving extends RunningServer {
  readonly records: Trajectory[];
  readonly closeNow: () => Promise<number>;
}

/** Serves S-NIAH of 4,000 tokens, or another benchmark; sockets and sessions may be bounded as a test needs. */
export async function serving(
  repls: ReplPool,
  options: Partial<ServerOptions> & {
    readonly profileOf?: (host: EpisodeHost) => Profile;
    /** A capture gateway, and the sub-model behind it. */
    readonly gateway?: { readonly url: string; readonly subModel: string };
    readonly benchmark?: Benchmark;
    readonly childPolicy?: () => Policy;
    /** The language of the REPLs, if it is not Python. */
    readonly language?: ReplLanguage;
  } = {},
): Promise<Serving> {
  const benchmark = options.benchmark ?? (await sNiah.open({ length: "4k" }, 0));
  const records: Trajectory[] = [];
  const { profileOf = nativeProfile, gateway, benchmark: _, childPolicy, language, ...bounds } = options;
  const host: EpisodeHost = {
    name: "s-niah",
    ...(gateway && { gateway: new GatewayClient({ gateway: gateway.url }) }),
    makeEnv: ({ maxDepth, maxTurns, ownTask, watch, printedAnswers }) =>
      assemble("s-niah", ownTask ? { ...benchmark, score: exactMatch, official: exactMatch } : benchmark, {
        repls: watch ? watch(repls) : repls,
        ...(language && { language }),
        ...(printedAnswers && { printedAnswers }),
        limits: { maxTurns: maxTurns ?? 30 },
        ...(maxDepth !== undefined && { maxDepth }),
        ...(childPolicy && { maxDepth: 2, childPolicy }),
        ...(gateway && { subModels: gatewayModel({ gateway: gateway.url, model: gateway.subModel }) }),
      }),
    onEnd: async (trajectory) => void records.push(trajectory),
  };
  const server = await startServer({
    profile: profileOf(host),
    about: { name: "s-niah", description: "a test", version: "0" },
    gauges: makeGauges(),
    host: "127.0.0.1",
    port: 0,
    tokens: [],
    maxSessions: 8,
    queueSeconds: 0.2,
    idleSeconds: 60,
    patienceSeconds: 30,
    maxEpisodesPerSession: 1000,
    maxMessageBytes: 2 ** 21,
    ...bounds,
  });
  return { ...server, records, closeNow: () => server.close(0) };
}

/** A frame of the server; its data as tests look at it. */
export interface Received {
  readonly type: string;
  readonly data: {
    readonly code?: string;
    readonly message?: string;
    readonly reward?: number | null;
    readonly done?: boolean;
    readonly observation?: Record<string, unknown> & { readonly metadata: Record<string, Json> };
    readonly [field: string]: unknown;
  };
}

export class Client {
  readonly socket: WebSocket;
  readonly #received: Received[] = [];
  readonly #waiting: ((frame: Received) => void)[] = [];
  readonly closed: Promise<number>;

  constructor(url: string, headers: Record<string, string> = {}, path = "/ws") {
    this.socket = new WebSocket(url.replace("http", "ws") + path, { headers });
    this.closed = new Promise((resolve) => this.socket.on("close", (code) => resolve(code)));
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as Received;
      const next = this.#waiting.shift();
      if (next) next(frame);
      else this.#received.push(frame);
    });
  }

  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN)
      await new Promise((resolve, reject) => this.socket.once("open", resolve).once("error", reject));
    return this;
  }

  send(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  next(): Promise<Received> {
    const frame = this.#received.shift();
    return frame ? Promise.resolve(frame) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  ask(type: string, data?: object): Promise<Received> {
    this.send(JSON.stringify({ type, ...(data && { data }) }));
    return this.next();
  }

  run(code: string): Promise<Received> {
    return this.ask("step", { code });
  }

  async close(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}

export async function connect(url: string, headers?: Record<string, string>): Promise<Client> {
  return new Client(url, headers).opened();
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Received["data"];
}

/** Text is sent as it is; anything else as JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Received["data"] };
}

/** Waits until what is asked holds. */
export async function until(holds: () => boolean, seconds = 10): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error("it did not come to hold");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
