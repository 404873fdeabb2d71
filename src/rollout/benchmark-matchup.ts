/** A matchup on the tasks of an open benchmark. */
import { problemAt } from "../data/dataset.ts";
import { assemble, languageOf, type MakeOptions } from "../env/assemble.ts";
import type { Benchmark } from "../env/define.ts";
import type { Judge } from "../episode/contract.ts";
import type { Model } from "../models/model.ts";
import type { OraclePolicy, Policy } from "../policies/policy.ts";
import type { Matchup } from "../queue/matchup.ts";

/** The options that every environment of a matchup shares, apart from models and pool. */
export type MadeWith = Omit<MakeOptions, "options" | "seed" | "subModels" | "repls" | "judge">;

/** What `benchmarkMatchup` needs. */
export interface BenchmarkMatchup {
  readonly environment: string;
  readonly benchmark: Benchmark;
  readonly policies: readonly (Policy | OraclePolicy)[];
  /** The default one first. */
  readonly subModels: readonly Model[];
  readonly judge: Judge | null;
  readonly make: MadeWith;
  readonly fromFile: boolean;
}

/** Each attempt at an episode has its own environment, which is cheap: they share the tasks and the pool. */
export function benchmarkMatchup(parts: BenchmarkMatchup): Matchup {
  const { environment, benchmark, policies, subModels, judge, make, fromFile } = parts;
  return {
    environment,
    label: benchmark.label,
    problemAt: (index) => problemAt(benchmark.problems, index),
    fromFile,
    policies,
    subModels,
    makeEnv: (policy, { replsOf, reward, systemPrompt }) =>
      assemble(environment, benchmark, {
        ...make,
        ...policy.recursion,
        ...(policy.budgetView && { budgetView: policy.budgetView }),
        subModels,
        repls: replsOf(languageOf(make)),
        ...(judge && { judge }),
        ...(reward && { reward }),
        ...(systemPrompt !== undefined && { systemPrompt }),
      }),
  };
}
