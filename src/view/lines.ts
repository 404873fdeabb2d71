/** An episode as lines of text for a terminal; each part of a line says what it is, so that whoever prints it may colour it. */
import type { IndexRow } from "../runs/index-row.ts";
import type { AskedView, BlockView, CallView, EpisodeView, ShownText, TurnView } from "./episode-view.ts";

/** What a part of a line is. */
export type Kind = "plain" | "head" | "name" | "dim" | "code" | "good" | "bad";

/** A part of a line. */
export interface Span {
  readonly text: string;
  readonly kind: Kind;
}

/** A line without its line feed. */
export type Line = readonly Span[];

const span = (kind: Kind, text: string): Span => ({ kind, text });
const EMPTY: Line = [];

/** Dollars of nano-dollars, short; a dash where the price is unknown. */
export function money(nanoDollars: number | null): string {
  if (nanoDollars === null) return "$ –";
  const dollars = nanoDollars / 1e9;
  return `$${dollars < 0.1 ? dollars.toFixed(5) : dollars.toFixed(3)}`;
}

/** The whole episode, or one turn of it, counted from 1. */
export function episodeLines(episode: EpisodeView, turn: number | null = null): Line[] {
  const turns = turn === null ? episode.turns : episode.turns.filter(({ index }) => index === turn - 1);
  return [
    ...(turn === null ? headLines(episode) : []),
    ...turns.flatMap((one) => turnLines(one, episode.rightTurn)),
    ...(turn === null ? endLines(episode) : []),
  ];
}

function headLines(episode: EpisodeView): Line[] {
  const { context, simulated, readsGold, checksum, continues } = episode;
  const marks = [simulated && "simulated", readsGold && "was told the gold"].filter((mark) => mark !== false);
  const branch = continues
    ? [field("branched", `from ${continues.rolloutId} at turn ${continues.turn + 1}`)]
    : [];
  return [
    [span("head", episode.rolloutId)],
    field("task", `${episode.environment} · ${episode.taskId} · seed ${episode.seed}`),
    field("policy", [episode.policy, episode.model, ...marks].filter((part) => part !== null).join(" · ")),
    field("context", `${context.type}, ${context.chars} characters, ${context.sha256.slice(0, 16)}…`),
    ...branch,
    field("checksum", checksum.where === null ? checksum.state : `${checksum.state}: ${checksum.where}`),
    field("question", episode.question.text),
    EMPTY,
  ].flatMap((line) => wrapped(line));
}

/** How an episode ended: its answer, reward, and what it spent. */
export function endLines(episode: EpisodeView): Line[] {
  const { answer, reward, totals, error, rightTurn } = episode;
  const terms = Object.entries(reward?.terms ?? {}).map(
    ([name, term]) => `${name} ${term.weighted.toFixed(4)}`,
  );
  return [
    [span("head", `ended: ${episode.stopReason}`)],
    ...(error ? [field("fault", `${error.kind}: ${error.message}`, "bad")] : []),
    field("answer", answer === null ? "none" : answer.text.text),
    field(
      "reward",
      reward === null
        ? "none"
        : `${reward.total.toFixed(4)} · score ${reward.score.toFixed(4)}${terms.length > 0 ? ` · ${terms.join(" · ")}` : ""}`,
      reward?.score === 1 ? "good" : "plain",
    ),
    field(
      "right",
      rightTurn === null ? "no right answer stood, as far as is known" : `first after turn ${rightTurn + 1}`,
    ),
    field(
      "spent",
      `${totals.promptTokens} + ${totals.completionTokens} tokens in ${totals.calls} calls · ${money(totals.nanoDollars)} · ${episode.seconds.toFixed(1)} s`,
    ),
  ].flatMap((line) => wrapped(line));
}

/**
 * One turn.
 *
 * @param rightTurn the index of the turn from which on the right answer stood, where that is known
 * @param mostCalls the calls of a batch that are shown one by one; the others are summed up
 */
export function turnLines(
  turn: TurnView,
  rightTurn: number | null,
  mostCalls = Number.POSITIVE_INFINITY,
): Line[] {
  const { usage } = turn;
  const tokens =
    usage === null ? "tokens unknown" : `${usage.promptTokens} + ${usage.completionTokens} tokens`;
  const facts = `${tokens} · ${money(turn.nanoDollars)} · ${turn.seconds.toFixed(2)} s · reward ${turn.reward.toFixed(4)}`;
  return [
    [
      span("head", `── turn ${turn.index + 1} `),
      span("dim", facts),
      ...(turn.index === rightTurn ? [span("good", "  the right answer stands from here on")] : []),
    ],
    ...textLines("thoughts", turn.thoughts, "dim"),
    ...(turn.blocks.length === 0 || turn.invalid ? textLines("completion", turn.completion, "plain") : []),
    ...(turn.invalid ? [[span("bad", "nothing of the completion could be run or taken")]] : []),
    ...turn.blocks.flatMap((block, i) => blockLines(block, i, turn.blocks.length)),
    ...turn.asked.flatMap((asked) => askedLines(asked, mostCalls)),
    ...textLines("observation", turn.observation, "dim"),
    ...(turn.standing === null ? [] : wrapped(field("standing", turn.standing))),
    EMPTY,
  ];
}

function blockLines(block: BlockView, index: number, of: number): Line[] {
  const name = of > 1 ? `code ${index + 1}` : "code";
  return [
    ...textLines(name, block.code, "code"),
    ...(block.outcome === "ok" ? [] : [[span("bad", `ended: ${block.outcome}`)]]),
    ...textLines("stdout", block.stdout, "plain"),
    ...textLines("stderr", block.stderr, "bad"),
    ...textLines("value", block.value, "plain"),
    ...textLines("exception", block.exception, "bad"),
    ...(block.omittedChars > 0 ? [[span("dim", `${block.omittedChars} characters of it were cut`)]] : []),
    ...(block.stateKept ? [] : [[span("bad", "the variables are gone after it")]]),
  ];
}

function askedLines({ batch, calls, children }: AskedView, mostCalls: number): Line[] {
  const head = batch === null ? [] : [[span("name", `batch ${batch} of ${calls.length + children.length}`)]];
  return [
    ...head,
    ...calls.slice(0, mostCalls).flatMap((call) => callLines(call)),
    ...(calls.length > mostCalls ? [[span("dim", `… ${sumOf(calls.slice(mostCalls))}`)]] : []),
    ...children.flatMap((child) => [
      [span("name", `child ${child.rolloutId}`)],
      ...indented(episodeLines(child)),
    ]),
  ];
}

function sumOf(calls: readonly CallView[]): string {
  const tokens = calls.map(({ usage }) =>
    usage === null ? null : usage.promptTokens + usage.completionTokens,
  );
  const failed = calls.filter(({ error }) => error !== null).length;
  const words = [
    `${calls.length} more`,
    tokens.includes(null) ? "tokens unknown" : `${tokens.reduce<number>((all, one) => all + one!, 0)} tokens`,
    money(
      calls.some((call) => call.nanoDollars === null)
        ? null
        : calls.reduce((all, call) => all + call.nanoDollars!, 0),
    ),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return words.join(" · ");
}

function callLines(call: CallView): Line[] {
  const { usage } = call;
  const tokens =
    usage === null ? "tokens unknown" : `${usage.promptTokens} + ${usage.completionTokens} tokens`;
  const facts = `${call.model} · ${tokens} · ${money(call.nanoDollars)} · ${call.seconds.toFixed(2)} s${call.cached ? " · cached" : ""}`;
  return [
    [span("name", `${call.purpose} ${call.id} `), span("dim", facts)],
    ...indented([
      ...textLines("prompt", call.prompt && brief(call.prompt), "dim"),
      ...textLines("reply", call.reply && brief(call.reply), "plain"),
      ...(call.error === null ? [] : [[span("bad", call.error)]]),
    ]),
  ];
}

/** Characters of a sub-call's prompt and reply that the terminal shows. */
const BRIEF_CHARS = 300;

function brief(shown: ShownText): ShownText {
  if (shown.text.length <= BRIEF_CHARS) return shown;
  return {
    ...shown,
    text: `${shown.text.slice(0, BRIEF_CHARS)}…`,
    cut: shown.cut + shown.text.length - BRIEF_CHARS,
  };
}

function textLines(name: string, shown: ShownText | null, kind: Kind): Line[] {
  if (shown === null || shown.text === "") return [];
  const cut = shown.cut > 0 ? ` (${shown.cut} characters more)` : "";
  return [
    [span("name", `${name}${cut}`)],
    ...shown.text
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => [span(kind, `  ${text}`)]),
  ];
}

function field(name: string, text: string, kind: Kind = "plain"): Line {
  return [span("name", name.padEnd(10)), span(kind, text)];
}

/** A line whose texts have line feeds, as lines. */
function wrapped(line: Line): Line[] {
  const lines: Span[][] = [[]];
  for (const { text, kind } of line)
    for (const [i, part] of text.split("\n").entries()) {
      if (i > 0) lines.push([span("plain", " ".repeat(10))]);
      lines.at(-1)!.push(span(kind, part));
    }
  return lines;
}

function indented(lines: readonly Line[]): Line[] {
  return lines.map((line) => [span("dim", "  │ "), ...line]);
}

/** The cells of a row in the list of a run's episodes; the head is `ROW_HEAD`. */
export function rowCells(row: IndexRow): string[] {
  return [
    row.rolloutId + (row.simulated ? "*" : "") + (row.readsGold ? "†" : ""),
    row.score === null ? "–" : row.score.toFixed(2),
    row.reward === null ? "–" : row.reward.toFixed(3),
    row.fault ?? row.stopReason,
    String(row.turns),
    String(row.promptTokens + row.completionTokens),
    money(row.nanoDollars),
    row.seconds.toFixed(1),
  ];
}

/** The columns of the list of a run's episodes. */
export const ROW_HEAD: readonly string[] = [
  "rollout",
  "score",
  "reward",
  "ended",
  "turns",
  "tokens",
  "$",
  "seconds",
];
