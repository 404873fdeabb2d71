/** The audit trail: from the answer back to the bytes of the context that it rests on. */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { AuditSlice, AuditStep, AuditTrail } from "../src/view/audit-shapes.ts";
import { highlighted } from "./highlight.tsx";
import { Facts, useAsked, Waiting } from "./parts.tsx";
import { source } from "./source.ts";

const FROM = {
  variables: "variables",
  policy: "the policy's own words, after the output below",
  hand: "an action by hand",
};

export function AuditPage({ run, row }: { run: number; row: number }) {
  const asked = useAsked(() => source.audit(run, row), [run, row]);
  return (
    <Waiting asked={asked}>
      {(trail) => (
        <>
          <h1>audit trail of {trail.rolloutId}</h1>
          <nav class="links" aria-label="this episode">
            <a href={`#episode/${run}/${row}`}>the episode</a>
            <a href={`#run/${run}`}>all episodes</a>
          </nav>
          <Answer trail={trail} />
          <h2>from the answer back</h2>
          <Steps steps={trail.steps} />
          <h2>stretches of the context</h2>
          <ol class="slices" start={0}>
            {trail.slices.map((slice, i) => (
              <Slice key={i} slice={slice} index={i} run={run} row={row} />
            ))}
          </ol>
          {trail.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
        </>
      )}
    </Waiting>
  );
}

function Answer({ trail: { answer, context } }: { trail: AuditTrail }) {
  return (
    <Facts
      facts={[
        ["answer", answer === null ? "none" : <q>{answer.text.slice(0, 1000)}</q>],
        ["made from", answer === null ? "–" : FROM[answer.from]],
        ["hash of the answer", <code>{answer?.sha256 ?? "–"}</code>],
        [
          "context",
          `${context.type}, ${context.chars} characters; ${context.verified ? "its bytes have the hash below" : "it is not in the run"}`,
        ],
        ["hash of the context", <code>{context.sha256}</code>],
      ]}
    />
  );
}

function Steps({ steps }: { steps: readonly AuditStep[] }) {
  return (
    <ol class="steps">
      {blocksOf(steps).map((step, i) => (
        <li key={i} class={step.kind}>
          {step.kind === "block" ? <Block {...step} /> : <Step step={step} />}
        </li>
      ))}
    </ol>
  );
}

type CodeStep = Extract<AuditStep, { kind: "code" }>;
type OtherStep = Exclude<AuditStep, { kind: "code" }>;

/** Statements of one block that follow each other. */
interface StatementsOfBlock {
  readonly kind: "block";
  readonly statements: readonly CodeStep[];
}

function blocksOf(steps: readonly AuditStep[]): (StatementsOfBlock | OtherStep)[] {
  const all: (StatementsOfBlock | OtherStep)[] = [];
  for (const step of steps) {
    const last = all.at(-1);
    if (step.kind !== "code") all.push(step);
    else if (last?.kind === "block" && isSameBlock(last.statements[0]!, step))
      all[all.length - 1] = { kind: "block", statements: [...last.statements, step] };
    else all.push({ kind: "block", statements: [step] });
  }
  return all;
}

function isSameBlock(a: CodeStep, b: CodeStep): boolean {
  return a.turn === b.turn && a.block === b.block;
}

/** Statements in the order in which they ran, each with its line. */
function Block({ statements }: StatementsOfBlock) {
  const ran = statements.toSorted((a, b) => a.line - b.line);
  const [{ turn, block, sha256 }] = ran as [CodeStep, ...CodeStep[]];
  const sets = [...new Set(ran.flatMap((step) => step.sets))];
  const slices = [...new Set(ran.flatMap((step) => step.slices))];
  return (
    <>
      <h3>
        turn {turn + 1}, block {block + 1}
        {sets.length > 0 ? ` sets ${sets.join(", ")}` : ""} <To slices={slices} />
      </h3>
      <div class="statements">
        {ran.map(({ line, code }) => (
          <Fragment key={line}>
            <span class="line" aria-label={`line ${line}`}>
              {line}
            </span>
            <pre class="code">{highlighted(code)}</pre>
          </Fragment>
        ))}
      </div>
      <p class="hash">
        sha256 of the block <code>{sha256}</code>
      </p>
    </>
  );
}

function Step({ step }: { step: OtherStep }) {
  const place = `turn ${step.turn + 1}, block ${step.block + 1}`;
  if (step.kind === "output")
    return (
      <>
        <h3>
          {place}, output{holding(step.holds)} <To slices={step.slices} />
        </h3>
        <pre>{step.text}</pre>
        <p class="hash">
          output <code>{step.sha256}</code>
        </p>
      </>
    );
  if (step.kind === "call")
    return (
      <>
        <h3>
          {step.purpose} {step.call}, {place}, {step.model}
          {holding(step.holds)} <To slices={step.slices} />
        </h3>
        <pre>{step.error ?? step.reply}</pre>
        <p class="hash">
          prompt <code>{step.promptSha256 ?? "none"}</code> reply <code>{step.replySha256 ?? "none"}</code>
        </p>
      </>
    );
  return (
    <details>
      <summary>
        child {step.rolloutId}, {place}
        {holding(step.holds)}
      </summary>
      <p class="hash">
        answer <code>{step.answerSha256 ?? "none"}</code>
      </p>
      <Steps steps={step.steps} />
    </details>
  );
}

function holding(values: readonly string[]): string {
  return values.length === 0 ? "" : `, holds ${quoted(values)}`;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `“${value.slice(0, 40)}”`).join(", ");
}

function To({ slices }: { slices: readonly number[] }) {
  return (
    <>
      {slices.map((index) => (
        <button
          key={index}
          type="button"
          class="to"
          onClick={() => {
            const place = document.getElementById(`slice-${index}`);
            place?.scrollIntoView({ block: "center" });
            place?.focus();
          }}
        >
          [{index}]
        </button>
      ))}
    </>
  );
}

function Slice({ slice, index, run, row }: { slice: AuditSlice; index: number; run: number; row: number }) {
  const [text, setText] = useState<string | null>(null);
  const { kind, start, end, places, holds } = slice;
  const read = () =>
    source.piece(run, row, start, end).then(
      (piece) => setText(piece.text),
      (error: Error) => setText(error.message),
    );
  const what =
    kind === "prompt"
      ? "in a sub-model's prompt"
      : kind === "output"
        ? "printed"
        : `where ${quoted(holds)} of the answer stands`;
  return (
    <li id={`slice-${index}`} tabIndex={-1} class={kind}>
      <h3>
        [{index}] {what}
        {kind === "value" ? "" : holding(holds)}
      </h3>
      {places.map((place, i) => (
        <p key={i} class="hash">
          {place.part === null ? "" : `item ${place.part}, `}bytes {place.start}–{place.end}{" "}
          <code>{place.sha256}</code>
        </p>
      ))}
      <pre>{text ?? slice.text}</pre>
      {text === null && end - start > slice.text.length && (
        <button type="button" onClick={() => void read()}>
          read all of it
        </button>
      )}
    </li>
  );
}
