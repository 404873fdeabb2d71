/** Builds a run on a worker's machine from the coordinator's flags, and checks that it is the same run. */
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { UsageError } from "../../../src/errors.ts";
import type { ContextStore } from "../../../src/queue/context-store.ts";
import type { RunNotice } from "../../../src/queue/redis/run-presence.ts";
import { configDifference } from "../../../src/runs/config-difference.ts";
import { hashOfPath } from "../../../src/files/file-hash.ts";
import type { Json, JsonObject } from "../../../src/types.ts";
import { type Asked, askedFor } from "../rollout/asked.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import type { RolloutFlags } from "../rollout/flags.ts";
import { keysToSend } from "./keys-to-send.ts";

/** Data that only the coordinator reads: tasks come with their jobs, and an empty file replaces it here. */
const OF_THE_COORDINATOR: ReadonlySet<string> = new Set(["file", "ruler", "corpus"]);
/** What is fetched from another machine is data by its name. Whoever writes to Redis could have anything else run here. */
const DATA = /\.(?:jsonl?|csv|tsv|ya?ml|parquet|txt|md|label|whl)(?:\.gz)?$/;
/** Code is loaded only where this machine has the file that the run has. */
const CODE = /\.[cm]?[jt]sx?$/;

type Flags = RolloutFlags & Record<string, unknown>;

const SERVERS = ["base-url", "sub-base-url", "judge-base-url"] as const;

/** What this machine has in the place of what the coordinator's flags say. */
interface Own {
  readonly env: string | undefined;
  readonly servers: { readonly [name in (typeof SERVERS)[number]]?: string | undefined };
}

/** How models are asked here, with the run's own URLs, so that they compare as equal. */
function withUrlsOf(here: Json | undefined, ofRun: Json): Json {
  const urls = Object.entries(ofRun as JsonObject).filter(([name]) => name.endsWith("base-url"));
  return { ...(here as JsonObject | undefined), ...Object.fromEntries(urls) };
}

/** Throws `UsageError` if this machine would play other episodes. */
export async function runAsAsked(
  notice: RunNotice,
  own: Own,
  store: ContextStore,
): Promise<{ readonly asked: Asked; readonly flags: Flags }> {
  const { run } = notice;
  const flags = await flagsHere(notice, own, store);
  const asked = await askedFor(await loadEnvironments(flags.environment, flags.env), flags);
  // Where this machine finds the servers is its own matter.
  const { options, files, baseUrl, asking } = notice.config;
  const here = {
    ...asked.config,
    options: options!,
    ...(files && { files }),
    baseUrl: baseUrl!,
    ...(asking && { asking: withUrlsOf(asked.config["asking"], asking) }),
  };
  const differences = configDifference(notice.config, here);
  if (differences.length > 0)
    throw new UsageError(`this worker would play other episodes than run ${run}: ${differences.join("; ")}`);
  return { asked, flags };
}

async function flagsHere(notice: RunNotice, own: Own, store: ContextStore): Promise<Flags> {
  const files = (notice.config.files ?? {}) as Record<string, string>;
  if (notice.flags === null)
    throw new UsageError(
      `run ${notice.run} is coordinated by a program, not by rlm-gym rollout: join it with joinRollout and the same options`,
    );
  const flags: Record<string, unknown> = { ...notice.flags };
  for (const [name, value] of Object.entries(flags)) {
    // This machine must have its own copies of policy files.
    for (const part of name === "policy" && Array.isArray(value)
      ? value.flatMap((names: string) => names.split(","))
      : [])
      if (part in files) await pathHere(part, files[part]!, name, store);
      else if (CODE.test(part))
        throw new UsageError(`--${name} ${part}: the run does not say which code this is`);
    if (name === "env" || typeof value !== "string") continue;
    const paths = value.split(",");
    if (!paths.every((path) => path in files)) {
      if (paths.some((path) => CODE.test(path)))
        throw new UsageError(`--${name} ${value}: the run does not say which code this is`);
      continue;
    }
    const here = await Promise.all(paths.map((path) => pathHere(path, files[path]!, name, store)));
    flags[name] = here.join(",");
  }
  if (flags.env !== undefined) {
    if (own.env === undefined)
      throw new UsageError(`run ${notice.run} plays an environment of your own: name its file with --env`);
    if ((await hashOfPath(own.env)) !== files[flags.env as string])
      throw new UsageError(`--env ${own.env}: expected the same file that run ${notice.run} plays`);
    flags.env = own.env;
  }
  for (const name of SERVERS) {
    const url = own.servers[name];
    if (url === undefined) continue;
    if (name !== "base-url" && flags[name] === undefined)
      throw new UsageError(`--${name}: run ${notice.run} has no such server`);
    flags[name] = url;
  }
  return { ...flags, ...keysToSend(flags, own.servers) } as Flags;
}

async function pathHere(path: string, hash: string, name: string, store: ContextStore): Promise<string> {
  if (existsSync(path) && (await hashOfPath(path)) === hash) return path;
  if (OF_THE_COORDINATOR.has(name)) {
    const standIn = join(await mkdtemp(join(tmpdir(), "rlm-gym-worker-")), basename(path));
    await writeFile(standIn, "");
    return standIn;
  }
  if (!DATA.test(path))
    throw new UsageError(
      `${path}: this machine must have the same file, since only data is fetched, and its name is not that of data`,
    );
  return store.file(hash, path);
}
