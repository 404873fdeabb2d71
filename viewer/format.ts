/** How figures are written. */

export function money(nanoDollars: number | null): string {
  if (nanoDollars === null) return "–";
  const dollars = nanoDollars / 1e9;
  return `$${dollars < 0.1 ? dollars.toFixed(5) : dollars.toFixed(3)}`;
}

export function count(value: number): string {
  if (value < 10_000) return String(Math.round(value));
  return value < 1e6 ? `${(value / 1e3).toFixed(1)}k` : `${(value / 1e6).toFixed(2)}M`;
}

export function figure(value: number | null, digits = 3): string {
  return value === null ? "–" : value.toFixed(digits);
}

export function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}
