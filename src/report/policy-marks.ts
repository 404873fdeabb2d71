/** How pictures tell policies apart: by shape, dash and a colour that differs in lightness too, so that they can be read in grey. */

/** From dark to light in even steps, of hues that people with any colour vision tell apart (after Okabe and Ito 2008). */
export const COLOURS = ["#1f1f1f", "#0a5c9e", "#c44e12", "#1fa37a", "#63b8e8", "#f2c14e"] as const;
const SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right"];
/** Of lines, which a grey picture tells apart by them. */
export const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
  [12, 3],
];

/** A policy's name with what must be known of its figures. */
export function labelOf({
  policy,
  simulated,
  readsGold,
}: {
  readonly policy: string;
  readonly simulated: boolean;
  readonly readsGold: boolean;
}): string {
  return policy + (simulated ? " (simulated)" : "") + (readsGold ? " (told the gold)" : "");
}

/** Encodings of points by the field `policy`, with one legend, that give each label the same mark in every panel. */
export function pointsBy(labels: readonly string[]) {
  const policy = { field: "policy", type: "nominal" as const, title: "policy" };
  const scaleOf = (range: readonly string[]) => ({
    domain: [...labels],
    range: labels.map((_, i) => at(range, i)),
  });
  return {
    fill: {
      ...policy,
      scale: scaleOf(COLOURS),
      legend: { labelLimit: 0, orient: "top" as const, columns: 4 },
    },
    shape: { ...policy, scale: scaleOf(SHAPES), legend: { orient: "top" as const, columns: 4 } },
  };
}

/** The fields of a value that `LINES_BY_POLICY` reads. */
export function lineOf(label: string, labels: readonly string[]) {
  const index = labels.indexOf(label);
  return { colour: at(COLOURS, index), dash: at(DASHES, index) };
}

/** Encodings of lines. They have no legend of their own, since one would take away that of the points. */
export const LINES_BY_POLICY = {
  detail: { field: "policy", type: "nominal" as const },
  stroke: { field: "colour", type: "nominal" as const, scale: null },
  strokeDash: { field: "dash", type: "nominal" as const, scale: null },
};

/** Goes round where there are more policies than marks. */
function at<T>(range: readonly T[], index: number): T {
  return range[index % range.length]!;
}

/** A point's outline, which keeps light colours visible on white. */
export const POINT = { type: "point" as const, size: 80, stroke: "#1f1f1f", strokeWidth: 1, opacity: 1 };
/** The line of an interval. */
export const INTERVAL = { type: "rule" as const, stroke: "#555", strokeWidth: 1 };
