/** Sessions of nano-rlm: the events of a `messages.jsonl`, one session a file. */
import { z } from "zod";
import { DataError } from "../../errors.ts";
import type { InfraError } from "../../trajectory.ts";
import type { StopReason, ToolCall, Usage } from "../../types.ts";
import {
  importedFrom,
  type Importer,
  type Line,
  parsedLine,
  type ReadEpisode,
  type Tell,
} from "../importer.ts";
import { type ForeignTurn, NO_TIME } from "../native.ts";

/** What nano-rlm calls the log of every session; the folder has the session's name. */
export const SESSION_LOG = "messages.jsonl";

const count = z.number().int().nonnegative();
const at = { timestamp: z.number().nullish() };
const event = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("assistant"),
    turn: count,
    content: z.string().nullish(),
    tool_calls: z
      .array(z.looseObject({ name: z.string(), args: z.record(z.string(), z.unknown()) }))
      .nullish(),
    ...at,
  }),
  z.looseObject({
    type: z.literal("tool_result"),
    turn: count,
    tool: z.string(),
    content: z.string(),
    duration: z.number().nullish(),
    ...at,
  }),
  z.looseObject({ type: z.literal("sub_spawn"), child_dir: z.string(), ...at }),
  z.looseObject({ type: z.literal("compaction"), turn: count, summary: z.string(), ...at }),
  z.looseObject({ type: z.literal("prompt_rollback"), reason: z.string(), ...at }),
  z.looseObject({
    type: z.literal("done"),
    answer: z.string(),
    usage: z.looseObject({ prompt_tokens: count, completion_tokens: count }).nullish(),
    ...at,
  }),
]);
type Event = z.output<typeof event>;

/** A session's log as it was read. */
interface Log {
  readonly events: readonly Event[];
  /** Kinds of events that are not known. */
  readonly others: readonly string[];
  /** Whether a part of it could not be read. */
  readonly broken: boolean;
}

const TYPES = new Set(event.options.map(({ shape }) => shape.type.value as string));
/** The tool of nano-rlm that runs code. */
const CODE_TOOL = "ipython";
const MOST_ANSWER_CHARS = 1000;
const UNKNOWN = [
  "question, context, system prompt (its log holds none of them)",
  "model",
  "usage of each call (their sum stands with the first)",
  "seed",
  "limits",
  "reward",
];

export const nanoRlmSessions: Importer = {
  name: "nano-rlm",
  describe: "messages.jsonl of nano-rlm's sessions",
  recognises: (row) => TYPES.has(row["type"] as string) && !("response" in row),
  async *read(lines, name, tell) {
    const read = await eventsOf(lines, tell);
    if (read.events.length > 0) yield episodeOf(read, name.replace(`/${SESSION_LOG}`, ""));
  },
};

async function eventsOf(lines: AsyncIterable<Line>, tell: Tell): Promise<Log> {
  const events: Event[] = [];
  const others = new Set<string>();
  let broken = false;
  for await (const line of lines)
    try {
      const { type } = (line.value ?? {}) as { type?: unknown };
      // Another version may log more kinds of events.
      if (typeof type === "string" && !TYPES.has(type)) others.add(type);
      else events.push(parsedLine(event, line));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      broken = true;
      tell(error);
    }
  return { events, others: [...others], broken };
}

function episodeOf({ events, others, broken }: Log, id: string): ReadEpisode {
  const done = events.findLast((one) => one.type === "done");
  const turns = turnsOf(events, done?.usage ?? null);
  const children = events.flatMap((one) => (one.type === "sub_spawn" ? [one.child_dir] : []));
  const answer = done?.answer ?? null;
  const unknown = [
    ...UNKNOWN,
    ...others.map((type) => `events of the kind ${type}`),
    ...children.map((child) => `the sub-agent of the folder ${child}`),
    ...(answer?.length === MOST_ANSWER_CHARS ? ["what the answer says after 1000 characters"] : []),
  ];
  const [{ timestamp }] = events as [Event];
  const record = {
    rolloutId: id,
    groupId: id,
    environment: "nano-rlm",
    policy: "nano-rlm",
    taskId: id,
    question: "",
    metadata: importedFrom("nano-rlm", unknown),
    context: null,
    systemPrompt: "",
    opening: "",
    dialect: "tool" as const,
    maxTurns: null,
    turns,
    children: [],
    answer,
    reward: null,
    ended: endOf(events, broken),
    startedAt: timestamp == null ? NO_TIME : new Date(timestamp * 1000).toISOString(),
  };
  return { record, reference: null, context: null };
}

function endOf(events: readonly Event[], broken: boolean): StopReason | InfraError {
  if (broken) return { kind: "imported", message: "a part of the session's log cannot be read" };
  if (events.some(({ type }) => type === "done")) return "answered";
  const rolledBack = events.findLast((one) => one.type === "prompt_rollback");
  return { kind: "imported", message: rolledBack?.reason ?? "the session's log has no end" };
}

/** A compaction begins a segment: what was said before it is not shown any more. */
function turnsOf(
  events: readonly Event[],
  usage: { prompt_tokens: number; completion_tokens: number } | null,
): ForeignTurn[] {
  const turns: ForeignTurn[] = [];
  let segment = 0;
  for (const one of events) {
    if (one.type === "compaction") segment += 1;
    if (one.type === "assistant") turns.push(turnOf(one, segment, turns.length === 0 ? usage : NONE));
    const last = turns.at(-1);
    if (one.type !== "tool_result" || !last) continue;
    const observation = [last.observation, one.content].filter((text) => text !== "").join("\n");
    const blocks = last.blocks.map((block) => ({ ...block, stdout: observation }));
    turns[turns.length - 1] = {
      ...last,
      blocks,
      observation,
      seconds: (last.seconds ?? 0) + (one.duration ?? 0),
    };
  }
  return turns;
}

const NONE = { prompt_tokens: 0, completion_tokens: 0 };

function turnOf(
  said: Extract<Event, { type: "assistant" }>,
  segment: number,
  usage: { prompt_tokens: number; completion_tokens: number } | null,
): ForeignTurn {
  const toolCalls = (said.tool_calls ?? []).map((call, index): ToolCall => ({
    id: `call-${said.turn}-${index}`,
    name: call.name,
    arguments: JSON.stringify(call.args),
  }));
  const codes = (said.tool_calls ?? []).flatMap(({ name, args }) =>
    name === CODE_TOOL && typeof args["code"] === "string" ? [args["code"]] : [],
  );
  const [code, ...more] = codes;
  const told: Usage | null = usage && {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cachedTokens: 0,
  };
  return {
    text: said.content ?? "",
    toolCalls,
    blocks: code !== undefined && more.length === 0 ? [{ code, stdout: "", stderr: "" }] : [],
    observation: "",
    segment,
    call: {
      purpose: "policy",
      model: "unknown",
      prompt: null,
      reply: null,
      usage: told,
      dollars: null,
    },
    subCalls: [],
  };
}
