/** A term of the user's own. */
import { z } from "zod";
import type { Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";
import { defineTerm, plain } from "./term.ts";

/** Its value is what it adds to the reward for a weight of 1. */
export type CustomTerm = (trajectory: Omit<Trajectory, "reward">, reference: Reference) => number;

/** The function ran when the figures were made: it needs the record, which a group of figures does not hold. */
export const customTerm = defineTerm({
  type: "custom",
  parameters: {
    /** A module, relative to the spec's file; or the function itself in a spec written in TypeScript. */
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
