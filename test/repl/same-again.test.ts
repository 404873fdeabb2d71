/** The memory and the entropy of an episode do not depend on the episodes that used its worker before. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { withEpisode } from "./repl-contract.ts";

const MB = 2 ** 20;
/** Fills the memory in small pieces, and shows how many fit. */
const FILL =
  "kept = []\ntry:\n  while True: kept.append(bytearray(50_000))\nexcept MemoryError:\n  n = len(kept); kept.clear()\nn";

async function chunks(pool: PyodideReplPool, before: readonly string[]): Promise<string | null> {
  for (const code of before) await withEpisode(pool, ({ run }) => run(code));
  return await withEpisode(pool, async ({ run }) => (await run(FILL)).block.value);
}

describe("the memory that an episode has is the same", () => {
  const pools: PyodideReplPool[] = [];
  let fresh: string | null;
  const poolOf = () => {
    // Workers are kept, however much their memory has grown.
    pools.push(new PyodideReplPool({ maxHeapBytes: 160 * MB, recycleHeapBytes: 1024 * MB }));
    return pools.at(-1)!;
  };
  beforeAll(async () => {
    fresh = await chunks(poolOf(), []);
  });
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  test.each<[string, string[]]>([
    ["nobody else", []],
    ["one that used 40 MB", ["x = bytearray(40 << 20)"]],
    ["one that used 61 MB", ["x = bytearray(61 << 20)"]],
    ["one that used 100 MB", ["x = bytearray(100 << 20)"]],
    ["several that used ever more", [30, 37, 51, 90].map((mb) => `x = bytearray(${mb} << 20)`)],
    ["one that used all", [FILL]],
  ])("after %s", async (_, before) => {
    expect(Number(fresh)).toBeGreaterThan(1000);
    expect(await chunks(poolOf(), before)).toBe(fresh);
  });

  test("the largest request that fits succeeds, and a larger one fails", async () => {
    const pool = poolOf();
    const most = "def fits(n):\n  try: bytearray(n); return True\n  except MemoryError: return False\n";
    await withEpisode(pool, async ({ run }) => {
      const search = `${most}low, high = 0, 160 << 20\nwhile high - low > 4096:\n  middle = (low + high) // 2\n  low, high = (middle, high) if fits(middle) else (low, middle)\nlow`;
      const { value } = (await run(search)).block;
      expect((await run(`fits(${value}), fits(${value} + (1 << 20))`)).block.value).toBe("(True, False)");
    });
  });
});
