/** Makes the one move that its benchmark makes of the gold: the best score there is, at about the least cost. */
import type { OraclePolicy } from "../policy.ts";
import type { Reference } from "../../types.ts";
import { type Move, scriptedPolicy } from "./scripted.ts";

/** A policy that is told the gold and makes the best move at once: the bound that no other policy can pass. */
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
