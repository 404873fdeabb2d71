/**
 * Reflective prompt search in the manner of GEPA (Agrawal et al. 2025, arXiv 2507.19457): a pool of prompts, a parent drawn from the
 * Pareto front over validation tasks, a child that a model writes after reading a minibatch of the parent's episodes, accepted if it
 * earns more on that minibatch. The search is a function of its seed, its episodes and the replies: one that was broken off is played
 * again from what is on disk, and goes on where nothing is left.
 */
import type { Dialect } from "../types.ts";
import { Random } from "../random.ts";
import type { CandidateEpisodes, Outcome } from "./candidate-episodes.ts";
import {
  bestOf,
  type Candidate,
  candidateOf,
  type Iteration,
  isBetter,
  type ReflectionCost,
  resultOf,
} from "./candidate.ts";
import { drawParent, paretoFront, SAME } from "./pareto.ts";
import { readProposal } from "./read-proposal.ts";
import { reflectionRequest } from "./reflection-request.ts";
import type { Reflections } from "./reflections.ts";
import type { Spending, Step } from "./spending.ts";
import { minibatchOf, type TaskPlace, type TaskSets } from "./task-sets.ts";

/**
 * Why a search ended: what was left of the budget held no further iteration, all iterations were done, or the reflecting model had
 * written nothing new many times in a row.
 */
export type SearchEnd = "episodes" | "dollars" | "iterations" | "refusals";

/** Refused replies in a row after which the search ends, so that a model that has no more to say costs no more. */
export const MOST_REFUSALS = 25;

/** The parts of a search that is about to begin. */
export interface SearchParts {
  readonly seedPrompt: string;
  readonly seed: number;
  readonly sets: TaskSets;
  readonly minibatch: number;
  readonly iterations: number;
  readonly maxPromptTokens: number;
  readonly dialect: Dialect;
  readonly episodes: CandidateEpisodes;
  readonly reflections: Reflections;
  readonly spending: Spending;
  /** The most that an episode can cost. */
  readonly maxNanoDollars: number;
  /** Called after each iteration; the state is on disk when it returns. */
  readonly onIteration: (iteration: Iteration | null, search: PromptSearch) => Promise<void>;
}

/** A search and its state. */
export class PromptSearch {
  readonly #parts: SearchParts;
  /** Every prompt that was played, in the order of their ids. */
  readonly candidates: Candidate[] = [];
  readonly iterations: Iteration[] = [];
  /** Episodes and replies that the search has come to. */
  readonly #episodeIds = new Set<string>();
  readonly #replyKeys = new Set<string>();
  #reflectionNanoDollars: number | null = 0;
  #reflectionTokens = 0;
  #hasLeftPath = false;
  #retried = 0;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** The candidates that were kept. */
  get pool(): Candidate[] {
    return this.candidates.filter(({ status }) => status === "kept");
  }

  get best(): Candidate {
    return bestOf(this.pool, SAME);
  }

  /** Calls of the reflecting model, their tokens and dollars. */
  get reflecting() {
    return {
      calls: this.#replyKeys.size,
      tokens: this.#reflectionTokens,
      nanoDollars: this.#reflectionNanoDollars,
    };
  }

  /** Plays the search to its end. Throws what its parts throw; everything until then is on disk. */
  async run(): Promise<SearchEnd> {
    const { seedPrompt, sets, iterations, onIteration } = this.#parts;
    const validation = await this.play(seedPrompt, sets.validation);
    this.candidates.push(
      candidateOf(
        {
          id: 0,
          parent: null,
          iteration: 0,
          status: "kept",
          prompt: seedPrompt,
          minibatch: null,
          validation: resultsOf(sets.validation, validation),
        },
        { tokens: 0, nanoDollars: 0 },
      ),
    );
    await onIteration(null, this);
    let refused = 0;
    for (let number = 1; number <= iterations; number += 1) {
      const iteration = await this.#iterate(number);
      if (typeof iteration === "string") return iteration;
      this.iterations.push(iteration);
      await onIteration(iteration, this);
      refused = iteration.outcome === "refused" ? refused + 1 : 0;
      if (refused >= MOST_REFUSALS) return "refusals";
    }
    return "iterations";
  }

  /** Plays a prompt on tasks, and counts what is new on the search's path. */
  async play(prompt: string, tasks: readonly TaskPlace[]): Promise<Outcome[]> {
    const { episodes, spending } = this.#parts;
    const outcomes = await episodes.play(prompt, tasks);
    for (const { rolloutId, nanoDollars } of outcomes) {
      if (this.#episodeIds.has(rolloutId)) continue;
      this.#episodeIds.add(rolloutId);
      spending.add(1, nanoDollars);
    }
    const retried = episodes.retriedNanoDollars;
    spending.add(0, retried === null ? null : retried - this.#retried);
    this.#retried = retried ?? this.#retried;
    return outcomes;
  }

  /** The step that playing the prompt on the tasks would be. */
  stepOf(prompt: string, tasks: readonly TaskPlace[]): Step {
    const { episodes, maxNanoDollars } = this.#parts;
    const missing = tasks.filter((task) => !this.#episodeIds.has(episodes.idOf(prompt, task))).length;
    return { episodes: missing, nanoDollars: missing * maxNanoDollars };
  }

  /** The iteration, or what kept it from beginning. */
  async #iterate(number: number): Promise<Iteration | SearchEnd> {
    const { sets, seed, spending, dialect, maxPromptTokens, minibatch: size } = this.#parts;
    const { pool } = this;
    const front = paretoFront(pool.map(({ validation }) => validation!.map(({ reward }) => reward)));
    const parent = pool[drawParent(front, Random.of(seed, "parent", number))]!;
    const tasks = minibatchOf(sets.train, number - 1, { size, seed });
    const begun = { iteration: number, parent: parent.id, tasks: tasks.map(({ id }) => id) };
    const before = this.stepOf(parent.prompt, tasks);
    const after = this.#childStep(tasks.length);
    const step = {
      episodes: before.episodes + after.episodes,
      nanoDollars: before.nanoDollars + after.nanoDollars,
    };
    const kept = this.#keptForTest();
    if (!spending.fits(step, kept)) return spending.limitOf(step, kept);
    const played = await this.play(parent.prompt, tasks);
    if (played.every(({ reward }) => reward !== null && reward >= 1 - SAME))
      return { ...begun, outcome: "perfect" };
    const messages = reflectionRequest({
      prompt: parent.prompt,
      stories: played.flatMap(({ story, reward }) => (reward === null ? [] : [story])),
      dialect,
      maxPromptTokens,
    });
    const asked = await this.#reflect(number, messages);
    if (typeof asked === "string") return asked;
    const proposal = readProposal(asked.reply ?? "", { maxPromptTokens });
    if ("refusal" in proposal) return { ...begun, outcome: "refused", refusal: proposal.refusal };
    if (this.candidates.some(({ prompt }) => prompt === proposal.prompt))
      return { ...begun, outcome: "refused", refusal: "tried before" };
    const candidate = await this.#tryChild({ ...proposal, tasks, parent, number, played, cost: asked.cost });
    return { ...begun, outcome: candidate.status, candidate: candidate.id };
  }

  /** Asks the reflecting model, or says which budget the request does not fit into. */
  async #reflect(
    number: number,
    messages: Parameters<Reflections["ask"]>[1],
  ): Promise<{ readonly reply: string | null; readonly cost: ReflectionCost } | SearchEnd> {
    const { reflections, spending, seed, minibatch } = this.#parts;
    if (reflections.hasOther(number, messages)) this.#leavePath();
    const after = this.#childStep(minibatch);
    const step = { ...after, nanoDollars: after.nanoDollars + (reflections.boundOf(messages) ?? 0) };
    const kept = this.#keptForTest();
    if (!spending.fits(step, kept)) return spending.limitOf(step, kept);
    const drawn = Random.of(seed, "reflection", number).below(2 ** 31);
    const { reflection, key } = await reflections.ask(number, messages, drawn);
    const { usage, nanoDollars, reply } = reflection;
    const tokens = usage ? usage.promptTokens + usage.completionTokens : 0;
    this.#replyKeys.add(key);
    spending.add(0, nanoDollars);
    this.#reflectionTokens += tokens;
    this.#reflectionNanoDollars =
      this.#reflectionNanoDollars === null || nanoDollars === null
        ? null
        : this.#reflectionNanoDollars + nanoDollars;
    return { reply, cost: { tokens, nanoDollars } };
  }

  async #tryChild(child: {
    readonly prompt: string;
    readonly tasks: readonly TaskPlace[];
    readonly parent: Candidate;
    readonly number: number;
    readonly played: readonly Outcome[];
    readonly cost: ReflectionCost;
  }): Promise<Candidate> {
    const { prompt, tasks, parent, number, played, cost } = child;
    const { validation } = this.#parts.sets;
    const own = resultsOf(tasks, await this.play(prompt, tasks));
    const minibatch = { parent: resultsOf(tasks, played), own };
    const isKept = isBetter(own, minibatch.parent, SAME);
    const facts = {
      id: this.candidates.length,
      parent: parent.id,
      iteration: number,
      status: isKept ? ("kept" as const) : ("rejected" as const),
      prompt,
      minibatch,
      validation: isKept ? resultsOf(validation, await this.play(prompt, validation)) : null,
    };
    const candidate = candidateOf(facts, cost);
    this.candidates.push(candidate);
    return candidate;
  }

  /** What a child may take: its minibatch, and the validation tasks if it is accepted. */
  #childStep(minibatch: number): Step {
    const { sets, maxNanoDollars } = this.#parts;
    const episodes = minibatch + sets.validation.length;
    return { episodes, nanoDollars: episodes * maxNanoDollars };
  }

  /** What is kept back for the held-out test of two prompts: dollars by the mean of the episodes so far. */
  #keptForTest(): Step {
    const { sets, spending } = this.#parts;
    const episodes = 2 * sets.test.length;
    const spent = (spending.nanoDollars ?? 0) - (this.#reflectionNanoDollars ?? 0);
    return { episodes, nanoDollars: (episodes * spent) / Math.max(1, spending.episodes) };
  }

  /** A fault of an earlier attempt changed the course: what the search will not come to counts as spent. */
  #leavePath(): void {
    if (this.#hasLeftPath) return;
    this.#hasLeftPath = true;
    const { episodes, reflections, spending } = this.#parts;
    const { episodes: others, nanoDollars } = episodes.outside(this.#episodeIds);
    spending.add(others, nanoDollars);
    spending.add(0, reflections.outside(this.#replyKeys));
  }
}

function resultsOf(tasks: readonly TaskPlace[], outcomes: readonly Outcome[]) {
  return outcomes.map((outcome, index) => resultOf(tasks[index]!.id, outcome));
}
