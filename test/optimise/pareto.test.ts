import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawParent, meanReward, paretoFront, SAME } from "../../src/optimise/pareto.ts";
import { bestOf, type Candidate, isBetter, type TaskResult } from "../../src/optimise/candidate.ts";
import { Random } from "../../src/random.ts";

const reward = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, 0.25, 0.5, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([candidates, tasks]) =>
    fc.array(fc.array(reward, { minLength: tasks, maxLength: tasks }), {
      minLength: candidates,
      maxLength: candidates,
    }),
  );

describe("the Pareto front of a pool", () => {
  it("keeps only candidates that are best on some task, and one for every task that anybody ended", () => {
    fc.assert(
      fc.property(matrix, (rewards) => {
        const front = paretoFront(rewards);
        for (const { candidate, bestOn } of front) {
          expect(bestOn.length).toBeGreaterThan(0);
          for (const task of bestOn) {
            const own = rewards[candidate]![task]!;
            expect(own).not.toBeNull();
            for (const row of rewards) expect((row[task] ?? 0) <= own + SAME).toBe(true);
          }
        }
        const covered = new Set(front.flatMap(({ bestOn }) => bestOn));
        for (const task of rewards[0]!.keys())
          if (rewards.some((row) => row[task] !== null)) expect(covered.has(task)).toBe(true);
      }),
    );
  });

  it("keeps nobody whose tasks others cover", () => {
    fc.assert(
      fc.property(matrix, (rewards) => {
        const front = paretoFront(rewards);
        for (const member of front) {
          const others = new Set(front.filter((one) => one !== member).flatMap(({ bestOn }) => bestOn));
          expect(member.bestOn.every((task) => others.has(task))).toBe(false);
        }
      }),
    );
  });

  it("draws parents as often as the tasks that they are best on are many", () => {
    const front = paretoFront([
      [1, 0, 0, 0],
      [0, 1, 1, 1],
      [0.5, 0.9, 0.9, 0.9],
    ]);
    expect(front).toEqual([
      { candidate: 0, bestOn: [0] },
      { candidate: 1, bestOn: [1, 2, 3] },
    ]);
    const random = Random.of(7, "parents");
    const drawn = Array.from({ length: 4000 }, () => drawParent(front, random));
    const share = drawn.filter((candidate) => candidate === 1).length / drawn.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
    expect(drawn).not.toContain(2);
    expect(drawParent([], random)).toBe(0);
  });
});

const result = (earned: number | null): TaskResult => ({
  task: "t",
  rolloutId: "r",
  reward: earned,
  score: 0,
  tokens: 1,
  nanoDollars: 0,
});

describe("acceptance", () => {
  it("takes a child that earns more in sum, and no other", () => {
    const of = (...rewards: (number | null)[]) => rewards.map(result);
    expect(isBetter(of(1, 0), of(0.5, 0.4), SAME)).toBe(true);
    expect(isBetter(of(1, 0), of(0, 1), SAME)).toBe(false);
    expect(isBetter(of(0, 0), of(0, 0), SAME)).toBe(false);
    expect(isBetter(of(0.1 + 0.2, 0), of(0.3, 0), SAME)).toBe(false);
  });

  it("leaves out tasks that one of the two did not end", () => {
    expect(isBetter([result(1), result(0)], [result(null), result(0.1)], SAME)).toBe(false);
    expect(isBetter([result(null), result(0.2)], [result(1), result(0.1)], SAME)).toBe(true);
    expect(isBetter([result(null)], [result(null)], SAME)).toBe(false);
  });

  it("calls the shorter of two equal prompts the best, then the earlier", () => {
    const candidate = (id: number, meanOf: number | null, promptTokens: number) =>
      ({ id, meanReward: meanOf, promptTokens }) as Candidate;
    expect(bestOf([candidate(0, 0.5, 10), candidate(1, 0.5, 9), candidate(2, 0.4, 1)], SAME).id).toBe(1);
    expect(bestOf([candidate(0, 0.5, 9), candidate(1, 0.5, 9)], SAME).id).toBe(0);
    expect(bestOf([candidate(0, null, 1), candidate(1, 0, 9)], SAME).id).toBe(1);
    expect(meanReward([null])).toBe(-Infinity);
  });
});
