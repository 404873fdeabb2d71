/** What the package exports of its environments. */
export { defineEnvironment, type Benchmark, type Environment } from "../src/env/define.ts";
export type { ChangingSpec, MakeOptions } from "../src/env/assemble.ts";
export { make } from "./make.ts";
export { makeVector, type MakeVectorOptions } from "./make-vector.ts";
export { environments } from "./registry.ts";
