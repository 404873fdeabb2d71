/** Reads a server's page about its model, `/models` or `/props`, for the length of the model's window. */
import { at, isFields, readJson } from "../servers/json.ts";
import { WINDOW_TOKENS } from "../servers/reply-fields.ts";
import { send } from "./send.ts";

/** The time limit of a page: a server that is starting may never answer it. */
const PAGE_MS = 5_000;

/** The model's window in tokens; null if the server does not say it or does not answer. Never throws. */
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

/** The model's entry in the list of models. If no name matches, a single entry is taken. */
function entryOf(listed: unknown, model: string): unknown {
  const entries = [at(listed, "data"), at(listed, "models"), listed].find(Array.isArray) as
    | unknown[]
    | undefined;
  if (!entries) return null;
  const named = entries.find((entry) => ["id", "name", "model"].some((field) => at(entry, field) === model));
  return named ?? (entries.length === 1 ? entries[0] : null);
}

/** Whether the server is llama.cpp: its list has the window of the model's training, and `/props` the actual one. */
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
