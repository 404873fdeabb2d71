/** Cuts a stream of server-sent events (WHATWG HTML, section 9.2) into its events, and leaves their bytes as they are. */
import { StringDecoder } from "node:string_decoder";

export interface ServerEvent {
  /** As it came, the empty line at its end included. */
  readonly raw: string;
  /** The lines of `data`, joined; null where there is none, as in a comment. */
  readonly data: string | null;
}

/** Longest event, in UTF-16 units: no chunk of a completion is longer. */
const MAX_EVENT_CHARS = 2 ** 24;

export class EventStream {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** The events that are whole by now. Throws `RangeError` for one without end. */
  push(bytes: Buffer): ServerEvent[] {
    this.#rest += this.#decoder.write(bytes);
    return this.#take();
  }

  /** What is left when the stream ends: a last event may lack the empty line after it. */
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
