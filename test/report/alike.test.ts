/** Likenesses over lengths, compared with values worked out by hand. */
import { describe, expect, it } from "vitest";
import { alikeInOrder, alikeOverLength, type EpisodeWithPath, overlap } from "../../src/report/alike.ts";
import { pathOf } from "../../src/report/path.ts";
import { figuresOf } from "../../src/report/summary.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";

/** A turn that ran this code. */
function turnWith(code: string, index = 0): Trajectory["turns"][number] {
  const output = { stdout: "", stderr: "", value: null, exception: null, outputChars: 0, omittedChars: 0 };
  return {
    index,
    completion: { text: code, toolCalls: [], finishReason: "stop" },
    callId: null,
    results: [{ code, outcome: "ok", ...output, stateKept: true }],
    observation: "o",
    segment: 0,
    standing: null,
    reward: 0,
    wallClock: { seconds: 0 },
  };
}

function codeOf(...codes: readonly string[]) {
  const turns = codes.map((code, index) => turnWith(code, index));
  return pathOf({ ...rewarded(), turns }).code;
}

describe("sequences", () => {
  it("are alike by their edit distance over the longer one", () => {
    expect(alikeInOrder(["a", "b", "c"], ["a", "b", "c"])).toBe(1);
    expect(alikeInOrder(["a", "b", "c", "d"], ["a", "c", "d"])).toBe(0.75);
    expect(alikeInOrder([1, 2], [3, 4])).toBe(0);
    expect(alikeInOrder([], [])).toBe(1);
    expect(alikeInOrder([], [1])).toBe(0);
  });

  it("of prompt tokens are alike by what they have in common", () => {
    expect(overlap([100, 200], [100, 200])).toBe(1);
    expect(overlap([100, 200], [50, 200, 50])).toBeCloseTo(250 / 350, 12);
    expect(overlap([], [])).toBe(1);
  });
});

describe("code", () => {
  it("is the same whatever its literals and comments are", () => {
    const one = codeOf('print(context[:500])  # look\nhits = find("a", 12)');
    expect(codeOf("print(context[:9_999])\nhits = find('another text', 3.5e2)")).toEqual(one);
    expect(codeOf('print(context[:9])\nhits = search("a", 12)')).not.toEqual(one);
    expect(codeOf("x = [1, 2, 3]")).toEqual(codeOf("x = ['a', 'b', 'c', 'd']"));
  });

  it("is read in bounded time, whatever it holds", () => {
    const started = performance.now();
    codeOf('"""'.repeat(40_000), "'".repeat(100_000), "`".repeat(99_999));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

/** An episode of a task at a length, with its actions and the prompt tokens of its turns. */
function episode(
  task: string,
  length: number,
  path: Partial<EpisodeWithPath["path"]>,
  more: Partial<EpisodeWithPath> = {},
): EpisodeWithPath {
  return {
    ...figuresOf(rewarded(), `kind ${length}`),
    policy: "p",
    kind: "kind",
    facts: { length },
    taskId: task,
    contextTokens: length,
    path: { actions: ["ok", "ok answer"], code: [1, 2], promptTokens: [10, 20], options: "", ...path },
    ...more,
  };
}

describe("alikeOverLength", () => {
  it("compares each length with the shortest one, and that one with itself", () => {
    const [report, ...others] = alikeOverLength([
      episode("a", 4000, {}),
      episode("b", 4000, {}),
      episode("c", 64_000, { actions: ["ok", "ok", "ok", "ok answer"], promptTokens: [10, 20, 30] }),
      episode("d", 64_000, { actions: ["ok", "ok answer"], promptTokens: [10, 20] }),
    ]);
    expect(others).toEqual([]);
    expect(report!.rows.map(({ length, episodes }) => [length, episodes])).toEqual([
      ["4k", [2, 2]],
      ["64k", [2, 2]],
    ]);
    const [own, far] = report!.rows;
    expect([own!.actions.mean, own!.code.mean, own!.prompts.mean]).toEqual([1, 1, 1]);
    expect(far!.actions.mean).toBe(0.75);
    expect(far!.code.mean).toBe(1);
    expect(far!.prompts.mean).toBe(0.75);
    const [low, high] = far!.actions.interval!;
    expect([low, high]).toEqual([0.5, 1]);
  });

  it("keeps policies apart by the options that shape what they see, and leaves faults out", () => {
    const shaped = { options: "offload, constant, kept" };
    const [report] = alikeOverLength(
      [4000, 8000].flatMap((length) => [
        episode(`a${length}`, length, {}),
        episode(`b${length}`, length, shaped),
        episode(`c${length}`, length, { actions: ["exception"] }, { ok: false }),
      ]),
    );
    expect(report!.rows.map(({ options, length, actions }) => [options, length, actions.mean])).toEqual([
      ["", "4k", 1],
      ["", "8k", 1],
      ["offload, constant, kept", "4k", 1],
      ["offload, constant, kept", "8k", 1],
    ]);
    expect(report!.rows[1]!.actions.interval).toBeNull();
  });

  it("gives the same whatever the order of the episodes, and nothing for one length", () => {
    const all = Array.from({ length: 40 }, (_, i) =>
      episode(`t${i}`, i % 2 ? 4000 : 8000, { promptTokens: [i, 2 * i] }),
    );
    expect(alikeOverLength(all.toReversed(), { seed: 3 })).toEqual(alikeOverLength(all, { seed: 3 }));
    expect(alikeOverLength(all.filter(({ contextTokens }) => contextTokens === 4000))).toEqual([]);
  });
});

describe("the path of an episode", () => {
  it("says what each turn did, and which options shaped what the policy saw", () => {
    const whole = { ...rewarded(), turns: [turnWith("look()"), turnWith("FINAL(1)", 1)] };
    const path = pathOf({
      ...whole,
      answer: { text: "1", source: "final" },
      history: { mode: "offload" },
      observations: { form: "constant", maxChars: 2000 },
      replies: "kept",
    });
    expect(path.options).toBe("offload, constant, kept");
    expect(path.actions).toEqual(["ok", "ok answer"]);
    expect(path.promptTokens).toEqual([0, 0]);
  });
});
