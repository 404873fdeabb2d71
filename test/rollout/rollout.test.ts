import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { afterAll, describe, expect, it } from "vitest";
import { make } from "../../envs/make.ts";
import { rollout } from "../../envs/rollout.ts";
import { defineEnvironment } from "../../src/env/define.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { ModelError, ReplError } from "../../src/errors.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { Wrapper } from "../../src/env/wrappers/wrapper.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { readManifest, readTrajectories } from "../../src/runs/read-run.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";

const repls = new PyodideReplPool({ size: 2 });
afterAll(() => repls.close());
const SHORT = { options: { length: "1k" }, repls } as const;
const newFolder = async () => join(await mkdtemp(join(tmpdir(), "rlm-gym-rollout-")), "run");

const quick = scriptedPolicy("quick", function* () {
  yield { answer: "nothing" };
});

const ids = (trajectories: readonly Trajectory[]) =>
  trajectories.map(({ rolloutId }) => rolloutId).toSorted();

describe("rollout", () => {
  it("gives all trajectories to await, and the same ones to a loop as they end", async () => {
    const asked = { ...SHORT, policy: ["grep", quick], episodes: 2, groupSize: 2, concurrency: 2 };
    const all = await rollout("s-niah", asked);
    expect(all).toHaveLength(8);
    expect(all.every(({ status, reward }) => status === "ok" && reward !== null)).toBe(true);
    expect(new Set(all.map(({ groupId }) => groupId)).size).toBe(4);
    const looped: Trajectory[] = [];
    const rollouts = rollout("s-niah", asked);
    for await (const trajectory of rollouts) looped.push(trajectory);
    expect(ids(looped)).toEqual(ids(all));
    const { rows, counts, folder, fault } = rollouts.summary;
    expect(rows.map(({ policy, episodes, accuracy }) => [policy, episodes, accuracy])).toEqual([
      ["grep", 4, 1],
      ["quick", 4, 0],
    ]);
    expect({ counts, folder, fault }).toEqual({
      counts: { planned: 8, ended: 8, ok: 8, infraErrors: 0 },
      folder: null,
      fault: null,
    });
  });

  it("takes an environment of one's own, by its definition", async () => {
    const parity = defineEnvironment({
      name: "parity",
      summary: "even or odd",
      options: z.object({ upTo: z.number().default(10).describe("the largest number") }),
      strategyNames: [],
      open: async ({ upTo }) => ({
        problems: {
          name: "parity",
          size: upTo,
          async *[Symbol.asyncIterator]() {
            for (let number = 0; number < upTo; number += 1)
              yield {
                task: {
                  id: String(number),
                  dataset: "parity",
                  question: "Even?",
                  context: String(number),
                  contextTokens: 1,
                  metadata: {},
                },
                reference: {
                  taskId: String(number),
                  answers: [number % 2 === 0 ? "yes" : "no"],
                  metadata: {},
                },
              };
          },
        },
        score: (answer, { answers }) => Number(answers.includes(answer)),
        strategies: {},
        readers: [],
        label: `parity ${upTo}`,
      }),
    });
    const yes = scriptedPolicy("yes", function* () {
      yield { answer: "yes" };
    });
    const rollouts = rollout(parity, { policy: yes, options: { upTo: 4 }, episodes: 4, repls });
    const rewards = new Map((await rollouts).map(({ task, reward }) => [task.id, reward?.score]));
    expect([...rewards].toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
      ["0", 1],
      ["1", 0],
      ["2", 1],
      ["3", 0],
    ]);
    expect(rollouts.summary.rows[0]?.tasks).toBe("parity 4");
  });

  it("takes a function that makes environments, one for each episode at a time, and closes them at the end", async () => {
    const made: RLMEnv[] = [];
    const trajectories = await rollout(
      async () => {
        const env = await make("s-niah", SHORT);
        made.push(env);
        return env;
      },
      { policy: quick, episodes: 6, concurrency: 2 },
    );
    expect(trajectories).toHaveLength(6);
    expect(new Set(trajectories.map(({ task }) => task.id)).size).toBe(6);
    expect(made.length).toBeLessThanOrEqual(2);
    expect(made.every(({ closed }) => closed)).toBe(true);
  });

  it("goes on where an environment was closed in an attempt that is made again", async () => {
    let failures = 2;
    /** Its interpreter fails at first, and whoever sees that closes it. */
    class Fragile extends Wrapper {
      override async reset(...options: Parameters<Wrapper["reset"]>): ReturnType<Wrapper["reset"]> {
        const begun = await super.reset(...options);
        if ((failures -= 1) < 0) return begun;
        await this.env.abandon("infra_error", { kind: "repl", message: "its worker died" });
        throw new ReplError("its worker died");
      }
      override async abandon(...why: Parameters<Wrapper["abandon"]>): Promise<Trajectory> {
        const trajectory = await super.abandon(...why);
        await this.env.close();
        return trajectory;
      }
    }
    const retried: string[] = [];
    const trajectories = await rollout(async () => new Fragile(await make("s-niah", SHORT)), {
      policy: quick,
      episodes: 3,
      concurrency: 1,
      onRetry: ({ rolloutId }) => void retried.push(rolloutId),
    });
    expect(retried).toHaveLength(2);
    expect(trajectories.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
  });

  it("says so where the function returns the same environment twice", async () => {
    const env = await make("s-niah", SHORT);
    const rollouts = rollout(() => env, { policy: quick, episodes: 4, concurrency: 3 });
    await expect(rollouts).rejects.toThrow("the same environment twice");
  });

  it("writes a run's folder, and goes on with it", async () => {
    const out = await newFolder();
    const asked = { ...SHORT, policy: quick, episodes: 3, out };
    for await (const _ of rollout("s-niah", asked)) break;
    expect((await readManifest(out)).status).toBe("interrupted");
    const rollouts = rollout("s-niah", { ...asked, resume: true });
    await rollouts;
    expect(rollouts.summary.figures).toHaveLength(3);
    const { status, counts, config } = await readManifest(out);
    expect({ status, counts }).toEqual({
      status: "finished",
      counts: { planned: 3, ended: 3, ok: 3, infraErrors: 0 },
    });
    expect(config).toMatchObject({ environment: "s-niah", policies: ["quick"], options: [{ length: "1k" }] });
    const written: Trajectory[] = [];
    for await (const trajectory of readTrajectories(out)) written.push(trajectory);
    expect(new Set(ids(written)).size).toBe(3);
    await expect(rollout("s-niah", { ...asked, seed: 5, resume: true })).rejects.toThrow(/seed/);
  });

  it("lets a policy's own model answer its sub-calls where no other is named", async () => {
    const replies = ['```repl\nprint(llm_query("hi"))\n```', "hello", "FINAL(x)"];
    const [trajectory] = await rollout("s-niah", {
      ...SHORT,
      policy: modelPolicy(scriptedModel(replies)),
      episodes: 1,
    });
    expect(trajectory?.turns[0]?.observation).toBeDefined();
    expect(trajectory?.calls.map(({ model }) => model)).toEqual(["scripted", "scripted", "scripted"]);
  });

  it("ends at a model server that no later episode can reach, after its record", async () => {
    const model = scriptedModel([]);
    const down = {
      ...model,
      complete: async () => {
        throw new ModelError("nobody listens there", { kind: "unreachable" });
      },
    };
    const seen: Trajectory[] = [];
    const loop = async () => {
      for await (const trajectory of rollout("s-niah", {
        ...SHORT,
        policy: modelPolicy(down),
        concurrency: 1,
      }))
        seen.push(trajectory);
    };
    await expect(loop()).rejects.toThrow("nobody listens there");
    expect(seen.map(({ status }) => status)).toEqual(["infra_error"]);
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const loop = async () => {
      for await (const _ of rollout("s-niah", {
        ...SHORT,
        policy: quick,
        concurrency: 1,
        signal: stop.signal,
      }))
        stop.abort(new Error("enough"));
    };
    await expect(loop()).rejects.toThrow("enough");
  });

  it("gives its trajectories once", async () => {
    const rollouts = rollout("s-niah", { ...SHORT, policy: quick, episodes: 1 });
    expect(() => rollouts.summary).toThrow("has not ended");
    expect(await rollouts).toHaveLength(1);
    expect(await rollouts).toHaveLength(1);
    expect(() => rollouts[Symbol.asyncIterator]()).toThrow("once");
  });

  it.each([
    ["an unknown option", { polcy: "grep", policy: "grep" }, /unknown option "polcy".*policy/],
    ["no policy", {}, /policy: expected a policy/],
    ["no episodes", { policy: "grep", episodes: 0 }, /episodes.*at least 1, got 0/],
    ["a fraction of attempts", { policy: "grep", attempts: 1.5 }, /attempts.*1\.5/],
    ["Redis without a folder", { policy: "grep", redis: { url: "redis://127.0.0.1" } }, /redis needs out/],
    ["an unknown strategy", { policy: "greb" }, /"greb".*grep.*oracle/],
    ["an unknown option of the environment", { policy: "grep", options: { lenght: "1k" } }, /lenght.*length/],
  ])("names %s", async (_, options, message) => {
    const played = async () => await rollout("s-niah", options as never);
    await expect(played()).rejects.toThrow(message);
  });
});
