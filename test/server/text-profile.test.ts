import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { schemasOf } from "../../src/server/openapi.ts";
import { isProgram } from "../../src/server/profiles/python-or-prose.ts";
import { textProfile } from "../../src/server/profiles/text.ts";
import { expectLinear, repeated } from "../growth.ts";
import { type Client, connect, post, type Received, type Serving, serving } from "./serving.ts";

const repls = new PyodideReplPool();
let server: Serving;
beforeAll(async () => void (server = await serving(repls, { profileOf: textProfile })));
afterAll(async () => {
  await server.closeNow();
  await repls.close();
});

const SEARCH = "import re\nhits = re.findall(r'is: (\\d+)', context)\nhits";
const textOf = ({ data }: Received) => data.observation?.["text"] as string;
const begin = async (): Promise<Client> => {
  const client = await connect(server.url);
  await client.ask("reset", { seed: 1 });
  return client;
};

describe("the text profile", () => {
  it("asks for one required text field, as clients that parse the schema expect", async () => {
    const schema = (await (await fetch(`${server.url}/schema`)).json()) as ReturnType<typeof schemasOf>;
    expect(schema.action).toMatchObject({
      type: "object",
      required: ["text"],
      properties: { text: { type: "string" } },
    });
  });

  it("says all in one text: at the reset how to answer, and then what the code printed", async () => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", { seed: 1 });
    expect(Object.keys(begun.data.observation!)).toEqual(["text"]);
    expect(textOf(begun)).toContain("FINAL");
    expect(textOf(begun)).toContain("context");
    const seen = await client.ask("step", { text: "```repl\nprint(6 * 7)\n```" });
    expect(seen.data).toMatchObject({ observation: { text: expect.stringMatching(/^42\n/) as string } });
    const ended = await client.ask("step", { text: "FINAL(nothing)" });
    expect(ended.data).toMatchObject({ reward: 0, done: true });
    await client.close();
  });

  it("runs a reply that lost its fence, and says nothing about a fence", async () => {
    const client = await begin();
    const seen = await client.ask("step", { text: SEARCH });
    expect(textOf(seen)).toMatch(/^\['\d+'\]/);
    expect(textOf(seen)).not.toContain("was run as Python");
    const ended = await client.ask("step", { text: "print(len(hits))\nFINAL(hits[0])" });
    expect(ended.data).toMatchObject({ done: true });
    expect(ended.data.reward).toBeGreaterThan(0.5);
    await client.close();
  });

  it("tells a model whose prose is neither code nor an answer what to write", async () => {
    const client = await begin();
    for (const text of ["Paris (France)", "Answer: 42", "I will look at the context first."])
      expect(textOf(await client.ask("step", { text }))).toContain("neither code nor an answer");
    await client.close();
  });

  it.each([
    ["a number", { text: 42 }],
    ["a list", { text: ["a", "b"] }],
    ["an object", { thought: "look first", next: "search" }],
  ])("takes a reply that its client read as JSON, here %s, for what the model wrote", async (_, action) => {
    const client = await begin();
    expect(textOf(await client.ask("step", action))).toContain("neither code nor an answer");
    await client.ask("step", { text: "FINAL(x)" });
    await client.close();
    const written = server.records.at(-1)!.turns[0]!.completion.text;
    expect(JSON.parse(written)).toEqual("text" in action ? action.text : action);
  });

  it("refuses an action without a text, and names the field", async () => {
    const client = await begin();
    expect((await client.ask("step", {})).data).toMatchObject({
      code: "VALIDATION_ERROR",
      message: expect.stringContaining("body.action.text") as string,
    });
    await client.close();
  });

  it("shows a client over HTTP the text alone, too, and names its session in the header", async () => {
    const begun = await post(`${server.url}/reset`, { seed: 1 });
    const session = begun.headers.get("x-session-id")!;
    expect(Object.keys(begun.body.observation!)).toEqual(["text"]);
    const ended = await post(
      `${server.url}/step`,
      { action: { text: "FINAL(x)" } },
      { "x-session-id": session },
    );
    expect(ended.body).toMatchObject({ done: true, reward: 0 });
    const state = await fetch(`${server.url}/state`, { headers: { "x-session-id": session } });
    expect(await state.json()).toMatchObject({ stop_reason: "answered", answer: "x" });
  });
});

describe("a program without a fence", () => {
  it.each([
    "x = 1",
    "print(context[:500])",
    "context[:500]",
    "import re\nhits",
    "for line in context.splitlines():\n    if 'magic' in line:\n        print(line)",
    "x: int = 3",
    "n += 1",
    "hits = [1]\nFINAL(hits)",
    "answer['content'] = 'x'\nanswer['ready'] = True",
  ])("is %j", (text) => expect(isProgram(text)).toBe(true));

  it.each([
    "Paris",
    "Paris (France)",
    "Answer: 42",
    "yes - no",
    "not sure",
    "I'm sure",
    "The answer is 42.",
    "FINAL(42)",
    'FINAL_VAR("hits")',
    "FINAL(the old man (and the sea))",
    "print 1",
    "# only a comment",
    "42",
    "x = (",
    "",
  ])("is not %j", (text) => expect(isProgram(text)).toBe(false));

  it.each(["(", "f(f(", "a.", "not ", "- "])("is not looked for in a text of many %j", (unit) =>
    expect(isProgram(unit.repeat(40_000))).toBe(false),
  );

  it.each(["hits = f(context[3:9])\n", "so it was said (and done) ", "x = '''", "if a:\n "])(
    "is found among many %j in time that grows as the text does",
    (unit) => expectLinear(isProgram, repeated(unit)),
  );
});
