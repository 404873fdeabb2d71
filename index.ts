/** The package: the gym, and the environments that ship with it. */
export * from "./src/index.ts";
export * from "./envs/index.ts";
