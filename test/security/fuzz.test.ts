import { expect, test } from "vitest";
import { fuzzBlocks } from "./fuzz/blocks.ts";
import { fuzzFiles } from "./fuzz/files.ts";

/** 20 seconds by default; test/stress/fuzz.ts takes longer and adds frames, bodies and records. */
const seconds = Number(process.env["FUZZ_SECONDS"] ?? 20);

test("random blocks and messages crash nothing", { timeout: (seconds + 120) * 1000 }, async () => {
  expect(await fuzzBlocks(seconds, 20_261)).toBeGreaterThan(0);
});

test("random files crash nothing", { timeout: (seconds + 120) * 1000 }, async () => {
  expect(await fuzzFiles(seconds, 20_261)).toBeGreaterThan(0);
});
