/** What an episode in a REPL is made of besides what ran in it. */
import type { Layer } from "./layers.ts";
import type { StartRequest } from "../engine/protocol.ts";
import type { HostCallHandler } from "../repl.ts";
import type { ToolDesk } from "../tool-calls.ts";

/** Among the modules that a worker imports: it gives Python the functions that can be asked for thoughts. */
export const ASKS_REASONING = "+reasoning";

export interface ReplEpisode {
  readonly layer: Layer;
  readonly seed: number;
  readonly clockNs: bigint | null;
  readonly onCall: HostCallHandler;
  readonly tools: ToolDesk | null;
  readonly imported: readonly string[];
}

/** What a worker is told of it when it starts. */
export function beginningOf({
  seed,
  clockNs,
  tools,
  imported,
}: ReplEpisode): Pick<StartRequest, "seed" | "clockNs" | "tools" | "imported"> {
  return { seed, clockNs, tools: tools?.source ?? null, imported: imported.join(" ") };
}

/** Nanoseconds since 1970, as Python's clock is set; null where it begins at a fixed moment. */
export function nanoseconds(milliseconds: number | undefined): bigint | null {
  return milliseconds === undefined ? null : BigInt(Math.round(milliseconds * 1e6));
}
