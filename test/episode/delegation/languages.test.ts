import { afterAll, describe, expect, it } from "vitest";
import { languageNamed } from "../../../src/languages/registry.ts";
import type { ReplPool } from "../../../src/repl/repl.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { CURRENT_RULES, type RulesVersion } from "../../../src/types.ts";
import { delegationEnvs, modelThat } from "./delegation-env.ts";

const { envWith } = delegationEnvs();

const pools = new Map<string, ReplPool>();
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.close())));

/** Runs the same code in every turn, in any language. */
const idle: Policy = { name: "idle", start: () => ({ act: () => Promise.resolve({ code: "1" }) }) };

async function run(name: string, code: string, rules: RulesVersion = CURRENT_RULES) {
  const language = languageNamed(name, rules);
  const repls = pools.get(name) ?? language.openPool({ size: 1 });
  pools.set(name, repls);
  const subModels = [modelThat(() => "[1, 2]")];
  const env = envWith({ language, repls, subModels, maxDepth: 2, childPolicy: () => idle, rules });
  await env.reset({ seed: 1 });
  const { observation } = await env.step({ code });
  const trajectory = await env.abandon("max_turns");
  await env.close();
  return { text: observation.text, trajectory };
}

describe("calls on terms, in other languages", () => {
  it("take a cap and a schema in JavaScript", async () => {
    const { text, trajectory } = await run(
      "javascript",
      "console.log(llm_query('q', { max_tokens: 9, schema: { type: 'array' } })[1] + 1)",
    );
    expect(text).toContain("3");
    expect(trajectory.calls[0]).toMatchObject({ maxTokens: 9, repair: 0 });
  });

  it("grant a budget in JavaScript, and refuse more than there is", async () => {
    const { text, trajectory } = await run(
      "javascript",
      "rlm_query('q', { context: 'c', budget: 5000, max_turns: 1 });\nrlm_query('q', 'c', { budget: 1e9 })",
    );
    expect(trajectory.children[0]).toMatchObject({ grant: { tokens: 5000 }, limits: { maxTurns: 1 } });
    expect(text).toContain("a grant of 1000000000 tokens was asked for");
  });

  it.each([
    ["javascript", "rlm_query('q', { budget: 1e30 })", "GrantError: a grant of 9007199254740991 tokens"],
    ["javascript", "llm_query('q', { schema: { type: 'lists' } })", "SchemaError: the schema is not"],
    ["javascript", "llm_query('q', { schema: false })", "ReplyError: the reply does not match"],
    [
      "sql",
      `SELECT rlm_query('q', 'c', NULL, '{"budget": 1e9}');`,
      "GrantError: a grant of 1000000000 tokens",
    ],
    ["bash", "rlm --budget 1000000000 q; exit $?", "GrantError: a grant of 1000000000 tokens"],
    [
      "clojure",
      `(rlm-query "q" {:context "c" :budget 1000000000})`,
      "GrantError: a grant of 1000000000 tokens",
    ],
    ["clojure", `(rlm-query "q" {:budget 1000000000})`, "GrantError: a grant of 1000000000 tokens"],
  ])("fail by names in %s: %s", async (language, code, error) => {
    expect((await run(language, code)).text).toContain(error);
  });

  it("take options as JSON in SQL", async () => {
    const { text, trajectory } = await run(
      "sql",
      `SELECT llm_query('q', NULL, '{"max_tokens": 9, "schema": {"type": "array"}}');`,
    );
    expect(text).toContain("[1,2]");
    expect(trajectory.calls[0]).toMatchObject({ maxTokens: 9, repair: 0 });
  });

  it("take them as options in bash", async () => {
    const { text, trajectory } = await run(
      "bash",
      `llm --max-tokens 9 --schema '{"type": "array"}' q | jq '.[1] + 1'`,
    );
    expect(text).toContain("3");
    expect(trajectory.calls[0]).toMatchObject({ maxTokens: 9, repair: 0 });
    const granted = await run(
      "bash",
      "echo c | rlm --budget 5000 --max-turns=1 q; rlm --budget 1000000000 q",
    );
    expect(granted.trajectory.children[0]).toMatchObject({
      grant: { tokens: 5000 },
      limits: { maxTurns: 1 },
    });
    expect(granted.text).toContain("a grant of 1000000000 tokens was asked for");
    const batch = await run("bash", "printf 'a\\nb\\n' | llm_batch --max-tokens 9 q");
    expect(batch.trajectory.calls).toMatchObject([{ maxTokens: 9 }, { maxTokens: 9 }]);
  });

  it("are words in bash and nothing in Clojure under the rules before them", async () => {
    const bash = await run("bash", "llm --max-tokens 9 q", "0.5.0");
    expect(bash.trajectory.calls[0]).toMatchObject({ prompt: "--max-tokens 9 q" });
    const clojure = await run("clojure", `(llm-query "q" {:max-tokens 9 :other 1})`, "0.5.0");
    for (const { trajectory } of [bash, clojure]) expect(trajectory.calls[0]).not.toHaveProperty("maxTokens");
    expect(clojure.trajectory.calls[0]).toMatchObject({ prompt: "q", error: null });
  });

  it("take them as options in Clojure, in pmap too", async () => {
    const { text, trajectory } = await run(
      "clojure",
      `(println (inc (second (llm-query "q" {:max-tokens 9 :schema {:type "array"}}))))`,
    );
    expect(text).toContain("3");
    expect(trajectory.calls[0]).toMatchObject({ maxTokens: 9, repair: 0 });
    const granted = await run(
      "clojure",
      `(rlm-query "q" {:context "c" :budget 5000 :max-turns 1}) (rlm-query "q" "c" {:budget 1000000000})`,
    );
    expect(granted.trajectory.children[0]).toMatchObject({
      grant: { tokens: 5000 },
      limits: { maxTurns: 1 },
    });
    expect(granted.text).toContain("a grant of 1000000000 tokens was asked for");
    const mapped = await run("clojure", `(doall (pmap #(llm-query % {:max-tokens 9}) ["a" "b"]))`);
    expect(mapped.trajectory.calls).toMatchObject([
      { maxTokens: 9, batch: { size: 2 } },
      { maxTokens: 9, batch: { size: 2 } },
    ]);
  });

  it.each([
    [
      "javascript",
      "llm_query('q', { start: true })",
      'llm_query takes no option "start"; it takes model, max_tokens',
    ],
    ["javascript", "llm_query('q', { max_tokens: 0 })", "llm_query: max_tokens"],
    ["sql", "SELECT llm_query('q', NULL, 'x');", "expected its options as a JSON object"],
    [
      "bash",
      "llm --images a.png q",
      "llm: unknown option --images; -m MODEL, --max-tokens, --schema and --effort are known",
    ],
    ["bash", "llm --max-tokens many q", '--max-tokens needs a number, not "many"'],
    ["bash", "llm --schema '{' q", '--schema needs JSON, not "{"'],
    ["bash", "rlm --budget", "--budget needs a value"],
    ["bash", "llm --max-tokens 0 q", "llm_query: max_tokens"],
    [
      "clojure",
      '(llm-query "q" {:start true})',
      "llm-query takes no option :start; it takes :model, :max-tokens, :schema, :effort",
    ],
    ["clojure", '(llm-query "q" {:max-tokens 0})', "llm_query: max_tokens"],
    ["sql", `SELECT rlm_query('q', NULL, NULL, '{"start": true}');`, "rlm_query takes no option start"],
  ])("are refused in a clear word in %s: %s", async (language, code, error) => {
    expect((await run(language, code)).text).toContain(error);
  });
});
