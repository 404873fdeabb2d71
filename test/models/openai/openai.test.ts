import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/types.ts";
import { testModel } from "../model-contract.ts";
import { reply, replyWithTool } from "../openai-server.ts";
import { KEY, request, scriptedServers } from "./scripted-server.ts";

const servers = scriptedServers();
const { modelAt } = servers;

testModel("openaiModel", () => modelAt(reply("hi")));

describe("openaiModel on a server without failures", () => {
  it("gives the text, the reported usage and the server's name of the model", async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 8 } };
    const model = await modelAt([reply("hi", { usage, model: "m-2" })]);
    expect(await model.complete(request)).toEqual({
      text: "hi",
      toolCalls: [],
      finishReason: "stop",
      model: "m-2",
      usage: { promptTokens: 9, completionTokens: 4, cachedTokens: 8 },
      usageSource: "reported",
      attempts: 1,
    });
    expect(servers.last.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("sends only the fields that were set", async () => {
    const model = await modelAt([reply("hi")]);
    await model.complete(request);
    expect(servers.last.requests[0]?.body).toEqual({ model: "m", messages: request.messages });
  });

  it("sends sampling fields, tools and a server's own fields", async () => {
    const model = await modelAt([reply("hi")], { extraBody: { top_p: 0.9 } });
    const parameters = { type: "object" };
    const tools = [{ name: "run", description: "Runs.", parameters }];
    await model.complete({ ...request, maxTokens: 7, temperature: 0, seed: 3, tools });
    expect(servers.last.requests[0]?.body).toMatchObject({
      max_tokens: 7,
      temperature: 0,
      seed: 3,
      top_p: 0.9,
      tools: [{ type: "function", function: { name: "run", description: "Runs.", parameters } }],
    });
  });

  it("caps the reply in the field it is told to use", async () => {
    const model = await modelAt([reply("hi")], { maxTokensField: "max_completion_tokens" });
    await model.complete({ ...request, maxTokens: 7 });
    expect(servers.last.requests[0]?.body).toMatchObject({ max_completion_tokens: 7 });
    expect(servers.last.requests[0]?.body).not.toHaveProperty("max_tokens");
  });

  it("reads tool calls, and sends them and their results back", async () => {
    const model = await modelAt([replyWithTool("run", { code: "1" }), reply("done")]);
    const first = await model.complete(request);
    expect(first).toMatchObject({
      text: "",
      finishReason: "tool_calls",
      toolCalls: [{ id: "call_1", name: "run", arguments: '{"code":"1"}' }],
    });
    const messages: Message[] = [
      ...request.messages,
      { role: "assistant", content: "", toolCalls: first.toolCalls },
      { role: "tool", content: "1", toolCallId: "call_1" },
    ];
    await model.complete({ messages });
    expect(servers.last.requests[1]?.body.messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "run", arguments: '{"code":"1"}' } },
        ],
      },
      { role: "tool", content: "1", tool_call_id: "call_1" },
    ]);
  });

  it("asks for token ids and log-probabilities, and keeps them as they came", async () => {
    const choices = [
      {
        message: { role: "assistant", content: "hi" },
        finish_reason: "length",
        token_ids: [7, 8],
        logprobs: {
          content: [
            { token: "h", logprob: -0.25 },
            { token: "i", logprob: -1.5 },
          ],
        },
      },
    ];
    const model = await modelAt([reply("", { choices, prompt_token_ids: [1, 2, 3] })], {
      tokenIds: true,
      logprobs: true,
    });
    const completion = await model.complete(request);
    expect(servers.last.requests[0]?.body).toMatchObject({ logprobs: true, return_token_ids: true });
    expect(completion.finishReason).toBe("length");
    expect(completion.tokens).toEqual({
      promptIds: [1, 2, 3],
      completionIds: [7, 8],
      logprobs: [-0.25, -1.5],
    });
  });

  it("tells once, at the first reply, that a server gives no token ids", async () => {
    const notices: string[] = [];
    const model = await modelAt([reply("a"), reply("b")], {
      tokenIds: true,
      onNotice: (line) => notices.push(line),
    });
    for (const text of ["a", "b"]) expect((await model.complete(request)).text).toBe(text);
    expect(notices).toEqual([expect.stringContaining("gave no token ids")]);
  });

  it.each([undefined, null, {}, { total_tokens: 3 }])("does not take usage %j for zero", async (usage) => {
    const model = await modelAt([reply("hi", { usage })]);
    expect(await model.complete(request)).toMatchObject({ usage: null, usageSource: "unknown" });
  });

  it("reads an unknown finish reason as unknown, and missing content as an empty text", async () => {
    const choices = [{ message: { content: null }, finish_reason: "whatever" }];
    const model = await modelAt([reply("", { choices })]);
    expect(await model.complete(request)).toMatchObject({ text: "", finishReason: "unknown" });
  });
});
