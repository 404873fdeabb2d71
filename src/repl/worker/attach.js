// @ts-check
/** Copies contexts from shared memory straight into Python objects, without converting their text. */

/** @typedef {import("../state/context-layout.ts").ContextLayout} ContextLayout */

// The offsets of the characters in a compact str and of the bytes in a bytes object (CPython 3.14, 32 bits).
const ASCII_OFFSET = 20;
const WIDE_OFFSET = 28;
const BYTES_OFFSET = 16;
const PAGE_BYTES = 1024;
/** Shorter runs are copied with the other pages. */
const MIN_SPAN_BYTES = 1 << 16;
/** The widest character by bytes per character; 0 means ASCII. */
const WIDEST = new Map([
  [0, 0x7f],
  [1, 0xff],
  [2, 0xffff],
  [4, 0x10ffff],
]);

/**
 * The bytes of the first text of a context that are attached where they are copied to: 0 if they are few, or if the text is parsed.
 * @param {ContextLayout} layout
 */
export function firstTextBytes({ type, data, widths, lengths }) {
  if (type === "json" || type === "lazy") return 0;
  const bytes = type === "bytes" ? data.length : (lengths[0] ?? 0) * (widths[0] || 1);
  return bytes < MIN_SPAN_BYTES + 2 * PAGE_BYTES ? 0 : bytes;
}

/**
 * Returns a function that binds a context, and gives the whole pages of memory that then hold the same as shared memory does, in
 * order of addresses.
 * @param {import("./internals.ts").PythonModule} module
 * @param {ReturnType<typeof import("./python.js").createPython>} python
 */
export function createAttach(module, python) {
  const bind = python.lookUp("_rlm.session", "bind_context");
  const bindLazy = python.lookUp("_rlm.session", "bind_lazy");
  const bindJson = python.lookUp("_rlm.session", "bind_json");
  /** @type {import("../state/state.ts").Span[]} */
  let spans = [];

  /** @param {ContextLayout} layout @param {number} at */
  function text(layout, at) {
    const [width, length, offset] = [
      layout.widths[at] ?? 0,
      layout.lengths[at] ?? 0,
      layout.offsets[at] ?? 0,
    ];
    const widest = WIDEST.get(width) ?? 0x10ffff;
    const object = python.check(module._PyUnicode_New(length, widest), "MemoryError: a str of the context");
    const characters = layout.data.subarray(offset, offset + length * (width || 1));
    const address = object + (width === 0 ? ASCII_OFFSET : WIDE_OFFSET);
    if (length) module.HEAPU8.set(characters, address);
    note(address, characters);
    return object;
  }

  /** @param {ContextLayout} layout */
  function list(layout) {
    const count = layout.lengths.length;
    const object = python.check(module._PyList_New(count), "MemoryError: the list of the context");
    for (let at = 0; at < count; at++) module._PyList_SetItem(object, at, text(layout, at));
    return object;
  }

  /** @param {ContextLayout} layout */
  function bytes({ data }) {
    const object = python.check(
      module._PyBytes_FromStringAndSize(0, data.length),
      "MemoryError: the context",
    );
    if (data.length) module.HEAPU8.set(data, object + BYTES_OFFSET);
    note(object + BYTES_OFFSET, data);
    return object;
  }

  /** @param {number} address @param {Uint8Array} copied */
  function note(address, copied) {
    const from = Math.ceil(address / PAGE_BYTES) * PAGE_BYTES;
    const to = Math.floor((address + copied.length) / PAGE_BYTES) * PAGE_BYTES;
    if (to - from >= MIN_SPAN_BYTES) spans.push({ from, to, bytes: copied, at: from - address });
  }

  /** @param {ContextLayout} layout */
  return (layout) => {
    spans = [];
    if (layout.type === "lazy") python.run(bindLazy);
    else if (layout.type === "bytes") python.run(bind, bytes(layout));
    else if (layout.type === "list") python.run(bind, list(layout));
    // The text of JSON is freed once its values are made.
    else python.run(layout.type === "json" ? bindJson : bind, text(layout, 0));
    return layout.type === "json" ? [] : spans.toSorted((one, other) => one.from - other.from);
  };
}
