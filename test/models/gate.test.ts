import { expect, it } from "vitest";
import { gateOf, CallLimit } from "../../src/models/call-limit.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Sends jobs through each gate at once. Returns their trees' names in the order in which they began, and the most at once. */
async function send(gates: Record<string, ReturnType<typeof gateOf>>, jobs: number) {
  const began: string[] = [];
  const seen = { underWay: 0, most: 0 };
  const job = (name: string) => async () => {
    began.push(name);
    seen.most = Math.max(seen.most, ++seen.underWay);
    await turn();
    seen.underWay -= 1;
  };
  await Promise.all(
    Object.entries(gates).flatMap(([name, gate]) =>
      Array.from({ length: jobs }, () => gate(job(name), new AbortController().signal)),
    ),
  );
  return { began, most: seen.most };
}

it("bounds a tree by its own limit, and all trees together by the run's", async () => {
  const run = new CallLimit(5);
  const gates = { a: gateOf(new CallLimit(3), run, "a"), b: gateOf(new CallLimit(3), run, "b") };
  expect((await send({ a: gates.a }, 20)).most).toBe(3);
  expect((await send(gates, 20)).most).toBe(5);
});

it("lets trees take turns, so that a large batch of one delays the others by a call at a time", async () => {
  const run = new CallLimit(1);
  const gates = { a: gateOf(new CallLimit(50), run, "a"), b: gateOf(new CallLimit(50), run, "b") };
  const { began } = await send(gates, 10);
  expect(began.slice(1, 9).filter((name) => name === "b")).toHaveLength(4);
});
