/** Runs what `rollout` asks for: opens the environment, collects, prints the table. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Environment } from "../envs/environment.ts";
import { RLMError, UsageError } from "../src/errors.ts";
import { resolveLimits } from "../src/limits.ts";
import { defaultPrices, readPrices } from "../src/pricing.ts";
import { defaultSystemPrompt } from "../src/prompt.ts";
import { PyodideReplPool } from "../src/repl/pool.ts";
import { readWheels } from "../src/repl/wheels.ts";
import type { RunCounts, RunPlan } from "../src/runs/manifest.ts";
import { RunWriter } from "../src/runs/run-writer.ts";
import type { JsonObject } from "../src/types.ts";
import { collect, type Collected, type Contest } from "./collect.ts";
import { environmentOptions } from "./environment-flags.ts";
import { historyFrom } from "./history-flag.ts";
import { onInterrupt } from "./interrupt.ts";
import { limitsFrom } from "./limit-flags.ts";
import { judgeFrom, policiesFrom, subModelsFrom } from "./model-flags.ts";
import { recursionFrom } from "./recursion-flags.ts";
import { rewardFrom, rewardInConfig } from "./reward-flags.ts";
import type { RolloutFlags } from "./rollout.ts";
import { simulatedSpec } from "./simulated-spec.ts";
import { type ClosingTable, summaryOf } from "./table.ts";
import { version } from "./version.ts";
import { wholeNumber } from "./whole-number.ts";

export async function runEpisodes(
  environments: readonly Environment[],
  flags: RolloutFlags & Record<string, unknown>,
  table: ClosingTable = summaryOf,
): Promise<void> {
  const episodes = wholeNumber(flags.episodes, "--episodes", 1);
  const groupSize = wholeNumber(flags["group-size"], "--group-size", 1);
  const attempts = wholeNumber(flags.attempts, "--attempts", 1);
  const seed = wholeNumber(flags.seed, "--seed", 0);
  const concurrency = wholeNumber(flags.concurrency ?? availableParallelism(), "--concurrency", 1);
  const make = await makeOptions(flags);
  const contests = await contestsFrom(environments, flags, seed);
  for (const { benchmark } of contests) resolveLimits(benchmark.limits, make.limits);
  const repls = new PyodideReplPool({
    size: Math.min(concurrency, availableParallelism()),
    isolation: flags.isolation,
    wheelFolder: flags.wheels ?? null,
  });
  const wheels = flags.wheels === undefined ? null : await readWheels(flags.wheels);
  // What is wrong with a wheel is told before anything runs.
  if (wheels) await repls.ready();
  const writer = await openRun(environments, flags, {
    version,
    seed,
    config: {
      ...configOf(contests, flags, make),
      ...(wheels && { wheels: wheels.map(({ name }) => name) }),
    },
    planned: episodes * groupSize * contests.reduce((sum, { policies }) => sum + policies.length, 0),
    plain: flags.plain,
  });
  const interrupt = onInterrupt();
  let status: "finished" | "interrupted" | "failed" = "failed";
  try {
    const collected = await collect({
      contests,
      make: { ...make, repls },
      episodes,
      groupSize,
      attempts,
      seed,
      concurrency,
      writer,
      signal: interrupt.signal,
    });
    status = "finished";
    report(table, collected, writer, flags.json);
    reportFault(collected.fault, writer.manifest.counts);
  } catch (error) {
    if (interrupt.signal.aborted) status = "interrupted";
    throw error;
  } finally {
    reportBadRows(contests);
    interrupt.done();
    await repls.close();
    await writer.close(status);
  }
}

/** A new folder, or with `--resume` the one of the run to go on with. */
function openRun(
  environments: readonly Environment[],
  { out, resume }: RolloutFlags,
  plan: RunPlan,
): Promise<RunWriter> {
  if (!resume)
    return RunWriter.create(out ?? freshFolder(environments.map(({ name }) => name).join("+")), plan);
  if (out === undefined) throw new UsageError("--resume: name the run's folder with --out");
  return RunWriter.resume(out, plan);
}

/** A contest for each environment and length. */
async function contestsFrom(
  environments: readonly Environment[],
  flags: RolloutFlags & Record<string, unknown>,
  seed: number,
): Promise<(Contest & { readonly options: JsonObject })[]> {
  const opened = environments.flatMap((environment) =>
    environmentOptions(environment, flags).map(async (options) => ({
      environment: environment.name,
      options,
      benchmark: await environment.open(options, seed),
    })),
  );
  const kinds = await Promise.all(opened);
  const policies = policiesFrom(
    flags,
    kinds.map(({ benchmark }) => benchmark),
  );
  return kinds.map((kind, index) => ({
    ...kind,
    policies: policies[index]!,
    subModels: subModelsFrom(flags, kind.benchmark, seed),
    judge: judgeFrom(flags, kind.environment, kind.benchmark),
  }));
}

function report(table: ClosingTable, collected: Collected, writer: RunWriter, json: boolean): void {
  const { folder, manifest } = writer;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ run: folder, seed: manifest.seed, counts: manifest.counts, ...table.json(collected) })}\n`,
    );
  else
    process.stdout.write(`${table.text(collected)}\ntrajectories: ${join(folder, "trajectories.jsonl")}\n`);
}

function reportBadRows(contests: readonly Contest[]): void {
  const [first, ...more] = new Set(contests.flatMap(({ benchmark }) => [...(benchmark.badRows ?? [])]));
  if (first !== undefined)
    process.stderr.write(`rlm-gym: ${more.length + 1} bad row(s) left out; the first: ${first}\n`);
}

/** Throws where no episode ended well. */
function reportFault(fault: string | null, { ended, ok, infraErrors }: RunCounts): void {
  if (fault === null) return;
  const line = `${infraErrors} of ${ended} episodes ended by a fault of the machinery and count in no figure; the last: ${fault}`;
  if (ok === 0) throw new RLMError(line);
  process.stderr.write(`rlm-gym: ${line}\n`);
}

async function makeOptions(flags: RolloutFlags) {
  const reward = await rewardFrom(flags);
  const prices = flags.prices === undefined ? defaultPrices() : await readPrices(flags.prices);
  return {
    limits: limitsFrom(flags),
    dialect: flags.dialect,
    ...recursionFrom(flags),
    ...(flags.history !== undefined && { history: historyFrom(flags.history) }),
    prices: { ...prices, ...simulatedSpec(flags["sub-model"] ?? "")?.prices },
    ...(flags.prompt !== undefined && { systemPrompt: await readPrompt(flags.prompt) }),
    ...(reward && { reward }),
  };
}

function configOf(
  contests: readonly (Contest & { readonly options: JsonObject })[],
  flags: RolloutFlags,
  make: Awaited<ReturnType<typeof makeOptions>>,
): JsonObject {
  const [first] = contests;
  return {
    environment: [...new Set(contests.map(({ environment }) => environment))].join(","),
    options: contests.map(({ options }) => options),
    policies: flags.policy ?? [],
    model: flags.model ?? null,
    baseUrl: flags["base-url"] ?? null,
    temperature: flags.temperature ?? null,
    subModel: flags["sub-model"] ?? first?.subModels[0]?.name ?? null,
    episodes: flags.episodes,
    groupSize: flags["group-size"],
    ...(flags.judge !== undefined && { judge: flags.judge }),
    ...(flags.plain && { plain: true }),
    seed: flags.seed,
    dialect: flags.dialect,
    maxDepth: make.maxDepth,
    callsInFlight: make.callsInFlight,
    history: { ...(make.history ?? { mode: "off" }) },
    lambda: flags.lambda ?? null,
    ...rewardInConfig(make.reward),
    limits: { ...make.limits },
    prompt:
      make.systemPrompt ??
      first?.benchmark.systemPrompt?.(flags.dialect) ??
      defaultSystemPrompt(flags.dialect),
  };
}

async function readPrompt(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`--prompt ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** A folder that does not exist yet, named by the time. */
function freshFolder(name: string): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  return join("runs", `${name}-${stamp}`);
}
