// @ts-check
/** Makes a context from its layout in shared memory a value inside QuickJS. */

/** @typedef {import("../state/context-layout.ts").ContextLayout} ContextLayout */
/** @typedef {import("./bridge.js").Bridge} Bridge */

const NOTHING = "";

/** A string, an array of strings, or bytes; of JSON, its text. @param {ContextLayout} layout @param {Bridge} bridge */
export function contextOf(layout, bridge) {
  if (layout.type === "lazy")
    throw new Error(
      "a context of more than 67,108,864 characters is for Python alone; play it with --repl python",
    );
  if (layout.type === "bytes") return bridge.byteArray(layout.data);
  const texts = Array.from(layout.lengths, (_, at) => textOf(layout, at, bridge));
  return layout.type === "list" ? bridge.array(texts) : (texts[0] ?? bridge.string(NOTHING));
}

/** @param {ContextLayout} layout @param {number} at @param {Bridge} bridge */
function textOf({ data, widths, lengths, offsets }, at, bridge) {
  const [width, length, offset] = [Number(widths[at]), Number(lengths[at]), Number(offsets[at])];
  if (width === 0) return bridge.utf8(data.subarray(offset, offset + length));
  if (width === 1) return bridge.wideString(Uint16Array.from(data.subarray(offset, offset + length)));
  if (width === 2) return bridge.wideString(new Uint16Array(data.slice(offset, offset + 2 * length).buffer));
  const points = new Uint32Array(data.slice(offset, offset + 4 * length).buffer);
  const units = new Uint16Array(points.reduce((sum, point) => sum + (point > 0xffff ? 2 : 1), 0));
  let end = 0;
  for (const point of points) {
    if (point > 0xffff) units[end++] = 0xd800 + ((point - 0x10000) >> 10);
    units[end++] = point > 0xffff ? 0xdc00 + ((point - 0x10000) & 0x3ff) : point;
  }
  return bridge.wideString(units);
}
