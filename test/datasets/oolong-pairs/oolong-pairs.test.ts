import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import type { Line } from "../../../datasets/oolong/window.ts";
import { eligibleUsers, profiles } from "../../../datasets/oolong-pairs/eligible.ts";
import { oolongPairs } from "../../../datasets/oolong-pairs/oolong-pairs.ts";
import { PAIR_LABELS, PREDICATES } from "../../../datasets/oolong-pairs/predicates.ts";
import { goldPairs, pairCount, pairsF1, trainingScore } from "../../../datasets/oolong-pairs/scorer.ts";
import { take } from "../../../src/data/dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import type { Reference } from "../../../src/types.ts";
import { datasetContract } from "../dataset-contract.ts";
import { sharedFile } from "../shared-data.ts";

const source = builtInQuestions();

describe("OOLONG-Pairs", () => {
  datasetContract({
    open: () => oolongPairs({ source, length: 8000, seed: 4 }),
    scorers: [pairsF1, trainingScore],
    gold: written,
    count: 20,
    length: { tokens: 8000, filled: 0.7 },
  });

  it("asks twenty questions over each window", async () => {
    const windows: unknown[] = [];
    for await (const { task } of take(oolongPairs({ source, length: 3000, seed: 4 }), 40))
      windows.push(task.metadata.context_window_id);
    expect(new Set(windows).size).toBe(2);
    expect(new Set(windows.slice(0, 20)).size).toBe(1);
  });

  it("refuses a source without the six labels, and names the missing ones", () => {
    const examples = source.examples.filter(({ label }) => label !== "entity");
    expect(() => oolongPairs({ source: { ...source, examples }, length: 3000, seed: 4 })).toThrow(UsageError);
    expect(() => oolongPairs({ source: { ...source, examples }, length: 3000, seed: 4 })).toThrow(/entity/);
  });

  const spec = sharedFile("oolong_pairs_spec.json");
  it.skipIf(spec === null)(
    "has the predicates of the specification (skipped without the shared file)",
    () => {
      const parsed = JSON.parse(readFileSync(spec as string, "utf8")) as Record<string, Shorthand>;
      expect(PREDICATES.map((predicate) => shorthand(predicate))).toEqual(
        Object.values(parsed).map((entry) => JSON.parse(JSON.stringify(entry)) as Shorthand),
      );
    },
  );
});

describe("the gold of OOLONG-Pairs", () => {
  const day = fc.constantFrom(
    "2023-01-06",
    "2023-01-07",
    "2023-03-14",
    "2023-03-15",
    "2023-04-11",
    "2023-05-20",
  );
  const line: fc.Arbitrary<Line> = fc.record({
    user: fc.constantFrom("10001", "10002", "10003", "20000", "9"),
    label: fc.constantFrom(...PAIR_LABELS),
    date: day,
    text: fc.constant("x"),
  });

  it("is the same as by trying every pair, in number and in members", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), fc.nat({ max: 19 }), (lines, index) => {
        const predicate = PREDICATES[index] as (typeof PREDICATES)[number];
        const eligible = eligibleUsers(profiles(lines), predicate);
        const expected = byTryingAll(lines, index);
        expect(Array.from(goldPairs(referenceOf(eligible)), (pair) => pair.join())).toEqual(expected);
        expect(pairCount(eligible)).toBe(expected.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("pairsF1", () => {
  const reference = referenceOf({ first: ["1", "2", "3"], second: ["1", "2", "3"] });

  it("reads pairs in either order, once each, whatever surrounds them", () => {
    expect(pairsF1("(1, 2)\n( 3,1 ) and (2,3)", reference)).toBe(1);
    expect(pairsF1("(2, 1) (1, 2) (1,2)", reference)).toBe(0.5);
    expect(pairsF1("(1, 2) (1, 9)", reference)).toBeCloseTo(2 / 5);
  });

  it("does not count a user with itself, or an id that is far too large", () => {
    expect(pairsF1("(1, 1)", reference)).toBe(0);
    expect(pairsF1(`(1, 2) (1, ${"9".repeat(30)})`, reference)).toBeCloseTo(2 / 5);
  });

  it("is 1 if gold and answer are empty, and 0 if only one is", () => {
    const none = referenceOf({ first: ["1"], second: ["1"] });
    expect(pairsF1("There are none.", none)).toBe(1);
    expect(pairsF1("(1, 2)", none)).toBe(0);
    expect(pairsF1("", reference)).toBe(0);
  });

  it("agrees with F1 over sets, for any answer", () => {
    const id = fc.integer({ min: 1, max: 6 });
    const ids = fc.uniqueArray(id.map(String));
    fc.assert(
      fc.property(ids, ids, fc.array(fc.tuple(id, id)), (first, second, pairs) => {
        const gold = new Set(Array.from(goldPairs(referenceOf({ first, second })), (pair) => pair.join()));
        const said = new Set(pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)].join()));
        const hits = [...said].filter((pair) => gold.has(pair)).length;
        const expected = said.size + gold.size === 0 ? 1 : (2 * hits) / (said.size + gold.size);
        const answer = pairs.map(([a, b]) => `(${a}, ${b})`).join("\n");
        expect(pairsF1(answer, referenceOf({ first, second }))).toBeCloseTo(expected, 12);
      }),
    );
  });
});

function referenceOf(eligible: { first: readonly string[]; second: readonly string[] }): Reference {
  return { taskId: "t", answers: [], metadata: { ...eligible } };
}

function written(reference: Reference): string {
  return Array.from(goldPairs(reference), ([low, high]) => `(${low}, ${high})`).join("\n");
}

/** Tries the predicate on every pair of users, line by line. */
function byTryingAll(lines: readonly Line[], index: number): string[] {
  const users = [...new Set(lines.map(({ user }) => user))].toSorted((a, b) => Number(a) - Number(b));
  const [first, second = first] = PREDICATES[index] as (typeof PREDICATES)[number];
  const holds = (user: string, { anyOf, counts, allOf }: typeof first) => {
    const own = lines.filter((line) => line.user === user);
    const number = (label: string) => own.filter((line) => line.label === label).length;
    const bounded = Object.entries(counts ?? {}).every(([label, bound]) =>
      bound.startsWith(">=")
        ? number(label) >= Number(bound.slice(2))
        : number(label) === Number(bound.slice(2)),
    );
    const dated = own
      .filter((line) => line.label === allOf?.label)
      .every(({ date }) => (allOf?.after ? date > allOf.after : date < (allOf?.before ?? "")));
    return (anyOf?.some((label) => number(label) > 0) ?? true) && bounded && dated;
  };
  return users.flatMap((a, i) =>
    users
      .slice(i + 1)
      .filter((b) => (holds(a, first) && holds(b, second)) || (holds(b, first) && holds(a, second)))
      .map((b) => `${a},${b}`),
  );
}

interface Shorthand {
  both_any?: readonly string[];
  all_label?: string;
  after?: string;
  before?: string;
  A?: Record<string, string>;
  B?: Record<string, string>;
}

function shorthand([first, second]: (typeof PREDICATES)[number]): Shorthand {
  if (second) return { A: { ...first.counts }, B: { ...second.counts } };
  const { label, ...bound } = first.allOf ?? { label: undefined };
  return { both_any: first.anyOf ?? [], ...(label !== undefined && { all_label: label }), ...bound };
}
