/** Keys and values of needles, drawn as RULER draws them. */
import type { Random } from "../../src/random.ts";
import type { ValueType } from "./variants.ts";
import type { WordPairs } from "./word-pairs.ts";

/** A seven-digit number, a pair of words, or a version-4 UUID. */
export function drawValue(type: ValueType, random: Random, words: WordPairs): string {
  if (type === "numbers") return String(random.randint(1_000_000, 9_999_999));
  if (type === "words") return words.at(random.below(words.length));
  return uuid4(random.getrandbits(128));
}

/** `str(uuid.UUID(int=bits, version=4))`: version and variant overwrite six of the bits (RFC 4122). */
function uuid4(bits: bigint): string {
  const variant = (bits & ~(0xc000n << 48n)) | (0x8000n << 48n);
  const versioned = (variant & ~(0xf000n << 64n)) | (4n << 76n);
  const hex = versioned.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
