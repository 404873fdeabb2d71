/** Tables as text: padded columns with a rule under the head, and the format of figures in them. */

/** Pads cells to columns: `leftAligned` columns on the right, all others on the left. The first row is the head. */
export function columns(rows: readonly (readonly string[])[], leftAligned: ReadonlySet<number>): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        leftAligned.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...body.map(line)].join("\n");
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Tokens and other counts in short form. */
export function compact(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  return count < 1e6 ? `${(count / 1e3).toFixed(1)}k` : `${(count / 1e6).toFixed(2)}M`;
}

export function dollars(amount: number): string {
  return amount < 0.1 ? amount.toFixed(5) : amount.toFixed(3);
}
