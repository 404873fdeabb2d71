/**
 * Observations of constant shape: their form, and the most that they hold, do not depend on how long the context or an output is, so
 * that a policy sees the same kind of text at any length.
 */
import { UsageError } from "../errors.ts";
import { blockText } from "../languages/block-output.ts";
import type { ReplLanguage } from "../languages/language.ts";
import type { TurnRemark, TurnReport } from "../languages/wording.ts";
import type { BlockResult, ConstantObservations, Limits, ObservationOptions } from "../types.ts";

/** The default of `maxChars`. */
const MAX_CHARS = 2000;
/** The most remarks of one observation, the most names in one, and the most characters of a name. */
const [MOST_REMARKS, MOST_NAMES, MOST_NAME_CHARS] = [3, 5, 40];
/** Stands where output was cut, whatever was left out. */
const CUT = "\n[... cut ...]\n";
/** What the REPLs put there. */
const COUNTED_CUT = /\n\[\.\.\. \d+ characters left out \.\.\.\]\n/g;
/** A block's output is cut in up to four places. */
const MOST_CUTS = 4;

/** The whole options; undefined for observations that tell lengths. Throws `UsageError` for invalid ones. */
export function expectObservations(
  options: ObservationOptions | undefined,
): ConstantObservations | undefined {
  if (options === undefined) return undefined;
  const { form, maxChars = MAX_CHARS } = options;
  if (form !== "constant")
    throw new UsageError(`observations: form: expected "constant", got ${JSON.stringify(form)}`);
  if (!Number.isSafeInteger(maxChars) || maxChars < 100)
    throw new UsageError(
      `observations: maxChars: expected a whole number of at least 100, got ${String(maxChars)}`,
    );
  return { form, maxChars };
}

/** Throws `UsageError` if replies are to be kept in a language that does not keep them, or in an unknown way. */
export function expectReplies(
  { replies }: { readonly replies?: string },
  { title, describeReplies }: ReplLanguage,
): void {
  if (replies === undefined) return;
  if (replies !== "kept") throw new UsageError(`replies: expected "kept", got ${JSON.stringify(replies)}`);
  if (describeReplies === undefined)
    throw new UsageError(
      `replies: kept: ${title} does not keep the replies of sub-calls here; Python does, under rules 0.6.0 and later`,
    );
}

/** The most characters of one block's output. */
export function outputLimit(
  { maxOutputChars }: Pick<Limits, "maxOutputChars">,
  observations: ConstantObservations | undefined,
): number {
  return observations ? Math.min(maxOutputChars, observations.maxChars) : maxOutputChars;
}

/** The report of a turn without what would make its text longer for longer outputs. */
export function constantReport(report: TurnReport, { maxChars }: ConstantObservations): TurnReport {
  const { results, remarks } = report;
  const text = results.map((block) => blockText(uncounted(block))).join("\n\n");
  const [first] = results;
  const most = maxChars + MOST_CUTS * CUT.length;
  return {
    ...report,
    results: first ? [{ ...first, ...NOTHING, stdout: shortened(text, most) }] : [],
    remarks: remarks.slice(0, MOST_REMARKS).map(shortRemark),
  };
}

const NOTHING = { stderr: "", value: null, exception: null, stateKept: true };

function uncounted(block: BlockResult): BlockResult {
  if (block.omittedChars === 0) return block;
  const plain = (text: string) => text.replace(COUNTED_CUT, CUT);
  const { stdout, stderr, value, exception } = block;
  return {
    ...block,
    stdout: plain(stdout),
    stderr: plain(stderr),
    value: value && plain(value),
    exception: exception && plain(exception),
  };
}

/** Cuts the middle out of a text that is too long, without half a surrogate pair at the cut. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = most - CUT.length;
  const head = text.slice(0, Math.ceil(kept / 2)).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(text.length - Math.floor(kept / 2)).replace(/^[\udc00-\udfff]/, "");
  return head + CUT + tail;
}

function shortRemark(remark: TurnRemark): TurnRemark {
  if (remark.kind === "restored")
    return { ...remark, names: remark.names.slice(0, MOST_NAMES).map(shortName) };
  if (remark.kind === "unknown_function") return { ...remark, name: shortName(remark.name) };
  if (remark.kind === "other_language") return { ...remark, language: shortName(remark.language) };
  return remark;
}

function shortName(name: string): string {
  return name.length <= MOST_NAME_CHARS ? name : `${name.slice(0, MOST_NAME_CHARS - 1)}…`;
}
