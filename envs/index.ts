/** What the package exports of its environments. */
export { defineEnvironment, type Benchmark, type Environment } from "../src/env/define.ts";
export { make, type MakeOptions } from "./make.ts";
export { makeVector, type MakeVectorOptions } from "./make-vector.ts";
export { environments } from "./registry.ts";
