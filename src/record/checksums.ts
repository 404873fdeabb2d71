/**
 * Checksums of a record. They detect a changed byte, even one that no code ever shows, and locate it. They protect against
 * accidents only: a person who changes a record on purpose can compute them again.
 */
import { createHash } from "node:crypto";
import type { Checksum } from "../trajectory.ts";
import { type Section, sectionsOf, type Recorded } from "./sections.ts";

/** 2³¹ − 1, a prime: sums stay exact in a double, and every change of a byte has an inverse. */
const MODULUS = 2_147_483_647;

/** One checksum for each section of the record, in their order; the record holds them under `seals`. */
export function checksumsOf(record: Recorded): readonly Checksum[] {
  return sectionsOf(record).map((section) => checksumOf(bytesOf(section)));
}

/** The change that was found. `offset`: the byte within the piece; null if more than one byte differs. */
export interface BrokenChecksum {
  readonly turn: number | null;
  readonly label: string;
  readonly offset: number | null;
}

/** The first section that does not match its checksum; null if all match, or if the record has no checksums. */
export function brokenChecksum(
  record: Recorded & { readonly seals?: readonly Checksum[] },
): BrokenChecksum | null {
  const { seals } = record;
  if (seals === undefined) return null;
  const sections = sectionsOf(record);
  if (seals.length !== sections.length)
    return { turn: null, label: `${seals.length} checksums of ${sections.length} sections`, offset: null };
  for (const [index, section] of sections.entries()) {
    const broken = checkSection(section, seals[index]!);
    if (broken) return broken;
  }
  return null;
}

function checkSection(section: Section, held: Checksum): BrokenChecksum | null {
  const now = checksumOf(bytesOf(section));
  if (now.sha256 === held.sha256 && now.sum === held.sum && now.weighted === held.weighted) return null;
  const at = now.sha256 === held.sha256 ? null : changedByte(section, now, held);
  const { turn } = section;
  if (at === null) return { turn, label: "something", offset: null };
  let start = 0;
  for (const { label, text } of section.pieces) {
    const end = start + Buffer.byteLength(text);
    if (at < end) return { turn, label, offset: at - start };
    start = end;
  }
  return { turn, label: "something", offset: null };
}

/**
 * The UTF-8 bytes of all pieces as one text, one piece at a time, since a section may be longer than a string can be. A
 * surrogate pair may begin in one piece and end in the next.
 */
function* bytesOf({ pieces }: Section): Generator<Buffer> {
  let half = "";
  for (const { text } of pieces) {
    if (text === "") continue;
    const whole = half + text;
    const isHalf = (whole.charCodeAt(whole.length - 1) & 0xfc00) === 0xd800;
    half = isHalf ? whole.slice(-1) : "";
    yield Buffer.from(isHalf ? whole.slice(0, -1) : whole, "utf8");
  }
  if (half !== "") yield Buffer.from(half, "utf8");
}

/** The bytes' hash, their sum, and their sum weighted by position, counted from 1. */
function checksumOf(pieces: Iterable<Uint8Array>): Checksum {
  const hash = createHash("sha256");
  let [sum, weighted, position] = [0, 0, 0];
  for (const bytes of pieces) {
    hash.update(bytes);
    for (let i = 0; i < bytes.length; i += 1) {
      position += 1;
      sum += bytes[i]!;
      // Stays below 2³¹, so that the product with a byte is exact however long the section is.
      weighted = (weighted + (position % MODULUS) * bytes[i]!) % MODULUS;
    }
  }
  return { sha256: hash.digest("hex"), sum: sum % MODULUS, weighted };
}

/**
 * If exactly one byte changed by δ, the sum changed by δ and the weighted sum by position · δ, so the position is their
 * quotient. Restoring the byte must give the hash; otherwise more has changed, and the position is unknown.
 */
function changedByte(section: Section, now: Checksum, held: Checksum): number | null {
  const delta = modulo(now.sum - held.sum);
  if (delta === 0) return null;
  const position =
    Number((BigInt(modulo(now.weighted - held.weighted)) * inverse(delta)) % BigInt(MODULUS)) - 1;
  const hash = createHash("sha256");
  let start = 0;
  let found = false;
  for (const bytes of bytesOf(section)) {
    const byte = bytes[position - start];
    if (byte !== undefined) {
      const was = byte - (delta > MODULUS / 2 ? delta - MODULUS : delta);
      if (was < 0 || was > 255) return null;
      bytes[position - start] = was;
      found = true;
    }
    hash.update(bytes);
    start += bytes.length;
  }
  return found && hash.digest("hex") === held.sha256 ? position : null;
}

function modulo(value: number): number {
  return ((value % MODULUS) + MODULUS) % MODULUS;
}

/** By Fermat's theorem: the power of the modulus minus 2. */
function inverse(value: number): bigint {
  const modulus = BigInt(MODULUS);
  let [result, base, exponent] = [1n, BigInt(value), modulus - 2n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
