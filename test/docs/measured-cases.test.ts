/** The list of what failed once: each case has a test, which is where the list says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const ROWS = read("test/security/measured-cases.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| what was measured"))
  .map((line) => line.slice(2, -2).split(" | ") as [string, string, string]);

describe("what failed once has a test", () => {
  it("in a list of three columns that is not short", () => {
    expect(ROWS.length).toBeGreaterThan(35);
    expect(ROWS.filter((row) => row.length !== 3)).toEqual([]);
  });

  it.each(ROWS)("%s", (_, file, name) => {
    expect(read(file)).toContain(name);
  });
});
