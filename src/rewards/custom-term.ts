/** A user's own term. */
import { z } from "zod";
import type { Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import { defineTerm, plain } from "./term.ts";

/** Returns what the term adds to the reward for a weight of 1. */
export type CustomTerm = (trajectory: Omit<Trajectory, "reward">, reference: Reference) => number;

/** The function runs when the figures are made: it needs the record, which a group of figures does not hold. */
export const customTerm = defineTerm({
  type: "custom",
  parameters: {
    /** A module, relative to the spec's file; in a spec written in TypeScript, the function itself may be given instead. */
    file: z.string().optional(),
    export: z.string().default("term"),
    run: z.custom<CustomTerm>((value) => typeof value === "function", "expected a function").optional(),
  },
  problem: ({ file, run }) =>
    file === undefined && run === undefined
      ? { field: "", expected: "a file (or a function run, in TypeScript)" }
      : null,
  make:
    (_spec, name) =>
    ({ custom }) =>
      plain(custom[name] ?? Number.NaN),
});
