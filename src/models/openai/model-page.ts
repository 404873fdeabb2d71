/** What a server says of the model that it serves, on its `/models` or its `/props`: above all, how long its window is. */
import { at, isFields, readJson } from "../servers/json.ts";
import { WINDOW_TOKENS } from "../servers/places.ts";
import { send } from "./send.ts";

/** A server that is starting answers these pages late or never. */
const PAGE_MS = 5_000;

/** Tokens of the model's window; null where the server does not say, or does not answer. Never throws. */
export async function askWindow(
  baseUrl: string,
  model: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal | undefined },
): Promise<number | null> {
  const listed = await page(`${baseUrl}/models`, options);
  const found = windowIn(entryOf(listed, model));
  if (found !== null || listed === undefined || !isOfLlamaCpp(listed)) return found;
  return windowIn(await page(`${baseUrl.replace(/\/v1$/, "")}/props`, options));
}

async function page(
  url: string,
  { headers, signal }: { headers: Readonly<Record<string, string>>; signal: AbortSignal | undefined },
): Promise<unknown> {
  try {
    const answer = await send(url, { method: "GET", headers, timeoutMs: PAGE_MS, signal });
    return answer.status === 200 ? readJson(answer.text) : undefined;
  } catch {
    return undefined;
  }
}

/** The model's entry in a list of all; the only one, where it has another name there. */
function entryOf(listed: unknown, model: string): unknown {
  const entries = [at(listed, "data"), at(listed, "models"), listed].find(Array.isArray) as
    | unknown[]
    | undefined;
  if (!entries) return null;
  const named = entries.find((entry) => ["id", "name", "model"].some((field) => at(entry, field) === model));
  return named ?? (entries.length === 1 ? entries[0] : null);
}

/** Only there does `/props` hold the window of the slots, where the list has the one that the model was trained with. */
function isOfLlamaCpp(listed: unknown): boolean {
  return /llama\.?cpp/i.test(JSON.stringify(listed).slice(0, 100_000));
}

function windowIn(entry: unknown): number | null {
  if (!isFields(entry)) return null;
  const counts = WINDOW_TOKENS.map((path) => at(entry, path));
  return (
    (counts.find((count) => Number.isSafeInteger(count) && (count as number) > 0) as number | undefined) ??
    null
  );
}
