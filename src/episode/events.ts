/** What goes on in a tree of episodes, told as it happens: for whoever watches. Records are made without it. */
import type { Call, Turn } from "../trajectory.ts";
import type { Answer, StopReason } from "../types.ts";

/** What happened. `asked` and `replied` are of every model call, the policy's own and a judge's among them. */
export type Happening =
  | { readonly kind: "begun"; readonly question: string }
  | ({ readonly kind: "asked" } & Pick<Call, "purpose" | "turn" | "model" | "batch">)
  | { readonly kind: "replied"; readonly call: Call }
  | { readonly kind: "turn"; readonly turn: Turn }
  | { readonly kind: "ended"; readonly stopReason: StopReason; readonly answer: Answer | null };

/** One happening, and the episode that it happened in: at depth 0 the one that was begun, deeper a child of `rlm_query`'s. */
export type EpisodeEvent = { readonly rolloutId: string; readonly depth: number } & Happening;

/** Is told at once, in the order in which things happen. It must neither throw nor take long: the episode waits for it. */
export type EventListener = (event: EpisodeEvent) => void;
