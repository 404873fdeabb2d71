/** What an episode did, without what depends on its task: by which trajectories are compared over the lengths of contexts. */
import { createHash } from "node:crypto";
import { PYTHON } from "../languages/python/python.ts";
import type { Trajectory, Turn } from "../trajectory.ts";

/** The path of one episode; its children's turns are not part of it. */
export interface EpisodePath {
  /** One for each turn: how its code ended, and which functions of the host it called. */
  readonly actions: readonly string[];
  /** The code of all turns in tokens, each as a number; literals are all alike, and comments are left out. */
  readonly code: readonly number[];
  /** The prompt tokens of each turn. */
  readonly promptTokens: readonly number[];
  /** The options that shape what the policy saw, such as `offload, constant, kept`; empty for none. */
  readonly options: string;
}

/** The most tokens of code that are compared, and characters of a block that are read. */
const [MOST_TOKENS, MOST_CHARS] = [1000, 20_000];

/** The path of an episode. */
export function pathOf(trajectory: Trajectory): EpisodePath {
  const { turns, calls, language = PYTHON, history, observations, replies } = trajectory;
  const prompts = new Map(
    calls.filter(({ purpose }) => purpose === "policy").map(({ turn, usage }) => [turn, usage]),
  );
  return {
    actions: turns.map((turn) => actionOf(trajectory, turn)),
    code: turns
      .flatMap(({ results }) => results.flatMap(({ code }) => tokensOf(code, language)))
      .slice(0, MOST_TOKENS)
      .map(numberOf),
    promptTokens: turns.map(({ index }) => prompts.get(index)?.promptTokens ?? 0),
    options: [
      ...(history.mode === "off" ? [] : [history.mode]),
      ...(observations ? [observations.form] : []),
      ...(replies ? [replies] : []),
    ].join(", "),
  };
}

/** What one turn did: whether it answered or had nothing to run, how its blocks ended, and what they called. */
function actionOf({ calls, children, toolCalls, turns, answer }: Trajectory, turn: Turn): string {
  const { index, results, invalid } = turn;
  const asked = calls.flatMap((call) =>
    call.turn === index && (call.purpose === "llm_query" || call.purpose === "rlm_query")
      ? [`${call.purpose}${call.batch ? "_batched" : ""}`]
      : [],
  );
  const begun = children.flatMap(({ parent }) => (parent?.turn === index ? ["child"] : []));
  const tools = toolCalls.flatMap((call) => (call.turn === index ? [`tool ${call.name}`] : []));
  const isLast = index === turns.length - 1;
  return [
    ...(invalid ? ["nothing"] : []),
    ...results.map(({ outcome }) => outcome),
    ...new Set([...asked, ...begun, ...tools].toSorted()),
    ...(isLast && answer ? ["answer"] : []),
  ].join(" ");
}

const STRING = /"""[^]*?"""|'''[^]*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`/;
const NUMBER = /\d[\w.]*/;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/u;
const COMMENTS: Readonly<Record<string, RegExp>> = {
  javascript: /\/\/[^\n]*|\/\*[^]*?\*\//,
  sql: /--[^\n]*/,
  clojure: /;[^\n]*/,
};
const HASH_COMMENT = /#[^\n]*/;

/** The tokens of code, with `0` for every literal; several literals in a row, as in a list, count as one. */
function tokensOf(code: string, language: string): string[] {
  const comment = COMMENTS[language] ?? HASH_COMMENT;
  const token = new RegExp(
    `(?<comment>${comment.source})|(?<literal>${STRING.source}|${NUMBER.source})|${WORD.source}|[^\\s]`,
    "gu",
  );
  const tokens: string[] = [];
  for (const { 0: text, groups } of code.slice(0, MOST_CHARS).matchAll(token)) {
    if (groups?.comment !== undefined) continue;
    const isLiteral = groups?.literal !== undefined;
    if (isLiteral && tokens.at(-1) === "," && tokens.at(-2) === "0") tokens.pop();
    else tokens.push(isLiteral ? "0" : text);
  }
  return tokens;
}

/** A number for a token, by which equal ones are known. */
function numberOf(token: string): number {
  return createHash("sha256").update(token).digest().readUInt32LE(0);
}
