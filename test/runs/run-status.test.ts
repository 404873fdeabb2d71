import { appendFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { DataError } from "../../src/errors.ts";
import { readStatus, StatusReader } from "../../src/runs/run-status.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { rewarded } from "../trajectory-fixture.ts";

const episode = (rolloutId: string) => {
  const base = rewarded({ rolloutId });
  return { ...base, task: { ...base.task, context: summariseContext("c") } };
};
const event = (name: string, seconds: number, job?: string) =>
  `${JSON.stringify({ event: name, job, worker: "w", wallClock: { at: new Date(seconds * 1000).toISOString() } })}\n`;

describe("the status of a run", () => {
  it("counts what its files hold while it runs, and after its end", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "rlm-gym-status-")), "run");
    const writer = await RunWriter.create(folder, { version: "0", seed: 0, config: {}, planned: 4 });
    const fault = { kind: "repl", message: "it died" };
    await writer.append(episode("a"), "c", null);
    await writer.appendAttempt({ ...episode("b"), status: "infra_error", error: fault, reward: null });
    const lines = [
      event("begun", 0),
      event("leased", 1, "a"),
      event("leased", 1, "b"),
      event("done", 4, "a"),
    ];
    await appendFile(join(folder, "journal.jsonl"), `${lines.join("")}{"event": "lea`);
    expect(await readStatus(folder)).toEqual({
      status: "running",
      planned: 4,
      ended: 1,
      infraErrors: 0,
      attemptsFailed: 1,
      errors: { repl: 1 },
      dollars: 0,
      simulated: expect.any(Boolean),
      dollarsToCome: 0,
      workers: { w: 1 },
      wallClock: { episodesPerSecond: 0.25, secondsLeft: 12 },
    });
    await writer.close("interrupted");
    // Nobody works on the lease that the interruption left behind.
    expect(await readStatus(folder)).toMatchObject({ status: "interrupted", workers: { w: 0 } });
  });

  it("is the same at every look, as a run grows and after failed episodes were set aside", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "rlm-gym-status-")), "run");
    const plan = { version: "0", seed: 0, config: {}, planned: 4 };
    const writer = await RunWriter.create(folder, plan);
    const reader = new StatusReader(folder);
    const fault = { kind: "repl", message: "it died" };
    const agree = async () => {
      const { wallClock: _, ...seen } = await reader.read();
      expect(await readStatus(folder)).toMatchObject(seen);
      return seen;
    };
    await agree();
    await writer.append(episode("a"), "c", null);
    expect(await agree()).toMatchObject({ ended: 1 });
    await writer.append({ ...episode("b"), status: "infra_error", error: fault, reward: null }, "c", null);
    await appendFile(join(folder, "journal.jsonl"), event("leased", 1, "b").slice(0, 20));
    expect(await agree()).toMatchObject({ ended: 2, infraErrors: 1, workers: {} });
    await appendFile(join(folder, "journal.jsonl"), event("leased", 1, "b").slice(20));
    expect(await agree()).toMatchObject({ workers: { w: 1 } });
    await appendFile(join(folder, "journal.jsonl"), event("retried", 2, "b"));
    expect(await agree()).toMatchObject({ workers: { w: 0 } });
    await writer.close("failed");
    const again = await RunWriter.resume(folder, plan);
    expect(await agree()).toMatchObject({ ended: 1, infraErrors: 0, attemptsFailed: 1, errors: { repl: 1 } });
    await again.close("finished");
  });

  it("is refused for a folder that is not a run", async () => {
    await expect(readStatus(tmpdir())).rejects.toThrow(DataError);
  });
});
