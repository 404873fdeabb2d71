/** Episodes that do all an engine must bear: they compute, call, write, grow, fail, fork, sleep, run over time, are killed. */
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Random } from "../../src/random.ts";
import type { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../src/repl/pool/worker-repl.ts";
import type { HostCallHandler, ReplSession } from "../../src/repl/repl.ts";
import { readSnapshot, writeSnapshot } from "../../src/repl/pool/state-file.ts";
import { TextStore } from "../../src/repl/text/text-store.ts";

const LIMITS = { timeoutMs: 20_000, maxOutputChars: 2000 };
/** For blocks that end at their deadline; those that must have begun by then get more. */
const SHORT = { timeoutMs: 40, maxOutputChars: 2000 };
const BEGUN = { timeoutMs: 500, maxOutputChars: 2000 };
const MAX_STEPS = 4;
const PART_CHARS = 2000;
/** Above the size at which a context is attached apart, and shared. */
const LONG = "a line of a long context\n".repeat(40_000);
const onCall: HostCallHandler = (call) => Promise.resolve({ replies: call.prompts.map((prompt) => prompt) });

/** What a step works on; a step may go on in another REPL. */
interface Stage {
  readonly pool: PyodideReplPool;
  readonly folder: string;
  repl: WorkerRepl;
  /** Entries that `log` has in Python. */
  entries: number;
}

type Step = (stage: Stage) => Promise<void>;

/** A block that adds one entry. */
const entry =
  (code: string): Step =>
  async (stage) => {
    stage.entries++;
    await stage.repl.exec(`log.append(1)\n${code}`, LIMITS);
  };

/** A block that is stopped by one of the engine's limits, and leaves the log as it was. */
const stopped =
  (code: string, outcome: string, limits = LIMITS): Step =>
  async ({ repl }) => {
    const { block } = await repl.exec(code, limits);
    if (block.outcome !== outcome) throw new Error(`${outcome} was expected, not ${block.outcome}`);
  };

const STEPS: readonly (readonly [weight: number, name: string, step: Step])[] = [
  [300, "compute", entry("parts = [str(i).upper() for i in range(2000)]")],
  [
    200,
    "call",
    entry("replies = llm_query_batched([str(i) for i in range(20)])\nassert replies[19] == '19'"),
  ],
  [100, "files", entry("open(f'/tmp/{len(log)}', 'w').write('x' * 50_000)")],
  [50, "grow", entry("big = bytearray(20_000_000)\ndel big")],
  [20, "keep", entry("kept = [str(i) for i in range(100_000)]")],
  [50, "raise", entry("1 / 0")],
  [50, "read", entry("context[:100], len(context)")],
  [40, "fork", fork],
  [40, "sleep", sleep],
  [10, "write to disk", throughDisk],
  [20, "time-out", stopped("while True: pass", "timeout", SHORT)],
  [10, "exit", stopped("import os; os._exit(1)", "killed")],
  [10, "violation", stopped("import os; os.system('ls')", "violation")],
  [4, "kill", stopped("sum(range(10**12))", "killed", BEGUN)],
];

/** Plays one episode; throws where its state is not what it made of it. Adds the names of its steps to `counts`. */
export async function playEpisode(
  pool: PyodideReplPool,
  random: Random,
  folder: string,
  counts: Map<string, number>,
): Promise<void> {
  const stage: Stage = { pool, folder, repl: await pool.acquire(), entries: 0 };
  const context = drawContext(random);
  try {
    await stage.repl.start({ context, seed: random.below(1000), onCall });
    await stage.repl.exec("log = []", LIMITS);
    for (let left = random.randint(1, MAX_STEPS); left > 0; left--) {
      const [, name, step] = draw(random);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await step(stage);
      await expectEntries(stage.repl, stage.entries, name);
    }
  } finally {
    await pool.release(stage.repl);
    if (context instanceof TextStore) context.close();
  }
}

async function expectEntries(repl: WorkerRepl, entries: number, after: string): Promise<void> {
  const { block } = await repl.exec("len(log)", LIMITS);
  if (block.value !== String(entries))
    throw new Error(`${entries} entries were expected after ${after}, not ${block.value ?? block.exception}`);
}

async function fork({ repl, entries }: Stage): Promise<void> {
  const forked = await repl.fork(onCall);
  await forked.exec("log.append('of the fork')", LIMITS);
  await expectEntries(forked, entries + 1, "its own step");
  await forked.close();
}

/** The episode goes on elsewhere from its saved state, and the REPL it was in is given back. */
async function moveTo(stage: Stage, state: Awaited<ReturnType<WorkerRepl["snapshot"]>>): Promise<void> {
  const other = await stage.pool.acquire();
  await other.restore(state, onCall);
  await stage.pool.release(stage.repl);
  stage.repl = other;
}

async function sleep(stage: Stage): Promise<void> {
  await moveTo(stage, await stage.repl.snapshot());
}

async function throughDisk(stage: Stage): Promise<void> {
  const state = await stage.repl.snapshot();
  // A lazy text is not written; its owner would hand it in again.
  if (state.layer.text) return;
  const folder = path.join(stage.folder, `of-${performance.now()}`);
  await moveTo(stage, await readSnapshot(folder, await writeSnapshot(folder, state)));
  await rm(folder, { recursive: true });
}

function draw(random: Random): (typeof STEPS)[number] {
  let at = random.below(STEPS.reduce((sum, [weight]) => sum + weight, 0));
  return STEPS.find(([weight]) => (at -= weight) < 0) ?? STEPS[0]!;
}

/** Mostly small, sometimes one that many share, sometimes one of its own, sometimes one that stays with the host. */
function drawContext(random: Random): ReplSession["context"] {
  const kind = random.below(20);
  if (kind === 0) return TextStore.fromString(`${random.below(1000)}\n${LONG}`);
  if (kind === 1) return `${random.below(1000)}\n${LONG}`;
  return kind < 8 ? LONG : ["x".repeat(PART_CHARS), String(random.below(1000))];
}
