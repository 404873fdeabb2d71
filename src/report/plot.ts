/** Draws a Vega-Lite specification as SVG, and an SVG as PNG, without a browser or the network. */
import { Resvg } from "@resvg/resvg-js";
import { loader, parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export type { TopLevelSpec };

/** The SVG's text. Data stand in the spec itself: addresses in it are refused. Throws what Vega throws of a wrong spec. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const offline = loader();
  offline.load = (address) => Promise.reject(new Error(`a plot may not load ${address}`));
  const view = new View(parse(compile(spec).spec), { renderer: "none", loader: offline });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** The PNG's bytes, two pixels to a unit of the SVG, on white. Text is set in a font of the system's. */
export function renderPng(svg: string): Uint8Array {
  const options = {
    background: "white",
    fitTo: { mode: "zoom" as const, value: 2 },
    font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" },
  };
  return new Resvg(svg, options).render().asPng();
}
