/** What a record has to be, as a line of `trajectories.jsonl` holds it. Keys that a later version adds are let through. */
import { z } from "zod";
import {
  type Check,
  count,
  listOf,
  mapOf,
  matching,
  number,
  oneOf,
  optional,
  orNull,
  shape,
  text,
  truth,
} from "./check.ts";

/** The version of records that this version of rlm-gym writes, and the newest that it reads. */
export const SCHEMA_VERSION = 1;

const object = shape({});
const id = matching(/./s, "a text that is not empty");
const sha256 = matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits");
const seconds = shape({ seconds: number });

const reasoning = shape({ text, tokens: optional(count) });

const call = shape({
  id: count,
  purpose: oneOf("policy", "llm_query", "rlm_query", "judge", "summary"),
  depth: count,
  turn: count,
  model: text,
  prompt: orNull(text),
  reply: orNull(text),
  reasoning: optional(reasoning),
  error: orNull(text),
  usage: orNull(shape({ promptTokens: count, completionTokens: count, cachedTokens: count })),
  nanoDollars: orNull(number),
  attempts: count,
  tokens: optional(
    shape({
      promptIds: optional(listOf(count)),
      completionIds: optional(listOf(count)),
      logprobs: optional(listOf(number)),
      weightVersion: optional(text),
      traceId: optional(text),
    }),
  ),
  wallClock: seconds,
});

const block = shape({
  code: text,
  outcome: text,
  stdout: text,
  stderr: text,
  value: orNull(text),
  exception: orNull(text),
});

const turn = shape({
  index: count,
  completion: shape({
    text,
    reasoning: optional(reasoning),
    toolCalls: listOf(shape({ id: text, name: text, arguments: text })),
    finishReason: text,
  }),
  callId: orNull(count),
  results: listOf(block),
  observation: text,
  segment: count,
  standing: orNull(text),
  reward: number,
  wallClock: seconds,
});

const metrics = shape({
  turns: count,
  depths: listOf(
    shape({ depth: count, calls: mapOf(count), promptTokens: number, completionTokens: number }),
  ),
  batchSizes: listOf(count),
  printedChars: number,
  cutChars: number,
  coverage: orNull(number),
  repeatedSubQueries: number,
  invalidCompletions: optional(number),
  afterRight: optional(orNull(shape({ turns: number, answers: number }))),
});

const model = shape({ name: text, simulated: truth });

/** A trajectory of schema version 1, with its children. Limits of no bound are null in JSON. */
export const checkTrajectory: Check = shape({
  schemaVersion: oneOf(SCHEMA_VERSION),
  rolloutId: id,
  groupId: id,
  environment: text,
  policy: text,
  trainable: optional(truth),
  seed: number,
  depth: count,
  maxDepth: count,
  parent: orNull(shape({ rolloutId: text, turn: count })),
  continues: optional(shape({ rolloutId: id, turn: count, subModels: listOf(model) })),
  policyModel: optional(model),
  tape: optional(
    shape({
      subModels: listOf(model),
      prices: mapOf(orNull(shape({ input: number, cachedInput: number, output: number }))),
      toolSource: orNull(text),
    }),
  ),
  seals: optional(listOf(shape({ sha256, sum: count, weighted: count }))),
  task: shape({
    id: text,
    dataset: text,
    question: text,
    contextTokens: number,
    metadata: object,
    context: shape({
      type: oneOf("str", "list", "dict", "bytes", "int", "float", "bool", "None"),
      chars: count,
      parts: optional(count),
      items: optional(oneOf("list", "dict", "int", "float", "bool", "None", "mixed")),
      sha256,
    }),
  }),
  dialect: oneOf("repl", "tool"),
  history: shape({ mode: text }),
  systemPrompt: text,
  limits: mapOf(orNull(number)),
  simulated: truth,
  status: oneOf("ok", "infra_error"),
  error: orNull(shape({ kind: text, message: text })),
  stopReason: text,
  opening: text,
  turns: listOf(turn),
  calls: listOf(call),
  toolCalls: listOf(shape({ turn: count, name: text, error: orNull(text) })),
  clockMs: optional(listOf(number)),
  children: (value) => listOf(checkTrajectory)(value),
  totals: shape({
    calls: count,
    promptTokens: number,
    completionTokens: number,
    nanoDollars: orNull(number),
  }),
  fullReading: shape({ model: text, tokens: number, nanoDollars: orNull(number) }),
  answer: orNull(shape({ text, source: text })),
  metrics,
  reward: orNull(shape({ total: number, score: number, terms: object })),
  wallClock: shape({ startedAt: text, seconds: number }),
});

/** The same as a schema, for those who put schemas together. */
export const trajectoryRow = z.unknown().superRefine((value, context) => {
  const problem = checkTrajectory(value);
  if (problem !== null)
    context.addIssue({ code: "custom", path: [...problem.path], message: problem.message });
});
