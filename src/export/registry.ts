/** The formats by name. */
import { UsageError } from "../errors.ts";
import type { Exporter } from "./exporter.ts";
import { atif } from "./formats/atif.ts";
import { nativeJsonl } from "./formats/native.ts";
import { openaiChat } from "./formats/openai-chat.ts";
import { trlDpo } from "./formats/pairs.ts";
import { perTurnSft } from "./formats/per-turn-sft.ts";
import { rlmLogger } from "./formats/rlm-logger.ts";
import { skyrl, verl } from "./formats/tasks.ts";
import { tensors } from "./formats/tensors.ts";
import { transitions } from "./formats/transitions.ts";
import { verifiersV1 } from "./formats/verifiers.ts";
import { tokenSegments } from "./formats/segments.ts";
import { trlKto, trlSft } from "./formats/trl.ts";

/** Every format that rollouts can be exported in. */
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
