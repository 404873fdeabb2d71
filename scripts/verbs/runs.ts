/** `rlm-gym runs list`: which runs there are. */
import type { CommandModule } from "yargs";
import { type ListedRun, listRuns } from "../../src/runs/list-runs.ts";
import { columns } from "../output/columns.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";

interface Flags {
  readonly what: string;
  readonly folder: string;
  readonly json: boolean;
  readonly explain: boolean;
}

export const runsVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("what", { type: "string", demandOption: true, describe: "list" })
      .option("folder", {
        type: "string",
        default: "runs",
        describe: "where to look, up to three levels below",
      })
      .option("json", { type: "boolean", default: false, describe: "print one JSON object a run on stdout" })
      .options(EXPLAIN_FLAG)
      .example("$0 runs list", "the runs in the folder runs, the newest first"),
  handler: async ({ folder, json, explain: asked }) => {
    const runs = await listRuns(folder);
    if (json) for (const run of runs) process.stdout.write(`${JSON.stringify(run)}\n`);
    else process.stdout.write(`${asText(runs, folder)}\n`);
    await explain(asked, json, "Tables of show and runs list");
  },
};

const HEAD = ["run", "status", "begun", "episodes", "environments", "policies", "MB"];

function asText(runs: readonly ListedRun[], folder: string): string {
  if (runs.length === 0) return `${folder} holds no runs`;
  const rows = runs.map(({ folder: run, manifest, status, ended, bytes }) => {
    const { counts, config, wallClock } = manifest ?? {};
    return [
      run,
      status,
      wallClock?.startedAt.slice(0, 16).replace("T", " ") ?? "–",
      counts ? `${ended}/${counts.planned}` : "–",
      named(config?.environment),
      named(config?.policies ?? config?.policy),
      (bytes / 1e6).toFixed(1),
    ];
  });
  const problems = runs.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  const table = columns([HEAD, ...rows], new Set([0, 1, 2, 4, 5]));
  return [table, ...(problems.length > 0 ? ["", ...problems] : [])].join("\n");
}

/** Characters of a list of names. */
const NAMED_CHARS = 40;

function named(value: unknown): string {
  const text = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string").join(", ");
  if (text === "") return "–";
  return text.length > NAMED_CHARS ? `${text.slice(0, NAMED_CHARS - 1)}…` : text;
}
