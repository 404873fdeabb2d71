import { expect, it } from "vitest";
import { readTiktoken } from "../../src/cost/tiktoken-file.ts";

const file = (...lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(""));

it("has the bytes of each token, whatever the padding of its base64", () => {
  const { bytes, starts } = readTiktoken(file("IQ== 0", "zrE= 1", "/+8A 2", "YWJjZA== 3"));
  const tokens = [0, 1, 2, 3].map((rank) => [...bytes.subarray(starts[rank], starts[rank + 1])]);
  expect(tokens).toEqual([[33], [0xce, 0xb1], [0xff, 0xef, 0], [97, 98, 99, 100]]);
  expect(starts).toHaveLength(5);
});

it("names the line whose rank is not the next one", () => {
  expect(() => readTiktoken(file("IQ== 0", "Ig== 2"))).toThrow("line 2: expected rank 1, got 2");
});
