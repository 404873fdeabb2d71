/** The gateway's sessions, and where their traces are in the file. */
import { join } from "node:path";
import type { JsonObject } from "../types.ts";
import { NO_REPLY, type Trace } from "./trace.ts";
import {
  type JournalLine,
  linesWithRanges,
  entryOf,
  TraceLog,
  type TraceEntry,
  type Unended,
} from "./trace-log.ts";

/** A session: the calls of one tree of episodes, or of one client. */
export interface GatewaySession {
  readonly id: string;
  /** A hash of the token that created it, and that is needed to find it; null if the gateway had no tokens. */
  readonly owner: string | null;
  readonly metadata: JsonObject;
  /** Fields that are set in every request of the session. */
  readonly sampling: JsonObject;
  /** Where the traces are in the file, in the order in which the calls ended. */
  readonly entries: TraceEntry[];
  /** The id of the trace of the policy's last whole reply. */
  lastRoot: string | null;
  calls: number;
  underWay: number;
  lastSeen: number;
}

type NewSession = Pick<GatewaySession, "id" | "owner" | "metadata" | "sampling">;

/** The open sessions, in memory and in the journal. */
export class SessionStore {
  readonly log: TraceLog;
  readonly #sessions = new Map<string, GatewaySession>();
  #weights: string | null = null;

  private constructor(log: TraceLog) {
    this.log = log;
  }

  /** Opens the folder with its open sessions. A call that had begun and has no trace gets a trace with status `lost`. */
  static async open(folder: string): Promise<SessionStore> {
    const store = new SessionStore(await TraceLog.open(folder));
    const begun = new Map<string, Unended>();
    for await (const { value } of linesWithRanges(join(folder, "journal.jsonl")))
      store.#recall(value as JournalLine, begun);
    for await (const { value, range } of linesWithRanges(join(folder, "traces.jsonl"))) {
      const trace = value as Trace;
      begun.delete(trace.trace_id);
      store.#enter(trace, entryOf(range, trace));
    }
    for (const call of begun.values())
      await store.keep({
        ...call,
        ...NO_REPLY,
        status: "lost",
        error: "the gateway ended before the reply",
        latency_ms: 0,
      });
    return store;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get weights(): string | null {
    return this.#weights;
  }

  /** The session with this name if it is the owner's. Sessions that were created without a token belong to everyone. */
  find(id: string, owner: string | null): GatewaySession | undefined {
    const session = this.#sessions.get(id);
    if (!session || (session.owner !== null && session.owner !== owner)) return undefined;
    session.lastSeen = performance.now();
    return session;
  }

  /** Whether another owner's session has this name. */
  isTaken(id: string, owner: string | null): boolean {
    return this.#sessions.has(id) && !this.find(id, owner);
  }

  /** Creates a session. If the owner has one with this name, it is returned unchanged. */
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

  /** Forgets the session. Its traces stay in the file. */
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

  /** Writes the trace of an ended call. When this resolves, it is on disk. */
  async keep(trace: Trace): Promise<void> {
    this.#enter(trace, await this.log.append(trace));
  }

  /** The traces of a session after the first `after`, at most `limit`. */
  async traces(session: GatewaySession, after: number, limit: number): Promise<Trace[]> {
    const traces: Trace[] = [];
    for (const entry of session.entries.slice(after, after + limit)) traces.push(await this.log.read(entry));
    return traces;
  }

  /** Drops the sessions that were idle for this long. */
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
      entries: [],
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

  #enter(trace: Trace, entry: TraceEntry): void {
    const session = this.#sessions.get(trace.session_id);
    // A dropped name may have another owner now.
    if (!session || session.owner !== (trace.owner ?? null)) return;
    session.entries.push(entry);
    session.calls = Math.max(session.calls, session.entries.length);
    if (trace.purpose === "root" && trace.status === "ok") session.lastRoot = trace.trace_id;
  }
}
