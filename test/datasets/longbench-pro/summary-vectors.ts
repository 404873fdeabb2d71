/** Vectors in the place of an embedding model's: sums over the letters and where they stand, in whole numbers. */

/** Six numbers of either sign; Python makes the same from the same text. */
export function vectorOf(text: string): number[] {
  const codes = Array.from(text, (char) => char.codePointAt(0)!);
  return Array.from({ length: 6 }, (_, d) =>
    codes.reduce((sum, code, index) => sum + ((code * (d + 2) + index * (2 * d + 1)) % 13) - 6, 0),
  );
}
