import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, UsageError } from "../../../src/errors.ts";
import { TextStore } from "../../../src/repl/text/text-store.ts";
import { ask, codePoints, find, rfind, slice } from "./reference.ts";

let folder: string;
// This store stays open, so that the search thread outlives the stores of each test.
let keeper: TextStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "text-store-"));
  keeper = TextStore.fromString("kept");
  await keeper.request({ op: "length" });
});
afterAll(() => {
  keeper.close();
  rmSync(folder, { recursive: true });
});

/** Texts whose interesting part is around the boundaries of the index and of the search. */
const seams = [0, 2 ** 15, 2 ** 16, 98_304, 2 ** 17];
const part = fc.array(fc.constantFrom("a", "b", "ab", "é", "中", "😀", "\n", " ", "\ufeff", "\0"), {
  maxLength: 12,
});
const parts = fc.record({
  left: part,
  filler: fc.constantFrom("x", "é", "中", "😀", "\n"),
  seam: fc.constantFrom(...seams),
  less: fc.nat(5),
  right: part,
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

function textOf({ left, filler, seam, less, right }: Parts): string {
  const count = Math.max(0, Math.floor(seam / Buffer.byteLength(filler)) - less);
  return left.join("") + filler.repeat(count) + right.join("");
}

async function withStore<T>(store: TextStore, use: (store: TextStore) => Promise<T>): Promise<T> {
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a text store", () => {
  it("has the length and the slices of the text in code points", async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(20), fc.nat(20), async (from, fromEnd, length) => {
        const text = textOf(from);
        const total = codePoints(text);
        const start = Math.max(0, total - fromEnd);
        await withStore(TextStore.fromString(text), async (store) => {
          expect(await ask(store, { op: "slice", start, end: start + length })).toBe(
            slice(text, start, start + length),
          );
          expect(await ask(store, { op: "length" })).toBe(total);
        });
      }),
    );
  });

  it("finds, finds from the end, and counts as a str does", async () => {
    const needles = fc.constantFrom("a", "ab", "aba", "é", "😀", "\n", "x".repeat(40_000), "中a");
    await fc.assert(
      fc.asyncProperty(parts, needles, async (from, needle) => {
        const text = textOf(from);
        await withStore(TextStore.fromString(text), async (store) => {
          expect(await ask(store, { op: "find", needle })).toBe(find(text, needle));
          expect(await ask(store, { op: "rfind", needle })).toBe(rfind(text, needle));
          expect(await ask(store, { op: "count", needle })).toBe(text.split(needle).length - 1);
        });
      }),
    );
  });

  it("keeps searches within their range", async () => {
    await withStore(TextStore.fromString("é-ab-ab-ab"), async (store) => {
      expect(await ask(store, { op: "find", needle: "ab", start: 3 })).toBe(5);
      expect(await ask(store, { op: "find", needle: "ab", start: 3, end: 6 })).toBe(-1);
      expect(await ask(store, { op: "rfind", needle: "ab", end: 9 })).toBe(5);
      expect(await ask(store, { op: "count", needle: "ab", start: 3, end: 7 })).toBe(1);
      expect(await ask(store, { op: "count", needle: "ab", start: 7, end: 3 })).toBe(0);
      expect(await ask(store, { op: "slice", start: 7, end: 3 })).toBe("");
      expect(await ask(store, { op: "slice", start: 8, end: 900 })).toBe("ab");
    });
  });

  it("gives lines in pieces that end after a newline", async () => {
    const text = `${"é".repeat(99)}\n`.repeat(9000);
    await withStore(TextStore.fromString(text), async (store) => {
      const pieces: string[] = [];
      for (let start = 0; start < codePoints(text); start += codePoints(pieces.at(-1) ?? ""))
        pieces.push(String(await ask(store, { op: "lines", start })));
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.every((piece) => piece.endsWith("\n"))).toBe(true);
      expect(pieces.join("")).toBe(text);
    });
  });

  it("reads a lone surrogate as U+FFFD and finds none", async () => {
    await withStore(TextStore.fromString("a\ud800b"), async (store) => {
      expect(await ask(store, { op: "slice" })).toBe("a\ufffdb");
      expect(await ask(store, { op: "find", needle: "\ud800" })).toBe(-1);
      expect(await ask(store, { op: "count", needle: "\ud800" })).toBe(0);
    });
  });

  it("serves many requests at once", async () => {
    await withStore(TextStore.fromString("0123456789".repeat(50_000)), async (store) => {
      const starts = Array.from({ length: 200 }, (_, index) => index * 2000 + (index % 10));
      const slices = starts.map((start) => ask(store, { op: "slice", start, end: start + 1 }));
      expect(await Promise.all(slices)).toEqual(starts.map((start) => String(start % 10)));
    });
  });

  it("refuses an invalid request, and names the field", async () => {
    await expect(keeper.request({ op: "find", needle: "" })).rejects.toThrow(/needle/);
    await expect(keeper.request({ op: "slice", start: -1 })).rejects.toThrow(/start/);
    await expect(keeper.request({ op: "read", path: "/etc/passwd" })).rejects.toThrow(UsageError);
    await expect(keeper.request(null)).rejects.toThrow(UsageError);
  });

  it("refuses a slice that is too large", async () => {
    const store = TextStore.fromBytes(new Uint8Array(2 ** 24 + 1));
    await withStore(store, () => expect(store.request({ op: "slice" })).rejects.toThrow(/16777216 bytes/));
  });

  it("stops an aborted request and goes on with the others", async () => {
    const store = TextStore.fromString("aaaa ".repeat(4_000_000));
    await withStore(store, async () => {
      const abort = new AbortController();
      const slow = store.request({ op: "grep", pattern: "(a|b|c)+[0-9]$" }, { signal: abort.signal });
      const quick = await ask(store, { op: "slice", start: 5, end: 9 });
      abort.abort(new Error("enough"));
      await expect(slow).rejects.toThrow("enough");
      expect(quick).toBe("aaaa");
      await expect(store.request({ op: "length" }, { signal: abort.signal })).rejects.toThrow("enough");
    });
  });

  it("fails requests in flight and later ones when it is closed", async () => {
    const store = TextStore.fromString("aaaa ".repeat(4_000_000));
    const slow = store.request({ op: "grep", pattern: "(a|b|c)+[0-9]$" });
    slow.catch(() => {});
    store.close();
    store.close();
    await expect(slow).rejects.toThrow(UsageError);
    await expect(store.request({ op: "length" })).rejects.toThrow(/closed/);
  });
});

describe("a text file", () => {
  it("is read in place, broken bytes replaced, line ends and byte order mark kept", async () => {
    const bytes = Buffer.concat([
      Buffer.from("\ufeffone\r\ntwo "),
      Buffer.from([0xff, 0xe4, 0xb8]),
      Buffer.from("é end"),
    ]);
    const text = "\ufeffone\r\ntwo \ufffd\ufffdé end";
    await withStore(TextStore.fromFile(file("broken.txt", bytes)), async (store) => {
      expect(await ask(store, { op: "slice" })).toBe(text);
      expect(await ask(store, { op: "length" })).toBe(codePoints(text));
      expect(await ask(store, { op: "find", needle: "é" })).toBe(find(text, "é"));
      expect(await ask(store, { op: "slice", start: 10, end: 12 })).toBe(slice(text, 10, 12));
    });
  });

  it("gives the offsets of the decoded text where bytes are broken at random", async () => {
    const torn = fc.oneof(fc.uint8Array({ min: 0x60, maxLength: 8 }), fc.constant(Buffer.from("end é\n")));
    await fc.assert(
      fc.asyncProperty(fc.array(torn, { maxLength: 20 }), async (pieces) => {
        const bytes = Buffer.concat(pieces);
        const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
        await withStore(TextStore.fromBytes(bytes), async (store) => {
          expect(await ask(store, { op: "length" })).toBe(codePoints(text));
          expect(await ask(store, { op: "rfind", needle: "end é" })).toBe(rfind(text, "end é"));
        });
      }),
    );
  });

  it("may be empty", async () => {
    await withStore(TextStore.fromFile(file("empty.txt", "")), async (store) => {
      expect(await ask(store, { op: "length" })).toBe(0);
      expect(await ask(store, { op: "find", needle: "a" })).toBe(-1);
      expect(await ask(store, { op: "slice" })).toBe("");
      expect(await ask(store, { op: "lines", start: 0 })).toBe("");
    });
  });

  it("that does not exist or is a folder gives an error with its name", () => {
    expect(() => TextStore.fromFile(join(folder, "none.txt"))).toThrow(DataError);
    expect(() => TextStore.fromFile(folder)).toThrow(/expected a text file/);
  });

  it("that changes while it is open gives an error with its name", async () => {
    for (const change of [
      (path: string) => appendFileSync(path, "more"),
      (path: string) => writeFileSync(path, ""),
      (path: string) => utimesSync(path, 1, 1),
    ]) {
      const path = file("changing.txt", "before");
      await withStore(TextStore.fromFile(path), async (store) => {
        expect(await ask(store, { op: "length" })).toBe(6);
        change(path);
        await expect(store.request({ op: "slice" })).rejects.toThrow(/changing.txt: the file changed/);
        await expect(store.request({ op: "slice" })).rejects.toThrow(DataError);
      });
    }
  });

  it("that is replaced before the first request gives an error with its name", async () => {
    const path = file("replaced.txt", "before");
    await withStore(TextStore.fromFile(path), async (store) => {
      rmSync(path);
      await expect(store.request({ op: "length" })).rejects.toThrow(DataError);
      file("replaced.txt", "after!");
      await expect(store.request({ op: "length" })).rejects.toThrow(DataError);
    });
  });
});

describe("the search thread", () => {
  it("does not keep a process alive that did not close its store", () => {
    const module = new URL("../../../src/repl/text/text-store.ts", import.meta.url).href;
    const code = `import { TextStore } from ${JSON.stringify(module)};
      console.log(await TextStore.fromString("héllo").request({ op: "find", needle: "l" }));`;
    const run = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("2\n");
    expect(run.status).toBe(0);
  });
});
