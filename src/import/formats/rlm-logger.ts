/** Logs of RLMLogger (alexzhang13/rlm), with their older shapes, as native trajectories. */
import type { z } from "zod";
import { DataError } from "../../errors.ts";
import type { KeptRecord } from "../../export/kept.ts";
import {
  type LogCall,
  type LogIteration,
  type LogMetadata,
  type LogRunContext,
  rlmLoggerLine,
} from "../../export/formats/rlm-logger-row.ts";
import type { InfraError } from "../../trajectory.ts";
import type { Context, JsonObject, StopReason } from "../../types.ts";
import {
  importedFrom,
  type Importer,
  keptIn,
  type Line,
  parsedLine,
  type ReadEpisode,
  type Tell,
} from "../importer.ts";
import { type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";
import { restored, type ShownEpisode } from "../restore.ts";
import { callsOf, subCallOf, SUMMED, textOf, withSum } from "./rlm-logger-calls.ts";

const UNKNOWN = ["seed", "limits", "usage of the root's calls"];

/** One completion of the log, as far as it was read. */
interface Run {
  readonly metadata: LogMetadata;
  /** What the completion was asked about; absent in logs of the program itself. */
  readonly context: LogRunContext | null;
  readonly iterations: LogIteration[];
  /** Of its first line. */
  readonly where: string;
  /** What of it could not be read, so that it counts as failed. */
  problem: string | null;
}

/**
 * A completion is an episode. Another one begins with a `metadata` or a `run_context` line, with an iteration of number 1, and
 * after an iteration that gave an answer.
 */
export const rlmLoggerLogs: Importer = {
  name: "rlm-logger",
  describe: "logs of alexzhang13/rlm",
  recognises: ({ type }) => type === "metadata" || type === "iteration" || type === "run_context",
  read: async function* read(lines, name, tell) {
    let metadata: LogMetadata | null = null;
    let run: Run | null = null;
    let count = 0;
    const begin = (where: string, context: LogRunContext | null): Run => {
      if (metadata === null) throw new DataError(`${where}: a completion before any metadata line`);
      return { metadata, context, iterations: [], where, problem: null };
    };
    for await (const line of lines) {
      let ended: Run | null = null;
      try {
        const row = lineOf(line);
        if (row === null) continue;
        if (row.type === "metadata") {
          [ended, run, metadata] = [run, null, row];
          run = begin(line.where, null);
        } else if (row.type === "run_context") {
          // The line stands between the metadata and the first iteration, too.
          if (run !== null && !isEmpty(run)) ended = run;
          run = begin(line.where, row);
        } else {
          const isNext = run === null || row.iteration === 1 || isAnswered(run);
          if (isNext && !(run !== null && run.iterations.length === 0)) {
            ended = run;
            run = begin(line.where, null);
          }
          run!.iterations.push(row);
        }
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        if (run !== null) run.problem ??= error.message;
        tell(error);
      }
      if (ended !== null && !isEmpty(ended)) yield* readRun(ended, numbered(name, (count += 1)), tell);
    }
    if (run !== null && !isEmpty(run)) yield* readRun(run, numbered(name, (count += 1)), tell);
  },
};

function numbered(name: string, count: number): string {
  return count === 1 ? name : `${name}/${count}`;
}

/** Null for a line of a kind that readers pass over. */
function lineOf(line: Line): z.output<typeof rlmLoggerLine> | null {
  const { type } = (line.value ?? {}) as { type?: unknown };
  const isOther = typeof type === "string" && !["metadata", "run_context", "iteration"].includes(type);
  return isOther ? null : parsedLine(rlmLoggerLine, line);
}

/** The metadata alone: no completion was begun, or its `run_context` is still to come. One of ours may have taken no turn. */
function isEmpty({ metadata, context, iterations, problem }: Run): boolean {
  return context === null && iterations.length === 0 && problem === null && keptIn(metadata) === null;
}

function isAnswered({ iterations }: Run): boolean {
  const last = iterations.at(-1);
  return last !== undefined && finalOf(last) !== null;
}

/** A log of ours that lacks a part is read as one of another program, so that what there is of it is not lost. */
function* readRun(run: Run, name: string, tell: Tell): Generator<ReadEpisode> {
  const { metadata, iterations, where } = run;
  const kept = run.problem === null ? keptIn(metadata) : null;
  try {
    const record = kept ? restored(kept, shownIn(kept, iterations), where) : episodeOf(run, name);
    yield { record, reference: null, context: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    tell(error);
  }
}

/** Of a log of ours: sub-calls stand in the order of their ids, and children after them. */
function shownIn(kept: KeptRecord, iterations: readonly LogIteration[]): ShownEpisode {
  const calls = new Map<number, { prompt: string; reply: string | null }>();
  const children = new Map<string, ShownEpisode>();
  for (const [turn, { code_blocks: blocks }] of iterations.entries()) {
    const logged = blocks.flatMap(({ result }) => callsOf(result));
    const byBlock = <T extends { readonly block?: number }>(one: T, other: T) =>
      (one.block ?? 0) - (other.block ?? 0);
    const own = kept.calls
      .filter((call) => /^(?:llm|rlm)_query$/.test(call.purpose) && call.turn === turn && call.told)
      .toSorted(byBlock);
    const begun = kept.children
      .filter(({ parent }) => parent?.turn === turn)
      .toSorted((one, other) => byBlock(one.parent!, other.parent!));
    for (const [index, { prompt, response }] of logged.filter((call) => !call.metadata).entries()) {
      const call = own[index];
      if (call) calls.set(call.id, { prompt: textOf(prompt), reply: call.error ? null : (response ?? "") });
    }
    for (const [index, { metadata }] of logged.filter((call) => call.metadata).entries())
      if (begun[index]) children.set(begun[index].rolloutId, shownIn(begun[index], metadata!.iterations));
  }
  const { system, opening } = beginningOf(iterations);
  const turns = iterations.map(({ response }) => ({ text: response }));
  return { systemPrompt: system, opening, turns, calls, children };
}

function episodeOf(run: Run, name: string, summed: LogCall | null = null): ForeignEpisode {
  const { metadata, iterations, problem } = run;
  const { system, opening } = beginningOf(iterations);
  const children = iterations.flatMap(({ code_blocks: blocks }, turn) =>
    blocks
      .flatMap(({ result }) => callsOf(result))
      .flatMap((call) => (call.metadata ? [{ turn, call, log: call.metadata }] : [])),
  );
  const answer = iterations.map((iteration) => finalOf(iteration)).findLast((text) => text !== null) ?? null;
  const maxTurns = metadata.max_iterations > 0 ? metadata.max_iterations : null;
  const context = contextOf(run.context);
  const unknown = [...(context === null ? ["context"] : []), ...UNKNOWN];
  const turns = turnsOf(iterations, metadata);
  return {
    rolloutId: name,
    groupId: name,
    environment: "rlm-logger",
    policy: metadata.root_model,
    taskId: name,
    question: questionOf(run.context) ?? opening,
    metadata: importedFrom("rlm-logger", summed ? [...unknown, SUMMED] : unknown),
    context,
    systemPrompt: system,
    opening,
    dialect: "repl",
    maxTurns,
    turns: summed ? withSum(turns, summed) : turns,
    children: children.map(({ turn, call, log }, index) => ({
      turn,
      episode: episodeOf(
        {
          metadata: {
            type: "metadata",
            root_model: call.root_model ?? metadata.root_model,
            max_depth: 0,
            max_iterations: 0,
          },
          context: null,
          iterations: log.iterations,
          where: name,
          problem: call.error ?? null,
        },
        `${name}#${index}`,
        call,
      ),
    })),
    answer,
    reward: null,
    ended:
      problem === null
        ? endOf(answer, iterations.length, maxTurns)
        : { kind: "imported", message: `the log cannot be read whole: ${problem}` },
    startedAt: run.context?.timestamp ?? iterations[0]?.timestamp ?? metadata.timestamp ?? NO_TIME,
  };
}

/** What the REPL's `context` was: a text, texts, or an object; null for what is none of them. */
function contextOf(run: LogRunContext | null): Context | null {
  const prompt = run?.prompt;
  if (typeof prompt === "string") return prompt;
  if (Array.isArray(prompt)) return prompt.every((part) => typeof part === "string") ? prompt : null;
  return typeof prompt === "object" && prompt !== null ? (prompt as JsonObject) : null;
}

/** Where no question was asked apart, the context is what was asked; a long one is not a question. */
const LONGEST_QUESTION = 2000;

function questionOf(run: LogRunContext | null): string | null {
  const { root_prompt: asked, prompt } = run ?? {};
  if (typeof asked === "string" && asked !== "") return asked;
  return typeof prompt === "string" && prompt.length <= LONGEST_QUESTION ? prompt : null;
}

/** A log that ends before its last iteration, and without an answer, was cut off by something that it does not tell. */
function endOf(answer: string | null, turns: number, maxTurns: number | null): StopReason | InfraError {
  if (answer !== null) return "answered";
  if (maxTurns !== null && turns >= maxTurns) return "max_turns";
  return { kind: "imported", message: "the log ends without an answer" };
}

/** All that stands in the first prompt after the system prompt is what the policy was told at the beginning. */
function beginningOf([first]: readonly LogIteration[]): { system: string; opening: string } {
  const prompt = first?.prompt;
  if (!Array.isArray(prompt)) return { system: "", opening: typeof prompt === "string" ? prompt : "" };
  const isSystem = ({ role }: { role: string }) => role === "system";
  const told = prompt.filter((message) => !isSystem(message)).map(({ content }) => content ?? "");
  return {
    system: prompt.find(isSystem)?.content ?? "",
    opening: told.filter((text) => text !== "").join("\n\n"),
  };
}

function turnsOf(iterations: readonly LogIteration[], { root_model: model }: LogMetadata): ForeignTurn[] {
  let segment = 0;
  return iterations.map((iteration, index) => {
    const blocks = iteration.code_blocks.map(({ code, result }) => ({
      code,
      stdout: result.stdout ?? "",
      stderr: result.stderr ?? "",
    }));
    const printed = blocks.map(({ stdout, stderr }) => stdout + stderr).join("\n");
    const own = segment;
    const next = iterations[index + 1];
    const shown = next ? shownAfter(iteration, next) : null;
    // The next prompt does not hold what was said: the conversation was compacted between the two.
    if (next && shown === null && Array.isArray(next.prompt)) segment += 1;
    return {
      text: iteration.response,
      blocks,
      observation: shown ?? printed,
      segment: own,
      call: { purpose: "policy", model, prompt: null, reply: null, usage: null, dollars: null },
      subCalls: iteration.code_blocks
        .flatMap(({ result }) => callsOf(result))
        .filter((call) => !call.metadata)
        .map((call) => subCallOf(call, model)),
      seconds: iteration.iteration_time ?? 0,
    };
  });
}

/** What the next prompt has after the completion; null if it does not have the completion. */
function shownAfter({ response }: LogIteration, { prompt }: LogIteration): string | null {
  if (!Array.isArray(prompt)) return null;
  const at = prompt.findLastIndex(({ role, content }) => role === "assistant" && content === response);
  if (at === -1) return null;
  return prompt
    .slice(at + 1)
    .map(({ content }) => content ?? "")
    .join("\n");
}

/** Older logs have a pair of type and value, and some have the answer with the block that gave it alone. */
function finalOf({ final_answer: answer, code_blocks: blocks }: LogIteration): string | null {
  return (
    answerOf(answer) ?? blocks.map(({ result }) => answerOf(result.final_answer)).findLast(Boolean) ?? null
  );
}

function answerOf(answer: LogIteration["final_answer"]): string | null {
  if (answer == null || typeof answer === "string") return answer ?? null;
  return typeof answer[1] === "string" ? answer[1] : JSON.stringify(answer[1]);
}
