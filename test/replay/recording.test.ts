import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import type { TaskName } from "../../src/models/model.ts";
import { recordingModel, RecordingPlayer, type Recording } from "../../src/replay/recording.ts";
import { testModel } from "../models/model-contract.ts";

const ask = (content: string) => ({ messages: [{ role: "user" as const, content }] });
const emptyRecording = (): Recording => ({ rolloutId: "r1", entries: [] });
const replayOf = (recording: Recording, name = "scripted") => {
  const player = new RecordingPlayer(JSON.parse(JSON.stringify(recording)) as Recording, "r1");
  return { player, model: player.model({ name, simulated: true }) };
};

testModel("recordingModel", () =>
  recordingModel(scriptedModel(Array.from({ length: 10 }, () => "hi")), emptyRecording()),
);

describe("a recording", () => {
  it("plays what was recorded, the same request's replies in their order", async () => {
    const prompts = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(prompts, async (asked) => {
        const recording = emptyRecording();
        const live = recordingModel(scriptedModel(asked.map((_, index) => `reply ${index}`)), recording);
        const recorded = await Promise.all(asked.map((prompt) => live.complete(ask(prompt))));
        const { player, model } = replayOf(recording);
        expect(player.unplayed).toBe(asked.length);
        expect(await Promise.all(asked.map((prompt) => model.complete(ask(prompt))))).toEqual(recorded);
        expect(player.unplayed).toBe(0);
      }),
    );
  });

  it("plays failures as they were", async () => {
    const recording = emptyRecording();
    const failing = scriptedModel([
      () => {
        throw new ModelError("the server is down", { kind: "overloaded", status: 503, attempts: 4 });
      },
    ]);
    await expect(recordingModel(failing, recording).complete(ask("a"))).rejects.toThrow();
    await expect(replayOf(recording).model.complete(ask("a"))).rejects.toMatchObject({
      name: "ModelError",
      message: "the server is down",
      kind: "overloaded",
      status: 503,
      attempts: 4,
    });
  });

  it("names a call that it does not hold", async () => {
    const recording = emptyRecording();
    await recordingModel(scriptedModel(["one"]), recording).complete(ask("a"));
    const { model } = replayOf(recording);
    await model.complete(ask("a"));
    await expect(model.complete(ask("a"))).rejects.toMatchObject({
      name: "RecordingError",
      message: 'recording of rollout r1: call 2 to scripted was not recorded: "a"',
    });
    await expect(model.complete(ask("x".repeat(500)))).rejects.toThrow(/"x{80}…"$/);
  });

  it("does not answer for another model, nor a request that differs in its seed", async () => {
    const recording = emptyRecording();
    await recordingModel(scriptedModel(["one"]), recording).complete({ ...ask("a"), seed: 1 });
    await expect(replayOf(recording, "other").model.complete({ ...ask("a"), seed: 1 })).rejects.toThrow(
      /not recorded/,
    );
    await expect(replayOf(recording).model.complete({ ...ask("a"), seed: 2 })).rejects.toThrow(
      /not recorded/,
    );
  });

  it("names a call that was still under way when the recording ended", async () => {
    const recording = emptyRecording();
    void recordingModel(scriptedModel([() => new Promise(() => {})]), recording).complete(ask("a"));
    await expect(replayOf(recording).model.complete(ask("a"))).rejects.toThrow(/without its end/);
  });

  it("refuses to stand in for another rollout, and says what its own was about", () => {
    expect(() => new RecordingPlayer(emptyRecording(), "r2")).toThrow(
      "this is the recording of rollout r1, not of r2",
    );
    const task = { id: "t1", question: "?", contextSha256: "aa" };
    expect(() => new RecordingPlayer({ ...emptyRecording(), task }, "r2")).toThrow(
      "this is the recording of rollout r1, about task t1, not of r2",
    );
  });

  it("answers no episode about another task, and says whose recording it is and which task was asked", async () => {
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
    const recording = emptyRecording();
    const live = recordingModel(scriptedModel(["one", "two"]), recording);
    await live.complete(ask("a"), from(task));
    await live.complete(ask("b"));
    const { player, model } = replayOf(recording);
    await expect(model.complete(ask("a"), from({ ...task, id: "t2" }))).rejects.toMatchObject({
      name: "RecordingError",
      message: "recording of rollout r1: it belongs to task t1, but rollout r9 asks about task t2",
    });
    await expect(model.complete(ask("a"), from({ ...task, question: "!" }))).rejects.toThrow(
      /another question/,
    );
    await expect(model.complete(ask("a"), from({ ...task, contextSha256: "bb" }))).rejects.toThrow(
      /with the context bb, not aa/,
    );
    expect(player.fault?.message).toMatch(/task t2/);
    expect((await model.complete(ask("a"), from(task))).text).toBe("one");
    expect((await model.complete(ask("b"))).text).toBe("two");
  });
});
