/** An episode as it is looked at: its turns with what each ran, asked, spent and earned; long texts cut, with where the rest is. */
import { brokenChecksum } from "../record/checksums.ts";
import type { Call, RewardRecord, Trajectory, Turn } from "../trajectory.ts";
import type { Answer, BlockResult, ContextSummary, Usage } from "../types.ts";

/** A text of a record, or its beginning and end. */
export interface ShownText {
  readonly text: string;
  /** Characters that were left out in the middle; 0 where the text is whole. */
  readonly cut: number;
  /** Where the whole text is in the record, such as `calls.3.prompt`. */
  readonly path: string;
}

/** One block of code and what it showed. */
export interface BlockView {
  readonly code: ShownText;
  readonly outcome: BlockResult["outcome"];
  readonly stdout: ShownText;
  readonly stderr: ShownText;
  readonly value: ShownText | null;
  readonly exception: ShownText | null;
  /** Characters of output that the policy was not shown. */
  readonly omittedChars: number;
  readonly stateKept: boolean;
}

/** A call that is not the policy's. */
export interface CallView {
  readonly id: number;
  readonly purpose: Call["purpose"];
  readonly block: number;
  readonly model: string;
  readonly prompt: ShownText | null;
  readonly thoughts: ShownText | null;
  readonly reply: ShownText | null;
  readonly error: string | null;
  readonly usage: Usage | null;
  readonly nanoDollars: number | null;
  readonly cached: boolean;
  readonly seconds: number;
}

/** Calls and child episodes that were asked for at once; `batch` is null for one that was asked for alone. */
export interface AskedView {
  readonly batch: number | null;
  readonly calls: readonly CallView[];
  readonly children: readonly EpisodeView[];
}

/** One turn. */
export interface TurnView {
  readonly index: number;
  readonly thoughts: ShownText | null;
  readonly completion: ShownText;
  readonly finishReason: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: ShownText }[];
  readonly invalid: boolean;
  readonly segment: number;
  readonly blocks: readonly BlockView[];
  readonly observation: ShownText;
  readonly asked: readonly AskedView[];
  readonly hostCalls: readonly { readonly name: string; readonly error: string | null }[];
  /** The answer as it stood after the turn. */
  readonly standing: string | null;
  /** Tokens of the policy's own call; null where the action was given by hand or nobody reported them. */
  readonly usage: Usage | null;
  /** Of the policy's call and all that the turn asked for, children with theirs; null where a price is unknown. */
  readonly nanoDollars: number | null;
  readonly seconds: number;
  readonly reward: number;
}

/** What can be said of a record's bytes without running it again. */
export interface ChecksumState {
  /** `none`: the record has no checksums. */
  readonly state: "holds" | "broken" | "none";
  /** What was changed, where something was. */
  readonly where: string | null;
}

/** An episode or a child of one. */
export interface EpisodeView {
  readonly rolloutId: string;
  readonly groupId: string;
  readonly environment: string;
  readonly policy: string;
  readonly model: string | null;
  readonly seed: number;
  readonly depth: number;
  readonly taskId: string;
  readonly question: ShownText;
  readonly context: ContextSummary;
  readonly contextTokens: number;
  readonly systemPrompt: ShownText;
  readonly opening: ShownText;
  readonly status: Trajectory["status"];
  readonly error: { readonly kind: string; readonly message: string } | null;
  readonly stopReason: string;
  readonly simulated: boolean;
  readonly readsGold: boolean;
  readonly turns: readonly TurnView[];
  readonly answer: { readonly text: ShownText; readonly source: Answer["source"] } | null;
  readonly reward: RewardRecord | null;
  readonly totals: Trajectory["totals"];
  readonly coverage: number | null;
  readonly seconds: number;
  readonly startedAt: string;
  readonly checksum: ChecksumState;
  /** Why the record cannot be run again from what it holds; null where it can. */
  readonly replayProblem: string | null;
  /** The first turn after which a right answer stood; null where none did, or nobody can tell. */
  readonly rightTurn: number | null;
  readonly continues: { readonly rolloutId: string; readonly turn: number } | null;
}

/** How an episode is shown. */
export interface ShowOptions {
  /** Characters of a text at most; default: all. */
  readonly mostChars?: number;
  /** Shows lengths in the place of texts, for a task of an encrypted set. */
  readonly hidden?: boolean;
}

type Show = (text: string, path: string) => ShownText;

/** The view of a record and of all children below it. */
export function viewOf(record: Trajectory, options: ShowOptions = {}): EpisodeView {
  return episodeView(record, "", showBy(options));
}

/** The view of a turn that has just ended, with the calls of its episode so far; children tell of themselves. */
export function viewOfTurn(turn: Turn, calls: readonly Call[], options: ShowOptions = {}): TurnView {
  return turnView({ calls, children: [], toolCalls: [] }, turn, turn.index, "", showBy(options));
}

function showBy(options: ShowOptions): Show {
  const { mostChars = Number.POSITIVE_INFINITY, hidden = false } = options;
  return (text, path) => {
    if (hidden) return { text: text === "" ? "" : "(encrypted)", cut: text.length, path };
    if (text.length <= mostChars) return { text, cut: 0, path };
    const [head, tail] = [Math.ceil(mostChars * 0.75), Math.floor(mostChars * 0.25)];
    const cut = text.length - head - tail;
    return { text: `${text.slice(0, head)}\n[… ${cut} characters …]\n${text.slice(-tail)}`, cut, path };
  };
}

function episodeView(record: Trajectory, at: string, show: Show): EpisodeView {
  const { task, answer, policyModel, continues } = record;
  return {
    rolloutId: record.rolloutId,
    groupId: record.groupId,
    environment: record.environment,
    policy: record.policy,
    model: policyModel?.name ?? null,
    seed: record.seed,
    depth: record.depth,
    taskId: task.id,
    question: show(task.question, `${at}task.question`),
    context: task.context,
    contextTokens: task.contextTokens,
    systemPrompt: show(record.systemPrompt, `${at}systemPrompt`),
    opening: show(record.opening, `${at}opening`),
    status: record.status,
    error: record.error && {
      kind: record.error.kind,
      message: show(record.error.message, `${at}error.message`).text,
    },
    stopReason: record.stopReason,
    simulated: record.simulated,
    readsGold: record.readsGold ?? false,
    turns: record.turns.map((turn, index) => turnView(record, turn, index, at, show)),
    answer: answer && { text: show(answer.text, `${at}answer.text`), source: answer.source },
    reward: record.reward,
    totals: record.totals,
    coverage: record.metrics.coverage ?? null,
    seconds: record.wallClock.seconds,
    startedAt: record.wallClock.startedAt,
    checksum: checksumState(record),
    replayProblem: replayProblem(record),
    rightTurn: rightTurnOf(record),
    continues: continues ? { rolloutId: continues.rolloutId, turn: continues.turn } : null,
  };
}

/** The parts of a record that its turns are shown with. */
type Asking = Pick<Trajectory, "calls" | "children" | "toolCalls">;

function turnView(record: Asking, turn: Turn, index: number, at: string, show: Show): TurnView {
  const { completion, results } = turn;
  const base = `${at}turns.${index}`;
  const shown = (text: string, path: string) => show(text, `${base}.${path}`);
  const own = record.calls.find(({ id, purpose }) => id === turn.callId && purpose === "policy");
  const calls = record.calls.filter((call) => call.turn === index);
  const begun = record.children.filter(({ parent }) => parent?.turn === index);
  const prices = [...calls.map((call) => call.nanoDollars), ...begun.map(({ totals }) => totals.nanoDollars)];
  return {
    index,
    thoughts: completion.reasoning ? shown(completion.reasoning.text, "completion.reasoning.text") : null,
    completion: shown(completion.text, "completion.text"),
    finishReason: completion.finishReason,
    toolCalls: completion.toolCalls.map((call, i) => ({
      name: call.name,
      arguments: shown(call.arguments, `completion.toolCalls.${i}.arguments`),
    })),
    invalid: turn.invalid ?? false,
    segment: turn.segment,
    blocks: results.map((block, i) => blockView(block, `results.${i}`, shown)),
    observation: shown(turn.observation, "observation"),
    asked: askedIn(record, index, at, show),
    hostCalls: record.toolCalls
      .filter((call) => call.turn === index)
      .map(({ name, error }) => ({
        name,
        error: error === null ? null : show(error, `${base}.hostCall`).text,
      })),
    standing: turn.standing === null ? null : shown(turn.standing, "standing").text,
    usage: own?.usage ?? null,
    nanoDollars: prices.some((price) => price === null)
      ? null
      : prices.reduce<number>((all, price) => all + (price ?? 0), 0),
    seconds: turn.wallClock.seconds + (own?.wallClock.seconds ?? 0),
    reward: turn.reward,
  };
}

function blockView(block: BlockResult, path: string, show: Show): BlockView {
  const { outcome, value, exception } = block;
  return {
    code: show(block.code, `${path}.code`),
    outcome,
    stdout: show(block.stdout, `${path}.stdout`),
    stderr: show(block.stderr, `${path}.stderr`),
    value: value === null ? null : show(value, `${path}.value`),
    exception: exception === null ? null : show(exception, `${path}.exception`),
    // A record of another program may lack them.
    omittedChars: (block as Partial<BlockResult>).omittedChars ?? 0,
    stateKept: (block as Partial<BlockResult>).stateKept ?? true,
  };
}

/** What a turn asked for, in the order of asking: a batch together, and everything else alone. */
function askedIn(record: Asking, turn: number, at: string, show: Show): AskedView[] {
  const groups = new Map<string, { batch: number | null; calls: CallView[]; children: EpisodeView[] }>();
  const groupOf = (batch: Call["batch"], alone: string) => {
    const key = batch ? `batch ${batch.id}` : alone;
    const group = groups.get(key) ?? { batch: batch?.id ?? null, calls: [], children: [] };
    groups.set(key, group);
    return group;
  };
  for (const [i, call] of record.calls.entries())
    if (call.turn === turn && call.purpose !== "policy")
      groupOf(call.batch, `call ${call.id}`).calls.push(callView(call, `${at}calls.${i}`, show));
  for (const [i, child] of record.children.entries())
    if (child.parent?.turn === turn)
      groupOf(child.parent.batch ?? null, `child ${i}`).children.push(
        episodeView(child, `${at}children.${i}.`, show),
      );
  return [...groups.values()];
}

function callView(call: Call, path: string, show: Show): CallView {
  const { prompt, reply, reasoning, error, cached = false, block = 0 } = call;
  return {
    id: call.id,
    purpose: call.purpose,
    block,
    model: call.model,
    prompt: prompt === null ? null : show(prompt, `${path}.prompt`),
    thoughts: reasoning ? show(reasoning.text, `${path}.reasoning.text`) : null,
    reply: reply === null ? null : show(reply, `${path}.reply`),
    error: error === null ? null : show(error, `${path}.error`).text,
    usage: call.usage,
    nanoDollars: call.nanoDollars,
    cached,
    seconds: call.wallClock.seconds,
  };
}

/** Whether a record's bytes are those that were written. */
export function checksumState(record: Trajectory): ChecksumState {
  if (record.seals === undefined) return { state: "none", where: null };
  const broken = brokenChecksum(record);
  if (broken === null) return { state: "holds", where: null };
  const place = broken.turn === null ? broken.label : `turn ${broken.turn + 1}, ${broken.label}`;
  return { state: "broken", where: broken.offset === null ? place : `${place}, byte ${broken.offset}` };
}

function replayProblem(record: Trajectory): string | null {
  if (record.depth > 0) return "a child is run again with its parent";
  if (record.tape === undefined) return "it does not say what it was played with";
  if (record.status !== "ok") return "an infrastructure fault ended it";
  return null;
}

/** Read from what the reward's judge found when the episode ended. */
function rightTurnOf({ turns, metrics, reward }: Trajectory): number | null {
  const after = metrics.afterRight?.turns;
  if (after === undefined || turns.length === 0) return null;
  if (after > 0) return turns.length - 1 - after;
  return reward?.score === 1 ? turns.length - 1 : null;
}

/** The whole text at a path that a view names, such as `children.0.calls.2.prompt`; null where there is none. */
export function textAt(record: Trajectory, path: string): string | null {
  let value: unknown = record;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "string" ? value : null;
}
