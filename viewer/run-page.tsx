/** A run: its episodes in a table that can be filtered and sorted, and what they come to in pictures. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageRun } from "../src/view/page-shapes.ts";
import { Pictures } from "./pictures.tsx";
import type { NumberedRow } from "./rows.ts";
import { source } from "./source.ts";
import { Table } from "./table.tsx";

const LOOK_AGAIN_MS = 2000;

interface Filters {
  readonly environment: string;
  readonly policy: string;
  readonly ended: string;
  readonly score: string;
  readonly text: string;
}

const NO_FILTERS: Filters = { environment: "", policy: "", ended: "", score: "", text: "" };
/** What was chosen stays while an episode is looked at. */
const chosen = new Map<number, Filters>();

const SCORES: Readonly<Record<string, (score: number | null) => boolean>> = {
  "right (1)": (score) => score === 1,
  "partly right": (score) => score !== null && score > 0 && score < 1,
  "wrong (0)": (score) => score === 0,
  "not scored": (score) => score === null,
};

export function RunPage({ run }: { run: number }) {
  const { rows, about, error } = useRows(run);
  const [filters, setFilters] = useState<Filters>(chosen.get(run) ?? NO_FILTERS);
  const change = (next: Partial<Filters>) => {
    const all = { ...filters, ...next };
    chosen.set(run, all);
    setFilters(all);
  };
  const shown = useMemo(() => rows.filter((row) => passes(row, filters)), [rows, filters]);
  const options = useMemo(() => optionsOf(rows), [rows]);
  if (about === null)
    return (
      <p class="waiting" role="status">
        {error ?? "Reading the run…"}
      </p>
    );
  return (
    <>
      <h1>{about.name}</h1>
      <p role="status" class="state">
        {about.state} · {about.ended} of {about.planned} episodes
        {about.whole === undefined ? "" : ` · ${about.whole} of them whole in this file`}
      </p>
      {error !== null && (
        <p role="alert" class="problem">
          {error}
        </p>
      )}
      {about.problems.map((problem) => (
        <p key={problem} role="alert" class="problem">
          {problem}
        </p>
      ))}
      {rows.some(({ simulated }) => simulated) && (
        <p class="note">
          * rests on a simulated model: its tokens, prices and mistakes are made up by a program.
        </p>
      )}
      <Pictures rows={shown} run={run} />
      <form class="filters" role="search" aria-label="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice
          name="environment"
          value={filters.environment}
          options={options.environment}
          onChange={(environment) => change({ environment })}
        />
        <Choice
          name="policy"
          value={filters.policy}
          options={options.policy}
          onChange={(policy) => change({ policy })}
        />
        <Choice
          name="ended"
          value={filters.ended}
          options={options.ended}
          onChange={(ended) => change({ ended })}
        />
        <Choice
          name="score"
          value={filters.score}
          options={Object.keys(SCORES)}
          onChange={(score) => change({ score })}
        />
        <label>
          text
          <input
            type="search"
            value={filters.text}
            placeholder="id, question, answer"
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
        <button type="button" onClick={() => change(NO_FILTERS)}>
          clear
        </button>
      </form>
      <Table rows={shown} of={rows.length} run={run} />
    </>
  );
}

/** All rows, and those that a run writes while it is looked at. */
function useRows(run: number) {
  const [rows, setRows] = useState<readonly NumberedRow[]>([]);
  const [about, setAbout] = useState<PageRun | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let held: readonly NumberedRow[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isWanted = true;
    const look = async () => {
      try {
        const found = await source.rows(run, held.length);
        if (!isWanted) return;
        // A run that was taken up again may have fewer records than before.
        if (found.run.ended < held.length) held = [];
        else if (found.rows.length > 0) {
          held = [...held, ...found.rows.map((row, i) => ({ ...row, number: held.length + i }))];
          setRows(held);
        }
        setAbout(found.run);
        setError(null);
        if (source.isLive && found.run.state === "running")
          timer = setTimeout(() => void look(), LOOK_AGAIN_MS);
      } catch (problem) {
        if (isWanted) setError((problem as Error).message);
      }
    };
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [run]);
  return { rows, about, error };
}

function passes(row: NumberedRow, { environment, policy, ended, score, text }: Filters): boolean {
  if (environment !== "" && row.environment !== environment) return false;
  if (policy !== "" && row.policy !== policy) return false;
  if (ended !== "" && row.ended !== ended) return false;
  if (score !== "" && !SCORES[score]!(row.score)) return false;
  const wanted = text.trim().toLowerCase();
  return wanted === "" || `${row.rolloutId} ${row.text}`.toLowerCase().includes(wanted);
}

function optionsOf(rows: readonly NumberedRow[]) {
  const of = (key: "environment" | "policy" | "ended") => [...new Set(rows.map((row) => row[key]))];
  return { environment: of("environment"), policy: of("policy"), ended: of("ended") };
}

function Choice(props: {
  name: string;
  value: string;
  options: readonly string[];
  onChange: (value: string) => void;
}) {
  return (
    <label>
      {props.name}
      <select
        aria-label={props.name}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        <option value="">all</option>
        {props.options.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
