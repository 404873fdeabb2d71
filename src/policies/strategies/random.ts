/** The strategy random: looks at a few random parts and answers with a word from them, as a baseline for all policies. */
import type { ContextSummary } from "../../types.ts";
import type { Policy } from "../policy.ts";
import { scriptedPolicy } from "./scripted.ts";
import { setText } from "./pieces.ts";

const PEEKS = 2;
const PEEK_CHARS = 300;

/** Makes the strategy. It answers with a random word that it saw. */
export function randomPeeks(): Policy {
  return scriptedPolicy("random", function* ({ observation }, random) {
    let words = wordsOf(observation.question);
    for (let peek = 0; peek < PEEKS; peek += 1) {
      const seen = yield { code: peekAt(random.random(), observation.context) };
      words = [...words, ...wordsOf(seen.results.map((result) => result.stdout).join(" "))];
    }
    yield { answer: words.length > 0 ? random.choice(words) : "" };
  });
}

function peekAt(share: number, context: ContextSummary): string {
  return `
${setText(context)}
start = int(${share} * max(0, len(text) - ${PEEK_CHARS}))
print(text[start : start + ${PEEK_CHARS}])`;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}-]+/gu) ?? [];
}
