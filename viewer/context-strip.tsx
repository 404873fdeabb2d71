/** The whole context as a strip: what code printed and what sub-models saw, turn by turn; a click reads the text there. */
import { useState } from "preact/hooks";
import type { CoveredRange, PageCoverage } from "../src/view/page-shapes.ts";
import { count, percent } from "./format.ts";
import { useAsked, Waiting } from "./parts.tsx";
import { source } from "./source.ts";

/** Units of the context that are read at once. */
const PIECE = 4000;

export function ContextStrip({ run, row, turns }: { run: number; row: number; turns: number }) {
  const asked = useAsked(() => source.coverage(run, row), [run, row]);
  return (
    <section aria-label="context" class="context">
      <h2>context</h2>
      <Waiting asked={asked}>
        {(coverage) => <Strip run={run} row={row} turns={turns} coverage={coverage} />}
      </Waiting>
    </section>
  );
}

function Strip(props: { run: number; row: number; turns: number; coverage: PageCoverage }) {
  const { run, row, turns, coverage } = props;
  const { length, unit, ranges, problem } = coverage;
  const [until, setUntil] = useState(turns);
  const [at, setAt] = useState<number | null>(null);
  const seen = ranges.filter(({ turn }) => turn < until);
  const covered = sizeOf(seen) / Math.max(1, length);
  const go = (position: number) => setAt(Math.max(0, Math.min(length - 1, Math.floor(position))));
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? PIECE : event.key === "ArrowLeft" ? -PIECE : null;
    if (step === null && event.key !== "Enter") return;
    event.preventDefault();
    go(at === null ? 0 : at + (step ?? 0));
  };
  return (
    <>
      {problem !== null && <p class="note">{problem}; coverage is unknown</p>}
      {problem === null && (
        <label class="slider">
          coverage after turn {until} of {turns}: {percent(covered)}
          <input
            type="range"
            min={0}
            max={turns}
            value={until}
            aria-valuetext={`after turn ${until}: ${percent(covered)}`}
            onInput={(event) => setUntil(Number(event.currentTarget.value))}
          />
        </label>
      )}
      <svg
        class="strip"
        viewBox="0 0 1000 40"
        preserveAspectRatio="none"
        role="slider"
        tabIndex={0}
        aria-label={`the context of ${length} ${unit}; ${percent(covered)} of it was read; arrow keys and Enter read the text`}
        aria-valuemin={0}
        aria-valuemax={length}
        aria-valuenow={at ?? 0}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          go(((event.clientX - box.left) / box.width) * length);
        }}
        onKeyDown={onKey}
      >
        <rect class="all" x="0" y="0" width="1000" height="40" />
        {seen.map((range, i) => (
          <Covered key={i} range={range} length={length} />
        ))}
        {at !== null && <rect class="here" x={(at / length) * 1000 - 1} y="0" width="2" height="40" />}
      </svg>
      <p class="legend">
        <span class="printed">printed by code (above)</span>{" "}
        <span class="asked">seen by sub-models (below)</span> click the strip to read the text there
      </p>
      {at !== null && (
        <Piece run={run} row={row} at={at} length={length} unit={unit} ranges={seen} onMove={go} />
      )}
    </>
  );
}

function Covered({ range: { start, end, kind, turn }, length }: { range: CoveredRange; length: number }) {
  const x = (start / length) * 1000;
  return (
    <rect
      class={kind}
      x={x}
      width={Math.max(1, ((end - start) / length) * 1000)}
      y={kind === "printed" ? 0 : 20}
      height="20"
    >
      <title>{`turn ${turn + 1}, ${kind === "printed" ? "printed" : "seen by sub-models"}: ${start} to ${end}`}</title>
    </rect>
  );
}

function Piece(props: {
  run: number;
  row: number;
  at: number;
  length: number;
  unit: string;
  ranges: readonly CoveredRange[];
  onMove: (at: number) => void;
}) {
  const { run, row, at, length, unit, ranges, onMove } = props;
  const start = Math.max(0, Math.min(at - PIECE / 4, length - PIECE));
  const piece = useAsked(() => source.piece(run, row, start, start + PIECE), [run, row, start]);
  return (
    <div class="piece">
      <Waiting asked={piece}>
        {(read) => (
          <>
            <p role="status">
              {unit} {count(read.start)} to {count(read.end)} of {count(length)}{" "}
              <button type="button" disabled={read.start === 0} onClick={() => onMove(at - PIECE)}>
                back
              </button>{" "}
              <button type="button" disabled={read.end >= length} onClick={() => onMove(at + PIECE)}>
                on
              </button>
            </p>
            <pre tabIndex={0} aria-label="text of the context">
              {unit === "characters" ? marked(read.text, read.start, ranges) : read.text}
            </pre>
          </>
        )}
      </Waiting>
    </div>
  );
}

/** The text with what was seen of it marked. */
function marked(text: string, start: number, ranges: readonly CoveredRange[]) {
  const cuts = new Set([0, text.length]);
  for (const range of ranges)
    for (const edge of [range.start - start, range.end - start])
      if (edge > 0 && edge < text.length) cuts.add(edge);
  const edges = [...cuts].toSorted((a, b) => a - b);
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1]!;
    const kinds = new Set(
      ranges
        .filter((range) => range.start <= start + from && start + to <= range.end)
        .map(({ kind }) => kind),
    );
    const part = text.slice(from, to);
    return kinds.size === 0 ? (
      part
    ) : (
      <mark key={from} class={[...kinds].join(" ")}>
        {part}
      </mark>
    );
  });
}

function sizeOf(ranges: readonly CoveredRange[]): number {
  let [size, end] = [0, 0];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(range.start, end);
    if (range.end > from) size += range.end - from;
    end = Math.max(end, range.end);
  }
  return size;
}
