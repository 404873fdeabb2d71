/** What every model must do. */
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";

const request = { messages: [{ role: "user" as const, content: "hello world" }], maxTokens: 50, seed: 1 };

/** `open` makes a model that answers ten calls of the request with some text. */
export function testModel(name: string, open: () => Model | Promise<Model>): void {
  describe(`${name}, as any model`, () => {
    it("answers with text and its usage", async () => {
      const model = await open();
      const { text, toolCalls, attempts, usage, usageSource, ...rest } = await model.complete(request);
      expect(model.name).not.toBe("");
      expect(text).not.toBe("");
      expect(toolCalls).toEqual([]);
      expect(attempts).toBeGreaterThanOrEqual(0);
      expect(rest).toMatchObject({ finishReason: "stop", model: expect.any(String) });
      expect(usage === null).toBe(usageSource === "unknown");
      expect(usage?.cachedTokens).toBeLessThanOrEqual(usage?.promptTokens ?? 0);
    });

    it("answers several calls at once", async () => {
      const model = await open();
      const replies = await Promise.all(Array.from({ length: 5 }, () => model.complete(request)));
      expect(replies.every(({ text }) => text !== "")).toBe(true);
    });

    it("refuses a call whose signal has aborted, with a ModelError", async () => {
      const model = await open();
      const error: unknown = await model
        .complete(request, { signal: AbortSignal.abort() })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ModelError);
      expect(error).toMatchObject({ kind: "aborted" });
    });
  });
}
