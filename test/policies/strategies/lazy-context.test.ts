import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oolong } from "../../../envs/oolong/oolong.ts";
import { sNiah } from "../../../envs/s-niah/s-niah.ts";
import type { Strategies } from "../../../src/env/define.ts";
import { rulesOf } from "../../../src/episode/rules.ts";
import { CURRENT_RULES } from "../../../src/types.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { hackProbes } from "../../../src/policies/strategies/hack-probes.ts";
import { ANY_QUESTION_STRATEGIES } from "../../../src/policies/strategies/any-question.ts";
import type { HostCallHandler, Repl } from "../../../src/repl/repl.ts";
import { MOST_STR_CHARS } from "../../../src/repl/lazy-context.ts";
import { TextStore } from "../../../src/repl/text/text-store.ts";
import type { Observation } from "../../../src/types.ts";
import { sharedPool } from "../../shared-pool.ts";

const { pool } = sharedPool();
const NEEDLE = "One of the special magic numbers for quiet-harbour is: 1878808.";
const filler = "The grass is green. The sky is blue. The sun is yellow. Here we go.\n".repeat(4000);
const haystack = `${filler}${NEEDLE}\n${filler}`;
const lines = `The following lines are data.\n${Array.from({ length: 300 }, (_, i) => `Date: Jan ${1 + (i % 28)}, 2024 || User: ${1 + (i % 7)} || Instance: How old is ${i}?`).join("\n")}\n`;
const ofNeedles: Strategies = sNiah.strategies;
const ofLines: Strategies = oolong.strategies;
let texts: Record<"haystack" | "lines", TextStore>;
let repl: Repl;
beforeAll(async () => {
  texts = { haystack: TextStore.fromString(haystack), lines: TextStore.fromString(lines) };
  repl = await pool.acquire();
});
afterAll(async () => {
  await pool.release(repl);
  Object.values(texts).forEach((text) => text.close());
  await pool.close();
});

/** Reads a prompt as a faultless sub-model would. */
const reads: HostCallHandler = ({ prompts, contexts = [] }) =>
  Promise.resolve({
    replies: prompts.map((prompt, i) => {
      const seen = `${prompt}\n${JSON.stringify(contexts[i] ?? "")}`;
      if (seen.includes(NEEDLE)) return NEEDLE;
      return seen.includes(" || Instance: ")
        ? "Date: Jan 3, 2024 || User: 3 || Label: numeric value"
        : "not here";
    }),
  });

/** The answer of a policy that was told that the context is a lazy text, and plays over one. No block of its code may fail. */
async function played(policy: Policy, text: TextStore, question: string): Promise<string> {
  await repl.start({ context: text, seed: 1, onCall: reads, imported: rulesOf(CURRENT_RULES).imported });
  const context = { type: "str", chars: MOST_STR_CHARS + 1, sha256: "0".repeat(64) } as const;
  const first: Observation = {
    turn: 0,
    turnsLeft: 16,
    text: "",
    question,
    context,
    results: [],
    invalid: null,
  };
  const actor = policy.start({
    observation: first,
    seed: 1,
    subModel: { name: "reader", windowTokens: 9000 },
  });
  for (let observation = first; observation.turn < 16;) {
    const action = await actor.act({ observation, messages: [], tools: [], maxTokens: 1000 });
    const said = typeof action === "object" && "text" in action ? action.text : "";
    const code = /```repl\n([^]*)\n```/.exec(said)?.[1];
    if (code === undefined) return said;
    const { block, answer } = await repl.exec(code, { timeoutMs: 30_000, maxOutputChars: 2000 });
    if (block.exception !== null) throw new Error(`${block.exception}\nof\n${code}`);
    if (answer?.ready) return answer.content;
    observation = { ...observation, turn: observation.turn + 1, results: [block] };
  }
  throw new Error("no answer after 16 turns");
}

const NEEDLE_QUESTION = "What is the special magic number for quiet-harbour mentioned in the provided text?";

describe("strategies over a context that is too long to be a str", () => {
  const finding = ["grep", "map-reduce", "rlm:1", "rlm:2", "bm25"];

  it.each(Object.keys(ofNeedles).filter((name) => finding.includes(name)))(
    "find a needle: %s of s-niah",
    async (name) => {
      const policy = ofNeedles[name]!();
      expect(await played(policy, texts.haystack, NEEDLE_QUESTION)).toContain("1878808");
    },
  );

  it.each(finding)("find a needle: %s for any question", async (name) => {
    const policy = ANY_QUESTION_STRATEGIES[name]!();
    expect(await played(policy, texts.haystack, NEEDLE_QUESTION)).toContain("1878808");
  });

  it.each(["direct", "compaction", "random"])("come to an end: %s of s-niah", async (name) => {
    const policy = ofNeedles[name]!();
    expect(await played(policy, texts.haystack, NEEDLE_QUESTION)).not.toBe("");
  });

  it.each(Object.keys(ofLines))("come to an end: %s of oolong", async (name) => {
    const question = "In the above data, which user is represented most often?";
    const policy = ofLines[name]!();
    expect(await played(policy, texts.lines, question)).not.toBe("");
  });

  it("come to an end: the probes that list everything", async () => {
    const probes = hackProbes(ANY_QUESTION_STRATEGIES.grep!());
    for (const name of ["probe:dump", "probe:over-list"]) {
      const probe = probes.find((one) => one.name === name)!;
      expect((await played(probe, texts.haystack, "Which?")).length).toBeGreaterThan(20);
    }
  });
});
