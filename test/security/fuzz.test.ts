import { expect, test } from "vitest";
import { fuzzBlocks } from "./fuzz.ts";

/** One minute by default; `npm run shows` takes ten. */
const seconds = Number(process.env["FUZZ_SECONDS"] ?? 60);

test("random blocks and messages crash nothing", { timeout: (seconds + 120) * 1000 }, async () => {
  expect(await fuzzBlocks(seconds, 20_261)).toBeGreaterThan(0);
});
