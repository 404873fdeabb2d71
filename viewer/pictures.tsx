/** What the shown episodes come to: the front, score and dollars over the length of contexts, spread by group, cost by depth. */
import { useMemo } from "preact/hooks";
import { count } from "./format.ts";
import { dashOf, fillOf, Picture, type Mark, markOf } from "./picture.tsx";
import type { NumberedRow } from "./rows.ts";

/** Groups that are drawn. */
const MOST_GROUPS = 48;

export function Pictures({ rows, run }: { rows: readonly NumberedRow[]; run: number }) {
  const policies = useMemo(() => [...new Set(rows.map(({ policy }) => policy))].toSorted(), [rows]);
  const front = useMemo(() => frontOf(rows), [rows]);
  const lengths = useMemo(() => overLength(rows), [rows]);
  const groups = useMemo(() => spreads(rows), [rows]);
  const depths = useMemo(() => byDepth(rows), [rows]);
  const environments = useMemo(() => [...new Set(rows.map(({ environment }) => environment))], [rows]);
  const markFor = (policy: string, environment = environments[0]!) =>
    markOf(policies.indexOf(policy), environments.indexOf(environment));
  const named = ({ environment, policy }: Series) =>
    environments.length > 1 ? `${environment}, ${policy}` : policy;
  /** A line for each policy in each environment: what they reach in different ones is not one figure. */
  const linesOf = (points: readonly (Series & { x: number; y: number })[]) =>
    environments.flatMap((environment) =>
      policies.map((policy) => ({
        points: points.filter((point) => point.policy === policy && point.environment === environment),
        mark: markFor(policy, environment),
      })),
    );
  if (rows.length === 0) return null;
  return (
    <section aria-label="pictures" class="pictures">
      <ul class="legend" aria-label="policies and environments">
        {policies.map((policy) => (
          <li key={policy}>
            <Sign mark={markFor(policy)} /> {policy}
          </li>
        ))}
        {environments.length > 1 &&
          environments.map((environment, i) => (
            <li key={environment}>
              <Stroke dash={dashOf(i)} hollow={i > 0} /> {environment}
            </li>
          ))}
      </ul>
      <Picture
        title="Pareto front"
        x="mean $ an episode"
        y="mean score"
        yRange={[0, 1]}
        marks={front.points.map((point) => ({
          ...point,
          mark: markFor(point.policy, point.environment),
          label: `${named(point)}: score ${point.y.toFixed(3)}, $${point.x.toFixed(4)}`,
        }))}
        lines={front.lines.map((points) => ({ points, mark: null }))}
      />
      <Picture
        title="score against context length"
        x="context tokens"
        y="mean score"
        logX
        yRange={[0, 1]}
        marks={lengths.score.map((point) => ({
          ...point,
          mark: markFor(point.policy, point.environment),
          label: `${named(point)}, ${count(point.x)} tokens: score ${point.y.toFixed(3)}`,
        }))}
        lines={linesOf(lengths.score)}
      />
      <Picture
        title="dollars against context length"
        x="context tokens"
        y="mean $"
        logX
        logY
        marks={lengths.dollars.map((point) => ({
          ...point,
          mark: markFor(point.policy, point.environment),
          label: `${named(point)}, ${count(point.x)} tokens: $${point.y.toFixed(4)}`,
        }))}
        lines={linesOf(lengths.dollars)}
      />
      <Picture
        title="reward spread by group"
        x={`groups${groups.all > MOST_GROUPS ? `, the ${MOST_GROUPS} widest of ${groups.all}` : ""}`}
        y="reward"
        marks={groups.marks.map((point) => ({
          ...point,
          mark: markFor(point.policy, point.environment),
          href: `#episode/${run}/${point.number}`,
        }))}
        bars={groups.bars}
        bareX
      />
      <Picture
        title={`cost by depth (${depths.unit})`}
        x="depth"
        y={`mean ${depths.unit} an episode`}
        marks={depths.points.map((point) => ({
          ...point,
          mark: markFor(point.policy, point.environment),
          label: `${named(point)}, depth ${point.x}: ${point.y.toPrecision(3)} ${depths.unit}`,
        }))}
        lines={linesOf(depths.points)}
        wholeX
      />
    </section>
  );
}

function Sign({ mark }: { mark: Mark }) {
  return (
    <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true">
      <path d={mark.shape} {...fillOf(mark)} />
    </svg>
  );
}

/** The line of an environment. */
function Stroke({ dash, hollow }: { dash: string | undefined; hollow: boolean }) {
  const colour = "currentColor";
  return (
    <svg viewBox="0 0 36 14" width="36" height="14" aria-hidden="true">
      <line x1="0" x2="36" y1="7" y2="7" stroke={colour} stroke-dasharray={dash} />
      <circle cx="18" cy="7" r="4" {...fillOf({ colour, shape: "", hollow, dash })} />
    </svg>
  );
}

const mean = (values: readonly number[]) => values.reduce((all, value) => all + value, 0) / values.length;

function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

/** What a figure is of. */
interface Series {
  readonly environment: string;
  readonly policy: string;
}

const seriesKey = ({ environment, policy }: Series) => JSON.stringify([environment, policy]);

function frontOf(rows: readonly NumberedRow[]) {
  const counted = rows.filter(({ score, nanoDollars }) => score !== null && nanoDollars !== null);
  const points = [...grouped(counted, seriesKey).values()].map((own) => ({
    environment: own[0]!.environment,
    policy: own[0]!.policy,
    x: mean(own.map((row) => row.nanoDollars! / 1e9)),
    y: mean(own.map((row) => row.score!)),
  }));
  const lines = [...grouped(points, ({ environment }) => environment).values()].map((own) => {
    let best = -1;
    return own
      .toSorted((a, b) => a.x - b.x || b.y - a.y)
      .filter(({ y }) => {
        if (y <= best) return false;
        best = y;
        return true;
      });
  });
  return { points, lines };
}

function overLength(rows: readonly NumberedRow[]) {
  // Lengths of one nominal size differ a little; a twelfth of an octave apart they are one.
  const step = (tokens: number) => Math.round(Math.log2(Math.max(1, tokens)) * 12);
  const groups = [...grouped(rows, (row) => seriesKey(row) + step(row.contextTokens)).values()];
  const points = groups
    .map((own) => ({
      own,
      environment: own[0]!.environment,
      policy: own[0]!.policy,
      x: mean(own.map(({ contextTokens }) => contextTokens)),
    }))
    .toSorted((a, b) => a.x - b.x);
  const score = points.flatMap(({ own, ...point }) => {
    const scored = own.filter((row) => row.score !== null);
    return scored.length === 0 ? [] : [{ ...point, y: mean(scored.map((row) => row.score!)) }];
  });
  const dollars = points.flatMap(({ own, ...point }) => {
    const priced = own.filter((row) => row.nanoDollars !== null && row.nanoDollars > 0);
    return priced.length === 0 ? [] : [{ ...point, y: mean(priced.map((row) => row.nanoDollars! / 1e9)) }];
  });
  return { score, dollars };
}

function spreads(rows: readonly NumberedRow[]) {
  const groups = [
    ...grouped(
      rows.filter(({ reward }) => reward !== null),
      (row) => JSON.stringify([row.environment, row.groupId]),
    ).values(),
  ].filter((own) => own.length > 1);
  const spread = (own: readonly NumberedRow[]) =>
    Math.max(...own.map((row) => row.reward!)) - Math.min(...own.map((row) => row.reward!));
  const widest = groups.toSorted((a, b) => spread(b) - spread(a)).slice(0, MOST_GROUPS);
  return {
    all: groups.length,
    marks: widest.flatMap((own, x) =>
      own.map((row) => ({
        x,
        y: row.reward!,
        environment: row.environment,
        policy: row.policy,
        number: row.number,
        label: `${row.groupId}, ${row.policy}: reward ${row.reward!.toFixed(3)}`,
      })),
    ),
    bars: widest.map((own, x) => ({
      x,
      low: Math.min(...own.map((row) => row.reward!)),
      high: Math.max(...own.map((row) => row.reward!)),
    })),
  };
}

function byDepth(rows: readonly NumberedRow[]) {
  const priced = rows.every(({ depths }) => depths.every(({ nanoDollars }) => nanoDollars !== null));
  const points = [...grouped(rows, seriesKey).values()].flatMap((own) => {
    const { environment, policy } = own[0]!;
    const sums = new Map<number, number>();
    for (const { depths } of own)
      for (const { depth, tokens, nanoDollars } of depths)
        sums.set(depth, (sums.get(depth) ?? 0) + (priced ? nanoDollars! / 1e9 : tokens));
    return [...sums]
      .toSorted(([a], [b]) => a - b)
      .map(([x, sum]) => ({ environment, policy, x, y: sum / own.length }));
  });
  return { points, unit: priced ? "dollars" : "tokens" };
}
