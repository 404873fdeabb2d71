/** The package's exports about environments. */
export {
  defineEnvironment,
  type Benchmark,
  type Environment,
  type EmbeddedScores,
  type EnvironmentDefinition,
  type FileLayout,
  type GivenOptions,
  type OpenedBenchmark,
  type Strategies,
} from "../src/env/define.ts";
export type { MakeOptions } from "../src/env/assemble.ts";
export { environmentNamed, make } from "./make.ts";
export { makeVector, type MakeVectorOptions } from "./make-vector.ts";
export { type EnvironmentName, type EnvironmentNamed, environments, type OptionsOf } from "./registry.ts";
export { BASELINES, strategiesOf, type StrategiesOf } from "./strategies.ts";
export type { RolloutProcesses, RolloutRecipe } from "./processes.ts";
export { joinRollout, rollout, type RolloutArguments } from "./rollout.ts";
export { optimisePrompt } from "./optimise-prompt.ts";
