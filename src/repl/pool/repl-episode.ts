/** The settings of an episode in a REPL. */
import type { Layer } from "./layers.ts";
import type { StartRequest } from "../engine/protocol.ts";
import type { HostCallHandler } from "../repl.ts";
import type { ToolHost } from "../tool-calls.ts";

/** Stands among the modules to import, and gives Python, the only language that has them, the functions that can be asked for thoughts. */
export const ASKS_REASONING = "+reasoning";
/** Stands there, too, and gives code the functions that take terms, and in Python handles. */
export const DELEGATES = "+delegates";
/** Stands there, too, and keeps what sub-calls return, to show it by name. */
export const KEEPS_REPLIES = "+replies";
/** Stands there, too, and makes answers of the texts that `print` shows. */
export const PRINTS_ANSWERS = "+printed";

/** One episode's context, seed, clock, handlers and imports. */
export interface ReplEpisode {
  readonly layer: Layer;
  readonly seed: number;
  readonly clockNs: bigint | null;
  readonly onCall: HostCallHandler;
  readonly tools: ToolHost | null;
  readonly imported: readonly string[];
}

/** The part of a start request that all starts of the episode share. */
export function beginningOf({
  seed,
  clockNs,
  tools,
  imported,
}: ReplEpisode): Pick<StartRequest, "seed" | "clockNs" | "tools" | "imported"> {
  return { seed, clockNs, tools: tools?.source ?? null, imported: imported.join(" ") };
}

/** Milliseconds since 1970 in nanoseconds; null for undefined, which leaves the clock at its default. */
export function nanoseconds(milliseconds: number | undefined): bigint | null {
  return milliseconds === undefined ? null : BigInt(Math.round(milliseconds * 1e6));
}
