import { describe, expect, it } from "vitest";
import { rlmLogger } from "../../src/export/rlm-logger.ts";
import { nativeFrom } from "../../src/import/native.ts";
import { readRlmLog } from "../../src/import/rlm-logger.ts";
import { rowsOf, withTokens } from "../export/played.ts";

const lines = (values: readonly unknown[]) =>
  values.map((value, index) => ({ value, where: `log.jsonl:${index + 1}` }));

describe("the importer of RLMLogger's logs", () => {
  it("reads what the exporter writes: the turns, the answer, the reward and who it was", async () => {
    const before = withTokens("r1");
    const { rows } = await rowsOf(rlmLogger, [before]);
    const [episode] = readRlmLog(lines(rows[0]!["lines"] as unknown[]), "log");
    const after = nativeFrom(episode!);
    expect(after.turns.map(({ completion }) => completion.text)).toEqual(
      before.turns.map(({ completion }) => completion.text),
    );
    expect(after.turns[0]!.observation).toBe(before.turns[0]!.observation);
    const { rolloutId, groupId, reward, systemPrompt, opening } = before;
    expect(after).toMatchObject({ rolloutId, groupId, reward, systemPrompt, opening });
    expect(after.answer?.text).toBe(before.answer?.text);
  });

  it("reads the older shapes, and names the line that it cannot read", () => {
    const metadata = { type: "metadata", root_model: "m", max_depth: 1, max_iterations: 3 };
    const call = { root_model: "s", prompt: "p", response: "q" };
    const result = { stdout: "1", stderr: "", llm_calls: [call] };
    const iteration = {
      type: "iteration",
      iteration: 1,
      prompt: [{ role: "user", content: "Who?" }],
      response: "x",
      code_blocks: [{ code: "1", result }],
      final_answer: ["FINAL", "42"],
    };
    const [episode] = readRlmLog(lines([metadata, { type: "run_context", a: 1 }, iteration]), "log");
    const { answer, calls, totals } = nativeFrom(episode!);
    expect(answer?.text).toBe("42");
    expect(calls.map(({ purpose, reply, usage }) => [purpose, reply, usage])).toEqual([
      ["policy", null, null],
      ["llm_query", "q", null],
    ]);
    expect(totals.callsOfUnknownUsage).toBe(2);
    expect(() => [...readRlmLog(lines([iteration]), "log")]).toThrow("log.jsonl:1");
  });
});
