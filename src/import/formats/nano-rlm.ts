/**
 * Sessions of nano-rlm: the events of a `messages.jsonl`, one session a file, and the sessions of its sub-agents in the folders
 * beside it. `meta.json`, where it stands there too, has the model and the beginning of the prompt.
 */
import { z } from "zod";
import { DataError } from "../../errors.ts";
import type { InfraError } from "../../trajectory.ts";
import type { StopReason, ToolCall, Usage } from "../../types.ts";
import { type Beside, importedFrom, type Importer, type Line, parsedLine, type Tell } from "../importer.ts";
import { type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";

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

const meta = z.looseObject({ model: z.string().nullish(), prompt_preview: z.string().nullish() });

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
const MOST_PROMPT_CHARS = 200;
/** Sub-agents deeper than this are named only. */
const MOST_LEVELS = 64;
const UNKNOWN = [
  "context, system prompt (its log holds neither)",
  "usage of each call (their sum stands with the first)",
  "seed",
  "limits",
  "reward",
];

export const nanoRlmSessions: Importer = {
  name: "nano-rlm",
  describe: "messages.jsonl of nano-rlm's sessions",
  recognises: (row) => TYPES.has(row["type"] as string) && !("response" in row),
  async *read(lines, name, tell, beside) {
    const log = await eventsOf(lines, tell);
    const id = name.replace(`/${SESSION_LOG}`, "");
    if (log.events.length === 0) return;
    const record = await episodeOf(log, id, { folder: [], beside, tell });
    yield { record, reference: null, context: null };
  },
};

/** Where a session's own files and those of its sub-agents stand. */
interface Place {
  readonly folder: readonly string[];
  readonly beside: Beside;
  readonly tell: Tell;
}

async function metaOf({ folder, beside, tell }: Place): Promise<z.output<typeof meta>> {
  try {
    for await (const line of beside([...folder, "meta.json"]) ?? []) return parsedLine(meta, line);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    tell(error);
  }
  return {};
}

/** The sub-agents in the order in which they were noticed, each with the turn that began it. */
async function childrenOf(
  events: readonly Event[],
  id: string,
  { folder, beside, tell }: Place,
): Promise<{ found: ForeignEpisode["children"]; absent: readonly string[] }> {
  const found: { turn: number; episode: ForeignEpisode }[] = [];
  const absent: string[] = [];
  let turn = -1;
  for (const one of events) {
    if (one.type === "assistant") turn += 1;
    if (one.type !== "sub_spawn") continue;
    const place = { folder: [...folder, one.child_dir], beside, tell };
    const lines = folder.length < MOST_LEVELS ? beside([...place.folder, SESSION_LOG]) : null;
    const log = lines && (await eventsOf(lines, tell));
    if (log === null || log.events.length === 0) absent.push(one.child_dir);
    else
      found.push({ turn: Math.max(0, turn), episode: await episodeOf(log, `${id}/${one.child_dir}`, place) });
  }
  return { found, absent };
}

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

async function episodeOf({ events, others, broken }: Log, id: string, place: Place): Promise<ForeignEpisode> {
  const done = events.findLast((one) => one.type === "done");
  const { model, prompt_preview: asked } = await metaOf(place);
  const turns = turnsOf(events, { usage: done?.usage ?? null, model: model ?? "unknown" });
  const children = await childrenOf(events, id, place);
  const answer = done?.answer ?? null;
  const unknown = [
    ...UNKNOWN,
    ...(model == null ? ["model"] : []),
    ...(asked == null ? ["question"] : []),
    ...(asked?.length === MOST_PROMPT_CHARS ? ["what the question says after 200 characters"] : []),
    ...others.map((type) => `events of the kind ${type}`),
    ...children.absent.map((child) => `the sub-agent of the folder ${child}`),
    ...(answer?.length === MOST_ANSWER_CHARS ? ["what the answer says after 1000 characters"] : []),
  ];
  const [{ timestamp }] = events as [Event];
  return {
    rolloutId: id,
    groupId: id,
    environment: "nano-rlm",
    policy: "nano-rlm",
    taskId: id,
    question: asked ?? "",
    metadata: importedFrom("nano-rlm", unknown),
    context: null,
    systemPrompt: "",
    opening: asked ?? "",
    dialect: "tool" as const,
    maxTurns: null,
    turns,
    children: children.found,
    answer,
    reward: null,
    ended: endOf(events, broken),
    startedAt: timestamp == null ? NO_TIME : new Date(timestamp * 1000).toISOString(),
  };
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
  { usage, model }: { readonly usage: LogUsage | null; readonly model: string },
): ForeignTurn[] {
  const turns: ForeignTurn[] = [];
  let segment = 0;
  for (const one of events) {
    if (one.type === "compaction") segment += 1;
    if (one.type === "assistant")
      turns.push(turnOf(one, segment, { usage: turns.length === 0 ? usage : NONE, model }));
    const last = turns.at(-1);
    if (one.type !== "tool_result" || !last) continue;
    const observation = [last.observation, one.content].filter((text) => text !== "").join("\n");
    const failed = /^Traceback|Traceback \(most recent call last\)/m.test(one.content);
    const blocks = last.blocks.map((block) => ({ ...block, stdout: observation, failed }));
    turns[turns.length - 1] = {
      ...last,
      blocks,
      observation,
      seconds: (last.seconds ?? 0) + (one.duration ?? 0),
    };
  }
  return turns;
}

interface LogUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}
const NONE: LogUsage = { prompt_tokens: 0, completion_tokens: 0 };

function turnOf(
  said: Extract<Event, { type: "assistant" }>,
  segment: number,
  { usage, model }: { readonly usage: LogUsage | null; readonly model: string },
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
      model,
      prompt: null,
      reply: null,
      usage: told,
      dollars: null,
    },
    subCalls: [],
  };
}
