/**
 * The end of an episode's time in the middle of a turn. The real clock decides where it comes, so the record keeps the place, and a
 * replay ends the time there.
 */
import type { HostCallHandler, ExecResult, Repl } from "../../repl/repl.ts";
import type { ToolHost } from "../../repl/tool-calls.ts";
import type { CutBlock, TimeOver, Trajectory, Turn } from "../../trajectory.ts";
import type { ExecOutcome } from "../../types.ts";

/** Where a recorded turn's time was over. */
export interface RecordedTime extends TimeOver {
  /** What the last block did, if running it again would not do the same because a clock stopped it; null otherwise. */
  readonly stopped: ExecResult | null;
  /** Whether the episode was cancelled there. */
  readonly isCancelled: boolean;
}

/** Where the time of a recorded episode was over, by the episode's id and the turn; null if it was not in that turn. */
export type RecordedTimes = (rolloutId: string, turn: number) => RecordedTime | null;

/** Ends of blocks that do not depend on a clock. */
const REPEATABLE: ReadonlySet<ExecOutcome> = new Set(["ok", "exception", "memory"]);

/** Where the time of a recorded turn was over; null if it was not. */
export function recordedTimeOf(
  episode: Pick<Trajectory, "turns" | "stopReason"> | undefined,
  index: number,
): RecordedTime | null {
  const turn: Turn | undefined = episode?.turns[index];
  if (!turn?.timeOver) return null;
  const isCancelled = episode?.stopReason === "cancelled";
  const { timeOver, results, standing } = turn;
  const { during } = timeOver;
  const block = results.at(-1);
  if (!during || !block || REPEATABLE.has(block.outcome)) return { ...timeOver, stopped: null, isCancelled };
  const { answer, restored } = during;
  const stopped = {
    block,
    answer: answer && { content: standing ?? "", ...answer },
    ...(restored && { restored }),
  };
  return { ...timeOver, stopped, isCancelled };
}

/** The part of an episode whose time it is. */
interface Timed {
  readonly deadline: AbortSignal;
  endTime(): void;
}

/** Counts what the running block asks of the host. In a replay it ends the episode's time at the recorded call. */
export class AskedByBlock {
  readonly #episode: Timed;
  #calls = 0;
  #tools = 0;
  #recorded: CutBlock | null = null;
  #whenAllAsked: (() => void) | null = null;
  /** What was asked and is not answered yet. */
  readonly #open = new Set<Promise<unknown>>();

  constructor(episode: Timed) {
    this.#episode = episode;
  }

  /** Begins a block. `recorded`: the same block of the record, if its time was over during it. */
  begin(recorded: CutBlock | null): void {
    [this.#calls, this.#tools] = [0, 0];
    this.#recorded = recorded;
    this.#whenAllAsked = null;
  }

  get counts(): Pick<CutBlock, "calls" | "tools"> {
    return { calls: this.#calls, tools: this.#tools };
  }

  countingCalls(answer: HostCallHandler): HostCallHandler {
    return async (call) => {
      if (this.#recorded?.calls === this.#calls) this.#episode.endTime();
      if (!this.#episode.deadline.aborted) this.#calls += 1;
      const reply = await this.#opened(answer(call));
      this.#look();
      return reply;
    };
  }

  countingTools(tools: ToolHost): ToolHost {
    return {
      source: tools.source,
      call: async (name, args) => {
        this.#tools += 1;
        const reply = await this.#opened(tools.call(name, args));
        this.#look();
        return reply;
      },
    };
  }

  /**
   * Resolves when all that was asked so far is answered. An interpreter that was killed no longer waits for its calls, but they and their
   * children belong to the record.
   */
  async allAnswered(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  /**
   * Runs a block of the record that a clock stopped, as far as its last call, so that the record gets its calls again, and ends
   * the REPL: the episode ends with this block. What the block did besides is not known, and does not matter any more.
   */
  async repeat(repl: Repl, run: () => Promise<unknown>): Promise<void> {
    const { calls, tools } = this.#recorded ?? { calls: 0, tools: 0 };
    if (calls + tools === 0) return;
    const allAsked = new Promise<"asked">((resolve) => {
      this.#whenAllAsked = () => resolve("asked");
    });
    const running = run();
    if ((await Promise.race([running, allAsked])) !== "asked") return;
    // Closing the REPL makes the block that still runs fail.
    running.catch(() => {});
    await repl.close();
  }

  async #opened<T>(answer: Promise<T>): Promise<T> {
    this.#open.add(answer);
    try {
      return await answer;
    } finally {
      this.#open.delete(answer);
    }
  }

  #look(): void {
    const { calls, tools } = this.#recorded ?? { calls: Infinity, tools: Infinity };
    if (this.#calls >= calls && this.#tools >= tools) this.#whenAllAsked?.();
  }
}
