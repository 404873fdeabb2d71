/** Child episodes: each call of `rlm_query` is played by its own policy on its own REPL, and linked to the parent. */
import type { Budget } from "../cost/budget.ts";
import { untilAborted } from "../until-aborted.ts";
import type { Env } from "./contract.ts";
import type { Episode } from "./episode.ts";
import { childTermsOf } from "./delegation/child-terms.ts";
import { gateOfBudget, type Lineage, lineageOfChild } from "./lineage.ts";
import { gatedModel, CallLimit } from "../models/call-limit.ts";
import { type Model, modelWithEffort } from "../models/model.ts";
import type { CallTerms } from "../repl/call-terms.ts";
import { sum } from "../statistics.ts";
import type { Policy } from "../policies/policy.ts";
import { Random } from "../random.ts";
import { countMessages, readingTokens } from "../cost/tokens.ts";
import { expectContext } from "../data/context.ts";
import { rolloutEpisode } from "./rollout.ts";
import type { ParentCall, Trajectory } from "../trajectory.ts";
import type { Context, Task } from "../types.ts";

/** The most children of one episode that are played at the same time. Others wait. */
const AT_ONCE = 32;

/** If a prompt is its own context, the question shows at most this many characters of each of its ends. */
const SHOWN_CHARS = 2_000;

/** Questions with more characters in total are not tokenized: no token has more than `CHARS_A_TOKEN` characters. */
const [COUNTED_CHARS, CHARS_A_TOKEN] = [200_000, 128];

/** A sub-task that the code asked for. */
export interface SubTask {
  readonly prompt: string;
  /** If undefined, the prompt is the context too. */
  readonly context: Context | undefined;
  /** Where in the parent the child was asked for. */
  readonly position: Omit<ParentCall, "rolloutId">;
  /** The terms of the call. */
  readonly terms?: CallTerms;
  /** The budget of the child, if it has one of its own. */
  readonly budget?: Budget;
  /** Aborts if the child is not to go on. */
  readonly cancelled?: AbortSignal;
}

/** What children need from their parent. */
export interface ChildrenOptions {
  readonly episode: Episode;
  readonly policyFor: (model: Model, child: { readonly rolloutId: string }) => Policy;
  /** The models of the child's own calls. The first one answers calls that name no model. */
  readonly models: readonly Model[];
  readonly makeEnv: (lineage: Lineage, keptTools: readonly string[] | undefined) => Env;
  /** Aborts when the parent is abandoned. */
  readonly signal: AbortSignal;
}

/** The children of one episode. */
export class Children {
  readonly #options: ChildrenOptions;
  readonly #slots: CallLimit;
  readonly #playing = new Set<Promise<unknown>>();
  /** The places of the parent's children, in the order of their records. */
  readonly #places: number[];
  #begun: number;

  constructor(options: ChildrenOptions) {
    this.#options = options;
    const { children, facts } = options.episode;
    this.#slots = new CallLimit(facts.limits.maxChildrenAtOnce ?? AT_ONCE);
    this.#begun = children.length;
    this.#places = children.map((_, index) => index);
  }

  /** Plays sub-tasks side by side. The records are in the order of the tasks, also in the parent's record. */
  async play(tasks: readonly SubTask[], model: Model): Promise<readonly Trajectory[]> {
    const begun = tasks.map((task) => this.begin(task, model));
    const records = await Promise.all(begun.map(({ ended }) => ended));
    for (const [index, record] of records.entries()) this.add(begun[index]!.place, record);
    return records;
  }

  /** Begins one sub-task. `add` puts its record into the parent's, at its place. */
  begin(task: SubTask, model: Model): { readonly place: number; readonly ended: Promise<Trajectory> } {
    const place = this.#begun;
    this.#begun += 1;
    // Each child gets its own signal, so that listeners do not pile up on the shared one.
    const signal = AbortSignal.any([this.#options.signal]);
    const ended = this.#slots.run("", () => this.#playOne(task, place, model, signal), signal);
    this.#playing.add(ended);
    const forget = () => this.#playing.delete(ended);
    ended.then(forget, forget);
    return { place, ended };
  }

  /** Adds a record to the children of the parent, which are in the order in which they began. */
  add(place: number, record: Trajectory): void {
    const after = this.#places.findLastIndex((other) => other < place) + 1;
    this.#places.splice(after, 0, place);
    this.#options.episode.children.splice(after, 0, record);
  }

  /** The fewest tokens that the first calls of these children take: counted, or for long texts a lower bound. */
  firstTokens(tasks: readonly SubTask[]): number {
    const [system] = this.#options.episode.conversation.messages;
    const questions = tasks.map(({ prompt, context }) =>
      context === undefined ? shortened(prompt) : prompt,
    );
    const isLong = sum(questions.map(({ length }) => length)) > COUNTED_CHARS;
    return sum(
      questions.map((content) =>
        isLong
          ? Math.ceil(content.length / CHARS_A_TOKEN)
          : countMessages([...(system ? [system] : []), { role: "user", content }]),
      ),
    );
  }

  /** Resolves when all running children have released their REPLs. */
  async gone(): Promise<void> {
    await Promise.allSettled(this.#playing);
  }

  async #playOne(subTask: SubTask, index: number, model: Model, signal: AbortSignal): Promise<Trajectory> {
    const { episode, policyFor, models, makeEnv } = this.#options;
    const { facts, lineage } = episode;
    const parent = { rolloutId: facts.rolloutId, ...subTask.position };
    const { terms = {}, budget, cancelled } = subTask;
    const below = { parentTrace: episode.policyTrace, parent, budget, cancelled };
    const env = makeEnv(lineageOfChild(lineage, { ...below, terms: childTermsOf(terms) }), terms.tools);
    const rolloutId = `${facts.rolloutId}#${index}`;
    const reset = {
      task: taskOf(subTask, rolloutId, facts.task.dataset),
      // The index follows the order of the calls, so the seed does not depend on timing.
      seed: Random.of(facts.seed, "child", index).below(2 ** 31),
      rolloutId,
      groupId: rolloutId,
    };
    const gated = gatedModel(model, budget ? gateOfBudget(lineage.callSlots, budget) : lineage.gate);
    const played = terms.effort === undefined ? gated : modelWithEffort(gated, terms.effort);
    const policy = policyFor(played, { rolloutId });
    const [subModel = null] = models;
    try {
      return await untilAborted(signal, (own) =>
        rolloutEpisode(env, { policy, subModel, reset, signal: own }),
      );
    } finally {
      await env.close();
    }
  }
}

/**
 * The task of a child. If the prompt is its own context and is long, the question shows only its two ends. Throws
 * `UsageError` for a context that a REPL cannot have.
 */
export function taskOf(
  { prompt, context = prompt }: Pick<SubTask, "prompt" | "context">,
  id: string,
  dataset: string,
): Task {
  expectContext(context);
  const isOwnContext = context === prompt;
  return {
    id,
    dataset,
    question: isOwnContext ? shortened(prompt) : prompt,
    context,
    contextTokens: readingTokens(context),
    metadata: {},
  };
}

function shortened(prompt: string): string {
  if (prompt.length <= 2 * SHOWN_CHARS) return prompt;
  const cut = prompt.length - 2 * SHOWN_CHARS;
  return `${prompt.slice(0, SHOWN_CHARS)}\n[… ${cut} characters; all of it is in \`context\` …]\n${prompt.slice(-SHOWN_CHARS)}`;
}
