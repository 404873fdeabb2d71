/** Draws a Vega-Lite specification as SVG, and an SVG as PNG, without a browser or the network. */
import type { TopLevelSpec } from "vega-lite";
import { withoutControlChars } from "../files/control-chars.ts";
import { withPackages } from "../optional-packages.ts";

export type { TopLevelSpec };

/**
 * Returns the SVG's text. The spec must contain its data: addresses are refused. Throws what Vega throws for a wrong spec, and
 * `UsageError` if the packages vega and vega-lite are missing.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await withPackages("pictures", () =>
    Promise.all([import("vega"), import("vega-lite")]),
  );
  const offline = vega.loader();
  offline.load = (address) => Promise.reject(new Error(`a plot may not load ${address}`));
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none", loader: offline });
  try {
    // A name from a foreign record may hold them, and no viewer opens an SVG that does.
    return withoutControlChars(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * Returns the PNG's bytes, two pixels per unit of the SVG, on white, with a system font. Throws `UsageError` if
 * the package @resvg/resvg-js is missing.
 */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await withPackages("pictures", () => import("@resvg/resvg-js"));
  const options = {
    background: "white",
    fitTo: { mode: "zoom" as const, value: 2 },
    font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" },
  };
  return new Resvg(svg, options).render().asPng();
}
