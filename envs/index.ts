/** What the package exports of its environments. */
export { defineEnvironment, type Benchmark, type Environment } from "../src/env/define.ts";
export type { MakeOptions } from "../src/env/assemble.ts";
export { environmentNamed, make } from "./make.ts";
export { makeVector, type MakeVectorOptions } from "./make-vector.ts";
export { type EnvironmentName, environments, type OptionsOf } from "./registry.ts";
export { joinRollout, rollout } from "./rollout.ts";
