/** The flags that choose the model or policy for each role, and their meaning. */
import { existsSync } from "node:fs";
import type { Argv, InferredOptionTypes, Options } from "yargs";
import type { Benchmark } from "../../src/env/define.ts";
import { UsageError } from "../../src/errors.ts";
import type { Judge } from "../../src/episode/contract.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { cachedModel } from "../../src/models/cached.ts";
import { gatewayModel } from "../../src/models/gateway.ts";
import type { Governor } from "../../src/models/governor.ts";
import type { Model } from "../../src/models/model.ts";
import { openaiModel } from "../../src/models/openai/openai.ts";
import { SIMULATED_TIERS, simulatedModel } from "../../src/models/simulated/simulated.ts";
import { SIMULATED_POLICY, simulatedPolicy } from "../../src/policies/simulated-policy.ts";
import { type OraclePolicy, type Policy, strategyNamed } from "../../src/policies/policy.ts";
import { governorFrom, SERVER_FLAGS, type ServerFlags } from "./pace-flags.ts";
import { type LogFormat, warn } from "../output/log-lines.ts";
import { ASKING_FLAGS, type AskingFlags, JUDGE_FLAGS, type Part, serverOf } from "./server-flags.ts";
import { SIMULATED_KNOBS, simulatedSpec } from "./simulated-spec.ts";
import { oracle } from "../../src/policies/strategies/oracle.ts";
import { isPolicyFile, loadPolicy } from "../input/load-policy.ts";
import { version } from "../../src/version.ts";

/** The flags of the models behind an environment, and of their servers. Verbs whose policy is elsewhere have only these. */
export const BEHIND_FLAGS = {
  "base-url": {
    type: "string",
    describe: "base URL of any OpenAI-compatible server, such as http://localhost:8000/v1",
  },
  gateway: {
    type: "string",
    describe: "URL of a capture gateway (rlm-gym gateway) to send every call through, instead of --base-url",
  },
  "api-key-env": {
    type: "string",
    default: "OPENAI_API_KEY",
    describe: "environment variable that holds the server's key, or the gateway's token",
  },
  "token-ids": {
    type: "boolean",
    default: false,
    describe: "keep the token ids and log-probabilities of every call (vLLM's return_token_ids and logprobs)",
  },
  logprobs: {
    type: "boolean",
    default: false,
    describe: "keep only the log-probabilities, from a server that gives no token ids",
  },
  ...SERVER_FLAGS,
  ...ASKING_FLAGS,
  temperature: {
    type: "number",
    describe: "sampling temperature of --policy openai, and of the child episodes of rlm_query",
  },
  "sub-model": {
    type: "string",
    describe: `model behind llm_query: ${SIMULATED_TIERS.join(", ")}, with knobs such as simulated:rot=steep,latency=50ms (${SIMULATED_KNOBS}), or a name on the server (default: --model with --policy openai, else ${SIMULATED_TIERS[0]})`,
  },
  cache: {
    type: "string",
    describe:
      "folder that caches replies at temperature 0 or with a seed, so that the same request is not sent again",
  },
} satisfies Record<string, Options>;

/** The flags of who plays: the policy, and the models behind it. */
export const PLAYER_FLAGS = {
  policy: {
    type: "string",
    alias: "policies",
    array: true,
    // One value each, so that the environment's name may follow it.
    nargs: 1,
    describe:
      "strategies of the environment, oracle (knows the gold), openai, simulated (a program whose skill hangs on its prompt), the folder of a trained policy, or a file such as ./mine.ts that exports policy; several make several rows",
  },
  model: { type: "string", describe: "model name on the server, for --policy openai" },
  ...BEHIND_FLAGS,
} satisfies Record<string, Options>;

const FLAGS = {
  ...PLAYER_FLAGS,
  ...JUDGE_FLAGS,
  judge: {
    type: "string",
    describe: `model that judges the answers of BrowseComp and LongMemEval: ${SIMULATED_TIERS[0]} (compares words), or a name on the server`,
  },
} satisfies Record<string, Options>;

type AllPlayerFlags = InferredOptionTypes<typeof PLAYER_FLAGS>;
type Optional = "cache" | keyof ServerFlags | keyof typeof ASKING_FLAGS;
export type PlayerFlags = Omit<AllPlayerFlags, Optional> & Partial<Pick<AllPlayerFlags, Optional>>;
export type ModelFlags = InferredOptionTypes<typeof FLAGS>;
/** What a benchmark provides for players, or a substitute if there is no benchmark. */
export type Playground = Pick<Benchmark, "strategies" | "readers" | "oracle" | "macro">;

export function withModelFlags<T>(argv: Argv<T>): Argv<T & ModelFlags> {
  return argv.options(FLAGS) as Argv<T & ModelFlags>;
}

type Chosen = Policy | OraclePolicy;

/**
 * The policies asked for, per benchmark; a benchmark skips a policy that only another one has. Throws `UsageError` for a
 * name that none of them has. @param governor the one of all models of the command
 */
export async function policiesFrom(
  flags: PlayerFlags,
  benchmarks: readonly Playground[],
  governor: Governor = governorFrom(flags),
): Promise<Chosen[][]> {
  const names = flags.policy && [...new Set(flags.policy.flatMap((name) => name.split(",")))];
  const files = names?.filter(isPolicyFile) ?? [];
  const loaded = new Map(
    await Promise.all(files.map(async (file) => [file, await loadPolicy(file)] as const)),
  );
  const trained = names?.some((name) => existsSync(name)) ? await import("./trained-policy.ts") : null;
  const found = benchmarks.map((benchmark) => {
    const wanted = names ?? Object.keys(benchmark.strategies).slice(0, 1);
    return new Map(
      wanted.map((name) => [
        name,
        loaded.get(name) ?? policyNamed(name, flags, benchmark, { governor, trained }),
      ]),
    );
  });
  const stranger = names?.find((name) => !found.some((policies) => policies.get(name)));
  if (stranger !== undefined) {
    const strategies = benchmarks.flatMap((benchmark) => Object.keys(benchmark.strategies));
    const bounds = benchmarks.some(({ oracle: best }) => best) ? ["oracle"] : [];
    const known = [
      ...new Set(strategies),
      ...bounds,
      "openai",
      SIMULATED_POLICY,
      "the folder of a trained policy",
      "a file of your own",
    ].join(", ");
    throw new UsageError(`unknown policy ${JSON.stringify(stranger)}; expected one of ${known}`);
  }
  return found.map((policies) => [...policies.values()].filter((policy) => policy !== null));
}

function policyNamed(
  name: string,
  flags: PlayerFlags,
  benchmark: Playground,
  { governor, trained }: { readonly governor: Governor; readonly trained: TrainedPolicies | null },
): Chosen | null {
  if (name === "oracle") return benchmark.oracle ? oracle(benchmark.oracle) : null;
  if (name === SIMULATED_POLICY) return simulatedPolicyOf(benchmark);
  if (name !== "openai")
    return (
      strategyNamed(benchmark.strategies, name) ?? (trained && trainedIn(name, flags, benchmark, trained))
    );
  const { temperature } = flags;
  return modelPolicy(serverModel(flags, flags.model, "policy", governor), {
    ...(temperature !== undefined && { temperature }),
  });
}

/** The policy whose skill hangs on its prompt, made from the environment's first strategy; null if there is none. */
function simulatedPolicyOf({ strategies }: Playground): Policy | null {
  const [first] = Object.values(strategies);
  return first ? simulatedPolicy(first()) : null;
}

/** Plays child episodes if the policy does not bring its own: the sub-model, sampled as the policy is. */
export function childPolicyFrom({ temperature }: Pick<PlayerFlags, "temperature">) {
  if (temperature === undefined) return {};
  return { childPolicy: (own: Model) => modelPolicy(own, { temperature }) };
}

type TrainedPolicies = typeof import("./trained-policy.ts");

/** A policy that `train` wrote to a folder; null if there is none, and for a benchmark without macro moves. */
function trainedIn(
  folder: string,
  flags: PlayerFlags,
  benchmark: Playground,
  { trainedPolicy }: TrainedPolicies,
): Policy | null {
  if (!benchmark.macro) return null;
  return trainedPolicy(folder, benchmark.macro, () => {
    const [first, second = first] = subModelsFrom(flags, benchmark, 0);
    return [first!.name, second!.name];
  });
}

/** The simulated model that a name asks for, and then the other tiers; null if it asks for none. */
export function simulatedModels(
  name: string,
  { readers }: Pick<Playground, "readers">,
  seed: number,
): readonly Model[] | null {
  const spec = simulatedSpec(name);
  if (!spec) return null;
  const others = SIMULATED_TIERS.filter((tier) => tier !== spec.tier);
  return [
    simulatedModel({ ...spec.options, tier: spec.tier, readers, seed }),
    ...others.map((tier) => simulatedModel({ tier, readers, seed })),
  ];
}

/** The flags that decide the sub-models. */
type SubModelFlags = Pick<PlayerFlags, "policy" | "model" | "sub-model"> & ServerModelFlags;

/** The sub-models: the requested one first, and then the simulated tiers if it is one of them. */
export function subModelsFrom(
  flags: SubModelFlags,
  benchmark: Playground,
  seed: number,
  governor: Governor = governorFrom(flags),
): readonly Model[] {
  const usesServer = flags.policy?.some((name) => name.split(",").includes("openai")) ?? false;
  const name = flags["sub-model"] ?? (usesServer ? flags.model : SIMULATED_TIERS[0]);
  const simulated = name === undefined ? null : simulatedModels(name, benchmark, seed);
  if (simulated) {
    const of = { simulated: name, seed, readers: namesOf(benchmark.readers), version };
    return simulated.map((model) => throughCache(flags, model, of));
  }
  const { baseUrl } = serverOf(flags, "sub");
  if (baseUrl === undefined && flags.gateway === undefined && !usesServer) {
    throw new UsageError(
      `unknown sub-model ${JSON.stringify(name)}; expected ${SIMULATED_TIERS.join(", ")}, or a name with --base-url or --sub-base-url`,
    );
  }
  return [serverModel(flags, name, "sub", governor)];
}

/**
 * The requested judge; null without one. Throws `UsageError` if the benchmark has no judge, or the model is not available.
 */
export function judgeFrom(
  flags: ModelFlags,
  environment: string,
  benchmark: Benchmark,
  governor: Governor,
): Judge | null {
  const { judge: name } = flags;
  if (name === undefined) return null;
  if (!benchmark.judge)
    throw new UsageError(`--judge: the answers of ${environment} are scored without a model`);
  const spec = simulatedSpec(name);
  if (spec) {
    const { readers } = benchmark;
    const model = simulatedModel({ ...spec.options, tier: spec.tier, readers });
    return benchmark.judge(
      throughCache(flags, model, { simulated: name, readers: namesOf(readers), version }),
    );
  }
  const { baseUrl, apiKeyEnv } = serverOf(flags, "judge");
  const hasServer =
    baseUrl !== undefined || flags.gateway !== undefined || process.env[apiKeyEnv] !== undefined;
  if (!hasServer)
    throw new UsageError(
      `unknown judge ${JSON.stringify(name)}; expected ${SIMULATED_TIERS.join(", ")}, or a name with --base-url or --judge-base-url`,
    );
  return benchmark.judge(serverModel(flags, name, "judge", governor));
}

function namesOf(readers: Benchmark["readers"]): string[] {
  return readers.map(({ name }) => name);
}

/** @param of what the replies depend on besides the request */
function throughCache({ cache }: Pick<PlayerFlags, "cache">, model: Model, of: object): Model {
  return cache === undefined ? model : cachedModel(model, { folder: cache, namespace: JSON.stringify(of) });
}

type ServerModelFlags = Pick<PlayerFlags, "api-key-env" | "base-url" | "gateway" | "cache"> &
  Partial<Pick<PlayerFlags, "token-ids" | "logprobs" | "temperature"> & ServerFlags> &
  AskingFlags & { readonly log?: LogFormat };

/** The model of a role on its server. Throws `UsageError` if it or its server is not named. */
export function serverModel(
  flags: ServerModelFlags,
  model: string | undefined,
  part: Part,
  governor: Governor,
): Model {
  if (model === undefined) throw new UsageError("--policy openai needs --model NAME");
  const { baseUrl, apiKeyEnv, isOwn, options } = serverOf(flags, part);
  const apiKey = process.env[apiKeyEnv];
  const { gateway } = flags;
  if (gateway !== undefined && !isOwn) {
    if (baseUrl !== undefined)
      throw new UsageError("--gateway: expected no --base-url with it; the gateway knows its upstream");
    if (flags.cache !== undefined)
      throw new UsageError("--cache: expected no --gateway with it; a gateway captures what is sampled");
    return gatewayModel({
      gateway,
      model,
      governor,
      ...(apiKey !== undefined && { apiKey }),
      ...options,
    });
  }
  if (baseUrl === undefined && apiKey === undefined) {
    throw new UsageError(
      `--policy openai needs --base-url URL, or a key in ${apiKeyEnv} for the provider's own server`,
    );
  }
  const kept = {
    ...(flags["token-ids"] && { tokenIds: true }),
    ...((flags["token-ids"] || flags.logprobs) && { logprobs: true }),
  };
  const server = openaiModel({
    model,
    governor,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
    ...kept,
    ...options,
    onNotice: (line) => warn(line, flags.log),
  });
  // Replies do not depend on how long we waited for the server.
  const asked = Object.entries(options).filter(([name]) => !name.endsWith("Ms"));
  return throughCache(flags, server, { baseUrl: baseUrl ?? null, ...kept, ...Object.fromEntries(asked) });
}
