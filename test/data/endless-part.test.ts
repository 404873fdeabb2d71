import { describe, expect, test } from "vitest";
import { environments } from "../../envs/registry.ts";
import { generated, problemAt, take } from "../../src/data/dataset.ts";
import { split } from "../../src/data/split.ts";
import type { Problem } from "../../src/types.ts";

/** An endless dataset of three problems a context, which counts how many problems were made. */
function counted() {
  const made = { count: 0 };
  const dataset = generated("counted", (index): Problem => {
    made.count += 1;
    const id = `task-${index}`;
    const metadata = { context_window_id: Math.floor(index / 3) };
    const task = { id, dataset: "counted", question: "?", context: "", contextTokens: 0, metadata };
    return { task, reference: { taskId: id, answers: [id], metadata: {} } };
  });
  return { dataset, made };
}

const halves = (dataset: ReturnType<typeof counted>["dataset"]) => split(dataset, { heldOut: 0.2, seed: 0 });

async function idsOf(dataset: AsyncIterable<Problem>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { task } of dataset) ids.push(task.id);
  return ids;
}

describe("A part of an endless dataset", () => {
  test("has the first problems of the whole in their order, and the other part has the others", async () => {
    const { train, heldOut } = halves(counted().dataset);
    const whole = await idsOf(take(counted().dataset, 600));
    const [trained, held] = [
      new Set(await idsOf(take(train, 600))),
      new Set(await idsOf(take(heldOut, 300))),
    ];
    for (const id of whole.slice(0, 300)) expect(trained.has(id)).toBe(!held.has(id));
    expect(await idsOf(take(train, 50))).toEqual(whole.filter((id) => trained.has(id)).slice(0, 50));
  });

  test("gives the same problem at an index whatever was asked before", async () => {
    const inOrder = await idsOf(take(halves(counted().dataset).heldOut, 1010));
    const { heldOut } = halves(counted().dataset);
    for (const index of [700, 3, 1005, 0, 999, 1000, 3])
      expect((await problemAt(heldOut, index)).task.id).toBe(inOrder[index]);
    const asked = [40, 8, 41, 2000].map((index) => problemAt(halves(counted().dataset).heldOut, index));
    expect((await Promise.all(asked)).slice(0, 3).map(({ task }) => task.id)).toEqual(
      [40, 8, 41].map((index) => inOrder[index]),
    );
  });

  test("makes few problems for a large index, and keeps the parts apart there", async () => {
    const { dataset, made } = counted();
    const { train, heldOut } = halves(dataset);
    for (const index of [10_000, 500_000, 2 ** 31 - 1, Number.MAX_SAFE_INTEGER]) {
      const [one, other] = [await problemAt(train, index), await problemAt(heldOut, index)];
      const isIn = async (part: typeof train, { task }: Problem) =>
        (await problemAt(part, index)).task.id === task.id;
      expect([await isIn(train, one), await isIn(heldOut, other)]).toEqual([true, true]);
      expect(one.task.metadata).not.toEqual(other.task.metadata);
    }
    expect(made.count).toBeLessThan(300);
  });

  test("lets others go on while it reads on", async () => {
    const slow = generated("slow", async (index) => {
      const until = performance.now() + 5;
      while (performance.now() < until);
      return await problemAt(counted().dataset, index);
    });
    let turns = 0;
    const beat = setInterval(() => (turns += 1), 1);
    await problemAt(halves(slow).train, 60);
    clearInterval(beat);
    expect(turns).toBeGreaterThan(3);
  });

  test.each(["s-niah", "oolong", "oolong-pairs", "graphwalks", "mrcr", "ruler", "craft", "evidence"])(
    "is found at the seeds that trainers draw: %s",
    async (name) => {
      const environment = environments.find((one) => one.name === name)!;
      const length = { craft: {}, evidence: { length: "8k" } }[name] ?? { length: "1k" };
      for (const part of ["train", "held-out"]) {
        const { problems } = await environment.open(environment.options.parse({ part, ...length }), 0);
        expect((await problemAt(problems, 2 ** 31 - 1)).task.id).toBeTruthy();
      }
    },
  );
});
