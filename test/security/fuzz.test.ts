import { expect, test } from "vitest";
import { fuzzBlocks } from "./fuzz/blocks.ts";
import { fuzzFiles } from "./fuzz/files.ts";

/** Some seconds unless told otherwise; test/stress/fuzz.ts takes longer, with frames, bodies and records besides. */
const seconds = Number(process.env["FUZZ_SECONDS"] ?? 20);

test("blocks and messages by chance bring down nothing", { timeout: (seconds + 120) * 1000 }, async () => {
  expect(await fuzzBlocks(seconds, 20_261)).toBeGreaterThan(0);
});

test("files by chance bring down nothing", { timeout: (seconds + 120) * 1000 }, async () => {
  expect(await fuzzFiles(seconds, 20_261)).toBeGreaterThan(0);
});
