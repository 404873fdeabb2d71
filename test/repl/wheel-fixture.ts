/** Makes small wheels: zip archives of deflated files. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { crc32 } from "../../src/repl/engine/zip.ts";

/** A zip archive of these texts by name. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const table: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [nameBytes, content] = [Buffer.from(name), Buffer.from(text)];
    const packed = deflateRawSync(content);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(nameBytes.length, 22);
    parts.push(Buffer.from("PK\u0003\u0004"), about, nameBytes, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    table.push(Buffer.from("PK\u0001\u0002\u0014\u0000"), about, place, nameBytes);
    offset += 30 + nameBytes.length + packed.length;
  }
  const directory = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** The files of a wheel with these modules. */
export function wheelFiles(
  project: string,
  modules: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...modules,
    [`${project}-1.0.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${project}\nVersion: 1.0\n`,
    [`${project}-1.0.dist-info/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${project}-1.0.dist-info/RECORD`]: "",
  };
}

/** Writes a wheel into a folder; returns its file. */
export async function writeWheel(
  folder: string,
  project: string,
  modules: Readonly<Record<string, string>>,
): Promise<string> {
  const file = path.join(folder, `${project}-1.0-py3-none-any.whl`);
  await writeFile(file, zipOf(wheelFiles(project, modules)));
  return file;
}
