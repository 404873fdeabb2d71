/**
 * A server like vLLM. It samples token ids that cannot be derived from the text, remembers them for later prompts, and answers
 * with or without streaming, with ids and log-probabilities if asked. A stream with `hold` stops after its beginning.
 */
import type { ServerResponse } from "node:http";
import { Random } from "../../src/random.ts";
import { type OpenaiServer, startOpenaiServer } from "../models/openai-server.ts";

/** What the server sampled for one request, to compare with. */
export interface Sampled {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly text: string;
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
  readonly logprobs: readonly number[];
}

export interface SamplingServer extends OpenaiServer {
  readonly sampled: Sampled[];
}

const END_OF_TURN = 2;

/** @param write the model's reply to a conversation */
export async function startSamplingServer(
  write: (messages: Sampled["messages"], request: number) => string,
): Promise<SamplingServer> {
  const random = Random.of(0, "sampling server");
  const known = new Map<string, readonly number[]>();
  const sampled: Sampled[] = [];
  const idsOf = ({ role, content }: Sampled["messages"][number]) => [
    role.length,
    ...(known.get(content ?? "") ?? Array.from(content ?? "").map((char) => 1000 + char.codePointAt(0)!)),
    END_OF_TURN,
  ];
  const server = await startOpenaiServer((response, body) => {
    const messages = body.messages as unknown as Sampled["messages"];
    const text = write(messages, sampled.length);
    const completionIds = Array.from(text)
      .slice(0, 40)
      .map(() => 200_000 + random.below(50_000));
    const reply = {
      messages,
      text,
      // The template ends where the assistant's reply begins, so that the next prompt continues the sampled tokens.
      promptIds: [...messages.flatMap(idsOf), "assistant".length],
      completionIds,
      logprobs: completionIds.map(() => -random.below(1000) / 1000),
    };
    known.set(text, completionIds);
    sampled.push(reply);
    const withIds = body.return_token_ids === true;
    const withLogprobs = body.logprobs === true;
    if (body.stream === true)
      return stream(response, body.model, reply, {
        withIds,
        withLogprobs,
        usage: wantsUsage(body),
        hold: body.hold === true,
      });
    return whole(response, body.model, reply, { withIds, withLogprobs });
  });
  return { ...server, sampled };
}

const wantsUsage = (body: { readonly [field: string]: unknown }) =>
  (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;

const usageOf = ({ promptIds, completionIds }: Sampled) => ({
  prompt_tokens: promptIds.length,
  completion_tokens: completionIds.length,
  total_tokens: promptIds.length + completionIds.length,
});

interface Asked {
  readonly withIds: boolean;
  readonly withLogprobs: boolean;
}

const logprobsOf = (logprobs: readonly number[]) => ({
  content: logprobs.map((logprob) => ({ token: "?", logprob, bytes: null, top_logprobs: [] })),
});

function whole(
  response: ServerResponse,
  model: string,
  reply: Sampled,
  { withIds, withLogprobs }: Asked,
): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 0,
      model,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: reply.text },
          finish_reason: "stop",
          logprobs: withLogprobs ? logprobsOf(reply.logprobs) : null,
          ...(withIds && { token_ids: reply.completionIds }),
        },
      ],
      usage: usageOf(reply),
      ...(withIds && { prompt_token_ids: reply.promptIds }),
    }),
  );
}

function stream(
  response: ServerResponse,
  model: string,
  reply: Sampled,
  { withIds, withLogprobs, usage, hold }: Asked & { readonly usage: boolean; readonly hold: boolean },
): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choices: object[], extra: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model, choices, ...extra })}\n\n`,
    );
  send(
    [{ index: 0, delta: { role: "assistant", content: "" } }],
    withIds ? { prompt_token_ids: reply.promptIds } : {},
  );
  if (hold) return;
  const pieces = 3;
  const part = <T>(list: readonly T[], piece: number) =>
    list.slice(Math.floor((piece * list.length) / pieces), Math.floor(((piece + 1) * list.length) / pieces));
  for (let piece = 0; piece < pieces; piece += 1)
    send([
      {
        index: 0,
        delta: { content: part(Array.from(reply.text), piece).join("") },
        finish_reason: piece === pieces - 1 ? "stop" : null,
        logprobs: withLogprobs ? logprobsOf(part(reply.logprobs, piece)) : null,
        ...(withIds && { token_ids: part(reply.completionIds, piece) }),
      },
    ]);
  if (usage) send([], { usage: usageOf(reply) });
  response.end("data: [DONE]\n\n");
}
