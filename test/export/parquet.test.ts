import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { BOOL, DOUBLE, INT, listOf, type ParquetField, structOf, TEXT } from "../../src/export/columns.ts";
import { writeParquet } from "../../src/export/parquet.ts";

const columns: readonly ParquetField[] = [
  ["name", TEXT],
  ["count", INT],
  ["flag", BOOL],
  ["ids", listOf(INT)],
  ["values", listOf(DOUBLE)],
  ["texts", listOf(TEXT)],
  ["messages", listOf(structOf(["role", TEXT], ["size", INT]))],
];

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const whole = fc.integer({ min: -5, max: 2 ** 33 });
const wide = fc.constantFrom(-5, 7, 2 ** 33);
const rows = fc.array(
  fc.record({
    name: maybe(fc.string({ unit: "grapheme" })),
    count: maybe(whole),
    flag: maybe(fc.boolean()),
    // Ids that come again make a dictionary, of a narrow range or a wide one; ids that do not make none.
    ids: maybe(fc.oneof(fc.array(maybe(fc.constantFrom(-100, 0, 50_000))), fc.array(wide), fc.array(whole))),
    values: maybe(fc.array(fc.double({ noNaN: true }))),
    texts: maybe(fc.array(maybe(fc.string()))),
    messages: maybe(fc.array(fc.record({ role: fc.string(), size: maybe(whole) }))),
  }),
  { minLength: 1, maxLength: 12 },
);

function narrowed(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item)),
  );
}

/** The reader leaves a nested column out where all of it is null. */
async function readBack(path: string): Promise<unknown> {
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  return narrowed(read.map((row) => Object.fromEntries(columns.map(([name]) => [name, row[name] ?? null]))));
}

describe("Parquet files", () => {
  it("hold what was written, with nulls, empty lists and numbers beyond 32 bits where they were", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rlm-gym-parquet-"));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(rows, async (made) => {
        const path = join(folder, `${(count += 1)}.parquet`);
        await writeParquet(path, stream(made), columns);
        expect(await readBack(path)).toEqual(narrowed(made));
      }),
      { numRuns: 40 },
    );
  });

  it("are written in groups that no row of long lists makes large", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "rlm-gym-parquet-")), "long.parquet");
    const ids = Array.from({ length: 15 }, (_, place) => place % 3);
    const made = Array.from({ length: 5 }, (_, index) => ({ name: `r${index}`, ids }));
    const narrow: readonly ParquetField[] = [
      ["name", TEXT],
      ["ids", listOf(INT)],
    ];
    await writeParquet(path, stream(made), narrow, { rows: 1000, weight: 40 });
    const file = await asyncBufferFromFile(path);
    const { row_groups: groups } = await parquetMetadataAsync(file);
    expect(groups.map(({ num_rows: held }) => Number(held))).toEqual([3, 2]);
    const [last] = await parquetReadObjects({ file, rowStart: 4, rowEnd: 5, columns: ["name"] });
    expect(last).toEqual({ name: "r4" });
  });
});

async function* stream<T>(made: readonly T[]): AsyncGenerator<T> {
  yield* made;
}
