/** Turns an interpreter's report, or the way it ended, into the result of a block. */
import { ReplError } from "../../errors.ts";
import type { BlockResult, ExecOutcome } from "../../types.ts";
import type { ErrorNames } from "../engine/loaded-engine.ts";
import type { AnswerState, ExecResult } from "../repl.ts";
import type { Block, BlockEnd } from "./run-block.ts";

/** The JSON that an interpreter reports, such as Python's `session.report`. */
interface Report {
  readonly kind: "ok" | "exception" | "memory";
  readonly stdout: string;
  readonly stderr: string;
  readonly value: string | null;
  readonly exception: string | null;
  readonly outputChars: number;
  readonly omittedChars: number;
  readonly answer: AnswerState | null;
  readonly restored: readonly string[];
}

/** Interpreters cut answers to the same length. */
const MAX_ANSWER_CHARS = 1_000_000;
/** A character in Python takes at most two UTF-16 units in JavaScript. */
const UNITS_PER_CHAR = 2;
/** The marks for omitted characters come on top of the limit. */
const MARKS_UNITS = 400;
/** More names than any REPL has, including the host's tools. */
const MAX_NAMES = 1000;
const MAX_NAME_CHARS = 200;
const STATE_BACK = "The variables are what they were before this block.";

/** The result of a block. Null if its report cannot be read, which happens only if code tampered with the engine. */
export function resultOf(block: Block, end: BlockEnd, names: ErrorNames): ExecResult | null {
  const { code, timeoutMs } = block;
  if (end.kind !== "reported") return { block: lostBlock(code, end, timeoutMs, names), answer: null };
  const report = parseReport(end.report, block.maxOutputChars);
  if (!report) return null;
  const { kind, answer, restored, ...shown } = report;
  const outcome = outcomeOf(kind, end);
  const exception = outcome === "timeout" ? timedOut(shown.exception, timeoutMs, names) : shown.exception;
  return {
    block: { code, outcome, ...shown, exception, stateKept: true },
    answer,
    ...(restored.length > 0 && { restored }),
  };
}

function outcomeOf(kind: Report["kind"], end: BlockEnd & { kind: "reported" }): ExecOutcome {
  if (end.reply.violations > 0) return "violation";
  return end.interrupted ? "timeout" : kind;
}

function timedOut(exception: string | null, timeoutMs: number, names: ErrorNames): string {
  const told = `${names.time}: the block was stopped after ${timeoutMs / 1000} s; what it did before stays.`;
  return exception === null ? told : `${exception}\n${told}`;
}

/** The result of a block that was not run because the state before it could not be restored. */
export function forgottenState(code: string, { system }: ErrorNames): ExecResult {
  const exception = `${system}: this block was not run: what earlier blocks left behind could not be brought back.`;
  const told = {
    stdout: "",
    stderr: "",
    value: null,
    exception,
    outputChars: exception.length,
    omittedChars: 0,
  };
  return { block: { code, outcome: "killed", ...told, stateKept: false }, answer: null };
}

/** The result of a block after which the interpreter had to be restored. */
function lostBlock(
  code: string,
  end: Exclude<BlockEnd, { kind: "reported" }>,
  timeoutMs: number,
  names: ErrorNames,
): BlockResult {
  const [outcome, exception] = describeLoss(end, timeoutMs, names);
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
  names: ErrorNames,
): [ExecOutcome, string] {
  if (end.kind === "killed") {
    return [
      "killed",
      `${names.time}: the block did not stop after ${timeoutMs / 1000} s and was ended. ${STATE_BACK}`,
    ];
  }
  if (end.kind === "died" && !end.error.outOfMemory) {
    return ["killed", `${names.system}: the block brought the interpreter down. ${STATE_BACK}`];
  }
  if (end.kind === "died") {
    return ["memory", `${names.memory}: the block used up the interpreter's memory. ${STATE_BACK}`];
  }
  if (end.reply.violations > 0) {
    return [
      "violation",
      `${names.permission}: the sandbox has no processes, network or JavaScript. ${STATE_BACK}`,
    ];
  }
  if (end.crash.startsWith("MemoryUsedUp"))
    return ["memory", `${names.memory}: the block used up the interpreter's memory. ${STATE_BACK}`];
  return ["killed", `${crashName(end.crash, names)} ${STATE_BACK}`];
}

function crashName(crash: string, { exit, stack, system }: ErrorNames): string {
  if (crash.startsWith("ExitStatus")) return `${exit}: the block ended the interpreter.`;
  if (crash.startsWith("RangeError")) return `${stack}: the block used up the interpreter's stack.`;
  return `${system}: the block brought the interpreter down.`;
}

function parseReport(text: string, maxOutputChars: number): Report | null {
  const report = parseObject(text);
  const { kind, stdout, stderr, value, exception, outputChars, omittedChars } = report;
  if (!isKind(kind) || !isCount(outputChars) || !isCount(omittedChars)) return null;
  if (!isText(stdout) || !isText(stderr) || !isTextOrNull(value) || !isTextOrNull(exception)) return null;
  const shownUnits = stdout.length + stderr.length + (value ?? "").length + (exception ?? "").length;
  if (shownUnits > UNITS_PER_CHAR * maxOutputChars + MARKS_UNITS) return null;
  const answer = parseAnswer(report["answer"]);
  if (answer === undefined) return null;
  // Only known fields are returned, since a forged report may hold others.
  const restored = namesIn(report["restored"] ?? []);
  if (restored === null) return null;
  return { kind, stdout, stderr, value, exception, outputChars, omittedChars, answer, restored };
}

/** Returns null if the value is not a list of at most `MAX_NAMES` names. */
function namesIn(value: unknown): readonly string[] | null {
  const isNames =
    Array.isArray(value) &&
    value.length <= MAX_NAMES &&
    value.every((name) => isText(name) && name.length <= MAX_NAME_CHARS);
  return isNames ? (value as readonly string[]) : null;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Returns undefined if the value is neither null nor an answer. */
function parseAnswer(value: unknown): AnswerState | null | undefined {
  if (value === null) return null;
  if (typeof value !== "object") return undefined;
  const { content, ready, source, isNoDict } = value as Record<string, unknown>;
  const known = source === "answer_dict" || source === "final" || source === "final_var";
  const isSound = isText(content) && content.length <= UNITS_PER_CHAR * MAX_ANSWER_CHARS;
  if (!isSound || typeof ready !== "boolean" || !known) return undefined;
  return { content, ready, source, ...(isNoDict === true && { isNoDict }) };
}

function isKind(value: unknown): value is Report["kind"] {
  return value === "ok" || value === "exception" || value === "memory";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The result of a block whose report cannot be read: a crash by a violation. Throws `ReplError` if that fails too. */
export function tamperedResult(block: Block, end: BlockEnd, names: ErrorNames): ExecResult {
  const crashed = {
    kind: "crashed",
    crash: "",
    reply: { report: null, crash: "", heapBytes: 0, violations: 1 },
  } as const;
  const result = resultOf(block, end.kind === "reported" ? crashed : end, names);
  if (!result) throw new ReplError("the block's report cannot be read");
  return result;
}
