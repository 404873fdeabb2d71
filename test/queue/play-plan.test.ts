import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ReplError } from "../../src/errors.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { pythonOf } from "../../src/languages/python/python.ts";
import { playPlan } from "../../src/queue/play-plan.ts";
import type { PlannedEpisode } from "../../src/episode/rollout.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Env } from "../../src/episode/contract.ts";

const policy = { name: "p", start: () => ({ act: async () => ({ answer: "" }) }) } as unknown as Policy;

/** An episode of one turn whose interpreter fails the first few times. */
function episode(rolloutId: string, { failures = 0, onPlay = () => {} } = {}): PlannedEpisode {
  let left = failures;
  const record = (error: Trajectory["error"]) => ({ rolloutId, error }) as Trajectory;
  const makeEnv = () =>
    ({
      dialect: "repl",
      language: pythonOf(),
      messages: [],
      subModels: [],
      deadline: new AbortController().signal,
      reserve: () => 1,
      reset: async () => {
        onPlay();
        if ((left -= 1) >= 0) throw new ReplError("its worker died");
        return { observation: {} };
      },
      step: async () => (await sleep(1), { terminated: true }),
      abandon: (_: string, error: Trajectory["error"]) => record(error),
      trajectory: record(null),
      close: async () => {},
    }) as unknown as Env;
  return { makeEnv, policy, reset: { rolloutId } };
}

const ids = (count: number) => Array.from({ length: count }, (_, at) => String(at));

describe("playPlan", () => {
  it("plays each episode of a plan once, and reads the plan as room allows", async () => {
    let read = 0;
    const ended: string[] = [];
    const ahead: number[] = [];
    const plan = function* () {
      for (const id of ids(20)) {
        read += 1;
        ahead.push(read - ended.length);
        yield episode(id);
      }
    };
    await playPlan(plan(), { concurrency: 3, onEnd: async ({ rolloutId }) => void ended.push(rolloutId) });
    expect(ended.toSorted()).toEqual(ids(20).toSorted());
    // The running ones, one that waits, and one that is about to.
    expect(Math.max(...ahead)).toBeLessThanOrEqual(5);
  });

  it.each([
    { attempts: 3, retried: ["a", "a"], ends: [null] },
    { attempts: 1, retried: [], ends: ["repl"] },
  ])("makes $attempts attempts where a fault may pass", async ({ attempts, retried, ends }) => {
    const ended: (string | null)[] = [];
    const again: string[] = [];
    await playPlan([episode("a", { failures: 2 })], {
      attempts,
      backoffMs: 1,
      concurrency: 1,
      onEnd: async ({ error }) => void ended.push(error?.kind ?? null),
      onRetry: async ({ rolloutId }) => void again.push(rolloutId),
    });
    expect({ again, ended }).toEqual({ again: retried, ended: ends });
  });

  it("cuts running episodes at the first error of the record callback, and throws it", async () => {
    let played = 0;
    const plan = ids(50).map((id) => episode(id, { onPlay: () => (played += 1) }));
    const onEnd = () => Promise.reject(new Error("no place on disk"));
    await expect(playPlan(plan, { concurrency: 2, onEnd })).rejects.toThrow("no place on disk");
    expect(played).toBeLessThan(10);
  });

  it("lets running episodes end if the plan throws", async () => {
    const ended: string[] = [];
    const plan = function* () {
      yield episode("a");
      throw new Error("no more tasks");
    };
    const onEnd = async ({ rolloutId }: Trajectory) => void ended.push(rolloutId);
    await expect(playPlan(plan(), { concurrency: 2, onEnd })).rejects.toThrow("no more tasks");
    expect(ended).toEqual(["a"]);
  });

  it("ends with the reason of the signal", async () => {
    const stop = new AbortController();
    const onEnd = async () => stop.abort(new Error("enough"));
    const asked = { concurrency: 1, onEnd, signal: stop.signal };
    await expect(playPlan([episode("a"), episode("b")], asked)).rejects.toThrow("enough");
  });
});
