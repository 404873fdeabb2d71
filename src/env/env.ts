/** The environment: an asynchronous version of Gymnasium's reset and step over a REPL. */
import { canaryOf } from "../data/encryption.ts";
import { beginEpisode, problemOfSeed } from "../episode/begin.ts";
import { concludeEpisode, earnedByTurn } from "../episode/end.ts";
import type { Episode } from "../episode/episode.ts";
import type { Info, ResetOptions, RLMEnvOptions, StepResult } from "../episode/contract.ts";
import {
  expectDepth,
  expectDialect,
  expectLanguage,
  expectReasoning,
  expectSeed,
  languageOf,
} from "../episode/contract.ts";
import { EnvStateError, UsageError } from "../errors.ts";
import { readClock } from "../episode/clock/host-clock.ts";
import { expectNames, expectSights } from "../episode/expect-options.ts";
import { expectHistory } from "../episode/history/history.ts";
import { expectOldTurns, moveOldTurns } from "../episode/history/old-turns.ts";
import { PrintedAnswers } from "../repl/printed-answers.ts";
import { expectPromptStyle } from "../episode/prompt.ts";
import { replSeedOf } from "../episode/repl-seed.ts";
import { resolveLimits } from "../episode/limits.ts";
import type { Lineage } from "../episode/lineage.ts";
import { RunningEpisode } from "../episode/running.ts";
import { type FailedTurn } from "../episode/contract.ts";
import type { CallOrigin, Model } from "../models/model.ts";
import { playTurn, type TurnOutcome } from "../episode/turn.ts";
import type { ReplLanguage } from "../languages/language.ts";
import type { Policy } from "../policies/policy.ts";
import { infoOf, observe } from "../episode/observation.ts";
import type { World } from "../episode/world/world.ts";
import type { ForkableRepl, Repl, ReplPool } from "../repl/repl.ts";
import type { InfraError, Trajectory } from "../trajectory.ts";
import type {
  Action,
  Dialect,
  HistoryOptions,
  Limits,
  Message,
  Observation,
  Problem,
  StopReason,
} from "../types.ts";

/**
 * An environment that plays one episode at a time, as in Gymnasium but asynchronous: `reset`, `step` until `terminated` or
 * `truncated`, `close`. Methods that are called at the wrong time throw `EnvStateError`.
 */
export class RLMEnv {
  readonly #options: RLMEnvOptions;
  readonly #repls: ReplPool;
  readonly name: string;
  readonly subModels: readonly Model[];
  readonly limits: Limits;
  readonly dialect: Dialect;
  readonly language: ReplLanguage;
  readonly #maxDepth: number;
  readonly #lineage: Lineage | null;
  readonly #history: HistoryOptions;
  #running: RunningEpisode | null = null;
  #nextSeed = 0;
  #closed = false;
  /** The record of the last episode, which is available even after `close`. */
  #last: Trajectory | null = null;
  #busy = false;
  /** Resolves when all forks that were requested so far are made. */
  #forking: Promise<void> | null = null;
  /** Counts the open environments that are related by forks. They share this object. */
  #family = { open: 1 };

  /** Throws `UsageError` for an invalid option. */
  constructor(options: RLMEnvOptions);
  /** @param lineage what a child episode shares with its tree; null for a root @internal */
  constructor(options: RLMEnvOptions, lineage: Lineage | null);
  constructor(options: RLMEnvOptions, lineage: Lineage | null = null) {
    this.#options = options;
    this.#repls = options.printedAnswers ? new PrintedAnswers(options.repls) : options.repls;
    this.#lineage = lineage;
    this.#maxDepth = expectDepth(options.maxDepth ?? 1);
    this.name = options.name;
    this.subModels = options.subModels ?? [];
    this.limits = resolveLimits(options.limits);
    this.dialect = expectDialect(options.dialect ?? "repl");
    expectReasoning(options.reasoning ?? "drop");
    expectPromptStyle(options.promptStyle ?? "default");
    this.language = languageOf(options);
    expectLanguage(this.language, this.dialect);
    expectNames(options, this.language);
    this.#history = expectHistory(options.history ?? { mode: "off" });
    expectOldTurns(this.#history, this.language);
    expectSights(options, this.language);
  }

  /** True once `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The world of its episodes; null if there is none. */
  get world(): World | null {
    return this.#options.world ?? null;
  }

  /** The problem of the episode that `reset` begins with this seed. */
  problem(seed: number): Promise<Problem> {
    return problemOfSeed(this.#options, seed);
  }

  /** Begins an episode, and drops one that has not ended. Throws `ReplError` if no interpreter can be started. */
  async reset(options: ResetOptions = {}): Promise<{ observation: Observation; info: Info }> {
    return this.#exclusively("reset", async () => {
      await this.#leave();
      this.#last = null;
      const seed = expectSeed(options.seed ?? this.#nextSeed++);
      // A judge, and the models of whoever steps by hand; what a rollout has asked before is known.
      const models = [...this.subModels, this.#options.judge?.model];
      await Promise.all(models.map(async (model) => model?.prepare?.()));
      const episode = await this.#begin(seed, options);
      const running = this.#runningOf(episode);
      this.#running = running;
      running.repl = await this.#repls.acquire({ signal: running.abandoned });
      await running.beginWorld();
      const clockMs = this.#readClock(episode);
      await running.repl.start({
        context: episode.facts.task.context,
        seed: replSeedOf(episode.rules.replSeed, episode.facts),
        onCall: running.onCall,
        tools: running.tools,
        imported: episode.rules.imported,
        asksReasoning: episode.rules.asksReasoning,
        delegates: episode.rules.delegates,
        ...(episode.facts.replies && { keepsReplies: true }),
        ...(clockMs !== undefined && { clockMs }),
      });
      const { task } = episode.facts;
      episode.tell({ kind: "begun", question: task.question, encrypted: canaryOf(task) !== null });
      return { observation: observe(episode, null), info: infoOf(episode, null) };
    });
  }

  /** Plays one turn. Throws `EnvStateError` before a reset and after the end. */
  async step(action: Action): Promise<StepResult> {
    return this.#exclusively("step", async () => {
      const running = this.#expectRunning("step");
      const { episode, repl } = running;
      if (episode.ending !== null) throw new EnvStateError("step: the episode has ended; call reset first");
      if (repl === null) throw new EnvStateError("step: the reset found no interpreter; call reset again");
      const clockMs = this.#readClock(episode);
      const outcome = await playTurn(running, action, { repl, clockMs });
      const result = await this.#conclude(running, outcome);
      episode.markObserved();
      return result;
    });
  }

  /** The conversation that a language-model policy continues, including the last observation. */
  get messages(): readonly Message[] {
    return this.#expectRunning("messages").episode.conversation.messages;
  }

  /**
   * Reserves budget for the policy's next completion, which `step` settles, and returns the most tokens it may have. Throws
   * `BudgetError` if there is no room for one.
   */
  reserve(policy: Pick<Policy, "name" | "model">): number {
    return this.#expectRunning("reserve").reserve(policy);
  }

  /** The position of the policy's next call in its tree, for models that pass it on. */
  get origin(): CallOrigin {
    return this.#expectRunning("origin").episode.originOf("policy");
  }

  /** The sampling seed of the policy's next completion; null if the policy has its own seed for all turns. */
  get turnSeed(): number | null {
    return this.#expectRunning("turnSeed").episode.turnSeed;
  }

  /** Aborts when the episode's time is over. */
  get deadline(): AbortSignal {
    return this.#expectRunning("deadline").episode.deadline;
  }

  /** The record of the ended episode, also after `close`. Throws `EnvStateError` before the end. */
  get trajectory(): Trajectory {
    if (this.#closed && this.#last) return this.#last;
    const { trajectory } = this.#expectRunning("trajectory");
    if (trajectory === null) throw new EnvStateError("trajectory: the episode has not ended");
    return trajectory;
  }

  /**
   * Ends the episode from outside: by a limit, or by an error such as a dead server of the policy. `failed` describes the
   * reserved completion if it was requested and failed.
   */
  async abandon(
    stopReason: StopReason,
    error: InfraError | null = null,
    failed: FailedTurn | null = null,
  ): Promise<Trajectory> {
    return this.#exclusively("abandon", async () => {
      const running = this.#expectRunning("abandon");
      if (failed) running.failTurn(failed);
      running.unreserve();
      if (running.episode.ending === null) await this.#end(running, stopReason, error);
      return this.trajectory;
    });
  }

  /**
   * Makes an independent environment that goes on from the current state, with the same history, ledger and interpreter state.
   * With a count it makes several. Each has its own costs from here on. Several forks may be requested at once. Close every fork
   * like any other environment; what `make` opened is closed with the last one. Throws `EnvStateError` before a reset, after the
   * end, and for a REPL that cannot fork.
   */
  fork(): Promise<RLMEnv>;
  fork(count: number): Promise<RLMEnv[]>;
  async fork(count?: number): Promise<RLMEnv | RLMEnv[]> {
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1))
      throw new UsageError(`fork: expected a whole number of at least 1, got ${count}`);
    const begin = () => this.#exclusively("fork", () => this.#forked(count ?? 1));
    const forked = this.#forking === null ? begin() : this.#forking.then(begin);
    const settled = forked
      .catch(() => {})
      .then(() => {
        if (this.#forking === settled) this.#forking = null;
      });
    this.#forking = settled;
    const copies = await forked;
    return count === undefined ? copies[0]! : copies;
  }

  /** Releases the interpreter. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#family.open -= 1;
    await this.#leave();
    if (this.#family.open === 0) await this.#options.onClose?.();
  }

  async #forked(count: number): Promise<RLMEnv[]> {
    const origin = this.#expectRunning("fork");
    const { episode, repl, handles } = origin;
    if (episode.ending !== null) throw new EnvStateError("fork: the episode has ended");
    if (handles.open.length > 0)
      throw new EnvStateError(
        `fork: nobody has waited for handle ${handles.open[0]} yet; a branch cannot share it`,
      );
    if (repl === null || !isForkable(repl)) throw new EnvStateError("fork: this REPL cannot save its state");
    const copies: RLMEnv[] = [];
    try {
      while (copies.length < count) {
        const copy = new RLMEnv(this.#options, this.#lineage);
        copy.#family = this.#family;
        copy.#family.open += 1;
        copies.push(copy);
        const running = copy.#runningOf(episode.fork(this.#options.priceOf), origin);
        running.repl = await repl.fork(running.onCall, running.tools);
        copy.#running = running;
      }
      return copies;
    } catch (error) {
      for (const copy of copies) await copy.close();
      throw error;
    }
  }

  async #begin(seed: number, reset: ResetOptions): Promise<Episode> {
    const { task, reference } = reset.task
      ? { task: reset.task, reference: reset.reference ?? null }
      : await this.problem(seed);
    const settled = { limits: this.limits, dialect: this.dialect, history: this.#history };
    const tree = { maxDepth: this.#maxDepth, lineage: this.#lineage };
    return beginEpisode({ options: this.#options, ...settled, ...tree, reset, seed, task, reference });
  }

  #runningOf(episode: Episode, origin?: RunningEpisode): RunningEpisode {
    const makeEnv = (options: RLMEnvOptions, lineage: Lineage) => new RLMEnv(options, lineage);
    return new RunningEpisode(episode, this.#options, makeEnv, origin);
  }

  #readClock({ facts, clockMs }: Episode): number | undefined {
    return readClock(this.#options.clock, facts.rolloutId, clockMs);
  }

  async #conclude(running: RunningEpisode, outcome: TurnOutcome): Promise<StepResult> {
    const { episode, subCalls } = running;
    if (!outcome.error && !subCalls.infraError)
      await episode.compact({
        summarise: (prompt) => subCalls.summarise(prompt),
        offload: (kept) => moveOldTurns(running, kept),
      });
    const error = outcome.error ?? subCalls.infraError;
    const ending = episode.answer === null ? await running.limitReached() : "answered";
    const stopReason = error === null ? ending : "infra_error";
    if (stopReason !== null) await this.#end(running, stopReason, error);
    const reward = earnedByTurn(running, this.#options.reward);
    return {
      observation: observe(episode, outcome),
      reward,
      terminated: stopReason === "answered",
      truncated: stopReason !== null && stopReason !== "answered",
      info: infoOf(episode, running.trajectory),
    };
  }

  async #end(running: RunningEpisode, stopReason: StopReason, error: InfraError | null): Promise<void> {
    const { episode, repl } = running;
    if (repl) await this.#repls.release(repl);
    episode.unawaited = await running.finishCalls();
    running.trajectory = await concludeEpisode(
      episode,
      { stopReason, error },
      this.#options,
      running.abandoned,
    );
    this.#last = running.trajectory;
  }

  async #leave(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (!running || running.episode.ending !== null) return;
    await running.leave((repl) => this.#repls.release(repl));
  }

  #expectRunning(method: string): RunningEpisode {
    if (this.#closed) throw new EnvStateError(`${method}: the environment is closed`);
    if (this.#running === null) throw new EnvStateError(`${method}: there is no episode; call reset first`);
    return this.#running;
  }

  async #exclusively<T>(method: string, run: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new EnvStateError(`${method}: the environment is closed`);
    if (this.#busy)
      throw new EnvStateError(`${method}: another reset or step of this environment is under way`);
    this.#busy = true;
    try {
      return await run();
    } finally {
      this.#busy = false;
    }
  }
}

function isForkable(repl: Repl): repl is ForkableRepl {
  return "fork" in repl;
}
