import { expect, test } from "vitest";
import type { ExecReply } from "../../../src/repl/engine/protocol.ts";
import { runBlock, type BlockRunner } from "../../../src/repl/pool/run-block.ts";

const BLOCK = { code: "x = 1", maxOutputChars: 100, timeoutMs: 1, clockNs: null };
const REPLY: ExecReply = { report: "{}", crash: null, heapBytes: 0, violations: 0 };
const GRACE_MS = 0;

/** An interpreter whose reply arrives in the same turn of the event loop as the deadline, or as the end of the grace. */
function runnerThatReplied(late: "deadline" | "grace" | "never") {
  const did: string[] = [];
  const { promise, resolve, reject } = deferred<ExecReply>();
  const runner: BlockRunner = {
    clock: {
      start: (_, onEnd) =>
        void setTimeout(() => {
          onEnd();
          if (late === "deadline") resolve(REPLY);
          // The timer of the grace was set just before this one, so it fires just before it.
          if (late === "grace") setImmediate(() => setTimeout(() => resolve(REPLY), GRACE_MS));
        }),
      pause: () => {},
      resume: () => {},
      stop: () => {},
    },
    exec: () => promise,
    interrupt: () => did.push("interrupted"),
    terminate: async () => {
      did.push("ended");
      reject(new Error("the worker was ended"));
      await Promise.resolve();
    },
  };
  return { runner, did };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((fulfil, refuse) => ([resolve, reject] = [fulfil, refuse]));
  return { promise, resolve, reject };
}

test.each([
  ["that replied in time counts as it ended, though its host was busy then", "deadline", "reported", []],
  ["that replied before it was killed is not killed", "grace", "reported", ["interrupted"]],
  ["that goes on is interrupted, then ended", "never", "killed", ["interrupted", "ended"]],
] as const)("a block %s", async (_, late, kind, expected) => {
  const { runner, did } = runnerThatReplied(late);
  const end = await runBlock(runner, BLOCK, GRACE_MS, () => Promise.resolve(new Uint8Array()));
  expect(end.kind).toBe(kind);
  expect(did).toEqual(expected);
});
