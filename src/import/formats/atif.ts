/** ATIF documents (Harbor's interchange format) as native trajectories. */
import { type AtifDocument, atifDocument, type AtifStep } from "../../export/formats/atif-row.ts";
import type { KeptRecord } from "../../export/kept.ts";
import { parseCompletion } from "../../parse/parse.ts";
import { REPL_TOOL } from "../../parse/parsed.ts";
import type { RewardRecord } from "../../trajectory.ts";
import type { SampledTokens, ToolCall, Usage } from "../../types.ts";
import { importedFrom, type Importer, keptIn, parsedLine } from "../importer.ts";
import { type ForeignCall, type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";
import { restored, type ShownEpisode } from "../restore.ts";

const UNKNOWN = ["context", "seed", "limits", "how it ended"];
const ALONE = /\/call\/(\d+)$/;

export const atifDocuments: Importer = {
  name: "atif",
  describe: "ATIF documents, one a file or one a line",
  recognises: ({ schema_version: version }) => typeof version === "string" && version.startsWith("ATIF-"),
  read: async function* read(lines, name) {
    let count = 0;
    for await (const line of lines) {
      const document = parsedLine(atifDocument, line);
      const kept = keptIn(document.extra);
      count += 1;
      const record = kept
        ? restored(kept, shownIn(kept, document), line.where)
        : episodeOf(document, count === 1 ? name : `${name}/${count}`);
      yield { record, reference: null, context: null };
    }
  },
};

/** Of a document of ours: sub-agents are children, and the calls that have their number in their name. */
function shownIn(kept: KeptRecord, document: AtifDocument): ShownEpisode {
  const below = new Map((document.subagent_trajectories ?? []).map((one) => [one.trajectory_id, one]));
  const agents = document.steps.filter(({ source }) => source === "agent");
  const calls: [number, { prompt: string | null; reply: string | null; tokens?: SampledTokens }][] = [];
  for (const call of kept.calls) {
    const turn = kept.turns.findIndex(({ callId }) => callId === call.id);
    const asked = below.get(`${kept.rolloutId}/call/${call.id}`);
    const step = turn === -1 ? asked?.steps[1] : agents[turn];
    const tokens = tokensOf(step);
    const prompt = asked ? textOf(asked.steps[0]!.message) : null;
    const isAnswered = asked !== undefined && call.error === null;
    const reply = isAnswered ? textOf(asked.steps[1]!.message) : null;
    calls.push([call.id, { prompt, reply, ...(tokens && { tokens }) }]);
  }
  const of = (source: AtifStep["source"]) =>
    textOf(document.steps.find((step) => step.source === source)?.message ?? "");
  return {
    systemPrompt: of("system"),
    opening: of("user"),
    turns: agents.map((step) => ({ text: textOf(step.message), observation: observationOf(step) })),
    calls: new Map(calls),
    children: new Map(
      kept.children.flatMap((child) => {
        const found = below.get(child.rolloutId);
        return found ? [[child.rolloutId, shownIn(child, found)] as const] : [];
      }),
    ),
  };
}

function episodeOf(document: AtifDocument, name: string): ForeignEpisode {
  const { agent, extra, final_metrics: totals } = document;
  const steps = document.steps.filter((step) => !step.is_copied_context);
  const firstAgent = steps.findIndex(({ source }) => source === "agent");
  const before = firstAgent === -1 ? steps : steps.slice(0, firstAgent);
  const said = (source: AtifStep["source"]) =>
    before
      .filter((step) => step.source === source)
      .map((step) => textOf(step.message))
      .join("\n\n");
  const opening = said("user");
  const rolloutId = document.trajectory_id ?? document.session_id ?? name;
  const turns = turnsOf(steps.slice(before.length), document);
  const last = steps.findLast(({ source }) => source === "agent");
  const isAnswer = last !== undefined && !last.tool_calls?.length && textOf(last.message) !== "";
  return {
    rolloutId,
    groupId: asText(extra?.["group_id"]) ?? rolloutId,
    environment: asText(extra?.["environment"]) ?? "atif",
    policy: agent.name,
    taskId: asText(extra?.["task_id"]) ?? rolloutId,
    question: asText(extra?.["question"]) ?? opening,
    metadata: { ...importedFrom("atif", UNKNOWN), agentVersion: agent.version },
    context: null,
    systemPrompt: said("system"),
    opening,
    dialect: steps.some((step) => step.tool_calls?.length) ? "tool" : "repl",
    maxTurns: null,
    turns: turns.map(({ turn }) => turn),
    children: childrenOf(document, turns),
    answer: asText(extra?.["answer"]) ?? (isAnswer ? textOf(last.message) : null),
    reward: rewardOf(extra ?? {}),
    ended: "answered",
    startedAt:
      steps.find(({ timestamp }) => timestamp)?.timestamp ?? asText(totals?.extra?.["time"]) ?? NO_TIME,
  };
}

interface ReadTurn {
  readonly step: AtifStep;
  readonly turn: ForeignTurn;
}

/** What is said to the agent between two of its steps stands with what the first of them observed. */
function turnsOf(steps: readonly AtifStep[], document: AtifDocument): ReadTurn[] {
  const turns: { step: AtifStep; later: string[] }[] = [];
  for (const step of steps)
    if (step.source === "agent") turns.push({ step, later: [] });
    else turns.at(-1)?.later.push(textOf(step.message));
  const calls = (document.subagent_trajectories ?? []).filter(isSingleCall);
  return turns.map(({ step, later }, index) => {
    const toolCalls = (step.tool_calls ?? []).map((call): ToolCall => ({
      id: call.tool_call_id,
      name: call.function_name,
      arguments: JSON.stringify(call.arguments),
    }));
    const text = textOf(step.message);
    const observation = [observationOf(step), ...later].filter((part) => part !== "").join("\n");
    const mine = calls.filter(({ trajectory_id: id }) => placeOf(id, turns) === index);
    const model = step.model_name ?? document.agent.model_name ?? "unknown";
    return {
      step,
      turn: {
        text,
        toolCalls,
        blocks: blocksOf(step, text, toolCalls),
        observation,
        call: step.llm_call_count === 0 ? null : callOf(step, "policy", model, null),
        subCalls: mine.map((call) => subCallOf(call)),
      },
    };
  });
}

/** The code of the step where there is one block of it, which is then what the observation shows. */
function blocksOf(step: AtifStep, text: string, toolCalls: readonly ToolCall[]): ForeignTurn["blocks"] {
  const isTool = toolCalls.some(({ name }) => name === REPL_TOOL);
  if (toolCalls.length > 0 && !isTool) return [];
  const { blocks } = parseCompletion({ text, toolCalls, finishReason: "unknown" }, isTool ? "tool" : "repl");
  const [only, ...more] = blocks;
  return only && more.length === 0 ? [{ code: only.code, stdout: observationOf(step), stderr: "" }] : [];
}

function childrenOf(document: AtifDocument, turns: readonly ReadTurn[]): ForeignEpisode["children"] {
  return (document.subagent_trajectories ?? [])
    .filter((child) => !isSingleCall(child))
    .map((child) => ({
      turn: placeOf(child.trajectory_id, turns),
      episode: episodeOf(child, child.trajectory_id ?? "child"),
    }));
}

/** The step that refers to a sub-agent; the first one where none does. */
function placeOf(id: string | null | undefined, turns: readonly { readonly step: AtifStep }[]): number {
  const found = turns.findIndex(({ step }) =>
    step.observation?.results.some((result) =>
      result.subagent_trajectory_ref?.some((ref) => ref.trajectory_id === id),
    ),
  );
  return Math.max(0, found);
}

/** A question and a reply, and nothing else. */
function isSingleCall({ steps, subagent_trajectories: below, trajectory_id: id }: AtifDocument): boolean {
  const [first, second, ...more] = steps;
  if (more.length > 0 || first?.source !== "user" || second?.source !== "agent" || below?.length)
    return false;
  return ALONE.test(id ?? "") || (!second.tool_calls?.length && !second.observation);
}

function subCallOf(call: AtifDocument): ForeignCall {
  const [asked, answered] = call.steps;
  const model = answered!.model_name ?? call.agent.model_name ?? "unknown";
  return {
    ...callOf(answered!, "llm_query", model, textOf(asked!.message)),
    reply: textOf(answered!.message),
  };
}

function callOf(
  step: AtifStep,
  purpose: ForeignCall["purpose"],
  model: string,
  prompt: string | null,
): ForeignCall {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens, ...metrics } = step.metrics ?? {};
  const usage: Usage | null =
    promptTokens == null || completionTokens == null
      ? null
      : { promptTokens, completionTokens, cachedTokens: metrics.cached_tokens ?? 0 };
  const tokens = tokensOf(step);
  return {
    purpose,
    model,
    prompt,
    reply: null,
    usage,
    dollars: metrics.cost_usd ?? null,
    ...(tokens && { tokens }),
  };
}

function tokensOf(step: AtifStep | undefined): SampledTokens | null {
  const { prompt_token_ids: promptIds, completion_token_ids: completionIds, logprobs } = step?.metrics ?? {};
  if (!promptIds && !completionIds && !logprobs) return null;
  return {
    ...(promptIds && { promptIds }),
    ...(completionIds && { completionIds }),
    ...(logprobs && { logprobs }),
  };
}

function rewardOf({ reward, score, terms }: Record<string, unknown>): RewardRecord | null {
  if (typeof reward !== "number") return null;
  const isScored = typeof score === "number";
  return { total: reward, score: isScored ? score : reward, terms: (terms ?? {}) as RewardRecord["terms"] };
}

function observationOf({ observation }: AtifStep): string {
  return (observation?.results ?? [])
    .map(({ content }) => textOf(content ?? ""))
    .filter((text) => text !== "")
    .join("\n");
}

/** Parts that are no text have none. */
function textOf(content: AtifStep["message"]): string {
  if (typeof content === "string") return content;
  return content.map((part) => asText(part["text"]) ?? "").join("");
}

function asText(value: unknown): string | null {
  if (typeof value === "string") return value;
  const { text } = (value ?? {}) as { text?: unknown };
  return typeof text === "string" ? text : null;
}
