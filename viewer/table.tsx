/** A table of many rows, of which only those in sight are in the page. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count, figure, money, percent } from "./format.ts";
import type { NumberedRow } from "./rows.ts";

const ROW_PIXELS = 32;
const VIEW_PIXELS = 640;
const SPARE_ROWS = 12;

interface Column {
  readonly name: string;
  readonly cell: (row: NumberedRow) => string;
  readonly key: (row: NumberedRow) => string | number | null;
  readonly isText?: true;
  /** Left out on a phone. */
  readonly isWide?: true;
}

const COLUMNS: readonly Column[] = [
  { name: "rollout", cell: (row) => row.rolloutId, key: (row) => row.number, isText: true },
  {
    name: "policy",
    cell: (row) => `${row.policy}${row.simulated ? "*" : ""}${row.readsGold ? "†" : ""}`,
    key: (row) => row.policy,
    isText: true,
    isWide: true,
  },
  { name: "score", cell: (row) => figure(row.score, 2), key: (row) => row.score },
  { name: "reward", cell: (row) => figure(row.reward), key: (row) => row.reward },
  { name: "ended", cell: (row) => row.ended, key: (row) => row.ended, isText: true, isWide: true },
  { name: "turns", cell: (row) => String(row.turns), key: (row) => row.turns, isWide: true },
  { name: "tokens", cell: (row) => count(row.tokens), key: (row) => row.tokens, isWide: true },
  { name: "$", cell: (row) => money(row.nanoDollars), key: (row) => row.nanoDollars },
  { name: "coverage", cell: (row) => percent(row.coverage), key: (row) => row.coverage, isWide: true },
  { name: "seconds", cell: (row) => row.seconds.toFixed(1), key: (row) => row.seconds, isWide: true },
];

export function Table({ rows, of, run }: { rows: readonly NumberedRow[]; of: number; run: number }) {
  const [sorted, setSorted] = useState<{ column: number; down: boolean }>({ column: 0, down: false });
  const [top, setTop] = useState(0);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const ordered = useMemo(() => inOrder(rows, sorted), [rows, sorted]);
  useEffect(() => {
    if (at >= ordered.length) setAt(Math.max(0, ordered.length - 1));
  }, [ordered.length, at]);
  const first = Math.max(0, Math.floor(top / ROW_PIXELS) - SPARE_ROWS);
  const last = Math.min(ordered.length, Math.ceil((top + VIEW_PIXELS) / ROW_PIXELS) + SPARE_ROWS);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(ordered.length - 1, to));
    setAt(next);
    const { scrollTop } = box.current!;
    const y = next * ROW_PIXELS;
    if (y < scrollTop) box.current!.scrollTop = y;
    else if (y + 2 * ROW_PIXELS > scrollTop + VIEW_PIXELS)
      box.current!.scrollTop = y + 2 * ROW_PIXELS - VIEW_PIXELS;
  };
  const open = ({ number }: NumberedRow) => {
    location.hash = `episode/${run}/${number}`;
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      j: 1,
      k: -1,
      PageDown: 18,
      PageUp: -18,
    };
    const step = steps[event.key];
    if (step !== undefined) move(at + step);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(ordered.length - 1);
    else if (event.key === "Enter" && event.target === box.current && ordered[at]) open(ordered[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <p role="status" class="shown">
        {ordered.length} of {of} episodes shown
      </p>
      <div
        class="table"
        ref={box}
        tabIndex={0}
        role="grid"
        aria-label="episodes; arrow keys move, Enter opens"
        aria-rowcount={ordered.length + 1}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKey}
      >
        <div role="row" class="row head" aria-rowindex={1}>
          {COLUMNS.map(({ name, isText, isWide }, column) => (
            <div
              key={name}
              role="columnheader"
              class={cellClass(isText, isWide)}
              aria-sort={sorted.column === column ? (sorted.down ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                onClick={() => setSorted({ column, down: sorted.column === column && !sorted.down })}
              >
                {name}
                {sorted.column === column ? (sorted.down ? " ▾" : " ▴") : ""}
              </button>
            </div>
          ))}
        </div>
        <div class="space" role="rowgroup" style={{ height: `${ordered.length * ROW_PIXELS}px` }}>
          {ordered.slice(first, last).map((row, i) => (
            <div
              key={row.number}
              role="row"
              aria-rowindex={first + i + 2}
              aria-selected={first + i === at}
              class="row"
              style={{ top: `${(first + i) * ROW_PIXELS}px` }}
              onClick={() => open(row)}
            >
              {COLUMNS.map(({ name, cell, isText, isWide }, column) => (
                <span
                  key={name}
                  role="gridcell"
                  class={`${cellClass(isText, isWide)}${column === 0 ? " id" : ""}`}
                  title={isText ? cell(row) : undefined}
                >
                  {column === 0 ? (
                    <a href={`#episode/${run}/${row.number}`} tabIndex={-1}>
                      <bdi>{cell(row)}</bdi>
                    </a>
                  ) : (
                    cell(row)
                  )}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

function cellClass(isText?: true, isWide?: true): string {
  return `cell${isText ? " words" : ""}${isWide ? " wide" : ""}`;
}

function inOrder(rows: readonly NumberedRow[], { column, down }: { column: number; down: boolean }) {
  const { key } = COLUMNS[column]!;
  if (column === 0 && !down) return rows;
  const sign = down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === y) return a.number - b.number;
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * sign;
  });
}
