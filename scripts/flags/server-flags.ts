/** The flags for requests to model servers: for the policy, and under `--sub-…` and `--judge-…` for the others. */
import type { InferredOptionTypes, Options } from "yargs";
import { parseLength } from "../../datasets/length.ts";
import { UsageError } from "../../src/errors.ts";
import type { OpenaiModelOptions } from "../../src/models/openai/openai.ts";
import type { JsonObject } from "../../src/types.ts";

export const EXTRA_BODY_FLAG = {
  type: "string",
  describe: `further fields of every request, as JSON, such as '{"chat_template_kwargs": {"enable_thinking": false}}'`,
} as const;

const SETTINGS = {
  api: {
    choices: ["chat", "responses", "messages"] as const,
    describe:
      "how the server is asked: chat completions (default), OpenAI's Responses, or Anthropic's Messages",
  },
  "top-p": { type: "number", describe: "nucleus sampling: the share of probability to sample from" },
  stop: {
    type: "string",
    array: true,
    nargs: 1,
    describe: "text at which a reply ends; may be given several times",
  },
  "reasoning-effort": {
    type: "string",
    describe: "how long the model thinks, in the server's terms, such as low",
  },
  "extra-body": EXTRA_BODY_FLAG,
  window: {
    type: "string",
    describe: "tokens of prompt and reply together, such as 32k (default: what the server says)",
  },
} satisfies Record<string, Options>;

/** Flags that the policy has under other names. */
const OF_OTHERS = {
  "base-url": { type: "string", describe: "base URL of its server (default: --base-url)" },
  "api-key-env": {
    type: "string",
    describe: "environment variable with its server's key (default: --api-key-env)",
  },
  temperature: { type: "number", describe: "sampling temperature" },
  ...SETTINGS,
} satisfies Record<string, Options>;

type Prefixed<P extends string, T extends Record<string, Options>> = {
  [K in keyof T & string as `${P}${K}`]: T[K];
};

function prefixed<P extends string, T extends Record<string, Options>>(
  prefix: P,
  of: string,
  flags: T,
): Prefixed<P, T> {
  const named = Object.entries(flags).map(([name, flag]) => [
    prefix + name,
    { ...flag, describe: `${of}: ${flag.describe}` },
  ]);
  return Object.fromEntries(named) as Prefixed<P, T>;
}

/** How long to wait for a server that is not up yet. */
const WAIT = {
  "wait-for-server": {
    type: "number",
    describe:
      "seconds to wait for a server that starts or loads its model (default: 20 to start, 300 to load)",
  },
} satisfies Record<string, Options>;

export const ASKING_FLAGS = { ...SETTINGS, ...prefixed("sub-", "sub-model", OF_OTHERS), ...WAIT };
export const JUDGE_FLAGS = prefixed("judge-", "judge", OF_OTHERS);
export const REFLECT_FLAGS = prefixed("reflect-", "reflecting model", OF_OTHERS);

export type AskingFlags = Partial<
  InferredOptionTypes<typeof ASKING_FLAGS> &
    InferredOptionTypes<typeof JUDGE_FLAGS> &
    InferredOptionTypes<typeof REFLECT_FLAGS>
>;

/** The role whose model is asked. */
export type Part = "policy" | "sub" | "judge" | "reflect";

type All = AskingFlags & {
  readonly "base-url"?: string | undefined;
  readonly "api-key-env": string;
  readonly temperature?: number | undefined;
};

/** What the flags say about the server of a role. */
export interface AskedServer {
  readonly baseUrl: string | undefined;
  readonly apiKeyEnv: string;
  /** True if the role has its own server. */
  readonly isOwn: boolean;
  readonly options: Pick<
    OpenaiModelOptions,
    "api" | "sampling" | "extraBody" | "windowTokens" | "startingMs" | "loadingMs"
  >;
}

/**
 * A role without its own server is asked like the policy, except for sampling, which is the role's own. The policy's
 * temperature is part of its requests. Throws `UsageError` for an invalid flag.
 */
export function serverOf(flags: All, part: Part): AskedServer {
  const prefix = part === "policy" ? "" : (`${part}-` as const);
  const own = flags[`${prefix}base-url`];
  const isOwn = part !== "policy" && own !== undefined;
  const shared = <K extends "api" | "extra-body" | "window">(name: K) =>
    flags[`${prefix}${name}`] ?? (isOwn ? undefined : flags[name]);
  const api = shared("api");
  const extraBody = shared("extra-body");
  const window = shared("window");
  const [topP, stop, effort] = [
    flags[`${prefix}top-p`],
    flags[`${prefix}stop`],
    flags[`${prefix}reasoning-effort`],
  ];
  const temperature = part === "policy" ? undefined : flags[`${part}-temperature`];
  const sampling = {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP: shareOf(topP, `--${prefix}top-p`) }),
    ...(stop !== undefined && { stop }),
    ...(effort !== undefined && { reasoningEffort: effort }),
  };
  const wait = flags["wait-for-server"];
  if (wait !== undefined && !(wait >= 0))
    throw new UsageError(`--wait-for-server: expected seconds of at least 0, got ${wait}`);
  return {
    baseUrl: own ?? flags["base-url"],
    apiKeyEnv: flags[`${prefix}api-key-env`] ?? flags["api-key-env"],
    isOwn,
    options: {
      ...(api !== undefined && { api }),
      ...(Object.keys(sampling).length > 0 && { sampling }),
      ...(extraBody !== undefined && { extraBody: objectIn(extraBody, `--${prefix}extra-body`) }),
      ...(window !== undefined && { windowTokens: parseLength(window) }),
      ...(wait !== undefined && { startingMs: wait * 1000, loadingMs: wait * 1000 }),
    },
  };
}

/** The flags that decide replies, for a run's manifest; only those given. */
export function askingInConfig(flags: AskingFlags): JsonObject {
  const given = [
    ...Object.keys(ASKING_FLAGS),
    ...Object.keys(JUDGE_FLAGS),
    ...Object.keys(REFLECT_FLAGS),
  ].flatMap((name) => {
    const value = flags[name as keyof AskingFlags];
    return value === undefined || name === "wait-for-server" || name.endsWith("api-key-env")
      ? []
      : [[name, value]];
  });
  return given.length > 0 ? { asking: Object.fromEntries(given) as JsonObject } : {};
}

function shareOf(value: number, flag: string): number {
  if (value > 0 && value <= 1) return value;
  throw new UsageError(`${flag}: expected a number above 0 and at most 1, got ${value}`);
}

/** The object in a flag's JSON. Throws `UsageError` that names the flag if the text is something else. */
export function objectIn(text: string, flag: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${flag}: expected a JSON object, got ${text}`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new UsageError(`${flag}: expected a JSON object, got ${text}`);
}
