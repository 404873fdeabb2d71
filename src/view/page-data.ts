/** What the page asks for, read from the runs as it is asked. */
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { DataError } from "../errors.ts";
import { hasContext, readContext } from "../runs/context-files.ts";
import type { IndexRow } from "../runs/index-row.ts";
import type { Trajectory } from "../trajectory.ts";
import { auditTrail } from "./audit.ts";
import type { AuditTrail } from "./audit-shapes.ts";
import { ContextText } from "./context-text.ts";
import { coverageByTurn } from "./coverage-by-turn.ts";
import { textAt, viewOf } from "./episode-view.ts";
import type {
  PageCoverage,
  PageEpisode,
  PageGold,
  PagePiece,
  PageRow,
  PageRows,
  PageRun,
} from "./page-shapes.ts";
import { contextFile, expectOpen, rowAdvantages, type ViewedRun } from "./viewed-run.ts";

/** Characters of one text that the page is sent at first. */
const MOST_CHARS = 8000;
/** Characters of a context that are sent at once. */
const MOST_PIECE = 64 * 1024;
/** Longer contexts are not held in memory; their pieces are read from the file, and are counted in bytes. */
const MOST_HELD_BYTES = 256 * 1024 * 1024;
/** Contexts that are held at once. */
const HELD = 2;

/** One run for the page. */
export class PageData {
  readonly #run: ViewedRun;
  readonly #texts = new Map<string, Promise<ContextText | null>>();
  #advantages: readonly (number | null)[] = [];
  #groups = new Map<string, number[]>();
  #counted = 0;

  constructor(run: ViewedRun) {
    this.#run = run;
  }

  get size(): number {
    return this.#run.index.rows.length;
  }

  async about(): Promise<PageRun> {
    const { index } = this.#run;
    const { state, counts } = await this.#run.manifest();
    const problems = this.#run.problems();
    return {
      name: basename(index.folder),
      state,
      planned: counts.planned,
      ended: index.rows.length,
      problems,
    };
  }

  /** The rows from a number on, after a look at what the run has written since. */
  async rows(from: number): Promise<PageRows> {
    await this.#run.index.refresh();
    const rows = this.#run.index.rows.slice(from).map(pageRow);
    return { run: await this.about(), rows };
  }

  /** @param all the runs of the page, in which the origin of a branch is looked for */
  async episode(row: number, all: readonly PageData[] = [this]): Promise<PageEpisode> {
    const found = this.#row(row);
    const record = await this.#run.index.read(found);
    this.#count();
    const hidden = found.encrypted && !this.#run.plain;
    return {
      row,
      episode: viewOf(record, { mostChars: MOST_CHARS, hidden }),
      advantage: this.#advantages[row] ?? null,
      group: this.#groups.get(groupKey(found)) ?? [row],
      origin: found.continues === null ? null : originIn(all, this, row, found.continues.rolloutId),
      hidden,
      replayCommand: `rlm-gym replay ${this.#run.index.folder} --rollout ${found.rolloutId} --verify`,
    };
  }

  /** A text of a record in full. Throws `DataError` where the record has none there. */
  async text(row: number, path: string): Promise<PagePiece> {
    const text = textAt(await this.#openRecord(row), path);
    if (text === null) throw new DataError(`${path}: the record has no such text`);
    return { start: 0, end: text.length, text };
  }

  async coverage(row: number): Promise<PageCoverage> {
    const record = await this.#openRecord(row);
    const { context } = record.task;
    const none = { length: context.chars, unit: "characters", ranges: [] } as const;
    if (!hasContext(this.#run.index.folder, context))
      return { ...none, problem: "the run does not have the context" };
    const bytes = await this.#largeBytes(record);
    if (bytes !== null)
      return { length: bytes, unit: "bytes", ranges: [], problem: "the context is too long to be searched" };
    const text = await this.#contextText(record);
    if (text === null) return { ...none, problem: "the context is bytes" };
    const ranges = coverageByTurn(record, text);
    const problem = ranges === null ? "the context is too long to be searched" : null;
    return { length: text.text.length, unit: "characters", ranges: ranges ?? [], problem };
  }

  /** A piece of the context, at most 64 Ki characters of it. */
  async piece(row: number, start: number, end: number): Promise<PagePiece> {
    const record = await this.#openRecord(row);
    const from = Math.max(0, Math.floor(start));
    const to = Math.max(from, Math.min(Math.floor(end), from + MOST_PIECE));
    if ((await this.#largeBytes(record)) !== null) return this.#pieceOfFile(record, from, to);
    const text = (await this.#contextText(record))?.text;
    if (text === undefined) throw new DataError("the context is bytes, or the run does not have it");
    return { start: from, end: Math.min(to, text.length), text: text.slice(from, to) };
  }

  async audit(row: number): Promise<AuditTrail> {
    const record = await this.#openRecord(row);
    const { folder } = this.#run.index;
    const isLarge = (await this.#largeBytes(record)) !== null;
    const has = !isLarge && hasContext(folder, record.task.context);
    return auditTrail(record, has ? await readContext(folder, record.task.context) : null);
  }

  async gold(row: number): Promise<PageGold> {
    return { answers: (await this.#run.reference(this.#row(row)))?.answers ?? null };
  }

  #row(row: number): IndexRow {
    const found = this.#run.index.rows[row];
    if (found === undefined) throw new DataError(`there is no row ${row}`);
    return found;
  }

  async #openRecord(row: number): Promise<Trajectory> {
    const found = this.#row(row);
    expectOpen(found, this.#run.plain);
    return this.#run.index.read(found);
  }

  /** The size of a text that is too long to be held; null for others. */
  async #largeBytes(record: Trajectory): Promise<number | null> {
    const file = contextFile(this.#run.index, record.task.context);
    if (file === null) return null;
    const { size } = await stat(file);
    return size > MOST_HELD_BYTES ? size : null;
  }

  async #pieceOfFile(record: Trajectory, start: number, end: number): Promise<PagePiece> {
    const file = await open(contextFile(this.#run.index, record.task.context)!, "r");
    try {
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return { start, end: start + bytesRead, text: bytes.subarray(0, bytesRead).toString("utf8") };
    } finally {
      await file.close();
    }
  }

  #contextText({ task: { context } }: Trajectory): Promise<ContextText | null> {
    const held = this.#texts.get(context.sha256);
    const text = held ?? readContext(this.#run.index.folder, context).then((read) => ContextText.of(read));
    this.#texts.delete(context.sha256);
    this.#texts.set(context.sha256, text);
    text.catch(() => this.#texts.delete(context.sha256));
    for (const key of this.#texts.keys()) if (this.#texts.size > HELD) this.#texts.delete(key);
    return text;
  }

  /** The first other row than `except` that a rollout has. */
  numberOf(rolloutId: string, except: number | null): number | null {
    const found = this.#run.index.rows.findIndex(
      (row, number) => row.rolloutId === rolloutId && number !== except,
    );
    return found === -1 ? null : found;
  }

  /** Groups and advantages of all rows, once for each look that found new ones. */
  #count(): void {
    const { rows } = this.#run.index;
    if (this.#counted === rows.length) return;
    this.#advantages = rowAdvantages(rows);
    this.#groups = new Map();
    for (const [number, row] of rows.entries()) {
      const key = groupKey(row);
      const group = this.#groups.get(key);
      if (group) group.push(number);
      else this.#groups.set(key, [number]);
    }
    this.#counted = rows.length;
  }
}

/** A branch is most often in a run of its own. */
function originIn(
  all: readonly PageData[],
  own: PageData,
  row: number,
  rolloutId: string,
): PageEpisode["origin"] {
  for (const [run, data] of all.entries()) {
    const found = data.numberOf(rolloutId, data === own ? row : null);
    if (found !== null) return { run, row: found };
  }
  return null;
}

/** Rollouts of a task, by whichever policy: what is set side by side. */
function groupKey({ environment, groupId }: IndexRow): string {
  return JSON.stringify([environment, groupId]);
}

function pageRow(row: IndexRow): PageRow {
  return {
    rolloutId: row.rolloutId,
    groupId: row.groupId,
    environment: row.environment,
    policy: row.policy,
    taskId: row.taskId,
    seed: row.seed,
    ended: row.fault ?? row.stopReason,
    score: row.score,
    reward: row.reward,
    turns: row.turns,
    calls: row.calls,
    tokens: row.promptTokens + row.completionTokens,
    nanoDollars: row.nanoDollars,
    contextTokens: row.contextTokens,
    coverage: row.coverage,
    seconds: row.seconds,
    simulated: row.simulated,
    readsGold: row.readsGold,
    encrypted: row.encrypted,
    text: [row.question, row.answer].filter((text) => text !== null).join(" → "),
    from: row.continues?.rolloutId ?? null,
    depths: row.depths,
  };
}
