/** Text from a file or a model moves no cursor and hides nothing on the terminal. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../scripts/output/guard-terminal.ts";
import { rlmGym } from "./command.ts";

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;

describe("printed text", () => {
  it("holds no control characters, and keeps its value if it is JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = `${JSON.stringify({ text })}\n`;
        expect(printable(json)).not.toMatch(CONTROL);
        expect(JSON.parse(printable(json))).toEqual({ text });
      }),
    );
    expect(printable("a\tb\n\u001b[2J\u009b\u202e")).toBe("a\tb\n\\u001b[2J\\u009b\\u202e");
  });

  it("holds none from a foreign file, in names and in errors", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rlm-gym-terminal-"));
    const file = join(folder, "rows.jsonl");
    await writeFile(file, `${JSON.stringify({ "\u001b]0;title\u0007": 1, "\u202eevil": 2 })}\n`);
    const { code, stdout, stderr } = await rlmGym(["validate", file]);
    expect(code).toBe(1);
    expect(stderr).toContain("\\u001b]0;title\\u0007");
    expect(stdout + stderr).not.toMatch(CONTROL);
  });
});
