/** Halves of surrogate pairs: no export holds one, in any format, and the manifest counts what was replaced. */
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXPORT_DEFAULTS } from "../../src/export/exporter.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { validateFile } from "../../src/export/validate.ts";
import { HALF_PAIR, halfPairIn } from "../../src/export/well-formed.ts";
import { writeExport } from "../../src/export/write.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { itemOf, withTokens } from "./played.ts";

const HALF = "a\ud83d";

/** Two rollouts of a group with a half pair in question, completion, observation, answer and metadata. */
function odd(rolloutId: string, score: number): Trajectory {
  const base = withTokens(rolloutId);
  const otherEnds = "line\u0085ends\u2028of\u2029others";
  const turns = base.turns.map((turn) => ({
    ...turn,
    completion: { ...turn.completion, text: turn.completion.text + HALF + rolloutId + otherEnds },
    observation: `${turn.observation}\udc00`,
  }));
  return {
    ...base,
    opening: `${base.opening}${HALF}`,
    task: { ...base.task, question: HALF, metadata: { [`key${HALF}`]: HALF } },
    turns,
    reward: { total: score, score, terms: {} },
  };
}

async function bytesUnder(path: string, isFolder: boolean): Promise<Buffer[]> {
  const names = isFolder ? await readdir(path) : [""];
  return Promise.all(names.map((name) => readFile(join(path, name))));
}

describe.each(EXPORTERS.map((exporter) => [exporter.name, exporter] as const))(
  "an export as %s",
  (_, exporter) => {
    const endings = [...(exporter.jsonl ? [".jsonl"] : []), ...(exporter.columns ? [".parquet"] : [])];
    it.each(endings.length > 0 ? endings : [""])(
      "holds well-formed text alone, and counts what was not (%s)",
      async (ending) => {
        const out = join(await mkdtemp(join(tmpdir(), "rlm-gym-well-formed-")), `file${ending}`);
        const { counts } = await writeExport({
          exporter,
          source: async function* items() {
            for (const [id, score] of [
              ["r1", 1],
              ["r2", 0.5],
            ] as const) {
              const reference = { taskId: "t", answers: [HALF], metadata: {} };
              yield { ...itemOf(odd(id, score)), reference, context: () => Promise.resolve(HALF) };
            }
          },
          options: { ...EXPORT_DEFAULTS, margin: 0 },
          filters: {},
          redaction: null,
          out,
          origin: { version: "0", sources: [], flags: {} },
        });
        for (const bytes of await bytesUnder(out, exporter.output !== "rows")) {
          const text = bytes.toString("utf8");
          expect(text).not.toMatch(/\\ud[89a-f]/i);
          // Python's splitlines would end a line at these.
          if (ending !== ".parquet") expect(text).not.toMatch(/[\u0085\u2028\u2029]/);
        }
        const hasText = exporter.output !== "tensors" && exporter.name !== "segments";
        expect(counts.changes[HALF_PAIR] ?? 0).toBeGreaterThan(hasText ? 0 : -1);
      },
    );
  },
);

describe("validation", () => {
  const check = async (...rows: readonly object[]) => {
    const file = join(await mkdtemp(join(tmpdir(), "rlm-gym-validate-")), "rows.jsonl");
    await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return validateFile(file, undefined);
  };
  const row = (content: string, args: object = {}) => ({
    messages: [
      { role: "user", content },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: args } }],
      },
    ],
  });

  it("finds half of a surrogate pair, by field", async () => {
    const { bad, faults } = await check(row("a"), row(HALF));
    expect([bad, faults]).toEqual([
      1,
      [
        {
          line: 2,
          message: "messages.0.content: it holds half of a surrogate pair, which readers in Python refuse",
        },
      ],
    ]);
    expect(halfPairIn({ a: [{ [HALF]: 1 }] })).toBe("a key of a.0");
  });

  it("finds a field that is a number in one row and a text in another, which Arrow refuses", async () => {
    const { bad, faults } = await check(
      row("a", { x: 1 }),
      row("b", { x: 2.5, y: null }),
      row("c", { x: "3" }),
    );
    expect([bad, faults[0]!.line]).toEqual([1, 3]);
    expect(faults[0]!.message).toContain(
      "messages[].tool_calls[].function.arguments.x: a text, which was a number in row 1",
    );
  });
});
