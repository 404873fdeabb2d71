// @ts-check
/** Puts the user's wheels into the in-memory file system, at the same paths in every interpreter. */

export const WHEEL_FOLDER = "/lib/wheels";

/** @param {import("./internals.ts").FileSystem} fs @param {import("../engine/protocol.ts").Runtime["wheels"]} wheels */
export function placeWheels(fs, wheels) {
  if (wheels.length === 0) return;
  fs.mkdirTree(WHEEL_FOLDER);
  for (const { name, bytes } of wheels) fs.writeFile(wheelPath(name), bytes.slice());
}

/** @param {string} name */
export function wheelPath(name) {
  return `${WHEEL_FOLDER}/${name}`;
}
