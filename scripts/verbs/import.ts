/** `rlm-gym import`: turns another program's records into native trajectories. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { DataError, RLMError, UsageError } from "../../src/errors.ts";
import { IMPORTERS } from "../../src/import/registry.ts";
import { importFiles } from "../../src/import/read-files.ts";
import { withKnown } from "../../src/import/known.ts";
import { type RunEpisode, writeImportedRun, type WrittenRun } from "../../src/import/write-run.ts";
import { readJsonLines } from "../../src/files/json-lines.ts";
import { readReferences } from "../../src/runs/read-run.ts";
import { hasContext, readContext } from "../../src/runs/context-files.ts";
import { canaryOf, encryptedLine, decryptedLine } from "../../src/data/encryption.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import type { Context, Reference } from "../../src/types.ts";
import { version } from "../../src/version.ts";
import { writeLines } from "../output/write-lines.ts";

const FLAGS = {
  out: {
    type: "string",
    demandOption: true,
    describe: "new folder of a run; or, if the name ends in .jsonl or .jsonl.gz, new file of trajectories",
  },
  format: {
    choices: IMPORTERS.map(({ name }) => name),
    describe: `the format, instead of recognizing each file's: ${IMPORTERS.map(({ name, describe }) => `${name}: ${describe}`).join("; ")}`,
  },
  references: {
    type: "string",
    describe:
      "JSONL file of the gold, one {taskId, answers, metadata} per line, so that the run can be scored",
  },
  contexts: {
    type: "string",
    describe: "a run's folder with the contexts (and the gold) of the records, so that they can be replayed",
  },
  context: { type: "string", describe: "a text file: the context of the one episode that is imported" },
  strict: {
    type: "boolean",
    default: false,
    describe:
      "stop at the first line that cannot be read; otherwise each is reported, and the rest is imported",
  },
  json: { type: "boolean", default: false, describe: "print what was read as one JSON object on stdout" },
} satisfies Record<string, Options>;
type Flags = { files: string[] } & InferredOptionTypes<typeof FLAGS>;

export const importVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "files, or folders of them",
      })
      .options(FLAGS)
      .example("$0 import logs/rlm_*.jsonl --out imported.jsonl", "logs of RLMLogger, old and new")
      .example(
        "$0 import traces.jsonl --out runs/theirs",
        "as a run: report, reward, export and replay read it",
      )
      .example("$0 import exported/ --contexts runs/demo --out runs/again", "an export, with its contexts"),
  handler: async (flags) => {
    const { files, out } = flags;
    if (existsSync(out)) throw new UsageError(`--out ${out}: it exists already; name a new one`);
    const counts = new Map<string, number>();
    const problems: string[] = [];
    const episodes = knownEpisodes(flags, counts, problems);
    const written = /\.jsonl(\.gz)?$/.test(out)
      ? await writeFileOf(out, flags, episodes)
      : await writeImportedRun(out, episodes, { version, formats: () => [...counts.keys()].toSorted() });
    const formats = Object.fromEntries(counts);
    if (flags.json)
      process.stdout.write(
        `${JSON.stringify({ out, files: files.length, formats, problems, ...written })}\n`,
      );
    else process.stdout.write(described(out, formats, problems, written));
  },
};

async function* knownEpisodes(
  flags: Flags,
  counts: Map<string, number>,
  problems: string[],
): AsyncGenerator<RunEpisode> {
  const { contexts: run, context: file } = flags;
  const gold = flags.references === undefined ? null : await readGold(flags.references);
  const goldOfRun = run === undefined ? null : await readReferences(run);
  const given = file === undefined ? null : await readText(file);
  const onProblem = ({ message }: Error) => {
    problems.push(message);
    process.stderr.write(`${message}\n`);
  };
  const reading = flags.strict ? {} : { onProblem };
  for await (const { format, trajectory, ...read } of importFiles(flags.files, flags.format, reading)) {
    const count = (counts.get(format) ?? 0) + 1;
    counts.set(format, count);
    if (given !== null && (count > 1 || counts.size > 1))
      throw new UsageError("--context: the files hold more than one episode");
    const known = given === null ? trajectory : withKnown(trajectory, given, countTokens);
    const { context, id } = known.task;
    const held = run !== undefined && hasContext(run, context) ? await readContext(run, context) : null;
    const reference = gold?.get(id) ?? goldOfRun?.get(id) ?? read.reference;
    yield { trajectory: known, reference: reference ?? null, context: given ?? read.context ?? held };
  }
}

/** A file holds only trajectories. */
async function writeFileOf(
  out: string,
  flags: Flags,
  episodes: AsyncIterable<RunEpisode>,
): Promise<Pick<WrittenRun, "trajectories" | "failed">> {
  for (const flag of ["references", "contexts"] as const)
    if (flags[flag] !== undefined)
      throw new UsageError(`--${flag}: takes a folder as --out, and ${out} is a file`);
  const counts = { trajectories: 0, failed: 0 };
  async function* rows(): AsyncGenerator<object> {
    for await (const { trajectory } of episodes) {
      counts.trajectories += 1;
      if (trajectory.status !== "ok") counts.failed += 1;
      yield encryptedLine(trajectory, canaryOf(trajectory.task));
    }
    if (counts.trajectories === 0) throw new RLMError("no episode is in the files");
  }
  await writeLines(out, rows());
  return counts;
}

async function readGold(file: string): Promise<Map<string, Reference>> {
  if (!existsSync(file)) throw new UsageError(`--references ${file}: the file does not exist`);
  const gold = new Map<string, Reference>();
  for await (const { value, where } of readJsonLines(file, "refuse")) {
    const { taskId, answers, metadata = {} } = (decryptedLine(value, where) ?? {}) as Partial<Reference>;
    const isGold = typeof taskId === "string" && Array.isArray(answers);
    if (!isGold) throw new DataError(`${where}: expected {"taskId": "...", "answers": ["..."]}`);
    gold.set(taskId, { taskId, answers, metadata });
  }
  return gold;
}

async function readText(file: string): Promise<Context> {
  return readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`--context ${file}: cannot be read (${error.message})`, { cause: error });
  });
}

function described(
  out: string,
  formats: Record<string, number>,
  problems: readonly string[],
  { trajectories, failed, references = 0, contexts = 0 }: Partial<WrittenRun>,
): string {
  const from = Object.entries(formats).map(([format, count]) => `${count} of ${format}`);
  const lines = [
    `${trajectories} trajectories in ${out} (${from.join(", ")})`,
    ...(failed ? [`  ${failed} failed, or do not say how they ended: they are never trained on`] : []),
    ...(problems.length > 0 ? [`  ${problems.length} lines or files could not be read (see above)`] : []),
    ...(references > 0 ? [`  gold of ${references} tasks`] : []),
    ...(contexts > 0 ? [`  ${contexts} contexts, with which they can be run again`] : []),
  ];
  return `${lines.join("\n")}\n`;
}
