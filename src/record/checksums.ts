/**
 * Seals: what tells that a byte of a record was changed, also one that no code ever shows, and which one it was. They
 * find accidents and slips; whoever changes a record on purpose can seal it anew.
 */
import { createHash } from "node:crypto";
import type { Seal } from "../trajectory.ts";
import { type Section, sectionsOf, type Taped } from "./sections.ts";

/** 2³¹ − 1, a prime: sums stay exact in a double, and every change of a byte has an inverse. */
const MODULUS = 2_147_483_647;

/** A seal for each section of the record, in their order. */
export function sealsOf(record: Taped): readonly Seal[] {
  return sectionsOf(record).map((section) => sealOf(bytesOf(section)));
}

/** What was found changed. `offset`: the byte in the piece; null where more than one byte differs. */
export interface BrokenSeal {
  readonly turn: number | null;
  readonly label: string;
  readonly offset: number | null;
}

/** The first section that is not what was sealed; null where all are. A record without seals has none that is broken. */
export function brokenSeal(record: Taped & { readonly seals?: readonly Seal[] }): BrokenSeal | null {
  const { seals } = record;
  if (seals === undefined) return null;
  const sections = sectionsOf(record);
  if (seals.length !== sections.length)
    return { turn: null, label: `${seals.length} seals of ${sections.length} sections`, offset: null };
  for (const [index, section] of sections.entries()) {
    const broken = checkSection(section, seals[index]!);
    if (broken) return broken;
  }
  return null;
}

function checkSection(section: Section, seal: Seal): BrokenSeal | null {
  const bytes = bytesOf(section);
  const now = sealOf(bytes);
  if (now.sha256 === seal.sha256 && now.sum === seal.sum && now.weighted === seal.weighted) return null;
  const at = now.sha256 === seal.sha256 ? null : changedByte(bytes, now, seal);
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
function sealOf(bytes: Uint8Array): Seal {
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
function changedByte(bytes: Buffer, now: Seal, sealed: Seal): number | null {
  const delta = modulo(now.sum - sealed.sum);
  if (delta === 0) return null;
  const place =
    Number((BigInt(modulo(now.weighted - sealed.weighted)) * inverse(delta)) % BigInt(MODULUS)) - 1;
  const byte = bytes[place];
  if (byte === undefined) return null;
  const was = byte - (delta > MODULUS / 2 ? delta - MODULUS : delta);
  if (was < 0 || was > 255) return null;
  const restored = Buffer.from(bytes);
  restored[place] = was;
  return createHash("sha256").update(restored).digest("hex") === sealed.sha256 ? place : null;
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
