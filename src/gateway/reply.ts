/** Reads a chat completion, whole or chunk by chunk, into what a trace keeps of it. */
import { z } from "zod";
import type { Json, JsonObject } from "../types.ts";
import type { Reply } from "./trace.ts";

const ids = z.array(z.number().int().nonnegative()).nullish();
const logprobs = z.object({ content: z.array(z.object({ logprob: z.number() })).nullish() }).nullish();
const message = z.record(z.string(), z.unknown());

const whole = z.object({
  choices: z
    .array(z.object({ message, finish_reason: z.string().nullish(), logprobs, token_ids: ids }))
    .min(1),
  usage: z.unknown().optional(),
  prompt_token_ids: ids,
});

const toolPart = z.object({
  index: z.number().int().min(0).max(1000),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .looseObject({ content: z.string().nullish(), tool_calls: z.array(toolPart).nullish() })
          .nullish(),
        finish_reason: z.string().nullish(),
        logprobs,
        token_ids: ids,
      }),
    )
    .default([]),
  usage: z.unknown().optional(),
  prompt_token_ids: ids,
});

/** Of a reply in one piece. Null for what is no completion. */
export function readReply(body: unknown): Reply | null {
  const parsed = whole.safeParse(body);
  if (!parsed.success) return null;
  const { choices, usage, prompt_token_ids: promptIds } = parsed.data;
  const [first] = choices;
  return replyOf({
    message: first!.message as JsonObject,
    finishReason: first!.finish_reason ?? null,
    usage: (usage ?? null) as Json,
    promptIds: promptIds ?? null,
    completionIds: first!.token_ids ?? null,
    logprobs: first!.logprobs?.content?.map(({ logprob }) => logprob) ?? null,
  });
}

interface Parts {
  readonly message: JsonObject;
  readonly finishReason: string | null;
  readonly usage: Json;
  readonly promptIds: readonly number[] | null;
  readonly completionIds: readonly number[] | null;
  readonly logprobs: readonly number[] | null;
}

function replyOf({
  message: said,
  finishReason,
  usage,
  promptIds,
  completionIds,
  logprobs: read,
}: Parts): Reply {
  const counts = (usage ?? {}) as { prompt_tokens?: Json; completion_tokens?: Json };
  const counted = (count: Json | undefined, sampled: readonly number[] | null) =>
    typeof count === "number" ? count : (sampled?.length ?? null);
  return {
    response_message: said,
    prompt_token_ids: promptIds,
    completion_token_ids: completionIds,
    logprobs: read,
    finish_reason: finishReason,
    usage,
    token_counts: {
      prompt: counted(counts.prompt_tokens, promptIds),
      completion: counted(counts.completion_tokens, completionIds),
    },
  };
}

/** A reply that comes in chunks. vLLM tells the prompt's ids in the first one, and the completion's in each. */
export class StreamedReply {
  #content = "";
  readonly #further: Record<string, Json> = {};
  readonly #tools: { id: string; name: string; arguments: string }[] = [];
  #finishReason: string | null = null;
  #usage: Json = null;
  #promptIds: readonly number[] | null = null;
  #completionIds: number[] | null = null;
  #logprobs: number[] | null = null;

  /** True once the upstream has said why it stopped. */
  get isWhole(): boolean {
    return this.#finishReason !== null;
  }

  /** Takes one chunk in. False for what is none. */
  add(value: unknown): boolean {
    const parsed = chunk.safeParse(value);
    if (!parsed.success) return false;
    const { choices, usage, prompt_token_ids: promptIds } = parsed.data;
    if (usage != null) this.#usage = usage as Json;
    this.#promptIds ??= promptIds ?? null;
    const [choice] = choices;
    if (!choice) return true;
    const { content, tool_calls: parts, ...further } = choice.delta ?? {};
    this.#content += content ?? "";
    for (const [name, said] of Object.entries(further)) this.#takeFurther(name, said);
    for (const part of parts ?? []) this.#takeTool(part);
    this.#finishReason = choice.finish_reason ?? this.#finishReason;
    if (choice.token_ids) (this.#completionIds ??= []).push(...choice.token_ids);
    const read = choice.logprobs?.content;
    if (read) (this.#logprobs ??= []).push(...read.map(({ logprob }) => logprob));
    return true;
  }

  get reply(): Reply {
    const calls = this.#tools
      .filter(Boolean)
      .map(({ id, ...called }) => ({ id, type: "function", function: called }));
    const content = this.#content === "" && calls.length > 0 ? null : this.#content;
    return replyOf({
      message: {
        role: "assistant",
        ...this.#further,
        content,
        ...(calls.length > 0 && { tool_calls: calls }),
      },
      finishReason: this.#finishReason,
      usage: this.#usage,
      promptIds: this.#promptIds,
      completionIds: this.#completionIds,
      logprobs: this.#logprobs,
    });
  }

  /** Texts such as `reasoning_content` grow; what else there is replaces what was there. */
  #takeFurther(name: string, said: unknown): void {
    const before = this.#further[name];
    const grows = typeof before === "string" && typeof said === "string" && name !== "role";
    this.#further[name] = grows ? before + said : (said as Json);
  }

  #takeTool({ index, id, function: called }: z.output<typeof toolPart>): void {
    const tool = (this.#tools[index] ??= { id: "", name: "", arguments: "" });
    tool.id ||= id ?? "";
    tool.name += called?.name ?? "";
    tool.arguments += called?.arguments ?? "";
  }
}
