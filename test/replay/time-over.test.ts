/** An episode that its time cuts short runs again the same to the byte: the record says where the time was over. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { hostTool } from "../../src/episode/tools/host-tools.ts";
import type { Model } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { checksumsOf } from "../../src/record/checksums.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { blocks, counting, recorder } from "./recorded-episode.ts";
import { roundTrips } from "./round-trip.ts";

const pool = new PyodideReplPool();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-time-over-"));
  // A worker that stands ready, so that the time of the episodes passes in their blocks.
  await record(blocks("FINAL(1)"));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});
const { record, again } = recorder(pool);
let files = 0;

/** Answers as `counting` does, but not prompts with "wait": those it keeps until the call is given up. */
function waiting(): Model {
  const model = counting();
  return {
    ...model,
    complete: async (request, options) => {
      if (!request.messages.at(-1)!.content.includes("wait")) return await model.complete(request, options);
      return await new Promise((_, reject) => {
        options?.signal?.addEventListener("abort", () => reject(options.signal!.reason as Error));
      });
    },
  };
}

const fenced = (...codes: string[]): Policy =>
  modelPolicy(scriptedModel([codes.map((code) => `\`\`\`repl\n${code}\n\`\`\``).join("\n")]));
const BUSY = "for number in range(200_000):\n    pass\nprint('done', number)";
const LOOP = "while True:\n    pass";
const PATIENT = `
print(llm_query("one"), llm_query_batched(["two", "three"]))
answer["content"] = "so far"`;
const STUBBORN = `
heard = []
for number in range(300):
    try:
        llm_query(f"wait {number}" if number > 1 else f"now {number}")
    except RuntimeError as error:
        heard.append(str(error))
print(set(heard))`;
const limits = { maxSeconds: 0.3, maxExecSeconds: 20 };
const tools = {
  look: hostTool({ description: "Looks.", parameters: z.object({ at: z.number() }), run: ({ at }) => at }),
};

const KINDS: [name: string, policy: Policy, parts?: Partial<RLMEnvOptions>][] = [
  ["a turn of many blocks", fenced(...Array<string>(400).fill(BUSY)), { severalBlocks: true }],
  ["a block without end", blocks("print('before')\nx = 1\n" + LOOP)],
  ["a block after others", fenced("x = 1", "print(x)", LOOP, "print(2)"), { severalBlocks: true }],
  ["a block without end after its calls", blocks(PATIENT + "\n" + LOOP)],
  ["a block that will not stop", blocks(PATIENT + "\nsum(range(10**11))")],
  [
    "a block that catches its interrupt",
    blocks(`try:\n    ${LOOP.replace("\n", "\n    ")}\nexcept BaseException:\n    FINAL("late")`),
  ],
  ["a call under way", blocks("print('before')\nprint(llm_query('wait'))")],
  ["a batch of which some was answered", blocks("print(llm_query_batched(['a', 'wait', 'b', 'wait'] * 9))")],
  ["calls that follow when the time is over", blocks(STUBBORN)],
  [
    "calls without end",
    blocks("while True:\n    try:\n        llm_query('again')\n    except RuntimeError:\n        pass"),
  ],
  ["names that the block overwrote", blocks("llm_query = 1\nanswer = 'all'\nFINAL_VAR = 2\n" + LOOP)],
  ["an answer and then no end", blocks("print(llm_query('one'))\nFINAL('early')\n" + LOOP)],
  ["calls of tools", blocks("for at in range(40):\n    look(at=at)\nlook(at='x')"), { tools }],
  ["calls of tools and no end", blocks(`for at in range(40):\n    look(at=at)\n${LOOP}`), { tools }],
  [
    "a child's block",
    blocks("print(rlm_query('why?', 'a context'))\nllm_query('more')"),
    { maxDepth: 3, childPolicy: () => blocks("print(llm_query('one'))", `rlm_query('x', 'y')\n${LOOP}`) },
  ],
  [
    "children one after another",
    blocks("for number in range(60):\n    print(rlm_query(f'{number}?', 'a context'))"),
    { maxDepth: 2, childPolicy: () => blocks(BUSY, "FINAL(llm_query('one'))") },
  ],
  [
    "a block before summaries",
    blocks("print('x' * 3000)", "print('y' * 3000)", `print('z' * 3000)\n${LOOP}`),
    { history: { mode: "summarise", whenTokens: 600 } },
  ],
  ["a budget of calls that is used up", blocks(STUBBORN), { limits: { ...limits, maxCalls: 2 } }],
];

describe("an episode whose time is over in", () => {
  it.each(KINDS.map(([name, policy, parts = {}]) => [name, policy, parts] as const))(
    "%s runs again the same to the byte",
    async (_, policy, parts) => {
      const recorded = await record(policy, { limits, subModels: [waiting()], ...parts });
      const { difference, trajectory } = await again(recorded);
      expect(difference).toBeNull();
      expect(trajectory?.turns.at(-1)?.timeOver).toEqual(recorded.turns.at(-1)?.timeOver);
      for (const [format, read] of await roundTrips(recorded, join(folder, `${files++}.jsonl`)))
        expect([format, (await again(read)).difference]).toEqual([format, null]);
    },
  );
});

describe("a record whose time was over", () => {
  it("says how many blocks had begun, and what the last one had asked", async () => {
    const many = await record(fenced(...Array<string>(400).fill(BUSY)), { limits, severalBlocks: true });
    const [turn] = many.turns;
    expect(many.stopReason).toBe("max_seconds");
    expect(turn?.timeOver?.blocks).toBe(turn?.results.length);
    expect(turn?.results.length).toBeLessThan(400);
    const cut = await record(blocks(PATIENT + "\n" + LOOP), { limits: { ...limits, maxSeconds: 1.5 } });
    expect(cut.turns[0]?.timeOver?.during).toEqual({
      calls: 2,
      tools: 0,
      answer: { ready: false, source: "answer_dict" },
    });
  });

  it("is noticed if its cut block asked something else", async () => {
    const recorded = await record(blocks(PATIENT + "\n" + LOOP), { limits });
    const [turn] = recorded.turns;
    const results = turn!.results.map((one) => ({ ...one, code: one.code.replace("one", "other") }));
    const text = turn!.completion.text.replace("one", "other");
    const changed = {
      ...recorded,
      turns: [{ ...turn!, completion: { ...turn!.completion, text }, results }],
    };
    await expect(again({ ...changed, seals: checksumsOf(changed) })).rejects.toThrow(/was not recorded/);
  });

  it("plays as before if an earlier build wrote it", async () => {
    const { turns, ...recorded } = await record(blocks("print(llm_query('wait'))"), {
      limits,
      subModels: [waiting()],
    });
    const [{ timeOver, ...turn }] = turns as [Trajectory["turns"][number]];
    expect(timeOver).toBeDefined();
    const old = { ...recorded, turns: [turn] };
    const { difference, trajectory } = await again({ ...old, seals: checksumsOf(old) });
    expect([difference, trajectory?.turns[0]?.timeOver]).toEqual([null, undefined]);
  });
});
