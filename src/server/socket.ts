/** One WebSocket: frames in strict order, a session leased at the first reset, and a limit for clients that do not read. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { JsonObject } from "../types.ts";
import type { Gauges } from "./gauges.ts";
import type { SessionPool } from "./session-pool.ts";
import { JsonBoundsError, parseBoundedJson } from "../http/bounded-json.ts";
import { answerRpc } from "./mcp.ts";
import { expectValid, ProtocolError } from "./protocol-error.ts";
import { asProtocolError, type Session } from "./session.ts";
import { Frame, type Shown } from "./wire.ts";

/** What a socket needs, and the limits of its client. */
export interface SocketOptions {
  readonly pool: SessionPool;
  readonly gauges: Gauges;
  readonly blank: JsonObject;
  readonly about: { readonly name: string; readonly version: string };
  /** True if each frame is a JSON-RPC request, as on OpenEnv's `/mcp`. */
  readonly isRpc: boolean;
  /** A socket that sends nothing for so many seconds is closed. */
  readonly idleSeconds: number;
  /** Seconds that a client may take to read a reply. */
  readonly sendSeconds: number;
  /** Seconds between pings. A client that leaves two unanswered is gone. */
  readonly pingSeconds: number;
}

/** Frames, and their bytes, that may wait for earlier ones; beyond that, reading stops. */
const MAX_WAITING_FRAMES = 64;
const MAX_WAITING_BYTES = 2 ** 22;

/** WebSocket close codes (RFC 6455). */
const GOING_AWAY = 1001;
const NORMAL = 1000;
const TRY_AGAIN_LATER = 1013;

/** Serves the socket until it closes. */
export function serveSocket(socket: WebSocket, options: SocketOptions): void {
  const connection = new Connection(socket, options);
  socket.on("message", (data, isBinary) => connection.receive(isBinary ? null : bytesOf(data)));
  socket.on("pong", () => connection.seen());
  // An invalid frame closes the socket with its code; nobody else needs to know.
  socket.on("error", () => socket.terminate());
  socket.on("close", () => connection.gone());
}

class Connection {
  readonly #socket: WebSocket;
  readonly #options: SocketOptions;
  readonly #left = new AbortController();
  readonly #frames: (Buffer | null)[] = [];
  #waitingBytes = 0;
  readonly #pings: NodeJS.Timeout;
  #session: Session | null = null;
  #handling = false;
  #unanswered = 0;
  /** Runs from a reply until the client proves that it reads. */
  #unread: NodeJS.Timeout | undefined;
  #heardAt = performance.now();

  constructor(socket: WebSocket, options: SocketOptions) {
    this.#socket = socket;
    this.#options = options;
    options.gauges.sockets.inc();
    this.#pings = setInterval(() => this.#ping(), options.pingSeconds * 1000).unref();
  }

  /** A text frame's bytes, or null for a binary one, which the protocol does not have. */
  receive(frame: Buffer | null): void {
    this.#heardAt = performance.now();
    this.#frames.push(frame);
    this.#waitingBytes += frame?.length ?? 0;
    if (this.#frames.length >= MAX_WAITING_FRAMES || this.#waitingBytes >= MAX_WAITING_BYTES)
      this.#socket.pause();
    if (!this.#handling) void this.#work();
  }

  seen(): void {
    this.#unanswered = 0;
    clearTimeout(this.#unread);
    this.#unread = undefined;
  }

  gone(): void {
    clearInterval(this.#pings);
    clearTimeout(this.#unread);
    this.#options.gauges.sockets.dec();
    this.#frames.length = 0;
    this.#waitingBytes = 0;
    this.#left.abort();
    const session = this.#session;
    this.#session = null;
    if (session) void this.#options.pool.leave(session).catch(() => {});
  }

  /** One frame after the other; each reply is with the client's kernel before the next frame is read. */
  async #work(): Promise<void> {
    this.#handling = true;
    while (this.#frames.length > 0 && !this.#left.signal.aborted) {
      const frame = this.#frames.shift() ?? null;
      this.#waitingBytes -= frame?.length ?? 0;
      const isRoom = this.#frames.length < MAX_WAITING_FRAMES / 2 && this.#waitingBytes < MAX_WAITING_BYTES;
      if (isRoom && this.#socket.isPaused) this.#socket.resume();
      try {
        const reply = await this.#answer(frame);
        if (reply === null) this.#socket.close(NORMAL);
        else await this.#send(reply);
      } catch (thrown) {
        const error = asProtocolError(thrown);
        this.#options.gauges.errors.inc({ code: error.code });
        await this.#send({ type: "error", data: error.data });
        if (error.code === "CAPACITY_REACHED") this.#socket.close(TRY_AGAIN_LATER);
      }
      // A packet may bring thousands of frames, and other clients wait no longer than for one of them.
      if (this.#frames.length > 0) await nextTurn();
    }
    this.#handling = false;
  }

  /** Null if the client asks to close. */
  async #answer(bytes: Buffer | null): Promise<JsonObject | null> {
    const { isRpc, about } = this.#options;
    if (isRpc) return answerRpc(await rpcOf(bytes), about);
    const { type, data } = await readFrame(bytes);
    switch (type) {
      case "reset":
        return observed(await (await this.#lease()).reset(data));
      case "step":
        return observed(await this.#stepping(data));
      case "state":
        return { type: "state", data: this.#session?.state() ?? this.#options.blank };
      case "mcp":
        return { type: "mcp", data: answerRpc(data ?? {}, about) };
      case "close":
        return null;
      default:
        throw unknownType(type);
    }
  }

  #stepping(data: JsonObject | undefined): Promise<Shown> {
    if (this.#session === null)
      throw new ProtocolError("EXECUTION_ERROR", "step: there is no episode; call reset first", 409);
    return this.#session.step(data ?? {});
  }

  async #lease(): Promise<Session> {
    if (this.#session) return this.#session;
    const { pool } = this.#options;
    const session = await pool.enter({
      onExpiry: (reason) => this.#expire(reason),
      signal: this.#left.signal,
    });
    if (this.#left.signal.aborted) {
      await pool.leave(session);
      throw new ProtocolError("SESSION_ERROR", "the client has gone", 499);
    }
    this.#session = session;
    return session;
  }

  #expire(reason: string): void {
    void this.#send({ type: "error", data: { message: reason, code: "SESSION_ERROR" } });
    this.#socket.close(GOING_AWAY);
  }

  #ping(): void {
    const silentSeconds = (performance.now() - this.#heardAt) / 1000;
    if (this.#session === null && silentSeconds > this.#options.idleSeconds)
      return this.#expire(`nothing was sent for ${this.#options.idleSeconds} s`);
    if (this.#unanswered >= 2) return this.#socket.terminate();
    this.#unanswered += 1;
    this.#socket.ping();
  }

  /**
   * Drops a client that does not read in time. Bytes in the kernels' buffers count as sent, so a ping goes ahead of the
   * reply: a client that has read up to the reply has answered it.
   */
  #send(reply: JsonObject): Promise<void> {
    const { sendSeconds } = this.#options;
    return new Promise((resolve) => {
      const slow = setTimeout(() => this.#socket.terminate(), sendSeconds * 1000);
      if (this.#unread === undefined && this.#socket.readyState === this.#socket.OPEN) {
        this.#unread = setTimeout(() => this.#socket.terminate(), sendSeconds * 1000);
        this.#socket.ping();
      }
      this.#socket.send(JSON.stringify(reply), () => {
        clearTimeout(slow);
        resolve();
      });
    });
  }
}

async function readFrame(bytes: Buffer | null): Promise<{ type: string; data?: JsonObject }> {
  let value: unknown;
  try {
    if (bytes === null) throw new SyntaxError("expected a text frame, got a binary one");
    value = await parseBoundedJson(bytes);
  } catch (error) {
    if (error instanceof JsonBoundsError)
      throw new ProtocolError("VALIDATION_ERROR", `frame: ${error.message}`, 422);
    throw new ProtocolError("INVALID_JSON", `invalid JSON: ${(error as Error).message.slice(0, 200)}`, 422);
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // As in OpenEnv, a frame without a type has an unknown one.
  if (isObject && typeof (value as { type?: unknown }).type !== "string")
    throw unknownType((value as { type?: unknown }).type);
  return expectValid(Frame, value, ["frame"]) as { type: string; data?: JsonObject };
}

/** Undefined for text that is not JSON. */
async function rpcOf(bytes: Buffer | null): Promise<unknown> {
  try {
    return await parseBoundedJson(bytes ?? Buffer.alloc(0));
  } catch {
    return undefined;
  }
}

function unknownType(type: unknown): ProtocolError {
  const shown = typeof type === "string" ? JSON.stringify(type.slice(0, 100)) : `of ${typeof type}`;
  const message = `unknown message type ${shown}; expected reset, step, state, mcp, close`;
  return new ProtocolError("UNKNOWN_TYPE", message, 422);
}

function observed({ observation, reward, done }: Shown): JsonObject {
  return { type: "observation", data: { observation, reward, done } };
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
