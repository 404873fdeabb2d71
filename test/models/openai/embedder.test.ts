/** The embeddings endpoint: batches in order, and clear errors for servers that have none or answer something else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openaiEmbedder } from "../../../src/models/openai/embedder.ts";
import { type AnyServer, startAnyServer, type ToldAnswer } from "../any-server.ts";

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
const embedder = (batchSize = 32) =>
  openaiEmbedder({ model: "m", baseUrl: server.baseUrl, apiKey: "sk-secret", batchSize, backoffMs: 1 });
const data = (...embeddings: unknown[]) => json({ data: embeddings.map((embedding) => ({ embedding })) });

describe("the embedder", () => {
  it("asks in batches, and puts vectors in the order of their index", async () => {
    server.answer((body) => {
      const entries = (body["input"] as string[]).map((text, index) => ({
        index,
        embedding: [text.length, 1],
      }));
      return json({ data: entries.toReversed() });
    });
    const texts = ["a", "bb", "ccc", "dddd", "eeeee"];
    expect(await embedder(2)(texts)).toEqual(texts.map((text) => [text.length, 1]));
    expect(server.bodies.map(({ input }) => input)).toEqual([["a", "bb"], ["ccc", "dddd"], ["eeeee"]]);
    expect(server.bodies[0]).toMatchObject({ model: "m", encoding_format: "float" });
  });

  it("asks nothing for no texts, and again after a failure that passes", async () => {
    server.answer(json({ error: { message: "busy" } }, 503), data([1]));
    expect(await embedder()([])).toEqual([]);
    expect(server.bodies).toHaveLength(0);
    expect(await embedder()(["a"])).toEqual([[1]]);
    expect(server.bodies).toHaveLength(2);
  });

  it.each([
    [
      "no endpoint",
      json({ detail: "Not Found" }, 404),
      /\/v1: does not know the path or the model m.*expected OpenAI's embeddings endpoint at http.*\/v1\/embeddings/,
    ],
    [
      "a server started without embeddings",
      json({ error: { message: "start it with --embeddings" } }, 501),
      /start it with --embeddings; expected OpenAI's embeddings endpoint/,
    ],
    [
      "a chat model",
      json({ error: { message: "The model does not support Embeddings API" } }, 400),
      /rejects the request \(status 400\): The model does not support Embeddings API/,
    ],
    ["an error with status 200", json({ error: { message: "no such task", code: 400 } }), /no such task/],
    [
      "a key that is refused",
      json({ error: { message: "sk-secret is wrong" } }, 401),
      /refuses the API key \(status 401\): \[key\] is wrong/,
    ],
    [
      "a web page",
      { status: 200, type: "text/html", text: "<html></html>" },
      /answered HTML instead of JSON with embeddings/,
    ],
    ["a chat reply", json({ choices: [] }), /JSON without the list "data" of embeddings/],
    ["fewer vectors than texts", data([1]), /1 embeddings for 2 texts/],
    [
      "vectors of two sizes",
      data([1, 2], [1]),
      /data\[1\]\.embedding with 1 numbers where others have 2: expected one size/,
    ],
    [
      "vectors without numbers",
      data([], []),
      /data\[0\]\.embedding as an empty list: expected a list of numbers/,
    ],
    ["vectors as text", data([1], "AACAPw=="), /data\[1\]\.embedding as string: expected a list of numbers/],
    ["a missing vector", json({ data: [{ embedding: [1] }, {}] }), /data\[1\]\.embedding as nothing/],
    [
      "NaN as Python writes it",
      { ...json({}), text: '{"data": [{"embedding": [0.5]}, {"embedding": [NaN]}]}' },
      /data\[1\]\.embedding\[0\] as null or NaN: expected a finite number/,
    ],
    [
      "an index that occurs twice",
      json({
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      }),
      /embeddings without the index 1: expected 0 to 1/,
    ],
  ])("names the server for %s, and asks once", async (_, answer, message) => {
    server.answer(answer);
    await expect(embedder()(["a", "b"])).rejects.toThrow(message);
    expect(server.bodies).toHaveLength(1);
  });

  it("refuses vectors whose size changes between batches", async () => {
    server.answer(data([1, 2]), data([1, 2, 3]));
    await expect(embedder(1)(["a", "b"])).rejects.toThrow(/with 3 numbers where others have 2/);
  });
});
