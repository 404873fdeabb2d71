/**
 * A seeded fuzz, for a time that is divided among its kinds: blocks and messages of a policy, frames of sockets, HTTP, records
 * and files. Nothing crashes, hangs, ends as an infrastructure fault, or writes outside the folder given.
 *
 *   tsx test/stress/fuzz.ts [seconds = 600] [seed = 1] [kind, default: all]
 */
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { fuzzBlocks } from "../security/fuzz/blocks.ts";
import { fuzzBodies } from "../security/fuzz/bodies.ts";
import { fuzzFiles } from "../security/fuzz/files.ts";
import { fuzzFrames } from "../security/fuzz/frames.ts";
import { fuzzRecords } from "../security/fuzz/records.ts";

const [seconds = "600", seedText = "1", only] = process.argv.slice(2);
const seed = Number(seedText);

type Fuzz = (seconds: number) => Promise<number>;
const withPool =
  (fuzz: (pool: PyodideReplPool, seconds: number) => Promise<number>): Fuzz =>
  async (part) => {
    const pool = new PyodideReplPool({ graceMs: 300 });
    try {
      return await fuzz(pool, part);
    } finally {
      await pool.close();
    }
  };

/** How each kind is tried, and its part of the time. */
const KINDS: readonly (readonly [kind: string, part: number, fuzz: Fuzz])[] = [
  ["episodes of blocks and messages", 0.3, (part) => fuzzBlocks(part, seed)],
  [
    "frames",
    0.15,
    withPool(async (pool, part) =>
      [...(await fuzzFrames(pool, part, seed)).values()].reduce((sum, count) => sum + count, 0),
    ),
  ],
  ["bodies", 0.15, withPool((pool, part) => fuzzBodies(pool, part, seed))],
  ["records", 0.2, withPool((pool, part) => fuzzRecords(pool, part, seed))],
  ["files", 0.2, (part) => fuzzFiles(part, seed)],
];

const chosen = KINDS.filter(([kind]) => only === undefined || kind.includes(only));
const whole = chosen.reduce((sum, [, part]) => sum + part, 0);
for (const [kind, part, fuzz] of chosen) {
  const share = (Number(seconds) * part) / whole;
  console.log(`${await fuzz(share)} ${kind} in ${share.toFixed(0)} s (seed ${seed}): nothing came down`);
}
// Clients' sockets that the server dropped may linger.
process.exit(0);
