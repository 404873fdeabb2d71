/** Finds what Arrow refuses in JSON Lines: a field that is a number in one row and a text in another. */

type Kind = "a text" | "a number" | "true or false" | "a list" | "an object";

/** Checks row after row; each field must keep the kind it had first. Null matches every kind. */
export class ColumnTypes {
  readonly #kinds = new Map<string, { readonly kind: Kind; readonly line: number }>();

  /** The field whose kind differs from an earlier row; null if there is none. */
  problemOf(row: unknown, line: number): string | null {
    return this.#look(row, "", line);
  }

  #look(value: unknown, path: string, line: number): string | null {
    const kind = kindOf(value);
    if (kind === null) return null;
    const known = this.#kinds.get(path);
    if (known === undefined) this.#kinds.set(path, { kind, line });
    else if (known.kind !== kind)
      return `${path || "the row"}: ${kind}, which was ${known.kind} in row ${known.line}; Arrow reads a file in which a field is of one kind`;
    if (kind !== "a list" && kind !== "an object") return null;
    const isList = Array.isArray(value);
    for (const [key, item] of Object.entries(value as object)) {
      const found = this.#look(item, isList ? `${path}[]` : path === "" ? key : `${path}.${key}`, line);
      if (found !== null) return found;
      // Checks all items of a list of numbers at once: there are many token ids.
      if (isList && typeof item === "number" && (value as unknown[]).every((one) => typeof one === "number"))
        break;
    }
    return null;
  }
}

function kindOf(value: unknown): Kind | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return "a text";
  return typeof value === "boolean" ? "true or false" : "a number";
}
