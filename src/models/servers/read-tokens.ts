/** Reads token ids and log-probabilities from any of the paths in which engines report them. */
import type { SampledTokens } from "../../types.ts";
import { at, isFields } from "./json.ts";
import { COMPLETION_IDS, PROMPT_IDS } from "./reply-fields.ts";

/** Reads the tokens of a reply and its first choice; null if the engine reports none. */
export function readTokens(body: unknown, choice: unknown): SampledTokens | null {
  const listed = listedTokens(body, choice);
  const promptIds = firstIds([body, choice], PROMPT_IDS);
  const ids = firstIds([choice, body], COMPLETION_IDS) ?? everyNumber(listed.map(({ id }) => id));
  const logprobs = everyNumber(listed.map(({ logprob }) => logprob));
  const version = at(body, "metadata.weight_version") ?? at(body, "meta_info.weight_version");
  if (!promptIds && !ids && !logprobs && typeof version !== "string") return null;
  return {
    ...(promptIds && { promptIds }),
    ...(ids && { completionIds: ids }),
    ...(logprobs && { logprobs }),
    ...(typeof version === "string" && { weightVersion: version }),
  };
}

interface ListedToken {
  readonly id: unknown;
  readonly logprob: unknown;
}

/** The sampled tokens from the server's list of them. */
function listedTokens(body: unknown, choice: unknown): readonly ListedToken[] {
  const content = at(choice, "logprobs.content");
  if (Array.isArray(content)) return content.map(chatToken);
  // Text completions: two lists side by side.
  const scores = at(choice, "logprobs.token_logprobs");
  if (Array.isArray(scores)) {
    const tokens = at(choice, "logprobs.tokens");
    return scores.map((logprob, index) => ({ id: idIn(at(tokens, String(index))), logprob }));
  }
  // SGLang: log-probability, id and text of each token.
  const triples =
    at(choice, "meta_info.output_token_logprobs") ?? at(body, "meta_info.output_token_logprobs");
  if (Array.isArray(triples))
    return triples.map((triple) => ({ logprob: at(triple, "0"), id: at(triple, "1") }));
  // Text Generation Inference.
  const details = at(choice, "details.tokens") ?? at(body, "details.tokens");
  if (Array.isArray(details))
    return details.map((token) => ({ id: at(token, "id"), logprob: at(token, "logprob") }));
  // llama.cpp's own completions.
  const probabilities = at(choice, "completion_probabilities") ?? at(body, "completion_probabilities");
  return Array.isArray(probabilities) ? probabilities.map(chatToken) : [];
}

/** llama.cpp has the id beside the token. vLLM can have it instead of the token, if asked. */
function chatToken(token: unknown): ListedToken {
  if (!isFields(token)) return { id: null, logprob: null };
  return { id: token["id"] ?? token["token_id"] ?? idIn(token["token"]), logprob: token["logprob"] };
}

function idIn(token: unknown): number | null {
  const found = typeof token === "string" ? /^token_id:(\d+)$/.exec(token) : null;
  return found ? Number(found[1]) : null;
}

function firstIds(values: readonly unknown[], paths: readonly string[]): readonly number[] | null {
  for (const value of values) {
    for (const path of paths) {
      const ids = at(value, path);
      if (Array.isArray(ids) && ids.every((id) => Number.isSafeInteger(id) && id >= 0))
        return ids as number[];
    }
  }
  return null;
}

function everyNumber(values: readonly unknown[]): number[] | null {
  return values.length > 0 && values.every((value) => typeof value === "number")
    ? (values as number[])
    : null;
}
