import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderPng, renderSvg, type TopLevelSpec } from "../../src/report/plot.ts";

const spec: TopLevelSpec = {
  data: { values: [{ x: 1, y: 2 }] },
  mark: "point",
  encoding: {
    x: { field: "x", type: "quantitative", title: "mean cost ($)" },
    y: { field: "y", type: "quantitative" },
  },
};

describe("a plot", () => {
  it("is an SVG with its titles, and a PNG of it", async () => {
    const svg = await renderSvg(spec);
    expect(svg).toMatch(/^<svg/);
    expect(svg).toContain("mean cost ($)");
    expect(
      Buffer.from(await renderPng(svg))
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  it("loads no file that its spec names", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "rlm-gym-plot-")), "points.json");
    writeFileSync(file, '[{"x":"outside","y":1}]');
    const x = { field: "x", type: "nominal" } as const;
    const encoding = { ...spec.encoding, x };
    const inside = await renderSvg({
      ...spec,
      encoding,
      data: { values: [{ x: "within", y: 1 }] },
    });
    expect(inside).toContain("within");
    const outside = renderSvg({ ...spec, encoding, data: { url: file } });
    expect(await outside.catch(() => "refused")).not.toContain("outside");
  });
});
