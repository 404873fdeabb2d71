/** Continues a run's records from a turn with another policy, and writes the new episodes to their own run. */
import { availableParallelism } from "node:os";
import PQueue from "p-queue";
import type { Benchmark } from "../../../src/env/define.ts";
import { assemble } from "../../../src/env/assemble.ts";
import { UsageError } from "../../../src/errors.ts";
import { LanguagePools } from "../../../src/languages/language-pools.ts";
import type { Manifest } from "../../../src/runs/manifest.ts";
import { readManifest, readReferences, readTrajectories } from "../../../src/runs/read-run.ts";
import { readContext } from "../../../src/runs/context-files.ts";
import { RunWriter } from "../../../src/runs/run-writer.ts";
import { figuresOf, summarise } from "../../../src/report/summary.ts";
import { continueEpisode } from "../../../src/replay/continue.ts";
import { replayedLanguage } from "../../../src/replay/replay.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { JsonObject, Reference } from "../../../src/types.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { childPolicyFrom, policiesFrom, subModelsFrom } from "../../flags/model-flags.ts";
import { governorFrom } from "../../flags/pace-flags.ts";
import type { Governor } from "../../../src/models/governor.ts";
import type { ReplayFlags } from "./flags.ts";
import { summaryOf } from "../../output/table.ts";
import { version } from "../../../src/version.ts";

type Plan = ReplayFlags & { readonly concurrency: number; readonly signal: AbortSignal };

/** Skips episodes that do not have this turn, and counts them on stderr. */
export async function continueRun(plan: Plan, turn: number): Promise<void> {
  const { run, out } = plan;
  if (!Number.isInteger(turn) || turn < 0)
    throw new UsageError(`--from-turn: expected a whole number of at least 0, got ${turn}`);
  if (out === undefined) throw new UsageError("--from-turn needs --out FOLDER for the new episodes");
  if (plan.policy === undefined) throw new UsageError("--from-turn needs --policy NAME, to go on with");
  const manifest = await readManifest(run);
  await expectTurn(plan, turn);
  const references = await readReferences(run);
  const open = opener(manifest, plan.env);
  const governor = governorFrom(plan);
  const config = { continues: run, turn, policies: plan.policy, of: manifest.config };
  const planned = manifest.counts.ended * plan.policy.length;
  const writer = await RunWriter.create(out, { version, seed: manifest.seed, config, planned });
  const pools = new LanguagePools({ size: Math.min(plan.concurrency, availableParallelism()) });
  const queue = new PQueue({ concurrency: plan.concurrency });
  const figures: ReturnType<typeof figuresOf>[] = [];
  let [failure, tooShort]: [unknown, number] = [null, 0];
  const play = async (record: Trajectory) => {
    if (failure !== null || plan.signal.aborted) return;
    try {
      const benchmark = await open(record.environment);
      const reference = references.get(record.task.id) ?? null;
      const context = await readContext(run, record.task.context);
      const repls = pools.of(replayedLanguage(record));
      const subModels = subModelsFrom(plan, benchmark, manifest.seed, governor);
      for (const policy of await policiesOf(plan, { benchmark, reference, governor })) {
        const trajectory = await continueEpisode(record, turn, {
          context,
          reference,
          policy,
          subModels,
          ...childPolicyFrom(plan),
          signal: plan.signal,
          makeEnv: (parts) => assemble(record.environment, benchmark, { ...parts, repls }),
        });
        await writer.append(trajectory, context, reference);
        figures.push(figuresOf(trajectory, `${benchmark.label} from turn ${turn}`));
      }
    } catch (error) {
      failure ??= error;
    }
  };
  let status: "finished" | "interrupted" | "failed" = "failed";
  try {
    for await (const record of readTrajectories(run)) {
      if (plan.rollout !== undefined && record.rolloutId !== plan.rollout) continue;
      if (record.turns.length <= turn) tooShort += 1;
      else void queue.add(() => play(record));
      await queue.onSizeLessThan(1);
    }
    await queue.onIdle();
    plan.signal.throwIfAborted();
    if (failure !== null) throw failure as Error;
    status = "finished";
  } finally {
    await queue.onIdle();
    if (plan.signal.aborted) status = "interrupted";
    await pools.close();
    await writer.close(status);
  }
  if (tooShort > 0) process.stderr.write(`rlm-gym: ${tooShort} episode(s) have no turn ${turn}\n`);
  const table = { rows: summarise(figures), figures };
  const json = { run: out, counts: writer.manifest.counts, ...summaryOf.json(table) };
  process.stdout.write(
    plan.json
      ? `${JSON.stringify(json)}\n`
      : `${summaryOf.text(table)}\ntrajectories: ${out}/trajectories.jsonl\n`,
  );
}

/** Checks before a folder is made for nothing. */
async function expectTurn({ run, rollout }: Plan, turn: number): Promise<void> {
  for await (const { rolloutId, turns } of readTrajectories(run))
    if ((rollout ?? rolloutId) === rolloutId && turns.length > turn) return;
  const which = rollout === undefined ? "no episode" : `no episode ${rollout}`;
  throw new UsageError(`${run}: ${which} has a turn ${turn} to go on from`);
}

interface Continued {
  readonly benchmark: Benchmark;
  readonly reference: Reference | null;
  readonly governor: Governor;
}

async function policiesOf(plan: Plan, { benchmark, reference, governor }: Continued) {
  const [chosen = []] = await policiesFrom(plan, [benchmark], governor);
  return chosen.flatMap((one) => {
    if (!("knowing" in one)) return [one];
    return reference ? [one.knowing(reference)] : [];
  });
}

/** Opens each environment once, with the options that it had in the run. */
export function opener({ config, seed }: Manifest, file: string | undefined) {
  const opened = new Map<string, Promise<Benchmark>>();
  const given = (Array.isArray(config["options"]) ? config["options"] : []) as readonly JsonObject[];
  const open = async (name: string): Promise<Benchmark> => {
    const [environment] = await loadEnvironments(file === undefined ? name : undefined, file);
    let refusal: unknown = new UsageError(`the run's manifest holds no options for ${name}`);
    for (const options of given) {
      try {
        return await environment!.open(options, seed);
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal as Error;
  };
  return (name: string) => {
    const found = opened.get(name) ?? open(name);
    opened.set(name, found);
    return found;
  };
}
