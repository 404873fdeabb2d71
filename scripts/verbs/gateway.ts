/** `rlm-gym gateway`: a proxy in front of a model server that captures, by session, what the server sampled. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../src/errors.ts";
import { plainUrl } from "../../src/http/plain-url.ts";
import { type RunningGateway, startGateway } from "../../src/gateway/gateway.ts";
import { endWithStdin, onInterrupt } from "../interrupt.ts";
import { listenFlags, STDIN_FLAG } from "../flags/listen-flags.ts";
import { EXTRA_BODY_FLAG, objectIn } from "../flags/server-flags.ts";
import { portFrom, seconds, tlsFrom, tokensFrom, wholeNumber } from "../flags/values.ts";

const FLAGS = {
  upstream: {
    type: "string",
    describe: "base URL of the model server, such as http://localhost:8000/v1",
  },
  "api-key-env": {
    type: "string",
    default: "OPENAI_API_KEY",
    describe: "environment variable with the model server's key",
  },
  "extra-body": EXTRA_BODY_FLAG,
  "until-stdin-ends": STDIN_FLAG,
  out: {
    type: "string",
    default: "gateway",
    describe: "folder for the traces; sessions that are open there continue",
  },
  ...listenFlags(8001, "gateway"),
  capture: {
    choices: ["ids", "logprobs", "none"] as const,
    default: "ids" as const,
    describe:
      "what to ask the server for: token ids and log-probabilities (vLLM), log-probabilities only, or neither",
  },
  "max-sessions": { type: "number", default: 10_000, describe: "sessions at a time" },
  "max-calls": { type: "number", default: 100_000, describe: "calls of one session" },
  "calls-in-flight": {
    type: "number",
    default: 256,
    describe: "calls upstream at a time; others wait",
  },
  "queue-seconds": {
    type: "number",
    default: 30,
    describe: "how long a call waits for its turn before a 503",
  },
  "call-seconds": { type: "number", default: 900, describe: "time limit of one call before a 504" },
  "idle-seconds": { type: "number", default: 3600, describe: "silence after which a session is forgotten" },
  "drain-seconds": { type: "number", default: 20, describe: "time that a shutdown gives running calls" },
  "max-message-mb": { type: "number", default: 64, describe: "megabytes of one request" },
  "max-reply-mb": { type: "number", default: 256, describe: "megabytes of one reply" },
} satisfies Record<string, Options>;

type GatewayFlags = InferredOptionTypes<typeof FLAGS>;

/** The longest that a client may take to read a piece of a stream. */
const SEND_SECONDS = 60;

export const gatewayVerb: CommandModule<object, GatewayFlags> = {
  builder: (argv) =>
    argv
      .options(FLAGS)
      .example("$0 gateway --upstream http://localhost:8000/v1", "in front of your own vLLM")
      .example(
        "$0 rollout s-niah --policy openai --model M --gateway http://localhost:8001",
        "and episodes through it",
      ),
  handler: async (flags) => {
    const { upstream, host } = flags;
    if (upstream === undefined)
      throw new UsageError(
        "gateway: name the model server with --upstream, such as http://localhost:8000/v1",
      );
    const apiKey = process.env[flags["api-key-env"]];
    const megabytes = (name: "max-message-mb" | "max-reply-mb") =>
      wholeNumber(flags[name], `--${name}`, 1) * 2 ** 20;
    const drainSeconds = seconds(flags["drain-seconds"], "--drain-seconds");
    const tls = await tlsFrom(flags["tls-cert"], flags["tls-key"]);
    const interrupt = onInterrupt();
    if (flags["until-stdin-ends"]) endWithStdin();
    let gateway: RunningGateway | null = null;
    try {
      gateway = await startGateway({
        ...(flags["extra-body"] !== undefined && {
          sampling: objectIn(flags["extra-body"], "--extra-body"),
        }),
        upstream: { url: upstream, ...(apiKey !== undefined && { apiKey }) },
        folder: flags.out,
        host,
        port: portFrom(flags.port),
        tokens: await tokensFrom(flags["token-file"]),
        ...(tls && { tls }),
        capture: flags.capture,
        maxSessions: wholeNumber(flags["max-sessions"], "--max-sessions", 1),
        maxCallsPerSession: wholeNumber(flags["max-calls"], "--max-calls", 1),
        callsInFlight: wholeNumber(flags["calls-in-flight"], "--calls-in-flight", 1),
        queueSeconds: seconds(flags["queue-seconds"], "--queue-seconds"),
        callSeconds: seconds(flags["call-seconds"], "--call-seconds"),
        idleSeconds: seconds(flags["idle-seconds"], "--idle-seconds"),
        sendSeconds: SEND_SECONDS,
        maxMessageBytes: megabytes("max-message-mb"),
        maxReplyBytes: megabytes("max-reply-mb"),
      });
      process.stderr.write(
        `rlm-gym: gateway to ${plainUrl(upstream, "--upstream")} at ${gateway.url}; traces in ${flags.out}\n`,
      );
      await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve, { once: true }));
    } finally {
      const cut = await gateway?.close(drainSeconds);
      if (cut) process.stderr.write(`rlm-gym: ${cut} call(s) were still under way and count as lost\n`);
      interrupt.done();
    }
  },
};
