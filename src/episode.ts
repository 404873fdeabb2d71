/** The state of one episode between reset and its end, and the record it leaves. */
import { createHash } from "node:crypto";
import { Conversation } from "./conversation.ts";
import type { Ledger, PriceOf } from "./ledger.ts";
import type { AnswerState } from "./repl/repl.ts";
import type { Unrewarded } from "./rewards/reward.ts";
import type { InfraError, Turn } from "./trajectory.ts";
import type { Answer, ContextSummary, Dialect, Limits, Reference, StopReason, Task } from "./types.ts";

/** What stays the same from reset to the end. */
export interface EpisodeFacts {
  readonly environment: string;
  readonly task: Task;
  readonly context: ContextSummary;
  readonly reference: Reference | null;
  readonly seed: number;
  readonly rolloutId: string;
  readonly groupId: string;
  readonly policy: string;
  readonly dialect: Dialect;
  readonly systemPrompt: string;
  readonly opening: string;
  readonly limits: Limits;
}

export interface Ending {
  readonly stopReason: StopReason;
  readonly error: InfraError | null;
}

export class Episode {
  readonly facts: EpisodeFacts;
  readonly ledger: Ledger;
  readonly conversation: Conversation;
  readonly turns: Turn[] = [];
  readonly deadline: AbortSignal;
  /** What `answer` holds in the REPL, ready or not. */
  standing: AnswerState | null = null;
  answer: Answer | null = null;
  ending: Ending | null = null;
  readonly #startedAt = new Date();
  readonly #started = performance.now();
  #observed = this.#started;

  constructor(facts: EpisodeFacts, ledger: Ledger) {
    this.facts = facts;
    this.ledger = ledger;
    this.conversation = Conversation.open(facts.systemPrompt, facts.opening);
    this.deadline = AbortSignal.timeout(Math.min(facts.limits.maxSeconds * 1000, 2 ** 31 - 1));
  }

  /** Seconds since reset. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Seconds since the policy last saw an observation. */
  get thinkingSeconds(): number {
    return (performance.now() - this.#observed) / 1000;
  }

  markObserved(): void {
    this.#observed = performance.now();
  }

  /** Ends the episode. An answer that stands but was never marked ready is taken, and named as such. */
  end(ending: Ending): void {
    this.ending = ending;
    if (this.answer === null && this.standing !== null && this.standing.content !== "") {
      this.answer = { text: this.standing.content, source: "standing" };
    }
  }

  record(ending: Ending, priceOf: PriceOf): Unrewarded {
    const { task, context, limits, reference: _, ...facts } = this.facts;
    const { context: __, ...publicTask } = task;
    const calls = this.ledger.calls;
    const model = calls.find((call) => call.purpose === "policy")?.model ?? calls[0]?.model ?? "none";
    const reading = { promptTokens: task.contextTokens, completionTokens: 0, cachedTokens: 0 };
    return {
      schemaVersion: 1,
      ...facts,
      task: { ...publicTask, context },
      systemPromptSha256: createHash("sha256").update(facts.systemPrompt).digest("hex"),
      limits,
      simulated: calls.some((call) => call.usageSource === "simulated"),
      status: ending.error === null ? "ok" : "infra_error",
      error: ending.error,
      stopReason: ending.stopReason,
      turns: this.turns,
      calls,
      totals: this.ledger.totals,
      fullReading: { model, tokens: task.contextTokens, nanoDollars: priceOf(model, reading) },
      answer: this.answer,
      wallClock: { startedAt: this.#startedAt.toISOString(), seconds: this.seconds },
    };
  }
}
