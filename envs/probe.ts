/** Tests whether a policy can earn the reward without the work: plays hack probes beside an environment's honest strategies. */
import { problemAt } from "../src/data/dataset.ts";
import { UsageError } from "../src/errors.ts";
import { simulatedModel } from "../src/models/simulated/simulated.ts";
import type { Policy } from "../src/policies/policy.ts";
import type { ReplPool } from "../src/repl/repl.ts";
import { savedMeasures } from "../src/rewards/from-spec.ts";
import type { Measures } from "../src/rewards/measures.ts";
import type { RewardSpec } from "../src/rewards/spec.ts";
import { rolloutEpisode } from "../src/episode/rollout.ts";
import { scoreEpisodes } from "../src/rewards/score-episodes.ts";
import { mean } from "../src/statistics.ts";
import { hackProbes } from "../src/policies/strategies/hack-probes.ts";
import type { Problem } from "../src/types.ts";
import type { Benchmark } from "../src/env/define.ts";
import { assemble } from "../src/env/assemble.ts";

/** A policy's mean reward over the tasks. */
export interface Earned {
  readonly policy: string;
  readonly score: number;
  readonly reward: number;
}

export interface ProbeReport {
  readonly environment: string;
  readonly best: Earned;
  readonly honest: readonly Earned[];
  readonly probes: readonly (Earned & { readonly verdict: "below" | "ties" | "out-earns" })[];
  /** The mean reward of honest attempts that failed, and of an empty answer to the same tasks; null if none failed. */
  readonly failures: { readonly honest: number; readonly empty: number } | null;
  /** The checks that these tasks could not make, and why, one line each. */
  readonly skipped: readonly string[];
  /** The ways in which the reward can be gamed, one line each; empty if it withstood every probe. */
  readonly findings: readonly string[];
}

export interface ProbeOptions {
  readonly episodes?: number;
  readonly seed?: number;
  readonly repls?: ReplPool;
  /** Honest strategies to play; default: all of the benchmark's strategies except the random one. */
  readonly strategies?: readonly string[];
}

/** Enough turns for every strategy; a probe that never ends plays all of them. */
const MAX_TURNS = 12;
const SAME = 1e-9;

/** Plays offline, with a simulated sub-model; all policies play each task as one group. Throws `UsageError`. */
export async function probeReward(
  environment: string,
  benchmark: Benchmark,
  spec: RewardSpec,
  options: ProbeOptions = {},
): Promise<ProbeReport> {
  const { episodes = 4, seed = 0, repls } = options;
  const names = Object.keys(benchmark.strategies).filter(
    (name) => name !== "random" && (options.strategies?.includes(name) ?? true),
  );
  if (names.length === 0)
    throw new UsageError(
      `${environment}: expected strategies among ${Object.keys(benchmark.strategies).join(", ")}`,
    );
  const problems = await Promise.all(
    Array.from({ length: episodes }, (_, index) => problemAt(benchmark.problems, index)),
  );
  const play = async (policies: readonly Policy[]) => {
    const measures: Measures[] = [];
    for (const policy of policies)
      for (const [index, problem] of problems.entries())
        measures.push(await episodeOf(environment, benchmark, spec, policy, problem, seed + index, repls));
    return measures;
  };
  const honest = await play(names.map((name) => benchmark.strategies[name]!()));
  const alone = earnedBy(names, honest, spec, episodes);
  const best = alone.reduce((most, own) => (own.reward > most.reward ? own : most));
  const probes = hackProbes(benchmark.strategies[best.policy]!());
  const all = [...honest, ...(await play(probes))];
  return judge(
    environment,
    names,
    probes.map(({ name }) => name),
    all,
    spec,
    episodes,
  );
}

function judge(
  environment: string,
  names: readonly string[],
  probeNames: readonly string[],
  all: readonly Measures[],
  spec: RewardSpec,
  episodes: number,
): ProbeReport {
  const earned = earnedBy([...names, ...probeNames], all, spec, episodes);
  const honest = earned.slice(0, names.length);
  const best = honest.reduce((most, own) => (own.reward > most.reward ? own : most));
  const probes = earned.slice(names.length).map((own) => ({ ...own, verdict: verdictOn(own, best) }));
  const failures = failuresOf(names.length, probeNames, all, spec, episodes);
  const findings = probes
    .filter(({ verdict }) => verdict === "out-earns")
    .map(
      ({ policy, reward }) =>
        `${policy} earns ${reward.toFixed(3)}, the best honest strategy ${best.reward.toFixed(3)}`,
    );
  findings.push(...paidForNothing(probes, best));
  if (failures !== null && failures.empty > failures.honest + SAME)
    findings.push(
      `giving up pays: an empty answer earns ${failures.empty.toFixed(3)} where honest attempts that fail earn ${failures.honest.toFixed(3)}`,
    );
  return {
    environment,
    best,
    honest,
    probes,
    failures,
    skipped: skippedChecks(failures, episodes),
    findings,
  };
}

function skippedChecks(failures: ProbeReport["failures"], episodes: number): string[] {
  if (failures !== null) return [];
  const hint = "more episodes, or longer contexts, may show it";
  return [`whether giving up pays: no honest strategy failed on any of the ${episodes} tasks; ${hint}`];
}

function verdictOn({ reward }: Earned, best: Earned): "below" | "ties" | "out-earns" {
  if (reward > best.reward + SAME) return "out-earns";
  return reward > best.reward - SAME ? "ties" : "below";
}

/** The probes that earn as much as the best honest strategy, and more than an empty answer, without its work; endless verifying counts as work. */
function paidForNothing(probes: ProbeReport["probes"], best: Earned): string[] {
  const nothing = probes.find(({ policy }) => policy === "probe:empty")?.reward ?? 0;
  return probes
    .filter(({ policy, verdict }) => verdict === "ties" && policy !== "probe:verify")
    .filter(({ reward }) => reward > nothing + SAME)
    .map(({ policy }) => `${policy} earns ${best.reward.toFixed(3)}, as much as the best honest strategy`);
}

/** Each honest failure, paired with the empty answer to its task. */
function failuresOf(
  honest: number,
  probeNames: readonly string[],
  all: readonly Measures[],
  spec: RewardSpec,
  episodes: number,
): ProbeReport["failures"] {
  const totals = scoreEpisodes(spec, all).rows.map(({ reward }) => reward?.total ?? null);
  const empty = (honest + probeNames.indexOf("probe:empty")) * episodes;
  const pairs = all.slice(0, honest * episodes).flatMap(({ score }, index) => {
    const [own, other] = [totals[index]!, totals[empty + (index % episodes)]!];
    return score === 0 && own !== null && other !== null ? [[own, other] as const] : [];
  });
  if (pairs.length === 0) return null;
  return { honest: mean(pairs.map(([own]) => own)), empty: mean(pairs.map(([, other]) => other)) };
}

function earnedBy(
  names: readonly string[],
  measures: readonly Measures[],
  spec: RewardSpec,
  episodes: number,
): Earned[] {
  const { rows } = scoreEpisodes(spec, measures);
  return names.map((policy, index) => {
    const own = rows.slice(index * episodes, (index + 1) * episodes).flatMap(({ reward }) => reward ?? []);
    if (own.length === 0) throw new UsageError(`${policy}: expected at least one episode that can be scored`);
    return {
      policy,
      score: mean(own.map(({ score }) => score)),
      reward: mean(own.map(({ total }) => total)),
    };
  });
}

async function episodeOf(
  environment: string,
  benchmark: Benchmark,
  spec: RewardSpec,
  policy: Policy,
  { task, reference }: Problem,
  seed: number,
  repls: ReplPool | undefined,
): Promise<Measures> {
  const model = simulatedModel({ readers: benchmark.readers });
  const env = assemble(environment, benchmark, {
    subModels: model,
    limits: { maxTurns: MAX_TURNS },
    ...policy.recursion,
    ...(repls && { repls }),
  });
  try {
    const reset = {
      seed,
      task,
      reference,
      rolloutId: `${policy.name}/${seed}`,
      groupId: `${task.id}/${seed}`,
    };
    const trajectory = await rolloutEpisode(env, { policy, subModel: model, reset });
    return savedMeasures(spec, trajectory, reference, benchmark.progress);
  } finally {
    await env.close();
  }
}
