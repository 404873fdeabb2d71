import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replEnvProfile } from "../../src/server/profiles/repl-env.ts";
import { ReplObservation, ReplState } from "../../src/server/profiles/repl-env-types.ts";
import { printedFinal } from "../../src/repl/printed-answers.ts";
import { connect, type Serving, serving } from "./serving.ts";

const repls = new PyodideReplPool();
let server: Serving;
beforeAll(async () => void (server = await serving(repls, { profileOf: replEnvProfile })));
afterAll(async () => {
  await server.closeNow();
  await repls.close();
});

const OWN = { context: "alpha beta gamma", task_prompt: "How many words?", expected_answer: "3" };
const step = (code: string) => ({ code, is_final: false, final_answer: null });

describe("the profile of repl_env", () => {
  it("plays a context of the client's own, shows its variables, and takes a printed FINAL", async () => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", { ...OWN, seed: 1, hf_token: null });
    expect(ReplObservation.parse(begun.data.observation)).toMatchObject({
      context_preview: "alpha beta gamma",
      context_length: 16,
      available_variables: expect.arrayContaining([
        "context",
        "answer",
        "llm_query",
        "FINAL",
        "FINAL_VAR",
        "SHOW_VARS",
      ]) as string[],
      result: { locals_snapshot: {} },
      iteration: 0,
    });
    const seen = await client.ask("step", step("count = len(context.split())\nprint(count)"));
    expect(ReplObservation.parse(seen.data.observation)).toMatchObject({
      result: { stdout: "3\n", success: true, exception: null, locals_snapshot: { count: "3" } },
      iteration: 1,
    });
    const state = ReplState.parse((await client.ask("state")).data);
    expect(state).toMatchObject({ step_count: 1, task_prompt: "How many words?", context: OWN.context });
    expect(state.namespace_keys).toContain("count");
    const failed = await client.ask("step", step("1 / 0"));
    expect(failed.data.observation).toMatchObject({ result: { success: false } });
    const ended = await client.ask("step", step("print(f'FINAL({count})')"));
    expect(ended.data).toMatchObject({
      done: true,
      observation: { metadata: { final_answer: "3", score: 1 } },
    });
    expect(ended.data.reward).toBeGreaterThan(0);
    await client.close();
  });

  it.each([
    ["final_answer", { code: "", is_final: true, final_answer: "3" }, 1],
    ["a wrong final_answer", { code: "", is_final: true, final_answer: "4" }, 0],
    ["FINAL_VAR in print", step("n = 3\nprint('FINAL_VAR(n)')"), 1],
    ["the answer dict", step("answer['content'] = '3'\nanswer['ready'] = True"), 1],
  ])("ends with %s", async (_, action, score) => {
    const client = await connect(server.url);
    await client.ask("reset", OWN);
    const ended = await client.ask("step", action);
    expect(ended.data).toMatchObject({ done: true, observation: { metadata: { score } } });
    await client.close();
  });

  /** What OpenEnv's own environment gave for each of these steps (envs/repl_env at 685de41, smolagents 1.26). */
  const answering = (final_answer: string | null, reward: number) => ({ done: true, reward, final_answer });
  const going = (reward: number) => ({ done: false, reward, final_answer: null });
  it.each([
    ["FINAL within a line", ["print('so FINAL(3) it is')"], answering("3", 1)],
    ["FINAL between lines", ["print('a\\nx FINAL(3)\\nb')"], answering("3", 1)],
    ["the first FINAL of two", ["print('FINAL(1)\\nFINAL(3)')"], answering("1", 0)],
    ["FINAL at the end of a word", ["print('MYFINAL(3)')"], answering("3", 1)],
    ["FINAL with spaces", ["print('FINAL(  3 )')"], answering("3", 1)],
    ["an empty FINAL", ["print('FINAL()')"], answering("", 0)],
    ["FINAL that is printed", ["x = 3\nprint(FINAL(x))"], answering("3", 1)],
    ["FINAL_VAR that is printed", ["n = 3\nprint(FINAL_VAR('n'))"], answering("3", 1)],
    ["FINAL_VAR of a name", ["n = 3\nprint('FINAL_VAR(n)')"], answering("3", 1)],
    ["FINAL_VAR of a quoted name", ["n = 3\nprint('FINAL_VAR(\"n\")')"], going(0)],
    ["FINAL_VAR of no variable", ["print('FINAL_VAR(nope)')"], going(0)],
    ["FINAL of a list", ["FINAL([1, 2])"], answering("[1, 2]", 0)],
    ["FINAL of a dict", ["FINAL({'a': 1})"], answering("{'a': 1}", 0)],
    ["FINAL of None", ["FINAL(None)"], answering("None", 0)],
    ["FINAL_VAR of a list", ["n = [3]", "FINAL_VAR('n')"], answering("[3]", 0)],
    ["FINAL_VAR of None", ["n = None\nFINAL_VAR('n')"], going(0)],
    ["FINAL_VAR of None, printed", ["n = None\nprint('FINAL_VAR(n)')"], going(0)],
    ["FINAL_VAR of no variable, called", ["FINAL_VAR('nope')"], going(0)],
    ["FINAL_VAR of a value", ["n = 3\nFINAL_VAR(n)"], going(0)],
    ["a list in the answer dict", ["answer = {'content': [3], 'ready': True}"], answering("[3]", 0)],
    ["code that fails", ["1/0"], going(-0.05)],
    ["code that cannot be read", ["x ="], going(-0.05)],
    ["code after a failure", ["1/0", "x = 1"], going(0)],
    ["FINAL before a failure", ["print('FINAL(3)')\n1/0"], going(-0.05)],
    [
      "an answer before a failure",
      ["answer['content'] = '3'; answer['ready'] = True; 1/0"],
      answering("3", 1),
    ],
    [
      "FINAL and the answer dict",
      ["answer['content'] = '4'; answer['ready'] = True; print('FINAL(3)')"],
      answering("3", 1),
    ],
    ["an answer dict without content", ["answer['ready'] = True"], answering("", 0)],
    ["empty code", [""], going(0)],
    ["white space for code", ["  \n "], going(0)],
    ["a comment for code", ["# hm"], going(0)],
  ])("rewards and ends as repl_env does: %s", async (_, codes, expected) => {
    const client = await connect(server.url);
    await client.ask("reset", OWN);
    let last = await client.ask("step", step(codes[0]!));
    for (const code of codes.slice(1)) last = await client.ask("step", step(code));
    const { done, reward, observation } = last.data;
    expect({ done, reward, final_answer: observation!.metadata.final_answer }).toEqual(expected);
    expect(observation).toMatchObject({ iteration: codes.length });
    await client.close();
  });

  it.each([
    ["without an answer", ["x = 1", "print('FINAL(3)')"], -0.1, null],
    ["with a partial answer", ["answer['content'] = '3'", "x = 2"], 1, "3"],
  ])("runs no code in the last iteration: %s", async (_, codes, reward, answer) => {
    const client = await connect(server.url);
    await client.ask("reset", { ...OWN, rlm_max_iterations: 2 });
    await client.ask("step", step(codes[0]!));
    const ended = await client.ask("step", step(codes[1]!));
    expect(ended.data).toMatchObject({
      done: true,
      reward,
      observation: {
        result: { stdout: "Maximum iterations (2) reached.", success: false, exception: null },
        context_preview: null,
        context_length: 0,
        available_variables: [],
        iteration: 2,
        metadata: { final_answer: answer, total_iterations: 2 },
      },
    });
    await client.close();
  });

  it.each([
    [{ context: "", task_prompt: "q" }],
    [{ context: "" }],
    [{ expected_answer: "3" }],
    [{ task_prompt: "q" }],
  ])("has no context where %j brings none", async (reset) => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", reset);
    expect(begun.data).toMatchObject({
      reward: null,
      observation: { context_preview: null, context_length: 0 },
    });
    expect(begun.data.observation!.available_variables).not.toContain("context");
    const ended = await client.ask("step", { code: "", is_final: true, final_answer: " 3 " });
    expect(ended.data).toMatchObject({
      done: true,
      reward: "expected_answer" in reset ? 1 : 0,
      observation: { result: { stdout: "Final answer submitted.", success: true }, iteration: 1 },
    });
    await client.close();
  });

  it("shows the variables that a step brings, plain ones by their value and no other's own text", async () => {
    const client = await connect(server.url);
    await client.ask("reset", OWN);
    const shown = async (code: string) =>
      (await client.ask("step", step(code))).data.observation as z.infer<typeof ReplObservation>;
    const made = await shown(
      "import re\nclass A:\n  def __repr__(self): return 1 / 0\na = A()\nl = [1, 'x', {'k': (None,)}, set(), {2.5}]\nlong = 'y' * 900\n_hidden = 1",
    );
    expect(made.result.locals_snapshot).toEqual({
      re: "<module>",
      A: "<type>",
      a: "<A>",
      l: "[1, 'x', {'k': (None,)}, set(), {2.5}]",
      long: `'${"y".repeat(499)}...`,
    });
    expect(made.available_variables).toEqual(expect.arrayContaining(["re", "A", "a", "l", "long"]));
    expect((await shown("b = 2\nl = 3")).result.locals_snapshot).toEqual({ b: "2" });
    await client.close();
  });

  it("shows what the step that answers brought, and an error in stderr, too", async () => {
    const client = await connect(server.url);
    await client.ask("reset", OWN);
    const failed = await client.ask("step", step("1 / 0"));
    const { stderr, exception } = (failed.data.observation as z.infer<typeof ReplObservation>).result;
    expect(stderr).toContain("ZeroDivisionError: division by zero");
    expect(stderr).toBe(exception);
    const ended = await client.ask("step", step("n = 3\nprint('FINAL_VAR(n)')"));
    expect(ended.data).toMatchObject({
      done: true,
      observation: { result: { locals_snapshot: { n: "3" } }, metadata: { final_answer: "3" } },
    });
    await client.close();
  });

  it("takes a printed answer to the bracket that closes it", () => {
    expect(printedFinal("so FINAL((1, 2)) and FINAL(3)")).toBe("(1, 2)");
    expect(printedFinal("FINAL(f(x) = (a")).toBe("f(x");
    expect(printedFinal("FINAL(a (b) :()")).toBe("a (b");
    expect(printedFinal("FINAL(never")).toBeNull();
    expect(printedFinal("FINAL_VAR(x)")).toBeNull();
  });

  it("plays the environment's task where the client brings none, bounded as it asks", async () => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", { seed: 7, rlm_max_iterations: 2, llm_model: "elsewhere" });
    expect(begun.data.observation).toMatchObject({ context_length: 17381, max_iterations: 2 });
    await client.ask("step", step("x = 1"));
    const cut = await client.ask("step", step("x = 2"));
    expect(cut.data).toMatchObject({ done: true, observation: { metadata: { stop_reason: "max_turns" } } });
    await client.close();
  });

  it("reads no more from code that breaks what the look at the variables needs, and goes on", async () => {
    const client = await connect(server.url);
    await client.ask("reset", OWN);
    const seen = await client.ask("step", step("print('ok'); print = lambda *a: 1 / 0"));
    expect(seen.data.observation).toMatchObject({ result: { stdout: "ok\n", success: true } });
    const ended = await client.ask("step", { code: "", is_final: true, final_answer: "3" });
    expect(ended.data.done).toBe(true);
    await client.close();
  });
});
