// @ts-nocheck
/**
 * What programs of the web and of Node expect around the language, inside QuickJS: encodings, a console that says nothing, signals
 * and timers. Timers never fire: nothing waits here but what the host answers at once.
 */
// oxlint-disable-next-line no-unused-expressions -- its value is the function
(function (print, ask, random, encode, decode, decodeBytes) {
  "use strict";
  const silent = () => undefined;

  class TextEncoder {
    encoding = "utf-8";
    encode(text = "") {
      return encode(text);
    }
  }

  class TextDecoder {
    constructor(label = "utf-8", { fatal = false } = {}) {
      this.encoding = label.toLowerCase();
      this.fatal = fatal;
    }
    decode(given) {
      if (given === undefined) return "";
      const bytes =
        given instanceof Uint8Array
          ? given
          : new Uint8Array(given.buffer ?? given, given.byteOffset ?? 0, given.byteLength);
      if (!/^utf-?8$/.test(this.encoding)) return decodeBytes(bytes);
      const text = decode(bytes, String(this.fatal));
      if (text === undefined) throw new TypeError("the bytes are not UTF-8");
      return text;
    }
  }

  class AbortSignal {
    aborted = false;
    reason = undefined;
    #heard = new Set();
    addEventListener(_, listener) {
      this.#heard.add(listener);
    }
    removeEventListener(_, listener) {
      this.#heard.delete(listener);
    }
    throwIfAborted() {
      if (this.aborted) throw this.reason;
    }
    static raise(signal, reason) {
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason ?? new Error("aborted");
      for (const listener of signal.#heard)
        (listener.handleEvent ?? listener).call(signal, { type: "abort" });
    }
  }
  class AbortController {
    signal = new AbortSignal();
    abort(reason) {
      this.signal.raise(reason);
    }
  }

  let timers = 0;
  const timer = () => ++timers;
  const given = {
    TextEncoder,
    TextDecoder,
    AbortSignal,
    AbortController,
    console: { log: silent, info: silent, debug: silent, warn: silent, error: silent, trace: silent },
    setTimeout: timer,
    setInterval: timer,
    setImmediate: timer,
    clearTimeout: silent,
    clearInterval: silent,
    clearImmediate: silent,
  };
  for (const [name, value] of Object.entries(given))
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  Math.random = random;
});
