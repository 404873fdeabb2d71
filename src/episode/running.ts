/** A running episode, with its interpreter, its sub-calls and children, and the reservation for the policy's next call. */
import { budgetLeft, budgetTools, spentBy, type Spent } from "./budget-view.ts";
import { Children } from "./children.ts";
import type { Env, FailedTurn, RecordedWorld, RLMEnvOptions } from "./contract.ts";
import type { Episode } from "./episode.ts";
import { Handles } from "./delegation/handles.ts";
import { offeredTools } from "./delegation/child-terms.ts";
import { BudgetError } from "../errors.ts";
import { boundedTools, toolsBesideWorld, toolHost } from "./tools/host-tools.ts";
import type { OpenCall } from "../cost/ledger.ts";
import type { Lineage } from "./lineage.ts";
import { modelPolicy } from "../policies/model-policy.ts";
import type { Policy } from "../policies/policy.ts";
import type { HostCallHandler, Repl } from "../repl/repl.ts";
import type { ToolHost } from "../repl/tool-calls.ts";
import { SubCalls } from "./sub-calls.ts";
import { AskedByBlock } from "./clock/time-over.ts";
import type { RunningWorld } from "./world/running-world.ts";
import type { BudgetLeft, HostToolCall, Trajectory, WorldMark } from "../trajectory.ts";
import type { StopReason, Usage } from "../types.ts";

/** An episode and everything that runs for it. */
export class RunningEpisode {
  readonly episode: Episode;
  /** Null if no interpreter could be started; the episode can then only be abandoned. */
  repl: Repl | null = null;
  readonly subCalls: SubCalls;
  readonly children: Children;
  readonly handles: Handles;
  readonly tools: ToolHost | null;
  readonly asked: AskedByBlock;
  trajectory: Trajectory | null = null;
  readonly #abandoned = new AbortController();
  #reserved: OpenCall | null = null;
  /** In a replay: what the record holds of the world. */
  readonly #recordedWorld: () => RecordedWorld | null;
  readonly #recordedBudget: RLMEnvOptions["recordedBudget"] | null;
  /** What had been spent when the last turn began, and when it ended. */
  #before: Spent;
  #after: Spent;

  constructor(
    episode: Episode,
    options: RLMEnvOptions,
    makeEnv: (options: RLMEnvOptions, lineage: Lineage) => Env,
    origin?: RunningEpisode,
  ) {
    this.episode = episode;
    this.#before = this.#after = spentBy(episode);
    const { ledger, deadline, facts, lineage } = episode;
    const models = options.subModels ?? [];
    this.children = new Children({
      episode,
      models,
      policyFor: options.childPolicy ?? ((model) => modelPolicy(model)),
      makeEnv: (below, keptTools) => makeEnv(optionsOfChild(options, below.depth, keptTools), below),
      signal: this.abandoned,
    });
    const turn = () => episode.turns.length;
    const sights = (at: number) => options.recordedSights?.(facts.rolloutId, at);
    this.handles = origin ? origin.handles.fork(turn, sights) : new Handles(turn, sights);
    const signal = AbortSignal.any([deadline, this.abandoned]);
    this.subCalls = new SubCalls({
      starting: {
        handles: this.handles,
        children: this.children,
        callSlots: lineage.callSlots,
        signal,
      },
      models,
      ledger,
      gate: lineage.gate,
      depth: lineage.depth,
      maxDepth: facts.maxDepth,
      seed: facts.seed,
      rules: episode.rules,
      reservations: episode.reservations,
      maxCompletionTokens: facts.limits.maxCompletionTokens,
      signal,
      children: this.children,
      countsChildren: episode.rules.countsChildren,
      originOf: (purpose) => episode.originOf(purpose),
      schemaChecks: lineage.schemaChecks,
      leafPrompt: options.prompts?.leaf,
      hasTool: (name) => {
        const { tools } = this;
        return tools !== null && (facts.language.hostCalls?.defines(tools.source, name) ?? false);
      },
    });
    const record = (call: Omit<HostToolCall, "turn">) =>
      episode.toolCalls.push({ turn: episode.turns.length, ...call });
    const { language } = facts;
    const { world } = lineage;
    const own = budgetTools(facts.budgetView, () => budgetLeft(episode, this.#before, this.#after));
    this.#recordedBudget = options.recordedBudget ?? null;
    const offered = offeredTools(options);
    const tools = options.recordedTools
      ? toolsBesideWorld(options.recordedTools(facts.rolloutId), { own, world, signal }, record)
      : toolHost(
          { tools: { ...offered.tools, ...own }, world, worldTools: offered.worldTools, signal },
          language,
          record,
        );
    this.#recordedWorld = () => options.recordedWorld?.(facts.rolloutId) ?? null;
    const bounded =
      tools && boundedTools(tools, language, ledger.bounds, (limit) => (this.subCalls.refusedBy = limit));
    this.asked = new AskedByBlock(episode);
    this.tools = bounded && this.asked.countingTools(bounded);
  }

  /** The budget after the current turn, if observations tell it. */
  tellBudget(): BudgetLeft | undefined {
    const { episode } = this;
    [this.#before, this.#after] = [this.#after, spentBy(episode)];
    if (episode.facts.budgetView !== "line") return undefined;
    const { facts, turns } = episode;
    const recorded = this.#recordedBudget?.(facts.rolloutId, turns.length);
    return (
      recorded ?? {
        ...budgetLeft(episode, this.#before, this.#after),
        turns: facts.limits.maxTurns - turns.length - 1,
      }
    );
  }

  /**
   * The limit that ends the episode now, or null. What handles hold of its budget comes back, so they are waited for first if nothing
   * else is left.
   */
  async limitReached(): Promise<StopReason | null> {
    const { episode, subCalls, handles } = this;
    const reached = episode.limitReached(subCalls.refusedBy);
    const isHeld = handles.open.length > 0 && subCalls.refusedBy === null;
    const mayGoOn = episode.turns.length < episode.facts.limits.maxTurns && !episode.deadline.aborted;
    if (reached === null || !isHeld || !mayGoOn) return reached;
    await handles.bookAll();
    return episode.limitReached(subCalls.refusedBy);
  }

  /** Notes the world's state as the one in which the episode begins. */
  async beginWorld(): Promise<void> {
    const { world } = this.episode.lineage;
    const recorded = this.#recordedWorld()?.record ?? null;
    this.episode.world = world
      ? { name: world.name, begun: await this.#markOf(world, recorded?.begun) }
      : recorded;
  }

  /** The world's state after the current turn; undefined without a world. */
  async markWorld(): Promise<WorldMark | undefined> {
    const { world } = this.episode.lineage;
    const recorded = this.#recordedWorld()?.turns[this.episode.turns.length]?.world;
    return world ? await this.#markOf(world, recorded) : recorded;
  }

  async #markOf(world: RunningWorld, recorded: WorldMark | undefined): Promise<WorldMark> {
    return recorded ? await world.markAt(recorded.calls) : world.mark;
  }

  get onCall(): HostCallHandler {
    return this.asked.countingCalls((call) => this.subCalls.answer(call));
  }

  /** Aborts when the episode is abandoned, to stop its calls and children. */
  get abandoned(): AbortSignal {
    return this.#abandoned.signal;
  }

  /** Reserves budget for the policy's next completion, and returns the most tokens it may have. Throws `BudgetError`. */
  reserve({ name, model }: Pick<Policy, "name" | "model">): number {
    const { ledger, conversation, lineage, turns, facts, turnSeed } = this.episode;
    this.unreserve();
    const promptTokens = this.episode.reservations.tokensFor(model, conversation.messages);
    const room = lineage.budget.tokensLeft - promptTokens;
    if (room <= 0) throw new BudgetError("tokens", "the token budget leaves no room for another turn");
    const maxCompletionTokens = Math.min(facts.limits.maxCompletionTokens, room);
    const call = { purpose: "policy", depth: lineage.depth, turn: turns.length, batch: null } as const;
    const tokens = { promptTokens, maxCompletionTokens };
    const seed = model && turnSeed !== null ? { seed: turnSeed } : {};
    const [open] = ledger.open([{ ...call, ...tokens, ...seed, model: model?.name ?? name, prompt: null }]);
    this.#reserved = open ?? null;
    return maxCompletionTokens;
  }

  /** Drops the reservation for a completion, and returns what it held; undefined if there was none. */
  unreserve(): Usage | undefined {
    const held = this.#reserved?.drop();
    this.#reserved = null;
    return held;
  }

  /** Records a completion that failed. Unless it is free, its cost is unknown, so the whole reservation counts as spent. */
  failTurn({ error, attempts, isFree = false }: FailedTurn): void {
    this.#reserved?.fail(error, { attempts, seconds: this.episode.thinkingSeconds, sent: !isFree });
    this.#reserved = null;
  }

  /** Waits for all that blocks asked, and ends and books open handles. Returns the handles that nobody waited for. */
  async finishCalls(): Promise<readonly number[]> {
    const unawaited = await this.handles.finish();
    await this.asked.allAnswered();
    // What was asked last may have begun a handle.
    return [...unawaited, ...(await this.handles.finish())];
  }

  /** Stops everything that runs, and waits until the children have released their interpreters. */
  async leave(release: (repl: Repl) => Promise<void>): Promise<void> {
    this.#abandoned.abort();
    if (this.repl) await release(this.repl);
    await this.children.gone();
  }
}

/** A parent's worker is blocked while a child runs, so each depth has its own workers. */
function optionsOfChild(
  options: RLMEnvOptions,
  depth: number,
  keptTools: readonly string[] | undefined,
): RLMEnvOptions {
  const { onClose: _, printedAnswers: __, ...shared } = options;
  return { ...shared, ...(keptTools && { keptTools }), repls: shared.repls.lane?.(depth) ?? shared.repls };
}
