import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { RLMEnv } from "../../src/env/env.ts";
import { UsageError } from "../../src/errors.ts";
import { hostTool, type HostTools } from "../../src/episode/tools/host-tools.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import type { Problem } from "../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const problems = {
  name: "one",
  size: 1,
  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(problem);
  },
};

const tools: HostTools = {
  look_up: hostTool({
    description: 'Looks a word up in a "dictionary".',
    parameters: z.object({
      word: z.string().min(2),
      limit: z.int().default(5),
      exact: z.boolean().default(true),
      tags: z.array(z.string()).optional(),
    }),
    run: ({ word, limit, exact }) => ({ word, limit, exact, half: 0.5, none: null }),
  }),
  fail: hostTool({
    description: "Fails.",
    parameters: z.object({}),
    run: () => {
      throw new Error("the dictionary is closed");
    },
  }),
};

const options = { name: "e", problems, repls: pool, priceOf: () => 1, reward: successGatedCost(() => 1, 0) };

/** The output of the code, and the calls in the record. */
async function play(code: string, parts: Partial<ConstructorParameters<typeof RLMEnv>[0]> = {}) {
  const env = new RLMEnv({ ...options, tools, ...parts });
  await env.reset();
  const { observation } = await env.step({ code });
  const trajectory = await env.abandon("max_turns");
  await env.close();
  return { text: observation.text, trajectory };
}

describe("tools of the host", () => {
  it("end with the episode's time, whether or not they heed its signal", async () => {
    const hang = hostTool({
      description: "Never ends.",
      parameters: z.object({}),
      run: () => new Promise(() => {}),
    });
    const { text, trajectory } = await play("hang()", { tools: { hang }, limits: { maxSeconds: 1 } });
    expect(text).toContain("hang(): the episode's time was over before the tool ended");
    expect(trajectory.stopReason).toBe("max_seconds");
  });

  it("return a bounded result, and more is an error by name", async () => {
    const huge = hostTool({
      description: "Returns too much.",
      parameters: z.object({}),
      run: () => "x".repeat(2 ** 26),
    });
    const { text, trajectory } = await play("huge()", { tools: { huge } });
    expect(text).toContain(
      "huge(): returned 67,108,864 characters of JSON; a result may have at most 33,554,432",
    );
    expect(trajectory.stopReason).toBe("max_turns");
  });

  it("are Python functions with types, defaults and a docstring, and the system prompt names them", async () => {
    const code = "import inspect\nprint(inspect.signature(look_up))\nprint(look_up.__doc__)";
    const { text, trajectory } = await play(code);
    const signature = "(word: str, limit: int = 5, exact: bool = True, tags: list = None) -> object";
    expect(text).toContain(signature);
    expect(text).toContain('Looks a word up in a "dictionary".');
    expect(trajectory.systemPrompt).toContain(`look_up${signature}`);
  });

  it("answer in JSON, and are recorded with their turn", async () => {
    const { text, trajectory } = await play("look_up('ab', exact=False)");
    expect(text).toContain("{'word': 'ab', 'limit': 5, 'exact': False, 'half': 0.5, 'none': None}");
    expect(trajectory.toolCalls).toEqual([
      {
        turn: 0,
        name: "look_up",
        args: { word: "ab", limit: 5, exact: false },
        result: { word: "ab", limit: 5, exact: false, half: 0.5, none: null },
        error: null,
      },
    ]);
  });

  it.each([
    ["look_up()", "missing 1 required positional argument: 'word'"],
    ["look_up('a')", "look_up(): word: Too small"],
    ["look_up(5)", "look_up(): word: Invalid input: expected string"],
    ["look_up('ab', tags=[1])", "look_up(): tags.0: Invalid input"],
    ["look_up('ab', tags=object())", "not JSON serializable"],
  ])("raise a TypeError for %s that says what is wrong", async (code, message) => {
    const { text } = await play(`try:\n    ${code}\nexcept TypeError as error:\n    print(error)`);
    expect(text).toContain(message);
  });

  it("raise a RuntimeError with the tool's message if the tool fails", async () => {
    const { text, trajectory } = await play(
      "try:\n    fail()\nexcept RuntimeError as error:\n    print(error)",
    );
    expect(text).toContain("fail(): the dictionary is closed");
    expect(trajectory.toolCalls).toMatchObject([{ name: "fail", result: null, error: text.split("\n")[0] }]);
  });

  it("are restored if a block overwrites them, and are there after a fork", async () => {
    const env = new RLMEnv({ ...options, tools });
    await env.reset();
    await env.step({ code: "look_up = None" });
    const branch = await env.fork();
    const { observation } = await branch.step({ code: "look_up('xy')['word']" });
    expect(observation.text).toContain("'xy'");
    expect((await branch.abandon("max_turns")).toolCalls).toHaveLength(1);
    expect((await env.abandon("max_turns")).toolCalls).toHaveLength(0);
    await branch.close();
    await env.close();
  });

  it("are available to children too", async () => {
    const child = scriptedPolicy("child", function* () {
      yield { code: "FINAL(look_up(context)['word'])" };
    });
    const { text, trajectory } = await play("print(rlm_query('q', 'below'))", {
      maxDepth: 2,
      subModels: [scriptedModel([])],
      childPolicy: () => child,
    });
    expect(text).toContain("below");
    expect(trajectory.children[0]?.toolCalls).toHaveLength(1);
  });

  it.each(["context", "FINAL", "llm_query", "lambda", "_hidden", "not a name", ""])(
    "cannot be called %j",
    (name) => {
      expect(() => new RLMEnv({ ...options, tools: { [name]: tools.fail! } })).toThrow(UsageError);
    },
  );
});

it("answers bytes that are not a tool call with an error, and goes on", async () => {
  const code = `import os
for body in (b"H", b"H[]", b'H{"name": "nothing", "args": {}}', b'H{"name": 5}'):
    print(os.read(0x524C, os.write(0x524C, body)))`;
  const { text } = await play(code);
  expect(text.match(/error/g)?.length).toBeGreaterThanOrEqual(4);
});
