/** Puts together what stays the same over an episode, from the environment's options and from those of its reset. */
import { summariseContext } from "./context.ts";
import type { ResetOptions, RLMEnvOptions } from "./env-options.ts";
import { Episode } from "./episode.ts";
import { Ledger } from "./ledger.ts";
import { defaultSystemPrompt, openingText } from "./prompt.ts";
import type { Dialect, HistoryOptions, Limits, Reference, Task } from "./types.ts";

interface Beginning {
  readonly options: RLMEnvOptions;
  readonly limits: Limits;
  readonly dialect: Dialect;
  readonly history: HistoryOptions;
  readonly reset: ResetOptions;
  readonly seed: number;
  readonly task: Task;
  readonly reference: Reference | null;
}

export function beginEpisode(beginning: Beginning): Episode {
  const { options, reset, limits, dialect, history, seed, task, reference } = beginning;
  const context = summariseContext(task.context);
  const policy = reset.policy ?? "unnamed";
  const facts = {
    environment: options.name,
    task,
    context,
    reference,
    seed,
    rolloutId: reset.rolloutId ?? `${options.name}/${task.id}/${policy}/${seed}`,
    groupId: reset.groupId ?? task.id,
    policy,
    ...(reset.readsGold && { readsGold: reset.readsGold }),
    dialect,
    history,
    systemPrompt: options.systemPrompt ?? defaultSystemPrompt(dialect),
    opening: openingText(task.question, context, limits),
    limits,
  };
  return new Episode(facts, new Ledger(limits, options.priceOf));
}
