import { afterAll, beforeAll, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pool.ts";
import { findLeaks } from "./hostile-episodes.ts";

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 100 });
});
afterAll(() => pool.close());

test("hostile episodes in random order leave no trace", async () => {
  expect(await findLeaks(pool, 60, 5)).toEqual([]);
}, 120_000);
