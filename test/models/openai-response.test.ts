import { describe, expect, it } from "vitest";
import { completionFrom } from "../../src/models/openai/response.ts";

const server = { model: "m", baseUrl: "http://localhost:8000/v1" };
const choices = [{ message: { content: "hi" }, finish_reason: "stop", token_ids: [7] }];

describe("a server's reply", () => {
  it("names the weights that sampled where the server does, and is without them elsewhere", () => {
    const named = completionFrom(
      { choices, prompt_token_ids: [1], metadata: { weight_version: "step-3" } },
      server,
    );
    expect(named.tokens).toEqual({ promptIds: [1], completionIds: [7], weightVersion: "step-3" });
    expect(completionFrom({ choices }, server).tokens).toEqual({ completionIds: [7] });
    expect(completionFrom({ choices, metadata: { user: "x" } }, server).tokens).toEqual({
      completionIds: [7],
    });
  });
});
