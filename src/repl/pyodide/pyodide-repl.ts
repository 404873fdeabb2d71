/** One episode's REPL. It holds no worker of its own: a seat is lent to it for each block, and its state follows it there. */
import { ReplError } from "../../errors.ts";
import { answerRequest, encodeError } from "./host-calls.ts";
import type { Interpreter } from "../engine/interpreter.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import type { KeptState } from "../state/kept-states.ts";
import type { PoolCore } from "./pool-core.ts";
import type { ExecOptions, ExecResult, ForkableRepl, HostCallHandler, ReplSession } from "../repl.ts";
import { ASKS_REASONING, beginningOf, nanoseconds, type ReplEpisode } from "./repl-episode.ts";
import { forgottenState, resultOf, tamperedResult } from "./block-report.ts";
import { runBlock, type Block, type BlockEnd } from "./run-block.ts";
import type { Seat, Sitter } from "./seats.ts";
import { ReplSnapshot } from "./snapshot.ts";
import { isTextCall } from "../text/text-calls.ts";
import { WorkerDied } from "../engine/worker-line.ts";
import type { ToolDesk } from "../tool-calls.ts";

/** A block that ran before does not run again, such as one that the memory or the time just sufficed for. */
class Unrepeatable extends Error {}

const REPLAY_PATIENCE = 10;
/** A worker may die by chance, such as on a machine short of memory; so often over one block, it is the block's doing. */
const MAX_DEATHS = 3;
const refuse: HostCallHandler = () => Promise.resolve({ error: "the REPL is closed" });

/** A REPL of the pool, lent for one episode. Throws `ReplError` where its worker fails. */
export class PyodideRepl implements ForkableRepl<ReplSnapshot>, Sitter {
  readonly #pool: PoolCore;
  #episode: ReplEpisode | null = null;
  #saved: KeptState | null = null;
  readonly #journal = new Journal();
  #saveMs = 0;
  /** A save that another episode, or idle time, is making; it must not run beside a block. */
  #saving: Promise<void> | null = null;
  #running: Seat | null = null;
  #closed = false;

  constructor(pool: PoolCore) {
    this.#pool = pool;
  }

  get unsaved(): boolean {
    return this.#journal.entries.length > 0;
  }

  get layerId(): number | null {
    return this.#episode?.layer.attached?.id ?? null;
  }

  async start(session: ReplSession): Promise<void> {
    this.#leave();
    const layer = this.#pool.layers.take(session.context);
    const clockNs = nanoseconds(session.clockMs);
    this.#episode = {
      layer,
      seed: session.seed,
      clockNs,
      onCall: session.onCall,
      tools: session.tools ?? null,
      imported: [...(session.imported ?? []), ...(session.asksReasoning ? [ASKS_REASONING] : [])],
    };
    await this.#onSeat((seat) => this.#sit(seat));
  }

  async exec(code: string, options: ExecOptions): Promise<ExecResult> {
    const { maxOutputChars, timeoutMs } = options;
    const block: Block = { code, maxOutputChars, timeoutMs, clockNs: nanoseconds(options.clockMs) };
    return await this.#onSeat(async (seat) => {
      const entry: JournalEntry = { block, replies: [] };
      if (!(await this.#sit(seat))) return forgottenState(code);
      const startedAt = performance.now();
      let end = await this.#run(seat, entry);
      for (let deaths = 1; end.kind === "died" && !end.error.outOfMemory; deaths++) {
        this.#pool.emit({ type: "death", message: end.error.message });
        this.#expectOwnEnd(end.error);
        if (deaths === MAX_DEATHS) break;
        if (!(await this.#sit(seat))) return forgottenState(code);
        end = await this.#run(seat, entry);
      }
      if (end.kind === "died") this.#expectOwnEnd(end.error);
      return await this.#conclude(seat, entry, end, performance.now() - startedAt);
    });
  }

  /** Saves the state as it is between two blocks. */
  async snapshot(): Promise<ReplSnapshot> {
    const { layer, seed, clockNs } = this.#need();
    if (!this.#saved || this.unsaved) {
      await this.#onSeat(async (seat) => {
        await this.#sit(seat);
        if (seat.interpreter) await this.#save(seat.interpreter);
      });
    }
    if (!this.#saved) throw new ReplError("the state of the REPL could not be saved");
    this.#saved.isGivenAway = true;
    return new ReplSnapshot({ key: this.#pool.key, layer, seed, clockNs, state: this.#saved });
  }

  /** Goes on from a saved state, of this or of another REPL of the same build. */
  async restore(
    snapshot: ReplSnapshot,
    onCall: HostCallHandler,
    tools: ToolDesk | null = null,
  ): Promise<void> {
    if (snapshot.key !== this.#pool.key) {
      throw new ReplError(
        `the state was saved by another build of the engine (${snapshot.key}, and this is ${this.#pool.key})`,
      );
    }
    this.#leave();
    const { layer, seed, clockNs } = snapshot;
    layer.users++;
    // What is imported is part of the state.
    this.#episode = { layer, seed, clockNs, onCall, tools, imported: [] };
    this.#saved = snapshot.state;
    await Promise.resolve();
  }

  /** Another REPL that goes on from here by itself; `onCall` and `tools` answer its calls. */
  async fork(onCall: HostCallHandler, tools: ToolDesk | null = null): Promise<PyodideRepl> {
    const fork = new PyodideRepl(this.#pool);
    await fork.restore(await this.snapshot(), onCall, tools);
    return fork;
  }

  async close(): Promise<void> {
    this.#closed = true;
    // A block that is running ends with its interpreter; its exec then throws.
    await this.#running?.interpreter?.terminate();
    this.#leave();
  }

  /** Called by the seats when another episode needs the interpreter, or while the policy thinks. */
  async save(interpreter: Interpreter): Promise<void> {
    this.#saving = this.#save(interpreter).catch(() => undefined);
    await this.#saving;
  }

  async #save(interpreter: Interpreter): Promise<void> {
    const startedAt = performance.now();
    const episode = this.#episode;
    const state = await this.#pool.states.keep(await interpreter.save());
    if (this.#episode !== episode) return this.#pool.states.release(state);
    this.#forgetSaved();
    this.#saved = state;
    this.#saveMs = performance.now() - startedAt;
    this.#journal.clear();
  }

  /** A worker that dies while code of the policy runs is the policy's doing; throws `ReplError` where the host ended it. */
  #expectOwnEnd(error: WorkerDied): void {
    if (this.#closed || error.byHost) throw new ReplError(`the Python worker was ended: ${error.message}`);
  }

  #need(): ReplEpisode {
    if (this.#closed) throw new ReplError("the REPL is closed");
    if (!this.#episode) throw new ReplError("the REPL was not started");
    return this.#episode;
  }

  #leave(): void {
    this.#pool.seats.leave(this);
    if (this.#episode) this.#pool.layers.release(this.#episode.layer);
    this.#episode = null;
    this.#forgetSaved();
    this.#journal.clear();
  }

  #forgetSaved(): void {
    if (this.#saved) this.#pool.states.release(this.#saved);
    this.#saved = null;
  }

  async #onSeat<T>(work: (seat: Seat) => Promise<T>): Promise<T> {
    this.#need();
    if (this.#running) throw new ReplError("the REPL is running a block already");
    const seat = await this.#pool.seats.lease(this);
    this.#running = seat;
    try {
      return await work(seat);
    } finally {
      this.#running = null;
      this.#pool.release(seat);
    }
  }

  /**
   * Makes the seat's interpreter hold this episode: the last saved state, and what ran since. False where that did not run
   * again: the episode has a clean interpreter then, and the policy must be told.
   */
  async #sit(seat: Seat): Promise<boolean> {
    const episode = this.#need();
    if (seat.sitter === this && seat.interpreter && !seat.interpreter.died) return true;
    // What another interpreter holds of it is out of date from here on; nobody begins to save that, or comes back to it.
    this.#pool.seats.leave(this);
    await this.#saving;
    for (let deaths = 1; ; deaths++) {
      const interpreter = await this.#pool.prepare(seat);
      try {
        await this.#bringBack(interpreter, episode);
        break;
      } catch (error) {
        if (error instanceof Unrepeatable && !this.#closed) {
          if (interpreter.died && deaths < MAX_DEATHS) continue;
          return await this.#beginAnew(seat);
        }
        const message = error instanceof Error ? error.message : String(error);
        throw new ReplError(`the Python worker could not take the episode: ${message}`, { cause: error });
      }
    }
    seat.sitter = this;
    seat.layerId = this.layerId;
    return true;
  }

  async #bringBack(interpreter: Interpreter, episode: ReplEpisode): Promise<void> {
    const state = await this.#saved?.read();
    if (state) await interpreter.load({ state, layer: episode.layer.attached });
    else await episode.layer.start(interpreter, beginningOf(episode));
    for (const entry of this.#journal.entries) await this.#replay(interpreter, entry);
  }

  /** Without what the policy's blocks did. */
  async #beginAnew(seat: Seat): Promise<false> {
    this.#pool.emit({ type: "lost", outcome: "killed" });
    this.#journal.clear();
    this.#forgetSaved();
    await this.#sit(seat);
    return false;
  }

  async #replay(interpreter: Interpreter, { block, replies }: JournalEntry): Promise<void> {
    const recorded = replies.values();
    const answer = async (body: Uint8Array, deadline: AbortSignal) =>
      isTextCall(body)
        ? await this.#answer(body, deadline)
        : (recorded.next().value ?? encodeError("the call is not in the journal"));
    const patient = { ...block, timeoutMs: block.timeoutMs * REPLAY_PATIENCE };
    const end = await runBlock(interpreter, patient, this.#pool.graceMs, answer);
    if (end.kind === "died") this.#expectOwnEnd(end.error);
    if (end.kind !== "reported" || end.interrupted) throw new Unrepeatable();
  }

  /** Replies already in the entry are given again before the host is asked. */
  #run(seat: Seat, entry: JournalEntry): Promise<BlockEnd> {
    let next = 0;
    if (!seat.interpreter) throw new ReplError("the seat has no interpreter");
    return runBlock(seat.interpreter, entry.block, this.#pool.graceMs, async (body, deadline) => {
      if (isTextCall(body)) return await this.#answer(body, deadline);
      const reply = entry.replies[next] ?? (await this.#answer(body, deadline));
      entry.replies[next++] = reply;
      return reply;
    });
  }

  #answer(body: Uint8Array, deadline: AbortSignal): Promise<Uint8Array> {
    const { layer, tools = null, onCall = refuse } = this.#episode ?? {};
    return answerRequest({ text: layer?.text ?? null, tools, onCall }, body, deadline);
  }

  async #conclude(seat: Seat, entry: JournalEntry, end: BlockEnd, elapsedMs: number): Promise<ExecResult> {
    if (this.#closed) throw new ReplError("the REPL was closed while a block ran");
    const result = resultOf(entry.block, end);
    if (end.kind !== "reported" || !result) {
      // The next block, or the idle time before it, brings the state from before this one back.
      seat.sitter = null;
      this.#pool.emit({ type: "lost", outcome: result?.block.outcome ?? "violation" });
      return result ?? tamperedResult(entry.block, end);
    }
    // When an interrupt strikes cannot be repeated, so what it left behind is saved at once.
    if (end.interrupted) return (await this.#isSaved(seat)) ? result : this.#lose(seat, entry.block);
    this.#journal.add(entry, elapsedMs);
    // Where that fails, the journal has what ran.
    if (this.#journal.isSaveDue(this.#saveMs)) await this.#isSaved(seat);
    return result;
  }

  /** False where a block left more behind than can be saved. */
  async #isSaved({ interpreter }: Seat): Promise<boolean> {
    if (!interpreter) return false;
    try {
      await this.#save(interpreter);
      return true;
    } catch (error) {
      if (this.#closed || interpreter.died?.byHost) throw error;
      return false;
    }
  }

  /** What a block did is given up: the next one finds the state from before it. */
  #lose(seat: Seat, block: Block): ExecResult {
    seat.sitter = null;
    this.#pool.emit({ type: "lost", outcome: "memory" });
    const error = new WorkerDied("what the block left could not be saved", { outOfMemory: true });
    return tamperedResult(block, { kind: "died", error });
  }
}
