import { describe, expect, it } from "vitest";
import { afterRight } from "../../src/metrics/after-right.ts";
import { measure } from "../../src/metrics/measure.ts";
import type { Call, Turn } from "../../src/trajectory.ts";

const CONTEXT = Array.from(
  { length: 100 },
  (_, line) => `Line ${line} of a text that says ${line * 7919}.`,
).join("\n");

function call(parts: Partial<Call>): Call {
  const usage = { promptTokens: 100, completionTokens: 10, cachedTokens: 40 };
  return {
    id: 0,
    purpose: "llm_query",
    depth: 1,
    turn: 0,
    batch: null,
    model: "m",
    prompt: "p",
    reply: "r",
    error: null,
    usage,
    usageSource: "reported",
    reserved: { ...usage, completionTokens: 4096 },
    nanoDollars: 5,
    attempts: 1,
    wallClock: { seconds: 0 },
    ...parts,
  };
}

function turn(parts: Partial<Turn> & { code?: string; stdout?: string; omittedChars?: number }): Turn {
  const { code = "pass", stdout = "", omittedChars = 0, ...rest } = parts;
  const outputChars = stdout.length + omittedChars;
  return {
    index: 0,
    completion: { text: "", toolCalls: [], finishReason: "stop" },
    callId: null,
    results: [
      {
        code,
        outcome: "ok",
        stdout,
        stderr: "",
        value: null,
        exception: null,
        outputChars,
        omittedChars,
        stateKept: true,
      },
    ],
    observation: stdout,
    segment: 0,
    standing: null,
    reward: 0,
    wallClock: { seconds: 0 },
    ...rest,
  };
}

describe("measure", () => {
  it("counts calls by purpose and depth, and adds up their tokens and dollars", () => {
    const policy = call({ purpose: "policy", depth: 0, prompt: null });
    const unknown = call({ usage: null, nanoDollars: null, prompt: "q" });
    const { depths } = measure({ children: [], turns: [], calls: [policy, call({}), unknown] }, CONTEXT);
    expect(depths).toEqual([
      {
        depth: 0,
        calls: { policy: 1 },
        promptTokens: 100,
        completionTokens: 10,
        cachedTokens: 40,
        nanoDollars: 5,
      },
      {
        depth: 1,
        calls: { llm_query: 2 },
        promptTokens: 200,
        completionTokens: 10 + 4096,
        cachedTokens: 80,
        nanoDollars: null,
      },
    ]);
  });

  it("reports the size of each batch and the sub-calls that repeat an earlier one", () => {
    const batch = (id: number, size: number) =>
      Array.from({ length: size }, (_, index) =>
        call({ batch: { id, index, size }, prompt: `${index} of ${id}` }),
      );
    const calls = [...batch(0, 3), ...batch(1, 2), call({ prompt: "0 of 0" }), call({ model: "other" })];
    const { batchSizes, repeatedSubQueries } = measure({ children: [], turns: [], calls }, CONTEXT);
    expect(batchSizes).toEqual([3, 2]);
    expect(repeatedSubQueries).toBe(1);
  });

  it("counts what was printed and sent as read, but not what the policy wrote or was answered", () => {
    const [printed, sent, replied] = [0, 1_000, 2_000].map((start) => CONTEXT.slice(start, start + 500));
    const turns = [turn({ stdout: printed!, omittedChars: 70, code: replied! })];
    const calls = [
      call({ prompt: `Which?\n\n${sent}`, reply: replied! }),
      call({ purpose: "judge", prompt: replied! }),
    ];
    const metrics = measure({ children: [], turns, calls }, CONTEXT);
    expect(metrics.coverage).toBeCloseTo(1_000 / CONTEXT.length, 10);
    expect(metrics).toMatchObject({ turns: 1, printedChars: 570, cutChars: 70, afterRight: null });
  });

  it("subtracts the wait for sub-calls from the time in the REPL: a batch as long as its slowest call", () => {
    const wait = (seconds: number, index: number) =>
      call({ batch: { id: 0, index, size: 2 }, wallClock: { seconds } });
    const calls = [wait(2, 0), wait(3, 1), call({ wallClock: { seconds: 1 } })];
    const turns = [turn({ wallClock: { seconds: 5 } }), turn({ wallClock: { seconds: 0.5 } })];
    expect(measure({ children: [], turns, calls }, CONTEXT).wallClock.replSeconds).toBeCloseTo(1.5);
  });
});

describe("afterRight", () => {
  const ended = (...turns: readonly Turn[]) => ({ turns, stopReason: "answered" as const });

  it("counts the turns after a right answer stood, and the answers given in them", () => {
    const episode = ended(
      turn({ standing: "41", code: 'answer["content"] = "41"' }),
      turn({ standing: "42", code: 'answer["content"] = "42"' }),
      turn({ standing: "42", code: "print(llm_query('is it 42?'))" }),
      turn({ standing: "42", code: "answer = {'content': '42', 'ready': False}" }),
      turn({ standing: "42", code: 'if answer["content"] == "42": print(1)' }),
      turn({ standing: "43", code: "FINAL(43)" }),
    );
    expect(afterRight(episode, (text) => text === "42")).toEqual({ turns: 4, answers: 2 });
  });

  it("is 0 if the first right answer ended the episode, or there was none", () => {
    const right = ended(turn({}), turn({ standing: "42" }));
    expect(afterRight(right, (text) => text === "42")).toEqual({ turns: 0, answers: 0 });
    expect(afterRight(right, () => false)).toEqual({ turns: 0, answers: 0 });
  });

  it("asks once for each standing answer", () => {
    const asked: string[] = [];
    const episode = ended(turn({ standing: "a" }), turn({ standing: "a" }), turn({ standing: "b" }));
    afterRight(episode, (text) => asked.push(text) < 0);
    expect(asked).toEqual(["a", "b"]);
  });
});
