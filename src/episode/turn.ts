/** One turn of an episode: reads the action, books its cost, runs its code, and records the result. */
import { ReplError } from "../errors.ts";
import { countAhead, isLongToCount } from "../cost/tokens.ts";
import { blockOf, type ParsedBlock, type Remark, type ParsedCompletion } from "../parse/parsed.ts";
import type { Repl } from "../repl/repl.ts";
import type { RecordedTime } from "./clock/time-over.ts";
import type { CutBlock, InfraError, TimeOver } from "../trajectory.ts";
import type { Action, BlockResult } from "../types.ts";
import { expectAction, readAction } from "./action.ts";
import type { Episode } from "./episode.ts";
import { keepsOthers } from "./history/history.ts";
import { constantReport, outputLimit } from "./observation-form.ts";
import { budgetLine, budgetShares, HANDLES_OPEN, handlesLine, INTERPRETER_FAILED } from "./prompt.ts";
import type { TurnRemark, TurnReport } from "../languages/wording.ts";
import type { RunningEpisode } from "./running.ts";

/** Where a turn's code runs. */
export interface TurnRepl {
  readonly repl: Repl;
  /** The host's clock in milliseconds at the beginning of the turn; undefined if the REPL's clock does not follow it. */
  readonly clockMs: number | undefined;
}

/** Plays one turn. Throws `UsageError` for anything that is not an action, before it changes anything. */
export async function playTurn(
  running: RunningEpisode,
  action: Action,
  { repl, clockMs }: TurnRepl,
): Promise<TurnOutcome> {
  const { episode, subCalls } = running;
  const { conversation, facts, ledger, lineage, turns } = episode;
  const { turnsKept } = conversation;
  const started = performance.now();
  const long = writtenIn(expectAction(action)).filter(isLongToCount);
  if (long.length > 0) await countAhead(...long);
  const { completion, call, parsed } = readAction(
    action,
    facts,
    conversation.messages,
    episode.thinkingSeconds,
  );
  subCalls.turn = turns.length;
  // Now, so that children leave room for the turn in which they begin.
  lineage.budget.countTurn();
  const seed = facts.policyModel ? episode.turnSeed : null;
  const reserved = running.unreserve();
  const made = call && {
    ...call,
    depth: lineage.depth,
    turn: subCalls.turn,
    ...(seed !== null && { seed }),
  };
  if (call?.usageSource === "reported")
    episode.reservations.learn(call.model, conversation.messages, call.usage);
  const recorded = made && ledger.add(made, reserved);
  episode.policyTrace = recorded?.tokens?.traceId ?? null;
  if (parsed === null) episode.answer = { text: completion.text, source: "action" };
  const outcome = await takeTurn({ running, repl, clockMs }, parsed);
  const world = await running.markWorld();
  const budget = running.tellBudget();
  const handles = running.handles.takeSights();
  const { open } = running.handles;
  const isConstant = facts.observations !== undefined;
  const told = [
    outcome.text,
    ...(open.length > 0 && episode.answer === null ? [isConstant ? HANDLES_OPEN : handlesLine(open)] : []),
    ...(budget ? [isConstant ? budgetShares(budget, facts) : budgetLine(budget)] : []),
  ].join("\n");
  const isNothing = parsed !== null && outcome.results.length === 0 && episode.answer === null;
  const isInvalid = facts.rules !== "0.1.0" && isNothing;
  episode.addTurn({
    index: subCalls.turn,
    completion,
    callId: recorded?.id ?? null,
    results: outcome.results,
    observation: told,
    ...(budget && { budget }),
    ...(handles && { handles }),
    ...(isInvalid && { invalid: true as const }),
    ...(keepsOthers(facts.history, turnsKept, subCalls.turn) && { keptTurns: turnsKept }),
    ...(outcome.timeOver && { timeOver: outcome.timeOver }),
    segment: conversation.segment,
    standing: episode.standingText,
    ...(world && { world }),
    reward: 0,
    wallClock: { seconds: (performance.now() - started) / 1000 },
  });
  conversation.append(completion, told);
  return { ...outcome, text: told };
}

/** The texts of a completion that count as the policy's tokens; empty for other actions. */
function writtenIn(action: ReturnType<typeof expectAction>): string[] {
  if (!("text" in action)) return [];
  const texts = [action.text, ...action.toolCalls.map((call) => call.arguments)];
  return texts.filter((text) => typeof text === "string");
}

/** The result of a turn: the observation's text, and its parts. */
export interface TurnOutcome {
  readonly text: string;
  readonly results: readonly BlockResult[];
  readonly invalid: string | null;
  /** The infrastructure error of the turn; null if there was none. */
  readonly error: InfraError | null;
  /** Where the episode's time was over; null if it was not, and after an infrastructure error. */
  readonly timeOver: TimeOver | null;
}

interface EpisodeRepl extends TurnRepl {
  readonly running: RunningEpisode;
}

/** Runs a turn's blocks, and sets the episode's answer if one was given. `parsed` is null if the action was the answer itself. */
async function takeTurn(
  { running, repl, clockMs }: EpisodeRepl,
  parsed: ParsedCompletion | null,
): Promise<TurnOutcome> {
  const { episode, subCalls } = running;
  const { rules, facts, recordedTime } = episode;
  const results: BlockResult[] = [];
  const remarks: TurnRemark[] = [];
  const { blocks, answer, remark } = parsed === null ? NOTHING : withFinal(parsed, episode);
  let ran = 0;
  let during: CutBlock | undefined;
  try {
    for (const block of blocks) {
      if (ran === recordedTime?.blocks) episode.endTime();
      // A completion may have thousands of blocks, each with its own time limit.
      if (ran > 0 && episode.deadline.aborted) break;
      ran += 1;
      if (block.problem !== null) {
        remarks.push(block.problem);
        continue;
      }
      subCalls.block = results.length;
      const recorded = ran === recordedTime?.blocks && recordedTime.during ? recordedTime : null;
      const { result, seen, cut } = await runBlock({ running, repl, clockMs }, block.code, recorded);
      during = cut;
      results.push(result);
      if (!rules.takesAnyAnswer) remarks.push(...seen);
      if (result.outcome !== "ok" || episode.answer !== null) break;
    }
  } catch (error) {
    if (!(error instanceof ReplError)) throw error;
    const text = INTERPRETER_FAILED;
    const fault = { kind: "repl", message: error.message };
    return { text, results, invalid: null, error: fault, timeOver: null };
  }
  if (recordedTime) episode.endTime();
  const timeOver = episode.deadline.aborted ? { blocks: ran, ...(during && { during }) } : null;
  if (answer !== null && episode.answer === null) episode.answer = { text: answer, source: "final" };
  remarks.push(...(parsed?.notes ?? []), ...(remark ? [remark] : []));
  if (parsed?.invalid) remarks.push(parsed.invalid);
  const { wording } = facts.language;
  const report: TurnReport = {
    turn: episode.turns.length + 1,
    maxTurns: facts.limits.maxTurns,
    dialect: facts.dialect,
    results,
    skipped: episode.answer === null ? blocks.length - ran : 0,
    remarks,
    isAnswered: episode.answer !== null,
  };
  const { observations } = facts;
  const text = wording.observation(observations ? constantReport(report, observations) : report);
  const invalid = parsed?.invalid ? wording.remark(parsed.invalid, facts.dialect) : null;
  return { text, results, invalid, error: null, timeOver };
}

/** The blocks of a completion to run, and the answer that it gives as text. */
interface ToDo {
  readonly blocks: readonly ParsedBlock[];
  readonly answer: string | null;
  /** What kept the answer from being taken. */
  readonly remark?: Remark;
}

const NOTHING: ToDo = { blocks: [], answer: null };

/** Names that prompts and guides put where the answer goes. */
const STANDS_FOR_AN_ANSWER = /^(?:answer|final_answer|your_answer|value|result)$/;

/**
 * An answer in prose that refers to variables is run as code, after the completion's own blocks: `FINAL_VAR(name)`, an
 * f-string, or `FINAL` of a variable or of an expression with one. Any other answer in prose is the answer's text itself.
 */
function withFinal({ blocks, final }: ParsedCompletion, episode: Episode): ToDo {
  if (final === null) return { blocks, answer: null };
  if (final.kind === "text") return { blocks, answer: final.text };
  const { language } = episode.facts;
  const after = (code: string): ToDo => ({ blocks: [...blocks, blockOf(code)], answer: null });
  if (final.kind === "variable") return after(language.finalVariable(final.argument));
  if (final.names === null) return after(final.code);
  if (final.text === "answer" && episode.standing?.content)
    return { blocks, answer: episode.standing.content };
  const codes = [...episode.turns.flatMap(({ results }) => results), ...blocks].map(({ code }) => code);
  const known = new Set(latest(codes).flatMap((code) => [...(language.boundNames?.(code) ?? [])]));
  known.add("context");
  if (episode.rules.readsAnswerInProse) {
    if (episode.standing?.content) known.add("answer");
    if (!known.has(final.text) && STANDS_FOR_AN_ANSWER.test(final.text))
      return { blocks, answer: null, remark: { kind: "placeholder" } };
  }
  const isKnown = (name: string) => known.has(name);
  const isMeant = final.needsAll ? final.names.every(isKnown) : final.names.some(isKnown);
  return isMeant ? after(final.code) : { blocks, answer: final.text };
}

/** The most characters of code that are searched for names at once. */
const MOST_SEARCHED = 2 ** 18;

/** The last of the codes, as far as they may be searched. */
function latest(codes: readonly string[]): readonly string[] {
  let [first, left] = [codes.length, MOST_SEARCHED];
  while (first > 0 && left > 0) {
    first -= 1;
    left -= codes[first]!.length;
  }
  return codes.slice(first);
}

interface RunBlock {
  readonly result: BlockResult;
  /** Remarks about the answer, about overwritten names, and about errors. */
  readonly seen: readonly TurnRemark[];
  /** Set if the episode's time was over during the block. */
  readonly cut?: CutBlock;
}

/** Runs one block. `recorded`: the same block of a record whose time was over during it. */
async function runBlock(
  { running, repl, clockMs }: EpisodeRepl,
  code: string,
  recorded: RecordedTime | null,
): Promise<RunBlock> {
  const { episode, asked, subCalls } = running;
  const { limits, observations } = episode.facts;
  const { maxExecSeconds } = limits;
  const maxOutputChars = outputLimit(limits, observations);
  const secondsLeft = Math.max(0.1, episode.secondsLeft);
  const timeoutMs = Math.ceil(Math.min(maxExecSeconds, secondsLeft) * 1000);
  asked.begin(recorded?.during ?? null);
  const { cancelled } = episode.lineage;
  const run = () =>
    repl.exec(code, {
      timeoutMs,
      maxOutputChars,
      ...(clockMs !== undefined && { clockMs }),
      ...(cancelled && { signal: cancelled }),
    });
  const stopped = recorded?.stopped ?? null;
  if (stopped !== null) await asked.repeat(repl, run);
  const { block, answer, restored = [] } = stopped ?? (await run());
  if (stopped !== null) subCalls.refusedBy = recorded?.during?.refusedBy ?? null;
  if (recorded) episode.endTime();
  else if (block.outcome === "timeout" || block.outcome === "killed") await episode.endOfTime();
  episode.standing = answer;
  const overwritten = restored.filter((name) => name !== ANSWER);
  const isNone = restored.includes(ANSWER) && episode.rules.tellsNoneAnswer;
  const isTaken = answer?.ready || (answer?.isNoDict && episode.rules.takesAnyAnswer);
  if (answer && isTaken) episode.answer = { text: answer.content, source: answer.source };
  const seen: TurnRemark[] = [
    ...(answer?.isNoDict ? [{ kind: "answer_not_dict" as const, isEmpty: answer.content === "" }] : []),
    ...(isNone ? [{ kind: "answer_not_dict" as const, isEmpty: true }] : []),
    ...(overwritten.length > 0 ? [{ kind: "restored" as const, names: overwritten }] : []),
    ...(episode.facts.language.remarksOn?.(block) ?? []),
  ];
  if (!episode.deadline.aborted) return { result: block, seen };
  const { refusedBy } = subCalls;
  const cut: CutBlock = {
    ...asked.counts,
    ...(refusedBy !== null && { refusedBy }),
    answer: answer && {
      ready: answer.ready,
      source: answer.source,
      ...(answer.isNoDict && { isNoDict: answer.isNoDict }),
    },
    ...(restored.length > 0 && { restored }),
  };
  return { result: block, seen, cut };
}

/** The name in the REPL that gives the answer. */
const ANSWER = "answer";
