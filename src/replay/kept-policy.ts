/** Policies that keep to a record where the world around them is another one. */
import { BudgetError } from "../errors.ts";
import type { Policy } from "../policies/policy.ts";
import type { Trajectory } from "../trajectory.ts";
import { recordedPolicy } from "../replay/recorded-policy.ts";

/** Takes the recorded turns, and gives up where the episode then goes on: it ends as if its turns were over. */
export function keptPolicy(record: Trajectory, onTurn: (turn: number) => void = () => {}): Policy {
  const recorded = recordedPolicy(record, onTurn);
  return {
    ...recorded,
    start: (start) => {
      const actor = recorded.start(start);
      let taken = 0;
      return {
        act: (turn) => {
          taken += 1;
          const isOver = taken > record.turns.length && record.stopReason === "answered";
          if (!isOver) return actor.act(turn);
          return Promise.reject(new BudgetError("turns", "the recorded turns are over"));
        },
      };
    },
  };
}

/** Answers with nothing at once, for nothing. */
export function silentPolicy(): Policy {
  return { name: "ablated", start: () => ({ act: () => Promise.resolve({ answer: "" }) }) };
}
