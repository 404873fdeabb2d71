/** Small files that unpack to more than they say, or to more than memory has: each is refused by name, before it takes the memory. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants, deflateRawSync, gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { beforeAll, describe, expect, it } from "vitest";
import { readRows } from "../../datasets/rows/read-rows.ts";
import { loadSpec } from "../../scripts/input/load-spec.ts";
import { zipEntries } from "../../src/files/zip.ts";
import { readWheels } from "../../src/repl/engine/wheels.ts";
import { wheelFiles, zipOf } from "../repl/wheel-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-bombs-"));
const write = (name: string, content: string | Uint8Array) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const MB = 2 ** 20;
const many = (mb: number) => Buffer.alloc(mb * MB, "x");

/** A ZSTD frame of blocks that are one byte over and over, 128 kB each. */
function zstd(blocks: number, blockBytes = 2 ** 17): Uint8Array {
  const headers = Array.from({ length: blocks }, (_, index) => {
    const header = (blockBytes << 3) | (1 << 1) | Number(index === blocks - 1);
    return [header & 255, (header >> 8) & 255, header >> 16, 120];
  });
  return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, ...headers.flat()]);
}

/** A Parquet file whose one page says that it has a few bytes. */
function parquet(codec: "GZIP" | "BROTLI" | "ZSTD", packed: Uint8Array): string {
  const columnData = [{ name: "text", data: ["hello"], type: "STRING" as const }];
  const buffer = parquetWriteBuffer({ columnData, codec, compressors: { [codec]: () => packed } });
  return write(`${codec}.parquet`, new Uint8Array(buffer));
}

async function read(file: string): Promise<number> {
  let rows = 0;
  for await (const _ of readRows([file], {})) rows += 1;
  return rows;
}

/** Bytes of memory outside JavaScript's heap that were taken at the most while the work ran. */
async function takenBy(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage();
  const peakBefore = process.resourceUsage().maxRSS * 1024;
  await work();
  return Math.max(process.resourceUsage().maxRSS * 1024 - Math.max(peakBefore, before.rss), 0);
}

describe("a page of Parquet", () => {
  // The codecs in WebAssembly and the writer are loaded before memory is looked at.
  beforeAll(() => read(parquet("GZIP", gzipSync("x"))).catch(() => {}));
  const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  it.each<["GZIP" | "BROTLI" | "ZSTD", () => Uint8Array]>([
    ["GZIP", () => gzipSync(many(256), { level: 1 })],
    ["BROTLI", () => brotliCompressSync(many(256), quick)],
    ["ZSTD", () => zstd(32_000)],
  ])("takes no more memory than it says that it unpacks to: %s", async (codec, pack) => {
    const file = parquet(codec, pack());
    const taken = await takenBy(() => expect(read(file)).rejects.toThrow(`${codec}.parquet rows 0 to 0`));
    expect(taken).toBeLessThan(200 * MB);
  });

  it("is read where what it says is so", async () => {
    const text = (codec: "GZIP" | "BROTLI") =>
      parquetWriteBuffer({
        columnData: [{ name: "text", data: ["x".repeat(MB)], type: "STRING" }],
        codec,
        compressors: {
          [codec]: (bytes: Uint8Array) =>
            codec === "GZIP" ? gzipSync(bytes) : brotliCompressSync(bytes, quick),
        },
      });
    for (const codec of ["GZIP", "BROTLI"] as const)
      expect(await read(write("sound.parquet", new Uint8Array(text(codec))))).toBe(1);
  });
});

/** A ZIP archive of one file that says that it has so many bytes. */
function zip(method: number, packed: Uint8Array, bytes: number): Buffer {
  const archive = zipOf({ a: "x" });
  const stored = deflateRawSync("x");
  const start = archive.indexOf(stored);
  const parts = [archive.subarray(0, start), packed, archive.subarray(start + stored.length)];
  const whole = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const directory = whole.indexOf("PK\u0001\u0002");
  whole.writeUInt16LE(method, directory + 10);
  whole.writeUInt32LE(packed.length, directory + 20);
  whole.writeUInt32LE(bytes, directory + 24);
  whole.writeUInt32LE(directory, whole.indexOf("PK\u0005\u0006") + 16);
  return whole;
}

describe("an entry of a ZIP archive", () => {
  it.each<[string, number, () => Uint8Array]>([
    ["Deflate", 8, () => deflateRawSync(many(256), { level: 1 })],
    ["Zstandard", 93, () => zstd(32_000)],
  ])("takes no more memory than it says that it has bytes: %s", async (_, method, pack) => {
    const [entry] = zipEntries("log.eval", zip(method, pack(), 100));
    const taken = await takenBy(() => Promise.resolve(expect(() => entry!.read()).toThrow("log.eval: a: ")));
    expect(taken).toBeLessThan(100 * MB);
  });

  it("is refused if it says that it has gigabytes", () => {
    const [entry] = zipEntries("log.eval", zip(93, zstd(8), 2_000_000_000));
    expect(() => entry!.read()).toThrow("log.eval: a: it is longer than 500000000 bytes");
  });
});

describe("a wheel", () => {
  const NAME = "pkg-1.0-py3-none-any.whl";
  const wheelsOf = async (content: Buffer) => {
    const own = mkdtempSync(join(folder, "wheels-"));
    writeFileSync(join(own, NAME), content);
    return readWheels(own);
  };

  it("is refused if its files come to more than a worker holds", async () => {
    const wheel = zipOf(wheelFiles("pkg", { "m.py": "x = 1" }));
    wheel.writeUInt32LE(300 * MB, wheel.indexOf("PK\u0001\u0002") + 24);
    await expect(wheelsOf(wheel)).rejects.toThrow(
      `the wheel ${NAME} cannot be used: its files come to more than 256 MB`,
    );
  });

  it("is refused if a file unpacks to more than the wheel says", async () => {
    const wheel = zipOf(wheelFiles("pkg", { "m.py": "#".repeat(20 * MB) }));
    const directory = wheel.indexOf("PK\u0001\u0002");
    wheel.writeUInt32LE(10, directory + 24);
    await expect(wheelsOf(wheel)).rejects.toThrow(
      `the wheel ${NAME} cannot be used: its file m.py is damaged`,
    );
  });

  it("is refused by its size before it is read", async () => {
    const own = mkdtempSync(join(folder, "wheels-"));
    const { open } = await import("node:fs/promises");
    const file = await open(join(own, NAME), "w");
    await file.truncate(300 * MB);
    await file.close();
    await expect(readWheels(own)).rejects.toThrow("expected a file of at most 256 MB");
  });
});

describe("a spec in YAML", () => {
  const aliases = "bcdefghi"
    .split("")
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`)
    .join("\n");
  it.each([
    ["too many bytes", `#${" ".repeat(20_000)}`, /it has 20001 bytes; a spec has at most 20000/],
    ["aliases that stand for billions of values", `a: &a [x,x,x,x,x,x,x,x,x]\n${aliases}`, /alias/],
    ["thousands of aliases", `a: &a x\nb: [${"*a,".repeat(6000)}]`, /alias/],
    ["brackets without end", "[".repeat(19_000), /more than 100 levels/],
    ["brackets over lines", "[\n".repeat(9000), /more than 100 levels/],
    ["lists in lists", "- ".repeat(9000), /more than 100 levels/],
    [
      "maps in maps",
      Array.from({ length: 150 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
      /more than 100 levels/,
    ],
  ])("is refused with %s", async (_, text, complaint) => {
    await expect(loadSpec(write("spec.yaml", text))).rejects.toThrow(complaint);
  });
});
