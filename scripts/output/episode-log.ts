/** Shows episodes on stderr while they are played: each turn as soon as it ends, and at last the answer and the reward. */
import { canaryOf } from "../../src/data/encryption.ts";
import type { EpisodeEvent, EventListener } from "../../src/episode/events.ts";
import type { Call, Trajectory } from "../../src/trajectory.ts";
import { type TurnView, viewOf, viewOfTurn } from "../../src/view/episode-view.ts";
import { endLines, type Line, turnLines } from "../../src/view/lines.ts";
import { printToStderr } from "./pager.ts";
import { type LogFormat, writeLogLine } from "./log-lines.ts";

/** Characters of a text, and sub-calls of a batch, that are shown. */
const MOST_CHARS = 2000;
const MOST_CALLS = 3;

/** Hears of episodes, and shows them. */
export interface EpisodeLog {
  readonly hear: EventListener;
  ended(trajectory: Trajectory): void;
}

/** How episodes are shown. */
export interface EpisodeLogOptions {
  readonly log: LogFormat;
  /** Shows the texts of encrypted sets. */
  readonly plain: boolean;
  /** Begins each line with its rollout, since several are played at once. */
  readonly named: boolean;
}

/** A log of the episodes that hear of. Records do not depend on it. */
export function showEpisodes({ log, plain, named }: EpisodeLogOptions): EpisodeLog {
  const calls = new Map<string, Call[]>();
  const hidden = new Set<string>();
  const print = (rolloutId: string, depth: number, lines: readonly Line[]) => {
    const prefix = named || depth > 0 ? `${rolloutId} │ ` : "";
    printToStderr(prefix === "" ? lines : lines.map((line) => [{ kind: "dim", text: prefix }, ...line]));
  };
  const hear = (event: EpisodeEvent) => {
    const { rolloutId, depth } = event;
    if (event.kind === "begun") {
      if (event.encrypted && !plain) hidden.add(treeOf(rolloutId));
      const question = hidden.has(treeOf(rolloutId)) ? "(encrypted)" : event.question.slice(0, MOST_CHARS);
      calls.set(rolloutId, []);
      if (log === "json") writeLogLine("info", "episode_begun", { rolloutId, depth, question });
      else print(rolloutId, depth, headLines(rolloutId, question));
    } else if (event.kind === "replied") calls.get(rolloutId)?.push(event.call);
    else if (event.kind === "turn") {
      const options = { mostChars: MOST_CHARS, hidden: hidden.has(treeOf(rolloutId)) };
      const turn = viewOfTurn(event.turn, calls.get(rolloutId) ?? [], options);
      if (log === "json") writeLogLine("info", "turn_ended", { rolloutId, depth, ...factsOf(turn) });
      else print(rolloutId, depth, turnLines(withoutRepetition(turn), null, MOST_CALLS));
    } else if (event.kind === "ended") {
      calls.delete(rolloutId);
      if (log === "text" && depth > 0)
        print(rolloutId, depth, [[{ kind: "head", text: `ended: ${event.stopReason}` }]]);
    }
  };
  return {
    hear,
    ended: (trajectory) => {
      const { rolloutId, task } = trajectory;
      hidden.delete(rolloutId);
      if (log === "json") return;
      const options = { mostChars: MOST_CHARS, hidden: canaryOf(task) !== null && !plain };
      print(rolloutId, 0, endLines(viewOf({ ...trajectory, calls: [], children: [] }, options)));
    },
  };
}

/** The observation repeats what blocks printed. */
function withoutRepetition(turn: TurnView): TurnView {
  return turn.blocks.length === 0 ? turn : { ...turn, observation: { ...turn.observation, text: "" } };
}

/** The root's id: those of children begin with it. */
function treeOf(rolloutId: string): string {
  return rolloutId.split("#", 1)[0]!;
}

function headLines(rolloutId: string, question: string): Line[] {
  const [first = "", ...rest] = question.split("\n");
  return [
    [{ kind: "head", text: rolloutId }],
    [
      { kind: "name", text: "question  " },
      { kind: "plain", text: first },
    ],
    ...rest.map((text): Line => [{ kind: "plain", text: `          ${text}` }]),
  ];
}

function factsOf({ index, thoughts, completion, observation, asked, usage, nanoDollars, seconds }: TurnView) {
  return {
    turn: index + 1,
    thoughts: thoughts?.text ?? null,
    completion: completion.text,
    observation: observation.text,
    subCalls: asked.reduce((all, { calls }) => all + calls.length, 0),
    tokens: usage === null ? null : usage.promptTokens + usage.completionTokens,
    costUsd: nanoDollars === null ? null : nanoDollars / 1e9,
    seconds,
  };
}
