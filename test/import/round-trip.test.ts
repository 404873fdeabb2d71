import { describe, expect, it } from "vitest";
import { atif } from "../../src/export/formats/atif.ts";
import type { Exporter } from "../../src/export/exporter.ts";
import { nativeJsonl } from "../../src/export/formats/native.ts";
import { rlmLogger } from "../../src/export/formats/rlm-logger.ts";
import { verifiersV1 } from "../../src/export/formats/verifiers.ts";
import { atifDocuments } from "../../src/import/formats/atif.ts";
import type { Importer } from "../../src/import/importer.ts";
import { nativeTrajectories } from "../../src/import/formats/native-rows.ts";
import { rlmLoggerLogs } from "../../src/import/formats/rlm-logger.ts";
import { verifiersTraces } from "../../src/import/formats/verifiers.ts";
import { sumCalls, callsOfTree, expectSums } from "../../src/cost/totals.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { played, rowsOf, subCall, withTokens } from "../export/played.ts";
import { importedRows } from "./read.ts";

/** A tree of episodes: sub-calls with and without ids, a call that failed, a child with a call of its own, a compaction. */
function tree(parts: Partial<Trajectory> = {}): Trajectory {
  const base = withTokens("r1");
  const below = subCall(1, 0, "tiny?", "yes");
  const child = played("r1#0", [{ text: "```repl\nprint(1)\n```", observation: "1" }, { text: "FINAL(1)" }], {
    depth: 1,
    parent: { rolloutId: "r1", turn: 1, batch: null },
  });
  const whole = {
    ...base,
    calls: [
      ...base.calls,
      subCall(3, 0, "What?", "snow ☃", { promptIds: [5], completionIds: [6], logprobs: [-1] }),
      { ...subCall(4, 1, "Again?", ""), reply: null, error: "refused" },
    ],
    children: [{ ...child, calls: [child.calls[0]!, below, { ...child.calls[1]!, id: 2 }] }],
    ...parts,
  };
  const turns = whole.children[0]!.turns.map((turn, index) => ({ ...turn, callId: index * 2 }));
  const summed = { ...whole, children: [{ ...whole.children[0]!, turns }] };
  const sums = (one: Trajectory): Trajectory => ({
    ...one,
    totals: sumCalls(callsOfTree(one)),
    children: one.children.map(sums),
  });
  return sums(summed);
}

const compacted = (() => {
  const turns = ["a", "b", "c", "d"].map((text, index) => ({
    text: `\`\`\`repl\n${text}\n\`\`\``,
    observation: `saw ${text}`,
    segment: index < 2 ? 0 : index - 1,
  }));
  return played("r2", turns, { history: { mode: "drop", keepTurns: 1 } });
})();

const tooled = played(
  "r3",
  [
    { text: "", toolArguments: '{ "code": "print(1)" }', observation: "1" },
    { text: "hm", toolArguments: "no JSON", observation: "what?" },
    { text: "FINAL(1)" },
  ],
  { dialect: "tool" },
);

/** A turn of two blocks, each with calls of its own. */
const twoBlocks = (() => {
  const code = (text: string) => ({ ...withTokens().turns[0]!.results[0]!, code: text });
  const base = played("r4", [{ text: "```repl\na\n```\n```repl\nb\n```" }]);
  return {
    ...base,
    turns: [{ ...base.turns[0]!, results: [code("a"), code("b")] }],
    calls: [
      { ...base.calls[0]!, id: 0 },
      { ...subCall(1, 0, "of b", "2"), block: 1 },
      subCall(2, 0, "of a", "1"),
    ],
  };
})();

/** Thoughts of the policy, text that is hard on files, a child that failed, and a sub-call that nobody answered. */
const odd = (() => {
  const hard = '\u0000\u001b[2J \u2028\u2029\ufeff {"a": \\n} ```\n<|im_end|>\r\n🚀\u202e';
  const base = tree();
  const child = base.children[0]!;
  return {
    ...base,
    opening: `${base.opening}${hard}`,
    answer: { text: hard, source: "final" as const },
    turns: base.turns.map((turn, index) => ({
      ...turn,
      completion: {
        ...turn.completion,
        ...(index === 0 && { reasoning: { text: `I think ${hard}`, tokens: 3 } }),
      },
      observation: `${hard}${turn.observation}`,
    })),
    children: [
      { ...child, task: { ...child.task, question: hard } },
      {
        ...child,
        rolloutId: "r1#1",
        status: "infra_error" as const,
        error: { kind: "repl", message: hard },
        stopReason: "infra_error" as const,
        reward: null,
        turns: [],
        calls: [],
        answer: null,
        totals: sumCalls([]),
      },
    ],
  };
})();

const FORMATS: readonly (readonly [string, Exporter, Importer])[] = [
  ["jsonl", nativeJsonl, nativeTrajectories],
  ["atif", atif, atifDocuments],
  ["verifiers-v1", verifiersV1, verifiersTraces],
  ["rlm-logger", rlmLogger, rlmLoggerLogs],
];

function linesOf(rows: readonly Readonly<Record<string, unknown>>[]): unknown[] {
  const lines = rows.flatMap((row) => ("lines" in row ? (row["lines"] as unknown[]) : [row]));
  return JSON.parse(JSON.stringify(lines)) as unknown[];
}

/**
 * What the format cannot hold: an RLMLogger log has no token ids, verifiers no call that was never answered, and neither what
 * a child was told that took no turn.
 */
function holdable(name: string, one: Trajectory): Trajectory {
  const isUnseen = one.turns.length === 0 && (name === "rlm-logger" || name === "verifiers-v1");
  return {
    ...one,
    ...(isUnseen && { systemPrompt: "", opening: "" }),
    calls: one.calls.map((call) => {
      const { tokens, ...rest } = call;
      const held = name === "rlm-logger" || !tokens ? rest : { ...rest, tokens };
      return name === "verifiers-v1" && call.error !== null ? { ...held, prompt: null } : held;
    }),
    children: one.children.map((child) => holdable(name, child)),
  };
}

describe.each(FORMATS)("what is exported as %s and imported again", (name, exporter, importer) => {
  it.each([
    ["with sub-calls and a child", tree()],
    ["whose old turns were let go", compacted],
    ["of native calls", tooled],
    ["of two blocks in a turn", twoBlocks],
    ["with thoughts, odd text and failures", odd],
  ])("is the same record: %s", async (_, before) => {
    const { rows } = await rowsOf(exporter, [before], { children: true, subCalls: true });
    const [after] = await importedRows(importer, linesOf(rows));
    expect(after).toEqual(holdable(name, before));
  });

  it("counts every call, also those whose texts are left out", async () => {
    const before = tree();
    const { rows } = await rowsOf(exporter, [before]);
    const [after] = await importedRows(importer, linesOf(rows));
    expect(after!.totals).toEqual(before.totals);
    expect(() => expectSums(after!)).not.toThrow();
  });

  it("has the calls of each block with that block, where the format has blocks", async () => {
    const [row] = (await rowsOf(rlmLogger, [twoBlocks])).rows;
    const [, iteration] = row!["lines"] as {
      code_blocks: { result: { rlm_calls: { prompt: string }[] } }[];
    }[];
    expect(iteration!.code_blocks.map(({ result }) => result.rlm_calls.map(({ prompt }) => prompt))).toEqual([
      ["of a"],
      ["of b"],
    ]);
  });

  it("is refused by line and field where what was kept was changed", async () => {
    const { rows } = await rowsOf(exporter, [tree()]);
    const lines = linesOf(rows) as Record<string, never>[];
    const text = JSON.stringify(lines).replace('"index":2', '"index":"two"');
    await expect(importedRows(importer, JSON.parse(text) as unknown[])).rejects.toThrow(
      name === "jsonl" ? "log.jsonl:1: turns.2.index: " : /log\.jsonl:1: rlm_gym/,
    );
  });
});

it("native trajectories of a newer schema are refused by line", async () => {
  const rows = [tree(), { ...tree(), rolloutId: "r2", schemaVersion: 2 }];
  await expect(importedRows(nativeTrajectories, rows)).rejects.toThrow(
    "log.jsonl:2: schemaVersion 2 is newer than 1, which this version reads; update rlm-gym",
  );
});
