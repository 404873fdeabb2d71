/** Logs of Inspect (UK AISI's inspect_ai) as JSON or as an `.eval` archive: one an evaluation, with a sample for each episode. */
import { z } from "zod";
import type { ReplLanguage } from "../../languages/language.ts";
import { DataError } from "../../errors.ts";
import type { InfraError, RewardRecord } from "../../trajectory.ts";
import type { FinishReason, StopReason, ToolCall, Usage } from "../../types.ts";
import { blocksIn, languageOf } from "../foreign-code.ts";
import { importedFrom, type Importer, parsedLine, type ReadEpisode } from "../importer.ts";
import { type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";

const count = z.number().int().nonnegative();
const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);

const message = z.looseObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content,
  tool_calls: z
    .array(
      z.looseObject({ id: z.string(), function: z.string(), arguments: z.record(z.string(), z.unknown()) }),
    )
    .nullish(),
});
type Message = z.output<typeof message>;

const usage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  input_tokens_cache_read: count.nullish(),
});

const sample = z.looseObject({
  id: z.union([z.string(), z.number()]),
  epoch: count,
  uuid: z.string().nullish(),
  input: z.union([z.string(), z.array(message)]),
  target: z.union([z.string(), z.array(z.string())]).nullish(),
  messages: z.array(message),
  output: z
    .looseObject({ choices: z.array(z.looseObject({ stop_reason: z.string().nullish() })).nullish() })
    .nullish(),
  scores: z.record(z.string(), z.looseObject({ value: z.unknown(), answer: z.string().nullish() })).nullish(),
  model_usage: z.record(z.string(), usage).nullish(),
  total_time: z.number().nullish(),
  error: z.looseObject({ message: z.string() }).nullish(),
  limit: z.looseObject({ type: z.string() }).nullish(),
});
type Sample = z.output<typeof sample>;

const log = z.looseObject({
  version: z.number(),
  eval: z.looseObject({ task: z.string(), model: z.string(), created: z.string().nullish() }),
  samples: z.array(z.unknown()),
});
type Log = z.output<typeof log>;

const UNKNOWN = ["context", "seed", "limits", "usage of each call (their sum stands with the first)"];

export const inspectLogs: Importer = {
  name: "inspect",
  describe: "logs of Inspect, .eval archives and JSON",
  recognises: (row) => "eval" in row && "samples" in row,
  async *read(lines, name, tell) {
    for await (const line of lines)
      try {
        const read = parsedLine(log, line);
        for (const [index, value] of read.samples.entries()) {
          // Of an archive each sample is a line of its own.
          const of =
            line.where.endsWith(".json") && read.samples.length === 1 && line.where.includes(": samples/");
          const where = of ? line.where : `${line.where}: samples.${index}`;
          try {
            yield episodeRead(parsedLine(sample, { value: withAttachments(value), where }), read, name);
          } catch (error) {
            if (!(error instanceof DataError)) throw error;
            tell(
              of
                ? error
                : new DataError(
                    error.message.replace(`${where}: `, `${where}.`).replace(".the row: ", ": "),
                    { cause: error },
                  ),
            );
          }
        }
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        tell(error);
      }
  },
};

/** Inspect keeps long texts and images once, and writes `attachment://…` in their places. */
function withAttachments(value: unknown): unknown {
  const attached = (value as { attachments?: unknown } | null)?.attachments;
  if (typeof attached !== "object" || attached === null || Object.keys(attached).length === 0) return value;
  const texts = new Map(Object.entries(attached));
  const { messages, ...rest } = value as { messages?: unknown };
  const put = (of: unknown): unknown => {
    if (typeof of === "string" && of.startsWith(ATTACHMENT))
      return texts.get(of.slice(ATTACHMENT.length)) ?? of;
    if (Array.isArray(of)) return of.map(put);
    if (typeof of !== "object" || of === null) return of;
    return Object.fromEntries(Object.entries(of).map(([key, item]) => [key, put(item)]));
  };
  return { ...rest, messages: put(messages) };
}

const ATTACHMENT = "attachment://";

function episodeRead(one: Sample, read: Log, name: string): ReadEpisode {
  const record = episodeOf(one, read, name);
  const answers = typeof one.target === "string" ? [one.target] : (one.target ?? []);
  const reference = answers.length === 0 ? null : { taskId: record.taskId, answers, metadata: {} };
  return { record, reference, context: null };
}

/** Epochs are rollouts of the same sample, so they form a group. */
function episodeOf(one: Sample, { eval: evaluation }: Log, name: string): ForeignEpisode {
  const { messages } = one;
  const first = messages.findIndex(({ role }) => role === "assistant");
  const before = first === -1 ? messages : messages.slice(0, first);
  const said = (role: Message["role"]) =>
    before
      .filter((part) => part.role === role)
      .map(({ content: of }) => textOf(of))
      .join("\n\n");
  const opening = said("user");
  const taskId = String(one.id);
  const language = languageOf(messages.filter(({ role }) => role === "assistant").map(saidIn));
  const turns = turnsOf(messages.slice(before.length), one, { model: evaluation.model, language });
  const [scored] = Object.values(one.scores ?? {});
  return {
    rolloutId: one.uuid || `${name}/${taskId}/${one.epoch}`,
    groupId: `${evaluation.task}/${taskId}`,
    environment: evaluation.task,
    policy: evaluation.model,
    taskId,
    question: typeof one.input === "string" ? one.input : opening,
    metadata: importedFrom("inspect", [...UNKNOWN, ...unreadScores(one)]),
    context: null,
    systemPrompt: said("system"),
    opening,
    dialect: turns.some(({ toolCalls }) => toolCalls?.length) ? "tool" : "repl",
    language: language.name,
    maxTurns: null,
    turns,
    children: [],
    answer: scored?.answer ?? turns.at(-1)?.text ?? null,
    reward: rewardOf(one),
    ended: endOf(one),
    startedAt: evaluation.created ?? NO_TIME,
  };
}

function saidIn(said: Message): {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
} {
  const toolCalls = (said.tool_calls ?? []).map((call): ToolCall => ({
    id: call.id,
    name: call.function,
    arguments: JSON.stringify(call.arguments),
  }));
  return { text: textOf(said.content), toolCalls };
}

function turnsOf(
  messages: readonly Message[],
  one: Sample,
  { model, language }: { readonly model: string; readonly language: ReplLanguage },
): ForeignTurn[] {
  const turns: { said: Message; shown: string[] }[] = [];
  for (const part of messages)
    if (part.role === "assistant") turns.push({ said: part, shown: [] });
    else turns.at(-1)?.shown.push(textOf(part.content));
  const all = summed(one);
  return turns.map(({ said, shown }, index) => {
    const { text, toolCalls } = saidIn(said);
    const observation = shown.join("\n");
    const finishReason = index === turns.length - 1 ? finishOf(one) : "unknown";
    return {
      text,
      reasoning: thoughtsIn(said.content),
      toolCalls,
      finishReason,
      blocks: blocksIn({ text, toolCalls }, language, observation),
      observation,
      call: {
        purpose: "policy",
        model,
        prompt: null,
        reply: null,
        usage: index === 0 ? all : all && { promptTokens: 0, completionTokens: 0, cachedTokens: 0 },
        dollars: null,
      },
      subCalls: [],
      seconds: index === 0 ? (one.total_time ?? 0) : 0,
    };
  });
}

/** Inspect counts cached tokens separately from the prompt. */
function summed({ model_usage: models }: Sample): Usage | null {
  const used = Object.values(models ?? {});
  if (used.length === 0) return null;
  const sum = (of: (one: z.output<typeof usage>) => number) =>
    used.reduce((total, one) => total + of(one), 0);
  const cachedTokens = sum((one) => one.input_tokens_cache_read ?? 0);
  return {
    promptTokens: sum((one) => one.input_tokens) + cachedTokens,
    completionTokens: sum((one) => one.output_tokens),
    cachedTokens,
  };
}

const GRADES: ReadonlyMap<unknown, number> = new Map([
  ["C", 1],
  ["P", 0.5],
  ["I", 0],
  ["N", 0],
]);

/** The first scorer's value, if it is a number from 0 to 1 or one of Inspect's grades. */
function rewardOf({ scores }: Sample): RewardRecord | null {
  const [value] = Object.values(scores ?? {}).map((score) => score.value);
  const score =
    typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : GRADES.get(value);
  return score === undefined ? null : { total: score, score: Math.min(1, Math.max(0, score)), terms: {} };
}

/** Scores that are neither numbers nor grades, and those of other scorers than the first, are named. */
function unreadScores(one: Sample): string[] {
  const [first, ...others] = Object.keys(one.scores ?? {});
  return [
    ...(first !== undefined && rewardOf(one) === null
      ? [`scores.${first}, which is neither a number nor a grade`]
      : []),
    ...others.map((name) => `scores.${name}`),
  ];
}

function endOf({ error, limit }: Sample): StopReason | InfraError {
  if (error) return { kind: "imported", message: error.message };
  if (!limit) return "answered";
  const { type } = limit;
  if (type === "token") return "max_tokens";
  if (type === "cost") return "max_dollars";
  if (type === "time" || type === "working") return "max_seconds";
  return type === "message"
    ? "max_turns"
    : { kind: "imported", message: `it was ended by the limit ${type}` };
}

function finishOf({ output }: Sample): FinishReason {
  const reason = output?.choices?.at(-1)?.stop_reason;
  if (reason === "max_tokens" || reason === "model_length") return "length";
  return reason === "tool_calls" ? "tool_calls" : reason === "stop" ? "stop" : "unknown";
}

/** Parts that are not text are left out. */
function textOf(of: Message["content"]): string {
  if (typeof of === "string") return of;
  return of.map(({ type, text }) => (type === "text" && typeof text === "string" ? text : "")).join("");
}

function thoughtsIn(of: Message["content"]): string | null {
  if (typeof of === "string") return null;
  const thoughts = of.flatMap(({ type, reasoning }) =>
    type === "reasoning" && typeof reasoning === "string" ? [reasoning] : [],
  );
  return thoughts.length === 0 ? null : thoughts.join("\n");
}
