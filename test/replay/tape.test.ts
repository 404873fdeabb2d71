import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import type { TaskName } from "../../src/models/model.ts";
import { recordingModel, TapePlayer, type Tape } from "../../src/replay/tape.ts";
import { testModel } from "../models/model-contract.ts";

const ask = (content: string) => ({ messages: [{ role: "user" as const, content }] });
const emptyTape = (): Tape => ({ rolloutId: "r1", entries: [] });
const replayOf = (tape: Tape, name = "scripted") => {
  const player = new TapePlayer(JSON.parse(JSON.stringify(tape)) as Tape, "r1");
  return { player, model: player.model({ name, simulated: true }) };
};

testModel("recordingModel", () =>
  recordingModel(scriptedModel(Array.from({ length: 10 }, () => "hi")), emptyTape()),
);

describe("a tape", () => {
  it("plays what was recorded, the same request's replies in their order", async () => {
    const prompts = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(prompts, async (asked) => {
        const tape = emptyTape();
        const live = recordingModel(scriptedModel(asked.map((_, index) => `reply ${index}`)), tape);
        const recorded = await Promise.all(asked.map((prompt) => live.complete(ask(prompt))));
        const { player, model } = replayOf(tape);
        expect(player.left).toBe(asked.length);
        expect(await Promise.all(asked.map((prompt) => model.complete(ask(prompt))))).toEqual(recorded);
        expect(player.left).toBe(0);
      }),
    );
  });

  it("plays failures as they were", async () => {
    const tape = emptyTape();
    const failing = scriptedModel([
      () => {
        throw new ModelError("the server is down", { kind: "overloaded", status: 503, attempts: 4 });
      },
    ]);
    await expect(recordingModel(failing, tape).complete(ask("a"))).rejects.toThrow();
    await expect(replayOf(tape).model.complete(ask("a"))).rejects.toMatchObject({
      name: "ModelError",
      message: "the server is down",
      kind: "overloaded",
      status: 503,
      attempts: 4,
    });
  });

  it("names a call that it does not hold", async () => {
    const tape = emptyTape();
    await recordingModel(scriptedModel(["one"]), tape).complete(ask("a"));
    const { model } = replayOf(tape);
    await model.complete(ask("a"));
    await expect(model.complete(ask("a"))).rejects.toMatchObject({
      name: "TapeError",
      message: 'tape of rollout r1: call 2 to scripted was not recorded: "a"',
    });
    await expect(model.complete(ask("x".repeat(500)))).rejects.toThrow(/"x{80}…"$/);
  });

  it("does not answer for another model, nor a request that differs in its seed", async () => {
    const tape = emptyTape();
    await recordingModel(scriptedModel(["one"]), tape).complete({ ...ask("a"), seed: 1 });
    await expect(replayOf(tape, "other").model.complete({ ...ask("a"), seed: 1 })).rejects.toThrow(
      /not recorded/,
    );
    await expect(replayOf(tape).model.complete({ ...ask("a"), seed: 2 })).rejects.toThrow(/not recorded/);
  });

  it("names a call that was still under way when the recording ended", async () => {
    const tape = emptyTape();
    void recordingModel(scriptedModel([() => new Promise(() => {})]), tape).complete(ask("a"));
    await expect(replayOf(tape).model.complete(ask("a"))).rejects.toThrow(/without its end/);
  });

  it("refuses to stand in for another rollout, and says what its own was about", () => {
    expect(() => new TapePlayer(emptyTape(), "r2")).toThrow("this is the tape of rollout r1, not of r2");
    const task = { id: "t1", question: "?", contextSha256: "aa" };
    expect(() => new TapePlayer({ ...emptyTape(), task }, "r2")).toThrow(
      "this is the tape of rollout r1, about task t1, not of r2",
    );
  });

  it("answers no episode about another task, and says whose tape it is and which task was asked", async () => {
    const task = { id: "t1", question: "?", contextSha256: "aa" };
    const from = (asked: TaskName) => ({
      origin: {
        tree: "r1",
        task: asked,
        rolloutId: "r9",
        purpose: "llm_query" as const,
        depth: 1,
        parentTrace: null,
      },
    });
    const tape = emptyTape();
    const live = recordingModel(scriptedModel(["one", "two"]), tape);
    await live.complete(ask("a"), from(task));
    await live.complete(ask("b"));
    const { player, model } = replayOf(tape);
    await expect(model.complete(ask("a"), from({ ...task, id: "t2" }))).rejects.toMatchObject({
      name: "TapeError",
      message: "tape of rollout r1: it belongs to task t1, and rollout r9 asks about task t2",
    });
    await expect(model.complete(ask("a"), from({ ...task, question: "!" }))).rejects.toThrow(
      /another question/,
    );
    await expect(model.complete(ask("a"), from({ ...task, contextSha256: "bb" }))).rejects.toThrow(
      /whose context is bb and not aa/,
    );
    expect(player.fault?.message).toMatch(/task t2/);
    expect((await model.complete(ask("a"), from(task))).text).toBe("one");
    expect((await model.complete(ask("b"))).text).toBe("two");
  });
});
