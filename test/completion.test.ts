/** From a prompt and a context to an answer, with what it cost and what went on meanwhile. */
import { afterAll, describe, expect, it } from "vitest";
import {
  completion,
  CompletionError,
  type CompletionEvent,
  type CompletionOptions,
} from "../src/completion.ts";
import { ModelError } from "../src/errors.ts";
import { scriptedModel, type ScriptedReply } from "../src/models/scripted.ts";
import { PyodideReplPool } from "../src/repl/pyodide/pool.ts";
import { scriptedPolicy } from "../src/policies/strategies/scripted.ts";
import { streamCompletion } from "../src/stream-completion.ts";
import { replayEpisode } from "../src/replay/replay.ts";
import type { Trajectory } from "../src/trajectory.ts";

const repls = new PyodideReplPool();
afterAll(() => repls.close());

const block = (code: string) => `\`\`\`repl\n${code}\n\`\`\``;
const model = (...replies: ScriptedReply[]) => scriptedModel(replies, "gpt-5");
const ask = (options: Partial<CompletionOptions> = {}) =>
  completion({ prompt: "How many?", context: "one two three", repls, ...options });

const SUB_CALL = block("said = llm_query('Count: ' + context)\nprint(said)");
/** The policy, its one sub-call, and its answer, which are all replies of one model. */
const COUNTING = [SUB_CALL, "3", "FINAL_VAR(said)"];

describe("completion", () => {
  it("answers a question about a context, and says what every call of every depth cost", async () => {
    const { answer, stopReason, usage, usageByModel, dollars, simulated, trajectory } = await ask({
      model: model(...COUNTING),
    });
    expect({ answer, stopReason, simulated }).toEqual({
      answer: "3",
      stopReason: "answered",
      simulated: true,
    });
    expect(usage).toEqual(trajectory.totals);
    expect(usage.calls).toBe(3);
    expect(usageByModel).toEqual({ "gpt-5": usage });
    expect(dollars).toBe(usage.nanoDollars! / 1e9);
    expect(dollars).toBeGreaterThan(0);
  });

  it("takes the prompt for the context where there is none, as the paper's call does", async () => {
    const long = "word ".repeat(2000);
    const { answer, trajectory } = await completion({
      prompt: long,
      model: model(block("FINAL(len(context))")),
      repls,
    });
    expect(answer).toBe(String(long.length));
    expect(trajectory.task.question.length).toBeLessThan(long.length);
    expect(trajectory.opening).toContain("all of it is in `context`");
  });

  it("lets a strategy act for the model, sub-models answer, children begin, and tools be called", async () => {
    const policy = scriptedPolicy("mine", function* () {
      yield { code: "FINAL(rlm_query('deeper', context) + llm_query('plain', model='b'))" };
    });
    const { answer, trajectory, usageByModel } = await ask({
      policy,
      subModels: [scriptedModel([block("FINAL(context.upper())")], "a"), scriptedModel(["!"], "b")],
      maxDepth: 2,
    });
    expect(answer).toBe("ONE TWO THREE!");
    expect(trajectory.children).toHaveLength(1);
    expect(Object.keys(usageByModel).toSorted()).toEqual(["a", "b", "simulated"]);
  });

  it("has no answer where a limit comes first, and says which", async () => {
    const { answer, stopReason } = await ask({
      model: model(block("x = 1")),
      limits: { maxTurns: 1 },
    });
    expect({ answer, stopReason }).toEqual({ answer: null, stopReason: "max_turns" });
  });

  it("throws infrastructure faults, with the record of what was done and paid", async () => {
    const dies = () => {
      throw new ModelError("gpt-5: no connection", { kind: "unreachable" });
    };
    const failed = await ask({ model: model(SUB_CALL, "3", dies) }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CompletionError);
    const { kind, message, trajectory } = failed as CompletionError;
    expect({ kind, message }).toEqual({ kind: "policy_unreachable", message: "gpt-5: no connection" });
    expect(trajectory.calls.map(({ purpose, reply }) => [purpose, reply])).toEqual([
      ["policy", null],
      ["llm_query", "3"],
      ["policy", null],
    ]);
  });

  it.each([
    ["no model", {}, /expected a model/],
    ["a model that is a name", { model: "gpt-5" }, /expected a model, such as openaiModel makes/],
    ["a prompt that is a number", { prompt: 7, model: model() }, /expected a prompt that is a text, got 7/],
    ["no prompt", { prompt: undefined, model: model() }, /expected a prompt that is a text, got none/],
    ["a limit that cannot be", { model: model(), limits: { maxTurns: 0 } }, /limit maxTurns/],
    ["a depth that cannot be", { model: model(), maxDepth: -1 }, /maxDepth/],
  ])("refuses %s", async (_, options, message) => {
    const refused = ask(options as Partial<CompletionOptions>);
    await expect(refused).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringMatching(message),
    });
  });

  it("has a record that replays itself", async () => {
    const { trajectory } = await ask({ model: model(...COUNTING) });
    const record = JSON.parse(JSON.stringify(trajectory)) as Trajectory;
    expect((await replayEpisode(record, "one two three", { repls })).difference).toBeNull();
  });
});

const told = ({ kind, depth, spent, ...rest }: CompletionEvent) => {
  const purpose = "purpose" in rest ? rest.purpose : "call" in rest ? rest.call.purpose : null;
  return [kind, ...(purpose ? [purpose] : []), depth, spent.calls].join(" ");
};

describe("the events of a completion", () => {
  it("tell of each call, turn and child in order, with what is spent so far", async () => {
    const events: string[] = [];
    const policy = scriptedPolicy("mine", function* () {
      yield { code: "FINAL(rlm_query('deeper', context))" };
    });
    await ask({
      policy,
      subModels: scriptedModel([block("FINAL(llm_query('plain'))"), "deep"], "a"),
      maxDepth: 2,
      onEvent: (event) => events.push(told(event)),
    });
    expect(events).toEqual([
      "begun 0 0",
      "asked policy 0 0",
      "replied policy 0 1",
      "begun 1 1",
      "asked policy 1 1",
      "replied policy 1 2",
      "asked llm_query 1 2",
      "replied llm_query 1 3",
      "turn 1 3",
      "ended 1 3",
      "turn 0 3",
      "ended 0 3",
    ]);
  });

  it("end the completion with what a listener throws", async () => {
    const broken = new Error("listener");
    const onEvent = () => {
      throw broken;
    };
    await expect(ask({ model: model(...COUNTING), onEvent })).rejects.toBe(broken);
  });

  it("can be looped over, with the result last", async () => {
    const kinds: string[] = [];
    let answer: string | null = null;
    const options = { prompt: "How many?", context: "one two three", repls, model: model(...COUNTING) };
    for await (const event of streamCompletion(options)) {
      kinds.push(event.kind);
      if (event.kind === "done") ({ answer } = event.result);
    }
    expect(answer).toBe("3");
    expect(kinds.join(" ")).toBe("begun asked replied asked replied turn asked replied turn ended done");
  });

  it("stop the completion where the loop is left, and throw what it throws", async () => {
    let asked = 0;
    const never = () =>
      new Promise<string>(() => {
        asked += 1;
      });
    const options = { prompt: "?", repls, model: model(never) };
    for await (const { kind } of streamCompletion(options)) if (kind === "asked") break;
    expect(asked).toBeLessThanOrEqual(1);
    const refused = streamCompletion({ ...options, prompt: "" }).next();
    await expect(refused).rejects.toThrow(/expected a prompt/);
  });

  it("end with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const running = ask({
      model: model(...COUNTING),
      signal: stop.signal,
      onEvent: ({ kind }) => kind === "turn" && stop.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });
});
