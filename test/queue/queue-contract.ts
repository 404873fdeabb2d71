/** The contract of every driver of the work queue. */
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { AttemptOptions, RolloutQueue } from "../../src/queue/queue.ts";
import { workThrough } from "../../src/queue/work.ts";

const QUICK = { maxAttempts: 3, backoffMs: 1, leaseMs: 60_000 };
const MAY_PASS = { kind: "repl", message: "the worker died", retry: true };
const job = (id: string) => ({ id, payload: { id } });
/** How long a step of a test may take on a busy machine. */
const WAIT = { timeout: 20_000 };

/** @param openQueue makes a new queue each time */
export function queueContract(
  name: string,
  openQueue: (options: AttemptOptions) => Promise<RolloutQueue>,
): void {
  const withQueue = async (options: AttemptOptions, use: (queue: RolloutQueue) => Promise<void>) => {
    const queue = await openQueue({ ...QUICK, ...options });
    try {
      await use(queue);
    } finally {
      await queue.close();
    }
  };

  describe(`the queue ${name}`, () => {
    it("hands jobs out in order, each once, and ends when its intake is closed and all are done", () =>
      withQueue({}, async (queue) => {
        for (const id of ["a", "b"]) expect(await queue.add(job(id))).toBe(true);
        await queue.closeIntake();
        const [a, b] = [await queue.lease("w"), await queue.lease("w")];
        expect([a?.job, b?.job]).toEqual([job("a"), job("b")]);
        expect(await queue.counts()).toEqual({ waiting: 0, leased: 2, done: 0, failed: 0 });
        const third = queue.lease("w");
        for (const lease of [a!, b!]) expect(await queue.complete(lease)).toBe(true);
        expect(await third).toBeNull();
        expect(await queue.counts()).toEqual({ waiting: 0, leased: 0, done: 2, failed: 0 });
      }));

    it("takes a second job with the same id for the same job", () =>
      withQueue({}, async (queue) => {
        expect([await queue.add(job("a")), await queue.add(job("a"))]).toEqual([true, false]);
        await queue.complete((await queue.lease("w"))!);
        expect(await queue.add(job("a"))).toBe(false);
        expect(await queue.counts()).toMatchObject({ waiting: 0, done: 1 });
      }));

    it("repeats attempts after temporary faults, up to the limit, and no others", () =>
      withQueue({}, async (queue) => {
        await queue.add(job("passes"));
        for (const attempt of [1, 2, 3]) {
          const lease = (await queue.lease("w"))!;
          expect(lease).toMatchObject({ attempt, last: attempt === 3 });
          expect(await queue.fail(lease, MAY_PASS)).toBe(true);
        }
        await queue.add(job("lasts"));
        await queue.fail((await queue.lease("w"))!, { ...MAY_PASS, retry: false });
        await queue.closeIntake();
        expect(await queue.lease("w")).toBeNull();
        expect(await queue.counts()).toEqual({ waiting: 0, leased: 0, done: 0, failed: 2 });
      }));

    it("takes a job back from a silent holder, who can then neither keep, end nor fail it", () =>
      withQueue({ leaseMs: 1000 }, async (queue) => {
        await queue.add(job("a"));
        const silent = (await queue.lease("silent"))!;
        const heir = (await queue.lease("heir"))!;
        expect(heir).toMatchObject({ job: job("a"), attempt: 2, worker: "heir" });
        expect(await queue.heartbeat(silent)).toBe(false);
        expect(await queue.complete(silent)).toBe(false);
        expect(await queue.fail(silent, MAY_PASS)).toBe(false);
        expect(await queue.complete(heir)).toBe(true);
      }));

    it("leaves a job with a holder as long as it sends heartbeats", () =>
      withQueue({ leaseMs: 1000 }, async (queue) => {
        await queue.add(job("a"));
        const lease = (await queue.lease("w"))!;
        for (let beat = 0; beat < 9; beat += 1) {
          await sleep(150);
          expect(await queue.heartbeat(lease)).toBe(true);
        }
        expect(await queue.complete(lease)).toBe(true);
      }));

    it("makes add wait until there is room", () =>
      withQueue({ room: 2 }, async (queue) => {
        for (const id of ["a", "b"]) await queue.add(job(id));
        let added = false;
        const third = queue.add(job("c")).then(() => (added = true));
        await sleep(50);
        expect(added).toBe(false);
        await queue.lease("w");
        await third;
        expect(await queue.counts()).toMatchObject({ waiting: 2, leased: 1 });
      }));

    it("releases a caller that waits for a job or for room on its signal, and all callers on close", () =>
      withQueue({ room: 1 }, async (queue) => {
        const stop = new AbortController();
        const waits = queue.lease("w", stop.signal);
        stop.abort(new Error("enough"));
        await expect(waits).rejects.toThrow("enough");
        const left = queue.lease("w");
        await queue.close();
        expect(await left).toBeNull();
      }));

    it("ends every job exactly once, whatever fails and whichever worker falls silent", () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.constantFrom("done", "fails", "ends"), { minLength: 3, maxLength: 3 }), {
            minLength: 1,
            maxLength: 20,
          }),
          fc.integer({ min: 1, max: 5 }),
          async (fates, concurrency) =>
            withQueue({ room: 3 }, async (queue) => {
              const ended: string[] = [];
              const adding = (async () => {
                for (const id of fates.keys()) await queue.add(job(String(id)));
                await queue.closeIntake();
              })();
              await workThrough(queue, {
                worker: "w",
                concurrency,
                play: async ({ job: { id }, attempt, last }) => {
                  await sleep(0);
                  const fate = fates[Number(id)]![attempt - 1]!;
                  if (fate === "fails" && !last) return MAY_PASS;
                  ended.push(id);
                  return fate === "done" ? null : { ...MAY_PASS, retry: fate === "fails" };
                },
              });
              await adding;
              expect(ended.toSorted()).toEqual([...fates.keys()].map(String).toSorted());
              const { done, failed, ...left } = await queue.counts();
              expect({ all: done + failed, ...left }).toEqual({ all: fates.length, waiting: 0, leased: 0 });
            }),
        ),
        { numRuns: 15 },
      ));

    it("plays the job of a silent holder elsewhere and stops the silent holder's play", () =>
      withQueue({ leaseMs: 600, maxAttempts: 5 }, async (queue) => {
        await queue.add(job("a"));
        await queue.closeIntake();
        const played: number[] = [];
        let stopped = false;
        await workThrough(queue, {
          worker: "w",
          concurrency: 2,
          heartbeatMs: 900,
          play: async ({ attempt }, signal) => {
            played.push(attempt);
            if (attempt > 1) return null;
            signal.addEventListener("abort", () => (stopped = true));
            await sleep(60_000, undefined, { signal });
            return null;
          },
        });
        expect({ played, stopped }).toEqual({ played: [1, 2], stopped: true });
        expect(await queue.counts()).toMatchObject({ done: 1, failed: 0 });
      }));

    it("takes the next job once a play lets it begin, and writes one record at a time behind it", () =>
      withQueue({}, async (queue) => {
        for (const id of ["a", "b", "c"]) await queue.add(job(id));
        await queue.closeIntake();
        const order: string[] = [];
        const writing = new Map<string, () => void>();
        const work = workThrough(queue, {
          worker: "w",
          concurrency: 1,
          play: async ({ job: { id } }, _, release) => {
            order.push(`${id} begins`);
            release();
            await new Promise<void>((end) => writing.set(id, end));
            order.push(`${id} is written`);
            return null;
          },
        });
        await vi.waitUntil(() => writing.has("b"), WAIT);
        // The third job does not begin while the first record is being written.
        await sleep(50);
        writing.get("a")!();
        await vi.waitUntil(() => writing.has("c"), WAIT);
        writing.get("b")!();
        writing.get("c")!();
        await work;
        expect(order).toEqual([
          "a begins",
          "b begins",
          "a is written",
          "c begins",
          "b is written",
          "c is written",
        ]);
        expect(await queue.counts()).toMatchObject({ done: 3, failed: 0 });
      }));

    it("throws the error of a play whose record is still being written", () =>
      withQueue({}, async (queue) => {
        for (const id of ["a", "b"]) await queue.add(job(id));
        await queue.closeIntake();
        const work = workThrough(queue, {
          worker: "w",
          concurrency: 1,
          play: async ({ job: { id } }, signal, release) => {
            release();
            if (id === "a") throw new Error("the disk is full");
            await sleep(60_000, undefined, { signal });
            return null;
          },
        });
        await expect(work).rejects.toThrow("the disk is full");
      }));

    it("keeps a record that is being written when the work is stopped, and ends its job", () =>
      withQueue({}, async (queue) => {
        for (const id of ["a", "b"]) await queue.add(job(id));
        await queue.closeIntake();
        const stop = new AbortController();
        const written: string[] = [];
        let endWriting = () => {};
        let isPlaying = false;
        const work = workThrough(queue, {
          worker: "w",
          concurrency: 1,
          signal: stop.signal,
          play: async ({ job: { id } }, signal, release) => {
            if (id === "b") {
              isPlaying = true;
              await sleep(60_000, undefined, { signal });
            }
            release();
            await new Promise<void>((end) => (endWriting = end));
            written.push(id);
            return null;
          },
        });
        const stopped = expect(work).rejects.toThrow("enough");
        await vi.waitUntil(() => isPlaying, WAIT);
        stop.abort(new Error("enough"));
        await sleep(20);
        expect(written).toEqual([]);
        endWriting();
        await stopped;
        expect(written).toEqual(["a"]);
        expect(await queue.counts()).toMatchObject({ done: 1 });
      }));

    it("throws the first error of a play, and cuts the others", () =>
      withQueue({}, async (queue) => {
        for (const id of ["a", "b"]) await queue.add(job(id));
        const work = workThrough(queue, {
          worker: "w",
          concurrency: 2,
          play: async ({ job: { id } }, signal) => {
            if (id === "b") throw new Error("the disk is full");
            await sleep(60_000, undefined, { signal });
            return null;
          },
        });
        await expect(work).rejects.toThrow("the disk is full");
      }));
  });
}
