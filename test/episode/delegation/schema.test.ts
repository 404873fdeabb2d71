import { describe, expect, it } from "vitest";
import { delegationEnvs, modelThat } from "./delegation-env.ts";

const { play } = delegationEnvs();

const PERSON = `{"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}`;

describe("a reply by a schema", () => {
  it("comes as the value, and the schema stands in the prompt", async () => {
    const subModels = [modelThat(() => 'Here:\n```json\n{"age": 7}\n```')];
    const { text, trajectory } = await play(`print(llm_query('q', schema=${PERSON})['age'] + 1)`, {
      subModels,
    });
    expect(text).toContain("8");
    expect(trajectory.calls).toHaveLength(1);
    expect(trajectory.calls[0]).toMatchObject({ repair: 0 });
    expect(trajectory.calls[0]!.prompt).toContain('"required":["age"]');
  });

  it("is asked for again with what was wrong, and each repair is a call", async () => {
    const subModels = [modelThat((_, count) => ["no idea", '{"age": "x"}', '{"age": 3}'][count]!)];
    const { text, trajectory } = await play(`print(llm_query('q', schema=${PERSON}))`, { subModels });
    expect(text).toContain("{'age': 3}");
    expect(trajectory.calls.map(({ repair }) => repair)).toEqual([0, 1, 2]);
    expect(trajectory.calls[1]!.prompt).toContain("it is not JSON");
    expect(trajectory.calls[2]!.prompt).toContain("at #/age");
    expect(new Set(trajectory.calls.map(({ seed }) => seed)).size).toBe(3);
  });

  it("is a named error after the last repair, and the episode goes on", async () => {
    const code = `try:\n    llm_query('q', schema=${PERSON})\nexcept ReplyError as error:\n    print('named:', error)`;
    const { text, trajectory } = await play(code, { subModels: [modelThat(() => "[]")] });
    expect(text).toContain("named: the reply does not match the schema after 2 repairs: at #");
    expect(trajectory.calls).toHaveLength(3);
  });

  it("is repaired in a batch only where it is wrong", async () => {
    const subModels = [modelThat((prompt, count) => (prompt.startsWith("a") || count > 1 ? "[1]" : "?"))];
    const code = "print(llm_query_batched(['a', 'b'], schema={'type': 'array'}))";
    const { text, trajectory } = await play(code, { subModels });
    expect(text).toContain("[[1], [1]]");
    expect(trajectory.calls.map(({ repair, batch }) => [repair, batch?.index])).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
  });

  it.each([
    ["{'type': 'strin'}", "#/type: expected one of"],
    ["{'properties': {'a': 3}}", "#/properties/a: expected a schema"],
    ["{'pattern': '('}", "#/pattern: expected a regular expression"],
    ["{'$ref': '#/nowhere'}", "SchemaError"],
    ["'text'", "a schema is a dict or a bool, not str"],
    ["{'const': object()}", "the options are not JSON"],
  ])("is refused before a call if the schema is %s", async (schema, error) => {
    const { text, trajectory } = await play(`llm_query('q', schema=${schema})`);
    expect(text).toContain("SchemaError");
    expect(text).toContain(error);
    expect(trajectory.calls).toEqual([]);
  });

  it.each([
    ["{'$ref': '#'}", "SchemaError: the schema is not a JSON Schema: it refers to itself without end"],
    ["{'enum': ['x' * 7_000_000]}", "a prompt with its schema of 7000"],
  ])("says what is wrong with a schema that cannot be used: %s", async (schema, error) => {
    const { text } = await play(`llm_query('q', schema=${schema})`);
    expect(text).toContain(error);
  });
});

describe("a cap on the reply", () => {
  it("reaches the model, and is never above that of the episode", async () => {
    const { trajectory } = await play("llm_query('a', max_tokens=7)\nllm_query('b', max_tokens=10**6)");
    expect(trajectory.calls.map(({ reserved }) => reserved.completionTokens)).toEqual([7, 4096]);
  });
});

describe("images", () => {
  const png = "b'\\x89PNG\\r\\n\\x1a\\n' + bytes(20)";

  it("go with the prompt to a model that takes them, and the record keeps their hashes", async () => {
    const seen: unknown[] = [];
    const base = modelThat(() => "a cat");
    const model = {
      ...base,
      simulated: false,
      complete: (...of: Parameters<typeof base.complete>) => {
        seen.push(of[0].messages[0]!.images?.[0]?.slice(0, 22));
        return base.complete(...of);
      },
    };
    const { text, trajectory } = await play(`print(llm_query('what?', images=[${png}]))`, {
      subModels: [model],
    });
    expect(text).toContain("a cat");
    expect(seen).toEqual(["data:image/png;base64,"]);
    expect(trajectory.calls[0]!.images).toMatchObject([{ type: "image/png", bytes: 28 }]);
    expect(JSON.stringify(trajectory)).not.toContain("base64");
  });

  it.each([
    [png, "TypeError: llm_query: sub takes no images"],
    ["b'text'", "ValueError: an image must be PNG, JPEG, GIF or WebP"],
    ["'http://x'", "ValueError: an image is bytes, or a str that begins with data:image/"],
  ])("are refused in a clear word: %s", async (image, error) => {
    const { text } = await play(`llm_query('what?', images=${image})`);
    expect(text).toContain(error);
  });
});
