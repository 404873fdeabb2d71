/** The verbs of the command. Each is loaded when it is called, so that no verb waits for what another one needs. */
import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../src/errors.ts";
import { withPackages } from "../src/optional-packages.ts";
import { suggestion } from "./input/nearest.ts";

interface Verb {
  readonly command: string;
  readonly describe: string;
  /** The words of which one follows, for a verb that only names a group of verbs. */
  readonly below?: readonly string[];
  /** @param args the raw arguments: an environment's own flags are known only once its name is. */
  readonly load: (args: readonly string[]) => Promise<CommandModule<never, never>>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  ask: {
    command: "ask <question>",
    describe: "answer a question about a text of any length",
    load: async () => (await import("./verbs/ask.ts")).askVerb() as unknown as Loaded,
  },
  audit: {
    command: "audit <run>",
    describe: "follow an answer back to the sub-calls and bytes of the context that it rests on",
    load: async () => (await import("./verbs/audit.ts")).auditVerb as Loaded,
  },
  compare: {
    command: "compare [environment]",
    describe: "play several policies on the same tasks and compare them",
    load: async (args) => (await import("./verbs/compare.ts")).compareVerb(args) as Loaded,
  },
  data: {
    command: "data",
    describe: "inspect data files, generate them, and score predictions",
    below: ["inspect", "decrypt", "generate", "score"],
    load: async (args) => (await import("./verbs/data/data.ts")).dataVerb(args) as Loaded,
  },
  envs: {
    command: "envs",
    describe: "list the environments, their options and their strategies",
    load: async () => (await import("./verbs/envs.ts")).envsVerb as Loaded,
  },
  gateway: {
    command: "gateway",
    describe: "capture what a model server samples: token ids, log-probabilities and traces by session",
    load: async () =>
      (await withPackages("the gateway", () => import("./verbs/gateway.ts"))).gatewayVerb as Loaded,
  },
  optimise: {
    command: "optimise",
    describe: "search for a better system prompt: optimise prompt",
    below: ["prompt"],
    load: async (args) => (await import("./verbs/optimise/optimise.ts")).optimiseVerb(args) as Loaded,
  },
  probe: {
    command: "probe <spec>",
    describe: "test whether a reward can be gamed: play hack probes beside honest strategies",
    load: async (args) => (await import("./verbs/probe.ts")).probeVerb(args) as Loaded,
  },
  credit: {
    command: "credit <run>",
    describe: "measure what each sub-call was worth, by replaying episodes without its reply",
    load: async () => (await import("./verbs/credit.ts")).creditVerb as Loaded,
  },
  report: {
    command: "report <runs..>",
    describe: "compare accuracy and cost over saved runs",
    load: async () => (await import("./verbs/report.ts")).reportVerb as Loaded,
  },
  reward: {
    command: "reward [runs..]",
    describe: "score saved episodes again under another reward, without a model call",
    load: async () => (await import("./verbs/reward.ts")).rewardVerb as Loaded,
  },
  replay: {
    command: "replay <run>",
    describe: "run recorded episodes again from their recording, and compare byte for byte",
    load: async () => (await import("./verbs/replay/replay.ts")).replayVerb() as Loaded,
  },
  export: {
    command: "export <runs..>",
    describe: "write the rollouts of runs in the format that a trainer reads",
    load: async () => (await import("./verbs/export.ts")).exportVerb as Loaded,
  },
  import: {
    command: "import <files..>",
    describe: "turn what other programs recorded into a run, or into native trajectories",
    load: async () => (await import("./verbs/import.ts")).importVerb as Loaded,
  },
  validate: {
    command: "validate <file>",
    describe: "check every row of a file against its format, and print the first errors",
    load: async () => (await import("./verbs/validate.ts")).validateVerb as Loaded,
  },
  rollout: {
    command: "rollout [environment]",
    describe: "play episodes and write their trajectories to a folder",
    load: async (args) => (await import("./verbs/rollout/rollout.ts")).rolloutVerb(args) as Loaded,
  },
  runs: {
    command: "runs <what>",
    describe: "say which runs a folder holds: runs list",
    below: ["list"],
    load: async () => (await import("./verbs/runs.ts")).runsVerb as Loaded,
  },
  serve: {
    command: "serve",
    describe: "serve an environment over OpenEnv's HTTP and WebSocket protocol",
    load: async (args) =>
      (await withPackages("the server", () => import("./verbs/serve/serve.ts"))).serveVerb(args) as Loaded,
  },
  show: {
    command: "show <run>",
    describe: "print a run's episodes, or one of them turn by turn",
    load: async () => (await import("./verbs/show.ts")).showVerb as Loaded,
  },
  train: {
    command: "train [environment]",
    describe: "train a small policy that learns to decompose contexts from reward alone",
    load: async (args) => (await import("./verbs/train/train.ts")).trainVerb(args) as unknown as Loaded,
  },
  view: {
    command: "view <runs..>",
    describe: "show runs as a page of this machine, or write them into one file",
    load: async () => (await import("./verbs/view.ts")).viewVerb as Loaded,
  },
  worker: {
    command: "worker",
    describe: "play episodes of a run on Redis that another process coordinates",
    load: async () => (await import("./verbs/worker/worker.ts")).workerVerb as unknown as Loaded,
  },
  status: {
    command: "status <run>",
    describe: "show a run's progress, rate, cost and errors",
    load: async () => (await import("./verbs/status.ts")).statusVerb as Loaded,
  },
  completion: {
    command: "completion",
    describe: "print a script that completes verbs and flags in bash or zsh",
    load: async () => (await import("./verbs/completion.ts")).completionVerb as Loaded,
  },
};
type Loaded = CommandModule<never, never>;

export const verbNames: readonly string[] = Object.keys(VERBS);

/**
 * Names a mistyped verb before the parser complains of the words after it. A line without a verb is left to the parser.
 *
 * @throws {UsageError} with the nearest verb, and all of them
 */
export function expectVerb([verb, next]: readonly string[]): void {
  if (verb === undefined || verb.startsWith("-")) return;
  const known = VERBS[verb];
  if (known === undefined)
    throw new UsageError(
      `unknown verb ${JSON.stringify(verb)}${suggestion(verb, verbNames)}; expected one of ${verbNames.join(", ")} (see --help)`,
    );
  const { below } = known;
  if (below === undefined || next === undefined || next.startsWith("-") || below.includes(next)) return;
  const choices = below.map((name) => `${verb} ${name}`).join(", ");
  throw new UsageError(
    `unknown verb ${JSON.stringify(`${verb} ${next}`)}${suggestion(next, below, `${verb} `)}; expected ${below.length > 1 ? "one of " : ""}${choices}`,
  );
}

/** The names of all flags that a parser knows. */
export function flagsOf(parser: Argv): string[] {
  return Object.keys((parser as unknown as { getOptions(): { key: object } }).getOptions().key);
}

/**
 * The parser lays out the help of a verb that it runs, which takes longer than all else it does, and keeps it for failures. Ours are
 * told in a line.
 */
function layNoHelpOut(parser: Argv): void {
  (parser as unknown as Internals).getInternalMethods().getUsageInstance().cacheHelpMessage = () => {};
}

/** What the parser's types leave out. */
interface Internals {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
}

/** Adds every verb to the parser; each verb's flags and work come from its own file. `tells`: whether the parser writes of its flags. */
export function withVerbs(argv: Argv, args: readonly string[], tells: boolean): Argv {
  return Object.values(VERBS).reduce((parser, { command, describe, load }) => {
    let loaded: Promise<Loaded> | undefined;
    const verb = () => (loaded ??= load(args));
    return parser.command({
      command,
      describe,
      builder: async (own) => {
        const { builder } = await verb();
        const built: Argv = typeof builder === "function" ? await builder(own as Argv<never>) : own;
        if (!tells) layNoHelpOut(built);
        return built;
      },
      handler: async (flags) => (await verb()).handler(flags as never),
    });
  }, argv);
}
