/**
 * Nothing inside the REPL depends on the episode's seed or its ids, so nothing can be told of them from there; and the memory that
 * an episode has does not depend on who used its worker before.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../src/repl/pool/worker-repl.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Task } from "../../src/types.ts";
import { withEpisode } from "../repl/repl-contract.ts";
import { LEAKS } from "./hostile-episodes.ts";

/** A seed and a name that occur nowhere by chance. */
const SEED = 8_675_309_421_337;
/** A number that the policy's own code writes down, to see that it is found. */
const PLANTED = 4_815_162_342_108;
const TASK: Task = {
  id: "generated-task-73f1",
  dataset: "d",
  question: "Which?",
  context: "a context",
  contextTokens: 3,
  metadata: { seed: SEED },
};
/** Every source of chance, names, clocks and addresses that Python has. */
const LOOKS: readonly string[] = [
  "import random\nprint(random.getstate()[1], random.random(), random.Random().random(), random.SystemRandom().random())",
  "import os\nprint(os.urandom(16), os.getpid(), os.getppid(), os.times(), dict(os.environ), os.getcwd(), os.listdir('/'))",
  "import secrets, uuid\nprint(secrets.token_hex(), secrets.randbelow(10**9), uuid.uuid1(), uuid.uuid4(), uuid.getnode())",
  "print(hash('a'), hash(b'a'), [*{'a', 'b', 'c', 'd'}], id(object()), object())",
  "import time, datetime\nprint(time.time_ns(), time.monotonic_ns(), time.perf_counter_ns(), time.process_time_ns(), datetime.datetime.now())",
  "import tempfile\nprint(tempfile.mktemp(), tempfile.mkdtemp(), next(tempfile._get_candidate_names()))",
  "print(open('/dev/urandom', 'rb').read(16), open('/dev/random', 'rb').read(16))",
  "import numpy\nprint(numpy.random.get_state())",
  "import sys\nprint(sys.argv, sys.flags, sys.hash_info, sys.path, sys.executable, sys.version, sorted(sys.modules))",
  "import _random, threading\nprint(_random.Random().getstate(), threading.get_ident())",
  "import gc\nprint(sorted(repr(o)[:99] for o in gc.get_objects() if type(o) is dict and 'seed' in o and len(o) < 9))",
  "print(sorted(globals()), llm_query.__closure__, vars(type(answer)), SHOW_VARS())",
  `planted = ${PLANTED}`,
  "import random, os\nfor _ in range(700): random.getrandbits(32)\nprint(random.getrandbits(32), os.urandom(4))",
];

async function play(repls: ReplPool, { seed = SEED, id = TASK.id } = {}): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls,
    priceOf: () => 0,
    limits: { maxTurns: LOOKS.length + 1, maxOutputChars: 20_000 },
  });
  const actions = [...LOOKS.map((code) => ({ code })), { answer: "done" }];
  const policy = {
    name: "looks",
    start: () => ({ act: async () => await Promise.resolve(actions.shift()!) }),
  };
  const task = { ...TASK, id, metadata: { seed } };
  try {
    return await rolloutEpisode(env, { policy, reset: { task, seed } });
  } finally {
    await env.close();
  }
}

/** What the policy saw: its prompts, and all that its code printed. */
const seen = ({ opening, turns }: Trajectory) =>
  JSON.stringify([opening, turns.map(({ results }) => results)]);

/** The ways in which a number stands in memory: as decimal text, as a double, as 64 bits, and as Python's digits of 30 bits. */
function marksOf(seed: number): Buffer[] {
  const [double, whole, digits] = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)];
  double.writeDoubleLE(seed);
  whole.writeBigUInt64LE(BigInt(seed));
  digits.writeUInt32LE(seed % 2 ** 30, 0);
  digits.writeUInt32LE(Math.floor(seed / 2 ** 30), 4);
  return [Buffer.from(String(seed)), Buffer.from(seed.toString(16)), double, whole, digits];
}

/** A pool that hands out the REPLs of another, and keeps the memory of each when its episode ends. */
function watched(pool: PyodideReplPool, memories: Buffer[]): ReplPool {
  return {
    acquire: (...given) => pool.acquire(...given),
    async release(repl) {
      const { memory, files } = await (await (repl as WorkerRepl).snapshot()).state.read();
      memories.push(Buffer.from(memory.data), Buffer.from(JSON.stringify(files)));
      await pool.release(repl as WorkerRepl);
    },
    close: () => pool.close(),
  };
}

describe.each(["thread", "process"] as const)("from inside a worker's %s", (isolation) => {
  let pool: PyodideReplPool;
  const deaths: string[] = [];
  beforeAll(() => {
    pool = new PyodideReplPool({
      isolation,
      size: 1,
      graceMs: 2_000,
      maxHeapBytes: 160 << 20,
      recycleHeapBytes: 1 << 30,
      onEvent: (event) => event.type === "death" && deaths.push(event.message),
    });
  });
  afterAll(() => pool.close());

  test("every look at chance, names and clocks shows the same, whatever the seed and the ids", async () => {
    const first = await play(pool);
    const exceptions = first.turns.flatMap(({ results }) => results.map(({ exception }) => exception ?? ""));
    // There is no numpy.
    expect(exceptions.filter(Boolean)).toEqual([expect.stringContaining("No module named 'numpy'")]);
    expect(seen(await play(pool, { seed: 17 }))).toBe(seen(first));
    expect(seen(await play(pool, { seed: SEED + 1, id: "another" }))).toBe(seen(first));
    expect(seen(first)).not.toContain(String(SEED));
    expect(seen(first)).not.toContain(TASK.id);
  });

  test("its whole memory and its files hold neither the seed nor an id", async () => {
    const memories: Buffer[] = [];
    const { rolloutId, groupId } = await play(watched(pool, memories));
    const holds = (mark: Buffer) => memories.some((memory) => memory.includes(mark));
    expect(holds(Buffer.from("a context"))).toBe(true);
    expect(marksOf(PLANTED).map(holds)).toEqual([true, false, false, false, true]);
    const marks = [...marksOf(SEED), ...[TASK.id, rolloutId, groupId].map((id) => Buffer.from(id))];
    expect(marks.filter(holds)).toEqual([]);
  });

  test("memory suffices as on a fresh worker after 300 hostile episodes on one", async () => {
    const fill =
      "kept = []\ntry:\n  while True: kept.append(bytearray(50_000))\nexcept MemoryError:\n  n = len(kept); kept.clear()\nn";
    const chunks = (of: PyodideReplPool) => withEpisode(of, async ({ run }) => (await run(fill)).block.value);
    const fresh = new PyodideReplPool({ isolation, size: 1, maxHeapBytes: 160 << 20 });
    const expected = await chunks(fresh);
    await fresh.close();
    expect(Number(expected)).toBeGreaterThan(1000);
    // Without those that a worker does not survive: it would be another one.
    const hostile = LEAKS.filter((code) => !/while True|10\*\*9\)/.test(code));
    deaths.length = 0;
    for (let episode = 0; episode < 300; episode++)
      await withEpisode(pool, ({ run }) => run(hostile[episode % hostile.length]!, { timeoutMs: 2_000 }));
    expect(deaths).toEqual([]);
    expect(await chunks(pool)).toBe(expected);
  });
});
