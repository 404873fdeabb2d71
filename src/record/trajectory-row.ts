/** The shape of a record, as a line of `trajectories.jsonl` holds it. Accepts keys that a later version adds. */
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

/** The version of the records that this version of rlm-gym writes, and the newest that it reads. */
export const SCHEMA_VERSION = 1;

const object = shape({});
const id = matching(/./s, "a text that is not empty");
const sha256 = matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits");
const seconds = shape({ seconds: number });

const reasoning = shape({
  text,
  tokens: optional(count),
  signature: optional(text),
  place: optional(text),
  written: optional(text),
  parts: optional(listOf(object)),
});
/** Where a call or a child stands among those that Python asked for together. */
const batch = orNull(shape({ id: count, index: count, size: count }));
const usage = shape({ promptTokens: count, completionTokens: count, cachedTokens: count });

const granted = shape({ tokens: optional(count), dollars: optional(number) });

const call = shape({
  id: count,
  purpose: oneOf("policy", "llm_query", "rlm_query", "judge", "summary", "ping"),
  timedOut: optional(listOf(count)),
  depth: count,
  turn: count,
  plain: optional(truth),
  maxTokens: optional(count),
  grant: optional(granted),
  effort: optional(text),
  system: optional(text),
  images: optional(listOf(shape({ type: text, bytes: count, sha256 }))),
  repair: optional(count),
  handle: optional(count),
  block: optional(count),
  batch: optional(batch),
  model: text,
  prompt: orNull(text),
  reply: orNull(text),
  asksReasoning: optional(truth),
  reasoning: optional(reasoning),
  error: orNull(text),
  usage: orNull(usage),
  usageSource: optional(text),
  cached: optional(truth),
  reserved: optional(usage),
  seed: optional(count),
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
  outputChars: optional(count),
  omittedChars: optional(count),
  stateKept: optional(truth),
});

const worldMark = shape({ calls: count, sha256 });

const turn = shape({
  index: count,
  completion: shape({
    text,
    reasoning: optional(reasoning),
    toolCalls: listOf(
      shape({
        id: text,
        name: text,
        arguments: text,
        written: optional(text),
        sentAs: optional(text),
        extra: optional(object),
      }),
    ),
    finishReason: text,
  }),
  callId: orNull(count),
  results: listOf(block),
  observation: text,
  invalid: optional(truth),
  keptTurns: optional(count),
  timeOver: optional(
    shape({
      blocks: count,
      during: optional(
        shape({
          calls: count,
          tools: count,
          refusedBy: optional(oneOf("turns", "calls", "tokens", "dollars", "seconds")),
          answer: orNull(
            shape({
              ready: truth,
              source: oneOf("answer_dict", "final", "final_var"),
              isNoDict: optional(truth),
            }),
          ),
          restored: optional(listOf(text)),
        }),
      ),
    }),
  ),
  segment: count,
  standing: orNull(text),
  budget: optional(object),
  handles: optional(listOf(shape({ handle: orNull(count), ended: truth, times: optional(count) }))),
  world: optional(worldMark),
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
  invalidCompletions: optional(count),
  afterRight: optional(orNull(shape({ turns: number, answers: number }))),
});

const model = shape({
  name: text,
  simulated: truth,
  windowTokens: optional(number),
  settings: optional(object),
});

/** A trajectory of schema version 1, with its children. Infinite limits are null in JSON. */
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
  parent: orNull(
    shape({
      rolloutId: text,
      turn: count,
      block: optional(count),
      batch: optional(batch),
      handle: optional(count),
    }),
  ),
  grant: optional(granted),
  prompts: optional(shape({ root: optional(text), child: optional(text), leaf: optional(text) })),
  toolSource: optional(orNull(text)),
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
  language: optional(text),
  history: shape({ mode: text, keepTurns: optional(count), whenTokens: optional(count) }),
  oldTurns: optional(text),
  reasoning: optional(oneOf("keep", "last", "drop")),
  rules: optional(text),
  promptStyle: optional(text),
  severalBlocks: optional(truth),
  printedAnswers: optional(truth),
  budgetView: optional(oneOf("function", "line")),
  observations: optional(shape({ form: oneOf("constant"), maxChars: count })),
  replies: optional(oneOf("kept")),
  systemPrompt: text,
  systemPromptSha256: optional(sha256),
  systemPromptTokens: optional(count),
  limits: mapOf(orNull(number)),
  simulated: truth,
  status: oneOf("ok", "infra_error"),
  error: orNull(shape({ kind: text, message: text })),
  stopReason: text,
  opening: text,
  turns: listOf(turn),
  calls: listOf(call),
  toolCalls: listOf(
    shape({
      turn: count,
      name: text,
      error: orNull(text),
      worldCall: optional(count),
      isCut: optional(truth),
    }),
  ),
  world: optional(shape({ name: text, begun: worldMark })),
  clockMs: optional(listOf(number)),
  children: (value) => listOf(checkTrajectory)(value),
  unawaited: optional(listOf(count)),
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

/** The same as a zod schema, to combine with other schemas. */
export const trajectoryRow = z.unknown().superRefine((value, context) => {
  const problem = checkTrajectory(value);
  if (problem !== null)
    context.addIssue({ code: "custom", path: [...problem.path], message: problem.message });
});
