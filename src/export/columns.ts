/** The columns of a Parquet file, as a format names them. */

/** A column of single values: text, 64-bit integers, 64-bit floats, booleans. */
export type Leaf = "text" | "int" | "double" | "bool";
/** What a column holds; lists and structs may be nested. */
export type ParquetType =
  | Leaf
  | { readonly list: ParquetType }
  | { readonly struct: readonly ParquetField[] };
/** A column, or a field of a struct. */
export type ParquetField = readonly [name: string, type: ParquetType];

/** UTF-8 text. */
export const TEXT = "text";
/** Integers of 64 bits. */
export const INT = "int";
/** Floats of 64 bits. */
export const DOUBLE = "double";
/** True or false. */
export const BOOL = "bool";

/** The type of a list with items of this type. */
export function listOf(list: ParquetType): ParquetType {
  return { list };
}

/** The type of an object with these fields. */
export function structOf(...struct: readonly ParquetField[]): ParquetType {
  return { struct };
}
