/** `rlm-gym/envs`: the environments that ship with the package, and what makes one of your own. */
export * from "../envs/index.ts";
