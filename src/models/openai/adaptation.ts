/** Remembers what a model's server refused, so that this costs one request per run and not one per request. */
import type { JsonObject } from "../../types.ts";
import type { Complaint } from "../servers/complaints.ts";
import type { MessageForm } from "./messages-to-send.ts";
import { type Change, changesFor } from "./refusals.ts";

const CAPS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
const STOPS = ["stop", "stop_sequences"];

/** The changes that a server's refusals made to all later requests. */
export class Adaptation {
  readonly #forms = new Set<MessageForm>();
  readonly #names = new Map<string, string>();
  readonly #omitted = new Set<string>();
  readonly #own: ReadonlySet<string>;
  #most = Infinity;
  #stops = Infinity;
  #version = 0;

  /** @param own fields of the body that the user set explicitly: they are always sent */
  constructor(own: Iterable<string> = []) {
    this.#own = new Set(own);
  }

  get forms(): ReadonlySet<MessageForm> {
    return this.#forms;
  }

  /** The number of changes, which shows whether a request was sent before the last one. */
  get version(): number {
    return this.#version;
  }

  /** The body with all changes. */
  applied(body: JsonObject): JsonObject {
    const fields = Object.entries(body).flatMap(([name, value]) => {
      const sent = this.#names.get(name) ?? name;
      if (this.#omitted.has(sent)) return [];
      if (CAPS.includes(sent) && typeof value === "number") return [[sent, Math.min(value, this.#most)]];
      if (STOPS.includes(sent) && Array.isArray(value)) return [[sent, value.slice(0, this.#stops)]];
      return [[sent, value]];
    });
    return Object.fromEntries(fields) as JsonObject;
  }

  /** Learns from a complaint about a body that was sent. Returns false if there is nothing to change. */
  learn(complaint: Complaint, body: JsonObject): boolean {
    const changes = changesFor(complaint, body, { forms: this.#forms, own: this.#own });
    for (const change of changes) this.#make(change);
    if (changes.length > 0) this.#version += 1;
    return changes.length > 0;
  }

  #make(change: Change): void {
    if (change.kind === "form") this.#forms.add(change.form);
    else if (change.kind === "cap") this.#most = Math.min(this.#most, change.tokens);
    else if (change.kind === "fewer-stops") this.#stops = change.count;
    else if (change.kind === "omit") this.#omitted.add(change.field);
    else this.#rename(change.field, change.to);
  }

  /** A field that is renamed back to its first name is omitted: the server takes neither name. */
  #rename(field: string, to: string): void {
    const [asked = field] = [...this.#names].find(([, sent]) => sent === field) ?? [];
    if (asked === to) this.#omitted.add(field);
    else this.#names.set(asked, to);
  }
}
