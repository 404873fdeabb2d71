/** Splits a stream of server-sent events (WHATWG HTML, section 9.2) into events, without changing their text. */
import { StringDecoder } from "node:string_decoder";

/** One event. */
export interface ServerEvent {
  /** The event's text, including the empty line at its end. */
  readonly raw: string;
  /** The lines of `data`, joined; null if there are none, as in a comment. */
  readonly data: string | null;
}

/** The longest event in UTF-16 units. No chunk of a completion is longer. */
const MAX_EVENT_CHARS = 2 ** 24;

/** Splits a stream as its bytes arrive. */
export class EventStream {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** Returns the events that are complete now. Throws `RangeError` for an event that is too long. */
  push(bytes: Buffer): ServerEvent[] {
    this.#rest += this.#decoder.write(bytes);
    return this.#take();
  }

  /** Returns the rest when the stream ends, since the last event may lack its empty line. */
  end(): ServerEvent[] {
    const raw = this.#rest + this.#decoder.end();
    this.#rest = "";
    return raw.trim() === "" ? [] : [{ raw: `${raw}\n\n`, data: dataOf(raw) }];
  }

  #take(): ServerEvent[] {
    const events: ServerEvent[] = [];
    for (;;) {
      const end = /\r?\n\r?\n/.exec(this.#rest);
      if (!end) break;
      const raw = this.#rest.slice(0, end.index + end[0].length);
      this.#rest = this.#rest.slice(raw.length);
      events.push({ raw, data: dataOf(raw) });
    }
    if (this.#rest.length > MAX_EVENT_CHARS) throw new RangeError("the stream has an event without end");
    return events;
  }
}

function dataOf(raw: string): string | null {
  const lines = raw.split(/\r?\n/).flatMap((line) => {
    const found = /^data:( ?)(.*)$/s.exec(line);
    return found ? [found[2]!] : [];
  });
  return lines.length === 0 ? null : lines.join("\n");
}
