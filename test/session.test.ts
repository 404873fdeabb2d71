import { afterAll, describe, expect, it } from "vitest";
import type { Policy } from "../src/policies/policy.ts";
import { PyodideReplPool } from "../src/repl/pyodide/pool.ts";
import { replaySession, session } from "../src/session.ts";
import type { Trajectory } from "../src/trajectory.ts";

const pool = new PyodideReplPool({ size: 1 });
afterAll(() => pool.close());

/** Runs the code of its question, which stands before the first blank line. */
const obeying: Policy = {
  name: "obeying",
  start: ({ observation }) => ({
    act: () => Promise.resolve({ code: observation.question.split("\n\n")[0]! }),
  }),
};

const open = () => session({ policy: obeying, subModels: [], repls: pool, limits: { maxTurns: 2 } });

describe("a session", () => {
  it("keeps variables, contexts and histories over its questions", async () => {
    const talk = open();
    const first = await talk.ask({ prompt: "import random\nx = len(context)\nFINAL(x)", context: "four" });
    const second = await talk.ask({ prompt: "FINAL([x, context_0, context_1, context])", context: { k: 1 } });
    const third = await talk.ask({
      prompt: "FINAL([history_1[0]['role'], len(history_0), random.random()])",
    });
    await talk.close();
    expect([first, second].map(({ answer }) => answer)).toEqual(["4", '[4, "four", {"k": 1}, "four"]']);
    expect(third.answer).toMatch(/^system, 4, 0\.\d+$/);
    const { question, metadata } = second.trajectory.task;
    expect(question).toContain("`context_1` (dict, 1 characters, new)");
    expect(question).toContain("`history_0` holds the messages");
    expect(metadata).toEqual({ session: { question: 1, contexts: 2 } });
  });

  it("replays question by question, in one REPL", async () => {
    const talk = open();
    await talk.ask({ prompt: "import random\nx = random.random()\nFINAL(1)", context: "c" });
    await talk.ask({ prompt: "y = x + random.random() + len(context_1)\nFINAL(y)", context: "more" });
    await talk.close();
    const records = JSON.parse(JSON.stringify(talk.records)) as Trajectory[];
    const replayed = await replaySession(records, ["c", "more"], { repls: pool });
    expect(replayed.map(({ difference }) => difference)).toEqual([null, null]);
    const wrong = await replaySession(records, ["c", "less text"], { repls: pool });
    expect(wrong[1]!.difference).not.toBeNull();
  });

  it("does not take an old answer for a new one", async () => {
    const talk = open();
    await talk.ask({ prompt: "FINAL('old')", context: "c" });
    const { answer, stopReason } = await talk.ask({ prompt: "z = 1" });
    await talk.close();
    expect([answer, stopReason]).toEqual([null, "max_turns"]);
  });

  it("refuses what cannot be, in clear words", async () => {
    expect(() => session({ repl: "javascript" })).toThrow("a REPL of javascript cannot be kept");
    const talk = open();
    const asked = talk.ask({ prompt: "FINAL(1)", context: "c" });
    await expect(talk.ask({ prompt: "FINAL(2)" })).rejects.toThrow("another question is being answered");
    await asked;
    await expect(talk.ask({ prompt: "FINAL(2)", context: new Uint8Array(1) })).rejects.toThrow(
      "bytes can only be",
    );
    await talk.close();
    await expect(talk.ask({ prompt: "FINAL(2)" })).rejects.toThrow("session: it is closed");
  });
});
