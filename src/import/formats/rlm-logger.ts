/** Logs of RLMLogger (alexzhang13/rlm), with their older shapes, as native trajectories. */
import { DataError } from "../../errors.ts";
import type { KeptRecord } from "../../export/kept.ts";
import {
  type LogCall,
  type LogIteration,
  type LogMetadata,
  rlmLoggerLine,
} from "../../export/formats/rlm-logger-row.ts";
import type { InfraError } from "../../trajectory.ts";
import type { Message, StopReason, Usage } from "../../types.ts";
import { importedFrom, type Importer, keptIn, parsedLine, type ReadEpisode } from "../importer.ts";
import { type ForeignCall, type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";
import { restored, type ShownEpisode } from "../restore.ts";

const UNKNOWN = ["context", "seed", "limits", "usage of the root's calls"];

/** One episode for each `metadata` line and the iterations after it; iterations that begin at 1 again are another one. */
export const rlmLoggerLogs: Importer = {
  name: "rlm-logger",
  describe: "logs of alexzhang13/rlm",
  recognises: ({ type }) => type === "metadata" || type === "iteration" || type === "run_context",
  read: async function* read(lines, name) {
    let metadata: LogMetadata | null = null;
    let iterations: LogIteration[] = [];
    let count = 0;
    let where = name;
    const episode = () =>
      episodeRead(metadata!, iterations, count++ === 0 ? name : `${name}/${count}`, where);
    for await (const line of lines) {
      const row = parsedLine(rlmLoggerLine, line);
      if (row.type === "run_context") continue;
      if (row.type === "iteration" && metadata === null)
        throw new DataError(`${line.where}: an iteration before any metadata line`);
      const isNew = row.type === "metadata" || row.iteration === 1;
      if (isNew && iterations.length > 0) {
        yield episode();
        iterations = [];
      }
      if (row.type === "iteration") iterations.push(row);
      else {
        metadata = row;
        ({ where } = line);
      }
    }
    if (iterations.length > 0) yield episode();
  },
};

function episodeRead(
  metadata: LogMetadata,
  iterations: readonly LogIteration[],
  name: string,
  where: string,
): ReadEpisode {
  const kept = keptIn(metadata);
  const record = kept
    ? restored(kept, shownIn(kept, iterations), where)
    : episodeOf(metadata, iterations, name);
  return { record, reference: null, context: null };
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
      .filter((call) => call.purpose !== "policy" && call.turn === turn && call.told)
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

function episodeOf(metadata: LogMetadata, iterations: readonly LogIteration[], name: string): ForeignEpisode {
  const { system, opening } = beginningOf(iterations);
  const children = iterations.flatMap(({ code_blocks: blocks }, turn) =>
    blocks
      .flatMap(({ result }) => callsOf(result))
      .flatMap((call) => (call.metadata ? [{ turn, call, log: call.metadata }] : [])),
  );
  const answer = iterations.map((iteration) => finalOf(iteration)).findLast((text) => text !== null) ?? null;
  const maxTurns = metadata.max_iterations > 0 ? metadata.max_iterations : null;
  return {
    rolloutId: name,
    groupId: name,
    environment: "rlm-logger",
    policy: metadata.root_model,
    taskId: name,
    question: opening,
    metadata: importedFrom("rlm-logger", UNKNOWN),
    context: null,
    systemPrompt: system,
    opening,
    dialect: "repl",
    maxTurns,
    turns: iterations.map((iteration, index) => turnOf(iteration, iterations[index + 1], metadata)),
    children: children.map(({ turn, call, log }, index) => ({
      turn,
      episode: episodeOf(
        {
          type: "metadata",
          root_model: call.root_model ?? metadata.root_model,
          max_depth: 0,
          max_iterations: 0,
        },
        log.iterations,
        `${name}#${index}`,
      ),
    })),
    answer,
    reward: null,
    ended: endOf(answer, iterations.length, maxTurns),
    startedAt: metadata.timestamp ?? iterations[0]?.timestamp ?? NO_TIME,
  };
}

/** A log that ends before its last iteration, and without an answer, was cut off by something that it does not tell. */
function endOf(answer: string | null, turns: number, maxTurns: number | null): StopReason | InfraError {
  if (answer !== null) return "answered";
  if (maxTurns !== null && turns >= maxTurns) return "max_turns";
  return { kind: "imported", message: "the log ends without an answer" };
}

function beginningOf([first]: readonly LogIteration[]): { system: string; opening: string } {
  const prompt = first?.prompt;
  if (!Array.isArray(prompt)) return { system: "", opening: typeof prompt === "string" ? prompt : "" };
  const of = (role: Message["role"]) => prompt.find((message) => message.role === role)?.content ?? "";
  return { system: of("system"), opening: of("user") };
}

function turnOf(
  iteration: LogIteration,
  next: LogIteration | undefined,
  { root_model: model }: LogMetadata,
): ForeignTurn {
  const blocks = iteration.code_blocks.map(({ code, result }) => ({
    code,
    stdout: result.stdout ?? "",
    stderr: result.stderr ?? "",
  }));
  return {
    text: iteration.response,
    blocks,
    observation:
      shownAfter(iteration, next) ?? blocks.map(({ stdout, stderr }) => stdout + stderr).join("\n"),
    call: { purpose: "policy", model, prompt: null, reply: null, usage: null, dollars: null },
    subCalls: iteration.code_blocks
      .flatMap(({ result }) => callsOf(result))
      .filter((call) => !call.metadata)
      .map((call) => subCallOf(call, model)),
    seconds: iteration.iteration_time ?? 0,
  };
}

/** The next prompt tells what the policy was shown; of the last turn only the output is known. */
function shownAfter({ prompt }: LogIteration, next: LogIteration | undefined): string | null {
  if (!Array.isArray(prompt) || !Array.isArray(next?.prompt)) return null;
  const added = next.prompt.slice(prompt.length + 1);
  return added.length === 0 ? null : added.map(({ content }) => content ?? "").join("\n");
}

function callsOf({ rlm_calls: calls, llm_calls: older }: { rlm_calls?: unknown; llm_calls?: unknown }) {
  return (calls ?? older ?? []) as LogCall[];
}

function subCallOf(call: LogCall, rootModel: string): ForeignCall {
  const error = call.error ?? null;
  return {
    purpose: "llm_query",
    model: call.root_model ?? rootModel,
    prompt: textOf(call.prompt),
    reply: error === null ? (call.response ?? "") : null,
    error,
    ...costOf(call),
    seconds: call.execution_time ?? 0,
  };
}

/** Sums over the models of a call; unknown where one of them is. */
function costOf({ usage_summary: summary }: LogCall): { usage: Usage | null; dollars: number | null } {
  const models = Object.values(summary?.model_usage_summaries ?? {});
  const sum = (values: readonly (number | null | undefined)[]): number | null =>
    values.length === 0 || values.some((value) => value == null)
      ? null
      : values.reduce<number>((total, value) => total + value!, 0);
  const promptTokens = sum(models.map((model) => model.total_input_tokens));
  const completionTokens = sum(models.map((model) => model.total_output_tokens));
  const isKnown = promptTokens !== null && completionTokens !== null;
  return {
    usage: isKnown ? { promptTokens, completionTokens, cachedTokens: 0 } : null,
    dollars: sum(models.map((model) => model.total_cost)),
  };
}

function textOf(prompt: unknown): string {
  return typeof prompt === "string" ? prompt : JSON.stringify(prompt);
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
