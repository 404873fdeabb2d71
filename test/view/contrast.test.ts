import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/command.ts";

const style = readFileSync(join(ROOT, "viewer/style.css"), "utf8");
const [light = "", dark = ""] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => body);

function coloursOf(body: string): Record<string, string> {
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[\da-f]+)/g)].map(([, name, colour]) => [name, colour]),
  );
}

/** Relative luminance by WCAG 2. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replaceAll(/[\da-f]/g, "$&$&") : colour;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each([
  ["light", light],
  ["dark", dark],
])("the page in %s", (_, body) => {
  const colours = coloursOf(body);

  it("has text that WCAG AA calls readable, on every ground", () => {
    const weak = ["text", "soft", "link", "bad", "good", "printed", "asked"].flatMap((name) =>
      ["back", "box"]
        .filter((ground) => contrast(colours[name]!, colours[ground]!) < 4.5)
        .map((ground) => `${name} on ${ground}`),
    );
    const marked = ["mark-printed", "mark-asked"].filter(
      (ground) => contrast(colours.text!, colours[ground]!) < 4.5,
    );
    expect([...weak, ...marked]).toEqual([]);
  });

  it("has marks in pictures that stand out from the ground", () => {
    const source = readFileSync(join(ROOT, "viewer/picture.tsx"), "utf8");
    const marks = /const COLOURS = \[([^\]]*)\]/.exec(source)![1]!.match(/#[\da-f]{6}/g)!;
    expect(marks).toHaveLength(8);
    expect(marks.filter((colour) => contrast(colour, colours.back!) < 3)).toEqual([]);
  });
});
