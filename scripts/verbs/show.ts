/** `rlm-gym show`: a run's episodes, or one of them turn by turn, as text in a terminal. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../src/errors.ts";
import { openRun, type ViewedRun } from "../../src/view/viewed-run.ts";
import { type EpisodeView, viewOf } from "../../src/view/episode-view.ts";
import { episodeLines, type Line, ROW_HEAD, rowCells } from "../../src/view/lines.ts";
import { wholeNumber } from "../flags/values.ts";
import { columns } from "../output/columns.ts";
import { SIMULATED_NOTE } from "../output/reward-tables.ts";
import { explain, EXPLAIN_FLAG } from "../output/explain.ts";
import { showIndexing } from "../output/indexing.ts";
import { page } from "../output/pager.ts";

const FLAGS = {
  rollout: { type: "string", describe: "the id of one rollout; without it the run's episodes are listed" },
  turn: { type: "number", describe: "one turn of it alone, from 1" },
  plain: { type: "boolean", default: false, describe: "show the texts of encrypted sets" },
  pager: { type: "boolean", default: true, describe: "on a terminal, through $PAGER or less" },
  json: {
    type: "boolean",
    default: false,
    describe: "print JSON on stdout: the episode as one object, or an object for each of the run's rows",
  },
  ...EXPLAIN_FLAG,
} satisfies Record<string, Options>;
type Flags = { run: string } & InferredOptionTypes<typeof FLAGS>;

export const showVerb: CommandModule<object, Flags> = {
  builder: (argv) =>
    argv
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .options(FLAGS)
      .example("$0 show runs/demo", "the episodes of a run")
      .example("$0 show runs/demo --rollout t1/grep/0 --turn 2", "the second turn of one of them"),
  handler: async (flags) => {
    const { run, rollout, turn, plain, json, pager } = flags;
    if (turn !== undefined && rollout === undefined)
      throw new UsageError("--turn: name the episode with --rollout too");
    const progress = showIndexing();
    const opened = await openRun(run, { plain, onProgress: progress.advance }).finally(progress.stop);
    for (const problem of opened.problems()) process.stderr.write(`${problem}\n`);
    if (rollout === undefined) {
      if (json) printRows(opened);
      else await page(rowLines(opened), pager);
      return explain(flags.explain, json, "Tables of show and runs list");
    }
    const row = opened.index.rowNamed(rollout);
    const record = await opened.index.read(row);
    const episode = viewOf(record, { hidden: row.encrypted && !plain });
    expectTurn(episode, turn);
    if (json) {
      const shown = turn === undefined ? episode : episode.turns[turn - 1];
      process.stdout.write(`${JSON.stringify(shown)}\n`);
      return;
    }
    await page(episodeLines(episode, turn ?? null), pager);
  },
};

function expectTurn({ turns, rolloutId }: EpisodeView, turn: number | undefined): void {
  if (turn === undefined || wholeNumber(turn, "--turn", 1) <= turns.length) return;
  throw new UsageError(`--turn ${turn}: ${rolloutId} has ${turns.length} turns`);
}

function printRows({ index }: ViewedRun): void {
  for (const row of index.rows) process.stdout.write(`${JSON.stringify(row)}\n`);
}

function rowLines({ index }: ViewedRun): Line[] {
  const table = columns([ROW_HEAD, ...index.rows.map(rowCells)], new Set([0, 3]));
  const lines = table.split("\n").map((text, i): Line => [{ text, kind: i === 0 ? "head" : "plain" }]);
  const notes = [
    ...(index.rows.some(({ simulated }) => simulated) ? [SIMULATED_NOTE] : []),
    ...(index.rows.some(({ readsGold }) => readsGold) ? ["† was told the gold."] : []),
  ];
  return [...lines, ...notes.map((text): Line => [{ text, kind: "plain" }])];
}
