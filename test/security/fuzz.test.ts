import { expect, test } from "vitest";
import { fuzzBlocks } from "./fuzz.ts";

/** A minute unless told otherwise; `npm run shows` takes ten. */
const seconds = Number(process.env["FUZZ_SECONDS"] ?? 60);

test("blocks and messages by chance bring down nothing", { timeout: (seconds + 120) * 1000 }, async () => {
  expect(await fuzzBlocks(seconds, 20_261)).toBeGreaterThan(0);
});
