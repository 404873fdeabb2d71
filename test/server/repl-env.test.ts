import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replEnvProfile } from "../../src/server/repl-env-profile.ts";
import { ReplObservation, ReplState } from "../../src/server/repl-env-types.ts";
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
      available_variables: expect.arrayContaining(["context", "answer"]) as string[],
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
