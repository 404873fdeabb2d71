/** The terms on which code asks a sub-model or a sub-agent: how much it may spend, and what it has to give back. */
import { z } from "zod";
import type { Json } from "../types.ts";

/** The terms of a call. What is absent is as the episode has it. */
export interface CallTerms {
  /** What each delegation may spend, with all that it leads to. */
  readonly grant?: { readonly tokens?: number; readonly dollars?: number };
  /** The most completion tokens of a reply. */
  readonly maxTokens?: number;
  /** A JSON Schema that the reply has to match as JSON. */
  readonly schema?: Json;
  /** The most turns of a child. */
  readonly maxTurns?: number;
  /** The names of the host's tools that a child keeps. */
  readonly tools?: readonly string[];
  /** The system prompt of a child. */
  readonly prompt?: string;
  /** How hard the model is asked to think, in the words of its server. */
  readonly effort?: string;
  /** Images that go with the prompt, as data URLs. */
  readonly images?: readonly string[];
  /** Set if the code does not wait: the reply is the number of a handle. */
  readonly start?: true;
  /** Set if nothing is asked but about handles. */
  readonly handle?: HandleQuestion;
}

/** A question about calls that were started. */
export interface HandleQuestion {
  /** `done`: has it ended? `wait`: which of them ends first? `result`: what did it give? `cancel`: it is not to go on. */
  readonly op: "done" | "wait" | "result" | "cancel";
  readonly ids: readonly number[];
  /** For `wait`: the most real seconds; without it, as long as it takes. */
  readonly seconds?: number;
}

const MOST_IMAGES = 100;
/** No limit is as large, so that a greater number asks for the same; `1e999` and Python's large numbers are among those. */
const MOST = Number.MAX_SAFE_INTEGER;
const whole = z.preprocess(
  (value) => (typeof value === "number" && value > MOST ? MOST : value),
  z.int().min(1),
);

const TERMS = z.strictObject({
  grant: z.strictObject({ tokens: whole.optional(), dollars: z.number().positive().optional() }).optional(),
  maxTokens: whole.optional(),
  schema: z.json().optional(),
  maxTurns: whole.optional(),
  tools: z.array(z.string().max(200)).max(1000).optional(),
  prompt: z.string().optional(),
  effort: z.string().min(1).max(40).optional(),
  images: z
    .array(z.string().regex(/^data:image\/[a-z0-9.+-]{1,40};base64,/))
    .max(MOST_IMAGES)
    .optional(),
  start: z.literal(true).optional(),
  handle: z
    .strictObject({
      op: z.enum(["done", "wait", "result", "cancel"]),
      ids: z.array(z.int().min(0)).min(1).max(10_000),
      seconds: z.number().min(0).max(100_000).optional(),
    })
    .optional(),
});

/** The terms that belong to one of the two functions alone. */
const OF_ONE = {
  llm_query: ["maxTokens", "schema", "images"],
  rlm_query: ["grant", "maxTurns", "tools", "prompt"],
} as const;

/** What code calls a term, where the request has another name for it. */
const IN_CODE: Readonly<Record<string, string>> = {
  grant: "budget",
  maxTokens: "max_tokens",
  maxTurns: "max_turns",
};

/** The terms in a request, or a sentence about what is wrong with them. */
export function readTerms(
  value: unknown,
  kind: keyof typeof OF_ONE,
): CallTerms | { readonly problem: string } {
  const parsed = TERMS.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map((name, at) => (at === 0 ? (IN_CODE[String(name)] ?? name) : name));
    return { problem: `${kind}: ${path?.join(".") || "its options"}: ${issue?.message}` };
  }
  const terms = parsed.data as CallTerms;
  const other = OF_ONE[kind === "llm_query" ? "rlm_query" : "llm_query"];
  const foreign = other.find((name) => terms[name] !== undefined && !(name === "grant"));
  return foreign === undefined ? terms : { problem: `${kind} takes no ${IN_CODE[foreign] ?? foreign}` };
}
