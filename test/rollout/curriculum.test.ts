import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { type CurriculumSpec, parseCurriculum } from "../../src/rollout/curriculum-spec.ts";
import { Curriculum, type Drawn, type Round } from "../../src/rollout/curriculum.ts";

const NEVER = new AbortController().signal;

const specOf = (weights: readonly number[], follow: object | undefined = {}): CurriculumSpec =>
  parseCurriculum(
    { tasks: weights.map((weight) => ({ environment: "s-niah", weight })), ...(follow && { follow }) },
    "mix.yaml",
  );

/** Plays groups whose scores a function gives, and returns the draws and the rounds. */
async function played(
  spec: CurriculumSpec,
  scores: (drawn: Drawn) => readonly (number | null)[],
  { groups = 80, seed = 0, recorded = [] as readonly Round[], groupSize = 2 } = {},
) {
  let rounds: readonly Round[] = [];
  const curriculum = new Curriculum({ spec, seed, groupSize }, recorded, async (all) => {
    rounds = structuredClone([...all]);
  });
  const draws: Drawn[] = [];
  for await (const drawn of curriculum.order(groups, NEVER)) {
    draws.push(drawn);
    for (const score of scores(drawn)) curriculum.ended(drawn, score);
  }
  return { draws, rounds };
}

const shareOf = (draws: readonly Drawn[], kind: number) =>
  draws.filter((drawn) => drawn.kind === kind).length / draws.length;

describe("a curriculum", () => {
  it("without following draws by the weights alone, and each kind's tasks in their order", async () => {
    const { draws } = await played(specOf([3, 1], undefined), () => [1, 1], { groups: 2000 });
    expect(Math.abs(shareOf(draws, 0) - 0.75)).toBeLessThan(0.04);
    for (const kind of [0, 1]) {
      const own = draws.filter((drawn) => drawn.kind === kind).map(({ index }) => index);
      expect(own).toEqual(own.map((_, place) => place));
    }
  });

  it("draws mostly what the policy can learn, and seldom what it always or never solves", async () => {
    const outcomes = [
      [1, 1],
      [0, 1],
      [0, 0],
    ];
    const { draws, rounds } = await played(specOf([1, 1, 1]), ({ kind }) => outcomes[kind]!, { groups: 400 });
    expect(rounds.at(-1)!.standings.map(({ pool }) => pool)).toEqual(["easy", "learnable", "hard"]);
    expect(shareOf(draws.slice(40), 1)).toBeGreaterThan(0.7);
    expect(shareOf(draws.slice(40), 0)).toBeGreaterThan(0.02);
    expect(shareOf(draws.slice(40), 2)).toBeGreaterThan(0.02);
  });

  it("draws groups without spread less, among kinds of the same pool", async () => {
    const outcomes = [
      [0.5, 0.5],
      [0, 1],
    ];
    const { draws } = await played(specOf([1, 1]), ({ kind }) => outcomes[kind]!, { groups: 400 });
    expect(shareOf(draws.slice(40), 0)).toBeLessThan(0.2);
  });

  it("notices that the policy has learned", async () => {
    let seen = 0;
    const scores = ({ kind }: Drawn) => (kind === 0 && ++seen > 40 ? [1, 1] : [0, 1]);
    const { rounds } = await played(specOf([1, 1]), scores, { groups: 400 });
    expect(rounds[8]!.standings[0]!.pool).toBe("learnable");
    expect(rounds.at(-1)!.standings[0]!.pool).toBe("easy");
  });

  it("plays the only kinds there are, though their pool's share is 0", async () => {
    const spec = specOf([1], { shares: { learnable: 1, easy: 0, hard: 0 } });
    expect((await played(spec, () => [1, 1])).draws).toHaveLength(80);
  });

  it("learns nothing from infrastructure faults", async () => {
    const { rounds } = await played(specOf([1, 1]), ({ kind }) => (kind === 0 ? [null, null] : [0, 1]));
    expect(rounds.at(-1)!.standings[0]).toEqual({
      groups: 0,
      pool: "learnable",
      passRate: null,
      spread: null,
    });
  });

  it("draws the same in any order of endings, and the same again when it is resumed anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 1000 }),
        fc.nat({ max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        async (seed, cut, every) => {
          const scores = ({ kind, index }: Drawn) => [
            (index * 7 + kind) % 3 === 0 ? 1 : 0,
            kind === 1 ? 1 : 0,
          ];
          const spec = specOf([1, 2, 1], { every });
          const whole = await played(spec, scores, { groups: 30, seed });
          const late = new Curriculum({ spec, seed, groupSize: 2 });
          const waiting: Drawn[] = [];
          const draws: Drawn[] = [];
          const order = late.order(30, NEVER);
          for (;;) {
            const next = order.next();
            const ready = await Promise.race([next, new Promise<null>((done) => setImmediate(done, null))]);
            if (ready === null)
              // The round is out: its groups end in the opposite order.
              for (const drawn of waiting.splice(0).toReversed())
                for (const score of scores(drawn).toReversed()) late.ended(drawn, score);
            const { done, value } = await next;
            if (done) break;
            draws.push(value);
            waiting.push(value);
          }
          expect(draws).toEqual(whole.draws);
          const resumed = await played(spec, scores, {
            groups: 30,
            seed,
            recorded: whole.rounds.slice(0, cut),
          });
          expect(resumed.draws).toEqual(whole.draws);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("repeats the rounds that were recorded, though records were lost", async () => {
    const recorded: Round[] = [
      { standings: [], draws: Array.from({ length: 8 }, (_, index) => ({ kind: 1, index })) },
    ];
    const { draws } = await played(specOf([1, 1]), () => [0, 1], { recorded });
    expect(draws.slice(0, 8).map(({ kind }) => kind)).toEqual(Array(8).fill(1));
  });

  it("ends its wait when the run is stopped", async () => {
    const stop = new AbortController();
    const order = new Curriculum({ spec: specOf([1], { every: 1 }), seed: 0, groupSize: 1 }).order(
      5,
      stop.signal,
    );
    await order.next();
    const waits = order.next();
    stop.abort(new Error("stopped"));
    await expect(waits).rejects.toThrow("stopped");
  });
});

describe("the file of a curriculum", () => {
  it.each([
    [{}, /^mix\.yaml: tasks: /],
    [{ tasks: [] }, /tasks: /],
    [{ tasks: [{ environment: "s-niah", weight: 0 }] }, /tasks\.0\.weight: /],
    [{ tasks: [{ environment: "s-niah", wait: 1 }] }, /wait/],
    [{ tasks: [{ environment: "s-niah" }], follow: { easy: 0.2, hard: 0.5 } }, /hard below easy/],
    [
      { tasks: [{ environment: "s-niah" }], follow: { shares: { learnable: 0, easy: 0, hard: 0 } } },
      /share above 0/,
    ],
    [{ tasks: [{ environment: "s-niah" }], follow: { every: 0 } }, /follow\.every: /],
    ["tasks", /the whole: /],
  ])("%j is refused with the field's name", (given, message) => {
    expect(() => parseCurriculum(given, "mix.yaml")).toThrow(UsageError);
    expect(() => parseCurriculum(given, "mix.yaml")).toThrow(message);
  });
});
