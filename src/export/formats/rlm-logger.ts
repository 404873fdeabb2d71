/** The format `rlm-logger`: a log an episode, as RLMLogger of `rlms` (0.1.3) writes it and its viewer reads it. */
import type { Call, Trajectory, Turn } from "../../trajectory.ts";
import { promptsOf } from "../conversation.ts";
import { eachEpisode, type Exporter, type Row, withKeys } from "../exporter.ts";
import { fileNameOf } from "../file-name.ts";
import { KEPT_KEY, keptOf } from "../kept.ts";
import { rlmLoggerLine } from "./rlm-logger-row.ts";

/** The log of an episode shows each observation but the last in the next prompt, with others around it. */
const SHOWN = { observation: () => false, child: () => true };

/**
 * Sub-calls stand in the block that made them. Children
 * are sub-calls with a log of their own under `metadata`. The line `metadata` has one key more, `rlm_gym`, with what the
 * format has no place for.
 */
export const rlmLogger: Exporter = {
  name: "rlm-logger",
  describe: "a log an episode, as alexzhang13/rlm writes and shows it",
  output: "documents",
  columns: null,
  jsonl: false,
  needsTokens: false,
  holdsGold: false,
  holdsChildren: true,
  keepsUntrained: true,
  recognises: (row) =>
    withKeys("type", "root_model", "max_iterations")(row) ||
    withKeys("type", "iteration", "code_blocks")(row),
  row: rlmLoggerLine,
  rows: eachEpisode(({ trajectory }) => ({
    rows: [
      {
        name: fileNameOf(trajectory.rolloutId, ".jsonl"),
        lines: [
          {
            type: "metadata",
            timestamp: trajectory.wallClock.startedAt,
            ...metadataOf(trajectory),
            [KEPT_KEY]: keptOf(trajectory, SHOWN),
          },
          ...iterationsOf(trajectory),
        ],
      },
    ],
  })),
};

function metadataOf(trajectory: Trajectory): Row {
  const model = rootModel(trajectory);
  return {
    root_model: model,
    max_depth: trajectory.maxDepth,
    max_iterations: trajectory.limits.maxTurns,
    backend: "rlm-gym",
    backend_kwargs: { model_name: model },
    environment_type: "pyodide",
    environment_kwargs: { environment: trajectory.environment },
    other_backends: null,
  };
}

function iterationsOf(trajectory: Trajectory): Row[] {
  const { turns, answer, wallClock } = trajectory;
  return promptsOf(trajectory).map(({ turn, prompt }) => {
    const isLast = turn.index === turns.length - 1;
    const final = isLast && answer !== null ? answer.text : null;
    return {
      type: "iteration",
      iteration: turn.index + 1,
      timestamp: wallClock.startedAt,
      prompt: prompt.map(({ role, content }) => ({ role, content })),
      response: turn.completion.text,
      code_blocks: blocksOf(trajectory, turn, final),
      final_answer: final,
      iteration_time: turn.wallClock.seconds,
    };
  });
}

function blocksOf(trajectory: Trajectory, turn: Turn, final: string | null): Row[] {
  const calls = trajectory.calls.filter((call) => call.turn === turn.index && isOfBlock(call));
  const children = trajectory.children.filter(({ parent }) => parent?.turn === turn.index);
  return turn.results.map((block, index) => ({
    code: block.code,
    result: {
      stdout: [block.stdout, block.value ?? ""].filter((part) => part !== "").join(""),
      stderr: [block.stderr, block.exception ?? ""].filter((part) => part !== "").join("\n"),
      locals: {},
      execution_time: turn.results.length === 1 ? turn.wallClock.seconds : null,
      rlm_calls: [
        ...calls.filter(({ block: at = 0 }) => at === index).map(callOf),
        ...children.filter(({ parent }) => (parent!.block ?? 0) === index).map(childOf),
      ],
      final_answer: index === turn.results.length - 1 ? final : null,
    },
  }));
}

/** Code made the call. Calls of a judge and of a summary are the environment's own, and a judge's prompt holds the gold. */
function isOfBlock({ purpose, prompt }: Call): boolean {
  return prompt !== null && (purpose === "llm_query" || purpose === "rlm_query");
}

function callOf({ model, prompt, reply, error, usage, nanoDollars, wallClock }: Call): Row {
  return {
    root_model: model,
    prompt,
    response: reply ?? "",
    usage_summary: summaryOf(model, 1, usage, nanoDollars),
    execution_time: wallClock.seconds,
    ...(error !== null && { error }),
  };
}

function childOf(child: Trajectory): Row {
  const { totals, answer, task, error, wallClock } = child;
  const model = rootModel(child);
  return {
    root_model: model,
    prompt: task.question,
    response: answer?.text ?? "",
    usage_summary: summaryOf(model, totals.calls, totals, totals.nanoDollars),
    execution_time: wallClock.seconds,
    metadata: { run_metadata: metadataOf(child), iterations: iterationsOf(child) },
    ...(error !== null && { error: error.message }),
  };
}

/** What nobody reported stays null: it is not zero. */
function summaryOf(
  model: string,
  calls: number,
  usage: { readonly promptTokens: number; readonly completionTokens: number } | null,
  nanoDollars: number | null,
): Row {
  const cost = nanoDollars === null ? {} : { total_cost: nanoDollars / 1e9 };
  const tokens = {
    total_input_tokens: usage?.promptTokens ?? null,
    total_output_tokens: usage?.completionTokens ?? null,
  };
  return { model_usage_summaries: { [model]: { total_calls: calls, ...tokens, ...cost } }, ...cost };
}

function rootModel({ calls, policy }: Trajectory): string {
  return calls.find(({ purpose }) => purpose === "policy")?.model ?? policy;
}
