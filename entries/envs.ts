/** `rlm-gym/envs`: the environments that ship with the package, and tools to define your own. */
export * from "../envs/index.ts";
