/** The gateway's sessions: which calls each has made, and where their traces lie. */
import { join } from "node:path";
import type { JsonObject } from "../types.ts";
import { NO_REPLY, type Trace } from "./trace.ts";
import {
  type JournalLine,
  linesWithPlaces,
  placeOf,
  TraceLog,
  type TracePlace,
  type Unended,
} from "./trace-log.ts";

export interface GatewaySession {
  readonly id: string;
  /** A digest of the token that made it, which alone finds it; null where the gateway had no tokens then. */
  readonly owner: string | null;
  readonly metadata: JsonObject;
  /** Fields of the request that hold for every call of the session. */
  readonly sampling: JsonObject;
  /** In the order in which the calls ended. */
  readonly places: TracePlace[];
  /** The trace of the policy's last whole reply. */
  lastRoot: string | null;
  calls: number;
  underWay: number;
  lastSeen: number;
}

type NewSession = Pick<GatewaySession, "id" | "owner" | "metadata" | "sampling">;

export class SessionBook {
  readonly log: TraceLog;
  readonly #sessions = new Map<string, GatewaySession>();
  #weights: string | null = null;

  private constructor(log: TraceLog) {
    this.log = log;
  }

  /** Opens the folder, with the sessions that were open there; a call that had begun and left no trace is lost. */
  static async open(folder: string): Promise<SessionBook> {
    const book = new SessionBook(await TraceLog.open(folder));
    const begun = new Map<string, Unended>();
    for await (const { value } of linesWithPlaces(join(folder, "journal.jsonl")))
      book.#recall(value as JournalLine, begun);
    for await (const { value, place } of linesWithPlaces(join(folder, "traces.jsonl"))) {
      const trace = value as Trace;
      begun.delete(trace.trace_id);
      book.#enter(trace, placeOf(place, trace));
    }
    for (const call of begun.values())
      await book.keep({
        ...call,
        ...NO_REPLY,
        status: "lost",
        error: "the gateway ended before the reply",
        latency_ms: 0,
      });
    return book;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get weights(): string | null {
    return this.#weights;
  }

  /** The session of that name where it is this owner's; one that was made without a token is found by any. */
  find(id: string, owner: string | null): GatewaySession | undefined {
    const session = this.#sessions.get(id);
    if (!session || (session.owner !== null && session.owner !== owner)) return undefined;
    session.lastSeen = performance.now();
    return session;
  }

  /** True of a name that another owner's session has. */
  isTaken(id: string, owner: string | null): boolean {
    return this.#sessions.has(id) && !this.find(id, owner);
  }

  /** Makes a session under a name that is free; one of that name and owner that is there already stays as it is. */
  async make({ id, owner, metadata, sampling }: NewSession): Promise<GatewaySession> {
    const found = this.find(id, owner);
    if (found) return found;
    const session = this.#add({ id, owner, metadata, sampling });
    await this.log.note({
      type: "session",
      session_id: id,
      ...(owner !== null && { owner }),
      metadata,
      sampling_params: sampling,
    });
    return session;
  }

  /** Forgets the session; its traces stay in the file. */
  async drop(session: GatewaySession): Promise<void> {
    this.#sessions.delete(session.id);
    await this.log.note({ type: "left", session_id: session.id });
  }

  async setWeights(version: string): Promise<void> {
    this.#weights = version;
    await this.log.note({ type: "weights", weight_version: version });
  }

  begin(call: Unended): Promise<void> {
    return this.log.note({ type: "begun", call });
  }

  /** Writes the trace of a call that has ended; when this returns, it is on disk. */
  async keep(trace: Trace): Promise<void> {
    this.#enter(trace, await this.log.append(trace));
  }

  /** The traces of a session from a place on. */
  async traces(session: GatewaySession, after: number, limit: number): Promise<Trace[]> {
    const traces: Trace[] = [];
    for (const place of session.places.slice(after, after + limit)) traces.push(await this.log.read(place));
    return traces;
  }

  /** Drops the sessions that were not used for this long. */
  async reap(idleSeconds: number): Promise<void> {
    const now = performance.now();
    for (const session of this.#sessions.values())
      if (session.underWay === 0 && now - session.lastSeen > idleSeconds * 1000) await this.drop(session);
  }

  #add({ id, owner, metadata, sampling }: NewSession): GatewaySession {
    const session: GatewaySession = {
      id,
      owner,
      metadata,
      sampling,
      places: [],
      lastRoot: null,
      calls: 0,
      underWay: 0,
      lastSeen: performance.now(),
    };
    this.#sessions.set(id, session);
    return session;
  }

  #recall(line: JournalLine, begun: Map<string, Unended>): void {
    if (line.type === "session") {
      const { session_id: id, owner = null, metadata, sampling_params: sampling } = line;
      this.#add({ id, owner, metadata, sampling });
    }
    if (line.type === "left") this.#sessions.delete(line.session_id);
    if (line.type === "weights") this.#weights = line.weight_version;
    if (line.type === "begun") begun.set(line.call.trace_id, line.call);
  }

  #enter(trace: Trace, place: TracePlace): void {
    const session = this.#sessions.get(trace.session_id);
    // A name that was given up may have another owner since.
    if (!session || session.owner !== (trace.owner ?? null)) return;
    session.places.push(place);
    session.calls = Math.max(session.calls, session.places.length);
    if (trace.purpose === "root" && trace.status === "ok") session.lastRoot = trace.trace_id;
  }
}
