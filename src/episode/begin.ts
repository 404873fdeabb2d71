/** Builds an episode's facts, which never change, from the options of the environment and of the reset. */
import { budgetForms } from "./budget-view.ts";
import { summariseContext } from "../data/context.ts";
import { problemAt } from "../data/dataset.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { expectReasoning, languageOf, type ResetOptions, type RLMEnvOptions } from "./contract.ts";
import { limitsOnTerms, offeredTools, roleOf } from "./delegation/child-terms.ts";
import { Episode } from "./episode.ts";
import { describeTools, sourceOf } from "./tools/host-tools.ts";
import { expectObservations } from "./observation-form.ts";
import { replSeedOf } from "./repl-seed.ts";
import { RunningWorld } from "./world/running-world.ts";
import { DEFAULT_CALLS_IN_FLIGHT, firstOfTree, type Lineage } from "./lineage.ts";
import { modelFacts } from "../record/played-with.ts";
import type { PlayedWith } from "../trajectory.ts";
import { rulesOf } from "./rules.ts";
import {
  CURRENT_RULES,
  type Dialect,
  type HistoryOptions,
  type Limits,
  type Problem,
  type Reference,
  type Task,
} from "../types.ts";

interface Beginning {
  readonly options: RLMEnvOptions;
  readonly limits: Limits;
  readonly dialect: Dialect;
  readonly history: HistoryOptions;
  readonly maxDepth: number;
  /** Null if the episode begins a tree. */
  readonly lineage: Lineage | null;
  readonly reset: ResetOptions;
  readonly seed: number;
  readonly task: Task;
  readonly reference: Reference | null;
}

/** The problem of the episode with this seed, after `seeded` changed it. */
export async function problemOfSeed(
  { problems, seeded }: Pick<RLMEnvOptions, "problems" | "seeded">,
  seed: number,
): Promise<Problem> {
  const problem = await problemAt(problems, seed);
  return seeded ? seeded(problem, seed) : problem;
}

/** The episode of a reset, before its first turn. */
export function beginEpisode(beginning: Beginning): Episode {
  const { options, reset, maxDepth, dialect, history, seed, task, reference, lineage } = beginning;
  const limits = limitsOnTerms(beginning.limits, lineage?.terms);
  const context = summariseContext(task.context);
  const policy = reset.policy ?? "unnamed";
  const {
    rules = CURRENT_RULES,
    promptStyle = "default",
    severalBlocks = false,
    printedAnswers = false,
  } = options;
  const language = languageOf(options);
  const observations = expectObservations(options.observations);
  const { wording } = language;
  const [subModel = null] = options.subModels ?? [];
  // The same in all episodes of a tree, unless prompts are given by role: replays of old records give all of them one prompt.
  const hasChildren = maxDepth > 1;
  const { delegation = false, prompts } = options;
  const told = { dialect, subModel, hasChildren, severalBlocks };
  const ofRole = lineage?.terms?.prompt ?? prompts?.[roleOf(lineage?.depth ?? 0, maxDepth)];
  const systemPrompt = ofRole ?? options.systemPrompt ?? wording.systemPrompt(told);
  const { tools, worldTools } = offeredTools(options);
  const rolloutId = reset.rolloutId ?? `${options.name}/${task.id}/${policy}/${seed}`;
  const facts = {
    environment: options.name,
    task,
    context,
    reference,
    seed,
    rolloutId,
    groupId: reset.groupId ?? task.id,
    policy,
    ...(reset.readsGold && { readsGold: reset.readsGold }),
    ...(reset.policyModel && { policyModel: reset.policyModel }),
    ...(reset.continues && { continues: reset.continues }),
    ...(lineage === null && {
      playedWith: playedWith(options, language),
      ...(prompts && { prompts }),
    }),
    ...(lineage?.terms?.grant && { grant: lineage.terms.grant }),
    ...(options.keptTools && {
      toolSource: options.recordedTools
        ? options.recordedTools(rolloutId).source
        : sourceOf({ ...tools, ...worldTools, ...budgetForms(options.budgetView) }, language),
    }),
    dialect,
    history,
    ...(history.mode === "offload" && language.oldTurns && { oldTurns: language.oldTurns.describe() }),
    ...(options.reasoning &&
      options.reasoning !== "drop" && { reasoning: expectReasoning(options.reasoning) }),
    rules,
    promptStyle,
    language,
    severalBlocks,
    printedAnswers,
    ...(options.budgetView && { budgetView: options.budgetView }),
    ...(observations && { observations }),
    ...(options.replies && { replies: options.replies }),
    // A record's prompt describes its world's tools already.
    systemPrompt:
      options.recordedPrompt?.(rolloutId) ??
      systemPrompt +
        (options.replies && subModel ? (language.describeReplies ?? "") : "") +
        (delegation && subModel ? (language.describeDelegation?.(hasChildren) ?? "") : "") +
        describeTools(
          {
            ...tools,
            ...(!options.recordedWorld && worldTools),
            ...(!options.recordedTools && budgetForms(options.budgetView)),
          },
          language,
        ),
    opening: wording.opening({
      question: task.question,
      context,
      limits,
      dialect,
      ...(observations && { hidesLength: true }),
    }),
    limits,
    maxDepth,
  };
  const tree = {
    rolloutId: facts.rolloutId,
    task: { id: task.id, question: task.question, contextSha256: context.sha256 },
    callsInFlight: options.callsInFlight ?? DEFAULT_CALLS_IN_FLIGHT,
    ...(options.runLimit && { runLimit: options.runLimit }),
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(options.recordedTimes && { recordedTimes: options.recordedTimes }),
    endsOnOvershoot: rulesOf(rules).endsOnOvershoot,
  };
  const episode = new Episode(
    facts,
    lineage ?? firstOfTree(limits, { ...tree, ...worldOf(options, facts) }),
    options.priceOf,
  );
  // What a dataset brings is no policy's doing.
  if (lineage !== null) episode.countBeginning();
  return episode;
}

/** The world of a tree at its beginning. */
function worldOf(
  { world, recordedWorld }: RLMEnvOptions,
  facts: Parameters<typeof replSeedOf>[1] & Pick<Episode["facts"], "rolloutId">,
) {
  if (!world) return {};
  const recorded = recordedWorld?.(facts.rolloutId)?.calls;
  return { world: RunningWorld.begin(world, facts.task, replSeedOf("task", facts), recorded) };
}

/** The models and tools that are known when a tree of episodes begins. */
function playedWith(
  options: Pick<RLMEnvOptions, "subModels" | "tools" | "recordedTools" | "world" | "budgetView">,
  language: ReplLanguage,
): Omit<PlayedWith, "prices"> {
  const toolSource =
    options.recordedTools?.("").source ??
    sourceOf({ ...options.tools, ...options.world?.tools, ...budgetForms(options.budgetView) }, language);
  return { subModels: (options.subModels ?? []).map(modelFacts), toolSource };
}
