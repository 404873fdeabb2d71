/** Reads the flags of a rollout once: the matchups that they ask for, and the configuration of the run. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Benchmark, Environment } from "../../../src/env/define.ts";
import type { EventListener } from "../../../src/episode/events.ts";
import { plainUrl } from "../../../src/http/plain-url.ts";
import { resolveLimits } from "../../../src/episode/limits.ts";
import { defaultPrices, readPrices } from "../../../src/cost/pricing.ts";
import { defaultSystemPrompt } from "../../../src/episode/prompt.ts";
import { PYTHON } from "../../../src/languages/python/python.ts";
import { readWheels } from "../../../src/repl/engine/wheels.ts";
import { parseLength } from "../../../datasets/length.ts";
import { hashOfPath } from "../../../src/files/file-hash.ts";
import type { JsonObject } from "../../../src/types.ts";
import type { Matchup } from "../../../src/queue/matchup.ts";
import { benchmarkMatchup } from "../../../src/rollout/benchmark-matchup.ts";
import type { CurriculumSpec } from "../../../src/rollout/curriculum-spec.ts";
import { withDifficulty } from "../../../src/rollout/run-curriculum.ts";
import type { MatchupRun } from "../../../src/rollout/play-matchups.ts";
import { environmentOptions, optionsOf } from "../../flags/environment-flags.ts";
import { askingInConfig } from "../../flags/server-flags.ts";
import { limitsFrom } from "../../flags/limit-flags.ts";
import { childPolicyFrom, judgeFrom, policiesFrom, subModelsFrom } from "../../flags/model-flags.ts";
import { isPolicyFile } from "../../input/load-policy.ts";
import type { OraclePolicy, Policy } from "../../../src/policies/policy.ts";
import { languagesIn, toldFrom } from "../../flags/prompt-flags.ts";
import { recursionFrom } from "../../flags/recursion-flags.ts";
import { governorFrom } from "../../flags/pace-flags.ts";
import type { Governor } from "../../../src/models/governor.ts";
import { rewardFrom, rewardInConfig } from "../../flags/reward-flags.ts";
import type { RolloutFlags } from "./flags.ts";
import { simulatedSpec } from "../../flags/simulated-spec.ts";
import { wholeNumber } from "../../flags/values.ts";

/** Everything that decides the episodes of a run. */
export interface Asked extends MatchupRun {
  readonly matchups: readonly AskedMatchup[];
  /** The options with which every environment is made. */
  readonly make: Awaited<ReturnType<typeof makeOptions>>;
  readonly attempts: number;
  /** Limits the requests of all models of the run. */
  readonly governor: Governor;
}

/** A matchup together with its opened environment. */
interface AskedMatchup extends Matchup {
  readonly benchmark: Benchmark;
  readonly options: JsonObject;
  /** The environment's options that name files or folders, separated by commas. */
  readonly paths: Readonly<Record<string, string>>;
}

/**
 * Throws `UsageError` for invalid flags, before anything runs.
 *
 * @param onEvent hears of what goes on in the episodes that this process plays
 * @param curriculum whose kinds of tasks are in these environments, one after the other
 */
export async function askedFor(
  environments: readonly Environment[],
  flags: RolloutFlags & Record<string, unknown>,
  {
    onEvent,
    curriculum,
  }: { readonly onEvent?: EventListener; readonly curriculum?: CurriculumSpec | undefined } = {},
): Promise<Asked> {
  const episodes = wholeNumber(flags.episodes, "--episodes", 1);
  const groupSize = wholeNumber(flags["group-size"], "--group-size", 1);
  const attempts = wholeNumber(flags.attempts, "--attempts", 1);
  const seed = wholeNumber(flags.seed, "--seed", 0);
  const make = await makeOptions(flags, onEvent);
  const governor = governorFrom(flags);
  const kinds = curriculum
    ? curriculum.tasks.map(({ options, difficulty }, place) => ({
        environment: environments[place]!,
        options,
        difficulty,
      }))
    : environments.flatMap((environment) =>
        environmentOptions(environment, flags).map((options) => ({
          environment,
          options,
          difficulty: undefined,
        })),
      );
  const matchups = await matchupsFrom(kinds, flags, { make, seed, governor });
  for (const { benchmark } of matchups) resolveLimits(benchmark.limits, make.limits);
  return {
    episodes,
    groupSize,
    seed,
    attempts,
    matchups,
    make,
    governor,
    ...(make.reward && { reward: make.reward }),
    ...(curriculum && { curriculum }),
    config: {
      ...configOf(matchups, flags, make),
      ...(curriculum && { curriculum: curriculum as unknown as JsonObject }),
      ...(await filesOf(matchups, flags)),
    },
  };
}

/** Tasks of one kind. */
interface Kind {
  readonly environment: Environment;
  readonly options: JsonObject;
  /** The word for it in a curriculum. */
  readonly difficulty: string | undefined;
}

/** One matchup for each kind of tasks. */
async function matchupsFrom(
  asked: readonly Kind[],
  flags: RolloutFlags & Record<string, unknown>,
  { make, seed, governor }: Pick<Asked, "make" | "seed" | "governor">,
): Promise<AskedMatchup[]> {
  const opened = asked.map(async ({ environment, options, difficulty }) => ({
    environment: environment.name,
    options,
    difficulty,
    paths: pathsAmong(environment, options),
    benchmark: await environment.open(options, seed),
  }));
  const kinds = await Promise.all(opened);
  const policies = await policiesFrom(
    flags,
    kinds.map(({ benchmark }) => benchmark),
    governor,
  );
  const languages = languagesIn(flags.repl);
  const pairs = kinds.flatMap((kind, index) => languages.map((language) => ({ ...kind, index, language })));
  return pairs.map(({ environment, options, difficulty, paths, benchmark, index, language }) => {
    const isCompared = languages.length > 1;
    const matchup = benchmarkMatchup({
      environment,
      benchmark,
      make: isCompared ? { ...make, repl: language } : make,
      policies: policies[index]!.map((policy) => (isCompared ? namedIn(policy, language) : policy)),
      subModels: subModelsFrom(flags, benchmark, seed, governor),
      judge: judgeFrom(flags, environment, benchmark, governor),
      fromFile: Object.keys(paths).length > 0,
    });
    return { ...withDifficulty(matchup, difficulty), benchmark, options, paths };
  });
}

/** The policy under a name that says in which language it writes. */
function namedIn<T extends Policy | OraclePolicy>(policy: T, language: string): T {
  return { ...policy, name: `${policy.name}@${language}` };
}

function pathsAmong(environment: Environment, options: JsonObject): Record<string, string> {
  const properties = optionsOf(environment);
  const paths: Record<string, string> = {};
  for (const [name, value] of Object.entries(options))
    if (
      typeof value === "string" &&
      properties[name]?.enum === undefined &&
      value.split(",").every(existsSync)
    )
      paths[name] = value;
  return paths;
}

async function makeOptions(flags: RolloutFlags, onEvent?: EventListener) {
  const reward = await rewardFrom(flags);
  const prices = flags.prices === undefined ? defaultPrices() : await readPrices(flags.prices);
  return {
    limits: limitsFrom(flags),
    ...(await toldFrom(flags)),
    ...recursionFrom(flags),
    ...childPolicyFrom(flags),
    prices: { ...prices, ...simulatedSpec(flags["sub-model"] ?? "")?.prices },
    ...(flags.clock === "host" && { clock: () => Date.now() }),
    ...(reward && { reward }),
    ...(onEvent && { onEvent }),
  };
}

function configOf(
  matchups: readonly AskedMatchup[],
  flags: RolloutFlags,
  make: Awaited<ReturnType<typeof makeOptions>>,
): JsonObject {
  const [first] = matchups;
  return {
    environment: [...new Set(matchups.map(({ environment }) => environment))].join(","),
    options: matchups.map(({ options }) => options),
    policies: flags.policy ?? [],
    model: flags.model ?? null,
    baseUrl: flags["base-url"] === undefined ? null : plainUrl(flags["base-url"], "--base-url"),
    temperature: flags.temperature ?? null,
    ...askingInConfig(flags),
    subModel: flags["sub-model"] ?? first?.subModels[0]?.name ?? null,
    episodes: flags.episodes,
    groupSize: flags["group-size"],
    ...(flags["trained-at"] !== undefined && { trainedAt: trainedAt(flags["trained-at"]) }),
    ...(flags.judge !== undefined && { judge: flags.judge }),
    ...(flags.plain && { plain: true }),
    ...(flags.clock === "host" && { clock: flags.clock }),
    seed: flags.seed,
    dialect: flags.dialect,
    ...(flags.repl !== PYTHON && { repl: flags.repl }),
    maxDepth: make.maxDepth,
    callsInFlight: make.callsInFlight,
    history: { ...(make.history ?? { mode: "off" }) },
    ...(make.reasoning && { reasoning: make.reasoning }),
    lambda: flags.lambda ?? null,
    ...rewardInConfig(make.reward),
    limits: { ...make.limits },
    prices: Object.fromEntries(Object.entries(make.prices).map(([model, price]) => [model, { ...price }])),
    prompt:
      make.systemPrompt ??
      first?.benchmark.systemPrompt?.(flags.dialect) ??
      defaultSystemPrompt(flags.dialect, flags["prompt-style"], {}, languagesIn(flags.repl)[0]),
    ...(make.promptStyle && { promptStyle: make.promptStyle }),
    ...(make.severalBlocks && { severalBlocks: true }),
    ...(make.observations && { observations: { ...make.observations } }),
    ...(make.replies && { replies: make.replies }),
    ...(make.budgetView && { budgetView: make.budgetView }),
    ...(make.delegation && { delegation: true }),
    ...(make.prompts && { prompts: { ...make.prompts } }),
  };
}

/** Throws `UsageError` unless it is one length or several. */
function trainedAt(text: string): string {
  for (const length of text.split(",")) parseLength(length);
  return text;
}

/** Hashes of the files that decide episodes: data, files that flags name, trained policies, wheels. Prices are stored as they are. */
async function filesOf(matchups: readonly AskedMatchup[], flags: RolloutFlags): Promise<JsonObject> {
  const policies = flags.policy?.flatMap((names) => names.split(",")) ?? [];
  const present = policies.filter((name) => existsSync(name));
  const paths = [
    ...matchups.flatMap(({ paths: named }) => Object.values(named).flatMap((path) => path.split(","))),
    ...policies.filter(isPolicyFile),
    ...(present.length > 0 ? (await import("../../flags/trained-policy.ts")).checkpointFiles(present) : []),
    ...[flags.env, flags.prompt, flags.reward].filter((path) => path !== undefined),
  ];
  const files = await Promise.all([...new Set(paths)].map(async (path) => [path, await hashOfPath(path)]));
  const wheels = flags.wheels === undefined ? null : await readWheels(flags.wheels);
  const hashed = wheels?.map(({ name, bytes }) => [name, createHash("sha256").update(bytes).digest("hex")]);
  return {
    ...(files.length > 0 && { files: Object.fromEntries(files) as JsonObject }),
    ...(hashed && { wheels: Object.fromEntries(hashed) as JsonObject }),
  };
}
