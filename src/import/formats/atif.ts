/** ATIF documents (Harbor's interchange format) as native trajectories. */
import { type AtifDocument, atifDocument, type AtifStep } from "../../export/formats/atif-row.ts";
import type { KeptRecord } from "../../export/kept.ts";
import { parseCompletion } from "../../parse/parse.ts";
import { REPL_TOOL } from "../../parse/parsed.ts";
import type { RewardRecord } from "../../trajectory.ts";
import type { JsonObject, SampledTokens, ToolCall, Usage } from "../../types.ts";
import { eachLine, importedFrom, type Importer, type Line, keptIn, parsedLine } from "../importer.ts";
import { type ForeignCall, type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";
import { restored, type ShownEpisode } from "../restore.ts";

const UNKNOWN = ["context", "seed", "limits", "how it ended"];
const ALONE = /\/call\/(\d+)$/;

export const atifDocuments: Importer = {
  name: "atif",
  describe: "ATIF documents, one a file or one a line",
  recognises: ({ schema_version: version }) => typeof version === "string" && version.startsWith("ATIF-"),
  read: (lines, name, tell) => {
    let count = 0;
    return eachLine(lines, tell, (line) => {
      count += 1;
      const { document, unknownKeys } = documentIn(line);
      const kept = keptIn(document.extra);
      const record = kept
        ? restored(kept, shownIn(kept, document), line.where)
        : episodeOf(document, count === 1 ? name : `${name}/${count}`, unknownKeys);
      return [{ record, reference: null, context: null }];
    });
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

/** A key that the models of the format do not know is named, and passed over: another version may have it. */
function documentIn(line: Line): { document: AtifDocument; unknownKeys: string[] } {
  const { error } = atifDocument.safeParse(line.value);
  const unknown = (error?.issues ?? []).flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [],
  );
  if (unknown.length === 0) return { document: parsedLine(atifDocument, line), unknownKeys: [] };
  const value = structuredClone(line.value);
  for (const path of unknown) {
    const holder = path
      .slice(0, -1)
      .reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], value);
    delete (holder as Record<PropertyKey, unknown>)[path.at(-1)!];
  }
  // Places in lists say nothing of a kind of key.
  const names = unknown.map((path) => path.filter((key) => typeof key === "string").join("."));
  return { document: parsedLine(atifDocument, { ...line, value }), unknownKeys: [...new Set(names)] };
}

function episodeOf(
  document: AtifDocument,
  name: string,
  unknownKeys: readonly string[] = [],
): ForeignEpisode {
  const { agent, extra, final_metrics: totals } = document;
  const steps = document.steps.filter((step) => !step.is_copied_context);
  const copied = document.steps.filter((step) => step.is_copied_context);
  const firstAgent = steps.findIndex(({ source }) => source === "agent");
  const before = firstAgent === -1 ? steps : steps.slice(0, firstAgent);
  const texts = (of: readonly AtifStep[]) =>
    of.flatMap((step) => [textOf(step.message), observationOf(step)]).filter((text) => text !== "");
  // What was copied from another trajectory is what this one was begun with: it is read, and trains nobody.
  const opening = texts([
    ...copied.filter(({ source }) => source !== "system"),
    ...before.filter(({ source }) => source === "user"),
  ]).join("\n\n");
  const systemPrompt = texts([...copied, ...before].filter(({ source }) => source === "system")).join("\n\n");
  const rolloutId = document.trajectory_id ?? document.session_id ?? name;
  const turns = withTotals(turnsOf(steps.slice(before.length), document), document);
  const last = steps.findLast(({ source }) => source === "agent");
  const isAnswer = last !== undefined && !last.tool_calls?.length && textOf(last.message) !== "";
  return {
    rolloutId,
    groupId: asText(extra?.["group_id"]) ?? rolloutId,
    environment: asText(extra?.["environment"]) ?? "atif",
    policy: agent.name,
    taskId: asText(extra?.["task_id"]) ?? rolloutId,
    question: asText(extra?.["question"]) ?? opening,
    metadata: {
      ...marked(document, turns, [...lostIn(document), ...unknownKeys]),
      agentVersion: agent.version,
    },
    context: null,
    systemPrompt,
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

/** The mark of the import, with what a trajectory has no field for: declared tools, and sub-agents whose documents lie elsewhere. */
function marked({ agent }: AtifDocument, turns: readonly ReadTurn[], lost: readonly string[]): JsonObject {
  const { imported } = importedFrom("atif", [...UNKNOWN, ...lost]) as { imported: JsonObject };
  const tools = (agent.tool_definitions ?? []) as unknown as readonly JsonObject[];
  const subAgents = turns.flatMap(({ step }, turn) =>
    (step.observation?.results ?? [])
      .flatMap((result) => result.subagent_trajectory_ref ?? [])
      .flatMap(({ trajectory_path: path }) => (path == null ? [] : [{ turn, path }])),
  );
  return {
    imported: {
      ...imported,
      ...(tools.length > 0 && { tools }),
      ...(subAgents.length > 0 && { subAgents }),
    },
  };
}

/** What the document holds and a trajectory does not. */
function lostIn({ steps, notes, continued_trajectory_ref: continued }: AtifDocument): string[] {
  const has = (name: string, of: (step: AtifStep) => unknown) => (steps.some(of) ? [name] : []);
  const isMedia = (content: AtifStep["message"] | null | undefined) =>
    Array.isArray(content) && content.some(({ type }) => type !== "text");
  return [
    ...(notes == null ? [] : ["notes"]),
    ...(continued == null ? [] : ["continued_trajectory_ref"]),
    ...has("who said which part of the copied context", (step) => step.is_copied_context),
    ...has("pictures and sounds", ({ message, observation }) =>
      [message, ...(observation?.results ?? []).map(({ content }) => content)].some(isMedia),
    ),
    ...has("steps[].reasoning_effort", (step) => step.reasoning_effort != null),
    ...has("steps[].extra", (step) => step.extra != null),
    ...has("steps[].metrics.extra", (step) => step.metrics?.extra != null),
    ...has("steps[].llm_call_count above 1", (step) => (step.llm_call_count ?? 0) > 1),
  ];
}

/** What the document counts in all beyond its steps and sub-agents is a call of its own, which nothing else is known of. */
function withTotals(turns: ReadTurn[], document: AtifDocument): ReadTurn[] {
  const { final_metrics: totals, subagent_trajectories: below, agent } = document;
  const last = turns.at(-1);
  if (!totals || !last) return turns;
  const calls = turns.flatMap(({ turn }) => [...(turn.call ? [turn.call] : []), ...turn.subCalls]);
  const sum = (own: (call: ForeignCall) => number | null, all: (of: Totals) => number | null | undefined) =>
    calls.reduce((left, call) => left + (own(call) ?? 0), 0) +
    (below ?? [])
      .filter((one) => !isSingleCall(one))
      .reduce((left, one) => left + (all(one.final_metrics ?? {}) ?? 0), 0);
  const beyond = (name: keyof Totals, own: (call: ForeignCall) => number | null): number =>
    Math.max(0, Number(totals[name] ?? 0) - sum(own, (of) => of[name] as number | null));
  const usage: Usage = {
    promptTokens: beyond("total_prompt_tokens", (call) => call.usage?.promptTokens ?? null),
    completionTokens: beyond("total_completion_tokens", (call) => call.usage?.completionTokens ?? null),
    cachedTokens: beyond("total_cached_tokens", (call) => call.usage?.cachedTokens ?? null),
  };
  const dollars = beyond("total_cost_usd", (call) => call.dollars);
  // A sum of floats is off by less than a billionth of a dollar.
  const isDollars = dollars >= 1e-9;
  if (usage.promptTokens + usage.completionTokens === 0 && !isDollars) return turns;
  const rest: ForeignCall = {
    purpose: "llm_query",
    model: agent.model_name ?? "unknown",
    prompt: null,
    reply: null,
    usage,
    dollars: totals.total_cost_usd == null ? null : dollars,
  };
  // Of calls without a price of their own, the price is in that of the rest.
  const priced = (call: ForeignCall): ForeignCall =>
    isDollars && call.dollars === null ? { ...call, dollars: 0 } : call;
  return turns.map(({ step, turn }) => ({
    step,
    turn: {
      ...turn,
      call: turn.call && priced(turn.call),
      subCalls: [...turn.subCalls.map(priced), ...(step === last.step ? [rest] : [])],
    },
  }));
}

type Totals = NonNullable<AtifDocument["final_metrics"]>;

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
        reasoning: step.reasoning_content ?? null,
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
  return content.map((part) => asText(part.text) ?? "").join("");
}

function asText(value: unknown): string | null {
  if (typeof value === "string") return value;
  const { text } = (value ?? {}) as { text?: unknown };
  return typeof text === "string" ? text : null;
}
