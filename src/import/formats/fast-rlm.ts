/**
 * Logs of fast-rlm (avbiswas/fast-rlm): one JSON object per line, for each step of each agent. An agent that another one asked
 * is a child episode. The log holds the code of a completion but not its words, and no system prompt.
 */
import { z } from "zod";
import { DataError } from "../../errors.ts";
import type { Usage } from "../../types.ts";
import { importedFrom, type Importer, type Line, parsedLine, type Tell } from "../importer.ts";
import { type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";

const count = z.number().int().nonnegative();

const event = z.looseObject({
  run_id: z.string(),
  parent_run_id: z.string().nullish(),
  depth: count,
  step: count.nullish(),
  event_type: z.string(),
  time: z.string().nullish(),
  code: z.string().nullish(),
  output: z.string().nullish(),
  hasError: z.boolean().nullish(),
  result: z.unknown().optional(),
  usage: z
    .looseObject({
      prompt_tokens: z.number().nullish(),
      completion_tokens: z.number().nullish(),
      cached_tokens: z.number().nullish(),
      cost: z.number().nullish(),
    })
    .nullish(),
});
type Event = z.output<typeof event>;

interface Agent {
  readonly id: string;
  readonly parent: string | null;
  readonly steps: Event[];
  /** The agents that it asked, with the turn that asked each: a step is logged once the agents it asked have ended. */
  readonly children: { readonly turn: number; readonly agent: Agent }[];
  final: Event | null;
  startedAt: string | null;
  /** A line that may have belonged to this agent could not be read. */
  isCut: boolean;
}

const UNKNOWN = [
  "completion text beside its code",
  "system prompt",
  "model",
  "seed",
  "limits",
  "last observation",
];

export const fastRlmLogs: Importer = {
  name: "fast-rlm",
  describe: "logs of fast-rlm",
  recognises: (row) => "run_id" in row && "event_type" in row,
  read: async function* read(lines, name, tell) {
    const agents = new Map<string, Agent>();
    const open = (id: string, parent: string | null): Agent => {
      const found = agents.get(id);
      if (found) return found;
      const agent: Agent = {
        id,
        parent,
        steps: [],
        children: [],
        final: null,
        startedAt: null,
        isCut: false,
      };
      agents.set(id, agent);
      const above = parent === null ? undefined : agents.get(parent);
      above?.children.push({ turn: turnsOf(above).length, agent });
      return agent;
    };
    for await (const line of lines) {
      const row = eventIn(line, tell);
      if (row === null) {
        for (const agent of agents.values()) if (agent.final === null) agent.isCut = true;
        continue;
      }
      const agent = open(row.run_id, row.parent_run_id ?? null);
      agent.startedAt ??= row.time ?? null;
      if (row.event_type === "final_result") agent.final = row;
      else if (row.event_type === "execution_result" || row.event_type === "code_generated")
        agent.steps.push(row);
    }
    for (const agent of agents.values())
      if (agent.parent === null || !agents.has(agent.parent))
        yield { record: episodeOf(agent, name), reference: null, context: null };
  },
};

/** Null for a line that cannot be read, which is reported. */
function eventIn(line: Line, tell: Tell): Event | null {
  try {
    return parsedLine(event, line);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    tell(error);
    return null;
  }
}

/** Step 0 is what the program itself printed of the context. */
function turnsOf({ steps }: Agent): Event[] {
  return steps.filter(({ step }) => step !== 0);
}

function episodeOf(agent: Agent, name: string): ForeignEpisode {
  const { id, steps, final } = agent;
  const first = steps.find(({ step }) => step === 0);
  const shown = first?.output ?? "";
  const context = wholeContext(shown);
  const turns = turnsOf(agent);
  return {
    rolloutId: id,
    groupId: id,
    environment: "fast-rlm",
    policy: "fast-rlm",
    taskId: id,
    question: context ?? shown,
    metadata: {
      ...importedFrom("fast-rlm", context === null ? ["context", ...UNKNOWN] : UNKNOWN),
      log: name,
    },
    context,
    systemPrompt: "",
    opening: first ? `code:\n${fenced(first.code ?? "")}\n\nOutput:\n${shown}` : "",
    dialect: "repl",
    maxTurns: null,
    turns: turns.map((step, index) => turnOf(step, turns[index - 1] ?? first)),
    children: agent.children.map(({ turn, agent: child }) => ({
      turn: Math.min(turn, Math.max(0, turns.length - 1)),
      episode: episodeOf(child, name),
    })),
    answer: final === null ? null : textOf(final.result),
    reward: null,
    ended:
      final === null
        ? { kind: "imported", message: "the log holds no result of the agent" }
        : agent.isCut
          ? { kind: "imported", message: "a line of the log cannot be read" }
          : "answered",
    startedAt: agent.startedAt ?? NO_TIME,
  };
}

function turnOf({ code, output, hasError, usage, time }: Event, before: Event | undefined): ForeignTurn {
  const isCode = code != null && code.trim() !== "";
  return {
    text: isCode ? fenced(code) : "",
    blocks:
      isCode && output != null
        ? [{ code, stdout: output, stderr: "", failed: hasError ?? false }]
        : isCode
          ? [{ code, stdout: "", stderr: "", failed: false }]
          : [],
    observation: output ?? "",
    call: {
      purpose: "policy",
      model: "unknown",
      prompt: null,
      reply: null,
      usage: usageOf(usage),
      // The program writes 0 if the server reported no cost.
      dollars: usage?.cost || null,
    },
    subCalls: [],
    seconds: secondsBetween(before?.time, time),
  };
}

/**
 * The program writes zeros if the server reported nothing; no completion has a prompt of no tokens. A half-reported
 * usage counts as unknown.
 */
function usageOf(usage: Event["usage"]): Usage | null {
  const {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    cached_tokens: cached,
  } = usage ?? {};
  if (promptTokens == null || completionTokens == null || promptTokens + completionTokens === 0) return null;
  return { promptTokens, completionTokens, cachedTokens: cached ?? 0 };
}

/** A short context is printed whole; its length comes before it and proves it. */
function wholeContext(shown: string): string | null {
  const found =
    /^Context type: {2}<class 'str'>\nContext length: (\d+)\nContext: {2}([^]*?)(?:\n---\n[^]*)?$/.exec(
      shown,
    );
  return found && Array.from(found[2]!).length === Number(found[1]) ? found[2]! : null;
}

function fenced(code: string): string {
  return `\`\`\`repl\n${code.replace(/\n$/, "")}\n\`\`\``;
}

function textOf(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result ?? null);
}

function secondsBetween(from: string | null | undefined, to: string | null | undefined): number {
  const seconds = (Date.parse(to ?? "") - Date.parse(from ?? "")) / 1000;
  return seconds > 0 ? seconds : 0;
}
