/** A picture of points, lines and bars, with axes; colours differ in lightness, and each policy has a shape of its own. */
import { axisOf } from "./axis.ts";

export interface Mark {
  readonly colour: string;
  readonly shape: string;
  readonly hollow: boolean;
  readonly dash: string | undefined;
}

/** After Okabe and Ito's colours, which people with any colour vision tell apart; darkened where they fade on white. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#b8578c", "#b07800", "#3a8fc4", "#8c8c00", "#7f7f7f"];
const SHAPES = [
  "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
  "M-4.5-4.5h9v9h-9Z",
  "M0-6L5.5 4.5h-11Z",
  "M0-6L6 0L0 6L-6 0Z",
  "M0 6L5.5-4.5h-11Z",
  "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4Z",
];

/** The dashes of lines by environment; those of the first are whole, and its marks are filled. */
const DASHES = [undefined, "7 3", "2 3", "8 3 2 3", "12 4", "4 6"];

/** @param environment the environment's number: marks of the first are filled, those of others hollow */
export function markOf(policy: number, environment = 0): Mark {
  return {
    colour: COLOURS[policy % COLOURS.length]!,
    shape: SHAPES[policy % SHAPES.length]!,
    hollow: environment > 0,
    dash: dashOf(environment),
  };
}

export function dashOf(environment: number): string | undefined {
  return DASHES[environment % DASHES.length];
}

/** How a mark is filled. Hollow ones have the ground's colour within, so that lines end at them. */
export function fillOf({ colour, hollow }: Mark) {
  return hollow ? { fill: "var(--back)", stroke: colour, "stroke-width": 1.8 } : { fill: colour };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PictureProps {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly marks: readonly (Point & {
    readonly mark: Mark;
    readonly label: string;
    readonly href?: string;
  })[];
  readonly lines?: readonly { readonly points: readonly Point[]; readonly mark: Mark | null }[];
  readonly bars?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  readonly yRange?: readonly [number, number];
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** Without figures on the horizontal axis. */
  readonly bareX?: boolean;
  readonly wholeX?: boolean;
}

const [WIDTH, HEIGHT] = [360, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 12, 40];

export function Picture(props: PictureProps) {
  const {
    title,
    marks,
    lines = [],
    bars = [],
    logX = false,
    logY = false,
    bareX = false,
    wholeX = false,
  } = props;
  if (marks.length === 0)
    return (
      <figure>
        <figcaption>{title}</figcaption>
        <p class="note">nothing to draw</p>
      </figure>
    );
  const x = axisOf(
    marks.map((mark) => mark.x),
    { log: logX, range: null, whole: wholeX },
  );
  const y = axisOf(
    marks.map((mark) => mark.y),
    { log: logY, range: props.yRange ?? null, whole: false },
  );
  const px = (value: number) => LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  const py = (value: number) => HEIGHT - BOTTOM - y.at(value) * (HEIGHT - TOP - BOTTOM);
  const summary = `${title}: ${marks
    .slice(0, 40)
    .map(({ label }) => label)
    .join("; ")}`;
  // An image has no parts for a screen reader, which could not reach the links of its marks then.
  const role = marks.some(({ href }) => href !== undefined) ? "group" : "img";
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role={role} aria-label={summary}>
        {y.ticks.map((tick) => (
          <g key={tick} class="tick">
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={py(tick)} y2={py(tick)} />
            <text x={LEFT - 6} y={py(tick) + 4} text-anchor="end">
              {short(tick)}
            </text>
          </g>
        ))}
        {!bareX &&
          x.ticks.map((tick) => (
            <text key={tick} class="tick" x={px(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
              {short(tick)}
            </text>
          ))}
        <text class="axis" x={(LEFT + WIDTH) / 2} y={HEIGHT - 6} text-anchor="middle">
          {props.x}
        </text>
        <text
          class="axis"
          transform={`translate(12 ${(HEIGHT - BOTTOM) / 2}) rotate(-90)`}
          text-anchor="middle"
        >
          {props.y}
        </text>
        {bars.map((bar) => (
          <line key={bar.x} class="bar" x1={px(bar.x)} x2={px(bar.x)} y1={py(bar.low)} y2={py(bar.high)} />
        ))}
        {lines.map(({ points, mark }, i) => (
          <polyline
            key={i}
            class="line"
            stroke={mark?.colour ?? "currentColor"}
            stroke-dasharray={mark === null ? "1 3" : mark.dash}
            points={points.map((point) => `${px(point.x)},${py(point.y)}`).join(" ")}
          />
        ))}
        {marks.map(({ x: mx, y: my, mark, label, href }, i) => {
          const shape = (
            <path d={mark.shape} {...fillOf(mark)} transform={`translate(${px(mx)} ${py(my)})`}>
              <title>{label}</title>
            </path>
          );
          return href === undefined ? (
            <g key={i}>{shape}</g>
          ) : (
            <a key={i} href={href} aria-label={label} tabIndex={-1}>
              {shape}
            </a>
          );
        })}
      </svg>
    </figure>
  );
}

function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
  if (Math.abs(value) >= 1e3) return `${+(value / 1e3).toPrecision(3)}k`;
  return String(+value.toPrecision(3));
}
