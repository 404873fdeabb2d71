/** Child episodes: what `rlm_query` asks, played by a policy of its own on a REPL of its own, and linked to the parent. */
import { untilAborted } from "../until-aborted.ts";
import type { Env } from "./contract.ts";
import type { Episode } from "./episode.ts";
import type { Lineage } from "./lineage.ts";
import { gatedModel, CallLimit } from "../models/call-limit.ts";
import type { Model } from "../models/model.ts";
import { sum } from "../statistics.ts";
import type { Policy } from "../policies/policy.ts";
import { Random } from "../random.ts";
import { countMessages, readingTokens } from "../cost/tokens.ts";
import { expectContext } from "../data/context.ts";
import { rolloutEpisode } from "./rollout.ts";
import type { ParentPlace, Trajectory } from "../trajectory.ts";
import type { Context, Task } from "../types.ts";

/** Children of one episode that are played at the same time; the others wait. */
const AT_ONCE = 32;

/** Of a longer prompt that is its own context, the question shows so many characters of each end. */
const SHOWN_CHARS = 2_000;

/** Questions of more characters in all are not counted token by token; no token has more characters than this. */
const [COUNTED_CHARS, CHARS_A_TOKEN] = [200_000, 128];

/** A sub-task as Python asked for it. */
export interface SubTask {
  readonly prompt: string;
  /** Undefined: the prompt is the context too. */
  readonly context: Context | undefined;
  readonly place: Omit<ParentPlace, "rolloutId">;
}

export interface ChildrenOptions {
  readonly episode: Episode;
  readonly policyFor: (model: Model, child: { readonly rolloutId: string }) => Policy;
  /** The first of them is what the child's own calls reach where they name none. */
  readonly models: readonly Model[];
  readonly makeEnv: (lineage: Lineage) => Env;
  /** Aborts when nobody waits for the children any more. */
  readonly signal: AbortSignal;
}

export class Children {
  readonly #options: ChildrenOptions;
  readonly #places = new CallLimit(AT_ONCE);
  readonly #playing = new Set<Promise<unknown>>();

  constructor(options: ChildrenOptions) {
    this.#options = options;
  }

  /** Plays them side by side; the records are in the order of the tasks, and stand in the parent's in that order. */
  async play(tasks: readonly SubTask[], model: Model): Promise<readonly Trajectory[]> {
    const { children } = this.#options.episode;
    const first = children.length;
    const playing = Promise.all(
      tasks.map((task, index) => {
        // One of its own, on which the listeners of those that wait stay.
        const signal = AbortSignal.any([this.#options.signal]);
        return this.#places.run("", () => this.#playOne(task, first + index, model, signal), signal);
      }),
    );
    this.#playing.add(playing);
    try {
      const records = await playing;
      children.push(...records);
      return records;
    } finally {
      this.#playing.delete(playing);
    }
  }

  /** Tokens that the first calls of children take at least: counted, or for long texts a bound from below. */
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

  /** When all that were under way have let go of their REPLs. */
  async gone(): Promise<void> {
    await Promise.allSettled(this.#playing);
  }

  async #playOne(subTask: SubTask, index: number, model: Model, signal: AbortSignal): Promise<Trajectory> {
    const { episode, policyFor, models, makeEnv } = this.#options;
    const { facts, lineage } = episode;
    const parent = { rolloutId: facts.rolloutId, ...subTask.place };
    const env = makeEnv({
      ...lineage,
      depth: lineage.depth + 1,
      parentTrace: episode.policyTrace,
      parent,
    });
    const rolloutId = `${facts.rolloutId}#${index}`;
    const reset = {
      task: taskOf(subTask, rolloutId, facts.task.dataset),
      // By the place among the children, which the order of asking fixes, and not by when it is its turn.
      seed: Random.of(facts.seed, "child", index).below(2 ** 31),
      rolloutId,
      groupId: rolloutId,
    };
    const policy = policyFor(gatedModel(model, lineage.gate), { rolloutId });
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

/** The task of a prompt and its context; a long prompt that is its own context is shown from both ends. Throws `UsageError`. */
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
