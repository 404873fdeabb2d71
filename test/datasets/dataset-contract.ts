/** The contract of every dataset, as tests: call it inside a `describe`. */
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { type Dataset, take } from "../../src/data/dataset.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Problem, Reference, Scorer } from "../../src/types.ts";
import { partsOf, textOf } from "./text-of.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export interface DatasetContract {
  /** Makes the same dataset each time. */
  readonly open: () => Dataset;
  /** The official scorer and the one for training. */
  readonly scorers: readonly Scorer[];
  /** An answer in the form that the official scorer reads; if absent, the references' answers, joined. */
  readonly gold?: (reference: Reference) => string;
  /** How many problems to check. */
  readonly count?: number;
  /** For generators: the length asked for, and the smallest share of it that a context fills. */
  readonly length?: { readonly tokens: number; readonly filled: number };
  /** Problems whose gold cannot score full marks because of the official scorer. */
  readonly exempt?: (problem: Problem) => boolean;
}

export function datasetContract(contract: DatasetContract): void {
  const count = contract.count ?? 5;
  const read = async (dataset: Dataset) => {
    const problems: Problem[] = [];
    for await (const problem of take(dataset, count)) problems.push(problem);
    return problems;
  };

  /** Read once for all tests that do not change it. */
  let once: Promise<{ dataset: Dataset; problems: Problem[] }> | undefined;
  const looked = () =>
    (once ??= (async () => {
      const dataset = contract.open();
      return { dataset, problems: await read(dataset) };
    })());

  it("yields problems whose parts belong together", async () => {
    const { dataset, problems } = await looked();
    expect(problems.length).toBeGreaterThan(0);
    for (const { task, reference } of problems) {
      expect(task.dataset).toBe(dataset.name);
      expect(reference.taskId).toBe(task.id);
      expect(task.question).not.toBe("");
      expect(textOf(task)).not.toBe("");
      expect(JSON.parse(JSON.stringify({ ...task, context: null }))).toEqual({ ...task, context: null });
      expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
    }
    expect(new Set(problems.map(({ task }) => task.id)).size).toBe(problems.length);
  });

  it("counts a context's tokens exactly", async () => {
    for (const { task } of (await looked()).problems)
      expect(task.contextTokens).toBe(partsOf(task).reduce((sum, part) => sum + countTokens(part), 0));
  });

  it("yields the same bytes each time, and at any index what iteration yields there", async () => {
    const { problems } = await looked();
    expect(await read(contract.open())).toEqual(problems);
    const dataset = contract.open();
    if (!dataset.at) return;
    for (const index of problems.keys())
      expect(await dataset.at(problems.length - 1 - index)).toEqual(problems.at(-1 - index));
  });

  it("keeps no problem that it has yielded, so that memory stays flat", async () => {
    const yielded: WeakRef<object>[] = [];
    const dataset = contract.open();
    for await (const problem of take(dataset, count)) yielded.push(new WeakRef(problem));
    await setImmediate();
    collectGarbage();
    // A stack frame may still hold the last one.
    expect(yielded.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(2);
    expect(dataset.name).not.toBe("");
  });

  it("gives the gold full marks, and nothing to an empty answer or the whole context", async () => {
    const [official, training] = [contract.scorers[0] as Scorer, contract.scorers.at(-1) as Scorer];
    for (const problem of (await looked()).problems) {
      if (contract.exempt?.(problem)) continue;
      const gold = contract.gold?.(problem.reference) ?? problem.reference.answers.join(", ");
      for (const score of contract.scorers) expect(score(gold, problem.reference)).toBe(1);
      if (gold !== "") expect(official("", problem.reference)).toBe(0);
      expect(training(textOf(problem.task), problem.reference)).toBe(0);
    }
  });

  const { length } = contract;
  if (!length) return;
  it("fills the length asked for and never exceeds it", async () => {
    for (const { task } of (await looked()).problems) {
      expect(task.contextTokens).toBeLessThanOrEqual(length.tokens);
      expect(task.contextTokens).toBeGreaterThan(length.tokens * length.filled);
    }
  });
}
