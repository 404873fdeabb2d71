import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { decrypt } from "../../../src/data/encryption.ts";
import { decryptedRows } from "../../../datasets/browsecomp/decrypted-rows.ts";
import { sharedFile } from "../shared-data.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-cipher-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function rows(file: string, canary?: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const row of decryptedRows(file, canary)) all.push(row);
  return all;
}
function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe("decrypt", () => {
  it("finds the text of a known ciphertext", () => {
    expect(decrypt("1k6rXw==", "test-canary")).toBe("Isar");
  });

  it("refuses text that is not base64, and most wrong canaries", () => {
    expect(() => decrypt("Isar!", "test-canary")).toThrow("base64");
    expect(() => decrypt("1k6rXw==", "another canary")).toThrow("encrypted with this canary");
  });

  const vectors = sharedFile("xor_vectors.json");
  it.skipIf(vectors === null)("agrees with the recorded vectors (skipped without the shared file)", () => {
    const recorded = JSON.parse(readFileSync(vectors!, "utf8")) as {
      vectors: { password: string; plaintext: string; ciphertext_b64: string }[];
    };
    expect(recorded.vectors.length).toBeGreaterThan(0);
    for (const { password, plaintext, ciphertext_b64 } of recorded.vectors)
      expect(decrypt(ciphertext_b64, password)).toBe(plaintext);
  });
});

describe("decryptedRows", () => {
  it("reads BrowseComp's rows with the canary of each", async () => {
    const file = write(
      "set.csv",
      "problem,answer,problem_topic,canary\n1k6rXw==,1k6rXw==,Other,test-canary\n",
    );
    expect(await rows(file)).toEqual([
      { problem: "Isar", answer: "Isar", problem_topic: "Other", canary: "test-canary" },
    ]);
  });

  it("reads BrowseComp-Plus' rows, nested texts too, with the canary given", async () => {
    const doc = { docid: "1k6rXw==", text: "1k6rXw==", url: "1k6rXw==" };
    const file = write("plus.jsonl", JSON.stringify({ query_id: "7", query: "1k6rXw==", gold_docs: [doc] }));
    expect(await rows(file, "test-canary")).toEqual([
      { query_id: "7", query: "Isar", gold_docs: [{ docid: "Isar", text: "Isar", url: "Isar" }] },
    ]);
    await expect(rows(file)).rejects.toThrow("one canary for the whole set");
  });

  it("names file, row and column of a wrong canary and of another layout", async () => {
    const wrong = write(
      "wrong.csv",
      "problem,answer,problem_topic,canary\n1k6rXw==,1k6rXw==,Other,another canary\n",
    );
    await expect(rows(wrong)).rejects.toThrow(/wrong\.csv line 2: column "problem": .*this canary/);
    await expect(rows(write("other.jsonl", '{"text":"a"}'))).rejects.toThrow(
      /other\.jsonl line 1: .*"query_id"/,
    );
  });
});
