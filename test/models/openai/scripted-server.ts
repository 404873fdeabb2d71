/** Models on servers that reply by a script, for tests of `openaiModel`. */
import { afterEach } from "vitest";
import { openaiModel, type OpenaiModelOptions } from "../../../src/models/openai/openai.ts";
import type { Message } from "../../../src/types.ts";
import { sendJson, startOpenaiServer, type Handler, type OpenaiServer } from "../openai-server.ts";

export const request = { messages: [{ role: "user", content: "hello world" }] as Message[] };
export const KEY = "sk-very-secret";

/** Starts servers for the tests of a file, and closes each after its test. */
export function scriptedServers() {
  let server: OpenaiServer | null = null;
  afterEach(() => server?.close());
  const start = async (script: Handler | Handler[]) => (server = await startOpenaiServer(script));
  return {
    start,
    /** The one that was started last. */
    get last() {
      return server!;
    },
    /** A model on a new server with this script. Its waits are very short. */
    modelAt: async (script: Handler | Handler[], options: Partial<OpenaiModelOptions> = {}) => {
      const { baseUrl } = await start(script);
      return openaiModel({ model: "m", baseUrl, apiKey: KEY, backoffMs: 1, ...options });
    },
  };
}

/** An error in the form of OpenAI's chat completions. */
export const chatError = (status: number, message: string, headers = {}) =>
  sendJson({ error: { message } }, { status, headers });
