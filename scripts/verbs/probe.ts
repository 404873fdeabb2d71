/** `rlm-gym probe`: plays hack probes against a reward, and fails if one of them earns more than honest work. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { Parser } from "yargs/helpers";
import { probeReward, type ProbeReport } from "../../envs/probe.ts";
import { RLMError } from "../../src/errors.ts";
import { pythonOf } from "../../src/languages/python/python.ts";
import { columns } from "../output/columns.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";
import { environmentOptions, withEnvironmentFlags } from "../flags/environment-flags.ts";
import { loadEnvironments } from "../input/load-environment.ts";
import { loadSpec } from "../input/load-spec.ts";
import { wholeNumber } from "../flags/values.ts";

const FLAGS = {
  env: { type: "string", demandOption: true, describe: "an environment's name, or a file of your own" },
  episodes: { type: "number", default: 4, describe: "tasks that each policy plays" },
  seed: { type: "number", default: 0, describe: "seed of tasks and everything else random" },
  ...EXPLAIN_FLAG,
  json: { type: "boolean", default: false, describe: "print the report as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { spec?: string | undefined } & InferredOptionTypes<typeof FLAGS>;

/** @param args the raw arguments: the environment's own flags are known only once its name is. */
export function probeVerb(args: readonly string[]): CommandModule<object, Flags> {
  return {
    builder: async (argv) => {
      const { env } = Parser([...args], { string: ["env"] }) as { env?: string };
      const base = argv
        .positional("spec", { type: "string", describe: "the reward's file, or default" })
        .options(FLAGS);
      return (env === undefined ? base : withEnvironmentFlags(base, await environmentOf(env)))
        .example(
          "$0 probe default --env oolong-pairs --length 8k",
          "the reward that environments have by default",
        )
        .example("$0 probe mine.yaml --env s-niah --json", "your own reward, as JSON");
    },
    handler: async (flags) => {
      const spec = await loadSpec(flags.spec ?? "", "spec");
      const environment = await environmentOf(flags.env);
      const [options = {}] = environmentOptions(environment, flags);
      const seed = wholeNumber(flags.seed, "--seed", 0);
      const episodes = wholeNumber(flags.episodes, "--episodes", 1);
      const benchmark = await environment.open(options, seed);
      const repls = pythonOf().openPool({ size: 1 });
      try {
        const report = await probeReward(environment.name, benchmark, spec, { episodes, seed, repls });
        process.stdout.write(
          flags.json ? `${JSON.stringify({ spec: spec.name, ...report })}\n` : table(report),
        );
        await explain(flags.explain, flags.json, "Tables of probe and credit");
        if (report.findings.length > 0)
          throw new RLMError(
            `${spec.name} can be gamed on ${environment.name}: ${report.findings.join("; ")}`,
          );
      } finally {
        await repls.close();
      }
    },
  };
}

async function environmentOf(name: string) {
  const isFile = /\.[cm]?[jt]s$/.test(name);
  const [environment] = await loadEnvironments(isFile ? undefined : name, isFile ? name : undefined);
  return environment!;
}

function table({ honest, probes, best, skipped }: ProbeReport): string {
  const row = (policy: string, score: number, reward: number, verdict: string) => [
    policy,
    score.toFixed(3),
    reward.toFixed(3),
    verdict,
  ];
  const rows = [
    ...honest.map((own) =>
      row(own.policy, own.score, own.reward, own.policy === best.policy ? "best honest" : ""),
    ),
    ...probes.map((own) => row(own.policy, own.score, own.reward, own.verdict)),
  ];
  const notes = [
    "Every policy played on a simulated sub-model.",
    ...skipped.map((check) => `Not checked: ${check}.`),
  ];
  return `${columns([["policy", "score", "reward", "verdict"], ...rows], new Set([0, 3]))}\n\n${notes.join("\n")}\n`;
}
