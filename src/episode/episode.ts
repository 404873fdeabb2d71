/** The state of one episode between reset and its end, and the record it leaves. */
import { PYTHON, type ReplLanguage } from "./language.ts";
import { createHash } from "node:crypto";
import { Conversation } from "./conversation.ts";
import type { Happening } from "./events.ts";
import { compactHistory } from "./history.ts";
import type { BudgetError } from "../errors.ts";
import { Ledger, type PriceOf, type LedgerWatch } from "../cost/ledger.ts";
import { sumCalls, callsOfTree } from "../cost/totals.ts";
import { branchOf, type Lineage } from "./lineage.ts";
import type { AnswerState } from "../repl/repl.ts";
import type { EpisodeSoFar } from "../rewards/potential.ts";
import type { Outline, Unrewarded } from "../rewards/reward.ts";
import { measureInTurns } from "../metrics/measure.ts";
import type { CallOrigin } from "../models/model.ts";
import { countMessages, countTokens } from "../cost/tokens.ts";
import { Reservations } from "./reservations.ts";
import { type Rules, rulesOf } from "./rules.ts";
import { pricesOf } from "../record/played-with.ts";
import { checksumsOf } from "../record/checksums.ts";
import type {
  CallPurpose,
  HostToolCall,
  InfraError,
  ModelFacts,
  PlayedWith,
  Totals,
  Trajectory,
  Turn,
} from "../trajectory.ts";
import type {
  Answer,
  ContextSummary,
  Dialect,
  HistoryOptions,
  Limits,
  PromptStyle,
  ReasoningHistory,
  Reference,
  RulesVersion,
  StopReason,
  Task,
} from "../types.ts";

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
  readonly readsGold?: true;
  readonly policyModel?: ModelFacts;
  readonly continues?: NonNullable<Trajectory["continues"]>;
  /** Set if the episode begins a tree. */
  readonly playedWith?: Omit<PlayedWith, "prices">;
  readonly dialect: Dialect;
  readonly history: HistoryOptions;
  /** Absent where the policy's thoughts stay out of its prompts. */
  readonly reasoning?: ReasoningHistory;
  readonly rules: RulesVersion;
  readonly promptStyle: PromptStyle;
  readonly language: ReplLanguage;
  readonly severalBlocks: boolean;
  readonly systemPrompt: string;
  readonly opening: string;
  readonly limits: Limits;
  readonly maxDepth: number;
}

export interface Ending {
  readonly stopReason: StopReason;
  readonly error: InfraError | null;
}

export class Episode {
  readonly facts: EpisodeFacts;
  readonly lineage: Lineage;
  readonly ledger: Ledger;
  readonly conversation: Conversation;
  readonly rules: Rules;
  readonly reservations: Reservations;
  readonly turns: Turn[];
  readonly toolCalls: HostToolCall[];
  readonly children: Trajectory[];
  /** What was read of the host's clock, where the REPL's is put to it. */
  readonly clockMs: number[];
  readonly deadline: AbortSignal;
  /** What `answer` holds in the REPL, ready or not. */
  standing: AnswerState | null;
  answer: Answer | null = null;
  ending: Ending | null = null;
  /** The gateway's trace of the policy's last call; null where it has none. */
  policyTrace: string | null = null;
  readonly #startedAt: Date;
  readonly #started: number;
  #observed: number;
  #forks = 0;

  /** @param origin the episode that this one is a branch of */
  constructor(facts: EpisodeFacts, lineage: Lineage, priceOf: PriceOf, origin?: Episode) {
    this.facts = facts;
    this.lineage = lineage;
    this.rules = rulesOf(facts.rules);
    this.reservations = new Reservations(this.rules.reservesForTemplates, origin?.reservations);
    this.turns = [...(origin?.turns ?? [])];
    this.toolCalls = [...(origin?.toolCalls ?? [])];
    this.children = [...(origin?.children ?? [])];
    this.clockMs = [...(origin?.clockMs ?? [])];
    this.standing = origin?.standing ?? null;
    this.conversation = origin
      ? origin.conversation.fork()
      : new Conversation(facts.systemPrompt, facts.opening, facts.reasoning);
    this.#startedAt = origin ? origin.#startedAt : new Date();
    this.#observed = performance.now();
    this.#started = origin ? origin.#started : this.#observed;
    const watch: LedgerWatch = {
      asked: (call) => this.tell({ kind: "asked", ...call }),
      replied: (call) => this.tell({ kind: "replied", call }),
    };
    this.ledger = new Ledger(lineage.budget, priceOf, origin?.ledger.calls, watch, this.#started);
    const msLeft = Math.max(1, this.secondsLeft * 1000);
    this.deadline = AbortSignal.timeout(Math.min(Math.ceil(msLeft), 2 ** 31 - 1));
  }

  addTurn(turn: Turn): void {
    this.turns.push(turn);
    this.tell({ kind: "turn", turn });
  }

  /** Tells whoever watches. */
  tell(happening: Happening): void {
    const { depth, onEvent } = this.lineage;
    onEvent?.({ rolloutId: this.facts.rolloutId, depth, ...happening });
  }

  /** A branch that goes on from here by itself; its rollout id is this one's with the branch's number. */
  fork(priceOf: PriceOf): Episode {
    this.#forks += 1;
    const facts = { ...this.facts, rolloutId: `${this.facts.rolloutId}~${this.#forks}` };
    return new Episode(facts, branchOf(this.lineage), priceOf, this);
  }

  /** Where a call of this episode stands: the policy's own, or one that its last one led to. */
  originOf(purpose: CallPurpose): CallOrigin {
    const { tree, task, depth, parentTrace } = this.lineage;
    const isPolicy = purpose === "policy";
    return {
      tree,
      ...(task && { task }),
      rolloutId: this.facts.rolloutId,
      purpose,
      depth: isPolicy ? depth : depth + 1,
      parentTrace: isPolicy ? parentTrace : this.policyTrace,
    };
  }

  /** The seed of the policy's next completion; null where the policy has one of its own for all turns. */
  get turnSeed(): number | null {
    return this.rules.turnSeed(this.facts.seed, this.turns.length);
  }

  /** The answer as it stands, given or not; null where there is none. */
  get standingText(): string | null {
    return this.answer?.text ?? (this.standing?.content || null);
  }

  /** The state that potentials read. */
  get soFar(): EpisodeSoFar {
    const { turns, children, toolCalls, facts } = this;
    const { context: _, ...task } = facts.task;
    return {
      ...facts,
      depth: this.lineage.depth,
      task: { ...task, context: facts.context },
      turns,
      children,
      toolCalls,
      calls: this.ledger.calls,
    };
  }

  /** Seconds since reset. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Seconds that the tree's time leaves. */
  get secondsLeft(): number {
    return (this.lineage.endsAt - performance.now()) / 1000;
  }

  /** The sums over the calls so far, those of ended children among them. */
  get totals(): Totals {
    return sumCalls(callsOfTree({ calls: this.ledger.calls, children: this.children }));
  }

  /** Seconds since the policy last saw an observation. */
  get thinkingSeconds(): number {
    return (performance.now() - this.#observed) / 1000;
  }

  markObserved(): void {
    this.#observed = performance.now();
  }

  /** The bound that ends the episode now, if one does. `refusedBy`: the budget that refused a sub-call. */
  limitReached(refusedBy: BudgetError["limit"] | null): StopReason | null {
    const { budget } = this.lineage;
    const spent = refusedBy ?? budget.spent;
    if (spent !== null) return `max_${spent}`;
    if (budget.tokensLeft <= countMessages(this.conversation.messages)) return "max_tokens";
    if (this.deadline.aborted) return "max_seconds";
    return this.turns.length >= this.facts.limits.maxTurns ? "max_turns" : null;
  }

  /** Lets go of old turns, where there will be another one. */
  async compact(summarise: (prompt: string) => Promise<string | null>): Promise<void> {
    const mayGoOn = this.answer === null && this.turns.length < this.facts.limits.maxTurns;
    if (mayGoOn) await compactHistory(this.conversation, this.facts.history, this.#roomInWindow, summarise);
  }

  /** Tokens that a prompt may have if the policy's completion is to fit into its window beside it; Infinity where unknown. */
  get #roomInWindow(): number {
    const { policyModel, limits } = this.facts;
    if (!this.rules.compactsBeforeWindow || policyModel?.windowTokens === undefined) return Infinity;
    return policyModel.windowTokens - Math.min(limits.maxCompletionTokens, policyModel.windowTokens / 2);
  }

  /** Ends the episode. An answer that stands but was never marked ready is taken, and named as such. */
  end(ending: Ending): void {
    this.ending = ending;
    if (this.answer === null && this.standing !== null && this.standing.content !== "") {
      this.answer = { text: this.standing.content, source: "standing" };
    }
  }

  /** The record as it stands, without what is computed over the whole of it. */
  outline(ending: Ending, priceOf: PriceOf): Outline {
    const {
      task,
      context,
      limits,
      reference: _,
      playedWith,
      rules,
      promptStyle,
      severalBlocks,
      language,
      ...facts
    } = this.facts;
    const { context: __, ...publicTask } = task;
    const { turns, children, toolCalls } = this;
    const { calls } = this.ledger;
    const all = callsOfTree({ calls, children });
    const model = calls.find((call) => call.purpose === "policy")?.model ?? calls[0]?.model ?? "none";
    const reading = { promptTokens: task.contextTokens, completionTokens: 0, cachedTokens: 0 };
    const models = [...(playedWith?.subModels ?? []), facts.policyModel ?? { name: facts.policy }];
    const priced = [...models.map(({ name }) => name), model, ...all.map((call) => call.model)];
    return {
      schemaVersion: 1 as const,
      ...facts,
      ...(rules !== "0.1.0" && {
        rules,
        promptStyle,
        ...(severalBlocks && { severalBlocks }),
        ...(language.name !== PYTHON && { language: language.name }),
        systemPromptTokens: countTokens(facts.systemPrompt),
      }),
      ...(playedWith && { tape: { ...playedWith, prices: pricesOf(priceOf, priced) } }),
      task: { ...publicTask, context },
      systemPromptSha256: createHash("sha256").update(facts.systemPrompt).digest("hex"),
      limits,
      depth: this.lineage.depth,
      parent: this.lineage.parent,
      simulated: all.some((call) => call.usageSource === "simulated"),
      status: ending.error === null ? ("ok" as const) : ("infra_error" as const),
      error: ending.error,
      stopReason: ending.stopReason,
      turns,
      calls,
      toolCalls,
      ...(this.clockMs.length > 0 && { clockMs: [...this.clockMs] }),
      children,
      totals: this.totals,
      fullReading: { model, tokens: task.contextTokens, nanoDollars: priceOf(model, reading) },
      answer: this.answer,
      wallClock: { startedAt: this.#startedAt.toISOString(), seconds: this.seconds },
    };
  }

  /** The whole record. Measuring and hashing read all of it, so that this is done once, at the very end. */
  async record(ending: Ending, priceOf: PriceOf): Promise<Unrewarded> {
    const outline = this.outline(ending, priceOf);
    const { rules, task } = this.facts;
    const metrics = {
      ...(await measureInTurns(outline, task.context)),
      ...(rules !== "0.1.0" && { invalidCompletions: this.turns.filter(({ invalid }) => invalid).length }),
    };
    return { ...outline, seals: checksumsOf(outline), metrics };
  }
}
