/** Turns what an interpreter reports, or how it ended, into the result of a block. */
import type { BlockResult, ExecOutcome } from "../types.ts";
import type { AnswerState, ExecResult } from "./repl.ts";
import type { BlockEnd } from "./run-block.ts";

/** The JSON `session.report` writes. */
interface Report {
  readonly kind: "ok" | "exception" | "memory";
  readonly stdout: string;
  readonly stderr: string;
  readonly value: string | null;
  readonly exception: string | null;
  readonly outputChars: number;
  readonly omittedChars: number;
  readonly answer: AnswerState | null;
}

const STATE_BACK = "The variables are what they were before this block.";

/** The result of a block; null where its report cannot be read, which only tampering with the engine brings about. */
export function resultOf(code: string, end: BlockEnd, timeoutMs: number): ExecResult | null {
  if (end.kind !== "reported") return { block: lostBlock(code, end, timeoutMs), answer: null };
  const report = parseReport(end.report);
  if (!report) return null;
  const { kind, answer, ...shown } = report;
  const outcome = outcomeOf(kind, end);
  const exception = outcome === "timeout" ? timedOut(shown.exception, timeoutMs) : shown.exception;
  return { block: { code, outcome, ...shown, exception, stateKept: true }, answer };
}

function outcomeOf(kind: Report["kind"], end: BlockEnd & { kind: "reported" }): ExecOutcome {
  if (end.reply.violations > 0) return "violation";
  return end.interrupted ? "timeout" : kind;
}

function timedOut(exception: string | null, timeoutMs: number): string {
  const told = `TimeoutError: the block was stopped after ${timeoutMs / 1000} s; what it did before stays.`;
  return exception === null ? told : `${exception}\n${told}`;
}

/** What is said of a block after which the interpreter had to be restored. */
function lostBlock(
  code: string,
  end: Exclude<BlockEnd, { kind: "reported" }>,
  timeoutMs: number,
): BlockResult {
  const [outcome, exception] = describeLoss(end, timeoutMs);
  const outputChars = exception.length;
  return {
    code,
    outcome,
    stdout: "",
    stderr: "",
    value: null,
    exception,
    outputChars,
    omittedChars: 0,
    stateKept: true,
  };
}

function describeLoss(
  end: Exclude<BlockEnd, { kind: "reported" }>,
  timeoutMs: number,
): [ExecOutcome, string] {
  if (end.kind === "killed") {
    return [
      "killed",
      `TimeoutError: the block did not stop after ${timeoutMs / 1000} s and was ended. ${STATE_BACK}`,
    ];
  }
  if (end.kind === "died") {
    return ["memory", `MemoryError: the block used up the interpreter's memory. ${STATE_BACK}`];
  }
  if (end.reply.violations > 0) {
    return [
      "violation",
      `PermissionError: the sandbox has no processes, network or JavaScript. ${STATE_BACK}`,
    ];
  }
  return ["killed", `${crashName(end.crash)} ${STATE_BACK}`];
}

function crashName(crash: string): string {
  if (crash.startsWith("ExitStatus")) return "SystemExit: the block ended the interpreter.";
  if (crash.startsWith("RangeError")) return "RecursionError: the block used up the interpreter's stack.";
  return "SystemError: the block brought the interpreter down.";
}

function parseReport(text: string): Report | null {
  try {
    const report = JSON.parse(text) as Partial<Report> | null;
    const isText = (value: unknown) => typeof value === "string";
    const isTextOrNull = (value: unknown) => value === null || typeof value === "string";
    const sound =
      report !== null &&
      (report.kind === "ok" || report.kind === "exception" || report.kind === "memory") &&
      [report.stdout, report.stderr].every(isText) &&
      [report.value, report.exception].every(isTextOrNull) &&
      [report.outputChars, report.omittedChars].every(
        (count) => Number.isSafeInteger(count) && Number(count) >= 0,
      ) &&
      isAnswer(report.answer);
    return sound ? (report as Report) : null;
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is AnswerState | null {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { content, ready, source } = value as Partial<AnswerState>;
  const known = source === "answer_dict" || source === "final" || source === "final_var";
  return typeof content === "string" && typeof ready === "boolean" && known;
}
