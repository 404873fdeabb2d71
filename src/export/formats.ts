/** The formats by name. */
import { UsageError } from "../errors.ts";
import type { Exporter } from "./exporter.ts";
import { nativeJsonl } from "./native.ts";
import { openaiChat } from "./openai-chat.ts";
import { trlDpo } from "./pairs.ts";
import { tokenSegments } from "./segments.ts";
import { trlKto, trlSft } from "./trl.ts";

export const EXPORTERS: readonly Exporter[] = [
  nativeJsonl,
  tokenSegments,
  trlSft,
  trlDpo,
  trlKto,
  openaiChat,
];

/** Throws `UsageError` that lists the names. */
export function exporterNamed(name: string): Exporter {
  const found = EXPORTERS.find((exporter) => exporter.name === name);
  if (found) return found;
  const names = EXPORTERS.map((exporter) => exporter.name).join(", ");
  throw new UsageError(`unknown format ${JSON.stringify(name)}; expected one of ${names}`);
}
