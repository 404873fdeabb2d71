/** Makes the one move that its benchmark makes of the gold: the best score there is, at about the least cost. */
import type { OraclePolicy } from "../policy.ts";
import type { Reference } from "../../types.ts";
import { type Move, scriptedPolicy } from "./scripted.ts";

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
