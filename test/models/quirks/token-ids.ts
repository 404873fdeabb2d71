/** Token ids and log-probabilities in all the fields that engines use. */
import { chat, type ReplyRow, said } from "./rows.ts";

const ids = { completionIds: [7, 8] };
const scores = { logprobs: [-0.25, -1.5] };

export const TOKEN_IDS: readonly ReplyRow[] = [
  {
    quirk: "vLLM's ids",
    body: chat(said("hi"), { token_ids: [7, 8] }, { prompt_token_ids: [1, 2] }),
    reads: { tokens: { promptIds: [1, 2], ...ids } },
  },
  {
    quirk: "vLLM's ids as the tokens' names",
    body: chat(said("hi"), {
      logprobs: {
        content: [
          { token: "token_id:7", logprob: -0.25 },
          { token: "token_id:8", logprob: -1.5 },
        ],
      },
    }),
    reads: { tokens: { ...ids, ...scores } },
  },
  {
    quirk: "llama.cpp's ids beside the log-probabilities",
    body: chat(said("hi"), {
      logprobs: {
        content: [
          { id: 7, token: "h", logprob: -0.25 },
          { id: 8, token: "i", logprob: -1.5 },
        ],
      },
    }),
    reads: { tokens: { ...ids, ...scores } },
  },
  {
    quirk: "log-probabilities alone",
    body: chat(said("hi"), {
      logprobs: {
        content: [
          { token: "h", logprob: -0.25 },
          { token: "i", logprob: -1.5 },
        ],
      },
    }),
    reads: { tokens: scores },
  },
  {
    quirk: "log-probabilities of null",
    body: chat(said("hi"), { logprobs: null }),
    reads: { text: "hi" },
    lacks: ["tokens"],
  },
  {
    quirk: "a list of none",
    body: chat(said("hi"), { logprobs: { content: [] } }),
    reads: { text: "hi" },
    lacks: ["tokens"],
  },
  {
    quirk: "one log-probability of null: then none are known",
    body: chat(said("hi"), {
      logprobs: {
        content: [
          { token: "h", logprob: null },
          { token: "i", logprob: -1.5 },
        ],
      },
    }),
    reads: { text: "hi" },
    lacks: ["tokens"],
  },
  {
    quirk: "a text completion's two lists",
    body: chat(undefined, {
      text: "hi",
      logprobs: { tokens: ["token_id:7", "token_id:8"], token_logprobs: [-0.25, -1.5] },
    }),
    reads: { tokens: { ...ids, ...scores } },
  },
  {
    quirk: "SGLang's triples",
    body: {
      text: "hi",
      meta_info: {
        finish_reason: { type: "stop" },
        output_token_logprobs: [
          [-0.25, 7, null],
          [-1.5, 8, null],
        ],
        weight_version: "w1",
      },
    },
    reads: { tokens: { ...ids, ...scores, weightVersion: "w1" } },
  },
  {
    quirk: "SGLang's version of the weights",
    body: chat(said("hi"), {}, { metadata: { weight_version: "w1" } }),
    reads: { tokens: { weightVersion: "w1" } },
  },
  {
    quirk: "TGI's details",
    body: {
      generated_text: "hi",
      details: {
        finish_reason: "eos_token",
        tokens: [
          { id: 7, text: "h", logprob: -0.25 },
          { id: 8, text: "i", logprob: -1.5 },
        ],
      },
    },
    reads: { tokens: { ...ids, ...scores } },
  },
  {
    quirk: "llama.cpp's own list",
    body: {
      content: "hi",
      stop_type: "eos",
      completion_probabilities: [
        { id: 7, token: "h", logprob: -0.25 },
        { id: 8, token: "i", logprob: -1.5 },
      ],
    },
    reads: { tokens: { ...ids, ...scores } },
  },
  {
    quirk: "ids that are no ids",
    body: chat(said("hi"), { token_ids: ["a"] }),
    reads: { text: "hi" },
    lacks: ["tokens"],
  },
];
