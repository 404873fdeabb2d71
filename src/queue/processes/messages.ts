/** What the coordinator of a run and the processes that play its episodes say to each other. */
import * as errors from "../../errors.ts";
import type { JsonObject } from "../../types.ts";
import { ForeignRecordError } from "../job-payload.ts";
import type { RolloutJob } from "../queue.ts";

/** The rates that all processes of a run share. */
export type PaceName = "requests" | "tokens";

/** From the coordinator. `play` and `booking` number what is answered. */
export type ToProcess =
  | {
      readonly type: "begin";
      readonly settings: unknown;
      readonly processes: number;
      readonly plain: boolean;
    }
  | { readonly type: "play"; readonly play: number; readonly job: RolloutJob }
  | { readonly type: "cut"; readonly play: number }
  | { readonly type: "booked"; readonly booking: number; readonly waitMs: number };

/** From a process. */
export type FromProcess =
  | { readonly type: "ready"; readonly config: JsonObject }
  | { readonly type: "refused"; readonly error: ToldError }
  /** The record as JSON. */
  | { readonly type: "played"; readonly play: number; readonly record: string }
  | { readonly type: "threw"; readonly play: number; readonly error: ToldError }
  | { readonly type: "book"; readonly booking: number; readonly pace: PaceName; readonly amount: number }
  | { readonly type: "giveBack"; readonly pace: PaceName; readonly amount: number };

/** An error as it travels: the channel would make a plain `Error` of it. */
export interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
}

/** What an error says of itself. */
export function told(error: unknown): ToldError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: null };
  const name = error instanceof ForeignRecordError ? "ForeignRecordError" : error.name;
  return { name, message: error.message, stack: error.stack ?? null };
}

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  UsageError: errors.UsageError,
  DataError: errors.DataError,
  RunError: errors.RunError,
  ReplError: errors.ReplError,
  EnvStateError: errors.EnvStateError,
  RLMError: errors.RLMError,
  ForeignRecordError,
};

/** The error, of its own class again if that is one of the gym's. */
export function retold({ name, message, stack }: ToldError): Error {
  const error = new (CLASSES[name] ?? Error)(message);
  if (stack !== null) error.stack = stack;
  return error;
}
