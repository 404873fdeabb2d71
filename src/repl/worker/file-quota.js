// @ts-check
/** Bounds the size of in-memory files, which are outside the interpreter's own memory and its limit. */

const MAX_FILE_BYTES = 256 << 20;
/** The cost of a file besides its bytes. */
const NODE_BYTES = 4096;
const ENOSPC = 51;

/** @typedef {import("./internals.ts").FsNode} FsNode */

/**
 * Guards every way in which files grow: larger storage, the first bytes of an empty file, new nodes, links and names.
 * @param {import("./internals.ts").FileSystem} fs
 */
export function createFileQuota(fs) {
  const { MEMFS } = fs.filesystems;
  const floorBytes = heldBytes(fs);
  /** An upper bound of the bytes held. It grows with each request, and is counted again only when it reaches the limit. */
  let held = 0;

  /** @param {number} bytes */
  function charge(bytes) {
    if (held + bytes > MAX_FILE_BYTES) held = heldBytes(fs) - floorBytes;
    if (held + bytes > MAX_FILE_BYTES) throw new fs.ErrnoError(ENOSPC);
    held += Math.max(0, bytes);
  }

  const { expandFileStorage, resizeFileStorage } = MEMFS;
  MEMFS.expandFileStorage = (node, capacity) => {
    const before = sizeOf(node);
    if (capacity <= before) return;
    charge(capacity - before);
    expandFileStorage(node, capacity);
    held += sizeOf(node) - capacity; // Emscripten reserves more than it was asked for
  };
  MEMFS.resizeFileStorage = (node, size) => {
    charge(size - sizeOf(node));
    resizeFileStorage(node, size);
  };
  const { createNode } = fs;
  fs.createNode = (parent, name, mode, device) => {
    charge(NODE_BYTES + name.length);
    return createNode(parent, name, mode, device);
  };
  const { symlink, rename } = MEMFS.ops_table.dir.node;
  MEMFS.ops_table.dir.node.symlink = (parent, name, target) => {
    charge(target.length);
    return symlink(parent, name, target);
  };
  MEMFS.ops_table.dir.node.rename = (node, folder, name) => {
    charge(name.length);
    rename(node, folder, name);
  };
  const { write } = MEMFS.stream_ops;
  /** @type {typeof write} */
  const guardedWrite = (stream, buffer, offset, length, position, canOwn) => {
    if (position === 0 && stream.node.usedBytes === 0) charge(length);
    return write(stream, buffer, offset, length, position, canOwn);
  };
  MEMFS.stream_ops.write = MEMFS.ops_table.file.stream.write = guardedWrite;

  return {
    /** Makes the next request count all files again, after they were replaced. */
    reset() {
      held = MAX_FILE_BYTES;
    },
  };
}

/** The bytes of all files that can be reached by a name or by an open descriptor. @param {import("./internals.ts").FileSystem} fs */
function heldBytes(fs) {
  const nodes = new Set(fs.streams.flatMap((stream) => (stream ? [stream.node] : [])));
  for (const first of fs.nameTable) for (let node = first; node; node = node.name_next) nodes.add(node);
  let sum = 0;
  for (const node of nodes)
    sum += NODE_BYTES + (node.name?.length ?? 0) + (node.link?.length ?? 0) + sizeOf(node);
  return sum;
}

/** @param {FsNode} node */
function sizeOf({ contents }) {
  return ArrayBuffer.isView(contents) ? contents.length : 0;
}
