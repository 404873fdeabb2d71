/** Logs of RLMLogger (alexzhang13/rlm), with their older shapes, as native trajectories. */
import { DataError } from "../errors.ts";
import {
  type LogCall,
  type LogIteration,
  type LogMetadata,
  rlmLoggerLine,
} from "../export/rlm-logger-row.ts";
import type { RewardRecord } from "../trajectory.ts";
import type { ForeignCall, ForeignEpisode, ForeignTurn } from "./native.ts";

export interface Line {
  readonly value: unknown;
  /** File and number of the line, for errors. */
  readonly where: string;
}

/** One episode for each `metadata` line and the iterations after it; iterations that begin at 1 again are another one. */
export function* readRlmLog(lines: Iterable<Line>, name: string): Generator<ForeignEpisode> {
  let metadata: LogMetadata | null = null;
  let iterations: LogIteration[] = [];
  let count = 0;
  const episode = () => episodeOf(metadata!, iterations, count++ === 0 ? name : `${name}/${count}`);
  for (const { value, where } of lines) {
    const parsed = rlmLoggerLine.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new DataError(`${where}: ${issue!.path.join(".") || "type"}: ${issue!.message}`);
    }
    const line = parsed.data;
    if (line.type === "run_context") continue;
    if (line.type === "iteration" && metadata === null)
      throw new DataError(`${where}: an iteration before any metadata line`);
    const isNew = line.type === "metadata" || line.iteration === 1;
    if (isNew && iterations.length > 0) {
      yield episode();
      iterations = [];
    }
    if (line.type === "metadata") metadata = line;
    else iterations.push(line);
  }
  if (iterations.length > 0) yield episode();
}

function episodeOf(metadata: LogMetadata, iterations: readonly LogIteration[], name: string): ForeignEpisode {
  const facts = (metadata.rlm_gym ?? {}) as {
    rolloutId?: string;
    groupId?: string;
    environment?: string;
    policy?: string;
    task?: { id: string; question: string };
    reward?: RewardRecord | null;
  };
  const first = iterations[0]?.prompt;
  const messages = Array.isArray(first)
    ? first
    : [{ role: "user", content: typeof first === "string" ? first : "" }];
  const system = messages.find(({ role }) => role === "system")?.content ?? "";
  const opening = messages.find(({ role }) => role === "user")?.content ?? "";
  const rolloutId = facts.rolloutId ?? name;
  const children = iterations.flatMap(({ code_blocks: blocks }, turn) =>
    blocks
      .flatMap(({ result }) => callsOf(result))
      .flatMap((call) => (call.metadata ? [{ turn, call, log: call.metadata }] : [])),
  );
  return {
    rolloutId,
    groupId: facts.groupId ?? rolloutId,
    environment: facts.environment ?? "rlm-logger",
    policy: facts.policy ?? metadata.root_model,
    taskId: facts.task?.id ?? rolloutId,
    question: facts.task?.question ?? opening,
    systemPrompt: system,
    opening,
    dialect: "repl",
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
        `${rolloutId}#${index}`,
      ),
    })),
    answer:
      iterations.map(({ final_answer: answer }) => answerOf(answer)).findLast((text) => text !== null) ??
      null,
    reward: facts.reward ?? null,
    startedAt: metadata.timestamp ?? iterations[0]?.timestamp ?? "1970-01-01T00:00:00.000Z",
  };
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

function callsOf({
  rlm_calls: calls,
  llm_calls: older,
}: {
  rlm_calls?: unknown;
  llm_calls?: unknown;
}): LogCall[] {
  return (calls ?? older ?? []) as LogCall[];
}

function subCallOf(call: LogCall, rootModel: string): ForeignCall {
  const [summary] = Object.values(call.usage_summary?.model_usage_summaries ?? {});
  const { total_input_tokens: input, total_output_tokens: output, total_cost: cost } = summary ?? {};
  const isKnown = input != null && output != null;
  return {
    purpose: "llm_query",
    model: call.root_model ?? rootModel,
    prompt: typeof call.prompt === "string" ? call.prompt : JSON.stringify(call.prompt),
    reply: call.error == null ? (call.response ?? "") : null,
    error: call.error ?? null,
    usage: isKnown ? { promptTokens: input, completionTokens: output, cachedTokens: 0 } : null,
    dollars: cost ?? null,
    seconds: call.execution_time ?? 0,
  };
}

/** Older logs have a pair of type and value. */
function answerOf(answer: LogIteration["final_answer"]): string | null {
  if (answer == null) return null;
  if (typeof answer === "string") return answer;
  return typeof answer[1] === "string" ? answer[1] : JSON.stringify(answer[1]);
}
