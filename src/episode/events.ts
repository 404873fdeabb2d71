/** Live events of a tree of episodes, for monitoring. Records do not depend on them. */
import type { Call, Turn } from "../trajectory.ts";
import type { Answer, StopReason } from "../types.ts";

/** An event. Every model call gives `asked` and `replied`, including calls of the policy and of a judge. */
export type Happening =
  /** `encrypted`: the task's texts are to stay off screens and disks. */
  | { readonly kind: "begun"; readonly question: string; readonly encrypted: boolean }
  | ({ readonly kind: "asked" } & Pick<Call, "purpose" | "turn" | "model" | "batch">)
  | { readonly kind: "replied"; readonly call: Call }
  | { readonly kind: "turn"; readonly turn: Turn }
  | { readonly kind: "ended"; readonly stopReason: StopReason; readonly answer: Answer | null };

/** An event with its episode. Depth 0 is the root of the tree; deeper ones are children that `rlm_query` began. */
export type EpisodeEvent = { readonly rolloutId: string; readonly depth: number } & Happening;

/** Called synchronously, in the order of the events. It must not throw, and must be quick: the episode waits for it. */
export type EventListener = (event: EpisodeEvent) => void;
