/** The vocabulary of the token policy: the 256 bytes, and one id that ends a text. */
export const END_ID = 256;
export const VOCABULARY = 257;

export function idsOf(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

/** The text of ids, up to the end; bytes that are not UTF-8 become U+FFFD. */
export function textOf(ids: readonly number[]): string {
  const end = ids.indexOf(END_ID);
  return new TextDecoder().decode(Uint8Array.from(end < 0 ? ids : ids.slice(0, end)));
}
