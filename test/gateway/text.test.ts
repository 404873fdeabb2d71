/** Calls that complete a text or token ids, as a server like vLLM answers them. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type Gating, gating } from "./gating.ts";

const SAID = { text: "blue, mostly", ids: [900, 901, 902], logprobs: [-0.1, -0.2, -0.3], promptIds: [5, 6] };
const USAGE = { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 };
const bodies: Record<string, unknown>[] = [];

const upstream: Server = createServer((request, response) => {
  let text = "";
  request.on("data", (piece: Buffer) => void (text += piece.toString()));
  request.on("end", () => {
    const body = JSON.parse(text) as Record<string, unknown>;
    bodies.push(body);
    const part = (from: number, to: number, said: string, ending: string | null) => ({
      index: 0,
      text: said,
      finish_reason: ending,
      logprobs: body.logprobs === 1 ? { token_logprobs: SAID.logprobs.slice(from, to) } : null,
      ...(body.return_token_ids === true && { token_ids: SAID.ids.slice(from, to) }),
      ...(body.return_token_ids === true && from === 0 && { prompt_token_ids: SAID.promptIds }),
    });
    if (request.url !== "/v1/completions") return response.writeHead(404).end("{}");
    if (body.stream !== true) {
      const whole = { object: "text_completion", choices: [part(0, 3, SAID.text, "stop")], usage: USAGE };
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(whole));
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunks = [
      { choices: [part(0, 1, "blue", null)] },
      { choices: [part(1, 3, ", mostly", "stop")] },
      { choices: [], usage: USAGE },
    ];
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    return response.end("data: [DONE]\n\n");
  });
});

let gateway: Gating;
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  gateway = await gating(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`);
  url = `${String((await ask(`${gateway.url}/sessions`, {})).body.url)}/completions`;
});
afterAll(async () => {
  await gateway.end();
  upstream.closeAllConnections();
  upstream.close();
});

describe("a text to complete", () => {
  it.each([
    ["a text, whole", { prompt: "The sky is" }],
    ["token ids, whole", { prompt: [5, 6] }],
    ["a text, in a stream", { prompt: "The sky is", stream: true }],
  ])("is passed and kept with the ids that were sampled: %s", async (_, asked) => {
    const said = await ask(url, { model: "m", max_tokens: 9, ...asked });
    expect(said.status).toBe(200);
    expect(said.text).toContain("blue");
    expect(bodies.at(-1)).toMatchObject({ ...asked, max_tokens: 9, logprobs: 1, return_token_ids: true });
    expect((await gateway.traces()).at(-1)).toMatchObject({
      messages: [],
      request: { prompt: asked.prompt },
      response_message: { role: "assistant", content: SAID.text },
      prompt_token_ids: SAID.promptIds,
      completion_token_ids: SAID.ids,
      logprobs: SAID.logprobs,
      finish_reason: "stop",
      usage: USAGE,
      status: "ok",
    });
  });

  it.each([
    ["several prompts", { prompt: ["a", "b"] }, "one prompt"],
    ["no prompt", {}, "one prompt"],
    ["several replies", { prompt: "a", n: 2 }, "as many calls"],
    ["the best of several", { prompt: "a", best_of: 2 }, "as many calls"],
    ["its echo", { prompt: "a", echo: true }, "echo"],
  ])("is refused with %s", async (_, asked, why) => {
    const said = await ask(url, { model: "m", ...asked });
    expect(said.status).toBe(400);
    expect(said.text).toContain(why);
  });
});
