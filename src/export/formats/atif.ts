/** The format `atif`: a document an episode, as Harbor and the `atif` package of PyPI (1.8) read it. */
import type { Call, Trajectory, Turn } from "../../trajectory.ts";
import { ATIF_VERSION, type AtifDocument, atifDocument, type AtifStep } from "./atif-row.ts";
import { declaredTools, objectIn } from "../chat.ts";
import { eachEpisode, type Exporter, withKeys } from "../exporter.ts";
import { fileNameOf } from "../file-name.ts";
import { KEPT_KEY, type KeptRecord, keptOf } from "../kept.ts";

const SHOWN = { observation: () => true, child: () => true };

/** Sub-calls and children are always in it, as the documents of sub-agents. */
export const atif: Exporter = {
  name: "atif",
  describe: "a document an episode, with sub-calls as sub-agents",
  output: "documents",
  columns: null,
  jsonl: false,
  needsTokens: false,
  holdsGold: false,
  holdsChildren: true,
  keepsUntrained: true,
  recognises: withKeys("schema_version", "agent", "steps"),
  row: atifDocument,
  rows: eachEpisode(({ trajectory }, { version }) => ({
    rows: [
      {
        name: fileNameOf(trajectory.rolloutId, ".json"),
        lines: [documentOf(trajectory, version, keptOf(trajectory, SHOWN))],
      },
    ],
  })),
};

/** What was kept stands on the document of the root, for the children too. */
function documentOf(trajectory: Trajectory, version: string, kept: KeptRecord | null): AtifDocument {
  const { rolloutId, systemPrompt, opening, turns, calls, children, totals, reward, task } = trajectory;
  const said: Omit<AtifStep, "step_id">[] = [
    { source: "system", message: systemPrompt, timestamp: trajectory.wallClock.startedAt },
    { source: "user", message: opening },
    ...turns.map((turn) => agentStep(trajectory, turn)),
  ];
  const subCalls = calls.filter(isSubCall).map((call) => subCallDocument(trajectory, call, version));
  const below = [...subCalls, ...children.map((child) => documentOf(child, version, null))];
  const tools = declaredTools(trajectory);
  const model = calls.find(({ purpose }) => purpose === "policy")?.model;
  return {
    schema_version: ATIF_VERSION,
    session_id: rolloutId,
    trajectory_id: rolloutId,
    agent: {
      name: "rlm-gym",
      version,
      ...(model !== undefined && { model_name: model }),
      ...(tools.length > 0 && { tool_definitions: tools }),
      extra: { policy: trajectory.policy, dialect: trajectory.dialect, history: trajectory.history },
    },
    steps: said.map((step, index) => ({ step_id: index + 1, ...step })),
    final_metrics: {
      total_prompt_tokens: totals.promptTokens,
      total_completion_tokens: totals.completionTokens,
      total_cached_tokens: totals.cachedTokens,
      ...(totals.nanoDollars !== null && { total_cost_usd: totals.nanoDollars / 1e9 }),
      total_steps: said.length,
    },
    extra: {
      environment: trajectory.environment,
      task_id: task.id,
      dataset: task.dataset,
      question: task.question,
      context: task.context,
      context_tokens: task.contextTokens,
      group_id: trajectory.groupId,
      seed: trajectory.seed,
      depth: trajectory.depth,
      stop_reason: trajectory.stopReason,
      answer: trajectory.answer,
      reward: reward?.total ?? null,
      score: reward?.score ?? null,
      terms: reward?.terms ?? null,
      simulated: trajectory.simulated,
      ...(kept && { [KEPT_KEY]: kept }),
    },
    ...(below.length > 0 && { subagent_trajectories: below }),
  };
}

function agentStep(trajectory: Trajectory, turn: Turn): Omit<AtifStep, "step_id"> {
  const call = trajectory.calls.find(({ id }) => id === turn.callId);
  const { text, toolCalls, reasoning } = turn.completion;
  const last = toolCalls.at(-1);
  const below = [
    ...trajectory.calls
      .filter((one) => isSubCall(one) && one.turn === turn.index)
      .map((one) => subCallId(trajectory, one)),
    ...trajectory.children
      .filter(({ parent }) => parent?.turn === turn.index)
      .map(({ rolloutId }) => rolloutId),
  ].map((id) => ({ trajectory_id: id }));
  const references = [...below, ...outsideOf(trajectory, turn.index)];
  return {
    source: "agent",
    message: text,
    // The models of the format allow thoughts on steps that a model made alone.
    ...(call && reasoning && reasoning.text !== "" && { reasoning_content: reasoning.text }),
    ...(call && { model_name: call.model }),
    ...(last && {
      tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
        tool_call_id: id,
        function_name: name,
        arguments: objectIn(args) ?? {},
        ...(objectIn(args) === null && { extra: { arguments: args } }),
      })),
    }),
    observation: {
      results: [
        {
          ...(last && { source_call_id: last.id }),
          content: turn.observation,
          ...(references.length > 0 && { subagent_trajectory_ref: references }),
        },
      ],
    },
    ...(call?.usage && { metrics: metricsOf(call) }),
    // An action given by hand or written by a program came from no model.
    llm_call_count: call ? 1 : 0,
    extra: {
      segment: turn.segment,
      finish_reason: turn.completion.finishReason,
      standing: turn.standing,
    },
  };
}

/** The sub-agents of an imported record whose documents stand elsewhere. */
function outsideOf({ task }: Trajectory, turn: number): { trajectory_path: string }[] {
  const { subAgents } = (task.metadata["imported"] ?? {}) as { subAgents?: unknown };
  if (!Array.isArray(subAgents)) return [];
  return (subAgents as { turn?: unknown; path?: unknown }[]).flatMap(({ turn: at, path }) =>
    at === turn && typeof path === "string" ? [{ trajectory_path: path }] : [],
  );
}

function metricsOf({ usage, nanoDollars, tokens }: Call): NonNullable<AtifStep["metrics"]> {
  return {
    prompt_tokens: usage!.promptTokens,
    completion_tokens: usage!.completionTokens,
    cached_tokens: usage!.cachedTokens,
    ...(nanoDollars !== null && { cost_usd: nanoDollars / 1e9 }),
    ...(tokens?.promptIds && { prompt_token_ids: [...tokens.promptIds] }),
    ...(tokens?.completionIds && { completion_token_ids: [...tokens.completionIds] }),
    ...(tokens?.logprobs && { logprobs: [...tokens.logprobs] }),
  };
}

/** A judge's prompt holds the gold, which the format has no field for. */
function isSubCall({ purpose, prompt }: Call): boolean {
  return prompt !== null && purpose !== "policy" && purpose !== "judge";
}

function subCallId({ rolloutId }: Trajectory, { id }: Call): string {
  return `${rolloutId}/call/${id}`;
}

function subCallDocument(trajectory: Trajectory, call: Call, version: string): AtifDocument {
  const { purpose, prompt, reply, error, model, usage } = call;
  const answer = {
    step_id: 2,
    source: "agent" as const,
    message: reply ?? "",
    model_name: model,
    llm_call_count: 1,
  };
  return {
    schema_version: ATIF_VERSION,
    session_id: trajectory.rolloutId,
    trajectory_id: subCallId(trajectory, call),
    agent: { name: purpose, version, model_name: model },
    steps: [
      { step_id: 1, source: "user", message: prompt ?? "" },
      {
        ...answer,
        ...(usage && { metrics: metricsOf(call) }),
        ...(error !== null && { extra: { error } }),
      },
    ],
    extra: { purpose, depth: call.depth, turn: call.turn, batch: call.batch },
  };
}
