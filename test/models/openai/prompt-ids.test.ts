/** Prompt ids from a server that tokenizes on a page of its own: asked once for each prefix, and only if they are true. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openaiModel } from "../../../src/models/openai/openai.ts";
import { type AnyServer, startAnyServer, type ToldAnswer } from "../any-server.ts";
import { chat, said } from "../quirks/rows.ts";

let server: AnyServer;
beforeAll(async () => {
  server = await startAnyServer();
});
afterAll(() => server.close());

const json = (value: unknown, status = 200): ToldAnswer => ({
  status,
  type: "application/json",
  text: JSON.stringify(value),
});

interface Told {
  readonly role: string;
  readonly content: string;
}

/** A template without roles, and a token for each character. */
const rendered = (messages: readonly Told[]) => messages.map(({ content }) => `<${content}>`).join("");
const ids = (text: string) => Array.from(text, (char) => char.codePointAt(0)!);

/** llama.cpp as far as it matters here: sampled ids in the log-probabilities, and its two pages. */
function llamaCpp({ hasPages = true, counts = (text: string) => text.length } = {}) {
  server.answer((body) => {
    if ("content" in body) return json({ tokens: ids(body["content"] as string) });
    const prompt = rendered(body["messages"] as Told[]);
    if (!("model" in body)) return hasPages ? json({ prompt }) : json({ error: "not found" }, 404);
    const logprobs = { content: [{ id: 7, logprob: -1 }] };
    const usage = { prompt_tokens: counts(prompt), completion_tokens: 1 };
    return json(chat(said("x"), { logprobs }, { usage }));
  });
  return openaiModel({
    model: "m",
    baseUrl: server.baseUrl,
    tokenIds: true,
    logprobs: true,
    windowTokens: 9000,
  });
}

const asks = (...contents: string[]) => ({
  messages: contents.map((content) => ({ role: "user" as const, content })),
});
const tokenized = () => server.bodies.flatMap(({ content }) => (content === undefined ? [] : [content]));

it("are in the completion, and a longer prompt costs only what it adds", async () => {
  const model = llamaCpp();
  expect(await model.complete(asks("ab"))).toMatchObject({
    tokens: { promptIds: ids("<ab>"), completionIds: [7], logprobs: [-1] },
  });
  expect(await model.complete(asks("ab", "c"))).toMatchObject({ tokens: { promptIds: ids("<ab><c>") } });
  await model.complete(asks("ab", "c"));
  expect(tokenized()).toEqual(["<ab>", "<c>"]);
});

it("are left out if they are not as many as the server counted, for the whole and for what was added", async () => {
  const model = llamaCpp({ counts: (text) => text.length + 1 });
  const completion = await model.complete(asks("ab"));
  expect(completion.tokens).toEqual({ completionIds: [7], logprobs: [-1] });
});

it("are asked for once of a server without these pages", async () => {
  const model = llamaCpp({ hasPages: false });
  await model.complete(asks("ab"));
  await model.complete(asks("ab", "c"));
  expect(server.bodies.filter((body) => !("model" in body))).toHaveLength(1);
});

it("are not asked for unless ids are wanted", async () => {
  llamaCpp();
  const model = openaiModel({ model: "m", baseUrl: server.baseUrl, windowTokens: 9000 });
  await model.complete(asks("ab"));
  expect(server.bodies).toHaveLength(1);
});
