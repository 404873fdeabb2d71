/** Writes what the viewer shows into one file that opens from disk, without a server or a network. */
import { writeAtomically } from "../files/atomic-write.ts";
import { pageHtml, readAssets, writtenPolicy } from "./assets.ts";
import { PageData } from "./page-data.ts";
import type { PageEpisode, PagePiece, PageRows, WrittenEpisode, WrittenPage } from "./page-shapes.ts";
import type { ViewedRun } from "./viewed-run.ts";

/** Characters of whole episodes that a file holds; the rows of the others stay in its table. */
const MOST_CHARS = 48 * 1024 * 1024;
/** Characters of a context that a file holds whole. Of a longer one it holds what the answer rests on. */
const MOST_CONTEXT = 128 * 1024;
const AROUND = 500;

/** What is written. */
export interface WriteOptions {
  /** Ids of the rollouts that are written whole; default: as many as there is room for, from the first. */
  readonly rollouts?: readonly string[];
  /** Puts the gold in. */
  readonly gold?: boolean;
}

/** How many episodes the file holds whole, and of how many. */
export interface WrittenCounts {
  readonly whole: number;
  readonly rows: number;
}

/** Throws `DataError` for a rollout that is in none of the runs, and what the file system throws. */
export async function writePage(
  path: string,
  runs: readonly ViewedRun[],
  { rollouts, gold = false }: WriteOptions = {},
): Promise<WrittenCounts> {
  const assets = readAssets();
  const rows: PageRows[] = [];
  const episodes: Record<string, WrittenEpisode> = {};
  let [room, whole] = [MOST_CHARS, 0];
  for (const wanted of rollouts ?? [])
    if (!runs.some(({ index }) => index.rows.some(({ rolloutId }) => rolloutId === wanted)))
      runs[0]!.index.rowNamed(wanted);
  const everything = runs.map((run) => new PageData(run));
  for (const [number, run] of runs.entries()) {
    const data = everything[number]!;
    const all = await data.rows(0);
    let held = 0;
    for (const [row, { rolloutId, encrypted }] of all.rows.entries()) {
      if (room <= 0 || (rollouts && !rollouts.includes(rolloutId))) continue;
      const written = await writtenEpisode(
        await data.episode(row, everything),
        data,
        encrypted && !run.plain,
        gold,
      );
      room -= JSON.stringify(written).length;
      episodes[`${number}/${row}`] = written;
      held += 1;
    }
    whole += held;
    rows.push(held < all.rows.length ? { ...all, run: { ...all.run, whole: held } } : all);
  }
  const page: WrittenPage = { runs: rows, episodes };
  const policy = writtenPolicy(assets);
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<style>${assets.style}</style>`;
  const body = `<script type="application/json" id="data">${inScript(page)}</script>\n<script>${assets.script}</script>`;
  await writeAtomically(path, pageHtml(head, body));
  return { whole, rows: rows.reduce((all, one) => all + one.rows.length, 0) };
}

async function writtenEpisode(
  episode: PageEpisode,
  data: PageData,
  hidden: boolean,
  gold: boolean,
): Promise<WrittenEpisode> {
  const { row } = episode;
  const none = { length: 0, unit: "characters", ranges: [] } as const;
  if (hidden)
    return {
      episode,
      coverage: { ...none, problem: "the set is encrypted" },
      audit: null,
      pieces: [],
      gold: { answers: null },
    };
  const coverage = await data.coverage(row).catch((error: Error) => ({ ...none, problem: error.message }));
  const audit = await data.audit(row).catch(() => null);
  const pieces: PagePiece[] = [];
  if (coverage.problem === null && coverage.length <= MOST_CONTEXT)
    for (let at = 0; at < coverage.length;) {
      const piece = await data.piece(row, at, coverage.length);
      pieces.push(piece);
      at = piece.end;
    }
  else if (coverage.problem === null)
    for (const { kind, start, end } of audit?.slices ?? [])
      if (kind !== "prompt") pieces.push(await data.piece(row, start - AROUND, end + AROUND));
  return { episode, coverage, audit, pieces, gold: gold ? await data.gold(row) : { answers: null } };
}

/** JSON that no parser of HTML takes for the end of its element. */
function inScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", String.raw`\u003c`)
    .replaceAll("\u2028", String.raw`\u2028`)
    .replaceAll("\u2029", String.raw`\u2029`);
}
