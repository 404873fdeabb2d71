import { afterAll, beforeAll, expect, test } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { findLeaks } from "./hostile-episodes.ts";

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool({ graceMs: 100 });
});
afterAll(() => pool.close());

/** Only a few episodes; test/stress/hostile.ts runs hundreds. */
test("hostile episodes in random order leave no trace", async () => {
  expect(await findLeaks(pool, 30, 5)).toEqual([]);
});
