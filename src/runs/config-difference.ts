/** Describes how two configurations differ, for an error of one line. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../types.ts";

/** Values are cut to this many characters. */
const SHOWN_CHARS = 60;

/** One entry for each field that differs, such as `options[0].length: "8k" in the run, "16k" now`. */
export function configDifference(before: JsonObject, now: JsonObject): string[] {
  return differences("", before, now);
}

function differences(path: string, before: unknown, now: unknown): string[] {
  if (isDeepStrictEqual(before, now)) return [];
  if (!isBranch(before) || !isBranch(now) || Array.isArray(before) !== Array.isArray(now))
    return [`${path}: ${shown(before)} in the run, ${shown(now)} now`];
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].toSorted().flatMap((key) => {
    const itemPath = Array.isArray(before) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    return differences(itemPath, before[key], now[key]);
  });
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
