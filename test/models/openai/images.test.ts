/** The bodies in which images go to a server, byte for byte as it gets them. */
import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/types.ts";
import { sendJson } from "../openai-server.ts";
import { scriptedServers } from "./scripted-server.ts";

const servers = scriptedServers();
const { modelAt } = servers;

const PNG = "data:image/png;base64,iVBORw0KGgo=";
const JPEG = "data:image/jpeg;base64,/9j/4A==";
const SYSTEM: Message = { role: "system", content: "Be brief." };
const ASKED: Message = { role: "user", content: "What is shown?", images: [PNG, JPEG] };

const chatted = sendJson({
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "a cat" } }],
});
const responded = sendJson({
  model: "m",
  status: "completed",
  output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "a cat" }] }],
});
const messaged = sendJson({
  model: "m",
  role: "assistant",
  content: [{ type: "text", text: "a cat" }],
  stop_reason: "end_turn",
});

describe("images of a prompt", () => {
  it("are parts of the content in a chat completion, after the text and in their order", async () => {
    const model = await modelAt([chatted]);
    expect((await model.complete({ messages: [SYSTEM, ASKED] })).text).toBe("a cat");
    expect(servers.last.requests[0]?.body).toEqual({
      model: "m",
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is shown?" },
            { type: "image_url", image_url: { url: PNG } },
            { type: "image_url", image_url: { url: JPEG } },
          ],
        },
      ],
    });
  });

  it("are items of the input in OpenAI's Responses", async () => {
    const model = await modelAt([responded], { api: "responses" });
    expect((await model.complete({ messages: [SYSTEM, ASKED] })).text).toBe("a cat");
    expect(servers.last.requests[0]?.body).toEqual({
      model: "m",
      instructions: "Be brief.",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is shown?" },
            { type: "input_image", image_url: PNG },
            { type: "input_image", image_url: JPEG },
          ],
        },
      ],
      store: false,
      include: ["reasoning.encrypted_content"],
    });
  });

  it("are blocks with a source of base64 in Anthropic's Messages, without the head of the data URL", async () => {
    const model = await modelAt([messaged], { api: "messages" });
    expect((await model.complete({ messages: [SYSTEM, ASKED], maxTokens: 9 })).text).toBe("a cat");
    expect(servers.last.requests[0]?.body).toEqual({
      model: "m",
      max_tokens: 9,
      system: "Be brief.",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is shown?" },
            {
              type: "image",
              source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" },
            },
            { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/4A==" } },
          ],
        },
      ],
    });
  });

  it("stay on their own message, so that a prompt without any is sent as text", async () => {
    const model = await modelAt([chatted]);
    const earlier: Message[] = [
      { role: "user", content: "Hello." },
      { role: "assistant", content: "Hi." },
    ];
    await model.complete({ messages: [...earlier, ASKED] });
    const { messages } = servers.last.requests[0]!.body as { messages: readonly unknown[] };
    expect(messages.slice(0, 2)).toEqual(earlier);
  });
});
