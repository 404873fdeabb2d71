/**
 * A simulated reflecting model: it reads a prompt and episodes by program, and proposes a feature that the prompt lacks, or at times a
 * change that is of no use, or no prompt at all. It measures nothing about real models.
 */
import { createHash } from "node:crypto";
import { countMessages, countTokens } from "../../cost/tokens.ts";
import { Random } from "../../random.ts";
import type { Model } from "../model.ts";
import { throwIfAborted } from "../interruption.ts";
import { FEATURE_NAMES, PROMPT_FEATURES, type PromptFeature, promptFeatures } from "./prompt-features.ts";

/** How often it proposes what is of no use, how often no prompt, and how often it goes by what the episodes show. */
export const REFLECTING_RATES = { useless: 0.2, none: 0.05, attentive: 0.6 } as const;

/** What each failure looks like in an episode. */
const SIGNS: Record<PromptFeature, RegExp> = {
  variable: /NameError/,
  block: /```text/,
  search: /print\(str\(context\)\[\d+:\d+\]\)/,
  final: /I know the answer now/,
};

const USELESS = [
  "Think step by step.",
  "You are an expert in finding things.",
  "Take a deep breath before you begin.",
  "Be polite.",
];

/** Names what every prompt has to name, for a prompt that does not. */
const NAMES = "You have `context`; the answer goes to FINAL.";

/** How a reply is asked for: the marks around the prompt in the request, and around the one in the reply. */
export interface ReflectingMarks {
  readonly current: readonly [open: string, close: string];
  readonly proposed: readonly [open: string, close: string];
}

/** Makes the model. The same request and seed give the same reply. */
export function simulatedReflectingModel(marks: ReflectingMarks): Model {
  const name = "simulated";
  return {
    name,
    simulated: true,
    complete: async (request, { signal } = {}) => {
      throwIfAborted({ model: name, attempts: 1, signal });
      const text = request.messages.map(({ content }) => content).join("\n\n");
      const digest = createHash("sha256").update(text).digest("hex");
      const reply = replyTo(text, marks, Random.of(request.seed ?? 0, digest, "reflecting"));
      const usage = {
        promptTokens: countMessages(request.messages),
        completionTokens: countTokens(reply),
        cachedTokens: 0,
      };
      return {
        text: reply,
        toolCalls: [],
        finishReason: "stop",
        model: name,
        usage,
        usageSource: "simulated",
        attempts: 1,
      };
    },
  };
}

function replyTo(text: string, { current, proposed }: ReflectingMarks, random: Random): string {
  const [luck, choice, wording] = [random.random(), random.random(), random.random()];
  const isAttentive = random.random() < REFLECTING_RATES.attentive;
  if (luck < REFLECTING_RATES.none) return "I see nothing that should be changed.";
  const from = text.indexOf(current[0]) + current[0].length;
  const to = text.indexOf(current[1], from);
  const prompt = text.slice(from, to).trim();
  const [reason, better] =
    luck < REFLECTING_RATES.none + REFLECTING_RATES.useless
      ? ["The model should take more care.", `${prompt}\n${pick(USELESS, choice)}`]
      : improved(prompt, isAttentive ? text.slice(to) : "", { choice, wording });
  const named = /\bcontext\b/.test(better) && /\bFINAL\b/.test(better) ? better : `${better}\n${NAMES}`;
  return `${reason}\n${proposed[0]}\n${named}\n${proposed[1]}`;
}

/** The prompt with a feature that it lacks, one whose lack shows in the episodes if there is such; shorter if it lacks none. */
function improved(
  prompt: string,
  episodes: string,
  { choice, wording }: { readonly choice: number; readonly wording: number },
): readonly [reason: string, prompt: string] {
  const { has, isShort } = promptFeatures(prompt);
  const missing = FEATURE_NAMES.filter((name) => !has[name]);
  const seen = missing.filter((name) => SIGNS[name].test(episodes));
  const feature = pick(seen.length > 0 ? seen : missing, choice);
  if (feature !== undefined)
    return [
      "The prompt does not say something that the episodes needed.",
      `${prompt}\n${pick(PROMPT_FEATURES[feature], wording)}`,
    ];
  const short = FEATURE_NAMES.map((name) => pick(PROMPT_FEATURES[name], wording)).join("\n");
  return isShort
    ? ["Nothing is missing; one more sentence may help.", `${prompt}\n${pick(USELESS, choice)}`]
    : ["The prompt is too long to be followed.", short];
}

function pick<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items[Math.floor(choice * items.length)];
}
