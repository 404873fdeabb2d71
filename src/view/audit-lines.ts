/** An audit trail as lines of text for a terminal. */
import type { AuditSlice, AuditStep, AuditTrail } from "./audit-shapes.ts";
import type { Kind, Line, Span } from "./lines.ts";

const span = (kind: Kind, text: string): Span => ({ kind, text });

/** The answer, each step back from it, and each stretch of the context with its bytes and hash. */
export function auditLines(trail: AuditTrail): Line[] {
  const { answer, context, steps, slices, notes } = trail;
  const verified = context.verified ? "verified" : "not in the run";
  return [
    [span("head", trail.rolloutId)],
    [
      span("name", "context  "),
      span("plain", `${context.type}, ${context.chars} characters, sha256 ${context.sha256} (${verified})`),
    ],
    ...(answer === null
      ? [[span("name", "answer   "), span("plain", "none")]]
      : [
          [span("name", "answer   "), span("plain", oneLine(answer.text, 400))],
          [span("dim", `         from ${FROM[answer.from]} · ${answer.source} · sha256 ${answer.sha256}`)],
        ]),
    [],
    [span("head", "from the answer back")],
    ...steps.flatMap((step) => stepLines(step)),
    [],
    [span("head", `stretches of the context (${slices.length})`)],
    ...slices.flatMap((slice, i) => sliceLines(slice, i)),
    ...(notes.length > 0 ? [[], ...notes.map((note) => [span("dim", `note: ${note}`)])] : []),
  ];
}

const FROM = { variables: "variables", policy: "the policy's own words", hand: "an action by hand" } as const;

function stepLines(step: AuditStep): Line[] {
  const head = `turn ${step.turn + 1}, block ${step.block + 1}`;
  if (step.kind === "code") {
    const sets = step.sets.length > 0 ? ` sets ${step.sets.join(", ")}` : "";
    return [
      [
        span("name", `${head}, line ${step.line}`),
        span("dim", `${sets} · sha256 ${step.sha256.slice(0, 16)}${stretches(step.slices)}`),
      ],
      ...step.code.split("\n").map((text) => [span("code", `  ${text}`)]),
    ];
  }
  if (step.kind === "output")
    return [
      [
        span("name", `${head}, output`),
        span("dim", `${holding(step.holds)} · sha256 ${step.sha256.slice(0, 16)}${stretches(step.slices)}`),
      ],
      [span("plain", `  ${oneLine(step.text, 200)}`)],
    ];
  if (step.kind === "call")
    return [
      [
        span("name", `  ${step.purpose} ${step.call}`),
        span(
          "dim",
          `, ${head} · ${step.model}${holding(step.holds)} · prompt ${short(step.promptSha256)} · reply ${short(step.replySha256)}${stretches(step.slices)}`,
        ),
      ],
      [span(step.error === null ? "plain" : "bad", `    ${oneLine(step.error ?? step.reply ?? "", 160)}`)],
    ];
  return [
    [
      span("name", `  child ${step.rolloutId}`),
      span("dim", `, ${head}${holding(step.holds)} · answer ${short(step.answerSha256)}`),
    ],
    ...step.steps.flatMap((one) => stepLines(one)).map((line) => [span("dim", "  │ "), ...line]),
  ];
}

function sliceLines({ kind, start, end, places, text, holds }: AuditSlice, index: number): Line[] {
  return [
    [span("name", `[${index}] ${kind}`), span("dim", ` characters ${start}–${end}${holding(holds)}`)],
    ...places.map(({ part, start: from, end: to, sha256 }) => [
      span("plain", `  ${part === null ? "" : `item ${part}, `}bytes ${from}–${to}  sha256 ${sha256}`),
    ]),
    [span("dim", `  ${oneLine(text, 100)}`)],
  ];
}

function stretches(slices: readonly number[]): string {
  return slices.length === 0 ? "" : ` · ${slices.map((index) => `[${index}]`).join(" ")}`;
}

function holding(values: readonly string[]): string {
  return values.length === 0
    ? ""
    : ` · holds ${values.map((value) => JSON.stringify(oneLine(value, 40))).join(", ")}`;
}

function short(hash: string | null): string {
  return hash === null ? "none" : hash.slice(0, 16);
}

function oneLine(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
