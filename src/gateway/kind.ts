/** The kinds of calls that a gateway passes: conversations in three APIs, and completions of a text or of token ids. */
import { isFields } from "../models/servers/json.ts";
import { ChatRequest, MessagesRequest, ResponsesRequest, TextRequest } from "./request.ts";

/** One kind of call. */
export interface CallKind {
  /** The path under the upstream's base URL. */
  readonly path: string;
  readonly request:
    | typeof ChatRequest
    | typeof TextRequest
    | typeof ResponsesRequest
    | typeof MessagesRequest;
  /** The value of `logprobs` that asks for log-probabilities; null if the API has no fields for them and for token ids. */
  readonly logprobs: boolean | number | null;
  /** Whether a stream ends with `[DONE]`, and can report the usage. */
  readonly hasDone: boolean;
  /** Whether an event is the last one, which tells the client that the reply is whole. */
  readonly isLast: (event: unknown) => boolean;
}

const never = () => false;

/** OpenAI's chat completions. */
export const CHAT: CallKind = {
  path: "/chat/completions",
  request: ChatRequest,
  logprobs: true,
  hasDone: true,
  isLast: never,
};

/** Asks only for the sampled token's log-probability; for vLLM the number says how many tokens to list. */
const SAMPLED_ALONE = 1;

/** OpenAI's text completions, of a text or of token ids. */
export const TEXT: CallKind = {
  path: "/completions",
  request: TextRequest,
  logprobs: SAMPLED_ALONE,
  hasDone: true,
  isLast: never,
};

/** OpenAI's Responses. */
export const RESPONSES: CallKind = {
  path: "/responses",
  request: ResponsesRequest,
  logprobs: null,
  hasDone: false,
  isLast: (event) => isOfType(event, ["response.completed", "response.incomplete", "response.failed"]),
};

/** Anthropic's Messages. */
export const MESSAGES: CallKind = {
  path: "/messages",
  request: MessagesRequest,
  logprobs: null,
  hasDone: false,
  isLast: (event) => isOfType(event, ["message_stop"]),
};

/** All kinds of calls. */
export const KINDS: readonly CallKind[] = [CHAT, TEXT, RESPONSES, MESSAGES];

function isOfType(event: unknown, types: readonly string[]): boolean {
  return isFields(event) && types.includes(String(event["type"]));
}
