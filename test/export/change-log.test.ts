/** What an export tells of the texts that it mended. */
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Mended } from "../../src/export/choice/change-log.ts";
import { EXPORT_DEFAULTS, type ExportItem, type ExportOptions } from "../../src/export/exporter.ts";
import type { Filters } from "../../src/export/choice/filters.ts";
import { exporterNamed, EXPORTERS } from "../../src/export/registry.ts";
import { Redaction } from "../../src/export/choice/redact.ts";
import { writeExport } from "../../src/export/write.ts";
import { isEncrypted, decryptedLine } from "../../src/data/encryption.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { itemOf, played, type PlayedTurn } from "./played.ts";

const OPEN = "```repl\nprint(1) # ☃";
const CLOSED = `${OPEN}\n\`\`\``;
const WITH_FINAL = "```repl\nprint(2)\n```\nFINAL(2)";

const sound = played("sound", [{ text: "```repl\nx = 1\n```" }, { text: "FINAL(1)" }]);
const broken = played("broken", [{ text: OPEN }, { text: WITH_FINAL }, { text: "FINAL(1)" }]);
const lost = played("lost", [{ text: "no code here" }]);

interface Asked {
  readonly filters?: Filters;
  readonly options?: Partial<ExportOptions>;
  readonly redaction?: Redaction;
  readonly canary?: string;
}

/** The manifest, the told changes as they stand in the file, and the names of what was written. */
async function exported(format: string, all: readonly Trajectory[], asked: Asked = {}) {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-changes-"));
  const { canary = null } = asked;
  const manifest = await writeExport({
    exporter: exporterNamed(format),
    source: async function* items() {
      for (const trajectory of all) yield { ...itemOf(trajectory), canary } satisfies ExportItem;
    },
    options: { ...EXPORT_DEFAULTS, ...asked.options },
    filters: asked.filters ?? { template: "repair" },
    redaction: asked.redaction ?? null,
    out: join(folder, "out"),
    origin: { version: "0", sources: [], flags: {} },
  });
  const text = await readFile(join(folder, "out.changes.jsonl"), "utf8").catch(() => "");
  const lines = text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
  return { manifest, text, lines, names: (await readdir(folder)).toSorted() };
}

describe("an export that mends templates", () => {
  const formats = EXPORTERS.filter(
    ({ name, jsonl, output }) => (jsonl || output !== "rows") && name !== "segments",
  );

  it.each(formats.map(({ name }) => name))(
    "as %s tells each change: rollout, turn, rule, before and after",
    async (name) => {
      // The worse one makes a pair for DPO.
      const worse = { ...sound, reward: { total: 0, score: 0, terms: {} } };
      const { manifest, lines, text, names } = await exported(name, [worse, broken, lost]);
      expect(lines).toEqual([
        { rolloutId: "broken", turn: 0, rule: "close-fence", before: OPEN, after: CLOSED },
        {
          rolloutId: "broken",
          turn: 1,
          rule: "final-beside-code",
          before: WITH_FINAL,
          after: "```repl\nprint(2)\n```",
        },
      ]);
      expect(manifest.counts.changes).toEqual({ "close-fence": 1, "final-beside-code": 1 });
      expect(manifest.changes).toEqual({
        name: "out.changes.jsonl",
        bytes: Buffer.byteLength(text),
        sha256: createHash("sha256").update(text).digest("hex"),
      });
      expect(names).toEqual(["out", "out.README.md", "out.changes.jsonl", "out.manifest.json"]);
    },
  );

  it("writes no file of changes where it mended nothing", async () => {
    const { manifest, names } = await exported("trl-sft", [sound]);
    expect(names).toEqual(["out", "out.README.md", "out.manifest.json"]);
    expect(manifest).not.toHaveProperty("changes");
  });

  it("mends children where the format shows them, and leaves them alone where not", async () => {
    const parent = { ...sound, children: [{ ...broken, rolloutId: "sound#0", depth: 1 }] };
    const told = async (format: string, options = {}) =>
      (await exported(format, [parent], { options })).lines.map((line) => (line as Mended).rolloutId);
    expect(await told("atif")).toEqual(["sound#0", "sound#0"]);
    expect(await told("jsonl")).toEqual(["sound#0", "sound#0"]);
    expect(await told("trl-sft", { children: true })).toEqual(["sound#0", "sound#0"]);
    expect(await told("trl-sft")).toEqual([]);
    const alone = { ...sound, children: [{ ...lost, rolloutId: "sound#0", depth: 1 }] };
    await expect(exported("atif", [alone])).rejects.toThrow("1: a mistake of the template");
  });

  it("keeps changes of encrypted sets under the cipher, and takes redacted patterns out of them", async () => {
    const { lines, text } = await exported("trl-sft", [broken], { canary: "canary" });
    expect(lines.every(isEncrypted)).toBe(true);
    expect(text).not.toContain("print");
    expect(decryptedLine(lines[0], "")).toMatchObject({
      rolloutId: "broken",
      turn: 0,
      before: OPEN,
      after: CLOSED,
    });
    const redaction = new Redaction(["what=print"], false);
    const clean = await exported("trl-sft", [broken], { redaction });
    expect(clean.lines[0]).toMatchObject({ rule: "close-fence", before: OPEN.replace("print", "[what]") });
    expect(clean.text).not.toContain("print");
  });

  it("tells changes from which each text of the rows can be had again, whatever the turns were", async () => {
    const turn = fc.constantFrom<PlayedTurn>(
      { text: OPEN },
      { text: CLOSED },
      { text: WITH_FINAL },
      { text: `${WITH_FINAL}\n${OPEN}` },
      { text: "FINAL(1)" },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 5 }), async (turns) => {
        const { lines } = await exported("jsonl", [sound, played("r", turns)]);
        const expected = await exported("trl-sft", [sound, played("r", turns)]);
        expect(lines).toEqual(expected.lines);
        const texts = turns.map(({ text }) => text);
        for (const { turn: at, before, after } of lines as Mended[]) {
          expect(texts[at]).toBe(before);
          texts[at] = after;
        }
        for (const text of texts) expect((text.match(/```/g) ?? []).length % 2).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
