/** The state of one episode from its reset to its end. */
import type { ReplLanguage } from "../languages/language.ts";
import type { BudgetView } from "./budget-view.ts";
import { Conversation } from "./history/conversation.ts";
import type { Happening } from "./events.ts";
import { compactHistory, type Compacting } from "./history/history.ts";
import { BudgetError, CancelledError } from "../errors.ts";
import { Ledger, type PriceOf, type LedgerWatch } from "../cost/ledger.ts";
import { sumCalls, callsOfTree } from "../cost/totals.ts";
import { charsOfRequest, charsOfTurn } from "../cost/written-chars.ts";
import { branchOf, type Lineage } from "./lineage.ts";
import type { AnswerState } from "../repl/repl.ts";
import type { EpisodeSoFar } from "../rewards/potential.ts";
import type { CallOrigin } from "../models/model.ts";
import { countMessages } from "../cost/tokens.ts";
import { Reservations } from "./reservations.ts";
import { type Rules, rulesOf } from "./rules.ts";
import type { RecordedTime } from "./clock/time-over.ts";
import type {
  CallPurpose,
  Granted,
  HostToolCall,
  InfraError,
  ModelFacts,
  PlayedWith,
  RolePrompts,
  Totals,
  Trajectory,
  Turn,
  WorldRecord,
} from "../trajectory.ts";
import type {
  Answer,
  ConstantObservations,
  ContextSummary,
  Dialect,
  HistoryOptions,
  Limits,
  Message,
  PromptStyle,
  ReasoningHistory,
  Reference,
  RulesVersion,
  StopReason,
  Task,
} from "../types.ts";

/** The facts of an episode that never change. */
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
  /** What stands in the place of turns that are moved into the REPL, if they are. */
  readonly oldTurns?: string;
  /** Absent if the policy's thoughts stay out of its prompts. */
  readonly reasoning?: ReasoningHistory;
  readonly rules: RulesVersion;
  readonly promptStyle: PromptStyle;
  readonly language: ReplLanguage;
  readonly severalBlocks: boolean;
  readonly printedAnswers: boolean;
  readonly budgetView?: BudgetView;
  /** Set if observations have a constant shape, and if sub-calls' replies are kept and shown by name. */
  readonly observations?: ConstantObservations;
  readonly replies?: "kept";
  /** What its parent granted the episode, and the source of its tools if it has fewer than the tree. */
  readonly grant?: Granted;
  readonly toolSource?: string | null;
  /** Set if the episode begins a tree in which prompts are given by role. */
  readonly prompts?: RolePrompts;
  readonly systemPrompt: string;
  readonly opening: string;
  readonly limits: Limits;
  readonly maxDepth: number;
}

/** Seconds. */
const AT_HAND = 0.05;

/** How an episode ended. `error` is set only for an infrastructure error. */
export interface Ending {
  readonly stopReason: StopReason;
  readonly error: InfraError | null;
}

/** One episode. */
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
  /** The readings of the host's clock, if the REPL's clock follows it. */
  readonly clockMs: number[];
  readonly deadline: AbortSignal;
  /** The content of `answer` in the REPL, ready or not. */
  standing: AnswerState | null;
  answer: Answer | null = null;
  ending: Ending | null = null;
  /** The world at the beginning; in a replay without the world itself, all that the record holds of it. */
  world: WorldRecord | null;
  /** The handles that nobody waited for; known at the end. */
  unawaited: readonly number[] = [];
  /** How many turns the REPL's variables hold, if old turns are moved there. */
  turnsInRepl = 0;
  /** The gateway's trace of the policy's last call; null if there is none. */
  policyTrace: string | null = null;
  readonly startedAt: Date;
  readonly #started: number;
  #observed: number;
  #forks = 0;
  /** Ends the time of a replayed episode. */
  readonly #ended: AbortController | null;

  /** @param origin the episode from which this one branches */
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
    this.world = origin?.world ?? null;
    this.turnsInRepl = origin?.turnsInRepl ?? 0;
    this.conversation = origin
      ? origin.conversation.fork()
      : new Conversation(facts.systemPrompt, facts.opening, facts.reasoning);
    this.startedAt = origin ? origin.startedAt : new Date();
    this.#observed = performance.now();
    this.#started = origin ? origin.#started : this.#observed;
    const watch: LedgerWatch = {
      asked: (call) => this.tell({ kind: "asked", ...call }),
      replied: (call) => this.tell({ kind: "replied", call }),
    };
    this.ledger = new Ledger(lineage.budget, priceOf, origin?.ledger.calls, watch, this.#started);
    const msLeft = Math.max(1, this.secondsLeft * 1000);
    this.#ended = lineage.recordedTimes ? new AbortController() : null;
    const time = () => AbortSignal.timeout(Math.min(Math.ceil(msLeft), 2 ** 31 - 1));
    const { cancelled } = lineage;
    this.deadline = this.#ended?.signal ?? (cancelled ? AbortSignal.any([time(), cancelled]) : time());
  }

  /** Counts what the record holds before the first turn. */
  countBeginning(): void {
    const { systemPrompt, opening, task } = this.facts;
    this.ledger.bounds.addChars(charsOfRequest([systemPrompt, opening, task.question]));
  }

  addTurn(turn: Turn): void {
    this.turns.push(turn);
    this.ledger.bounds.addChars(charsOfTurn(turn));
    this.tell({ kind: "turn", turn });
  }

  /** Passes an event to the listener. */
  tell(happening: Happening): void {
    const { depth, onEvent } = this.lineage;
    onEvent?.({ rolloutId: this.facts.rolloutId, depth, ...happening });
  }

  /** An independent branch from the current state. Its rollout id is this one's with the branch's number. */
  fork(priceOf: PriceOf): Episode {
    this.#forks += 1;
    const facts = { ...this.facts, rolloutId: `${this.facts.rolloutId}~${this.#forks}` };
    return new Episode(facts, branchOf(this.lineage), priceOf, this);
  }

  /** The position in the tree of the policy's next call, or of a call that the policy's last one led to. */
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

  /** The sampling seed of the policy's next completion; null if the policy has its own seed for all turns. */
  get turnSeed(): number | null {
    return this.rules.turnSeed(this.facts.seed, this.turns.length);
  }

  /** The answer so far, given or not; null if there is none. */
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

  /** Seconds until the tree's time is over. */
  get secondsLeft(): number {
    return (this.lineage.endsAt - performance.now()) / 1000;
  }

  /** Where the time of the recorded episode was over, if that was in the current turn; null otherwise. */
  get recordedTime(): RecordedTime | null {
    return this.lineage.recordedTimes?.(this.facts.rolloutId, this.turns.length) ?? null;
  }

  /**
   * Waits for the end of the episode's time, if it is at hand: a block that had all that was left is stopped a moment before or
   * after it, and nothing may be played in that moment.
   */
  async endOfTime(): Promise<void> {
    while (!this.deadline.aborted && this.secondsLeft < AT_HAND)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Ends the time of a replayed episode. */
  endTime(): void {
    this.#ended?.abort(
      this.recordedTime?.isCancelled
        ? new CancelledError()
        : new BudgetError("seconds", "the recorded episode's time was over here"),
    );
  }

  /** Whether the episode is not to go on. */
  get isCancelled(): boolean {
    return this.deadline.aborted && this.deadline.reason instanceof CancelledError;
  }

  /** The sums over the calls so far, including those of ended children. */
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

  /** The limit that ends the episode now, or null. `refusedBy` is the budget that refused a sub-call. */
  limitReached(refusedBy: BudgetError["limit"] | null): StopReason | null {
    if (this.isCancelled) return "cancelled";
    const { budget } = this.lineage;
    const spent = refusedBy ?? budget.spent;
    if (spent !== null) return `max_${spent}`;
    if (budget.tokensLeft <= countMessages(this.conversation.messages)) return "max_tokens";
    if (this.deadline.aborted) return "max_seconds";
    return this.turns.length >= this.facts.limits.maxTurns ? "max_turns" : null;
  }

  /** Shortens the history, if there will be another turn. */
  async compact(compacting: Compacting): Promise<void> {
    const mayGoOn = this.answer === null && this.turns.length < this.facts.limits.maxTurns;
    if (!mayGoOn) return;
    const { dropsBeforeWindow } = this.rules;
    const { policyModel, history } = this.facts;
    const room = {
      roomTokens: this.#roomInWindow,
      dropsBeforeWindow,
      ...(dropsBeforeWindow &&
        policyModel && {
          countOf: (messages: readonly Message[]) =>
            this.reservations.expectedFor(policyModel.name, messages),
        }),
    };
    await compactHistory(this.conversation, history, room, compacting);
  }

  /** The most prompt tokens that leave room in the policy's window for a completion; Infinity if the window is unknown. */
  get #roomInWindow(): number {
    const { policyModel, limits } = this.facts;
    if (!this.rules.compactsBeforeWindow || policyModel?.windowTokens === undefined) return Infinity;
    return policyModel.windowTokens - Math.min(limits.maxCompletionTokens, policyModel.windowTokens / 2);
  }

  /** Ends the episode. An answer that was never marked ready is taken, with the source `standing`. */
  end(ending: Ending): void {
    this.ending = ending;
    if (this.answer === null && this.standing !== null && this.standing.content !== "") {
      this.answer = { text: this.standing.content, source: "standing" };
    }
  }
}
