// @ts-check
/** Reads a context from its layout in shared memory, as a value of JavaScript. */

/** @typedef {import("../state/context-layout.ts").ContextLayout} ContextLayout */

/** @param {ContextLayout} layout @returns {unknown} */
export function contextOf(layout) {
  if (layout.type === "lazy")
    throw new Error(
      "a context of more than 67,108,864 characters is for Python alone; play it with --repl python",
    );
  if (layout.type === "bytes") return layout.data.slice();
  const texts = Array.from(layout.lengths, (_, at) => textOf(layout, at));
  if (layout.type === "list") return texts;
  return layout.type === "json" ? JSON.parse(texts[0] ?? "null") : (texts[0] ?? "");
}

/** @param {ContextLayout} layout @param {number} at */
function textOf({ data, widths, lengths, offsets }, at) {
  const [width, length, offset] = [Number(widths[at]), Number(lengths[at]), Number(offsets[at])];
  const content = data.slice(offset, offset + length * (width || 1));
  if (width < 2) return new TextDecoder("latin1").decode(content);
  if (width === 2) return new TextDecoder("utf-16le").decode(content);
  let text = "";
  for (const point of new Uint32Array(content.buffer)) text += String.fromCodePoint(point);
  return text;
}
