import { describe, expect, it } from "vitest";
import { isForeignHost } from "../../src/http/bearer.ts";
import { JsonBoundsError, parseBoundedJson } from "../../src/http/bounded-json.ts";

const parse = (text: string) => parseBoundedJson(Buffer.from(text));

describe("untrusted JSON", () => {
  it("is parsed, short or long, with brackets and quotes in its texts", async () => {
    const values = [{ a: [1, null, 'x"]}'] }, { code: `${"[{,".repeat(300_000)}\\` }, [], "", 7];
    for (const value of values) expect(await parse(JSON.stringify(value))).toEqual(value);
  });

  it("is refused before it is parsed if it has too many values or levels", async () => {
    await expect(parse(`[${"1,".repeat(600_000)}1]`)).rejects.toThrow(JsonBoundsError);
    await expect(parse(`{"a":${"[".repeat(100_000)}`)).rejects.toThrow(/levels/);
    await expect(parse("{")).rejects.toThrow(SyntaxError);
  });

  it("yields to the event loop while a long message is checked", async () => {
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    await parse(JSON.stringify(Array.from({ length: 100 }, () => ({ "\\": `${"x".repeat(100_000)}"` }))));
    clearInterval(others);
    expect(turns).toBeGreaterThan(0);
  });
});

describe("a Host header", () => {
  it.each([
    ["localhost:8000", false],
    ["127.0.0.1", false],
    ["[::1]:8000", false],
    ["evil.example", true],
    ["evil.example:8000", true],
    ["localhost.evil.example:8000", true],
    ["127.0.0.1.evil.example", true],
  ])("%s is of another site: %s", (host, isForeign) => expect(isForeignHost(host)).toBe(isForeign));
});
