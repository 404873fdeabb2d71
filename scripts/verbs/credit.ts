/** `rlm-gym credit`: measures what each reply of a run's sub-calls was worth, by replaying the episodes without it. */
import { join } from "node:path";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import type { Benchmark } from "../../src/env/define.ts";
import { UsageError } from "../../src/errors.ts";
import { LanguagePools } from "../../src/languages/language-pools.ts";
import type { Model } from "../../src/models/model.ts";
import { rewardOfBenchmark } from "../../src/env/assemble.ts";
import { writeAtomically } from "../../src/files/atomic-write.ts";
import type { Manifest } from "../../src/runs/manifest.ts";
import { readManifest, readReferences, readDistinctTrajectories } from "../../src/runs/read-run.ts";
import { countRecords } from "../../src/runs/count-records.ts";
import { readContext } from "../../src/runs/context-files.ts";
import { mean } from "../../src/statistics.ts";
import { type CounterfactualCredit, counterfactualCredit } from "../../src/replay/counterfactual.ts";
import { replayedLanguage } from "../../src/replay/replay.ts";
import { columns, compact } from "../output/columns.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";
import { markedPolicy, SIMULATED_NOTE } from "../output/reward-tables.ts";
import { opener } from "./replay/continue-run.ts";
import { onInterrupt } from "../interrupt.ts";
import { loadSpec, type NamedSpec } from "../input/load-spec.ts";
import { simulatedModels } from "../flags/model-flags.ts";
import { showProgress } from "../output/progress.ts";
import { tellOfGroupTerms } from "../flags/reward-flags.ts";

const FLAGS = {
  spec: {
    type: "string",
    default: "default",
    describe: "the reward: JSON, YAML, or a TypeScript file that exports spec; or default",
  },
  rollout: { type: "string", describe: "only the episode with this rollout id" },
  env: { type: "string", describe: "the file of an environment of your own" },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the result as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { run?: string | undefined } & InferredOptionTypes<typeof FLAGS>;

export const creditVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("run", { type: "string", demandOption: true, describe: "a run's folder" })
      .options(FLAGS)
      .example("$0 credit runs/demo", "writes runs/demo/credit-default.jsonl, one row per episode")
      .example("$0 credit runs/demo --spec frugal.yaml --json", "under another reward"),
  handler: async (flags) => {
    const run = flags.run ?? "";
    const spec = await loadSpec(flags.spec);
    tellOfGroupTerms(spec, "are left out: each episode is replayed on its own");
    const interrupt = onInterrupt();
    try {
      const found = await creditsOf(run, spec, flags, interrupt.signal);
      const file = join(run, `credit-${spec.name}.jsonl`);
      await writeAtomically(file, found.map(({ row }) => `${JSON.stringify(row)}\n`).join(""));
      const policies = byPolicy(found);
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ run, file, spec: spec.name, episodes: found.length, policies })}\n`
          : `${table(policies)}\n\ncredit: ${file}\n`,
      );
      await explain(flags.explain, flags.json, "Tables of probe and credit");
    } finally {
      interrupt.done();
    }
  },
};

interface Found {
  readonly policy: string;
  readonly simulated: boolean;
  readonly row: CounterfactualCredit;
}

/** Leaves out infrastructure faults, episodes without gold, and policies that were told the gold. */
async function creditsOf(
  run: string,
  spec: NamedSpec,
  { rollout, env }: Flags,
  signal: AbortSignal,
): Promise<Found[]> {
  const manifest = await readManifest(run);
  const references = await readReferences(run);
  const open = opener(manifest, env);
  const pools = new LanguagePools({ size: 1 });
  const progress = showProgress(rollout === undefined ? await countRecords(run) : 1);
  const found: Found[] = [];
  try {
    for await (const record of readDistinctTrajectories(run)) {
      if (rollout !== undefined && record.rolloutId !== rollout) continue;
      const reference = references.get(record.task.id);
      if (reference && record.status === "ok" && record.readsGold !== true) {
        const benchmark = await open(record.environment);
        const models = simulatedOf(manifest, benchmark);
        const row = await counterfactualCredit(record, {
          context: await readContext(run, record.task.context),
          reward: rewardOfBenchmark(spec, benchmark),
          unrecorded: (name) => models.find((model) => model.name === name),
          reference,
          repls: pools.of(replayedLanguage(record)),
          signal,
        });
        found.push({ policy: record.policy, simulated: record.simulated, row });
      }
      progress.advance(record.rolloutId);
    }
  } finally {
    progress.stop();
    await pools.close();
  }
  if (found.length > 0) return found;
  throw new UsageError(
    `${run}: ${rollout === undefined ? "no episode can be given credit" : `no episode ${rollout} that can be given credit`}`,
  );
}

/** The run's sub-models, if they are simulated: they answer calls that the recording does not hold, as in the run. */
function simulatedOf({ config, seed }: Manifest, benchmark: Benchmark): readonly Model[] {
  const name = config["subModel"];
  return (typeof name === "string" ? simulatedModels(name, benchmark, seed) : null) ?? [];
}

function byPolicy(found: readonly Found[]) {
  return [...new Set(found.map(({ policy }) => policy))].map((policy) => {
    const own = found.filter((one) => one.policy === policy);
    const credits = own.flatMap(({ row }) => row.credits);
    const count = (is: (reward: number) => boolean) => credits.filter(({ reward }) => is(reward)).length;
    return {
      policy,
      simulated: own.some(({ simulated }) => simulated),
      episodes: own.length,
      replies: credits.length,
      helped: count((reward) => reward > SAME),
      idle: count((reward) => Math.abs(reward) <= SAME),
      harmed: count((reward) => reward < -SAME),
      meanReward: credits.length === 0 ? 0 : mean(credits.map(({ reward }) => reward)),
      meanTokens: credits.length === 0 ? 0 : mean(credits.map(({ tokens }) => tokens)),
      unrecorded: credits.reduce((sum, { unrecorded }) => sum + unrecorded, 0),
    };
  });
}

/** Rewards that differ by less count as equal: sums of floats are rounded. */
const SAME = 1e-9;
const HEAD = [
  "policy",
  "n",
  "replies",
  "helped",
  "idle",
  "harmed",
  "mean credit",
  "mean tokens",
  "not recorded",
];

function table(policies: ReturnType<typeof byPolicy>): string {
  const rows = policies.map((own) => [
    markedPolicy(own),
    ...[own.episodes, own.replies, own.helped, own.idle, own.harmed].map(String),
    own.meanReward.toFixed(4),
    compact(own.meanTokens),
    String(own.unrecorded),
  ]);
  const notes = policies.some(({ simulated }) => simulated) ? ["", SIMULATED_NOTE] : [];
  return [columns([HEAD, ...rows], new Set([0])), ...notes].join("\n");
}
