import { describe, expect, it } from "vitest";
import { scriptedModel } from "../../src/models/scripted.ts";
import type { Completion } from "../../src/types.ts";
import { testModel } from "./model-contract.ts";

const request = { messages: [{ role: "user" as const, content: "hello world" }] };

testModel("scriptedModel", () => scriptedModel(Array.from({ length: 10 }, () => "hi")));

describe("scriptedModel", () => {
  it("answers in order, with texts, completions and functions of the request", async () => {
    const whole: Completion = {
      text: "whole",
      toolCalls: [],
      finishReason: "length",
      model: "other",
      usage: null,
      usageSource: "unknown",
      attempts: 2,
    };
    const model = scriptedModel(["text", whole, ({ messages }) => `echo ${messages[0]?.content}`]);
    expect((await model.complete(request)).text).toBe("text");
    expect(await model.complete(request)).toBe(whole);
    expect((await model.complete(request)).text).toBe("echo hello world");
  });

  it("counts the tokens of texts and marks them as simulated", async () => {
    const completion = await scriptedModel(["hello world"]).complete(request);
    expect(completion).toMatchObject({
      usage: { promptTokens: 3 + 4 + 2, completionTokens: 2, cachedTokens: 0 },
      usageSource: "simulated",
      attempts: 1,
    });
  });

  it("throws an error when the script has ended", async () => {
    const model = scriptedModel(["only"], "actor");
    await model.complete(request);
    await expect(model.complete(request)).rejects.toThrow("actor: call 2, but the script holds 1 replies");
  });

  it("uses no reply for a call that was aborted before", async () => {
    const model = scriptedModel(["first"]);
    await expect(model.complete(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "aborted",
    });
    expect((await model.complete(request)).text).toBe("first");
  });
});
