/**
 * A seeded fuzz of blocks and of the messages they send. The host must not crash or hang, the policy must not be able to cause
 * an infrastructure error, and the state must stay fit to be saved and resumed elsewhere. Equal seeds try the same.
 */
import fc from "fast-check";
import { ReplError } from "../../../src/errors.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../../src/repl/pool/worker-repl.ts";
import { echo } from "../../repl/repl-contract.ts";
import { ALL_PROBES } from "../catalogue.ts";
import { LEAKS } from "../hostile-episodes.ts";

const LIMITS = { timeoutMs: 300, maxOutputChars: 1000 };
const CHANNEL = 21068;

/** Names and values from which blocks are put together. */
const VALUES = [
  "0",
  "-1",
  "2**63",
  "1e999",
  "None",
  "True",
  "''",
  "'x' * 100",
  "b'\\xff'",
  "[]",
  "{}",
  "[[]]",
  "context",
  "answer",
  "llm_query",
  "print",
  "open('/tmp/f', 'w')",
  "iter('abc')",
  "object()",
  "type",
  "globals()",
  "Exception()",
  "...",
];
const NAMES = [
  "x",
  "y",
  "answer",
  "context",
  "FINAL",
  "llm_query",
  "print",
  "__builtins__",
  "_",
  "sys",
  "os",
];

const value = () => fc.constantFrom(...VALUES);
const name = () => fc.constantFrom(...NAMES);

/** One line of Python that usually runs. */
function line(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.tuple(name(), value()).map(([to, from]) => `${to} = ${from}`),
    fc.tuple(name(), value()).map(([what, argument]) => `${what}(${argument})`),
    fc.tuple(name(), name(), value()).map(([of, key, to]) => `${of}.${key} = ${to}`),
    fc.tuple(name(), value(), value()).map(([of, key, to]) => `${of}[${key}] = ${to}`),
    name().map((which) => `del ${which}`),
    name().map((which) => `import ${which}`),
    fc.tuple(value(), value()).map(([one, other]) => `${one} + ${other}`),
    fc.constantFrom("while True: x = 1", "raise SystemExit", "def f(): f()\nf()", "import os; os._exit(1)"),
    fc.string({ maxLength: 30 }),
  );
}

/** What a block writes to the host directly: nearly valid requests, and rubbish. */
function message(): fc.Arbitrary<string> {
  const field = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom("llm_query", "rlm_query", "x", null, true),
  );
  const request = fc.record(
    {
      kind: field,
      batched: field,
      prompts: fc.oneof(field, fc.array(field)),
      contexts: field,
      model: field,
      name: field,
      args: field,
      op: field,
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    request.map((fields) => Buffer.from(JSON.stringify(fields))),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  return fc
    .tuple(fc.constantFrom("J", "H", "T", "S", "X", ""), body)
    .map(
      ([kind, bytes]) =>
        `import os; print(os.read(${CHANNEL}, max(1, os.write(${CHANNEL}, ${JSON.stringify(kind)}.encode() + bytes.fromhex("${bytes.toString("hex")}"))))[:50])`,
    );
}

function block(): fc.Arbitrary<string> {
  const known = fc.constantFrom(...LEAKS, ...ALL_PROBES.map(({ code }) => code));
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(line(), { minLength: 1, maxLength: 5 }).map((lines) => lines.join("\n")),
    },
    {
      weight: 4,
      arbitrary: fc.array(message(), { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n")),
    },
    { weight: 1, arbitrary: known },
  );
}

/** What went wrong when the blocks ran, or null. */
async function problemOf(pool: PyodideReplPool, blocks: readonly string[]): Promise<string | null> {
  const repl = await pool.acquire();
  const forks: WorkerRepl[] = [];
  try {
    await repl.start({ context: "the context", seed: 1, onCall: echo });
    for (const code of blocks) {
      const { block: shown } = await repl.exec(code, LIMITS);
      const chars = [shown.stdout, shown.stderr, shown.value ?? "", shown.exception ?? ""].join("").length;
      if (chars > 2 * LIMITS.maxOutputChars + 400) return `${chars} characters came back`;
    }
    const fork = await repl.fork(echo);
    forks.push(fork);
    await fork.exec("1 + 1", LIMITS);
    await repl.start({ context: "the context", seed: 1, onCall: echo });
    const { block: clean } = await repl.exec("len(context), llm_query('a'), FINAL.__name__", {
      ...LIMITS,
      timeoutMs: 30_000,
    });
    return clean.value === "(11, 'echo: a', 'FINAL')"
      ? null
      : `the next episode found ${clean.value ?? clean.exception}`;
  } catch (error) {
    if (error instanceof ReplError) return `an infrastructure fault: ${error.message}`;
    throw error;
  } finally {
    for (const fork of forks) await pool.release(fork);
    await pool.release(repl);
  }
}

/** Tries episodes for a given time, and returns their number. Throws with the blocks that failed. */
export async function fuzzBlocks(seconds: number, seed: number): Promise<number> {
  const pool = new PyodideReplPool({ graceMs: 200, spares: 1 });
  const endsAt = performance.now() + seconds * 1000;
  let episodes = 0;
  try {
    for (let round = 0; performance.now() < endsAt; round++) {
      const samples = fc.sample(fc.array(block(), { minLength: 1, maxLength: 4 }), {
        seed: seed + round,
        numRuns: 20,
      });
      for (const blocks of samples) {
        if (performance.now() >= endsAt) break;
        const problem = await problemOf(pool, blocks);
        if (problem !== null)
          throw new Error(`${problem}, after (seed ${seed}, round ${round}):\n${blocks.join("\n---\n")}`);
        episodes += 1;
      }
    }
  } finally {
    await pool.close();
  }
  return episodes;
}
