/** ATIF documents (Harbor's interchange format) as native trajectories. */
import { type AtifDocument, atifDocument, type AtifStep } from "../../export/formats/atif-row.ts";
import type { KeptRecord } from "../../export/kept.ts";
import type { RewardRecord } from "../../trajectory.ts";
import type { JsonObject, SampledTokens } from "../../types.ts";
import { eachLine, importedFrom, type Importer, type Line, keptIn, parsedLine } from "../importer.ts";
import { type ForeignEpisode, NO_TIME } from "../native.ts";
import { restored, type ShownEpisode } from "../restore.ts";
import {
  asText,
  isSingleCall,
  languageIn,
  observationOf,
  turnIndexOf,
  type ReadTurn,
  textOf,
  tokensOf,
  turnsOf,
  withTotals,
} from "./atif-steps.ts";

const UNKNOWN = ["context", "seed", "limits", "how it ended"];
/** What our own documents have there, and others may. */
const READ_EXTRA = new Set([
  "group_id",
  "environment",
  "task_id",
  "question",
  "answer",
  "language",
  "reward",
  "score",
  "terms",
]);

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
  const rolloutId = document.trajectory_id || document.session_id || name;
  const language = languageIn(document);
  const turns = withTotals(turnsOf(steps.slice(before.length), document, language), document);
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
    language: language.name,
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
function lostIn(document: AtifDocument): string[] {
  const { agent, steps, extra, notes, continued_trajectory_ref: continued, final_metrics: totals } = document;
  const results = (step: AtifStep) => step.observation?.results ?? [];
  const has = (name: string, of: (step: AtifStep) => unknown) => (steps.some(of) ? [name] : []);
  const isMedia = (content: AtifStep["message"] | null | undefined) =>
    Array.isArray(content) && content.some(({ type }) => type !== "text");
  return [
    ...(extra?.["reward"] != null && typeof extra["reward"] !== "number"
      ? ["extra.reward, which is not a number"]
      : []),
    ...Object.keys(extra ?? {}).flatMap((key) => (READ_EXTRA.has(key) ? [] : [`extra.${key}`])),
    ...(document.session_id != null && document.trajectory_id ? ["session_id"] : []),
    ...(agent.extra == null ? [] : ["agent.extra"]),
    ...(totals?.extra == null ? [] : ["final_metrics.extra"]),
    ...(notes == null ? [] : ["notes"]),
    ...(continued == null ? [] : ["continued_trajectory_ref"]),
    ...has("who said which part of the copied context", (step) => step.is_copied_context),
    ...has("pictures and sounds", ({ message, observation }) =>
      [message, ...(observation?.results ?? []).map(({ content }) => content)].some(isMedia),
    ),
    ...has("steps[].timestamp after the first", (step) => step.step_id > 1 && step.timestamp != null),
    ...has("steps[].tool_calls[].extra", (step) => step.tool_calls?.some((call) => call.extra != null)),
    ...has("steps[].observation.results[].extra", (step) => results(step).some((one) => one.extra != null)),
    ...has("steps[].reasoning_effort", (step) => step.reasoning_effort != null),
    ...has("steps[].extra", (step) => step.extra != null),
    ...has("steps[].metrics.extra", (step) => step.metrics?.extra != null),
    ...has("steps[].llm_call_count above 1", (step) => (step.llm_call_count ?? 0) > 1),
  ];
}

function childrenOf(document: AtifDocument, turns: readonly ReadTurn[]): ForeignEpisode["children"] {
  return (document.subagent_trajectories ?? [])
    .filter((child) => !isSingleCall(child))
    .map((child) => ({
      turn: turnIndexOf(child.trajectory_id, turns),
      episode: episodeOf(child, child.trajectory_id ?? "child"),
    }));
}

function rewardOf({ reward, score, terms }: Record<string, unknown>): RewardRecord | null {
  if (typeof reward !== "number") return null;
  const isScored = typeof score === "number";
  return { total: reward, score: isScored ? score : reward, terms: (terms ?? {}) as RewardRecord["terms"] };
}
