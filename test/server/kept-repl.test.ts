import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { ReplLanguage } from "../../src/languages/language.ts";
import { languageNamed } from "../../src/languages/registry.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import { replEnvProfile } from "../../src/server/profiles/repl-env.ts";
import { textProfile } from "../../src/server/profiles/text.ts";
import { replaySession } from "../../src/session.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { type Client, connect, post, type Received, type Serving, serving } from "./serving.ts";

const repls = new PyodideReplPool({ size: 1 });
let server: Serving;
let client: Client;
afterEach(async () => {
  await client.close();
  await server.closeNow();
});
afterAll(() => repls.close());

async function open(options: Parameters<typeof serving>[1] = {}, pool: ReplPool = repls): Promise<void> {
  server = await serving(pool, options);
  client = await connect(server.url);
}

const ask = (fields: object) => client.ask("reset", { keep: true, ...fields });
const valueOf = ({ data }: Received) => (data.observation!["results"] as { value: string }[])[0]!.value;

describe("a session with keep", () => {
  it("plays several questions in one REPL, whose records replay in one", async () => {
    await open();
    const first = await ask({ context: "four", task_prompt: "How long?", expected_answer: "4" });
    expect(first.data.observation).toMatchObject({
      question: "How long?",
      metadata: { kept: { question: 0, contexts: 1 } },
    });
    await client.run("import random\nx = len(context)\nr = random.random()");
    expect(await client.run("FINAL(x)")).toMatchObject({ data: { done: true, reward: expect.any(Number) } });
    const second = await ask({ context: "more", task_prompt: "And now?" });
    expect(second.data.observation!["question"]).toContain("`context_1` (str, 4 characters, new)");
    expect(second.data.observation!.metadata["kept"]).toEqual({ question: 1, contexts: 2 });
    expect(valueOf(await client.run("[x, context_0, context_1, context]"))).toBe(
      "[4, 'four', 'more', 'four']",
    );
    await client.run("FINAL(r + random.random())");
    await ask({ task_prompt: "Once more?" });
    expect(valueOf(await client.run("[x, len(history_0), history_1[0]['role']]"))).toBe("[4, 6, 'system']");
    await client.run("FINAL(1)");
    const records = JSON.parse(JSON.stringify(server.records)) as Trajectory[];
    expect(records.map(({ task }) => task.metadata)).toMatchObject([
      { session: { question: 0, contexts: 1 } },
      { session: { question: 1, contexts: 2 } },
      { session: { question: 2, contexts: 2 } },
    ]);
    expect(records[0]!.reward?.score).toBe(1);
    expect(new Set(records.map(({ task }) => task.id)).size).toBe(3);
    const replayed = await replaySession(records, ["four", "more", undefined], { repls });
    expect(replayed.map(({ difference }) => difference)).toEqual([null, null, null]);
    const wrong = await replaySession(records, ["four", "other", undefined], { repls });
    expect(wrong.at(-1)!.difference).not.toBeNull();
  });

  it("plays the environment's tasks with their own scores", async () => {
    await open();
    await ask({ seed: 1 });
    await client.run("x = 7\nFINAL('none')");
    const second = await ask({ seed: 2 });
    expect(second.data.observation!["question"]).toContain("`context_1` (");
    const find = "import re\nFINAL(re.findall(r'magic numbers? for .+? is: (\\d+)', context_1))";
    expect((await client.run(find)).data.reward).toBeGreaterThan(0.5);
  });

  it("lets go of the REPL at a reset without it", async () => {
    await open();
    await ask({ seed: 1 });
    await client.run("x = 1\nFINAL(1)");
    const plain = await client.ask("reset", { seed: 1 });
    expect(plain.data.observation!.metadata).not.toHaveProperty("kept");
    expect((await client.run("x")).data.observation!["results"]).toMatchObject([{ outcome: "exception" }]);
    const anew = await ask({ seed: 1 });
    expect(anew.data.observation!.metadata["kept"]).toEqual({ question: 0, contexts: 1 });
  });

  it("is refused before the question has ended, and with a context that is too long, and goes on after that", async () => {
    await open({ maxMessageBytes: 2 ** 26 });
    await ask({ context: "c", task_prompt: "q" });
    await client.run("x = 5");
    expect(await ask({ task_prompt: "q" })).toMatchObject({
      type: "error",
      data: {
        code: "EXECUTION_ERROR",
        message: expect.stringContaining("has not ended; answer it") as string,
      },
    });
    expect(valueOf(await client.run("x"))).toBe("5");
    await client.run("FINAL(1)");
    const long = "a".repeat(2 ** 24 + 1);
    expect((await ask({ context: long, task_prompt: "q" })).data.message).toContain(
      "a later context has at most 16777216 characters",
    );
    expect((await ask({ keep: "yes" })).data.message).toMatch(/^body\.keep: /);
    await ask({ task_prompt: "q" });
    expect(valueOf(await client.run("[x, context_0]"))).toBe("[5, 'c']");
  });

  it("names a REPL of another language, and the profile that has none", async () => {
    const language: ReplLanguage = languageNamed("javascript");
    const pool = language.openPool({ size: 1 });
    await open({ language }, pool);
    expect((await ask({ seed: 1 })).data).toMatchObject({
      code: "VALIDATION_ERROR",
      message: "reset: keep: a REPL of javascript cannot be kept; only python can",
    });
    await client.close();
    await server.closeNow();
    await pool.close();
    await open({ profileOf: textProfile });
    expect((await ask({ seed: 1 })).data.message).toBe(
      "body.keep: the profile text keeps no REPL; serve with --profile native or repl-env",
    );
  });

  it("keeps the REPL of repl_env's clients, too, and over HTTP", async () => {
    await open({ profileOf: replEnvProfile });
    const begun = await post(`${server.url}/reset`, { keep: true, context: "abc", task_prompt: "q" });
    const headers = { "x-session-id": begun.headers.get("x-session-id")! };
    const step = (code: string) => post(`${server.url}/step`, { action: { code } }, headers);
    await step("x = len(context)\nprint('FINAL(3)')");
    await post(`${server.url}/reset`, { keep: true, context: "d", task_prompt: "r" }, headers);
    const seen = await step("print(x, context_1)");
    expect(seen.body.observation).toMatchObject({ result: { stdout: "3 d\n" } });
    expect(seen.body.observation!["available_variables"]).toContain("history_0");
  });
});
