/** Decides which requests are equal. */
import { createHash } from "node:crypto";
import type { ModelRequest } from "./model.ts";

/** Images count by their hashes, which records keep in their place. */
export function hashOfImage(image: string): string {
  return /^[0-9a-f]{64}$/.test(image) ? image : createHash("sha256").update(image).digest("hex");
}

/** A hash in hex of the model's name and of everything in the request on which the reply may depend. */
export function requestKey(model: string, request: ModelRequest): string {
  const { messages, maxTokens, temperature, seed, tools, effort } = request;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([model, maxTokens ?? null, temperature ?? null, seed ?? null, tools ?? []]));
  if (effort !== undefined) hash.update(`\n${JSON.stringify({ effort })}`);
  for (const { role, content, toolCalls = [], toolCallId = null, reasoning, images } of messages) {
    hash.update(
      `\n${JSON.stringify([role, content, toolCalls, toolCallId, ...(reasoning ? [reasoning] : [])])}`,
    );
    for (const image of images ?? []) hash.update(`\n${hashOfImage(image)}`);
  }
  return hash.digest("hex");
}
