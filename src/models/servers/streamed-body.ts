/** Assembles a streamed reply of any API into the body that the server would have sent without streaming. */
import { at, type Fields, isFields } from "./json.ts";

type Open = Record<string, unknown>;

/** Collects the JSON chunks or events of a stream in their order. */
export class StreamedBody {
  #body: Open | null = null;
  #error: unknown = null;
  #isWhole = false;
  /** The parts of Anthropic's message, and the growing JSON of its calls. */
  readonly #parts: Open[] = [];
  readonly #json: string[] = [];
  /** The items of OpenAI's Responses, until the whole response arrives. */
  readonly #items: Open[] = [];

  /** Whether the server has said why it stopped. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** An error that came as an event; null if there was none. */
  get error(): unknown {
    return this.#error;
  }

  /** The reply so far, in the shape of a whole one; null if nothing has arrived. */
  get body(): unknown {
    if (this.#parts.length > 0) return { ...this.#body, content: this.#messageParts() };
    if (this.#items.length > 0 && !Array.isArray(this.#body?.["output"]))
      return { ...this.#body, output: this.#items.filter(Boolean) };
    return this.#body;
  }

  /** Adds an event. Returns false for an event that does not belong to a reply. */
  add(event: unknown): boolean {
    if (!isFields(event)) return false;
    const type = typeof event["type"] === "string" ? event["type"] : "";
    if (
      type === "error" ||
      type === "response.failed" ||
      (event["error"] && !Array.isArray(event["choices"]))
    ) {
      this.#error = type === "response.failed" ? (at(event, "response") ?? event) : event;
      return true;
    }
    if (type.startsWith("response.")) return this.#addToResponse(type, event);
    if (/^(?:message|content_block)_|^ping$/.test(type)) return this.#addToMessage(type, event);
    return this.#addChunk(event);
  }

  #addToResponse(type: string, event: Fields): boolean {
    const { response, item, output_index: index } = event;
    if (isFields(response)) this.#body = { ...this.#body, ...response };
    if (["response.completed", "response.incomplete", "response.done"].includes(type)) this.#isWhole = true;
    // The output is empty until the end, so its items are collected here.
    else if (this.#body) delete this.#body["output"];
    if (type === "response.output_item.done" && isFields(item) && isIndex(index))
      this.#items[index] = { ...item };
    if (type === "response.output_text.delta" && isIndex(index)) {
      const open = (this.#items[index] ??= { type: "message", content: [{ type: "output_text", text: "" }] });
      const part = at(open, "content.0") as Open;
      part["text"] = `${String(part["text"])}${textOf(event["delta"])}`;
    }
    return true;
  }

  #addToMessage(type: string, event: Fields): boolean {
    const { message, index, delta, content_block: block, usage } = event;
    if (type === "message_start" && isFields(message)) this.#body = { ...message };
    if (type === "message_stop") this.#isWhole = true;
    if (type === "message_delta") {
      const told = isFields(usage) ? { usage: mergedCounts(this.#body?.["usage"], usage) } : {};
      this.#body = {
        type: "message",
        role: "assistant",
        ...this.#body,
        ...(isFields(delta) ? delta : {}),
        ...told,
      };
      if (isFields(delta) && delta["stop_reason"] != null) this.#isWhole = true;
    }
    if (!isIndex(index)) return true;
    this.#body ??= { type: "message", role: "assistant" };
    const part = (this.#parts[index] ??= isFields(block) ? { ...block } : {});
    if (!isFields(delta) || type !== "content_block_delta") return true;
    for (const [name, said] of Object.entries(delta)) {
      if (name === "partial_json") this.#json[index] = (this.#json[index] ?? "") + textOf(said);
      else if (name !== "type")
        part[name] = typeof part[name] === "string" ? part[name] + textOf(said) : said;
    }
    part["type"] ??= "text";
    return true;
  }

  #messageParts(): unknown[] {
    return this.#parts
      .map((part, index) => (this.#json[index] ? { ...part, input: this.#json[index] } : part))
      .filter(Boolean);
  }

  #addChunk(chunk: Fields): boolean {
    const { choices, usage, ...further } = chunk;
    if (choices !== undefined && choices !== null && !Array.isArray(choices)) return false;
    const isOllama = isFields(chunk["message"]) && typeof chunk["done"] === "boolean";
    if (
      !Array.isArray(choices) &&
      !isOllama &&
      usage == null &&
      choices === undefined &&
      Object.keys(chunk).length > 0 &&
      !("id" in chunk)
    )
      return false;
    if (isOllama) return this.#addLine(chunk);
    const body = (this.#body ??= { ...further, choices: [] });
    for (const [name, said] of Object.entries(further)) if (said != null) body[name] ??= said;
    if (usage != null) body["usage"] = usage;
    for (const choice of (choices ?? []) as unknown[]) if (isFields(choice)) this.#addChoice(choice);
    return true;
  }

  /** A line of Ollama's own chat. */
  #addLine(line: Fields): boolean {
    const { message, ...facts } = line;
    const open = (this.#body ?? { message: {} })["message"] as Open;
    this.#body = { ...facts, message: open };
    mergeMessage(open, message as Fields);
    if (line["done"] === true) this.#isWhole = true;
    return true;
  }

  /** Keeps only the first choice, since a call asks for one. */
  #addChoice(choice: Fields): void {
    if (choice["index"] != null && choice["index"] !== 0) return;
    const choices = this.#body!["choices"] as Open[];
    const open = (choices[0] ??= { index: 0, message: { role: "assistant", content: "" } });
    const { delta, message, text, logprobs, index: _, finish_reason: finish, error, ...further } = choice;
    if (error != null) this.#error = { error };
    const said = delta ?? message ?? (typeof text === "string" ? { content: text } : null);
    if (isFields(said)) mergeMessage(open["message"] as Open, said, message != null && delta == null);
    if (isFields(logprobs)) open["logprobs"] = mergedLogprobs(open["logprobs"], logprobs);
    for (const [name, value] of Object.entries(further)) {
      const before = open[name];
      if (value == null) continue;
      open[name] =
        Array.isArray(before) && Array.isArray(value) && name !== "prompt_token_ids"
          ? [...(before as unknown[]), ...(value as unknown[])]
          : value;
    }
    if (finish != null && finish !== "") {
      open["finish_reason"] = finish;
      this.#isWhole = true;
    }
  }
}

function isIndex(index: unknown): index is number {
  return Number.isInteger(index) && (index as number) >= 0 && (index as number) < 1000;
}

function textOf(said: unknown): string {
  return typeof said === "string" ? said : "";
}

/** Merges a piece into a message: texts and lists of parts grow, calls are assembled, and other values are replaced. */
function mergeMessage(open: Open, said: Fields, isRepeat = false): void {
  for (const [name, value] of Object.entries(said)) {
    const before = open[name];
    if (value == null) continue;
    if (name === "tool_calls" || name === "function_call") mergeCalls(open, name, value);
    // Some servers end a stream with the whole message after its pieces.
    else if (isRepeat && typeof before === "string" && before !== "") continue;
    else if (name === "role") open[name] = value;
    else if (typeof value === "string" && typeof before === "string") open[name] = before + value;
    else if (Array.isArray(value)) open[name] = [...partsOf(before), ...(value as unknown[])];
    else if (typeof value === "string" && Array.isArray(before))
      open[name] = [...(before as unknown[]), { type: "text", text: value }];
    else open[name] = value;
  }
  for (const field of PARTED_FIELDS) {
    const parts = open[field];
    if (Array.isArray(parts)) open[field] = joinedParts(parts);
  }
}

function partsOf(content: unknown): unknown[] {
  if (Array.isArray(content)) return content as unknown[];
  return typeof content === "string" && content !== "" ? [{ type: "text", text: content }] : [];
}

/** Fields of messages that hold lists of parts. */
const PARTED_FIELDS = ["content", "reasoning_details", "thinking_blocks"];
/** Types of parts that come in pieces. */
const PIECES: ReadonlySet<unknown> = new Set(["text", "thinking", "reasoning.text", "reasoning.summary"]);
/** Fields of such parts that grow. */
const GROWING: ReadonlySet<string> = new Set(["text", "thinking", "summary"]);

/** Joins consecutive pieces of one part. A signature ends it. */
function joinedParts(parts: readonly unknown[]): unknown[] {
  const joined: unknown[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (isFields(last) && isFields(part) && isMoreOf(last, part))
      joined[joined.length - 1] = grown(last, part);
    else joined.push(part);
  }
  return joined;
}

function isMoreOf(last: Fields, part: Fields): boolean {
  const { type, index } = part;
  return last["type"] === type && last["index"] === index && last["signature"] == null && PIECES.has(type);
}

function grown(part: Fields, more: Fields): Open {
  const whole: Open = { ...part };
  for (const [name, value] of Object.entries(more)) {
    const before = whole[name];
    if (value == null) continue;
    if (Array.isArray(value) && Array.isArray(before))
      whole[name] = joinedParts([...(before as unknown[]), ...(value as unknown[])]);
    else whole[name] = GROWING.has(name) && typeof before === "string" ? before + textOf(value) : value;
  }
  return whole;
}

/** The counts so far, with later ones. A later count of zero takes nothing back. */
function mergedCounts(before: unknown, later: Fields): Open {
  const counts: Open = isFields(before) ? { ...before } : {};
  for (const [name, count] of Object.entries(later))
    if (count !== 0 || counts[name] === undefined) counts[name] = count;
  return counts;
}

/**
 * Merges pieces of calls. A piece usually has its call's index. Some servers leave it out, and begin each call with a new id or
 * a name. The name may repeat in each piece, and the arguments may come whole, as an object.
 */
function mergeCalls(open: Open, field: string, value: unknown): void {
  if (field === "function_call" && isFields(value)) {
    const call = (open[field] ??= {}) as Open;
    mergeFunction(call, value);
    return;
  }
  const calls = ((open["tool_calls"] as Open[] | undefined) ?? []).filter(Boolean);
  open["tool_calls"] = calls;
  for (const piece of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (!isFields(piece)) continue;
    const called = isFields(piece["function"]) ? piece["function"] : piece;
    const call = callOf(calls, piece, called);
    const { function: _, index: __, arguments: ___, name: ____, ...further } = piece;
    for (const [name, said] of Object.entries(further)) if (said != null && said !== "") call[name] ??= said;
    mergeFunction((call["function"] ??= {}) as Open, called);
  }
}

function callOf(calls: Open[], piece: Fields, called: Fields): Open {
  const { index, id } = piece;
  const last = calls.at(-1);
  // An id that is known says most; some servers give every piece or every call the same index.
  const isNamed = typeof id === "string" && id !== "";
  const byId = isNamed ? calls.find((call) => call["id"] === id) : undefined;
  if (byId) return byId;
  const byIndex = isIndex(index) ? calls.findLast((call) => call["#"] === index) : undefined;
  const isOther =
    isNamed &&
    byIndex !== undefined &&
    byIndex["id"] !== undefined &&
    byIndex["id"] !== id &&
    typeof called["name"] === "string" &&
    called["name"] !== "";
  if (byIndex && !isOther) return byIndex;
  const isNameless = typeof called["name"] !== "string" || called["name"] === "";
  const isMore =
    last !== undefined &&
    !isNamed &&
    (isIndex(index) ? isNameless && !hasOwnIndex(calls) : !beginsAnew(last, called));
  if (isMore) return last;
  const made: Open = { type: "function" };
  // The index serves only to find the call, so it is not enumerable.
  Object.defineProperty(made, "#", { value: isIndex(index) ? index : null, enumerable: false });
  calls.push(made);
  return made;
}

/** Whether each call has an index of its own, so that a further one means a further call. */
function hasOwnIndex(calls: readonly Open[]): boolean {
  return new Set(calls.map((call) => call["#"])).size === calls.length;
}

/** Whether a piece without id or index begins a new call: it names a function, and the last call's arguments are complete. */
function beginsAnew(last: Open, called: Fields): boolean {
  const { arguments: before } = last["function"] as Open;
  if (typeof called["name"] !== "string" || called["name"] === "") return false;
  return isFields(before) || (typeof before === "string" && /\}\s*$/.test(before));
}

function mergeFunction(open: Open, said: Fields): void {
  const { name, arguments: args } = said;
  const before = typeof open["name"] === "string" ? open["name"] : "";
  if (typeof name === "string" && name !== "" && name !== before)
    open["name"] = name.startsWith(before) && before !== "" ? name : before + name;
  if (isFields(args)) open["arguments"] = args;
  else if (typeof args === "string")
    open["arguments"] = typeof open["arguments"] === "string" ? open["arguments"] + args : args;
}

function mergedLogprobs(before: unknown, more: Fields): Open {
  const merged: Open = isFields(before) ? { ...before } : {};
  for (const [name, value] of Object.entries(more)) {
    const had = merged[name];
    merged[name] =
      Array.isArray(had) && Array.isArray(value)
        ? [...(had as unknown[]), ...(value as unknown[])]
        : (value ?? had);
  }
  return merged;
}
