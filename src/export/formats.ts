/** The formats by name. */
import { UsageError } from "../errors.ts";
import type { Exporter } from "./exporter.ts";
import { atif } from "./atif.ts";
import { nativeJsonl } from "./native.ts";
import { openaiChat } from "./openai-chat.ts";
import { trlDpo } from "./pairs.ts";
import { perTurnSft } from "./per-turn-sft.ts";
import { rlmLogger } from "./rlm-logger.ts";
import { skyrl, verl } from "./tasks.ts";
import { tensors } from "./tensors.ts";
import { transitions } from "./transitions.ts";
import { verifiersV1 } from "./verifiers.ts";
import { tokenSegments } from "./segments.ts";
import { trlKto, trlSft } from "./trl.ts";

export const EXPORTERS: readonly Exporter[] = [
  nativeJsonl,
  tokenSegments,
  trlSft,
  trlDpo,
  trlKto,
  openaiChat,
  perTurnSft,
  verl,
  skyrl,
  verifiersV1,
  atif,
  rlmLogger,
  transitions,
  tensors,
];

/** Throws `UsageError` that lists the names. */
export function exporterNamed(name: string): Exporter {
  const found = EXPORTERS.find((exporter) => exporter.name === name);
  if (found) return found;
  const names = EXPORTERS.map((exporter) => exporter.name).join(", ");
  throw new UsageError(`unknown format ${JSON.stringify(name)}; expected one of ${names}`);
}
