/**
 * How the simulated model reads papers: it quotes the sentences that report the claim, by whichever names their papers use. A model
 * that errs overlooks a passage, or takes one for a report that only comes close.
 */
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { type Claim, claimIn, reportedIn } from "./claims.ts";
import { CLAIM_MARK, NOTES_MARK, QUOTE_MARK } from "./wording.ts";

/** How surely a sentence is understood in a short prompt. */
const CLARITY = 0.98;
/** So many misreadings of a sentence that comes close still see that it does not report the claim, for each one that does not. */
const HARMLESS = 5;

/** Reads prompts that ask for passages. The values are passages; null is a sentence that is seen to report something else. */
export const evidenceReader: SliceReader<string | null> = {
  name: "evidence",
  read(prompt) {
    const start = prompt.indexOf(QUOTE_MARK);
    const claim = start === -1 ? null : claimIn(prompt.slice(start), CLAIM_MARK);
    if (claim === null) return null;
    return {
      findings: [...noted(prompt, start), ...passagesIn(prompt, start, claim)],
      answer: (values) => JSON.stringify([...new Set(values.filter((value) => value !== null))]),
    };
  },
};

function passagesIn(prompt: string, start: number, claim: Claim): Finding<string | null>[] {
  const text = prompt.slice(start);
  const names = new Map(
    [...text.matchAll(/\b([A-Z][a-z]+ [a-z]+) \(([A-Z]{3})\)/g)].map(([, name, short]) => [short!, name!]),
  );
  return reportedIn(text).flatMap(({ finding, sentence, start: at }): Finding<string | null>[] => {
    const method = names.get(finding.method) ?? finding.method;
    const position = (start + at) / prompt.length;
    const misses = [
      method !== claim.method,
      finding.measure !== claim.measure,
      finding.direction !== claim.direction,
    ].filter(Boolean).length;
    if (misses === 0) return [{ position, value: sentence, clarity: CLARITY }];
    if (misses > 1) return [];
    const harmless = Array.from({ length: HARMLESS }, () => null);
    return [{ position, value: null, misreadings: [...harmless, sentence], clarity: CLARITY }];
  });
}

/** What earlier notes quote, which the model takes over. */
function noted(prompt: string, start: number): Finding<string | null>[] {
  const at = prompt.indexOf(NOTES_MARK, start);
  const line =
    at === -1
      ? ""
      : (prompt
          .slice(at + NOTES_MARK.length)
          .trimStart()
          .split("\n", 1)[0] ?? "");
  const position = Math.max(0, at) / prompt.length;
  return quotedIn(line).map((value) => ({ position, value }));
}

function quotedIn(line: string): string[] {
  try {
    const quotes: unknown = JSON.parse(line);
    return Array.isArray(quotes) ? quotes.filter((quote) => typeof quote === "string") : [];
  } catch {
    return [];
  }
}
