import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trlDpo } from "../../../src/export/formats/pairs.ts";
import { played, rowsOf } from "../played.ts";

const rollouts = fc.array(
  fc.record({
    group: fc.nat({ max: 4 }),
    reward: fc.constantFrom(0, 0.05, 0.3, 0.5, 1),
    text: fc.nat({ max: 5 }),
    simulated: fc.boolean(),
  }),
  { maxLength: 20 },
);

describe("pairs", () => {
  it("never cross groups, never fall under the margin, and never have a rollout twice with one partner each", async () => {
    await fc.assert(
      fc.asyncProperty(rollouts, fc.constantFrom(0, 0.1, 0.4), async (made, margin) => {
        const facts = made.map((one, index) => ({
          ...one,
          said: `g${one.group} text${one.text} n${one.text > 3 ? 0 : index}`,
        }));
        const trajectories = facts.map(({ group, reward, said, simulated }, index) =>
          played(`r${index}`, [{ text: said }], {
            groupId: `g${group}`,
            simulated,
            reward: { total: reward, score: reward, terms: {} },
          }),
        );
        const { rows, tally } = await rowsOf(trlDpo, trajectories, { margin, pairsPerGroup: 3 });
        let simulatedInRows = 0;
        for (const { chosen, rejected } of rows) {
          const find = (side: unknown) => {
            const [{ content }] = side as [{ content: string }];
            return facts.filter(({ said }) => said === content);
          };
          const [better, worse] = [find(chosen), find(rejected)];
          expect(better[0]!.group).toBe(worse[0]!.group);
          expect(better[0]!.reward - worse[0]!.reward).toBeGreaterThanOrEqual(margin);
          expect(better[0]!.reward).toBeGreaterThan(worse[0]!.reward);
          simulatedInRows += Number(better[0]!.simulated) + Number(worse[0]!.simulated);
        }
        const { kept, read, leftOut } = tally.counts;
        expect(kept).toBe(rows.length * 2);
        expect(tally.counts.simulated).toBe(simulatedInRows);
        expect(kept + Object.values(leftOut).reduce((sum, count) => sum + count, 0)).toBe(read);
      }),
      { numRuns: 60 },
    );
  });

  it("leave out a rollout that says the same as another one but for white space", async () => {
    const reward = (total: number) => ({ reward: { total, score: total, terms: {} } });
    const { rows, tally } = await rowsOf(trlDpo, [
      played("a", [{ text: "FINAL(1)" }], reward(1)),
      played("b", [{ text: "FINAL(1) \n" }], reward(0)),
    ]);
    expect(rows).toEqual([]);
    expect(tally.counts.leftOut["the same messages as another rollout of its group"]).toBe(1);
  });
});
