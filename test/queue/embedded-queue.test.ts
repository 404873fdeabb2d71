import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EmbeddedQueue } from "../../src/queue/embedded-queue.ts";
import { openJournal } from "../../src/queue/queue-journal.ts";
import { backoffAfter } from "../../src/queue/queue.ts";
import { queueContract } from "./queue-contract.ts";

queueContract("in one process", (options) => Promise.resolve(new EmbeddedQueue(options)));

describe("the journal of a queue", () => {
  it("records what happened to each job, in order", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "rlm-gym-journal-")), "journal.jsonl");
    const queue = new EmbeddedQueue({ backoffMs: 1, leaseMs: 1000, journal: await openJournal(path) });
    await queue.add({ id: "a", payload: {} });
    await queue.fail((await queue.lease("w"))!, { kind: "repl", message: "it died", retry: true });
    await queue.lease("silent");
    await queue.complete((await queue.lease("w"))!);
    await queue.close();
    const events = (await readFile(path, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, attempt, worker }) => [event, attempt, worker])).toEqual([
      ["leased", 1, "w"],
      ["retried", 1, "w"],
      ["leased", 2, "silent"],
      ["lost", 2, "silent"],
      ["leased", 3, "w"],
      ["done", 3, "w"],
    ]);
    expect(events[1]).toMatchObject({ job: "a", kind: "repl", message: "it died" });
  });
});

describe("the wait after a failed attempt", () => {
  it("doubles each time, up to half a minute", () => {
    expect([1, 2, 3, 10, 2000].map((attempt) => backoffAfter(attempt, 1000))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ]);
  });
});
