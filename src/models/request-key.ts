/** Decides which requests are equal. */
import { createHash } from "node:crypto";
import type { ModelRequest } from "./model.ts";

/** A hash in hex of the model's name and of everything in the request on which the reply may depend. */
export function requestKey(model: string, request: ModelRequest): string {
  const { messages, maxTokens, temperature, seed, tools } = request;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([model, maxTokens ?? null, temperature ?? null, seed ?? null, tools ?? []]));
  for (const { role, content, toolCalls = [], toolCallId = null, reasoning } of messages)
    hash.update(
      `\n${JSON.stringify([role, content, toolCalls, toolCallId, ...(reasoning ? [reasoning] : [])])}`,
    );
  return hash.digest("hex");
}
