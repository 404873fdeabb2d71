/** Runs one block on an interpreter, and ends it at its deadline whatever the code does. */
import type { BlockClock } from "../engine/block-clock.ts";
import { encodeError } from "./host-calls.ts";
import type { Interpreter } from "../engine/interpreter.ts";
import type { ExecReply } from "../engine/protocol.ts";
import { inShortTurns } from "../engine/short-turns.ts";
import { isTextCall } from "../text/text-calls.ts";
import { WorkerDied } from "../engine/worker-line.ts";

const TIME_IS_OVER = "the block's time is over";
const INTERRUPT_AGAIN_MS = 100;

/** A block of code with its limits. */
export interface Block {
  readonly code: string;
  readonly maxOutputChars: number;
  readonly timeoutMs: number;
  /** The clock is moved forward to this time before the block; null leaves it. */
  readonly clockNs: bigint | null;
}

/**
 * How a block ended. After `reported` the interpreter can go on. After `crashed` it must be restored. After `killed` (by the
 * deadline) and `died` (by itself) it is gone.
 */
export type BlockEnd =
  | {
      readonly kind: "reported";
      readonly reply: ExecReply;
      readonly report: string;
      readonly interrupted: boolean;
    }
  | { readonly kind: "crashed"; readonly reply: ExecReply; readonly crash: string }
  | { readonly kind: "killed" }
  | { readonly kind: "died"; readonly error: WorkerDied };

/** Answers the bytes of a call. Must not reject. `deadline` aborts when the block's time is over. */
export type AnswerCall = (body: Uint8Array, deadline: AbortSignal) => Promise<Uint8Array>;

/** The part of an interpreter that running a block needs. */
export interface BlockRunner extends Pick<Interpreter, "exec" | "interrupt" | "terminate"> {
  readonly clock: Pick<BlockClock, "start" | "pause" | "resume" | "stop">;
}

/** Runs a block and says how it ended. After the deadline, or when `signal` aborts, calls are refused without asking `answer`. */
export async function runBlock(
  interpreter: BlockRunner,
  block: Block,
  graceMs: number,
  answer: AnswerCall,
  signal?: AbortSignal,
): Promise<BlockEnd> {
  const run = new BlockRun(interpreter, graceMs, answer);
  // Who aborts the signal refuses further calls in its own words.
  const interrupt = () => run.interrupt(false);
  interpreter.clock.start(block.timeoutMs, () => run.interrupt(true));
  if (signal?.aborted) interrupt();
  else signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const { code, maxOutputChars, clockNs } = block;
    const request = { code, maxOutputChars, clockNs };
    const reply = await interpreter.exec(request, (body, back) => void run.hear(body, back));
    return endOf(reply, run.interrupted);
  } catch (error) {
    if (run.killed) return { kind: "killed" };
    if (error instanceof WorkerDied) return { kind: "died", error };
    // The worker lives but could not report how the block ended, so its state cannot be trusted.
    const crash = String(error);
    return { kind: "crashed", reply: { report: null, crash, heapBytes: 0, violations: 0 }, crash };
  } finally {
    signal?.removeEventListener("abort", interrupt);
    run.end();
  }
}

/** One running block: answers its calls, and interrupts it when its time is over. */
class BlockRun {
  interrupted = false;
  killed = false;
  /** Set at the deadline: no call is answered after it. */
  #isLate = false;
  #isInterrupted = false;
  #hasEnded = false;
  readonly #interpreter: BlockRunner;
  readonly #graceMs: number;
  readonly #answer: AnswerCall;
  /** Created at the first call, since most blocks make none. */
  #deadline: AbortController | null = null;
  #again: NodeJS.Timeout | null = null;
  #kill: NodeJS.Timeout | null = null;

  constructor(interpreter: BlockRunner, graceMs: number, answer: AnswerCall) {
    this.#interpreter = interpreter;
    this.#graceMs = graceMs;
    this.#answer = answer;
  }

  /** Interrupts the interpreter until it ends the block, and kills the interpreter if it does not end in time. */
  interrupt(isLate: boolean): void {
    this.#isLate ||= isLate;
    if (this.#isInterrupted) return;
    this.#isInterrupted = true;
    this.#unlessItEnded(() => {
      this.interrupted = true;
      this.#deadline?.abort(new Error(TIME_IS_OVER));
      this.#interpreter.interrupt();
      this.#again = setInterval(() => this.#interpreter.interrupt(), INTERRUPT_AGAIN_MS);
      this.#kill = setTimeout(() => this.#unlessItEnded(() => this.#killNow()), this.#graceMs);
    });
  }

  #killNow(): void {
    this.killed = true;
    void this.#interpreter.terminate();
  }

  /**
   * The event loop runs timers before it reads messages of workers. If the host was busy at the deadline, a block that ended
   * in time has its report waiting in the same turn, or among those to be heard, and that report counts.
   */
  #unlessItEnded(act: () => void): void {
    setImmediate(() =>
      inShortTurns(() => {
        if (!this.#hasEnded) act();
      }),
    );
  }

  async hear(body: Uint8Array, reply: (body: Uint8Array) => void): Promise<void> {
    if (this.#isLate) return reply(encodeError(TIME_IS_OVER));
    this.#deadline ??= new AbortController();
    // Searching a lazy text counts as the block's own time. So does the host's work before it waits for a model: otherwise
    // requests that are costly to read could stretch a block without end.
    const pending = this.#answer(body, this.#deadline.signal);
    const { clock } = this.#interpreter;
    const isWait = !isTextCall(body);
    if (isWait) clock.pause();
    const answered = await pending;
    if (isWait) clock.resume();
    reply(answered);
  }

  end(): void {
    this.#hasEnded = true;
    this.#interpreter.clock.stop();
    if (this.#again) clearInterval(this.#again);
    if (this.#kill) clearTimeout(this.#kill);
  }
}

function endOf(reply: ExecReply, interrupted: boolean): BlockEnd {
  if (reply.report !== null) return { kind: "reported", reply, report: reply.report, interrupted };
  return { kind: "crashed", reply, crash: reply.crash ?? "it gave no report" };
}
