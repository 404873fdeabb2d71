/** Makes the one move that its benchmark derives from the gold: the best score at about the lowest cost. */
import type { OraclePolicy } from "../policy.ts";
import type { Reference } from "../../types.ts";
import { type Move, scriptedPolicy } from "./scripted.ts";

/** A policy that knows the gold and makes the best move at once, as an upper bound for all others. */
export function oracle(move: (reference: Reference) => Move): OraclePolicy {
  return {
    name: "oracle",
    knowing: (reference) => ({
      ...scriptedPolicy("oracle", function* () {
        yield move(reference);
      }),
      readsGold: true,
    }),
  };
}
