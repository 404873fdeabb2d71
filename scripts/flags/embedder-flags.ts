/** The flags that choose an embedding model, for scores that take one. */
import type { InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../src/errors.ts";
import { openaiEmbedder } from "../../src/models/openai/embedder.ts";
import type { Embed } from "../../src/types.ts";

export const EMBEDDER_FLAGS = {
  embedder: {
    type: "string",
    describe:
      "embedding model for LongBench-Pro's official score of summaries, by its name on the server; the authors use Qwen3-Embedding-8B",
  },
  "embedder-base-url": {
    type: "string",
    describe: "embedder: base URL of any server with OpenAI's embeddings, such as http://localhost:8000/v1",
  },
  "embedder-api-key-env": {
    type: "string",
    describe: "embedder: environment variable with its server's key (default: OPENAI_API_KEY)",
  },
} satisfies Record<string, Options>;

/** The embedding model that was asked for; null without one. Throws `UsageError` if no server is named. */
export function embedderFrom(flags: InferredOptionTypes<typeof EMBEDDER_FLAGS>): Embed | null {
  const { embedder: model, "embedder-base-url": baseUrl, "embedder-api-key-env": keyEnv } = flags;
  if (model === undefined) {
    const alone = Object.keys(EMBEDDER_FLAGS).find((name) => flags[name as keyof typeof flags] !== undefined);
    if (alone !== undefined) throw new UsageError(`--${alone}: expected --embedder MODEL with it`);
    return null;
  }
  const apiKey = process.env[keyEnv ?? "OPENAI_API_KEY"];
  if (baseUrl === undefined && apiKey === undefined)
    throw new UsageError(
      `--embedder needs --embedder-base-url URL, or a key in ${keyEnv ?? "OPENAI_API_KEY"} for the provider's own server`,
    );
  return openaiEmbedder({
    model,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined && { apiKey }),
  });
}
