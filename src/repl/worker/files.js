// @ts-check
/** Saves and restores the in-memory file system as differences from the floor: nodes, names and open descriptors. */

/** @typedef {import("./internals.ts").FileSystem} FileSystem */
/** @typedef {import("./internals.ts").FsNode} FsNode */
/** @typedef {import("./internals.ts").FsStream} FsStream */
/** @typedef {import("../state/state.ts").FileRecord} FileRecord */
/** @typedef {import("../state/state.ts").StreamRecord} StreamRecord */
/** @typedef {import("../state/state.ts").FilesState} FilesState */

/** @type {readonly undefined[]} */
const NO_NAMES = Array.from({ length: 4096 }, () => undefined);

/** @param {FileSystem} fs */
export function createFiles(fs) {
  const nodes = namedNodes(fs).map((node) => ({
    node,
    fields: { ...node },
    record: recordOf(fs, node, true),
  }));
  const byId = new Map(nodes.map((kept) => [kept.node.id, kept]));
  const streams = fs.streams.map((stream) => stream && { stream, shared: { ...stream.shared } });
  const [folder, nextInode] = [fs.currentPath, fs.nextInode];

  function restoreFloor() {
    fs.streams.length = 0;
    streams.forEach((kept, fd) => {
      fs.streams[fd] = kept && Object.assign(kept.stream, { fd, shared: { ...kept.shared } });
    });
    for (const { node, fields, record } of nodes) {
      Object.assign(node, fields);
      if (record.bytes) node.contents = record.bytes.slice();
      else if (record.entries) node.contents = { .../** @type {Record<string, FsNode>} */ (fields.contents) };
    }
    rebuildNames(
      fs,
      nodes.map(({ node }) => node),
    );
    fs.currentPath = folder;
    fs.nextInode = nextInode;
  }

  /** @param {FileRecord} record */
  function isAsOnFloor(record) {
    const kept = byId.get(record.id);
    return kept !== undefined && isSameRecord(kept.record, record);
  }

  return {
    /** @param {FilesState | null} state */
    restore(state) {
      restoreFloor();
      if (!state) return;
      const made = new Map(
        state.nodes.map((record) => [record.id, byId.get(record.id)?.node ?? createNode(fs, record)]),
      );
      for (const record of state.nodes) fillNode(fs, record, made);
      rebuildNames(
        fs,
        state.nodes.filter(({ named }) => named).map(({ id }) => found(made, id)),
      );
      fs.currentPath = state.folder;
      fs.nextInode = state.nextInode;
      openStreams(
        fs,
        state.streams,
        made,
        streams.map((kept) => kept?.stream),
      );
    },
    /** @returns {FilesState | null} null if nothing differs from the floor */
    save() {
      const named = new Set(namedNodes(fs));
      const open = fs.streams.flatMap((stream) => (stream && !named.has(stream.node) ? [stream.node] : []));
      const records = [...named, ...new Set(open)].map((node) => recordOf(fs, node, named.has(node)));
      const nowStreams = recordStreams(fs);
      const unchanged =
        records.length === nodes.length &&
        records.every(isAsOnFloor) &&
        fs.currentPath === folder &&
        nowStreams.every(({ fd, flags, position }) => {
          const kept = streams[fd];
          return (
            kept?.stream === fs.streams[fd] &&
            kept?.shared.flags === flags &&
            kept.shared.position === position
          );
        }) &&
        nowStreams.length === streams.filter(Boolean).length;
      if (unchanged && fs.nextInode === nextInode) return null;
      const lean = records.map((record) => (isAsOnFloor(record) ? { ...record, bytes: null } : record));
      return { nodes: lean, streams: nowStreams, folder: fs.currentPath, nextInode: fs.nextInode };
    },
  };
}

/** @param {FileSystem} fs */
function namedNodes(fs) {
  /** @type {FsNode[]} */
  const named = [];
  for (const first of fs.nameTable) for (let node = first; node; node = node.name_next) named.push(node);
  return named;
}

/** @param {FileSystem} fs @param {FsNode[]} nodes */
function rebuildNames(fs, nodes) {
  fs.nameTable = NO_NAMES.slice();
  for (const node of nodes) {
    const slot = fs.hashName(node.parent.id, node.name);
    node.name_next = fs.nameTable[slot];
    fs.nameTable[slot] = node;
  }
}

/** @param {FileSystem} fs @param {FsNode} node @param {boolean} named @returns {FileRecord} */
function recordOf(fs, node, named) {
  const isFolder = fs.isDir(node.mode) && node.contents !== undefined && !(node.contents instanceof Map);
  const entries = isFolder ? Object.entries(/** @type {Record<string, FsNode>} */ (node.contents)) : null;
  const isWritable = fs.isFile(node.mode) && (node.mode & 0o222) !== 0;
  const bytes =
    isWritable && ArrayBuffer.isView(node.contents) ? node.contents.slice(0, node.usedBytes ?? 0) : null;
  return {
    id: node.id,
    name: node.name,
    parent: node.parent.id,
    mode: node.mode,
    device: node.rdev,
    times: [node.atime, node.mtime, node.ctime],
    named,
    entries: entries && entries.map(([name, child]) => [name, child.id]),
    bytes,
    link: fs.isLink(node.mode) ? (node.link ?? null) : null,
  };
}

/** @param {FileRecord} one @param {FileRecord} other */
function isSameRecord(one, other) {
  const plain = (/** @type {FileRecord} */ { bytes, ...fields }) => JSON.stringify([fields, bytes?.length]);
  return plain(one) === plain(other) && (one.bytes ?? []).every((byte, at) => byte === other.bytes?.[at]);
}

/** @param {FileSystem} fs @param {FileRecord} record */
function createNode(fs, record) {
  const { MEMFS } =
    /** @type {{ MEMFS: { createNode(parent: FsNode, name: string, mode: number, device: number): FsNode } }} */ (
      /** @type {unknown} */ (fs.filesystems)
    );
  return MEMFS.createNode(fs.root, record.name, record.mode, record.device);
}

/** @param {FileSystem} fs @param {FileRecord} record @param {Map<number, FsNode>} made */
function fillNode(fs, record, made) {
  const node = found(made, record.id);
  const [atime, mtime, ctime] = record.times;
  const parent = made.get(record.parent) ?? fs.root;
  Object.assign(node, { id: record.id, name: record.name, parent, mode: record.mode, atime, mtime, ctime });
  if (record.link !== null) node.link = record.link;
  if (record.bytes) {
    node.contents = record.bytes.slice();
    node.usedBytes = record.bytes.length;
  }
  if (record.entries)
    node.contents = Object.fromEntries(record.entries.map(([name, id]) => [name, found(made, id)]));
}

/** @param {FileSystem} fs @returns {StreamRecord[]} */
function recordStreams(fs) {
  const open = fs.streams.flatMap((stream) => (stream ? [stream] : []));
  return open.map((stream) => {
    const twin = open.find((other) => other.fd < stream.fd && other.shared === stream.shared);
    const { fd, node, path, flags, position } = stream;
    return { fd, node: node.id, path: path ?? null, flags, position, sharedWith: twin?.fd ?? null };
  });
}

/** @param {FileSystem} fs @param {readonly StreamRecord[]} records @param {Map<number, FsNode>} made @param {(FsStream | null | undefined)[]} floor */
function openStreams(fs, records, made, floor) {
  fs.streams.length = 0;
  for (const record of records) {
    const kept = floor[record.fd];
    const node = found(made, record.node);
    const stream = kept?.node === node ? kept : Object.assign(new fs.FSStream(), newStream(fs, record, node));
    const twin = record.sharedWith === null ? null : fs.streams[record.sharedWith];
    stream.shared = twin ? twin.shared : { flags: record.flags, position: record.position };
    fs.streams[record.fd] = stream;
  }
}

/** @param {FileSystem} fs @param {StreamRecord} record @param {FsNode} node */
function newStream(fs, record, node) {
  const operations = fs.isChrdev(node.mode) ? fs.devices[node.rdev]?.stream_ops : node.stream_ops;
  return {
    fd: record.fd,
    node,
    path: record.path ?? "",
    stream_ops: operations ?? {},
    seekable: !fs.isChrdev(node.mode),
  };
}

/** @param {Map<number, FsNode>} made @param {number} id */
function found(made, id) {
  const node = made.get(id);
  if (!node) throw new Error(`inode ${id} is missing from the saved files`);
  return node;
}
