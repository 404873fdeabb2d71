/** The eight needle-in-a-haystack variants of RULER (Hsieh et al. 2024; its `synthetic.yaml`). */
import { UsageError } from "../../src/errors.ts";

export type ValueType = "numbers" | "words" | "uuids";
/** `noise`: one line of small talk repeated; `essay`: running text; `needle`: other needles. */
export type HaystackType = "noise" | "essay" | "needle";

export interface Variant {
  readonly haystack: HaystackType;
  readonly keyType: ValueType;
  readonly valueType: ValueType;
  /** Keys hidden, values hidden for each key, and keys asked for. */
  readonly keys: number;
  readonly values: number;
  readonly queries: number;
}

export type VariantName =
  | "niah_single_1"
  | "niah_single_2"
  | "niah_single_3"
  | "niah_multikey_1"
  | "niah_multikey_2"
  | "niah_multikey_3"
  | "niah_multivalue"
  | "niah_multiquery";

const SINGLE = { keyType: "words", valueType: "numbers", keys: 1, values: 1, queries: 1 } as const;

export const VARIANTS: Readonly<Record<VariantName, Variant>> = {
  niah_single_1: { ...SINGLE, haystack: "noise" },
  niah_single_2: { ...SINGLE, haystack: "essay" },
  niah_single_3: { ...SINGLE, haystack: "essay", valueType: "uuids" },
  niah_multikey_1: { ...SINGLE, haystack: "essay", keys: 4 },
  niah_multikey_2: { ...SINGLE, haystack: "needle" },
  niah_multikey_3: { ...SINGLE, haystack: "needle", keyType: "uuids", valueType: "uuids" },
  niah_multivalue: { ...SINGLE, haystack: "essay", values: 4 },
  niah_multiquery: { ...SINGLE, haystack: "essay", keys: 4, queries: 4 },
};

/** The variant of a name. Throws `UsageError` with the names there are. */
export function variantNamed(name: string): Variant {
  if (Object.hasOwn(VARIANTS, name)) return VARIANTS[name as VariantName];
  throw new UsageError(
    `s-niah: unknown variant ${JSON.stringify(name)}; expected one of ${Object.keys(VARIANTS).join(", ")}`,
  );
}
