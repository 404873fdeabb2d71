/** `rlm-gym serve`: an environment behind OpenEnv's protocol, for trainers in any language. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { Parser } from "yargs/helpers";
import { UsageError } from "../../../src/errors.ts";
import { replPoolFrom } from "../../flags/repl-pool.ts";
import { RunWriter } from "../../../src/runs/run-writer.ts";
import { makeGauges } from "../../../src/server/gauges.ts";
import { type RunningServer, startServer } from "../../../src/server/server.ts";
import type { JsonObject } from "../../../src/types.ts";
import { environmentOptions, withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { endWithStdin, onInterrupt } from "../../interrupt.ts";
import { limitsFrom, withLimitFlags } from "../../flags/limit-flags.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { type Told, toldFrom, toldInConfig } from "../../flags/prompt-flags.ts";
import { rewardFrom, rewardInConfig, type RewardOption } from "../../flags/reward-flags.ts";
import { askingInConfig } from "../../flags/server-flags.ts";
import { FLAGS, type ServeFlags } from "./flags.ts";
import { episodeHostOf, subModelsOf } from "./episode-host.ts";
import { portFrom, seconds, tlsFrom, tokensFrom, wholeNumber } from "../../flags/values.ts";
import { version } from "../../../src/version.ts";

/** @param args the raw arguments: the environment's own flags are known only once its name is. */
export function serveVerb(args: readonly string[]): CommandModule<object, ServeFlags> {
  return {
    builder: async (argv) => {
      const { env } = Parser([...args], { string: ["env"] });
      const named = typeof env === "string" ? await environmentNamed(env) : [];
      return named
        .reduce(withEnvironmentFlags, withLimitFlags(argv.options(FLAGS)) as Argv<ServeFlags>)
        .example("$0 serve --env s-niah --port 8000", "for any OpenEnv client")
        .example("$0 serve --env s-niah --profile repl-env", "for OpenEnv's own REPLEnv")
        .example("$0 serve --env s-niah --profile text", "for clients that send a model's reply as text")
        .example(
          "$0 serve --env s-niah --gateway http://localhost:8001 --sub-model M",
          "with the token ids of every call",
        )
        .example("$0 serve --env s-niah --host 0.0.0.0 --token-file tokens", "for other machines");
    },
    handler: serve,
  };
}

async function serve(flags: ServeFlags & Record<string, unknown>): Promise<void> {
  if (flags.env === undefined)
    throw new UsageError("serve: name an environment with --env (rlm-gym envs lists them)");
  const limits = boundsFrom(flags);
  const [environment] = await environmentNamed(flags.env);
  const [options, ...more] = environmentOptions(environment!, flags);
  if (more.length > 0) throw new UsageError("--length: serve takes one length");
  const seed = wholeNumber(flags.seed, "--seed", 0);
  const benchmark = await environment!.open(options!, seed);
  const tokens = await tokensFrom(flags["token-file"]);
  const tls = await tlsFrom(flags["tls-cert"], flags["tls-key"]);
  const gauges = makeGauges();
  const models = subModelsOf(flags, benchmark, seed);
  const told = await toldFrom(flags);
  const reward = await rewardFrom(flags);
  const played = { environment: environment!.name, options: options!, seed, told, reward };
  const writer = flags.out === undefined ? null : await openWriter(flags, played);
  const repls = await replPoolFrom(flags, availableParallelism(), {
    ...(flags["worker-memory"] !== undefined && {
      workerBytes: wholeNumber(flags["worker-memory"], "--worker-memory", 0) * 2 ** 20,
    }),
  });
  const interrupt = onInterrupt();
  if (flags["until-stdin-ends"]) endWithStdin();
  let server: RunningServer | null = null;
  try {
    const host = episodeHostOf({
      environment: environment!,
      benchmark,
      models,
      flags: { ...flags, limits: limitsFrom(flags) },
      told,
      reward,
      repls,
      gauges,
      writer,
    });
    const { profile } = host;
    const about = { name: environment!.name, description: profile.description, version };
    const isRecorded = (rolloutId: string) => writer?.has(rolloutId) ?? false;
    server = await startServer({
      ...limits,
      profile,
      about,
      gauges,
      host: flags.host,
      tokens,
      isRecorded,
      ...(tls && { tls }),
    });
    process.stderr.write(`rlm-gym: ${environment!.name} (${profile.name}) at ${server.url}\n`);
    await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve, { once: true }));
  } finally {
    const left = await server?.close(flags["drain-seconds"]);
    if (left)
      process.stderr.write(
        `rlm-gym: ${left} step(s) were cut; their episodes are recorded as infra errors\n`,
      );
    await repls.close();
    await writer?.close(server === null ? "failed" : "finished");
    interrupt.done();
  }
}

/** The numeric flags, each checked. */
function boundsFrom(flags: ServeFlags) {
  return {
    port: portFrom(flags.port),
    maxSessions: wholeNumber(flags["max-sessions"], "--max-sessions", 1),
    queueSeconds: seconds(flags["queue-seconds"], "--queue-seconds"),
    idleSeconds: seconds(flags["idle-seconds"], "--idle-seconds"),
    patienceSeconds: seconds(flags["patience-seconds"], "--patience-seconds"),
    drainSeconds: seconds(flags["drain-seconds"], "--drain-seconds"),
    maxEpisodesPerSession: wholeNumber(flags["max-episodes"], "--max-episodes", 1),
    maxMessageBytes: wholeNumber(flags["max-message-mb"], "--max-message-mb", 1) * 2 ** 20,
  };
}

async function environmentNamed(name: string) {
  const isFile = /[/\\]|\.[cm]?[jt]s$/.test(name);
  const found = await (isFile ? loadEnvironments(undefined, name) : loadEnvironments(name, undefined));
  if (found.length > 1) throw new UsageError("--env: serve takes one environment");
  return found;
}

function openWriter(
  flags: ServeFlags,
  {
    environment,
    options,
    seed,
    told,
    reward,
  }: {
    readonly environment: string;
    readonly options: JsonObject;
    readonly seed: number;
    readonly told: Told;
    readonly reward: RewardOption | null;
  },
): Promise<RunWriter> {
  const config = {
    environment,
    options: [options],
    profile: flags.profile,
    seed,
    ...toldInConfig(told),
    ...askingInConfig(flags),
    ...(flags.lambda !== undefined && { lambda: flags.lambda }),
    ...rewardInConfig(reward ?? undefined),
    limits: { ...limitsFrom(flags) },
  };
  const plan = { version, seed, config, planned: 0 };
  const goesOn = flags.resume && existsSync(join(flags.out!, "manifest.json"));
  return goesOn ? RunWriter.resume(flags.out!, plan) : RunWriter.create(flags.out!, plan);
}
