/**
 * Checksums of a record. They tell that a byte was changed, even one that no code ever shows, and which byte it was. They
 * find accidents: a person who changes a record on purpose can compute them again.
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

/** The change that was found. `offset`: the byte within the piece; null where more than one byte differs. */
export interface BrokenChecksum {
  readonly turn: number | null;
  readonly label: string;
  readonly offset: number | null;
}

/** The first section that does not match its checksum; null where all match, or where the record has no checksums. */
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
  const bytes = bytesOf(section);
  const now = checksumOf(bytes);
  if (now.sha256 === held.sha256 && now.sum === held.sum && now.weighted === held.weighted) return null;
  const at = now.sha256 === held.sha256 ? null : changedByte(bytes, now, held);
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

function bytesOf({ pieces }: Section): Buffer {
  return Buffer.from(pieces.map(({ text }) => text).join(""), "utf8");
}

/** The bytes' hash, their sum, and their sum weighted by place, counted from 1. */
function checksumOf(bytes: Uint8Array): Checksum {
  let [sum, weighted] = [0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    sum += bytes[i]!;
    weighted = (weighted + (i + 1) * bytes[i]!) % MODULUS;
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { sha256, sum: sum % MODULUS, weighted };
}

/**
 * Where one byte alone was changed by δ, the sum has changed by δ and the weighted sum by place · δ, so that the place is
 * the second over the first. Putting the byte back must give the hash; else more was changed, and the place is unknown.
 */
function changedByte(bytes: Buffer, now: Checksum, held: Checksum): number | null {
  const delta = modulo(now.sum - held.sum);
  if (delta === 0) return null;
  const place = Number((BigInt(modulo(now.weighted - held.weighted)) * inverse(delta)) % BigInt(MODULUS)) - 1;
  const byte = bytes[place];
  if (byte === undefined) return null;
  const was = byte - (delta > MODULUS / 2 ? delta - MODULUS : delta);
  if (was < 0 || was > 255) return null;
  const restored = Buffer.from(bytes);
  restored[place] = was;
  return createHash("sha256").update(restored).digest("hex") === held.sha256 ? place : null;
}

function modulo(value: number): number {
  return ((value % MODULUS) + MODULUS) % MODULUS;
}

/** By Fermat: the power of the modulus less 2. */
function inverse(value: number): bigint {
  const modulus = BigInt(MODULUS);
  let [result, base, exponent] = [1n, BigInt(value), modulus - 2n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
