import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenSegments } from "../../../src/export/formats/segments.ts";
import { policySegments } from "../../../src/export/token-segments.ts";
import type { SampledTokens } from "../../../src/types.ts";
import { played, rowsOf, subCall, withTokens } from "../played.ts";

interface Step {
  readonly added: readonly number[];
  readonly sampled: readonly { id: number; logprob: number }[];
  readonly breaks: boolean;
  readonly compacts: boolean;
}

const id = fc.nat({ max: 99 });
const step: fc.Arbitrary<Step> = fc.record({
  added: fc.array(id, { maxLength: 4 }),
  sampled: fc.array(fc.record({ id, logprob: fc.double({ min: -9, max: -0.001 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  breaks: fc.boolean(),
  compacts: fc.boolean(),
});

/** Calls of a policy whose prompts go on from what came before, but where the step says otherwise. */
function tokensOf(steps: readonly Step[]): { tokens: SampledTokens[]; segments: number[] } {
  let before: number[] = [];
  let segment = 0;
  const segments: number[] = [];
  const tokens = steps.map(({ added, sampled, breaks, compacts }) => {
    if (compacts) segment += 1;
    segments.push(segment);
    const promptIds = breaks ? [100, ...added] : [...before, ...added];
    const completionIds = sampled.map((token) => token.id);
    before = [...promptIds, ...completionIds];
    return { promptIds, completionIds, logprobs: sampled.map(({ logprob }) => logprob) };
  });
  return { tokens, segments };
}

describe("token segments", () => {
  it("mask just what was sampled, and hold the recorded ids and log-probabilities, whatever the prompts do", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const { tokens, segments } = tokensOf(steps);
        const trajectory = played(
          "r",
          tokens.map((one, index) => ({ text: "x", tokens: one, segment: segments[index]! })),
        );
        const found = policySegments(trajectory);
        if (typeof found === "string") throw new Error(found);
        const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
        const sampled = tokens.flatMap(({ completionIds = [] }) => completionIds);
        expect(sum(found.map(({ lossMask }) => sum(lossMask)))).toBe(sampled.length);
        const masked = found.flatMap(({ inputIds, lossMask }) =>
          inputIds.filter((_, i) => lossMask[i] === 1),
        );
        expect(masked).toEqual(sampled);
        const logprobs = found.flatMap((one) => one.logprobs!.filter((_, i) => one.lossMask[i] === 1));
        expect(logprobs).toEqual(tokens.flatMap((one) => one.logprobs));
        expect(found.flatMap(({ callIds }) => callIds)).toEqual(tokens.map((_, index) => index));
        for (const { inputIds, callIds } of found) {
          const last = tokens[callIds.at(-1)!]!;
          expect(inputIds).toEqual([...last.promptIds!, ...last.completionIds!]);
          expect(new Set(callIds.map((call) => segments[call])).size).toBe(1);
        }
      }),
    );
  });

  it("begin anew where a prompt is no extension of what came before", async () => {
    const { rows } = await rowsOf(tokenSegments, [withTokens()]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      input_ids: [1, 2, 3, 4, 5, 6, 7],
      labels: [-100, -100, -100, 4, 5, -100, 7],
      loss_mask: [0, 0, 0, 1, 1, 0, 1],
      logprobs: [0, 0, 0, -0.5, -0.25, 0, -1],
      prompt_len: 3,
      segment_index: 0,
      train: true,
    });
    expect(rows[1]).toMatchObject({ input_ids: [1, 9, 8, 8], segment_index: 1, prompt_len: 2 });
  });

  it("have no log-probabilities where the engine reported none, and no rows where it reported no ids", async () => {
    const bare = withTokens("bare");
    const calls = bare.calls.map((call) => {
      const { logprobs: _, ...tokens } = call.tokens!;
      return { ...call, tokens };
    });
    const { rows } = await rowsOf(tokenSegments, [{ ...bare, calls }]);
    expect(rows.map((row) => row["logprobs"])).toEqual([null, null]);
    const { tally } = await rowsOf(tokenSegments, [played("none", [{ text: "FINAL(1)" }])]);
    expect(tally.counts.leftOut).toEqual({ "no token ids from the engine": 1 });
  });

  it("of sub-calls and children are rows of their own, in or out", async () => {
    const tokens = { promptIds: [20], completionIds: [21, 22], logprobs: [-1, -1] };
    const place = { rolloutId: "r1", turn: 1, batch: null };
    const child = withTokens("r1#0", { depth: 1, parent: place, reward: null, groupId: "r1#0" });
    const parent = withTokens("r1");
    const trajectory = {
      ...parent,
      children: [child],
      calls: [
        ...parent.calls,
        subCall(3, 0, "p", "q", tokens),
        { ...subCall(4, 0, "p", "q", tokens), model: "other" },
      ],
    };
    const count = async (options: object) => (await rowsOf(tokenSegments, [trajectory], options)).rows.length;
    expect(await count({})).toBe(2);
    expect(await count({ subCalls: true })).toBe(4);
    expect(await count({ children: true })).toBe(4);
    const { rows } = await rowsOf(tokenSegments, [trajectory], { children: true, subCalls: true });
    expect(
      rows.map(({ rollout_id, depth, segment_index, child_index, train, reward, group_id }) => [
        rollout_id,
        depth,
        segment_index,
        child_index,
        train,
        reward,
        group_id,
      ]),
    ).toEqual([
      ["r1", 0, 0, null, true, 1, "t"],
      ["r1", 0, 1, null, true, 1, "t"],
      ["r1", 1, 2, 3, true, 1, "t"],
      ["r1", 1, 3, 4, false, 1, "t"],
      ["r1#0", 1, 0, 0, true, 1, "t"],
      ["r1#0", 1, 1, 0, true, 1, "t"],
    ]);
  });
});
