import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { auditTrail } from "../../src/view/audit.ts";
import type { AuditStep, CallStep } from "../../src/view/audit-shapes.ts";
import { statementsOf } from "../../src/view/python-flow.ts";
import { rlmGym } from "../scripts/command.ts";
import { rewarded } from "../trajectory-fixture.ts";
import { type Audited, auditedIn, chunksMissed, needlesMissed } from "./audit-checks.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rlm-gym-audit-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function played(
  environment: string,
  policy: string,
  length: string,
  ...more: string[]
): Promise<Audited[]> {
  const run = join(folder, `${environment}-${policy.replace(":", "-")}-${length}`);
  const words = [
    "rollout",
    environment,
    "--policy",
    policy,
    "--length",
    length,
    "--episodes",
    "3",
    "--seed",
    "11",
  ];
  await rlmGym([...words, "--out", run, ...more]);
  const all: Audited[] = [];
  for await (const audited of auditedIn(run)) all.push(audited);
  return all;
}

const callsIn = (steps: readonly AuditStep[]): CallStep[] =>
  steps.flatMap((step) => (step.kind === "call" ? [step] : step.kind === "child" ? callsIn(step.steps) : []));

describe("the audit trail", () => {
  it.each(["grep", "map-reduce"])(
    "of a %s answer to s-niah names the slice that holds the needle",
    async (policy) => {
      const episodes = await played("s-niah", policy, "16k");
      for (const episode of episodes) {
        expect(episode.trail.answer?.from).toBe("variables");
        if (episode.row.score === 1)
          expect(await needlesMissed(join(folder, `s-niah-${policy}-16k`), episode)).toEqual([]);
      }
    },
  );

  it("of a map-reduce answer to OOLONG names every chunk to the byte, also where lines repeat", async () => {
    const episodes = await played("oolong", "map-reduce", "32k");
    for (const episode of episodes) expect(chunksMissed(episode)).toEqual([]);
  });

  it("goes through children to the calls that they made", async () => {
    const [episode] = await played("oolong", "rlm:2", "16k");
    const { steps, slices } = episode!.trail;
    expect(steps.some(({ kind }) => kind === "child")).toBe(true);
    const calls = callsIn(steps);
    expect(calls.length).toBeGreaterThan(2);
    for (const { slices: own } of calls) expect(own.some((at) => slices[at]!.kind === "prompt")).toBe(true);
  });

  it("of an answer that the policy wrote itself names the output that it had seen", () => {
    const line = "The treasure of the captain lies under the old lighthouse by the northern bay.";
    const context = `${"x ".repeat(500)}\n${line}\n${"y ".repeat(500)}`;
    const trail = auditTrail(
      episodeOf(
        context,
        [
          ["print(context[990:1100])", `${line}\n`],
          ['FINAL("the old lighthouse")', ""],
        ],
        "the old lighthouse",
      ),
      context,
    );
    expect(trail.answer?.from).toBe("policy");
    const [output] = trail.steps;
    expect(output).toMatchObject({ kind: "output", turn: 0, holds: ["the old lighthouse"] });
    expect(trail.slices.find(({ kind }) => kind === "output")?.text).toBe(line);
  });

  it("names the item and its bytes where the context is a list", () => {
    const context = ["héllo wörld", "the code is 4711 today"];
    const trail = auditTrail(
      episodeOf(context, [["import re\nx = re.findall(r'\\d+', context[1])[0]\nFINAL(x)", ""]], "4711"),
      context,
    );
    expect(trail.slices[0]).toMatchObject({ kind: "value", places: [{ part: "1", start: 0, end: 22 }] });
  });

  it("says what it cannot tell: a missing context, an answer by hand", () => {
    const record = episodeOf("c", [["FINAL(context)", ""]], "c");
    expect(auditTrail(record, null).notes.join()).toContain("the run does not have the context");
    const byHand = { ...record, answer: { text: "7", source: "action" as const } };
    expect(auditTrail(byHand, "c")).toMatchObject({ answer: { from: "hand" }, steps: [] });
    expect(auditTrail({ ...record, answer: null }, "c").notes).toContain("there is no answer");
  });
});

describe("statements of Python", () => {
  it("are found with what they set, change and read", () => {
    const [first, second, third, fourth, ...rest] = statementsOf(
      'a, b = f(c)["d"], [x for x in y if x]\nfor i in range(n): total += w[i]\nif a: s = f"{b} {{no}}"  # e\nanswer["content"] = """g\nh""" + k',
    );
    expect(first).toMatchObject({ sets: ["a", "b"], reads: ["f", "c", "y"], called: ["f"] });
    expect(second).toMatchObject({ changes: ["i"], reads: ["range", "n"] });
    expect(third).toMatchObject({ changes: ["total"], under: [1] });
    expect(fourth).toMatchObject({ reads: ["a"] });
    expect(rest.map(({ sets, changes, reads }) => [sets, changes, reads])).toEqual([
      [["s"], [], ["b"]],
      [[], ["answer"], ["k", "answer"]],
    ]);
  });

  it("take a function with its body as one, and end for any text", () => {
    const statements = statementsOf("def ask(p):\n    r = llm_query(p)\n    return r\n\nz = ask(q)");
    expect(statements.map(({ sets }) => sets)).toEqual([["ask"], ["z"]]);
    for (const text of [
      "'''",
      "((((",
      "\\",
      "x = = =",
      "if",
      "for in :",
      "def",
      "lambda",
      "🚀 = 1",
      "a\n\tb\n c",
    ])
      expect(() => statementsOf(text)).not.toThrow();
  });
});

function episodeOf(
  context: string | string[],
  blocks: readonly (readonly [code: string, stdout: string])[],
  text: string,
) {
  const base = rewarded({ answer: { text, source: "final" } });
  const turns = blocks.map(([code, stdout], index) => ({
    index,
    completion: { text: code, toolCalls: [], finishReason: "stop" as const },
    callId: null,
    results: [
      {
        code,
        outcome: "ok" as const,
        stdout,
        stderr: "",
        value: null,
        exception: null,
        outputChars: stdout.length,
        omittedChars: 0,
        stateKept: true,
      },
    ],
    observation: stdout,
    segment: 0,
    standing: null,
    reward: 0,
    wallClock: { seconds: 0 },
  }));
  return { ...base, turns, task: { ...base.task, context: summariseContext(context) } };
}
