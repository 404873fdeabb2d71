/** One episode's REPL. It has no worker of its own: it leases a slot for each block, and its state moves there. */
import { ReplError } from "../../errors.ts";
import { answerRequest, encodeError } from "./host-calls.ts";
import type { Interpreter } from "../engine/interpreter.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import type { KeptState } from "../state/kept-states.ts";
import type { PoolCore } from "./pool-core.ts";
import type { ExecOptions, ExecResult, ForkableRepl, HostCallHandler, ReplSession } from "../repl.ts";
import {
  ASKS_REASONING,
  beginningOf,
  DELEGATES,
  KEEPS_REPLIES,
  nanoseconds,
  PRINTS_ANSWERS,
  type ReplEpisode,
} from "./repl-episode.ts";
import { forgottenState, resultOf, tamperedResult } from "./block-report.ts";
import { runBlock, type Block, type BlockEnd } from "./run-block.ts";
import type { Slot } from "./slots.ts";
import { ReplSnapshot } from "./snapshot.ts";
import { isTextCall } from "../text/text-calls.ts";
import { WorkerDied } from "../engine/worker-line.ts";
import type { ToolHost } from "../tool-calls.ts";

/** A block of the journal did not run again, for example because memory or time only just sufficed the first time. */
class Unrepeatable extends Error {}

/** Blocks of the journal get this many times their time limit, since they did end in time before. */
const REPLAY_PATIENCE = 10;
/** A worker can die by chance, for example on a machine short of memory. After this many deaths the block is the cause. */
const MAX_DEATHS = 3;
const refuse: HostCallHandler = () => Promise.resolve({ error: "the REPL is closed" });

/** A REPL of the pool, lent for one episode. Throws `ReplError` if its worker fails. */
export class WorkerRepl implements ForkableRepl<ReplSnapshot> {
  readonly #pool: PoolCore;
  #episode: ReplEpisode | null = null;
  #saved: KeptState | null = null;
  readonly #journal = new Journal();
  #saveMs = 0;
  /** A save in progress for another episode or during idle time. No block may run meanwhile. */
  #saving: Promise<void> | null = null;
  #running: Slot | null = null;
  #closed = false;

  /** @internal */
  constructor(pool: PoolCore) {
    this.#pool = pool;
  }

  /** @internal */
  get unsaved(): boolean {
    return this.#journal.entries.length > 0;
  }

  /** @internal */
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
      imported: [
        ...(session.imported ?? []),
        ...(session.asksReasoning ? [ASKS_REASONING] : []),
        ...(session.delegates ? [DELEGATES] : []),
        ...(session.keepsReplies ? [KEEPS_REPLIES] : []),
        ...(session.printsAnswers ? [PRINTS_ANSWERS] : []),
      ],
    };
    // While others wait for workers, the first block brings the episode into one: until then it would only displace them.
    if (this.#pool.slots.hasRoom) await this.#onSlot((slot) => this.#moveIn(slot));
  }

  async exec(code: string, options: ExecOptions): Promise<ExecResult> {
    const { maxOutputChars, timeoutMs } = options;
    const block: Block = { code, maxOutputChars, timeoutMs, clockNs: nanoseconds(options.clockMs) };
    return await this.#onSlot(async (slot) => {
      const entry: JournalEntry = { block, replies: [] };
      if (!(await this.#moveIn(slot))) return forgottenState(code, this.#pool.errorNames);
      let end = await this.#run(slot, entry, options.signal);
      for (let deaths = 1; end.kind === "died" && !end.error.outOfMemory; deaths++) {
        this.#pool.emit({ type: "death", message: end.error.message });
        this.#expectOwnEnd(end.error);
        if (deaths === MAX_DEATHS) break;
        if (!(await this.#moveIn(slot))) return forgottenState(code, this.#pool.errorNames);
        end = await this.#run(slot, entry, options.signal);
      }
      if (end.kind === "died") this.#expectOwnEnd(end.error);
      return await this.#conclude(slot, entry, end);
    });
  }

  /** Saves the state between two blocks. */
  async snapshot(): Promise<ReplSnapshot> {
    const { layer, seed, clockNs } = this.#need();
    if (!this.#saved || this.unsaved) {
      await this.#onSlot(async (slot) => {
        await this.#moveIn(slot);
        if (slot.interpreter) await this.#save(slot.interpreter);
      });
    }
    if (!this.#saved) throw new ReplError("the state of the REPL could not be saved");
    this.#saved.isGivenAway = true;
    return new ReplSnapshot({ key: this.#pool.key, layer, seed, clockNs, state: this.#saved });
  }

  /** Resumes a saved state of this REPL or of another one of the same build. Throws `ReplError` for another build. */
  async restore(
    snapshot: ReplSnapshot,
    onCall: HostCallHandler,
    tools: ToolHost | null = null,
  ): Promise<void> {
    if (snapshot.key !== this.#pool.key) {
      throw new ReplError(
        `the state was saved by another build of the engine: expected ${this.#pool.key}, got ${snapshot.key}`,
      );
    }
    this.#leave();
    const { layer, seed, clockNs } = snapshot;
    layer.users++;
    // The state holds the imported modules.
    this.#episode = { layer, seed, clockNs, onCall, tools, imported: [] };
    this.#saved = snapshot.state;
    await Promise.resolve();
  }

  /** Makes another REPL that starts from this state. `onCall` and `tools` answer its calls. */
  async fork(onCall: HostCallHandler, tools: ToolHost | null = null): Promise<WorkerRepl> {
    const fork = new WorkerRepl(this.#pool);
    await fork.restore(await this.snapshot(), onCall, tools);
    return fork;
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Ending the interpreter ends a running block, and its `exec` throws.
    await this.#running?.interpreter?.terminate();
    const { all, waiting } = this.#pool.slots;
    const slot = all.find(({ occupant, busy }) => occupant === this && !busy);
    this.#leave();
    // A worker that is idle restores its memory before the next episode comes. If it dies meanwhile, that episode gets another.
    if (waiting === 0) slot?.interpreter?.clear();
  }

  /** The slots call this when another episode needs the interpreter, or while the policy thinks. @internal */
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

  /** A worker that dies during the policy's code counts as the policy's fault. Throws `ReplError` if the host ended it. */
  #expectOwnEnd(error: WorkerDied): void {
    if (this.#closed || error.byHost)
      throw new ReplError(`the ${this.#pool.title} worker was ended: ${error.message}`);
  }

  #need(): ReplEpisode {
    if (this.#closed) throw new ReplError("the REPL is closed");
    if (!this.#episode) throw new ReplError("the REPL was not started");
    return this.#episode;
  }

  #leave(): void {
    this.#pool.slots.leave(this);
    if (this.#episode) this.#pool.layers.release(this.#episode.layer);
    this.#episode = null;
    this.#forgetSaved();
    this.#journal.clear();
  }

  #forgetSaved(): void {
    if (this.#saved) this.#pool.states.release(this.#saved);
    this.#saved = null;
  }

  async #onSlot<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    this.#need();
    if (this.#running) throw new ReplError("the REPL is running a block already");
    const slot = await this.#pool.slots.lease(this);
    this.#running = slot;
    try {
      return await work(slot);
    } finally {
      this.#running = null;
      this.#pool.release(slot);
    }
  }

  /**
   * Brings this episode into the slot's interpreter: the last saved state, and the blocks since then. Returns false if those
   * blocks did not run again: the episode then has a clean interpreter, and the policy must be told.
   */
  async #moveIn(slot: Slot): Promise<boolean> {
    const episode = this.#need();
    if (slot.occupant === this && slot.interpreter && !slot.interpreter.died) return true;
    // From here on, the state in another interpreter is out of date: it must be neither saved nor resumed.
    this.#pool.slots.leave(this);
    await this.#saving;
    for (let deaths = 1; ; deaths++) {
      const interpreter = await this.#pool.prepare(slot);
      try {
        await this.#bringBack(interpreter, episode);
        break;
      } catch (error) {
        if (error instanceof Unrepeatable && !this.#closed) {
          if (interpreter.died && deaths < MAX_DEATHS) continue;
          return await this.#beginAnew(slot);
        }
        const message = error instanceof Error ? error.message : String(error);
        throw new ReplError(`the ${this.#pool.title} worker could not take the episode: ${message}`, {
          cause: error,
        });
      }
    }
    slot.occupant = this;
    slot.layerId = this.layerId;
    return true;
  }

  async #bringBack(interpreter: Interpreter, episode: ReplEpisode): Promise<void> {
    const startedAt = performance.now();
    const state = await this.#saved?.read();
    if (state) await interpreter.load({ state, layer: episode.layer.attached });
    else await episode.layer.start(interpreter, beginningOf(episode));
    for (const entry of this.#journal.entries) await this.#replay(interpreter, entry);
    if (state || this.unsaved) this.#pool.lack(performance.now() - startedAt, "displaced");
  }

  /** Gives the episode a clean interpreter, without the effects of the policy's blocks. */
  async #beginAnew(slot: Slot): Promise<false> {
    this.#pool.emit({ type: "lost", outcome: "killed" });
    this.#journal.clear();
    this.#forgetSaved();
    await this.#moveIn(slot);
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

  /** Uses the replies in the entry first, and asks the host for further ones. */
  #run(slot: Slot, entry: JournalEntry, signal: AbortSignal | undefined): Promise<BlockEnd> {
    let next = 0;
    if (!slot.interpreter) throw new ReplError("the slot has no interpreter");
    const answer = async (body: Uint8Array, deadline: AbortSignal) => {
      if (isTextCall(body)) return await this.#answer(body, deadline);
      const reply = entry.replies[next] ?? (await this.#answerAtRest(slot, body, deadline));
      entry.replies[next++] = reply;
      return reply;
    };
    return runBlock(slot.interpreter, entry.block, this.#pool.graceMs, answer, signal);
  }

  /** Lets other episodes run while the host answers. */
  async #answerAtRest(slot: Slot, body: Uint8Array, deadline: AbortSignal): Promise<Uint8Array> {
    const answer = this.#answer(body, deadline);
    const goOn = this.#pool.slots.rest(slot);
    try {
      return await answer;
    } finally {
      await goOn(deadline.aborted);
    }
  }

  #answer(body: Uint8Array, deadline: AbortSignal): Promise<Uint8Array> {
    const { layer, tools = null, onCall = refuse } = this.#episode ?? {};
    return answerRequest({ text: layer?.text ?? null, tools, onCall }, body, deadline);
  }

  async #conclude(slot: Slot, entry: JournalEntry, end: BlockEnd): Promise<ExecResult> {
    if (this.#closed) throw new ReplError("the REPL was closed while a block ran");
    const result = resultOf(entry.block, end, this.#pool.errorNames);
    if (end.kind !== "reported" || !result) {
      // The next block restores the state from before this one.
      slot.occupant = null;
      this.#pool.emit({ type: "lost", outcome: result?.block.outcome ?? "violation" });
      return result ?? tamperedResult(entry.block, end, this.#pool.errorNames);
    }
    // The moment of an interrupt cannot be repeated, so the state after it is saved at once.
    if (end.interrupted) return (await this.#isSaved(slot)) ? result : this.#lose(slot, entry.block);
    // Replies come at once when the block runs again, so that waits for them do not count.
    this.#journal.add(entry, slot.interpreter?.clock.usedMs ?? 0);
    // If the save fails, the journal still has the blocks.
    if (this.#journal.isSaveDue(this.#saveMs)) await this.#isSaved(slot);
    return result;
  }

  /** Saves the state. Returns false if the block left more behind than can be saved. */
  async #isSaved({ interpreter }: Slot): Promise<boolean> {
    if (!interpreter) return false;
    try {
      await this.#save(interpreter);
      return true;
    } catch (error) {
      if (this.#closed || interpreter.died?.byHost) throw error;
      return false;
    }
  }

  /** Drops the effects of a block: the next one starts from the state before it. */
  #lose(slot: Slot, block: Block): ExecResult {
    slot.occupant = null;
    this.#pool.emit({ type: "lost", outcome: "memory" });
    const error = new WorkerDied("what the block left could not be saved", { outOfMemory: true });
    return tamperedResult(block, { kind: "died", error }, this.#pool.errorNames);
  }
}
