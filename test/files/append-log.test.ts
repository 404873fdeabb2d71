import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AppendLog } from "../../src/files/append-log.ts";

test("lines appended at once stand in the order of the calls, where the log says, and all are on disk", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-append-"));
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 20 }), {
          minLength: 1,
          maxLength: 5,
        }),
        async (rounds) => {
          const file = path.join(folder, "log.jsonl");
          const log = await AppendLog.open(file);
          for (const texts of rounds) {
            const ranges = await Promise.all(texts.map((text) => log.appendAt({ text })));
            const bytes = await readFile(file);
            const found = ranges.map(({ start, bytes: count }) =>
              bytes.subarray(start, start + count).toString(),
            );
            expect(found).toEqual(texts.map((text) => `${JSON.stringify({ text })}\n`));
          }
          await log.close();
          const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1);
          expect(lines).toEqual(rounds.flat().map((text) => JSON.stringify({ text })));
          await rm(file);
        },
      ),
      { numRuns: 10 },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.skipIf(!existsSync("/dev/full"))(
  "every line that a full disk refuses is refused to its caller",
  async () => {
    const log = await AppendLog.open("/dev/full");
    const ended = await Promise.allSettled([log.append(1), log.append(2), log.append(3)]);
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await log.close();
  },
);
