/**
 * Plays every strategy of every benchmark, made and read from files, into a run; runs it again with `replay --verify`;
 * then changes one byte at a time. Prints one line of figures; exits with 1 where an episode does not come out as recorded,
 * or a changed byte is not named by its turn and offset.
 *
 *   tsx test/stress/replay.ts [episodes = 200] [changed bytes = 40]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { replayRun } from "../../scripts/verbs/replay/replay-run.ts";
import type { Benchmark } from "../../src/env/define.ts";
import { environmentNamed } from "../../envs/make.ts";
import { assemble } from "../../src/env/assemble.ts";
import { problemAt } from "../../src/data/dataset.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import { Random } from "../../src/random.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { playPlan } from "../../src/queue/play-plan.ts";
import type { PlannedEpisode } from "../../src/episode/rollout.ts";
import { readTrajectories } from "../../src/runs/read-run.ts";
import { readContext } from "../../src/runs/context-files.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { changedBytes, replayEpisode } from "../../src/replay/replay.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Problem } from "../../src/types.ts";
import { benchmarksIn } from "../envs/benchmark-files.ts";

const [episodes = 200, changes = 40] = process.argv.slice(2).map(Number);
const concurrency = availableParallelism();
const folder = mkdtempSync(join(tmpdir(), "rlm-gym-replay-"));
const run = join(folder, "run");
const problems = new Map<string, Problem>();
const repls = new PyodideReplPool();
try {
  const writer = await RunWriter.create(run, { version: "show", seed: 0, config: {}, planned: episodes });
  const played = new Map<string, number>();
  const started = performance.now();
  await playPlan(planned(), {
    concurrency,
    onEnd: async (trajectory) => {
      const { task, reference } = problems.get(trajectory.rolloutId)!;
      await writer.append(trajectory, task.context, reference);
      played.set(trajectory.environment, (played.get(trajectory.environment) ?? 0) + 1);
    },
  });
  await writer.close("finished");
  const recorded = performance.now();
  const quiet = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  const signal = new AbortController().signal;
  // Throws at the first difference.
  await replayRun({ run, verify: true, rollout: undefined, concurrency, json: true, signal });
  process.stdout.write = quiet;
  const again = performance.now();
  const { found, tried } = await changeBytes();
  console.log(
    `${writer.manifest.counts.ended} episodes of ${played.size} benchmarks recorded in ${seconds(started, recorded)} s and the same in ${seconds(recorded, again)} s: ` +
      `${[...played].map(([name, count]) => `${name} ${count}`).join(", ")}; ${found} of ${tried} changed bytes named by turn and offset`,
  );
  process.exitCode = writer.manifest.counts.ok === episodes && found === tried ? 0 : 1;
} finally {
  await repls.close();
  rmSync(folder, { recursive: true });
}

/** Round the benchmarks and their strategies, the seed counting up. */
async function* planned(): AsyncGenerator<PlannedEpisode> {
  const kinds: { name: string; benchmark: Benchmark; strategies: string[] }[] = [];
  for (const [name, options] of benchmarksIn(folder)) {
    const benchmark = await environmentNamed(name).open(options, 0);
    kinds.push({ name, benchmark, strategies: Object.keys(benchmark.strategies) });
  }
  for (let index = 0; index < episodes; index += 1) {
    const { name, benchmark, strategies } = kinds[index % kinds.length]!;
    const round = Math.floor(index / kinds.length);
    const policy = benchmark.strategies[strategies[round % strategies.length]!]!();
    const problem = await problemAt(benchmark.problems, round);
    const model = simulatedModel({ readers: benchmark.readers, failureRate: 0.02, seed: index });
    const rolloutId = `${name}/${index}`;
    problems.set(rolloutId, problem);
    yield {
      makeEnv: () => assemble(name, benchmark, { repls, subModels: model, ...policy.recursion }),
      policy,
      subModel: model,
      reset: { ...problem, seed: index, rolloutId },
    };
  }
}

/** Of records spread over the run, one byte each: of a completion, an observation or a reply, in turn. */
async function changeBytes(): Promise<{ found: number; tried: number }> {
  const random = Random.of(0, "changed bytes");
  const step = Math.max(1, Math.floor(episodes / changes));
  let [index, tried, found] = [0, 0, 0];
  for await (const record of readTrajectories(run)) {
    index += 1;
    if (index % step !== 0 || tried >= changes) continue;
    const { changed, turn, offset } = withChangedByte(record, tried, random);
    tried += 1;
    const context = await readContext(run, record.task.context);
    const { difference } = await replayEpisode(changed, context, { repls });
    const isNamed = difference?.turn === turn && difference.offset === offset;
    // And the record as it was is not taken for a changed one.
    if (isNamed && changedBytes(record) === null) found += 1;
    else
      console.log(
        `${record.rolloutId}: expected turn ${turn}, byte ${offset}; got ${JSON.stringify(difference)}`,
      );
  }
  return { found, tried };
}

function withChangedByte(record: Trajectory, kind: number, random: Random) {
  const turn = random.below(record.turns.length);
  const replied = record.calls.filter(({ reply }) => reply);
  const call = replied.length > 0 ? random.choice(replied) : null;
  if (kind % 3 === 2 && call) {
    const { text, offset } = otherByte(call.reply!, random);
    const calls = record.calls.map((one) => (one === call ? { ...one, reply: text } : one));
    return { changed: { ...record, calls }, turn: call.turn, offset };
  }
  const was = record.turns[turn]!;
  const isSeen = kind % 3 === 1;
  const { text, offset } = otherByte(isSeen ? was.observation : was.completion.text, random);
  const now = isSeen ? { observation: text } : { completion: { ...was.completion, text } };
  const turns = record.turns.map((one) => (one === was ? { ...one, ...now } : one));
  return { changed: { ...record, turns }, turn, offset };
}

/** The text with one ASCII character in another one's place, and the offset of that byte in UTF-8. */
function otherByte(text: string, random: Random): { text: string; offset: number } {
  for (;;) {
    const at = random.below(text.length);
    const code = text.codePointAt(at)!;
    if (code > 126 || code < 33) continue;
    const other = code === 126 ? "!" : String.fromCodePoint(code + 1);
    const offset = Buffer.byteLength(text.slice(0, at));
    return { text: text.slice(0, at) + other + text.slice(at + 1), offset };
  }
}

function seconds(from: number, to: number): string {
  return ((to - from) / 1000).toFixed(0);
}
